from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ...kernel.kpi import ZERO
from ...models.kpi.indicator import Measure

LATER = """
    SELECT l.id, l.move_id, l.partner_id, l.balance::text
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
     WHERE l.account_id = ANY(%(accounts)s) AND l.company_id = ANY(%(tree)s)
       AND l.parent_state = 'posted' AND l.date <= %(day)s
       AND m.create_date >= %(taken)s
     ORDER BY l.id
"""
"""Items with a day until the figure's that were booked after it was taken."""


class CobranzaKpiCompare(models.TransientModel):
    """One figure as it was known then and as the ledger tells that day now, with what
    makes the difference, entry by entry."""

    _name = "cobranza.kpi.compare"
    _inherit = "cobranza.dialog.mixin"
    _description = "Figure known then and now"

    kpi_id = fields.Many2one(
        "cobranza.kpi",
        "Figure",
        required=True,
        readonly=False,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="kpi_id.company_id")
    currency_id = fields.Many2one(related="kpi_id.company_id.currency_id")
    day = fields.Date(related="kpi_id.day")
    code = fields.Selection(related="kpi_id.code")
    then_words = fields.Char("Known then", compute="_compute_now")
    now_words = fields.Char("By the ledger now", compute="_compute_now")
    formula = fields.Char(related="kpi_id.formula")
    then_inputs = fields.Text("Made of then", related="kpi_id.input_words")
    now_inputs = fields.Text("Made of now", compute="_compute_now")
    open_then = fields.Monetary("Receivables known then", readonly=True)
    open_now = fields.Monetary("Receivables now", readonly=True)
    balance = fields.Monetary(
        "Trial balance",
        readonly=True,
        help="Of the followed accounts on that day, as the ledger tells it now.",
    )
    aside = fields.Monetary(
        "Not between debtors and us",
        readonly=True,
        help="What of the trial balance is left out: payments that were refused and "
        "are still booked, and what was set aside by a relief of tax.",
    )
    difference = fields.Monetary(readonly=True)
    line_ids = fields.One2many(
        "cobranza.kpi.compare.line", "compare_id", "Entries", readonly=True
    )

    @api.depends("kpi_id")
    @api.depends_context("lang")
    def _compute_now(self):
        for one in self:
            kpi = one.kpi_id
            one.then_words = kpi.value_words
            found = one._measured_now()
            value = found and found[0].value(found[1])
            one.now_words = "–" if value is None else kpi._say(float(value))
            # sudo: figures of a company, of whoever may read the figure
            said = self.env["cobranza.kpi.input"]._say(
                found[1].inputs if found else {}, kpi.sudo().currency_id
            )
            one.now_inputs = "\n".join(f"{label}: {text}" for label, text in said)

    def _measured_now(self):
        """(Indicator, Measure) of the same by the ledger now; None: nothing there."""
        kpi = self.kpi_id
        # sudo: the figure is of the whole company, for whoever may read it
        figures = self.env["cobranza.kpi"].sudo()
        found = figures._measure(kpi._book(then=False), [kpi.code])
        rows = {one.split: (row, one) for row, one in found}
        if not rows and kpi.split:
            return None
        row = self.env["cobranza.kpi.indicator"]._row(kpi.code)
        nothing = (row, Measure(ZERO, ZERO)) if row else None
        return rows.get(kpi.split or "", nothing)

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        for one in found:
            one._compare()
        return found

    def _compare(self):
        """List the items of which was known something else then."""
        then, now = self.kpi_id._book(), self.kpi_id._book(then=False)
        lines = self._lines(then, now)
        stated = (self.kpi_id.inputs or {}).get("receivables")
        known = then.receivables if stated is None else Decimal(stated)
        if self.kpi_id.company_id.sudo().cobranza_kpi_receivables == "net":
            known = then.receivables
        own = self.sudo()  # sudo: what was read names entries and customers
        own.write(
            {
                "open_then": float(known),
                "open_now": float(now.receivables),
                "balance": float(now.balance),
                "aside": float(now.balance - now.receivables),
                "difference": float(now.receivables - known),
            }
        )
        left = now.receivables - known - sum((one["amount"] for one in lines), ZERO)
        if left:
            why = self.env._("Booked again, changed or deleted since it was taken")
            lines.append({"why": why, "amount": left})
        lines = [
            {**one, "amount": float(one["amount"]), "compare_id": self.id}
            for one in lines
        ]
        self.env["cobranza.kpi.compare.line"].sudo().create(lines)

    def _lines(self, then, now):
        """[values of lines] whose amounts add up to the difference, but for what was
        edited or deleted."""
        known = {one.line: one for one in then.items}
        told = {one.line: one for one in now.items}
        whys = self._whys(then)
        found = []
        for line in sorted({*known, *told}):
            one = told.get(line) or known[line]
            before = known[line].open_company if line in known else ZERO
            after = told[line].open_company if line in told else ZERO
            if before == after:
                continue
            found.append(
                {
                    "move_id": one.move,
                    "document": one.document,
                    "partner_id": one.partner,
                    "then": float(before),
                    "now": float(after),
                    "amount": after - before,
                    "why": " ".join(whys.get(one.debt, ()))
                    or self.env._("Free again, or used then"),
                }
            )
        return found + self._booked_later(now)

    def _whys(self, then):
        """{debt id: [what was undone of it, in words]}."""
        undone = self.env["cobranza.settlement.undone"].sudo()
        found = defaultdict(list)
        for change in then.changes:
            found[change.debt] += undone.browse(change.undone)._explain()
        return found

    def _booked_later(self, now):
        """What was booked after the figure was taken with a day until it: known to
        neither side of it, so it is in both unless the figure was taken before."""
        kpi = self.kpi_id
        if kpi.backfilled:
            return []
        values = {"accounts": now.accounts, "tree": now.tree, "day": now.day}
        query = SQL(LATER, taken=kpi.create_date, **values)
        return [
            {
                "move_id": move,
                "partner_id": partner,
                "document": self.env["account.move"].sudo().browse(move).name,
                "amount": Decimal(balance),
                "why": self.env._("Booked later with this day"),
            }
            for _line, move, partner, balance in now.env.execute_query(query)
        ]


class CobranzaKpiCompareLine(models.TransientModel):
    """An item of which the ledger tells another amount than was known."""

    _name = "cobranza.kpi.compare.line"
    _inherit = "cobranza.dialog.mixin"
    _description = "Difference of a figure"
    _order = "compare_id, id"
    _rec_name = "document"

    compare_id = fields.Many2one(
        "cobranza.kpi.compare",
        "Comparison",
        required=True,
        ondelete="cascade",
        index=True,
    )
    currency_id = fields.Many2one(related="compare_id.currency_id")
    move_id = fields.Many2one("account.move", "Entry", readonly=True)
    document = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    then = fields.Monetary("Open then", readonly=True, aggregator=None)
    now = fields.Monetary("Open now", readonly=True, aggregator=None)
    amount = fields.Monetary("Difference", readonly=True)
    why = fields.Char("What happened", readonly=True)
