from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo import api, fields, models

from ...kernel.billing import (
    LateDebt,
    Movement,
    billed_difference,
    interest_bill,
    interest_credited,
)
from ...kernel.errors import MissingValue
from ...kernel.indexation import indexed
from ...kernel.interest import late_period
from ...kernel.money import Money, round_to
from ...kernel.periods import ONE_DAY, Period
from ...kernel.position import InterestSlice, share_slices
from ..common.money import to_decimal, unit
from .assessment import UsedValues, percents
from .charge import STANDING

ZERO = to_decimal(0)


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


def as_rows(bill, own):
    """Unrounded slices of a kernel ``InterestBill``, for a Json field: as text, so that
    no cent is lost; in parts of ``own``, where that is less than what they make."""
    whole = bill.own.amount
    part = own.amount / whole if own != bill.own else 1
    return [
        {
            "first": one.period.first.isoformat(),
            "last": one.period.last.isoformat(),
            "days": one.days,
            "base": str(one.base),
            "rate": str(one.rate),
            "amount": str(one.amount * part),
        }
        for one in bill.slices
        if one.base
    ]


def from_rows(rows, step):
    """``InterestSlice``s of these rows whose amounts, in multiples of ``step``, add up
    to their rounded sum."""
    exact = [
        InterestSlice(
            date.fromisoformat(row["first"]),
            date.fromisoformat(row["last"]),
            row["days"],
            Decimal(row["base"]),
            Decimal(row["rate"]),
            Decimal(row["amount"]),
        )
        for row in rows or ()
    ]
    return share_slices(exact, step)


def late_end(work, debt, period):
    """The last day of a period that earns interest of a debt."""
    return work.span(debt).until(period.last)


class CobranzaCharge(models.Model):
    """What late debts are charged by law or contract for the time: the fixed
    compensation of each document, interest and indexation of each debt; and what is
    owed of charges on a day.
    """

    _inherit = "cobranza.charge"

    slices = fields.Json(
        readonly=True,
        help="How interest came about: first and last day, days, base, yearly rate in "
        "percent and unrounded amount of each slice.",
    )

    # -- fixed compensation ----------------------------------------------------------

    def _draft_compensations(self, work):
        """Once for each document: its first overdue debt carries it."""
        documents = {}
        for debt in sorted(work.bases, key=lambda debt: (debt.instalment_no, debt.id)):
            documents.setdefault(self._document_key(debt), debt)
        carriers = {debt: document for document, debt in documents.items()}
        charged = self._compensated(work)
        for regime, debts in work.by_regime().items():
            debts = [one for one in debts if one in carriers]
            found, values = self._ask_law(work, "_fixed_compensations", debts, regime)
            for compensation in found or ():
                kind = compensation.kind
                todo = [one for one in debts if (carriers[one], kind) not in charged]
                self._draft_compensation(work, todo, compensation, values)

    @staticmethod
    def _document_key(debt):
        """What a compensation is due for once: the invoice. An entry may bring the
        invoices of many debtors: each of its debts is a document."""
        move = debt.move_id
        is_invoice = move.is_invoice(include_receipts=True)
        return move.id if is_invoice else f"debt {debt.id}"

    def _compensated(self, work):
        """{(document, kind)} of what is due once for each of these documents."""
        debts = self.env["cobranza.debt"].concat(*work.bases)
        charges = self.sudo().search(
            [
                "|",
                ("move_id", "in", debts.move_id.ids),
                ("debt_id", "in", debts.ids),
                ("kind", "not in", ("fee", "interest")),
                ("state", "!=", "reversed"),
            ]
        )
        return {(self._document_key(charge.debt_id), charge.kind) for charge in charges}

    def _draft_compensation(self, work, debts, compensation, values):
        amount = compensation.amount
        currency = self.env["res.currency"].search([("name", "=", amount.currency)])
        if not currency:
            message = self.env._(
                "The compensation is set in %s: activate this currency.",
                amount.currency,
            )
            work.refuse(debts, message)
            return
        for debt in debts:
            work.add(
                debt,
                compensation.kind,
                amount,
                values,
                currency_id=currency.id,
                per_document=debt.move_id.is_invoice(include_receipts=True),
                formula=str(amount),
                article=compensation.article,
            )

    # -- interest --------------------------------------------------------------------

    def _draft_interest(self, work):
        """Interest of every debt from the day after the last assessed one to today."""
        for debt in work.bases:
            why = work.rules._interest_refusal(debt)
            if why:
                work.refuse([debt], why)
        terms = self._interest_of(work)
        free = self._unblocked(work, "interest", list(terms))
        terms = {debt: terms[debt] for debt in free}
        if not terms:
            return
        last = self._last_assessed(work, terms)
        payments = self._payments(work, terms)
        for debt, found in terms.items():
            period = late_period(work.due[debt], work.on, found)
            known = last.get(debt.id)
            if not period or (known and known >= period.last):
                continue
            if known and known >= period.first:
                period = Period(known + ONE_DAY, period.last)
            self._draft_period(work, debt, found, period, payments[debt.id])

    def _interest_of(self, work):
        """{debt: terms} of the debts that bear interest."""
        terms = {}
        for regime, debts in work.by_regime().items():
            groups = defaultdict(list)
            for debt in debts:
                groups[work.rules._interest_key(debt)].append(debt)
            for key, own in groups.items():
                found, values = self._ask_law(work, "_interest_terms", own, regime, key)
                if found:
                    terms |= {debt: found for debt in own}
                    work.asked |= {debt: values for debt in own}
        return terms

    def _draft_period(self, work, debt, terms, period, payments):
        """Interest of one debt over a period: what the whole interest has grown by, so
        that many periods make what one would have; nothing when it rounds to
        nothing."""
        terms = replace(terms, rounding_unit=unit(debt.currency_id))
        late, last = self._late_debt(work, debt, payments), late_end(work, debt, period)
        if last < period.first:
            return
        charged_until = period.first - ONE_DAY
        try:
            bill = interest_bill(late, terms, last, billed_until=charged_until)
        except MissingValue as error:
            work.lack([debt], self._message_missing(error), error)
            return
        own = bill.own - self._deferral_credit(work, late, terms, period, last, debt)
        if own.amount <= 0:
            return
        values = UsedValues(work.table)
        if debt in work.asked:
            values.used |= work.asked[debt].used
        values.note_series(terms.series, [one.period.first for one in bill.slices])
        work.add(
            debt,
            "interest",
            own,
            values,
            basis=work.rules._interest_basis(work.rules._interest_key(debt)),
            currency_id=debt.currency_id.id,
            rate_text=percents(one.rate for one in bill.slices),
            formula=self._interest_formula(bill, bill.own - own),
            article=self._articles(terms, bill, last < work.on and work.span(debt)),
            period_from=period.first,
            period_to=last,
            slices=as_rows(bill, own),
        )

    @staticmethod
    def _deferral_credit(work, late, terms, period, last, debt):
        """What the interest of agreements that were not kept takes off the late
        interest of the days of a period, for which it was agreed and is owed."""
        credit = Money.zero(debt.currency_id.name)
        for first, end, amount in work.deferral(debt):
            span = Period(first, max(first, end))
            money = Money(amount, debt.currency_id.name)
            for day, sign in ((last, 1), (period.first - ONE_DAY, -1)):
                found = interest_credited(late, terms, day, span, money)
                credit = credit + found if sign > 0 else credit - found
        return credit

    @staticmethod
    def _interest_formula(bill, credit):
        slices = " + ".join(
            f"{one.base} × {one.rate.normalize():f}% × {one.days}/{one.year}"
            for one in bill.slices
            if one.base
        )
        return f"{slices} − {credit.amount}" if credit.amount else slices

    @staticmethod
    def _articles(terms, bill, span):
        """That of the terms, those of the limits that changed the rate, and that by
        which interest ended (``span``, if it did)."""
        limits = [one.article for one in bill.slices]
        limits += [span.article] if span else []
        return "; ".join(filter(None, dict.fromkeys([terms.article, *limits])))

    @staticmethod
    def _late_debt(work, debt, payments):
        """What was owed on the due date: what is left in the end plus all payments,
        each of which earned interest until its own day."""
        step, name = unit(debt.currency_id), debt.currency_id.name
        paid = [(day, round_to(amount, step)) for day, amount in payments]
        whole = work.bases[debt] + sum(amount for _day, amount in paid)
        movements = [Movement(day, Money(amount, name)) for day, amount in paid]
        span = work.span(debt)
        return LateDebt(
            principal=Money(round_to(whole, step), name),
            due=work.due[debt],
            movements=tuple(movements),
            ends_on=span.ends_on,
            suspended=span.suspended,
        )

    def _last_assessed(self, work, debts):
        """{debt id: last day whose interest has been assessed}, by what is known."""
        domain = [
            ("debt_id", "in", [debt.id for debt in debts]),
            ("kind", "=", "interest"),
            ("state", "!=", "reversed"),
        ]
        if work.known_until:
            domain.append(("assessed_on", "<=", work.known_until))
        rows = self.sudo()._read_group(domain, ["debt_id"], ["period_to:max"])
        return {debt.id: last for debt, last in rows}

    def _payments(self, work, debts):
        """{debt id: [(day, amount)]} of what has lowered each debt, as far as known,
        and of the unallocated payments that cover it: each counts from its own day,
        matched or not. Neither transfers, by which another item carries the debt on,
        nor credit notes: what they give back was never owed and bears no interest."""
        result = defaultdict(list)
        for debt in debts:
            result[debt.id] += work.credits.get(debt, ())
        settlements = self.env["cobranza.settlement"].sudo()
        domain = [
            ("debt_id", "in", [debt.id for debt in debts]),
            ("kind", "in", settlements._kinds(carries=False, unowed=False)),
        ]
        until = work.paid_until or work.known_until
        if until:
            domain.append(("date", "<=", until))
        for row in settlements.search(domain):
            amount = to_decimal(row.amount_currency)
            result[row.debt_id.id].append((row.date, amount))
        return result

    def _draft_indexation(self, work):
        """From the due date to today, less what has been charged."""
        keys = {debt: work.rules._index_key(debt) for debt in work.bases}
        debts = [debt for debt, key in keys.items() if key]
        debts = self._unblocked(work, "indexation", debts)
        if not debts:
            return
        payments, charged = (
            self._payments(work, debts),
            self._charged_indexation(work, debts),
        )
        for debt in debts:
            last, before = charged.get(debt.id, (work.due[debt], ZERO))
            if last < work.span(debt).until(work.on):
                known = payments[debt.id]
                self._draft_index(work, debt, keys[debt], known, last, before)

    def _draft_index(self, work, debt, key, payments, last, before):
        name, step = debt.currency_id.name, unit(debt.currency_id)
        values = UsedValues(work.table)
        try:
            found = self._indexation(work, debt, key, payments, values)
        except MissingValue as error:
            work.lack([debt], self._message_missing(error), error)
            return
        if not found:
            return
        exact, formula, article = found
        whole = Money(round_to(exact, step), name)
        amount = billed_difference(whole, [Money(before, name)])
        if amount.amount <= 0:
            return
        work.add(
            debt,
            "indexation",
            amount,
            values,
            basis="contract",
            currency_id=debt.currency_id.id,
            formula=f"{formula} − {round_to(before, step)}" if before else formula,
            article=article,
            period_from=last + ONE_DAY,
            period_to=work.span(debt).until(work.on),
        )

    def _indexation(self, work, debt, key, payments, values):
        """(unrounded adjustment, formula, article) of a debt from its due date on: each
        part of it until the day it was paid; None where the law knows no such index."""
        due, currency = work.due[debt], debt.currency_id.name
        end = work.span(debt).until(work.on)
        parts = [(min(day, end), amount) for day, amount in payments if day > due]
        parts.append((end, work.bases[debt]))
        exact, formula, article = ZERO, [], ""
        for day, amount in sorted(parts):
            found = work.rules._index_values(key, due, day, values)
            if found is None:
                return None
            first, last, article = found
            step = unit(debt.currency_id)
            grown = indexed(Money(amount, currency), first, last, step)
            exact += grown.exact - amount
            formula.append(f"{round_to(amount, step)} × ({last} / {first} − 1)")
        return exact, " + ".join(formula), article

    def _charged_indexation(self, work, debts):
        """{debt id: (last day charged, amount charged)} by what is known, waived
        charges included."""
        domain = [
            ("debt_id", "in", [debt.id for debt in debts]),
            ("kind", "=", "indexation"),
            ("state", "!=", "reversed"),
        ]
        if work.known_until:
            domain.append(("assessed_on", "<=", work.known_until))
        rows = self.sudo()._read_group(
            domain, ["debt_id"], ["period_to:max", "amount:sum"]
        )
        return {debt.id: (last, to_decimal(amount)) for debt, last, amount in rows}

    # -- what is owed on a day -------------------------------------------------------

    @api.model
    def _standing_on(self, debtors, on):
        """The charges of debtors that stand and had been assessed by a day."""
        domain = [
            ("debtor_id", "in", debtors.ids),
            ("state", "in", STANDING),
            ("assessed_on", "<=", on),
        ]
        return self.search(domain, order="assessed_on, id")

    def _is_in_ledger(self, on):
        """Whether a document of that day or before bills it."""
        self.ensure_one()
        return self.state == "billed" and self.billed_on <= on

    def _owed_on(self, on):
        """{charge id: what is owed of it on a day}, in its currency: until it is
        billed all of it, then its part of what was open of its document by the dates
        of the payments."""
        billed = self.filtered(lambda charge: charge._is_in_ledger(on))
        owed = {one.id: to_decimal(one.amount) for one in self - billed}
        left = self._left_of_bills(billed.bill_move_id.cobranza_debt_ids, on)
        return owed | billed._share_open(left)

    def _left_of_bills(self, debts, on):
        """{billed debt: what was open of it on a day}; one query."""
        settlements = self.env["cobranza.settlement"].sudo()
        domain = [
            ("debt_id", "in", debts.ids),
            ("kind", "in", settlements._kinds(carries=False)),
            ("date", "<=", on),
        ]
        paid = defaultdict(lambda: to_decimal(0))
        for row in settlements.search(domain):
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
    def _accruing(self, debts, on, claims, known_until=None, due_once=False):
        """The ``Assessment``s of what runs by time on ``debts`` until a day, whatever
        stops us from asking for it; ``claims`` as for ``_assess``. ``known_until``: as
        it was on that day, without what was paid or charged later. ``due_once``: also
        what is due once for having been late."""
        works = []
        for company, group in debts.sudo().grouped("company_id").items():
            work = self._start(company, group, on, claims, known_until)
            if work.bases and due_once:
                self._draft_compensations(work)
                self._draft_commissions(work)
                self._draft_penalties(work)
            if work.bases:
                self._draft_interest(work)
                self._draft_indexation(work)
            works.append(work)
        return works
