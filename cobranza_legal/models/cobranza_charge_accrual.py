from collections import defaultdict

from odoo import api, fields, models

from .bridge import to_decimal
from .cobranza_charge import STANDING

FIGURES = (
    "kind",
    "basis",
    "amount",
    "base",
    "assessed_on",
    "period_from",
    "period_to",
    "rate_text",
    "formula",
    "article",
    "slices",
    "values",
)


class CobranzaCharge(models.Model):
    """What is owed of charges on a day, and what runs on by time until then."""

    _inherit = "cobranza.charge"

    slices = fields.Json(
        readonly=True,
        help="How interest came about: first and last day, days, base, yearly rate in "
        "percent and unrounded amount of each slice.",
    )

    @api.model
    def _standing_on(self, debtor, on):
        """The charges of a debtor that stand and had been assessed by a day."""
        domain = [
            ("debtor_id", "=", debtor.id),
            ("state", "in", STANDING),
            ("assessed_on", "<=", on),
        ]
        return self.search(domain, order="assessed_on, id")

    def _owed_on(self, on):
        """{charge id: what is owed of it on a day}, in its currency: until it is
        billed all of it, then its part of what was open of its document by the dates
        of the payments."""
        billed = self.filtered(
            lambda one: one.state == "billed" and one.billed_on <= on
        )
        owed = {one.id: to_decimal(one.amount) for one in self - billed}
        left = self._left_of_bills(billed.bill_move_id.cobranza_debt_ids, on)
        return owed | billed._share_open(left)

    def _left_of_bills(self, debts, on):
        """{billed debt: what was open of it on a day}; one query."""
        domain = [
            ("debt_id", "in", debts.ids),
            ("kind", "!=", "transfer"),
            ("date", "<=", on),
        ]
        paid = defaultdict(lambda: to_decimal(0))
        for row in self.env["cobranza.settlement"].sudo().search(domain):
            paid[row.debt_id] += to_decimal(row.amount_currency)
        return {
            debt: to_decimal(0)
            if debt.void_reason
            else max(to_decimal(0), to_decimal(debt._whole_amount()) - paid[debt])
            for debt in debts
        }

    def _position_vals(self):
        """This charge as drafts are: what of it belongs in a position."""
        vals = {name: self[name] for name in FIGURES}
        return {**vals, "debt_id": self.debt_id.id, "currency_id": self.currency_id.id}

    @api.model
    def _accruing(self, debts, on, claims):
        """The ``Assessment``s of what runs by time on ``debts`` until a day, whatever
        stops us from asking for it; ``claims`` as for ``_assess``."""
        works = []
        for company, group in debts.sudo().grouped("company_id").items():
            work = self._start(company, group, on, claims)
            if work.bases:
                self._draft_interest(work)
                self._draft_indexation(work)
            works.append(work)
        return works

    # -- a day in the past, by the books of that day -------------------------------

    def _as_of(self, day):
        """Interest as it was on ``day``: without what was paid or charged later."""
        return self.with_context(cobranza_as_of=day)

    def _last_assessed(self, debts):
        day = self.env.context.get("cobranza_as_of")
        if not day:
            return super()._last_assessed(debts)
        domain = [
            ("debt_id", "in", [debt.id for debt in debts]),
            ("kind", "=", "interest"),
            ("state", "!=", "reversed"),
            ("assessed_on", "<=", day),
        ]
        rows = self.sudo()._read_group(domain, ["debt_id"], ["period_to:max"])
        return {debt.id: last for debt, last in rows}

    def _payments(self, debts):
        found = super()._payments(debts)
        day = self.env.context.get("cobranza_as_of")
        if day:
            for debt, rows in found.items():
                found[debt] = [row for row in rows if row[0] <= day]
        return found
