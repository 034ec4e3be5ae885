"""What debts owed on a day, by the dates of what has settled them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...kernel.money import round_to
from ...kernel.periods import Period
from ..common.money import to_decimal, unit
from .assess import Assessment
from .charge import STANDING

SHARES = ("commission", "penalty")


JUDGED = ("fee", "interest", "indexation", *SHARES)
"""The kinds whose amount depends on what was open; others only stand or fall."""


ZERO = Decimal(0)


@dataclass(slots=True)
class Position:
    """Of one debt, in its currency.

    ``whole`` is what its document asks for less its credit notes: what they give back
    was never owed. ``payments`` are [(day, amount)], ``notes`` the credit notes alike,
    ``disputes`` [(opened on, upheld or not closed before, amount)]; None: not closed.
    ``covering`` are the payments of the debtor that nobody has allocated yet.
    """

    whole: Decimal
    payments: list[tuple[date, Decimal]] = field(default_factory=list)
    notes: list[tuple[date, Decimal]] = field(default_factory=list)
    disputes: list[tuple[date, "date | None", Decimal]] = field(default_factory=list)
    covering: Decimal = ZERO

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
        what was disputed then, and without the unallocated payments that ``covered`` it
        then and have gone nowhere else since. Negative when too much was paid."""
        paid = sum((amount for day, amount in self.payments if day <= until), ZERO)
        return self.whole - paid - self.disputed(on) - min(covered, self.covering)


class CobranzaCharge(models.Model):
    """What was charged follows the dates of the settlements, whenever they are booked.

    A charge of a day is judged again when a settlement of that day or an earlier one
    is booked, moved or undone: it is reversed, and charged again on its own day on what
    was really open then. The first charge of each chain keeps what was known at first.

    Compensations and interest charged again by the dates of the settlements.

    A fee whose proof fails later, as by a late bounce, is assessed again.

    What was owed when something was charged, read for many debts at once.
    """

    _inherit = "cobranza.charge"

    origin_id = fields.Many2one(
        "cobranza.charge",
        string="First charged as",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    covered = fields.Monetary(
        readonly=True,
        string="Unallocated payments",
        help="Payments that nobody had allocated and that lowered the base.",
    )
    outdated = fields.Boolean(
        readonly=True,
        help="Reversed because of the day of a settlement: charged again if that is "
        "undone.",
    )

    # -- when ------------------------------------------------------------------------

    @api.model
    def _settled_on(self, days):
        """Settlements of ``days`` ({debt: earliest day}) were booked: judge again what
        was charged on that day or later; the new charges."""
        debts = self.env["cobranza.debt"].concat(*days)
        found = self._events(debts).filtered(
            lambda one: one.assessed_on >= days[one.debt_id]
        )
        reasons = {debt: self._reason_of_day(days[debt]) for debt in found.debt_id}
        return self._judge_again(found.debt_id, reasons)

    def _reason_of_day(self, day):
        if day == date.min:
            return self.env._("A part was credited: it was never owed")
        return self.env._(
            "Settled on %s, before it was charged", format_date(self.env, day)
        )

    @api.model
    def _mark_stale(self, debts):
        """Settlements of these debts were undone: the next run judges their charges.
        An undoing that is redone meanwhile changes nothing."""
        stale = self._events(debts).debt_id
        stale.sudo().write({"charge_stale": True})
        stale.debtor_id._schedule_review()

    @api.model
    def _judge_stale(self, debtors):
        """Judge again the charges of debts whose settlements were undone."""
        domain = [("debtor_id", "in", debtors.ids), ("charge_stale", "=", True)]
        debts = self.env["cobranza.debt"].sudo().search(domain)
        debts.write({"charge_stale": False})
        return self._judge_debts(debts)

    def _judge_debts(self, debts):
        reason = self.env._("A settlement was undone or moved")
        return self._judge_again(debts, dict.fromkeys(debts, reason))

    def _events(self, debts):
        """What settlements may change of these debts: the charges that stand, and those
        that a settlement took away and nothing has replaced."""
        # sudo: whoever books a payment need not see charges
        charges = self.sudo()
        domain = [("debt_id", "in", debts.ids)]
        either = ["|", ("state", "in", STANDING), ("outdated", "=", True)]
        found = charges.search([*domain, *either], order="id desc")
        gone = found.filtered("outdated")
        if not gone:
            return found
        standing = charges.search([*domain, ("state", "!=", "reversed")])
        replaced = charges.browse()
        for charge in gone:
            if charge._is_replaced(standing):
                replaced |= charge
            else:
                standing |= charge
        return found - replaced

    def _is_replaced(self, standing):
        same = standing.filtered(
            lambda one: one.debt_id == self.debt_id and one.kind == self.kind
        )
        if self.kind in ("interest", "indexation"):
            same = same.filtered(
                lambda one: (
                    one.period_from <= self.period_to
                    and one.period_to >= self.period_from
                )
            )
        return bool(same)

    # -- how -------------------------------------------------------------------------

    @api.model
    def _judge_again(self, debts, reasons):
        """Charge again, on its own day, what the dates do not bear out; ``reasons`` by
        debt. The amounts depend on the dates of the settlements alone."""
        new = self.browse()
        for company, charges in self._events(debts).grouped("company_id").items():
            rules = company._cobranza_rules()
            judge = self.with_company(company)
            groups = judge._fee_groups(charges.filtered(lambda one: one.kind == "fee"))
            shares = charges.filtered(lambda one: one.kind in SHARES)
            others = charges.filtered(lambda one: one.kind not in JUDGED)
            known = charges.debt_id.concat(
                *(group.debt_id for group in groups.values()),
                judge._document_debts(others),
            )
            positions = judge._positions(known.sudo())
            reasons = {
                debt: judge._reason_if_credited(positions[debt], reason)
                for debt, reason in reasons.items()
                if debt in positions
            }
            new |= judge._judge_fees(rules, groups, positions, reasons)
            interest = charges.filtered(lambda one: one.kind == "interest")
            drafts = judge._compensations_again(others, positions)
            drafts |= judge._shares_again(rules, shares, positions)
            drafts |= judge._interest_again(rules, interest, positions)
            indexed = charges.filtered(lambda one: one.kind == "indexation")
            drafts |= judge._indexations_again(rules, indexed, positions)
            new |= judge._replace(drafts, reasons)
        return new

    def _reason_if_credited(self, position, reason):
        credited = position.notes and position.whole <= 0
        return self.env._("Credited in full") if credited else reason

    def _base_by_dates(self, position):
        """What this charge is charged on by the dates: never more than at first. What
        is paid on its very day spares the fee, but finds a share of the debt due: a
        payment goes to it before the principal."""
        until = self.assessed_on
        if self.kind in SHARES:
            until -= timedelta(days=1)
        first = self.origin_id or self
        step = unit(self.debt_id.currency_id)
        known, covered = to_decimal(first.base), to_decimal(first.covered)
        claim = position.claim(until, self.assessed_on, covered)
        return max(ZERO, min(round_to(known, step), round_to(claim, step)))

    def _base_charged(self):
        """What this charge stands on now."""
        return ZERO if self.outdated else to_decimal(self.base)

    def _replace(self, drafts, reasons):
        """Reverse each charge of {charge: values or None} and make what replaces it;
        what nothing replaces may come back."""
        standing = self.concat(*drafts).filtered(lambda one: one.state in STANDING)
        by_reason = standing.grouped(lambda one: reasons.get(one.debt_id))
        for reason, charges in by_reason.items():
            charges._withdraw(reason)
        vals_list = []
        for charge, draft in drafts.items():
            charge._through_gate().outdated = not draft
            if draft:
                first = charge.origin_id or charge
                kept = {"level_id": charge.level_id.id, "run_id": charge.run_id.id}
                vals_list.append({**draft, **kept, "origin_id": first.id})
        self.flush_model()
        charges = self.sudo().create(vals_list)
        charges._log(self.env._("Assessed again"))
        return charges

    # -- fees ------------------------------------------------------------------------

    def _judge_fees(self, rules, groups, positions, reasons):
        new = self.browse()
        for fees in groups.values():
            bases = {
                one.debt_id.id: one._base_by_dates(positions[one.debt_id])
                for one in fees
            }
            changed = fees.filtered(
                lambda one, bases=bases: bases[one.debt_id.id] != one._base_charged()
            )
            changed = changed.filtered(lambda one: one.state != "waived")
            if changed:
                named = [
                    reasons[one.debt_id] for one in changed if one.debt_id in reasons
                ]
                reason = named[0] if named else next(iter(reasons.values()))
                lost = self._without_proof(rules, fees)
                new |= self._reassess_group(rules, fees, reason, lost, bases)
        return new

    def _without_proof(self, rules, fees):
        """Those whose free notice is no longer proven."""
        today = rules.env.company._cobranza_today()
        proofs = rules._free_notice_proof(fees.debt_id, today)
        return fees.filtered(
            lambda one: one.proof_contact_id and not proofs.get(one.debt_id.id)
        )

    # -- compensations ---------------------------------------------------------------

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

    def _compensations_again(self, charges, positions):
        """{charge: values, or None when it falls} of those that change. One stands if
        something of its document was still unpaid after its due date."""
        result = {}
        for charge in charges:
            late = charge._was_late(positions)
            if late and charge.outdated:
                [result[charge]] = charge.copy_data({"outdated": False})
            elif not late and not charge.outdated:
                result[charge] = None
        return result

    def _was_late(self, positions):
        covered = to_decimal((self.origin_id or self).covered)
        debts = self.debt_id
        if self.per_document:
            debts = [one for one in positions if one.move_id == self.move_id]
        for debt in debts:
            due = debt.date_maturity or debt.original_due_date
            claim = positions[debt].claim(due, self.assessed_on, covered)
            if due < self.assessed_on and claim > 0:
                return True
        return False

    # -- interest --------------------------------------------------------------------

    def _interest_again(self, rules, charges, positions):
        """{charge: values, or None when it falls} of those that change: the same
        periods, on the balance that each of their days had."""
        result = {}
        for on, group in charges.grouped("assessed_on").items():
            work = self._start_again(rules, on, group, positions)
            terms = self._interest_of(work)
            for charge in group.filtered(lambda one, terms=terms: one.debt_id in terms):
                charge._draft_again(work, positions, terms[charge.debt_id])
            drafts = {draft["debt_id"]: draft for draft in work.drafts}
            for charge in group:
                draft = drafts.get(charge.debt_id.id)
                if charge._differs(draft):
                    result[charge] = draft
            unasked = group.debt_id.filtered(
                lambda debt, terms=terms, work=work: (
                    debt not in terms or debt.id in work.lacking
                )
            )
            unasked.write({"charge_stale": True})
        return result

    def _start_again(self, rules, on, charges, positions):
        """The assessment of these debts as if it were the day ``on``."""
        due, bases = {}, {}
        for charge in charges:
            debt = charge.debt_id
            covered = to_decimal((charge.origin_id or charge).covered)
            due[debt] = debt.date_maturity or debt.original_due_date
            bases[debt] = positions[debt].claim(date.max, on, covered)
        company = rules.env.company
        table = self._table_of(company, due, due, on)
        return Assessment(company, rules, on, table, bases, due)

    def _draft_again(self, work, positions, terms):
        """Nothing when all was paid within the grace."""
        debt, position = self.debt_id, positions[self.debt_id]
        covered = to_decimal((self.origin_id or self).covered)
        grace = work.due[debt] + timedelta(days=terms.grace_days)
        if position.claim(grace, work.on, covered) > 0:
            period = Period(self.period_from, self.period_to)
            self._draft_period(work, debt, terms, period, position.payments)
            left = position.claim(work.on, work.on, covered)
            for draft in work.drafts[-1:]:
                if draft["debt_id"] == debt.id:
                    draft["base"] = float(max(left, 0))

    def _differs(self, draft):
        if self.outdated or not draft:
            return bool(draft) or not self.outdated
        return bool(self.currency_id.compare_amounts(self.amount, draft["amount"]))

    @api.model
    def _reassess(self, contacts):
        """Judge again the fees that these contacts prove; the new charges.

        A fee that another notice proves only changes its proof. Otherwise all fees of
        its base are reversed, and assessed anew with the values of their own day.
        """
        # sudo: delivery events arrive from mail servers and from any collector
        fees = self.sudo().search(
            [
                ("proof_contact_id", "in", contacts.ids),
                ("kind", "=", "fee"),
                ("state", "!=", "reversed"),
            ]
        )
        new = self.browse()
        for company, group in fees.grouped("company_id").items():
            rules = company._cobranza_rules()
            proofs = rules._free_notice_proof(group.debt_id, company._cobranza_today())
            lost = group.browse()
            for fee in group:
                proof = proofs.get(fee.debt_id.id)
                if not proof:
                    lost |= fee
                elif proof != fee.proof_contact_id:
                    fee._through_gate().proof_contact_id = proof
                    fee._log(self.env._("Proven by another notice"))
            reason = self.env._("The free notice is no longer proven")
            for fees in self._fee_groups(lost).values():
                bases = {one.debt_id.id: one._base_charged() for one in fees}
                new |= self._reassess_group(rules, fees, reason, lost, bases)
        return new

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
        known = self.sudo().search(domain, order="id") if fees else self
        found = known.filtered("outdated")
        known -= found - found._events(found.debt_id)
        return known.grouped("group_key")

    def _reassess_group(self, rules, fees, reason, lost, bases):
        """Reverse the assessed fees of one base and charge what is still allowed on
        ``bases`` {debt id: amount}, less the ``lost`` proofs.

        A waived fee stays waived. What comes to nothing may be charged again when its
        base comes back.
        """
        company = rules.env.company
        open_ones = fees.filtered(lambda fee: fee.state != "waived")
        live = open_ones.filtered(lambda fee: fee.state in STANDING)
        # first, so that what limits a fee no longer counts the one that is judged again
        live._withdraw(reason)
        live.flush_recordset()
        drafts, done = self._fees_again(company, rules, fees, lost, bases)
        found = {fee.debt_id.id: fee for fee in open_ones}
        drafts = [draft for draft in drafts if draft["debt_id"] in found]
        for draft in drafts:
            former = found[draft["debt_id"]]
            draft["level_id"] = former.level_id.id
            draft["run_id"] = former.run_id.id
            draft["group_key"] = former.group_key
            draft["origin_id"] = (former.origin_id or former).id
        charges = self.sudo().create(drafts)
        charges._log(self.env._("Assessed again"), reason)
        gone = open_ones.filtered(lambda fee: fee.debt_id not in charges.debt_id)
        gone._through_gate().outdated = True
        (open_ones - gone)._through_gate().outdated = False
        if not done:
            gone.debt_id.write({"charge_stale": True})
        return charges

    def _fees_again(self, company, rules, fees, lost, bases):
        """(drafts of the whole base on its own day, without the lost proofs; whether
        the law could be asked)."""
        on = fees[0].assessed_on
        due = {one: one.date_maturity or one.original_due_date for one in fees.debt_id}
        bases = {fee.debt_id: bases[fee.debt_id.id] for fee in fees}
        bases = {debt: base for debt, base in bases.items() if base > 0}
        table = company._cobranza_legal_table(min(due.values()), on)
        work = Assessment(company, rules, on, table, bases, due)
        regime = fees[0].debtor_id.regime
        schedule, values = self._ask_law(work, "_fee_schedule", fees.debt_id, regime)
        if schedule:
            proofs = {
                fee.debt_id.id: fee.proof_contact_id
                for fee in fees
                if fee.proof_contact_id and fee not in lost
            }
            self._draft_fee(work, bases, schedule, values, proofs)
        parameters = self.env["cobranza.parameter"].sudo()
        parameters._report_missing(company, work.missing.values())
        return work.drafts, bool(schedule)

    def _positions(self, debts):
        """{debt: Position}; a fixed number of queries."""
        result = {
            debt: Position(whole=to_decimal(debt._whole_amount())) for debt in debts
        }
        by_id = {debt.id: position for debt, position in result.items()}
        domain = [("debt_id", "in", debts.ids), ("kind", "!=", "transfer")]
        for row in self.env["cobranza.settlement"].sudo().search(domain):
            position = by_id[row.debt_id.id]
            entry = (row.date, to_decimal(row.amount_currency))
            if row.kind == "credit_note":
                position.whole -= entry[1]
                position.notes.append(entry)
            else:
                position.payments.append(entry)
        for debt, *dispute in self._read_disputes(debts):
            by_id[debt].disputes.append(tuple(dispute))
        self._read_covering(result)
        return result

    def _read_disputes(self, debts):
        """[(debt, opened on, closed on or None, amount)] of disputes that the debtor
        has not lost from the start; what we agreed not to be owed stays disputed."""
        self.env["cobranza.dispute"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT debt_id, opened_on,
                          CASE WHEN state <> 'upheld' THEN closed_on END, amount::text
                     FROM cobranza_dispute WHERE debt_id = ANY(%s)""",
                debts.ids,
            )
        )
        return [(*row[:3], to_decimal(row[3])) for row in rows]

    def _read_covering(self, positions):
        """Set what unallocated payments of the debtor could still cover."""
        run = self.env["cobranza.run"].sudo()
        debtors = self.env["cobranza.debtor"].browse(
            {one.debtor_id.id for one in positions}
        )
        credits = run._read_credits(debtors.sudo())
        for debt, position in positions.items():
            found = credits.get(debt.debtor_id.id, {}).get(debt.currency_id.id)
            if found:
                position.covering = found[0]
