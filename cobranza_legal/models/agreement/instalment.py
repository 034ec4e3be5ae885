from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from ...kernel.agreement import fill, interest_shares
from ...kernel.billing import Movement
from ...kernel.money import Money
from ..charge.charge import STANDING
from ..common.money import to_decimal, to_money, unit

KIND = "deferral"

MOVEMENTS = """
    SELECT l.agreement_id, s.date, s.amount_currency::text
      FROM cobranza_agreement_line l
      JOIN cobranza_agreement a ON a.id = l.agreement_id
      JOIN %(settlements)s s ON s.debt_id = l.debt_id
       AND s.debt_id = ANY(%(debts)s) AND s.kind = ANY(%(kinds)s)
     WHERE a.id = ANY(%(agreements)s)
       AND NOT COALESCE(a.settled_before -> 'partials', '[]') @> to_jsonb(s.partial_id)
     UNION ALL
    SELECT l.agreement_id, moved.day, moved.amount::text
      FROM cobranza_agreement_line l
      JOIN cobranza_agreement a ON a.id = l.agreement_id
      JOIN cobranza_settlement_undone u ON u.debt_id = l.debt_id
 CROSS JOIN LATERAL (
         VALUES (COALESCE(u.redone_on, u.date), u.amount_currency),
                (u.undone_on, - u.amount_currency)) AS moved(day, amount)
     WHERE a.id = ANY(%(agreements)s) AND u.kind = ANY(%(kinds)s)
       AND NOT COALESCE(a.settled_before -> 'partials', '[]') @> to_jsonb(u.partial_no)
"""


STATUSES = [
    ("open", "To come"),
    ("due", "Due today"),
    ("missed", "Missed"),
    ("part", "Paid in part"),
    ("paid", "Paid"),
]


class CobranzaAgreementInstalment(models.Model):
    """One instalment. What is paid of it is not written down: it follows from what has
    settled the debts of the agreement since it was signed, the first instalment first.
    """

    _name = "cobranza.agreement.instalment"
    _inherit = "cobranza.gate.mixin"
    _description = "Instalment of a payment agreement"
    _order = "agreement_id, number"
    _rec_name = "number"

    agreement_id = fields.Many2one(
        "cobranza.agreement",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    debtor_id = fields.Many2one(related="agreement_id.debtor_id", store=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    agreement_state = fields.Selection(related="agreement_id.state")
    number = fields.Integer("No.", required=True, readonly=True, aggregator=None)
    nominal_on = fields.Date("Agreed for", required=True, readonly=True)
    due_on = fields.Date("Due on", required=True, readonly=True, index=True)
    principal = fields.Monetary(readonly=True)
    interest = fields.Monetary(readonly=True)
    amount = fields.Monetary("To pay", compute="_compute_amount", store=True)
    balance = fields.Monetary(
        "Left after it", readonly=True, help="Principal that is still open afterwards."
    )
    paid = fields.Monetary(compute="_compute_paid")
    paid_on = fields.Date("Paid on", compute="_compute_paid")
    status = fields.Selection(STATUSES, compute="_compute_paid")

    _number_uniq = models.Constraint(
        "UNIQUE (agreement_id, number)", "This instalment is there already."
    )

    @api.depends("principal", "interest")
    def _compute_amount(self):
        for row in self:
            row.amount = row.principal + row.interest

    @api.depends("amount")
    def _compute_paid(self):
        filled = self.agreement_id._filled()
        for row in self:
            amount, on = filled.get(row.id, (0, None))
            row.paid, row.paid_on = float(amount), on
            row.status = row._status(amount, on)

    def _status(self, amount, on):
        today = self.company_id._cobranza_today()
        if on:
            return "paid"
        if self.due_on < today:
            return "missed"
        if self.due_on == today:
            return "due"
        return "part" if amount else "open"

    def _discardable(self):
        """Those of drafts, which are made anew with every change."""
        return self.filtered(lambda one: one.agreement_id.state == "draft")

    def _interest_vals(self, on, amount=None):
        """Values of the charges for the interest of this instalment, or for ``amount``
        of it, one for each debt of the agreement by its part of the whole."""
        self.ensure_one()
        agreement, currency = self.agreement_id, self.currency_id
        rows = agreement.instalment_ids.sorted("number")
        rows = rows.filtered(lambda row: row.number <= self.number)
        lines = agreement.line_ids.filtered("amount")
        interests = [to_money(row.interest, currency) for row in rows]
        if amount is not None:
            interests[-1] = Money(amount, currency.name)
        weights = [to_decimal(line.amount) for line in lines]
        *_before, shares = interest_shares(interests, weights, unit(currency))
        since = rows[:-1][-1:].nominal_on or agreement.requested_on
        for line, share in zip(lines, shares, strict=True):
            if share.amount:
                yield {
                    "company_id": agreement.company_id.id,
                    "debtor_id": agreement.debtor_id.id,
                    "debt_id": line.debt_id.id,
                    "move_id": line.debt_id.move_id.id,
                    "instalment_id": self.id,
                    "kind": KIND,
                    "basis": "contract",
                    "currency_id": currency.id,
                    "amount": float(share.amount),
                    "base": line.amount,
                    "assessed_on": on,
                    "period_from": fields.Date.add(since, days=1),
                    "period_to": self.nominal_on if amount is None else on,
                    "rate_text": f"{to_decimal(agreement.rate).normalize():f}%",
                    "formula": f"{interests[-1].amount} × {to_decimal(line.amount)} / "
                    f"{to_decimal(agreement.amount)}",
                }


class CobranzaAgreement(models.Model):
    """What is paid of agreements, read from what settles their debts; and their
    interest, charged on the day of each instalment and allocated over the debts."""

    _inherit = "cobranza.agreement"

    @api.depends("amount", "state")
    def _compute_paid(self):
        filled = self._filled()
        for agreement in self:
            rows = agreement.instalment_ids
            agreement.paid = float(sum(filled.get(row.id, (0,))[0] for row in rows))
            agreement.left = agreement.total - agreement.paid

    def _movements(self):
        """{agreement id: [``Movement``]} of what has settled the principal of these
        agreements since they were signed, and what came back. Two queries."""
        signed = self.filtered("signed_on")
        found = defaultdict(list)
        if not signed:
            return found
        names = {one.id: one.currency_id.name for one in signed}
        # sudo: who sees an agreement need not see what its debts are settled by
        settlements = self.env["cobranza.settlement"].sudo()
        self.flush_model(["settled_before"])
        for model in ("cobranza.agreement.line", "cobranza.settlement.undone"):
            self.env[model].flush_model()
        query = SQL(
            MOVEMENTS,
            settlements=settlements._table_sql,
            debts=signed.sudo().line_ids.debt_id.ids,
            kinds=settlements._kinds(carries=False, came_back=False),
            agreements=signed.ids,
        )
        for agreement, day, amount in self.env.execute_query(query):
            money = Money(to_decimal(amount), names[agreement])
            found[agreement].append(Movement(day, money))
        return found

    def _filled(self):
        """{instalment id: (Decimal paid, day since which it is paid or None)}, a fixed
        number of queries for all.

        What settles the debts pays the principal of the instalments, what settles the
        charges for it their interest, the first first; money of the debtor that nobody
        has allocated yet pays what is left of them, in the same order.
        """
        signed = self.filtered("signed_on")
        movements, interest = signed._movements(), signed._interest_movements()
        loose, result = signed._loose(), {}
        for agreement in signed.sorted("signed_on"):
            rows = agreement.instalment_ids.sorted("number")
            name = agreement.currency_id.name
            parts = [Money(to_decimal(row.principal), name) for row in rows]
            costs = [Money(to_decimal(row.interest), name) for row in rows]
            principal = fill(parts, movements[agreement.id], date.max)
            extra = fill(costs, interest[agreement.id], date.max)
            key = agreement.debtor_id.id, agreement.currency_id.id
            pool = loose.get(key, [])
            for row, one, two in zip(rows, principal, extra, strict=True):
                days = [one.on, two.on if row.interest else None]
                amount = one.amount.amount + two.amount.amount
                amount, days = self._top_up(row, amount, days, pool)
                whole = amount >= to_decimal(row.amount)
                on = max(filter(None, days), default=None) if whole else None
                result[row.id] = amount, on
        return result

    @staticmethod
    def _top_up(row, amount, days, pool):
        """(what is paid of a row, the days that paid it) with the unallocated money of
        ``pool``, [[day, amount]], which it uses up."""
        missing = to_decimal(row.amount) - amount
        while missing > 0 and pool:
            day, left = pool[0]
            used = min(left, missing)
            missing, amount = missing - used, amount + used
            days = [*days, day]
            pool[0][1] -= used
            if not pool[0][1]:
                pool.pop(0)
        return amount, days

    def _loose(self):
        """{(debtor id, currency id): [[day, amount]]} of what these debtors paid since
        they signed and nobody has allocated, the oldest first."""
        found = {}
        since = {one.debtor_id.id: one.signed_on for one in self}
        # sudo: as above
        runs = self.env["cobranza.run"].sudo()
        for company, group in self.debtor_id.sudo().grouped("company_id").items():
            for key, credits in runs._book(company).credits(group).items():
                found[key] = sorted(
                    [day, amount]
                    for day, amount, _own in credits
                    if day and day >= since[key[0]]
                )
        return found

    # -- interest ----------------------------------------------------------------------

    @api.model
    def _charge_interest(self, rows, on, amount=None):
        """Charge the interest of these instalments, once; ``amount``, Decimal, instead
        of the whole of a single one. Returns the new charges."""
        # sudo: nobody makes charges by hand
        charges = self.env["cobranza.charge"].sudo()
        known = charges._read_group(
            [("instalment_id", "in", rows.ids), ("state", "!=", "reversed")],
            ["instalment_id"],
        )
        rows -= rows.browse().concat(*(row for (row,) in known))
        vals_list = [
            vals
            for row in rows.sudo()
            if row.interest
            for vals in row._interest_vals(on, amount)
        ]
        return charges.create(vals_list)

    def _interest_movements(self):
        """{agreement id: [``Movement``]} of what pays the interest of these agreements;
        what was waived counts as paid on its day. Two queries."""
        found = defaultdict(list)
        if not any(one.interest for one in self):
            return found
        domain = [
            ("instalment_id.agreement_id", "in", self.ids),
            ("state", "!=", "reversed"),
        ]
        # sudo: who sees an agreement need not see its charges
        charges = self.env["cobranza.charge"].sudo().search(domain)
        owner = {}
        for charge in charges:
            agreement = charge.instalment_id.agreement_id
            if charge.state == "waived":
                money = to_money(charge.amount, charge.currency_id)
                found[agreement.id].append(Movement(charge.assessed_on, money))
            elif charge.bill_debt_id:
                owner[charge.bill_debt_id] = agreement.id
        settlements = self.env["cobranza.settlement"].sudo()
        paid = settlements.search(
            [
                ("debt_id", "in", [debt.id for debt in owner]),
                ("kind", "in", settlements._kinds(carries=False, came_back=False)),
            ]
        )
        for row in paid:
            money = to_money(row.amount_currency, row.currency_id)
            found[owner[row.debt_id]].append(Movement(row.date, money))
        return found

    def _forget_interest(self, reason):
        """What was charged for instalments that are not owed any more is taken back."""
        domain = [
            ("instalment_id.agreement_id", "in", self.ids),
            ("state", "in", STANDING),
        ]
        self.env["cobranza.charge"].sudo().search(domain)._withdraw(reason)
