"""Charges follow the dates of the settlements, whenever those are booked, and what the
law says of the debtor as it is known now.

A charge of a day is recomputed when a settlement of that day or an earlier one is
booked, moved or undone, or when something changes that it was judged by: the regime,
what was agreed, the day of an insolvency, a legal value. It is reversed, and charged
again on its own day on what was really open then and as far as the law allows. The
first charge of each chain keeps what was known at first.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo.tools import SQL

from ...kernel.errors import MissingValue, NoSuchRule
from ...kernel.money import round_to
from ...kernel.periods import ONE_DAY, Period
from ..common.money import to_decimal, unit
from .assessment import Assessment, UsedValues
from .charge import STANDING

ZERO = Decimal(0)


@dataclass(slots=True)
class DebtBalance:
    """What settled one debt, with its dates, in its currency.

    ``whole`` is what its document asks for less its credit notes: what they give back
    was never owed. ``payments`` are [(day, amount)], ``notes`` the credit notes alike,
    ``disputes`` [(opened on, upheld or not closed before, amount)]; None: not closed.
    ``covering`` are the credits of the debtor that nobody has allocated yet, alike,
    credit notes at the beginning of time.
    """

    whole: Decimal
    payments: list[tuple[date, Decimal]] = field(default_factory=list)
    notes: list[tuple[date, Decimal]] = field(default_factory=list)
    disputes: list[tuple[date, "date | None", Decimal]] = field(default_factory=list)
    covering: list[tuple[date, Decimal]] = field(default_factory=list)

    def disputed(self, on: date) -> Decimal:
        """What was disputed on a day and no credit note has given back."""
        result = ZERO
        for opened, closed, amount in self.disputes:
            if opened <= on and (closed is None or closed > on):
                back = sum((note for day, note in self.notes if day >= opened), ZERO)
                result += max(ZERO, amount - back)
        return result

    def claim(self, until: date, on: date, covered: Decimal) -> Decimal:
        """What was left on the day ``on`` of what was not paid by ``until``: without
        what was disputed then, and without the unallocated credits that ``covered`` it
        then and have gone nowhere else since, each from its own day. Negative when too
        much was paid."""
        settled = [*self.payments, *self.credits(covered)]
        paid = sum((amount for day, amount in settled if day <= until), ZERO)
        return self.whole - paid - self.disputed(on)

    def credits(self, covered: Decimal) -> list[tuple[date, Decimal]]:
        """[(day, amount)] of the unallocated credits that make up ``covered``, the
        oldest first, as far as there are any."""
        result = []
        for day, amount in sorted(self.covering):
            used = min(amount, covered)
            covered -= used
            if used > 0:
                result.append((day, used))
        return result


def read_balances(debts):
    """{debt: ``DebtBalance``}; a fixed number of queries. Run as superuser."""
    balances = {
        debt: DebtBalance(whole=to_decimal(debt._whole_amount())) for debt in debts
    }
    by_id = {debt.id: balance for debt, balance in balances.items()}
    settlements = debts.env["cobranza.settlement"].sudo()
    domain = [
        ("debt_id", "in", debts.ids),
        ("kind", "in", settlements._kinds(carries=False)),
    ]
    unowed = settlements._kinds(unowed=True)
    for row in settlements.search(domain):
        balance = by_id[row.debt_id.id]
        entry = (row.date, to_decimal(row.amount_currency))
        if row.kind in unowed:
            balance.whole -= entry[1]
            balance.notes.append(entry)
        else:
            balance.payments.append(entry)
    for debt, *dispute in _read_disputes(debts):
        by_id[debt].disputes.append(tuple(dispute))
    _read_covering(debts.env, balances)
    return balances


def _read_disputes(debts):
    """[(debt, opened on, closed on or None, amount)] of disputes that the debtor has
    not lost from the start; what we agreed not to be owed stays disputed."""
    debts.env["cobranza.dispute"].flush_model()
    rows = debts.env.execute_query(
        SQL(
            """SELECT debt_id, opened_on,
                      CASE WHEN state <> 'upheld' THEN closed_on END, amount::text
                 FROM cobranza_dispute WHERE debt_id = ANY(%s)""",
            debts.ids,
        )
    )
    return [(*row[:3], to_decimal(row[3])) for row in rows]


def _read_covering(env, balances):
    """Set what unallocated payments of the debtor could still cover."""
    run = env["cobranza.run"].sudo()
    debtors = env["cobranza.debtor"].browse({debt.debtor_id.id for debt in balances})
    credits = {}
    for company, group in debtors.sudo().grouped("company_id").items():
        credits |= run._book(company).credits(group)
    for debt, balance in balances.items():
        found = credits.get((debt.debtor_id.id, debt.currency_id.id), ())
        balance.covering = [(day or date.min, amount) for day, amount, _own in found]


def correctable(charges, debts):
    """What may change of ``debts``: the charges that stand, and those that a settlement
    or the law took away and nothing has replaced; ``charges`` is the model."""
    # sudo: whoever books a payment need not see charges
    charges = charges.sudo()
    kinds = charges.env["cobranza.charge.kind"]._where(agreed=True)
    domain = [("debt_id", "in", debts.ids), ("kind", "not in", kinds)]
    either = ["|", ("state", "in", STANDING), ("outdated", "=", True)]
    found = charges.search([*domain, *either], order="id desc")
    gone = found.filtered("outdated")
    if not gone:
        return found
    standing = charges.search([*domain, ("state", "!=", "reversed")])
    replaced = charges.browse()
    for charge in gone:
        if _is_replaced(charge, standing):
            replaced |= charge
        else:
            standing |= charge
    return found - replaced


def _is_replaced(gone, standing):
    same = standing.filtered(
        lambda charge: charge.debt_id == gone.debt_id and charge.kind == gone.kind
    )
    if gone.env["cobranza.charge.kind"]._is(gone.kind, "runs"):
        same = same.filtered(
            lambda charge: (
                charge.period_from <= gone.period_to
                and charge.period_to >= gone.period_from
            )
        )
    return bool(same)


def _due(debt):
    return debt._due_on()


def _first_covered(charge):
    """What unallocated payments covered when it was charged at first."""
    return to_decimal((charge.origin_id or charge).covered)


def _money(credits):
    """The payments among these credits: until their day interest ran on them."""
    return [(day, amount) for day, amount in credits if day > date.min]


def _standing_base(charge):
    """What a charge stands on now."""
    return ZERO if charge.outdated else to_decimal(charge.base)


def _differs(charge, draft):
    """Whether a charge is not what ``draft`` (values, or None: nothing) says."""
    if charge.outdated or not draft:
        return bool(draft) or not charge.outdated
    return bool(charge.currency_id.compare_amounts(charge.amount, draft["amount"]))


def _fixed_vals(charge, compensation, values):
    """What of a fixed ``compensation`` (None: the law knows none) is not as charged;
    None when nothing may be charged."""
    if not compensation:
        return None
    amount = compensation.amount.amount
    if amount == to_decimal(charge.amount):
        return {}
    return {
        "amount": float(amount),
        "formula": str(compensation.amount),
        "article": compensation.article,
        "values": values.as_json(),
    }


class Correction:
    """Charges of one company that are reversed and charged again on their own day.

    ``charges`` is the model, in the environment of whoever books the settlement. The
    amounts depend on the dates of the settlements and on the law alone.
    """

    def __init__(self, charges, company):
        self.company = company
        self.rules = company._cobranza_rules()
        self.charges = charges.with_company(company).browse()
        self.env = self.charges.env
        self.balances = {}
        self.reasons = {}
        self.judging = False

    # -- what happened ---------------------------------------------------------------

    def after_settlements(self, charges, reasons):
        """Charge again what of ``charges`` (``correctable``) the dates of their
        settlements do not bear out; ``reasons`` by debt. Returns the new charges."""
        groups = self._fee_groups(self._of(charges, "fee"))
        kinds = charges.env["cobranza.charge.kind"]
        fixed = charges.filtered(lambda charge: not kinds._is(charge.kind, "follows"))
        debts = charges.debt_id.concat(
            *(fees.debt_id for fees in groups.values()), self._document_debts(fixed)
        )
        self.balances = read_balances(debts.sudo())
        self.reasons = {
            debt: self._reason_if_credited(self.balances[debt], reason)
            for debt, reason in reasons.items()
            if debt in self.balances
        }
        new = self._recompute_fees(groups)
        drafts = self._recompute_fixed(fixed)
        drafts |= self._recompute_proportional(
            self._of(charges, *kinds._where(proportional=True))
        )
        drafts |= self._recompute_interest(self._of(charges, "interest"))
        drafts |= self._recompute_indexation(self._of(charges, "indexation"))
        return new | self._replace(drafts)

    def after_inputs(self, charges, reasons):
        """As ``after_settlements``; besides, every charge is judged by the law again:
        what it does not allow any more goes, what it asks for now stands. Where a
        legal value is missing nothing changes, until it is known."""
        self.judging = True
        return self.after_settlements(charges, reasons)

    def after_proofs(self, fees):
        """Charge ``fees`` again whose free notice is no longer proven, on the bases
        that they stand on; another proof is only noted. Returns the new charges."""
        proofs = self._proofs(fees)
        lost = fees.filtered(lambda fee: not proofs.get(fee.debt_id.id))
        for fee in fees - lost:
            proof = proofs[fee.debt_id.id]
            if proof != fee.proof_contact_id:
                fee._through_gate().proof_contact_id = proof
                fee._log(self.env._("Proven by another notice"))
        reason = self.env._("The free notice is no longer proven")
        new = self.charges
        for group in self._fee_groups(lost).values():
            bases = {fee.debt_id.id: _standing_base(fee) for fee in group}
            new |= self._reassess_group(group, reason, lost, bases)
        return new

    @staticmethod
    def _of(charges, *kinds):
        return charges.filtered(lambda charge: charge.kind in kinds)

    def _reason_if_credited(self, balance, reason):
        credited = balance.notes and balance.whole <= 0
        return self.env._("Credited in full") if credited else reason

    def _base_by_dates(self, charge):
        """What a charge is charged on by the dates: never more than at first. What is
        paid on its very day spares the fee, but finds a proportional kind due: a
        payment goes to it before the principal."""
        until = charge.assessed_on
        kinds = charge.env["cobranza.charge.kind"]
        if kinds._is(charge.kind, "proportional"):
            until -= ONE_DAY
        step = unit(charge.debt_id.currency_id)
        known = to_decimal((charge.origin_id or charge).base)
        claim = self.balances[charge.debt_id].claim(
            until, charge.assessed_on, _first_covered(charge)
        )
        return max(ZERO, min(round_to(known, step), round_to(claim, step)))

    def _replace(self, drafts):
        """Reverse each charge of {charge: values or None} and make what replaces it;
        what nothing replaces may come back."""
        standing = self.charges.concat(*drafts).filtered(
            lambda charge: charge.state in STANDING
        )
        by_reason = standing.grouped(lambda charge: self.reasons.get(charge.debt_id))
        for reason, charges in by_reason.items():
            charges._withdraw(reason)
        vals_list = []
        for charge, draft in drafts.items():
            charge._through_gate().outdated = not draft
            if draft:
                first = charge.origin_id or charge
                kept = {"level_id": charge.level_id.id, "run_id": charge.run_id.id}
                vals_list.append({**draft, **kept, "origin_id": first.id})
        self.charges.flush_model()
        charges = self.charges.sudo().create(vals_list)
        charges._log(self.env._("Assessed again"))
        return charges

    # -- fees ------------------------------------------------------------------------

    def _fee_groups(self, fees):
        """{key: fees} of every base that these are part of: those that stand, are
        waived, or that a settlement took away."""
        domain = [
            ("group_key", "in", fees.mapped("group_key")),
            ("company_id", "in", fees.company_id.ids),
            ("kind", "=", "fee"),
            "|",
            ("state", "!=", "reversed"),
            ("outdated", "=", True),
        ]
        known = self.charges.sudo()
        if fees:
            known = known.search(domain, order="id")
        found = known.filtered("outdated")
        known -= found - correctable(self.charges, found.debt_id)
        return known.grouped("group_key")

    def _recompute_fees(self, groups):
        new = self.charges
        for fees in groups.values():
            bases = {fee.debt_id.id: self._base_by_dates(fee) for fee in fees}
            on = fees[0].assessed_on
            bases |= dict.fromkeys(self.rules._fee_refusals(fees.debt_id, on), ZERO)
            open_ones = fees.filtered(lambda fee: fee.state != "waived")
            changed = [
                fee for fee in open_ones if bases[fee.debt_id.id] != _standing_base(fee)
            ]
            if self.judging and not self._is_fee_lawful(open_ones, bases):
                changed = changed or open_ones
            if changed and not (self.judging and self._lacks_fee(fees, bases)):
                named = [self.reasons.get(fee.debt_id) for fee in changed]
                reason = next(filter(None, [*named, *self.reasons.values()]))
                lost = self._without_proof(fees)
                new |= self._reassess_group(fees, reason, lost, bases)
        return new

    def _is_fee_lawful(self, fees, bases):
        """Whether the law still knows the fees of one base, by the values that they
        were charged by."""
        live = fees.filtered(lambda fee: fee.state in STANDING)
        if not live:
            return True
        _work, terms, values = self._ask_fee(fees, bases)
        used = values.as_json() if terms else None
        return all((fee.values or []) == used for fee in live)

    def _lacks_fee(self, fees, bases):
        """Whether a legal value is missing for the fees of one base: they wait."""
        work, _terms, _values = self._ask_fee(fees, bases)
        if work.missing:
            fees.debt_id.write({"charge_stale": True})
        return bool(work.missing)

    def _proofs(self, fees):
        today = self.company._cobranza_today()
        return self.rules._free_notice_proof(fees.debt_id, today)

    def _without_proof(self, fees):
        """Those whose free notice is no longer proven."""
        proofs = self._proofs(fees)
        return fees.filtered(
            lambda fee: fee.proof_contact_id and not proofs.get(fee.debt_id.id)
        )

    def _reassess_group(self, fees, reason, lost, bases):
        """Reverse the assessed fees of one base and charge what is still allowed on
        ``bases`` {debt id: amount}, less the ``lost`` proofs.

        A waived fee stays waived. What comes to nothing may be charged again when its
        base comes back.
        """
        open_ones = fees.filtered(lambda fee: fee.state != "waived")
        live = open_ones.filtered(lambda fee: fee.state in STANDING)
        # first, so that what limits a fee no longer counts the one that is recomputed
        live._withdraw(reason)
        live.flush_recordset()
        drafts, done = self._draft_fees(fees, lost, bases)
        found = {fee.debt_id.id: fee for fee in open_ones}
        drafts = [draft for draft in drafts if draft["debt_id"] in found]
        for draft in drafts:
            former = found[draft["debt_id"]]
            draft["level_id"] = former.level_id.id
            draft["run_id"] = former.run_id.id
            draft["group_key"] = former.group_key
            draft["origin_id"] = (former.origin_id or former).id
        charges = self.charges.sudo().create(drafts)
        charges._log(self.env._("Assessed again"), reason)
        gone = open_ones.filtered(lambda fee: fee.debt_id not in charges.debt_id)
        gone._through_gate().outdated = True
        (open_ones - gone)._through_gate().outdated = False
        if not done:
            gone.debt_id.write({"charge_stale": True})
        return charges

    def _draft_fees(self, fees, lost, bases):
        """(drafts of the whole base on its own day, without the lost proofs; whether
        the law could be asked)."""
        work, terms, values = self._ask_fee(fees, bases)
        bases = work.bases
        if terms:
            proofs = {
                fee.debt_id.id: fee.proof_contact_id
                for fee in fees
                if fee.proof_contact_id and fee not in lost
            }
            self.charges._draft_fee(work, bases, terms, values, proofs)
        parameters = self.env["cobranza.parameter"].sudo()
        parameters._report_missing(self.company, work.missing.values())
        known = self.judging and not work.missing
        return work.drafts, bool(terms) or known

    def _ask_fee(self, fees, bases):
        """(``Assessment`` of the fees of one base on its own day, terms or None, values
        used)."""
        on = fees[0].assessed_on
        due = {debt: _due(debt) for debt in fees.debt_id}
        bases = {fee.debt_id: bases[fee.debt_id.id] for fee in fees}
        bases = {debt: base for debt, base in bases.items() if base > 0}
        table = self.company._cobranza_legal_table(min(due.values()), on)
        work = Assessment(self.company, self.rules, on, table, bases, due)
        regime = fees[0].debtor_id.regime
        debts = fees.debt_id
        return work, *self.charges._ask_law(work, "_fee_terms", debts, regime)

    # -- what only stands or falls -----------------------------------------------------

    def _document_debts(self, compensations):
        """The debts of the documents that owe these once for all."""
        moves = compensations.filtered("per_document").move_id
        debts = self.env["cobranza.debt"].sudo()
        domain = [
            ("move_id", "in", moves.ids),
            ("void_reason", "=", False),
            ("nature", "=", "principal"),
        ]
        return debts.search(domain) if moves else debts

    def _recompute_fixed(self, charges):
        """{charge: values, or None when it falls} of those that change. One stands if
        something of its document was still unpaid after its due date, and the law
        allows it."""
        asked = charges if self.judging else charges.filtered("outdated")
        lawful = self._ask_fixed(asked)
        result = {}
        for charge in charges:
            vals = lawful.get(charge, {})
            stands = self._was_late(charge) and vals is not None
            if stands and (charge.outdated or vals):
                [result[charge]] = charge.copy_data({"outdated": False, **vals})
            elif not stands and not charge.outdated:
                result[charge] = None
        return result

    def _ask_fixed(self, charges):
        """{charge: values that the law changes, or None where it allows no such charge}
        of those that it has something to say about."""
        result = {}
        for charge in self._of(charges, "cost"):
            if not all(self._is_recoverable(charge, one) for one in charge.cost_ids):
                result[charge] = None
        fixed = self._of(charges, "compensation")
        groups = fixed.grouped(lambda one: (one.debtor_id.regime, one.assessed_on))
        for (regime, on), group in groups.items():
            values = UsedValues(self.company._cobranza_legal_table(on, on))
            try:
                found = self.rules._fixed_compensations(regime, on, values)
            except NoSuchRule:
                found = ()
            except MissingValue:
                group.debt_id.write({"charge_stale": True})
                continue
            by_kind = {one.kind: one for one in found}
            for charge in group:
                result[charge] = _fixed_vals(charge, by_kind.get(charge.kind), values)
        return result

    def _is_recoverable(self, charge, cost):
        """Whether the law lets this cost be charged on the debt of ``charge``."""
        debtor = charge.debtor_id
        if not cost.sudo()._chargeable():  # whatever the user sees of its case
            return False
        found = self.rules._recoverable_costs(cost.kind, debtor.regime)
        if not found.allowed or not found.needs_agreement:
            return found.allowed
        return debtor.costs_agreed and not self.rules._terms_missing(charge.debt_id)

    def _was_late(self, charge):
        debts = charge.debt_id
        if charge.per_document:
            debts = [debt for debt in self.balances if debt.move_id == charge.move_id]
        for debt in debts:
            due, on = _due(debt), charge.assessed_on
            claim = self.balances[debt].claim(due, on, _first_covered(charge))
            if due < on and claim > 0:
                return True
        return False

    # -- commission and penalty ------------------------------------------------------

    def _recompute_proportional(self, charges):
        """{charge: values, or None when it falls} of those whose base the dates do not
        bear out."""
        result = {}
        changed = charges.filtered(
            lambda charge: (
                charge.state != "waived"
                and (
                    self.judging
                    or self._base_by_dates(charge) != _standing_base(charge)
                )
            )
        )
        groups = changed.grouped(lambda charge: (charge.kind, charge.assessed_on))
        for (kind, on), group in groups.items():
            work = self._assess_proportional(kind, on, group)
            drafts = {draft["debt_id"]: draft for draft in work.drafts}
            for charge in self._known(group, work):
                draft = drafts.get(charge.debt_id.id)
                moved = self._base_by_dates(charge) != _standing_base(charge)
                if _differs(charge, draft) or (draft and moved):
                    result[charge] = draft
            self._wait_for_law(group, work)
        return result

    def _known(self, charges, work):
        """Those of ``charges`` for which no legal value is missing, when they are
        judged by the law only."""
        if not self.judging:
            return charges
        return charges.filtered(lambda one: one.debt_id.id not in work.lacking)

    @staticmethod
    def _wait_for_law(charges, work):
        """The debts for which a legal value is missing are looked at again."""
        lacking = charges.debt_id.filtered(lambda debt: debt.id in work.lacking)
        lacking.write({"charge_stale": True})

    def _assess_proportional(self, kind, on, charges):
        """The ``Assessment``, as if it were their day, of what these were charged
        on."""
        bases = {charge.debt_id: self._base_by_dates(charge) for charge in charges}
        bases = {debt: base for debt, base in bases.items() if base > 0}
        due = {debt: _due(debt) for debt in bases}
        covered = {charge.debt_id: _first_covered(charge) for charge in charges}
        table = self.company._cobranza_legal_table(min(due.values(), default=on), on)
        work = Assessment(self.company, self.rules, on, table, bases, due, covered)
        free = self.charges._unblocked(work, kind, list(bases))
        work.bases = {debt: bases[debt] for debt in free}
        if work.bases:
            getattr(self.charges, f"_redraft_{kind}")(work)
        return work

    # -- interest --------------------------------------------------------------------

    def _recompute_interest(self, charges):
        """{charge: values, or None when it falls} of those that change: the same
        periods, on the balance that each of their days had."""
        result = {}
        for on, group in charges.grouped("assessed_on").items():
            work = self._assessment_of(group, on)
            terms = self.charges._interest_of(work)
            free = set(self.charges._unblocked(work, "interest", list(terms)))
            for charge in group:
                if charge.debt_id in free:
                    self._draft_interest(work, charge, terms[charge.debt_id])
            drafts = {
                (draft["debt_id"], draft["period_from"]): draft for draft in work.drafts
            }
            for charge in self._known(group, work):
                draft = drafts.get((charge.debt_id.id, charge.period_from))
                if _differs(charge, draft):
                    result[charge] = draft
            self._wait_for_law(group, work)
        return result

    def _assessment_of(self, charges, on):
        """The ``Assessment`` of the debts of these charges as if it were ``on``."""
        due, bases = {}, {}
        for charge in charges:
            debt = charge.debt_id
            due[debt] = _due(debt)
            bases[debt] = self.balances[debt].claim(
                date.max, on, _first_covered(charge)
            )
        table = self.charges._table_of(self.company, due, due, on)
        return Assessment(self.company, self.rules, on, table, bases, due)

    def _draft_interest(self, work, charge, terms):
        """Nothing when all was paid within the grace."""
        debt, balance = charge.debt_id, self.balances[charge.debt_id]
        covered = _first_covered(charge)
        grace = work.due[debt] + timedelta(days=terms.grace_days)
        if balance.claim(grace, work.on, covered) > 0:
            first = charge.origin_id or charge  # it may have ended later then
            period = Period(first.period_from, first.period_to)
            payments = balance.payments + _money(balance.credits(covered))
            self.charges._draft_period(work, debt, terms, period, payments)
            left = balance.claim(work.on, work.on, covered)
            for draft in work.drafts[-1:]:
                if draft["debt_id"] == debt.id:
                    draft["base"] = float(max(left, 0))

    # -- indexation ------------------------------------------------------------------

    def _recompute_indexation(self, charges):
        """{charge: values, or None when it falls} of those that change: the same
        periods of each debt, one after the other."""
        result = {}
        for group in charges.grouped("debt_id").values():
            before = self._indexation_elsewhere(group)
            for charge in group.sorted(lambda charge: (charge.period_from, charge.id)):
                work = self._index_work(charge, before)
                draft = next(iter(work.drafts), None)
                if charge.state == "waived" or not self._known(charge, work):
                    before += to_decimal(charge.amount)
                    continue
                if _differs(charge, draft):
                    result[charge] = draft
                before += to_decimal(draft["amount"] if draft else 0)
        return result

    def _index_work(self, charge, before):
        """The ``Assessment`` with the draft of a charge by what is known now, without
        one when nothing is left."""
        debt = charge.debt_id
        work = self._assessment_of(charge, charge.assessed_on)
        key = self.rules._index_key(debt)
        if key and self.charges._unblocked(work, "indexation", [debt]):
            last = charge.period_from - ONE_DAY
            balance = self.balances[debt]
            payments = balance.payments + _money(
                balance.credits(_first_covered(charge))
            )
            self.charges._draft_index(work, debt, key, payments, last, before)
        return work

    def _indexation_elsewhere(self, charges):
        """What stands of the debt's indexation before the first of these charges."""
        domain = [
            ("debt_id", "in", charges.debt_id.ids),
            ("kind", "=", "indexation"),
            ("state", "!=", "reversed"),
            ("id", "not in", charges.ids),
            ("period_to", "<", min(charges.mapped("period_from"))),
        ]
        rows = self.charges.sudo()._read_group(domain, [], ["amount:sum"])
        return to_decimal(rows[0][0])
