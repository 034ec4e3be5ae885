import json
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import models

from ...kernel.dunning import DebtFacts, Reason, decide
from ...kernel.priority import Priority
from ..common.reason import DUST

MOVED = (Reason.ENTERED, Reason.ADVANCED)


ACTS = (*MOVED, Reason.DUE)


OF_POLICY = frozenset({Reason.NO_POLICY, Reason.BELOW_MINIMUM})
"""What stops a debt by its policy; under another one it would not."""


LOOK_AGAIN = timedelta(days=7)
"""At the latest after these days a debtor is looked at again, whatever happened."""


class CobranzaRun(models.Model):
    """What the run writes of its decisions, and only what changed: levels, contacts,
    charges, tasks of the levels, and the worklist (who comes first, what is next).
    """

    _inherit = "cobranza.run"

    def _apply(self, book):
        """Decide the book and write levels, contacts, charges and the worklist; the
        number of debts that moved."""
        if not book.debtor_blockers:
            return 0
        levels = self._levels_of(book)
        self._follow_policies(book, levels)
        debtors, debts = book.facts()
        decisions = decide(book.ladders, debtors, debts, book.today)
        self._see_further(book, debtors, debts, decisions)
        moved = self._write_decisions(book, debts, decisions, levels)
        self._withdraw_contacts(book, decisions)
        again = self._dropped(book, decisions, moved)
        self._plan_contacts(book, {**moved, **again}, levels)
        self._recompute_charges(book)
        self._assess_charges(book, decisions, moved, levels)
        self._raise_effects(book, moved, levels)
        self._write_debtors(book, debts, decisions, levels)
        return len(moved)

    def _levels_of(self, book):
        """{level id: level record} of every ladder and of the debts' present levels."""
        ids = {level.id for one in book.ladders.values() for level in one.levels}
        ids |= {row.level_id for row in book.rows if row.level_id}
        levels = self.env["cobranza.policy.level"].sudo().browse(sorted(ids))
        return {level.id: level for level in levels}

    @staticmethod
    def _follow_policies(book, levels):
        """A debt whose policy changed goes on at the last level that is not later."""
        for row in book.rows:
            ladder = book.ladders.get(row.policy)
            chosen = ladder and ladder.levels
            if row.stored[0] == row.policy or not chosen or not row.level_id:
                continue
            days = levels[row.level_id].days
            passed = [level for level in ladder.levels if level.days <= days]
            row.level = passed[-1].number if passed else 0
            row.level_id = passed[-1].id if passed else None

    @staticmethod
    def _see_further(book, debtors, debts, decisions):
        """For debts that move today, the day of the level after (``book.next``)."""
        after = []
        for facts, decision in zip(debts, decisions, strict=True):
            if decision.reason in MOVED:
                after.append(
                    DebtFacts(
                        id=facts.id,
                        debtor=facts.debtor,
                        ladder=facts.ladder,
                        due=facts.due,
                        level=decision.level,
                        level_since=book.today,
                        claim=facts.claim,
                    )
                )
        later = decide(book.ladders, debtors, after, book.today)
        days = {decision.debt: decision.on for decision in later}
        book.next = {
            decision.debt: days.get(decision.debt, decision.on)
            for decision in decisions
        }

    def _write_decisions(self, book, debts, decisions, levels, by_run=True):
        """Write what changed; {debt id: (row, level id)} of the debts that moved."""
        by_number = {
            (policy, level.number): level.id
            for policy, ladder in book.ladders.items()
            for level in ladder.levels
        }
        rows, items, moving = [], [], {}
        for row, facts, decision in zip(book.rows, debts, decisions, strict=True):
            moves = decision.reason in MOVED
            level_id = row.level_id
            if moves:
                level_id = by_number[row.policy, decision.level]
                moving[row.id] = (row, level_id)
            next_on = book.next[row.id]
            new = (row.policy, decision.reason.value, next_on, row.policy_reason)
            same = new == row.stored and row.level == row.stored_level
            same = same and not row.reopened and row.known_due == str(facts.due)
            if same and not moves and not row.opens:
                continue
            values = (
                decision.level,
                level_id,
                book.today if moves else row.level_since,
                row.policy,
                row.policy_reason,
                decision.reason.value,
                next_on,
                self._explain(facts, decision),
                *self._seen(row, facts, decision, by_run),
            )
            if row.opens:
                items.append((row.id, *row.opens, row.debtor, *values))
            else:
                rows.append((row.id, row.stored_level, row.episode, *values))
        debts = self.env["cobranza.debt"]
        opened = debts._bulk_enter(self.company_id, items)
        book.opened = len(opened)
        written = debts._bulk_decide(self.company_id, rows) | opened
        return {debt: moving[debt] for debt in moving if debt in written}

    @staticmethod
    def _seen(row, facts, decision, by_run):
        """What ``cobranza.decision`` keeps of a debt that was looked at."""
        stopped = not OF_POLICY.issuperset(decision.blockers)
        place = row.stored_place
        return (by_run, stopped, facts.due, facts.claim, facts.step, *place)

    @staticmethod
    def _explain(facts, decision):
        """The values of a decision as JSON text, for the "why" panel."""
        return json.dumps(
            {
                "claim": str(facts.claim),
                "due": str(facts.due),
                "blockers": [reason.value for reason in decision.blockers],
                "step": facts.step,
            }
        )

    def _withdraw_contacts(self, book, decisions):
        """Debts that something stops leave the contacts that are still planned, so that
        the proposal shows whom it would really write to."""
        stopped = [
            row.id
            for row, decision in zip(book.rows, decisions, strict=True)
            if row.step in ("pending", "unreleased")
            and (decision.blockers or book.is_early(row))
        ]
        if not stopped:
            return
        lines = self.env["cobranza.contact.line"].search(
            [("debt_id", "in", stopped), ("is_step", "=", True)]
        )
        contacts = lines.contact_id.filtered(lambda contact: contact.state == "planned")
        contacts._recompute()

    def _dropped(self, book, decisions, moved):
        """{debt id: (row, level id)} of the debts that lost the contact of their level
        and that nothing stops any more: it is planned again."""
        lost = {
            row.id: (row, row.level_id)
            for row, decision in zip(book.rows, decisions, strict=True)
            if row.step_dropped
            and row.level_id
            and not decision.blockers
            and not book.is_early(row)
        }
        if lost:
            self.env["cobranza.debt"]._bulk_take_up(self.company_id, list(lost))
        return {debt: lost[debt] for debt in lost if debt not in moved}

    def _plan_contacts(self, book, moved, levels):
        """One contact for the debts of one ``_letter_key``; every debt keeps its own
        level, the highest gives the text."""
        if not moved:
            return
        groups = defaultdict(list)
        for row, level_id in moved.values():
            level = levels[level_id]
            key = level._letter_key(row.debtor, row.currency)
            groups[key].append((row, level))
        specs = []
        for (debtor, currency, channel, *_kind), group in groups.items():
            top = max((level for _row, level in group), key=lambda level: level.days)
            lines = []
            for row, level in group:
                claim = book.claim(row)
                lines.append(
                    (
                        row.id,
                        level.id,
                        level.number,
                        row.episode,
                        claim.open,
                        claim.credit,
                    )
                )
            specs.append(
                {
                    "company_id": self.company_id.id,
                    "debtor_id": debtor,
                    "currency_id": currency,
                    "channel": channel,
                    "level_id": top.id,
                    "text_purpose": top.text_purpose,
                    "automatic": top.automatic,
                    "lines": lines,
                    "run_id": self.id,
                }
            )
        self.env["cobranza.contact"]._plan(specs)

    def _recompute_charges(self, book):
        """Recompute what was charged on debts whose settlements were undone."""
        debtors = self.env["cobranza.debtor"].browse(sorted(book.stale))
        if debtors:
            self.env["cobranza.charge"]._recompute_stale(debtors)

    def _assess_charges(self, book, decisions, moved, levels):
        """Charge the debts that reached a level with charges, and those that could not
        be charged when they did; why not is kept on the debt."""
        reached = {
            debt for debt, (_row, level) in moved.items() if levels[level].charge
        }
        stopped = {decision.debt for decision in decisions if decision.blockers}
        waiting = {row.id for row in book.rows if row.charge_pending}
        ids = sorted((reached | waiting) - stopped)
        if not ids:
            return
        debts = self.env["cobranza.debt"].browse(ids)
        claims = book.claimable(ids)
        self.env["cobranza.charge"]._assess(debts, book.today, self, claims=claims)

    def _raise_effects(self, book, moved, levels):
        """One draft or task for each debtor and effect of the levels reached now. In
        proposal mode they wait for the day the company goes live."""
        if self.company_id.cobranza_mode == "proposal" or not moved:
            return
        reached = {level_id for _row, level_id in moved.values()}
        effects = {level_id: levels[level_id]._effects() for level_id in reached}
        tasks = defaultdict(list)
        for row, level_id in moved.values():
            for effect, label in effects[level_id]:
                tasks[row.debtor, effect, label].append(row.id)
        self.env["cobranza.debtor"]._raise_effects(tasks, book.today)

    def _write_debtors(self, book, debts, decisions, levels):
        """Bring the worklist up to date, debtors' rows in one statement."""
        groups = defaultdict(list)
        for row, facts, decision in zip(book.rows, debts, decisions, strict=True):
            groups[row.debtor].append((row, facts, decision))
        next_levels = self._next_levels(book)
        company = self.env["res.company"].browse(book.company)
        weights = company._cobranza_weights()
        rows = []
        for debtor in book.debtor_blockers:
            group = groups.get(debtor, [])
            overdue, late = Decimal(0), 0
            for row, facts, decision in group:
                gone = {Reason.SETTLED, DUST} & {*row.blockers, *decision.blockers}
                if row.due < book.today and not gone:
                    overdue += facts.claim
                    late = max(late, (book.today - row.due).days)
            workable = any(not decision.blockers for _row, _facts, decision in group)
            priority = Priority(
                overdue,
                late,
                book.broken[debtor],
                workable,
                self._is_act_due(group),
                weights,
                book.habits.get(debtor, Decimal(0)),
            )
            rows.append((debtor, priority, *self._worklist(book, group, next_levels)))
        self.env["cobranza.debtor"]._bulk_worklist(company, rows)

    @staticmethod
    def _is_act_due(group):
        """Whether a level was reached whose contact has not been made yet."""
        return any(
            not decision.blockers
            and (decision.reason in ACTS or row.step in ("pending", "unreleased"))
            for row, _facts, decision in group
        )

    @staticmethod
    def _next_levels(book):
        """{(policy, number reached): id of the level after it}."""
        result = {}
        for policy, ladder in book.ladders.items():
            number = 0
            for level in ladder.levels:
                result[policy, number] = level.id
                number = level.number
        return result

    def _worklist(self, book, group, next_levels):
        """(highest level id, reason, next act on, next level id, look again on)."""
        soon = book.today + LOOK_AGAIN
        if not group:
            return None, None, None, None, soon
        open_ones = [
            one
            for one in group
            if not {Reason.SETTLED, Reason.VOID} & set(one[0].blockers)
        ]
        if not open_ones:
            return None, Reason.SETTLED.value, None, None, soon
        # cents that are left over speak for the debtor only when nothing else is owed,
        # and are at no level then
        asked = [one for one in open_ones if DUST not in one[2].blockers]
        top = max(
            asked or open_ones, key=lambda day: (day[2].level, -day[0].due.toordinal())
        )
        days = [
            (book.next[row.id], row.policy, decision.level)
            for row, _facts, decision in asked
            if book.next[row.id]
        ]
        first = min(days, default=None, key=lambda day: day[0])
        reached = max((one[2].level for one in asked), default=0)
        level_id = self._level_reached(book, asked, reached)
        look = min(first[0], soon) if first else soon
        ends = [row.covered_until for row, _facts, _decision in open_ones]
        look = min([look, *(day + timedelta(days=1) for day in ends if day)])
        if any(Reason.BELOW_MINIMUM in one[2].blockers for one in asked):
            # what is not due yet does not count for a minimum
            look = min(
                [look, *(one[0].due for one in asked if one[0].due > book.today)]
            )
        look = max(look, book.today + timedelta(days=1))
        next_on, next_level = None, None
        if first:
            next_on, next_level = first[0], next_levels.get((first[1], first[2]))
        return level_id, top[2].reason.value, next_on, next_level, look

    @staticmethod
    def _level_reached(book, group, number):
        for row, _facts, decision in group:
            if decision.level == number and number:
                ladder = book.ladders.get(row.policy)
                for level in ladder.levels if ladder else ():
                    if level.number == number:
                        return level.id
                return row.level_id
        return None
