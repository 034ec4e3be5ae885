"""What is being assessed: the debts of one company on one day, and what came of it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...kernel.errors import MissingValue, NoSuchRule
from ...kernel.fees import charge_amount, progressive_fee
from ...kernel.legal_table import LegalTable, LegalValue
from ...kernel.money import Money, allocate, round_to
from ..common.money import to_decimal, unit


def percents(rates):
    """Distinct percentages in the order given: "9% / 6%"."""
    return " / ".join(dict.fromkeys(f"{rate.normalize():f}%" for rate in rates))


UNCHARGED = """
    SELECT d.move_id, d.debtor_id,
           sum(CASE WHEN l.id IS NULL OR r.debt_id IS NOT NULL THEN d.original_amount
                    ELSE l.amount_currency END)::text,
           (SELECT COALESCE(sum(c.base), 0) FROM cobranza_charge c
             WHERE c.move_id = d.move_id AND c.debtor_id = d.debtor_id
               AND c.kind = 'fee' AND c.state <> 'reversed')::text
      FROM cobranza_debt d
      LEFT JOIN account_move_line l ON l.id = d.move_line_id
      LEFT JOIN (SELECT DISTINCT debt_id FROM cobranza_debt_former_line_rel) r
        ON r.debt_id = d.id
     WHERE d.move_id = ANY(%s) AND d.void_reason IS NULL AND d.nature = 'principal'
     GROUP BY d.move_id, d.debtor_id
"""


class UsedValues:
    """A ``LegalTable`` that remembers every value it gave, with the day asked for."""

    def __init__(self, table: LegalTable):
        self.table = table
        self.used: dict[tuple[LegalValue, date], None] = {}

    @property
    def parameters(self):
        return self.table.parameters

    @property
    def codes(self):
        return self.table.codes

    def get(self, code, on, key=""):
        value = self.table.get(code, on, key)
        self.used[value, on] = None
        return value

    def number(self, code, on, key=""):
        value = self.get(code, on, key).value
        if value is None:
            raise NoSuchRule(code, on, key)
        return value

    def number_or_none(self, code, on, key=""):
        return self.get(code, on, key).value

    def series(self, code, key=""):
        return self.table.series(code, key)

    def until(self, code, key=""):
        return self.table.until(code, key)

    def note_series(self, series, days):
        """Remember what a series gave on ``days``; a contract's own is not law."""
        for day in days:
            try:
                self.get(series.code, day, series.key)
            except MissingValue:
                row = series.row(day)
                value = LegalValue(
                    series.code, series.key, row.first, row.last, row.value
                )
                self.used[value, day] = None

    def as_json(self):
        return [
            {
                "code": value.code,
                "key": value.key,
                "day": day.isoformat(),
                "value": None if value.value is None else str(value.value),
                "source": value.source,
                "article": value.article,
            }
            for value, day in self.used
        ]


@dataclass(slots=True)
class Assessment:
    """``bases`` is what may be charged of each debt, a record, in its own currency;
    ``covered`` what unallocated payments took off it; ``asked`` are by debt the values
    that its terms of interest rest on.

    ``drafts`` are values of charges to be; ``refused`` tells by debt id why a charge
    that the law knows was not made, ``lacking`` those for which a legal value is
    missing, ``early`` those whose fee has to wait some days more; ``used`` are the
    legal values behind the drafts, ``missing`` the errors about those that
    lack, by code, key and day.
    """

    company: object
    rules: object
    on: date
    table: LegalTable
    bases: dict[object, Decimal]
    due: dict[object, date]
    covered: dict[object, Decimal] = field(default_factory=dict)
    asked: dict[object, UsedValues] = field(default_factory=dict)
    drafts: list[dict] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    lacking: set[int] = field(default_factory=set)
    early: set[int] = field(default_factory=set)
    used: set[LegalValue] = field(default_factory=set)
    pending: set[int] = field(default_factory=set)
    missing: dict[tuple, MissingValue] = field(default_factory=dict)

    def days_late(self, debt):
        return (self.on - self.due[debt]).days

    def by_regime(self):
        """{regime: debts}, in the order of the debts."""
        groups = {}
        for debt in self.bases:
            groups.setdefault(debt.debtor_id.regime, []).append(debt)
        return groups

    def refuse(self, debts, message, pending=True):
        """Say why not; ``pending``: to be tried again."""
        for debt in debts:
            known = (self.refused.get(debt.id) or "").split("\n")
            if message not in known:
                self.refused[debt.id] = "\n".join(filter(None, [*known, message]))
            if pending:
                self.pending.add(debt.id)

    def lack(self, debts, message, error):
        """Refuse because a legal value is missing, as ``error`` says."""
        name = error.code, error.key, error.on
        self.missing[name] = error.with_traceback(None)  # frames are heavy
        self.refuse(debts, message)
        self.lacking |= {debt.id for debt in debts}

    def notes(self, debt_ids):
        """[(id, whether a charge is still pending, whether a legal value is missing,
        why)] of these debts, for the debts to keep."""
        return [
            (
                debt,
                debt in self.pending or debt in self.early,
                debt in self.lacking,
                self.refused.get(debt),
            )
            for debt in debt_ids
        ]

    def add(self, debt, kind, money, values, **more):
        """One more draft; ``money`` carries the amount."""
        self.used |= {value for value, _day in values.used}
        self.drafts.append(
            {
                "company_id": self.company.id,
                "debtor_id": debt.debtor_id.id,
                "debt_id": debt.id,
                "move_id": debt.move_id.id,
                "level_id": debt.level_id.id,
                "kind": kind,
                "amount": float(money.amount),
                "base": float(self.bases[debt]),
                "covered": float(self.covered.get(debt, 0)),
                "assessed_on": self.on,
                "values": values.as_json(),
                **more,
            }
        )


class CobranzaCharge(models.Model):
    """Assess: what the rules of the company's country add to overdue debts.

    No money of a document pays its fee twice, in whatever instalments it comes.
    """

    _inherit = "cobranza.charge"

    @api.model
    def _assess(self, debts, on, run=None, claims=None):
        """Charge overdue ``debts`` on a day; (charges, {debt id: why not charged}).

        Set-based and idempotent: what has been charged is not charged again. ``claims``
        as ``debts._claimable`` gives them, when the caller knows them already.
        """
        works = self._works(debts, on, claims)
        drafts = [draft for work in works for draft in work.drafts]
        if run:
            for draft in drafts:
                draft["run_id"] = run.id
        # sudo: nobody makes charges by hand
        charges = self.sudo().create(drafts)
        used = {value for work in works for value in work.used}
        parameters = self.env["cobranza.parameter"].sudo()
        parameters._mark_used(used)
        for work in works:
            debts._bulk_charge_notes(work.company, work.notes(debts.ids))
            parameters._report_missing(work.company, work.missing.values())
        return charges, self._refusals(works)

    @api.model
    def _preview(self, debts, on, claims=None):
        """([values of the charges that would be made], {debt id: why not})."""
        works = self._works(debts, on, claims)
        return [draft for one in works for draft in one.drafts], self._refusals(works)

    @staticmethod
    def _refusals(works):
        return {debt: why for work in works for debt, why in work.refused.items()}

    def _works(self, debts, on, claims):
        """An ``Assessment`` for each company."""
        works = []
        for company, group in debts.sudo().grouped("company_id").items():
            work = self._start(company, group, on, claims)
            if work.bases:
                self._draft_fees(work)
                self._draft_compensations(work)
                self._draft_commissions(work)
                self._draft_costs(work)
                self._draft_interest(work)
                self._draft_indexation(work)
                self._draft_penalties(work)
            works.append(work)
        return works

    def _start(self, company, debts, on, claims):
        """The assessment of the principals that are overdue and may be claimed."""
        debts = debts.filtered(lambda debt: debt.nature == "principal")
        due = {debt: debt.date_maturity or debt.original_due_date for debt in debts}
        if claims is None:
            claims = debts._claimable(on)
        bases, covered = {}, {}
        for debt in debts.sorted(lambda one: (due[one], one.id)):
            amount, credit = claims.get(debt.id, (0, 0))
            if due[debt] < on and amount > credit:
                bases[debt] = round_to(amount - credit, unit(debt.currency_id))
                covered[debt] = credit
        rules = company._cobranza_rules()
        table = self._table_of(company, due, bases, on) if bases else None
        return Assessment(company, rules, on, table, bases, due, covered)

    def _table_of(self, company, due, debts, on):
        """The legal values from the oldest contract or due date of these debts on: what
        was agreed is judged by the day of its contract."""
        days = [due[debt] for debt in debts]
        days += [one.move_id.invoice_date or due[one] for one in debts]
        return company._cobranza_legal_table(min(days, default=on), on)

    # -- fee -------------------------------------------------------------------------

    def _draft_fees(self, work):
        """The statutory fee of each debtor and currency over the debts that have not
        paid theirs, allocated over them."""
        charged = self._charged(work, "fee")
        schedules, todo = {}, []
        for regime, debts in work.by_regime().items():
            debts = [debt for debt in debts if debt.id not in charged]
            schedule, values = self._ask_law(work, "_fee_schedule", debts, regime)
            if not schedule:
                continue
            schedules[regime] = schedule, values
            wait = schedule.wait_days
            work.early |= {one.id for one in debts if work.days_late(one) <= wait}
            todo += [one for one in debts if work.days_late(one) > wait]
        if not todo:
            return
        records = self.env["cobranza.debt"].concat(*todo)
        blockers = work.rules._fee_blockers(records, work.on)
        proofs = work.rules._free_notice_proof(records, work.on)
        uncharged = self._uncharged(records)
        groups = defaultdict(list)
        for debt in todo:
            if blockers.get(debt.id):
                work.refuse([debt], blockers[debt.id])
            else:
                groups[debt.debtor_id, debt.currency_id].append(debt)
        for (debtor, currency), debts in groups.items():
            schedule, values = schedules[debtor.regime]
            if schedule.currency != currency.name:
                work.refuse(debts, self._message_currency(schedule, currency))
            else:
                bases = self._fee_bases(work, debts, uncharged)
                self._draft_fee(work, bases, schedule, values, proofs)

    def _draft_fee(self, work, found, schedule, values, proofs):
        """One fee over {debt: base}, allocated over them to the last cent."""
        if not found:
            return
        debts, bases = list(found), list(found.values())
        base = Money(sum(bases), schedule.currency)
        days = min(work.days_late(debt) for debt in debts)
        unproven = sum(not proofs.get(debt.id) for debt in debts)
        fee = progressive_fee(schedule, base, days, unproven)
        total = charge_amount(fee, self._fee_incurred(debts, work.on))
        if not total.amount:
            return
        shares = allocate(total, bases, schedule.rounding_unit)
        formula = f"{fee.formula} = {total.amount}"
        for debt, share, own in zip(debts, shares, bases, strict=True):
            proof = proofs.get(debt.id)
            part = f"({formula}) × {own} / {base.amount}" if len(debts) > 1 else formula
            work.add(
                debt,
                "fee",
                share,
                values,
                base=float(own),
                currency_id=debt.currency_id.id,
                rate_text=percents(part.rate * 100 for part in fee.parts),
                formula=part,
                article=schedule.article,
                proof_contact_id=proof.id if proof else False,
                group_key=f"{work.on}/{min(one.id for one in debts)}",
            )

    def _fee_incurred(self, debts, on):
        """The costs incurred that limit the fee of these debts, as Money; None charges
        the full ceiling (neutral). Overridden where the company chooses to."""

    def _message_currency(self, schedule, currency):
        return self.env._(
            "The collection fee is set in %(legal)s and the debt is in %(own)s: charge "
            "it by hand.",
            legal=schedule.currency,
            own=currency.name,
        )

    def _ask_law(self, work, hook, debts, *args):
        """(answer, values used) of a hook that takes the table.

        (None, None) without debts, when the law has no such rule on the day, and when
        a legal value is missing, which refuses the debts.
        """
        if not debts:
            return None, None
        values = UsedValues(work.table)
        try:
            return getattr(work.rules, hook)(*args, work.on, values), values
        except NoSuchRule:
            return None, None
        except MissingValue as error:
            work.lack(debts, self._message_missing(error), error)
            return None, None

    def _message_missing(self, error):
        name = f"{error.code}[{error.key}]" if error.key else error.code
        return self.env._(
            "The legal value %(name)s of %(day)s is missing: load it in the legal "
            "parameters.",
            name=name,
            day=error.on,
        )

    def _charged(self, work, kind):
        """Ids of the debts that have a charge of a kind that was not reversed."""
        debts = [debt.id for debt in work.bases]
        domain = [
            ("debt_id", "in", debts),
            ("kind", "=", kind),
            ("state", "!=", "reversed"),
        ]
        rows = self.sudo()._read_group(domain, ["debt_id"])
        return {debt.id for (debt,) in rows}

    def _uncharged(self, debts):
        """{(document id, debtor id): what of the document no fee has been charged on};
        one query."""
        for model in ("cobranza.debt", "account.move.line", "cobranza.charge"):
            self.env[model].flush_model()
        rows = self.env.execute_query(SQL(UNCHARGED, debts.move_id.ids))
        return {
            (move, debtor): to_decimal(whole) - to_decimal(charged)
            for move, debtor, whole, charged in rows
        }

    def _fee_bases(self, work, debts, uncharged):
        """{debt: base}: what is claimed, as far as its document has not paid its fee;
        lowers ``uncharged`` and says where nothing is left."""
        bases = {}
        for debt in debts:
            key = debt.move_id.id, debt.debtor_id.id
            own = work.bases[debt]
            free = round_to(uncharged.get(key, own), unit(debt.currency_id))
            base = min(own, free)
            if base > 0:
                uncharged[key] = free - base
                bases[debt] = base
            else:
                message = self.env._(
                    "The fee of %s has been charged on the whole document.",
                    debt.document,
                )
                work.refuse([debt], message, pending=False)
        return bases
