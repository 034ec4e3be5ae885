from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.case.verdict import CLOSED, CaseVerdict


class CobranzaProceedingBegin(models.TransientModel):
    """A proceeding that is begun in a case, or goes on from another one: by which
    procedure, and what still lacks for it."""

    _name = "cobranza.proceeding.begin"
    _inherit = "cobranza.dialog.mixin"
    _description = "Begin of a proceeding"

    proceeding_id = fields.Many2one("cobranza.proceeding", string="Asked from")
    case_id = fields.Many2one("cobranza.case", required=True)
    parent_id = fields.Many2one("cobranza.proceeding", string="Follows from")
    type_ids = fields.Many2many(
        "cobranza.proceeding.type", compute="_compute_type_ids", string="Open"
    )
    type_id = fields.Many2one(
        "cobranza.proceeding.type",
        string="Procedure",
        required=True,
        domain="[('id', 'in', type_ids)]",
    )
    may_spare = fields.Boolean(
        "Somebody else answers alone", compute="_compute_may_spare"
    )
    spares_debtor = fields.Boolean(
        "Not against the debtor",
        compute="_compute_spares_debtor",
        store=True,
        readonly=False,
        help="Only those who answer beside the debtor are sued, such as solidary "
        "guarantors.",
    )
    note = fields.Text("What lacks", compute="_compute_note")

    @api.depends("case_id", "parent_id")
    def _compute_type_ids(self):
        for dialog in self:
            case, kinds = dialog.case_id, self.env["cobranza.proceeding.type"]
            if not case:
                dialog.type_ids = kinds
            elif dialog.parent_id:
                day = case.company_id._cobranza_today()
                dialog.type_ids = dialog.parent_id._next_types(day)
            else:
                ways = CaseVerdict(case).ways()
                dialog.type_ids = kinds.union(
                    *(one.procedure for one in ways if one.standing != CLOSED)
                ).sudo(False)

    @api.depends("case_id", "type_id")
    def _compute_note(self):
        for dialog in self:
            ways = CaseVerdict(dialog.case_id).ways() if dialog.case_id else []
            mine = [one for one in ways if one.procedure == dialog.type_id]
            dialog.note = "\n".join(
                why for one in mine for why in (*one.closed, *one.lacking)
            )

    @api.depends("case_id", "type_id")
    def _compute_may_spare(self):
        for dialog in self:
            case, kind = dialog.case_id, dialog.type_id.sudo()  # sudo: as the verdict
            dialog.may_spare = bool(case and kind and CaseVerdict(case).alone(kind))

    @api.depends("case_id", "type_id")
    def _compute_spares_debtor(self):
        for dialog in self:
            case, kind = dialog.case_id, dialog.type_id.sudo()  # sudo: as above
            only = case and kind and CaseVerdict(case).only_alone(kind)
            dialog.spares_debtor = bool(only)

    def action_confirm(self):
        self.ensure_one()
        case, parent = self.case_id, self.parent_id
        case.check_access("read")
        if parent and parent.case_id != case:
            raise UserError(
                self.env._(
                    "%s: choose a proceeding of the same case.", parent.display_name
                )
            )
        if self.type_id not in self.type_ids:
            raise UserError(
                self.env._("%s is not open for this case.", self.type_id.name)
            )
        found = self.env["cobranza.proceeding"]._begin(
            case, self.type_id, parent, self.spares_debtor
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": found._name,
            "res_id": found.id,
            "views": [(False, "form")],
        }
