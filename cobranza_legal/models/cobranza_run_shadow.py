from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..kernel.contact import PastContact
from ..kernel.dunning import decide
from .bridge import to_decimal
from .cobranza_run_apply import MOVED
from .contact_limits import Limiter
from .pg_array import pg_array


class CobranzaRun(models.Model):
    """What the ladder would have done by now, while the company only proposes.

    The same facts and the same kernel, as if every act had been made on its day.
    """

    _inherit = "cobranza.run"

    def _apply(self, book):
        moved = super()._apply(book)
        if book.rows and self.company_id.cobranza_mode == "proposal":
            self._rehearse(book)
        return moved

    def _rehearse(self, book):
        period_on = self.company_id._cobranza_shadow_start()
        shadows = self.env["cobranza.shadow"]
        ids = [row.id for row in book.rows]
        reached = shadows._reached(self.company_id, period_on, ids)
        debtors, debts = book.facts()
        debts = [
            self._as_if_made(book, row, facts, reached.get((row.id, row.episode)))
            for row, facts in zip(book.rows, debts, strict=True)
        ]
        decisions = decide(book.ladders, debtors, debts, book.today)
        moving = [
            (row, facts, self._level_of(book, row, decision))
            for row, facts, decision in zip(book.rows, debts, decisions, strict=True)
            if decision.reason in MOVED
        ]
        shadows._keep(
            self.company_id, period_on, book.today, self._shadow_rows(book, moving)
        )
        self._look_for_shadows(book, debtors, debts, decisions)

    @staticmethod
    def _as_if_made(book, row, facts, shadow):
        """The facts of a debt whose last act, real or not, has been made."""
        facts = replace(facts, step="done")
        ladder = book.ladders.get(row.policy)
        if not shadow or not ladder:
            return facts
        level_id, days, day = shadow
        numbers = [one.number for one in ladder.levels if one.id == level_id]
        # the policy changed: the last level that is not later
        numbers = numbers or [one.number for one in ladder.levels if one.days <= days]
        number = max(numbers, default=0)
        if number < facts.level:
            return facts
        return replace(facts, level=number, level_since=day)

    @staticmethod
    def _level_of(book, row, decision):
        levels = book.ladders[row.policy].levels
        return next(one for one in levels if one.number == decision.level)

    def _shadow_rows(self, book, moving):
        """The rows of the debts that would have reached a level today."""
        if not moving:
            return []
        records = self.env["cobranza.policy.level"].sudo()
        levels = {one.id: records.browse(one.id) for _row, _facts, one in moving}
        records.browse(levels).fetch(["channel", "charge", "automatic"])
        groups = defaultdict(list)
        for row, facts, level in moving:
            record = levels[level.id]
            key = (row.debtor, row.currency, record.channel, record.charge)
            groups[key].append((row, facts, level))
        slots = self._shadow_slots(groups, levels)
        charging = [row.id for row, _facts, one in moving if levels[one.id].charge]
        charges = self._shadow_charges(book, charging)
        return [
            {
                "debt": row.id,
                "level_id": level.id,
                "level": level.number,
                "episode": row.episode,
                "channel": key[2],
                "planned_at": slots[key][0],
                "automatic": slots[key][1],
                "amount": facts.claim,
                "charges": charges.get(row.id),
            }
            for key, group in groups.items()
            for row, facts, level in group
        ]

    def _shadow_slots(self, groups, levels):
        """{key: (UTC moment or None, whether no person is needed)}, with what would
        have left before counted by the limiter."""
        ids = sorted({key[0] for key in groups})
        debtors = self.env["cobranza.debtor"].browse(ids)
        limiter = Limiter(self.company_id, debtors)
        since = limiter.now - timedelta(days=limiter._span())
        shadows = self.env["cobranza.shadow"]
        for debtor, channel, at in shadows._recent(self.company_id, debtors.ids, since):
            past = PastContact(limiter.local(debtor, at), channel)
            limiter.history[debtor].append((None, past))
        contacts = self.env["cobranza.contact"]
        slots = {}
        for key, group in groups.items():
            top = max(
                (level for _row, _facts, level in group), key=lambda one: one.days
            )
            spec = {
                "debtor_id": key[0],
                "channel": key[2],
                "automatic": levels[top.id].automatic,
            }
            slot, _waiting, _note = limiter.slot(key[0], key[2], limiter.now)
            slots[key] = slot, contacts._is_free(limiter, spec)
        return slots

    def _shadow_charges(self, book, debt_ids):
        """{debt id: {kind: amount}} of what would be charged today and has not been, in
        company currency."""
        if not debt_ids:
            return {}
        debts = self.env["cobranza.debt"].browse(debt_ids)
        drafts, _refused = self.env["cobranza.charge"]._preview(
            debts, book.today, book.claimable(debt_ids)
        )
        rates = dict(book.rates)
        missing = {draft["currency_id"] for draft in drafts} - set(rates)
        rates |= self._read_rates(self.company_id, missing, book.today)
        sums = defaultdict(lambda: defaultdict(Decimal))
        for draft in drafts:
            amount = to_decimal(draft["amount"]) * rates[draft["currency_id"]]
            sums[draft["debt_id"]][draft["kind"]] += amount
        return {
            debt: {kind: str(amount) for kind, amount in kinds.items()}
            for debt, kinds in sums.items()
        }

    def _look_for_shadows(self, book, debtors, debts, decisions):
        """Debtors are looked at again on the day of their next act that would be."""
        later = [
            replace(facts, level=decision.level, level_since=book.today)
            for facts, decision in zip(debts, decisions, strict=True)
            if decision.reason in MOVED
        ]
        after = decide(book.ladders, debtors, later, book.today)
        days = {}
        owners = {row.id: row.debtor for row in book.rows}
        for decision in (*decisions, *after):
            if decision.on and decision.on > book.today:
                debtor = owners[decision.debt]
                days[debtor] = min(decision.on, days.get(debtor, decision.on))
        if not days:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE cobranza_debtor r SET check_on = v.day
                     FROM unnest(%s::int[], %s::date[]) AS v(id, day)
                    WHERE r.id = v.id AND r.company_id = %s AND r.check_on > v.day""",
                pg_array(days),
                pg_array(days.values()),
                self.company_id.id,
            )
        )
        self.env["cobranza.debtor"].invalidate_model(["check_on"], flush=False)
