from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..kernel.money import round_to
from .bridge import to_decimal, unit
from .cobranza_charge import STANDING

ZERO = to_decimal(0)
SHARES = ("commission", "penalty")
JUDGED = ("fee", "interest", "indexation", *SHARES)
"""The kinds whose amount depends on what was open; others only stand or fall."""


class CobranzaCharge(models.Model):
    """What was charged follows the dates of the settlements, whenever they are booked.

    A charge of a day is judged again when a settlement of that day or an earlier one
    is booked, moved or undone: it is reversed, and charged again on its own day on what
    was really open then. The first charge of each chain keeps what was known at first.
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
        stale.debtor_id._touch()

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
