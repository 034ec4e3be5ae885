from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..common.rows import Row

ENDING = {"ended_on"}
"""What is written down later of what lasts."""


class CobranzaInterruption(models.Model):
    """What interrupted the limitation of debts and the suite does not know by itself:
    an acknowledgement, a lawsuit. Appended with its proof, never changed; what was
    wrong is taken back, with the reason.

    Letters, insolvency and payments are not written down here: they are read where they
    are kept.
    """

    _name = "cobranza.interruption"
    _inherit = "cobranza.gate.mixin"
    _description = "Interruption of limitation"
    _order = "day desc, id desc"
    _rec_name = "kind"
    _check_company_auto = True

    _evidence_files = {"attachment_ids": []}
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="debtor_id.company_id", store=True)
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_interruption_debt_rel",
        string="Debts",
        required=True,
        check_company=True,
        domain="[('debtor_id', '=', debtor_id), ('nature', '=', 'principal')]",
    )
    kind = Row(
        "cobranza.interruption.kind", required=True, only=lambda row: row.by_hand
    )
    day = fields.Date(required=True)
    ended_on = fields.Date(
        string="Ended on",
        help="Last day of what goes on, such as a lawsuit: the time begins anew on it.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Concerns",
        help="Who acknowledged or was sued, where it was not the debtor.",
    )
    note = fields.Text()
    attachment_ids = fields.Many2many(
        "ir.attachment", "cobranza_interruption_attachment_rel", string="Proof"
    )
    taken_back_on = fields.Date(readonly=True, copy=False, string="Taken back on")
    taken_back_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, string="Taken back by"
    )
    taken_back_reason = fields.Char(
        readonly=True, copy=False, string="Why it was taken back"
    )
    lasts = fields.Boolean(compute="_compute_lasts", string="Goes on")

    @api.depends("kind")
    def _compute_lasts(self):
        kinds = self.env["cobranza.interruption.kind"]
        for one in self:
            one.lasts = kinds._is(one.kind, "lasts")

    @api.depends("kind", "day")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = self.env["cobranza.interruption.kind"]
        for one in self:
            day = one.day and format_date(self.env, one.day)
            one.display_name = " · ".join(filter(None, (kinds._label(one.kind), day)))

    @api.constrains("kind", "day", "ended_on", "debt_ids", "attachment_ids")
    def _check_proven(self):
        if self._is_through_gate():
            return  # what is erased in time keeps its day
        for one in self:
            today = one.company_id._cobranza_today()
            if one.day > today or (one.ended_on and one.ended_on > today):
                raise ValidationError(self.env._("That day has not come yet."))
            if one.ended_on and one.ended_on < one.day:
                raise ValidationError(self.env._("It ends after it began."))
            if one.ended_on and not one.lasts:
                raise ValidationError(
                    self.env._("“%s” has no end: it does not go on.", one.display_name)
                )
            if one.debt_ids.debtor_id != one.debtor_id:
                raise ValidationError(
                    self.env._("Choose debts of %s.", one.debtor_id.display_name)
                )
            if not one.attachment_ids:
                raise ValidationError(
                    self.env._("“%s” needs its proof.", one.display_name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        found._check_proven()
        gate = self._through_gate().env.context
        for one in found:
            loose = one.attachment_ids.filtered(lambda file: not file.res_id)
            place = {"res_model": self._name, "res_id": one.id}
            loose.with_context(**gate).write(place)  # it is evidence from now on
        found._tell(self.env._("Limitation interrupted"))
        return found

    def write(self, vals):
        changed = set(vals) - ENDING or any(one.ended_on for one in self)
        if changed and not self._is_through_gate():
            raise UserError(
                self.env._(
                    "%s is evidence: take it back and write it down anew.",
                    self[:1].display_name,
                )
            )
        result = super().write(vals)
        if {*ENDING, "taken_back_on"} & set(vals):
            self._tell(self.env._("Limitation: what interrupted it was changed"))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self._is_through_gate():
            raise UserError(self.env._("What interrupted limitation is evidence."))

    def _tell(self, words):
        """Keep it in the history, and judge the debts again."""
        rows = [
            (one.debtor_id, f"{words}: {one.display_name}", one.note) for one in self
        ]
        self.env["cobranza.history"]._append(rows)
        self.debtor_id._redecide_later()

    def action_take_back(self):
        return self.env["cobranza.reason"]._ask("take_back", self)

    def _take_back(self, reason):
        """These were written down wrongly and interrupt nothing."""
        self.check_access("write")
        for company, own in self.grouped("company_id").items():
            own._through_gate().write(
                {
                    "taken_back_on": company._cobranza_today(),
                    "taken_back_by_id": self.env.uid,
                    "taken_back_reason": reason,
                }
            )
