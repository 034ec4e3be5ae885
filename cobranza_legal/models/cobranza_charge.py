from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ..kernel.lifecycle import CHARGE

KINDS = [
    ("fee", "Collection fee"),
    ("compensation", "Fixed compensation"),
    ("interest", "Late interest"),
    ("commission", "Commission"),
    ("cost", "Recoverable cost"),
    ("penalty", "Penalty"),
    ("indexation", "Indexation"),
]
BASES = [("law", "Law"), ("contract", "Contract")]
STANDING = ("assessed", "billed")
"""The states of charges that are owed."""


class CobranzaCharge(models.Model):
    """What late payment costs the debtor, with the law and the figures behind it.

    Made by the assessment only. Its figures are evidence: they never change, a wrong
    charge is reversed and assessed again.
    """

    _name = "cobranza.charge"
    _inherit = ["cobranza.history.mixin", "cobranza.approval.mixin"]
    _description = "Charge for late payment"
    _order = "assessed_on desc, id desc"
    _check_company_auto = True
    _lifecycle = CHARGE

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    debt_id = fields.Many2one(
        "cobranza.debt",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        ondelete="set null",
        index=True,
    )
    run_id = fields.Many2one(
        "cobranza.run", readonly=True, ondelete="set null", index="btree_not_null"
    )
    level_id = fields.Many2one("cobranza.policy.level", readonly=True)
    kind = fields.Selection(
        KINDS,
        required=True,
        readonly=True,
    )
    basis = fields.Selection(
        BASES,
        required=True,
        readonly=True,
        default="law",
        help="What the charge rests on: it decides how it is billed.",
    )
    state = fields.Selection(
        [
            ("assessed", "Assessed"),
            ("billed", "Billed"),
            ("waived", "Waived"),
            ("reversed", "Reversed"),
        ],
        default="assessed",
        required=True,
        readonly=True,
        copy=False,
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    base = fields.Monetary(
        readonly=True, help="What was overdue, unpaid and undisputed on the day."
    )
    assessed_on = fields.Date(required=True, readonly=True)
    period_from = fields.Date(readonly=True, string="From")
    period_to = fields.Date(readonly=True, string="To")
    rate_text = fields.Char(readonly=True, string="Rate")
    formula = fields.Char(readonly=True)
    article = fields.Char(readonly=True)
    values = fields.Json(
        readonly=True,
        help="Legal values used: code, key, day, value, source and article of each.",
    )
    values_text = fields.Text(compute="_compute_values_text", string="Values used")
    proof_contact_id = fields.Many2one(
        "cobranza.contact",
        string="Proving contact",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The free notice in time that allows the full fee.",
    )
    per_document = fields.Boolean(
        readonly=True, help="Due once for the whole document, not for each debt."
    )
    group_key = fields.Char(
        readonly=True, index=True, help="Debts that were assessed together as one base."
    )

    _amount_sign = models.Constraint("CHECK (amount >= 0)", "A charge is not negative.")
    _once_uniq = models.UniqueIndex(
        "(debt_id, kind) WHERE kind NOT IN ('interest', 'indexation', 'cost') "
        "AND state <> 'reversed'",
        "This debt has been charged already.",
    )
    _document_uniq = models.UniqueIndex(
        "(move_id) WHERE kind = 'compensation' AND per_document "
        "AND state <> 'reversed'",
        "This document has been charged its fixed compensation already.",
    )
    _period_uniq = models.UniqueIndex(
        "(debt_id, kind, period_from) WHERE kind IN ('interest', 'indexation') "
        "AND state <> 'reversed'",
        "This period has been charged already.",
    )

    @api.depends("kind", "debt_id", "amount")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for charge in self:
            amount = formatLang(
                self.env, charge.amount, currency_obj=charge.currency_id
            )
            kind = labels.get(charge.kind, "")
            charge.display_name = f"{kind} {amount} · {charge.debt_id.display_name}"

    @api.depends("values")
    @api.depends_context("lang")
    def _compute_values_text(self):
        for charge in self:
            charge.values_text = "\n".join(
                self._value_line(value) for value in charge.values or []
            )

    def write(self, vals):
        if not self._is_through_gate():
            raise UserError(
                self.env._(
                    "The figures of %s are kept as they were assessed: waive it.",
                    ", ".join(self.mapped("display_name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A charge is never deleted: waive it, with the reason.")
        )
