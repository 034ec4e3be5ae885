from odoo import api, fields, models

from ...kernel.position import COST, INTEREST, owed
from ..common.money import to_decimal


class CobranzaCaseLine(models.Model):
    """One debt of a case, as it is claimed: worked out while the case is prepared,
    frozen when it opens. What is owed of it now stands beside it."""

    _name = "cobranza.case.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Debt of a legal case"
    _order = "case_id, id"
    _rec_name = "debt_id"

    case_id = fields.Many2one(
        "cobranza.case", required=True, readonly=True, ondelete="cascade", index=True
    )
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    currency_id = fields.Many2one(related="debt_id.currency_id", store=True)
    due_on = fields.Date("Due", readonly=True)
    principal = fields.Monetary(readonly=True)
    interest = fields.Monetary("Late interest", readonly=True)
    fees = fields.Monetary("Other charges", readonly=True)
    costs = fields.Monetary(readonly=True)
    amount = fields.Monetary("Claimed", readonly=True)
    has_invoice = fields.Boolean(related="debt_id.has_invoice")
    amount_now = fields.Monetary(
        "Owed now",
        compute="_compute_amount_now",
        help="Principal and charges of today, whatever was claimed.",
    )

    _debt_uniq = models.Constraint(
        "UNIQUE (case_id, debt_id)", "This debt is in the case already."
    )

    def _discardable(self):
        """Those of cases that are not open yet, which are worked out anew."""
        return self.filtered(lambda one: one.case_id.state in ("draft", "review"))

    def action_print_invoice(self):
        self.ensure_one()
        return self.debt_id.action_print_invoice()

    @api.depends("debt_id.amount_residual_currency")
    def _compute_amount_now(self):
        self.amount_now = 0
        for case, lines in self.grouped("case_id").items():
            # sudo: who sees the case may know what is owed of its debts
            found = read_claims(case.sudo(), case.company_id._cobranza_today())
            for line in lines:
                line.amount_now = found.get(line.debt_id.id, {}).get("amount", 0)


def read_claims(case, on):
    """{debt id: {field of a line: value}} of what is owed of the debts of a case on
    ``on``: principal, late interest until that day, other charges and costs. By the
    one position of the debtor. Run as superuser."""
    debts = case.debt_ids
    if not debts:
        return {}
    result = {}
    for section in case.debtor_id._position(on, debts).sections:
        burdens = {}
        for one in section.charges:
            burdens.setdefault(one.debt, []).append(one)
        for one in section.principals:
            if one.debt not in debts.ids:
                continue
            own = burdens.get(one.debt, ())
            parts = {
                "principal": to_decimal(one.open),
                "interest": owed([row for row in own if row.kind == INTEREST]),
                "costs": owed([row for row in own if row.kind == COST]),
            }
            others = [row for row in own if row.kind not in (INTEREST, COST)]
            parts["fees"] = owed(others)
            values = {name: float(value) for name, value in parts.items()}
            result[one.debt] = {
                **values,
                "due_on": one.due,
                "amount": float(sum(parts.values())),
            }
    return result
