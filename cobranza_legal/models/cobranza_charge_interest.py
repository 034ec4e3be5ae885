from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from odoo import models

from ..kernel.billing import LateDebt, Movement, interest_bill
from ..kernel.errors import MissingValue
from ..kernel.interest import late_period
from ..kernel.money import Money, round_to
from ..kernel.periods import Period
from .assessment import UsedValues
from .bridge import to_decimal, unit
from .charge_slices import as_rows
from .cobranza_charge_assess import percents

ONE_DAY = timedelta(days=1)


class CobranzaCharge(models.Model):
    """Fixed compensations per document, and interest per debt."""

    _inherit = "cobranza.charge"

    # -- fixed compensation ----------------------------------------------------------

    def _draft_compensations(self, work):
        """Once for each document: its first overdue debt carries it."""
        documents = {}
        for debt in sorted(work.bases, key=lambda one: (one.instalment_no, one.id)):
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
        terms = self._interest_of(work)
        free = self._unblocked(work, "interest", list(terms))
        terms = {debt: terms[debt] for debt in free}
        if not terms:
            return
        last = self._last_assessed(terms)
        payments = self._payments(terms)
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
                groups[self._interest_key(debt)].append(debt)
            for key, own in groups.items():
                found, values = self._ask_law(work, "_interest_terms", own, regime, key)
                if found:
                    terms |= {debt: found for debt in own}
                    work.asked |= {debt: values for debt in own}
        return terms

    def _interest_key(self, debt):
        """Which interest a debt bears: "statutory", or a key that the country's rules
        know, such as one for an agreed rate."""
        return "statutory"

    def _interest_basis(self, key):
        """What interest of a key rests on: "law" or "contract"."""
        return "law"

    def _draft_period(self, work, debt, terms, period, payments):
        """Interest of one debt over a period: what the whole interest has grown by, so
        that many periods make what one would have; nothing when it rounds to
        nothing."""
        terms = replace(terms, rounding_unit=unit(debt.currency_id))
        late = self._late_debt(work, debt, payments)
        charged_until = period.first - ONE_DAY
        try:
            bill = interest_bill(late, terms, period.last, billed_until=charged_until)
        except MissingValue as error:
            work.lack([debt], self._message_missing(error), error)
            return
        if not bill.own.amount:
            return
        values = UsedValues(work.table)
        if debt in work.asked:
            values.used |= work.asked[debt].used
        values.note_series(terms.series, [one.period.first for one in bill.slices])
        work.add(
            debt,
            "interest",
            bill.own,
            values,
            basis=self._interest_basis(self._interest_key(debt)),
            currency_id=debt.currency_id.id,
            rate_text=percents(one.rate for one in bill.slices),
            formula=" + ".join(
                f"{one.base} × {one.rate.normalize():f}% × {one.days}/{one.year}"
                for one in bill.slices
                if one.base
            ),
            article=self._articles(terms, bill),
            period_from=period.first,
            period_to=period.last,
            slices=as_rows(bill),
        )

    @staticmethod
    def _articles(terms, bill):
        """That of the terms, and those of the limits that changed the rate."""
        limits = (one.article for one in bill.slices)
        return "; ".join(filter(None, dict.fromkeys([terms.article, *limits])))

    @staticmethod
    def _late_debt(work, debt, payments):
        """What was owed on the due date: what is left in the end plus all payments,
        each of which earned interest until its own day."""
        step, name = unit(debt.currency_id), debt.currency_id.name
        paid = [(day, round_to(amount, step)) for day, amount in payments]
        whole = work.bases[debt] + sum(amount for _day, amount in paid)
        movements = [Movement(day, Money(amount, name)) for day, amount in paid]
        return LateDebt(
            Money(round_to(whole, step), name), work.due[debt], tuple(movements)
        )

    def _last_assessed(self, debts):
        """{debt id: last day whose interest has been assessed}."""
        domain = [
            ("debt_id", "in", [debt.id for debt in debts]),
            ("kind", "=", "interest"),
            ("state", "!=", "reversed"),
        ]
        rows = self.sudo()._read_group(domain, ["debt_id"], ["period_to:max"])
        return {debt.id: last for debt, last in rows}

    def _payments(self, debts):
        """{debt id: [(day, amount)]} of what has lowered each debt. Neither transfers,
        by which another item carries the debt on, nor credit notes: what they give back
        was never owed and bears no interest."""
        result = defaultdict(list)
        domain = [
            ("debt_id", "in", [debt.id for debt in debts]),
            ("kind", "not in", ("transfer", "credit_note")),
        ]
        for row in self.env["cobranza.settlement"].sudo().search(domain):
            amount = to_decimal(row.amount_currency)
            result[row.debt_id.id].append((row.date, amount))
        return result
