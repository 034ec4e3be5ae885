import json
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ...kernel.contact import PastContact
from ...kernel.dunning import decide
from ..common.limits import Limiter
from ..common.money import to_decimal
from ..common.transaction import pg_array
from ..run.apply import MOVED

COLUMNS = {
    "debt": SQL("int"),
    "level_id": SQL("int"),
    "level": SQL("int"),
    "episode": SQL("int"),
    "channel": SQL("text"),
    "planned_at": SQL("timestamp"),
    "automatic": SQL("bool"),
    "amount": SQL("numeric"),
    "charges": SQL("text"),
}


class CobranzaShadow(models.Model):
    """An act that the company would have made, had it not been in proposal mode: one
    row for each debt, level and episode. Written by the run only.

    The ladder goes on here as if every act had been made on its day, while the debts
    themselves stay where the debtor has been told that they are.
    """

    _name = "cobranza.shadow"
    _inherit = "cobranza.gate.mixin"
    _description = "Act of the shadow month"
    _order = "day desc, debtor_id, id"
    _rec_name = "debt_id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    period_on = fields.Date(
        required=True, readonly=True, string="In proposal mode since"
    )
    day = fields.Date(required=True, readonly=True)
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="cascade"
    )
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, ondelete="cascade", index=True
    )
    level_id = fields.Many2one(
        "cobranza.policy.level", required=True, readonly=True, ondelete="cascade"
    )
    level = fields.Integer(readonly=True, string="Level number")
    episode = fields.Integer(readonly=True)
    channel = fields.Selection(
        selection="_selection_channel", required=True, readonly=True
    )
    planned_at = fields.Datetime(
        readonly=True,
        string="Would have left on",
        help="The first moment that the limits permit. Empty: they permit none.",
    )
    automatic = fields.Boolean(
        readonly=True,
        string="By itself",
        help="In automatic mode it would have left without a person.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(readonly=True, string="Claimed")
    charges = fields.Json(
        readonly=True,
        help="What would have been charged on the debt until this day, by kind.",
    )
    settled = fields.Boolean(related="debt_id.settled")

    _step_uniq = models.UniqueIndex(
        "(debt_id, level_id, episode, period_on)",
        "This act has been noted already.",
    )
    _period_idx = models.Index("(company_id, period_on, day)")

    @api.model
    def _selection_channel(self):
        return self.env["cobranza.policy.level"]._selection_channel()

    @api.model
    def _reached(self, company, period_on, debt_ids):
        """{(debt id, episode): (level id, days of that level, day)} of the last act
        that each debt would have had."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (s.debt_id, s.episode)
                          s.debt_id, s.episode, s.level_id, v.days, s.day
                     FROM cobranza_shadow s
                     JOIN cobranza_policy_level v ON v.id = s.level_id
                    WHERE s.company_id = %s AND s.period_on = %s
                      AND s.debt_id = ANY(%s)
                    ORDER BY s.debt_id, s.episode, s.day DESC, v.days DESC""",
                company.id,
                period_on,
                debt_ids,
            )
        )
        return {(debt, episode): rest for debt, episode, *rest in rows}

    @api.model
    def _recent(self, company, debtor_ids, since):
        """[(debtor id, channel, moment)] of the acts that would have left since."""
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT debtor_id, channel, planned_at
                     FROM cobranza_shadow
                    WHERE company_id = %s AND debtor_id = ANY(%s)
                      AND planned_at > %s""",
                company.id,
                debtor_ids,
                since,
            )
        )

    @api.model
    def _keep(self, company, period_on, day, rows):
        """Insert {column: value} rows, past record rules: the engine only. What is
        there already stays as it is."""
        if not rows:
            return
        for row in rows:
            row["charges"] = json.dumps(row["charges"]) if row["charges"] else None
        arrays = [
            SQL("%s::%s[]", pg_array(row[name] for row in rows), kind)
            for name, kind in COLUMNS.items()
        ]
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        self.env.cr.execute(
            SQL(
                """INSERT INTO cobranza_shadow (company_id, period_on, day, debtor_id,
                          debt_id, level_id, level, episode, channel, planned_at,
                          automatic, amount, charges)
                   SELECT d.company_id, %s, %s, d.debtor_id, d.id, v.level_id, v.level,
                          v.episode, v.channel, v.planned_at, v.automatic, v.amount,
                          v.charges::jsonb
                     FROM unnest(%s) AS v(%s)
                     JOIN cobranza_debt d ON d.id = v.debt AND d.company_id = %s
                       ON CONFLICT DO NOTHING""",
                period_on,
                day,
                SQL(", ").join(arrays),
                names,
                company.id,
            )
        )
        self.invalidate_model(flush=False)


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
                """UPDATE cobranza_debtor r SET review_on = v.day
                     FROM unnest(%s::int[], %s::date[]) AS v(id, day)
                    WHERE r.id = v.id AND r.company_id = %s AND r.review_on > v.day""",
                pg_array(days),
                pg_array(days.values()),
                self.company_id.id,
            )
        )
        self.env["cobranza.debtor"].invalidate_model(["review_on"], flush=False)
