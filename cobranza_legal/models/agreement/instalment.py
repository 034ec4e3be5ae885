from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...kernel.agreement import fill, interest_shares
from ...kernel.billing import Movement
from ...kernel.money import Money, round_to, total
from ..charge.charge import STANDING
from ..common.money import to_decimal, to_money, unit

KIND = "deferral"

APART = """
    SELECT min(l.agreement_id) AS agreement_id, back.id AS debt_id
      FROM cobranza_settlement_undone u
      JOIN account_move_line item
        ON item.id = u.return_line_id AND item.parent_state = 'posted'
      JOIN cobranza_debt back ON back.move_line_id = item.id
 LEFT JOIN (cobranza_agreement_line l
            JOIN cobranza_agreement a ON a.id = l.agreement_id)
        ON l.debt_id = u.debt_id AND l.debt_id <> back.id
       AND a.signed_on <= u.undone_on
       AND (a.ended_on IS NULL OR a.ended_on > u.undone_on)
       AND NOT COALESCE(a.settled_before -> 'partials', '[]') @> to_jsonb(u.partial_no)
     WHERE u.redone_on IS NULL
     GROUP BY back.id
    HAVING count(DISTINCT l.agreement_id) = 1
       AND count(*) FILTER (WHERE l.agreement_id IS NULL) = 0
"""
"""{agreement, debt} of the debts as which one payment of several debts of an agreement
came back: they belong to it as those did. Not where it had paid others too."""


MOVEMENTS = """
    SELECT l.agreement_id, s.date, s.amount_currency::text
      FROM cobranza_agreement_line l
      JOIN cobranza_agreement a ON a.id = l.agreement_id
      JOIN %(settlements)s s ON s.debt_id = l.debt_id
       AND s.debt_id = ANY(%(debts)s) AND s.kind = ANY(%(kinds)s)
     WHERE a.id = ANY(%(agreements)s)
       AND NOT COALESCE(a.settled_before -> 'partials', '[]') @> to_jsonb(s.partial_id)
       AND NOT COALESCE(a.settled_before -> 'entries', '[]')
               @> jsonb_build_array(jsonb_build_array(s.move_id, s.debt_id))
     UNION ALL
    SELECT apart.agreement_id, s.date, s.amount_currency::text
      FROM (%(apart)s) apart
      JOIN %(settlements)s s ON s.debt_id = apart.debt_id
       AND s.debt_id = ANY(%(back)s) AND s.kind = ANY(%(kinds)s)
     WHERE apart.agreement_id = ANY(%(agreements)s)
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
    reminded_on = fields.Date(
        readonly=True, copy=False, help="Before its day, by a mail."
    )
    warned_on = fields.Date(
        readonly=True, copy=False, help="After it was missed, by a mail."
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

    @api.ondelete(at_uninstall=False)
    def _unlink_of_draft(self):
        kept = (self - self._discardable()).agreement_id
        if kept:
            raise UserError(
                self.env._(
                    "%s has been asked for: it is kept as it was. Cancel it instead.",
                    kept[0].display_name,
                )
            )

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
            if line.debt_id.void_reason:
                continue
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
            over = agreement.state == "completed"
            agreement.left = 0 if over else agreement.total - agreement.paid

    def _movements(self):
        """{agreement id: [``Movement``]} of what has settled the principal of these
        agreements since they were signed, and what came back. Three
        queries."""
        signed = self.filtered("signed_on")
        found = defaultdict(list)
        if not signed:
            return found
        names = {one.id: one.currency_id.name for one in signed}
        # sudo: who sees an agreement need not see what its debts are settled by
        settlements = self.env["cobranza.settlement"].sudo()
        back = self._apart(signed)
        query = SQL(
            MOVEMENTS,
            apart=SQL(APART),
            back=list(back),
            settlements=settlements._table_sql,
            debts=signed.sudo().line_ids.debt_id.ids,
            kinds=settlements._kinds(carries=False, came_back=False),
            agreements=signed.ids,
        )
        for agreement, day, amount in self.env.execute_query(query):
            money = Money(to_decimal(amount), names[agreement])
            found[agreement].append(Movement(day, money))
        return found

    @api.model
    def _flush_apart(self):
        for model in ("", ".line"):
            self.env[f"cobranza.agreement{model}"].flush_model()
        self.env["cobranza.settlement.undone"].flush_model()
        self.env["cobranza.debt"].flush_model(["move_line_id"])

    @api.model
    def _apart(self, agreements=None, debt_ids=None):
        """{debt id: agreement id} of the debts as which payments of these agreements,
        or those of ``debt_ids`` which, came back. One query. Run as superuser."""
        self._flush_apart()
        which = SQL("TRUE")
        if agreements is not None:
            which = SQL("agreement_id = ANY(%s)", agreements.ids)
        if debt_ids is not None:
            which = SQL("debt_id = ANY(%s)", list(debt_ids))
        query = "SELECT debt_id, agreement_id FROM (%s) apart WHERE %s"
        return dict(self.env.execute_query(SQL(query, SQL(APART), which)))

    def _settled_on(self, today):
        """{agreement id: day since which the principal of these agreements is settled,
        but for dust, None while it is not}, by what was booked until ``today``. Three
        queries."""
        signed, found = self.filtered("signed_on"), {}
        movements, dust = signed._movements(), signed._dust()
        for agreement in signed:
            whole = [to_money(agreement.amount, agreement.currency_id)]
            money, spare = movements[agreement.id], dust[agreement.id]
            (paid,) = fill(whole, money, today, spare)
            found[agreement.id] = paid.on
        return found

    def _dust(self):
        """{agreement id: Decimal that is too small to ask for in its currency}. One
        query a company."""
        small, found = self.env["cobranza.dust"], {}
        for company, group in self.grouped("company_id").items():
            amounts = small._amounts(company)
            found |= {one.id: amounts[one.currency_id.id] for one in group}
        return found

    def _filled(self, loose=True, days=None, exact=False):
        """{instalment id: (Decimal paid, day since which it is paid or None)} today, or
        on the day of ``days`` {agreement id: day} by what is known now. A fixed number
        of queries for all. Dust that lacks is not missed; ``exact``: to the last cent.

        What settles the debts and the charges for their interest pays the instalments,
        the first first, whatever of it was matched with which; then, where ``loose``,
        money of the debtor that nobody has allocated yet: that of an agreement which
        was signed before another pays the former. Interest that is not charged because
        the debts were settled before its day is not asked for.
        """
        signed = self.filtered("signed_on")
        movements, interest = signed._movements(), signed._interest_movements()
        charged, dust = signed._charged_rows(), signed._dust()
        pools, result = signed._loose() if loose else {}, {}
        for agreement in signed.sorted("signed_on"):
            today = agreement.company_id._cobranza_today()
            today = (days or {}).get(agreement.id, today)
            rows = agreement.instalment_ids.sorted("number")
            money = movements[agreement.id]
            whole = [to_money(agreement.amount, agreement.currency_id)]
            spare = dust[agreement.id]
            (settled,) = fill(whole, money, today, spare)
            parts = []
            for row in rows:
                owed = to_money(row.principal, agreement.currency_id)
                bears = agreement._bears_interest(row.nominal_on, settled.on)
                cost = charged.get(row, row.interest if bears else 0)
                owed += to_money(cost, agreement.currency_id)
                parts.append(owed)
            money = [*money, *interest[agreement.id]]
            pool = pools.get((agreement.debtor_id.id, agreement.currency_id.id), [])
            if pool:
                before = fill(parts, money, today)
                lacks = total(parts, whole[0].currency)
                lacks -= total((one.amount for one in before), lacks.currency)
                money += agreement._take(pool, lacks.amount, today)
            paid = fill(parts, money, today, Decimal(0) if exact else spare)
            for row, one in zip(rows, paid, strict=True):
                result[row.id] = one.amount.amount, one.on
        return result

    def _take(self, pool, missing, today):
        """[``Movement``] of up to ``missing``, Decimal, of the unallocated money of
        ``pool``, [[day, amount]], which is used up. Only what was paid since this
        agreement was signed, and until ``today``."""
        found = []
        for entry in pool:
            day, left = entry
            used = min(left, missing)
            if used > 0 and self.signed_on <= day <= today:
                found.append(Movement(day, Money(used, self.currency_id.name)))
                entry[1] -= used
                missing -= used
        return found

    def _charged_rows(self):
        """{instalment: interest that was charged for it and stands} of those for which
        any was charged. One query."""
        domain = [("instalment_id.agreement_id", "in", self.ids)]
        # sudo: who sees an agreement need not see its charges
        charges = self.env["cobranza.charge"].sudo()
        groups = charges._read_group(domain, ["instalment_id", "state"], ["amount:sum"])
        found = {}
        for row, state, amount in groups:
            row = row.sudo(self.env.su)
            stands = 0 if state == "reversed" else amount
            found[row] = found.get(row, 0) + stands
        return found

    def _loose(self):
        """{(debtor id, currency id): [[day, amount]]} of what these debtors paid since
        they signed and nobody has allocated, the oldest first."""
        found = {}
        since = {}
        for one in self:
            first = since.get(one.debtor_id.id, one.signed_on)
            since[one.debtor_id.id] = min(first, one.signed_on)
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
            # what a person has reversed is not charged again
            [("instalment_id", "in", rows.ids), ("outdated", "=", False)],
            ["instalment_id"],
        )
        rows -= rows.browse().concat(*(row for (row,) in known))
        debts = rows.sudo().agreement_id.line_ids.debt_id
        debts.fetch(["void_reason", "move_id"])  # of all at once
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
                owner.setdefault(charge.bill_debt_id, []).append(charge)
        settlements = self.env["cobranza.settlement"].sudo()
        paid = settlements.search(
            [
                ("debt_id", "in", [debt.id for debt in owner]),
                ("kind", "in", settlements._kinds(carries=False, came_back=False)),
            ]
        )
        so_far = defaultdict(Decimal)
        for row in paid.sorted(lambda row: (row.date, row.id)):
            bill, whole = row.debt_id, to_decimal(row.debt_id._whole_amount())
            before = so_far[bill]
            so_far[bill] += to_decimal(row.amount_currency)
            for charge in owner[bill]:
                # a bill holds other charges too, and taxes
                own, one = to_decimal(charge.amount), unit(charge.currency_id)
                shares = [
                    round_to(own * paid_so_far / whole, one) if whole else own
                    for paid_so_far in (before, so_far[bill])
                ]
                money = Money(shares[1] - shares[0], charge.currency_id.name)
                agreement = charge.instalment_id.agreement_id
                found[agreement.id].append(Movement(row.date, money))
        return found

    @api.model
    def _deferral_credits(self, debt_ids):
        """{debt id: [(first day, last day, Decimal)]}: what agreements that were not
        kept, and forgave late interest on completion only, have charged these debts as
        their own interest, for the days of whose late interest it is owed: both for the
        same days would be owed twice. One query."""
        # sudo: what a debt is charged does not depend on who asks
        charges = self.env["cobranza.charge"].sudo()
        rows = charges._read_group(
            [
                ("debt_id", "in", list(debt_ids)),
                ("kind", "=", KIND),
                ("state", "!=", "reversed"),
                ("instalment_id.agreement_id.default_interest", "=", "completion"),
                (
                    "instalment_id.agreement_id.state",
                    "in",
                    ("accelerated", "superseded"),
                ),
            ],
            ["debt_id", "instalment_id"],
            ["amount:sum"],
        )
        sums = defaultdict(Decimal)
        for debt, instalment, amount in rows:
            sums[debt.id, instalment.agreement_id] += to_decimal(amount)
        found = defaultdict(list)
        for (debt, agreement), amount in sums.items():
            first = fields.Date.add(agreement.requested_on, days=1)
            found[debt].append((first, agreement.ended_on, amount))
        return found

    def _forget_early_interest(self, reason):
        """Take back what was charged of an instalment before its day, because it had
        become due early: it is charged whole when its day comes."""
        domain = [
            ("instalment_id.agreement_id", "in", self.ids),
            ("state", "in", STANDING),
        ]
        # sudo: nobody makes charges by hand
        charges = self.env["cobranza.charge"].sudo().search(domain)
        early = charges.filtered(
            lambda one: one.period_to < one.instalment_id.nominal_on
        )
        early._withdraw(reason)
        early._through_gate().outdated = True
