import logging
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel.agreement import Paid, accelerate
from ...kernel.dunning import Reason
from ...kernel.errors import MissingValue, NoSuchRule
from ...kernel.money import Money
from ..common.money import to_decimal, unit
from ..common.transaction import CONCURRENCY, apart
from ..common.words import QUIET
from .agreement import RUNNING, TREATED
from .document import BREACH
from .instalment import APART
from .reminder import AFTER, BEFORE, REMINDED, Reminders, told_of

_logger = logging.getLogger(__name__)

JUDGED = ("active", "breached", "completed", "accelerated")


KEPT = (*RUNNING, "completed")


LIQUIDATION = "liquidation"
"""The kind of insolvency that makes everything due."""


FOREVER = date(2999, 12, 31)
"""No end is known yet."""


COVERED = """
    SELECT r.cobranza_debt_id, COALESCE(a.cure_until, a.last_on), NULL::int, NULL::date
      FROM cobranza_agreement a
      JOIN cobranza_agreement_debt_rel r ON r.cobranza_agreement_id = a.id
     WHERE r.cobranza_debt_id = ANY(%(debts)s) AND a.state = ANY(%(states)s)
       AND a.last_on IS NOT NULL
     UNION ALL
    SELECT apart.debt_id, COALESCE(a.cure_until, a.last_on), NULL::int, NULL::date
      FROM (%(apart)s) apart
      JOIN cobranza_agreement a ON a.id = apart.agreement_id
     WHERE apart.debt_id = ANY(%(debts)s) AND a.state = ANY(%(states)s)
       AND a.last_on IS NOT NULL
     UNION ALL
    SELECT d.id, COALESCE(a.cure_until, a.last_on), NULL::int, NULL::date
      FROM cobranza_debt d
      JOIN cobranza_agreement_debt_rel r ON r.cobranza_debt_id = d.parent_id
      JOIN cobranza_agreement a ON a.id = r.cobranza_agreement_id
      JOIN cobranza_charge c ON c.bill_debt_id = d.id AND c.state = 'billed'
     WHERE d.id = ANY(%(debts)s) AND a.state = ANY(%(states)s)
       AND a.last_on IS NOT NULL
     GROUP BY d.id, a.id
    HAVING bool_and(CASE WHEN c.kind = ANY(%(interest)s) THEN a.charges_interest
                         WHEN c.kind = ANY(%(fee)s) THEN a.charges_fees
                         WHEN c.kind = ANY(%(cost)s) THEN a.charges_costs
                         ELSE 'keep' END = 'remit')
"""


SPANS = """
    SELECT r.cobranza_debt_id,
           CASE WHEN a.rate > 0 THEN a.requested_on ELSE a.signed_on END AS since,
           a.ended_on
      FROM cobranza_agreement a
      JOIN cobranza_agreement_debt_rel r ON r.cobranza_agreement_id = a.id
     WHERE r.cobranza_debt_id = ANY(%(debts)s) AND a.signed_on IS NOT NULL
       AND (a.default_interest = 'suspended' OR a.state = ANY(%(states)s))
     UNION ALL
    SELECT apart.debt_id,
           CASE WHEN a.rate > 0 THEN a.requested_on ELSE a.signed_on END, a.ended_on
      FROM (%(apart)s) apart
      JOIN cobranza_agreement a ON a.id = apart.agreement_id
     WHERE apart.debt_id = ANY(%(debts)s)
       AND (a.default_interest = 'suspended' OR a.state = ANY(%(states)s))
     ORDER BY 1, 2
"""


class CobranzaAgreement(models.Model):
    """What the days and the money make of an agreement that runs."""

    _inherit = "cobranza.agreement"

    check_on = fields.Date(
        readonly=True,
        copy=False,
        help="Next day on which it is looked at, if nothing is paid before.",
    )
    _check_idx = models.Index(
        "(company_id, check_on) WHERE state IN ('active', 'breached', 'accelerated')"
    )
    liquidated = fields.Boolean(
        "Due by a liquidation",
        readonly=True,
        copy=False,
        help="It became due with the liquidation of the debtor, not by a breach.",
    )

    # -- judging -----------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Agreements that run and whose day to be looked at has come."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("active", "breached", "accelerated")),
                ("check_on", "<=", today),
            ],
            limit=limit,
            order="check_on, id",
        )

    def _upkeep(self, today):
        self.with_context(**QUIET)._judge_safely(today)

    def _judge_safely(self, today):
        """Judge these agreements; what cannot be judged is logged, looked at again
        another day, and stops neither the others nor whoever books a payment. A fault
        is looked for one by one only when there is one."""
        try:
            with apart(self.env):
                self._judge(today)
            return
        except CONCURRENCY:
            raise
        except Exception:
            if len(self) == 1:
                _logger.exception("Agreement %s cannot be judged", self.name)
                tomorrow = fields.Date.add(today, days=1)
                self._through_gate().check_on = tomorrow
                return
        for agreement in self:
            agreement._judge_safely(today)

    @api.model
    def _judged_by(self, debts):
        """Domain of the agreements about these debts, or as which they came back, that
        run, ran out or were kept."""
        self._flush_apart()
        apart = SQL(
            "SELECT agreement_id FROM (%s) apart WHERE debt_id = ANY(%s)",
            SQL(APART),
            debts.ids,
        )
        domain = Domain("debt_ids", "in", debts.ids) | Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s IN (%s)", SQL.identifier(alias, "id"), apart
            )
        )
        return domain & Domain("state", "in", JUDGED)

    def _judge_again(self):
        """What settles the debts of these agreements has changed: they are judged by
        it."""
        for company, group in self.grouped("company_id").items():
            group = group.with_context(**QUIET)
            group._judge_safely(company._cobranza_today())

    @api.model
    def _insolvency_changed(self, debtors):
        """What is known of the insolvency of these debtors has changed: their
        agreements are looked at on the next occasion."""
        domain = [
            ("debtor_id", "in", debtors.ids),
            ("state", "in", ("active", "breached", "accelerated")),
        ]
        # sudo: whoever notes an insolvency need not see agreements
        agreements = self.sudo().search(domain)
        for company, group in agreements.grouped("company_id").items():
            group._through_gate().check_on = company._cobranza_today()

    def _judge(self, today):
        """Charge the interest that was earned, and say where these agreements stand on
        ``today``: completed, running, broken, or due at once."""
        over = self.filtered(lambda one: one.state == "accelerated")
        over._judge_over(today)
        for agreement in self - over:
            day = agreement._liquidation_day(today)
            if day and agreement.state in RUNNING:
                agreement._liquidate(day)
        self.filtered(lambda one: one.state != "accelerated")._judge_standing(today)

    def _judge_standing(self, today):
        settled = self._settled_on(today)
        earned = self.instalment_ids.filtered(
            lambda row: (
                row.nominal_on <= today
                and row.agreement_id.state in RUNNING
                and row.agreement_id._bears_interest(
                    row.nominal_on, settled.get(row.agreement_id.id)
                )
            )
        )
        self._charge_interest(earned, today)
        filled, matched = self._filled(), self._matched(today)
        told, never = self._told(), self._never_broken()
        unpaid = {}
        for agreement in self:
            whole = all(
                matched.get(row.id, (0, None))[1] for row in agreement.instalment_ids
            )
            paid = {
                row: filled.get(row.id, (0, None)) for row in agreement.instalment_ids
            }
            missed = agreement.instalment_ids.filtered(
                lambda row, paid=paid: row.due_on < today and not paid[row][1]
            )
            still = agreement.instalment_ids.filtered(
                lambda row, paid=paid: not paid[row][1]
            ).sorted("number")
            agreement._forgive_breach(never)
            agreement._stand(today, missed, still, whole, told.get(agreement.id))
            unpaid[agreement] = still
        for company, group in self.grouped("company_id").items():
            own = {one: unpaid[one] for one in group}
            Reminders(company.with_env(self.env), today).plan(own)

    def _matched(self, today):
        """``_filled`` without money that nobody has allocated: to the last cent until
        the last day, but for dust afterwards."""
        ended = self.filtered(lambda one: one.last_on and one.last_on < today)
        still = (self - ended)._filled(loose=False, exact=True)
        return still | ended._filled(loose=False)

    def _bears_interest(self, day, settled_on):
        """Whether the interest of an instalment of ``day`` is owed: not once the debts
        were settled before, nor in an insolvency that ends interest."""
        if settled_on and settled_on < day:
            return False
        debtor = self.debtor_id.sudo()  # what its state of affairs is is no secret
        if not debtor.insolvent_on or debtor.insolvent_on >= day:
            return True
        rules = self.company_id._cobranza_rules()
        return rules._insolvency_ends_interest(debtor) is None

    def _stand(self, today, missed, still, whole, told):
        """Its state on ``today``: ``missed`` of its instalments are overdue, ``still``
        are not paid; ``whole`` says that what settles its debts pays all, without money
        that nobody has allocated; ``told`` when the notice of its breach left."""
        values = {
            "missed_count": len(missed),
            "next_on": still[:1].due_on,
            "check_on": self._next_look(today, missed, still, whole),
        }
        if any(self[name] != value for name, value in values.items()):
            self._through_gate().write(values)
        if whole:
            self._complete(today)
        elif self.state == "completed":
            words = self.env._("A payment came back")
            self._set_state("active", words, ended_on=False)
            self._claim_again(words)
        if self.state == "breached" and not missed:
            words = self.env._("What was missed is paid")
            self._set_state("active", words, breached_on=False, cure_until=False)
        if self.state == "active" and self._is_broken_by(missed, still):
            self._break(today, missed)
        if self.state == "breached" and not self.cure_until:
            self._cure_from_notice(told)
        if (
            self.state == "breached"
            and self.cure_until
            and self.cure_until < today
            and not self._bank_behind()
            and not self._insolvent(today)
            and not self._too_early(today, missed)
        ):
            self._accelerate(today)

    # -- what was not known ------------------------------------------------------------

    def _is_broken_by(self, missed, still):
        """Whether ``missed`` of its instalments break it, of which ``still`` are not
        paid: with nothing left that could be paid in time no more can be missed."""
        return bool(missed) and (
            len(missed) >= max(self.missed, 1) or len(missed) == len(still)
        )

    def _stood_on(self, filled, day):
        """(instalments missed, those not paid) on ``day`` by ``filled`` of that day."""
        rows = self.instalment_ids
        still = rows.filtered(lambda row: not filled.get(row.id, (0, None))[1])
        return still.filtered(lambda row: row.due_on < day), still

    def _never_broken(self):
        """Those of these, broken ones, that were not by the money of the day of their
        breach that is known now: it was booked later."""
        broken = self.filtered("breached_on")
        filled = broken._filled(days={one.id: one.breached_on for one in broken})
        return broken.filtered(
            lambda one: not one._is_broken_by(*one._stood_on(filled, one.breached_on))
        )

    def _forgive_breach(self, never):
        if self in never and self.state == "breached":
            words = self.env._("What was missed had been paid: it was booked later")
            self._set_state("active", words, breached_on=False, cure_until=False)

    def _was_cured(self):
        """Whether on some day until the end of the days to cure nothing was missed, by
        the money of those days that is known now."""
        if not (self.breached_on and self.cure_until):
            return False
        key = (self.debtor_id.id, self.currency_id.id)
        money = [*self._movements()[self.id], *self._interest_movements()[self.id]]
        days = {one.on for one in money} | {
            day for day, _ in self._loose().get(key, ())
        }
        return any(
            not self._stood_on(self._filled(days={self.id: day}), day)[0]
            for day in sorted({*days, self.cure_until})
            if self.breached_on <= day <= self.cure_until
        )

    def _judge_over(self, today):
        """Those that became due at once run again when that turns out to be wrong: the
        money was there in time and booked later, or there was no liquidation."""
        never = self._never_broken()
        for agreement in self:
            wrong = ""
            if agreement.liquidated:
                if not agreement._liquidation_day(today):
                    wrong = self.env._("There is no liquidation")
            elif agreement in never or agreement._was_cured():
                wrong = self.env._(
                    "What was missed had been paid in time: it was booked later"
                )
            if not wrong:
                agreement._through_gate().check_on = False
                continue
            agreement._forget_early_interest(wrong)
            cleared = dict.fromkeys(("ended_on", "breached_on", "cure_until"), False)
            agreement._set_state(
                "active", wrong, liquidated=False, check_on=today, **cleared
            )

    def _too_early(self, today, missed):
        """Whether the law does not let everything become due yet."""
        rules = self.company_id._cobranza_rules()
        try:
            days = rules._acceleration_days(self, today)
        except (MissingValue, NoSuchRule):
            return True
        first = min(missed.mapped("due_on"))
        return bool(days) and fields.Date.add(first, days=days) >= today

    # -- insolvency --------------------------------------------------------------------

    def _insolvent(self, today):
        """Whether the debtor is in insolvency proceedings: what it misses there makes
        nothing due at once, TRLC (ES) art. 156, Ley 20.720 (CL) art. 264; only a
        liquidation does."""
        opened = self.debtor_id.sudo().insolvent_on  # no secret
        return bool(opened and opened <= today)

    def _liquidation_day(self, today):
        """The day on which the liquidation of the debtor was opened; None without."""
        debtor = self.debtor_id.sudo()  # as above
        if debtor.insolvency_kind != LIQUIDATION or not self._insolvent(today):
            return None
        return debtor.insolvent_on

    def _liquidate(self, day):
        """The liquidation that was opened on ``day`` makes everything due, without
        interest that was not earned by then."""
        article = self.company_id._cobranza_rules()._liquidation_article()
        words = self.env._("The liquidation of the debtor makes everything due")
        day = max(day, self.signed_on)
        self._charge_earned(day)
        self._set_state(
            "accelerated",
            f"{words} ({article})" if article else words,
            ended_on=day,
            check_on=False,
            liquidated=True,
        )
        self._raise_task(
            self.env._("Agreement due by a liquidation: communicate the claim"),
            self.company_id._cobranza_today(),
        )

    def _bank_behind(self):
        """Whether the bank may still tell of what was paid in the days to cure: its
        newest entry is no newer than they are. Nobody waits where the company does not
        wait for its bank, or keeps none here."""
        if self.company_id.cobranza_bank_guard_days <= 0:
            return False
        newest = self.env["cobranza.contact"]._newest_bank_day(self.company_id)
        return bool(newest and newest <= self.cure_until)

    def _next_look(self, today, missed, still, whole):
        """The next day on which something happens by itself: a day of an instalment has
        passed, or its interest is earned. While something is missed every day: money
        may come without an entry, and the days to cure pass."""
        days = {
            fields.Date.add(row.due_on, days=1) for row in still if row.due_on >= today
        }
        days |= {row.nominal_on for row in still if row.nominal_on > today}
        days |= set(Reminders(self.company_id, today).next_look(still))
        if missed or not (days or whole):
            return fields.Date.add(today, days=1)
        return min(days, default=False)

    def _complete(self, today):
        if self.state == "completed":
            return
        words = self.env._("Everything is paid")
        left = sum(self.line_ids.mapped("amount_now"))
        if self.currency_id.compare_amounts(left, 0) > 0:
            words = self.env._("%s is left, too little to ask for", self._say(left))
        self._set_state(
            "completed",
            words,
            ended_on=today,
            check_on=False,
            breached_on=False,
            cure_until=False,
        )
        self._remit()

    def _remit(self):
        """Forgive what was agreed to be forgiven now that all is paid. What was billed
        is taken back and waived as if it never had been: it is not charged again."""
        charges = self._to_remit()
        if not charges:
            return
        reason = self.env._("Forgiven by the agreement %s", self.display_name)
        billed = charges.filtered(lambda one: one.state == "billed")
        billed._withdraw(reason)
        billed.flush_recordset()
        again = charges.browse()
        for charge in billed:
            first = charge.origin_id or charge
            [vals] = charge.copy_data({"outdated": False, "origin_id": first.id})
            again |= charges.create(vals)
        remitted = (charges - billed) | again
        remitted._set_state("waived", reason)
        self._through_gate().remitted_ids = [
            fields.Command.link(one.id) for one in remitted
        ]

    def _claim_again(self, reason):
        """What was forgiven is owed again: not all is paid."""
        charges = self.sudo().remitted_ids  # as when it was forgiven
        charges.filtered(lambda one: one.state == "waived")._set_state(
            "assessed", reason
        )
        self._through_gate().remitted_ids = [fields.Command.clear()]

    def _break(self, today, missed):
        words = self.env._(
            "%(count)s instalments missed, %(amount)s in all",
            count=len(missed),
            amount=self._say(sum(row.amount - row.paid for row in missed)),
        )
        self._set_state("breached", words, breached_on=today, cure_until=False)
        self._raise_task(
            self.env._("Agreement broken: send the notice, the days to pay begin then"),
            today,
        )

    def _told(self):
        """{agreement id: datetime} of the first notice of each breach of these that
        has left; one that came back tells nobody. One query."""
        broken = self.filtered(lambda one: one.breached_on and not one.cure_until)
        if not broken:
            return {}
        notices = self.env["cobranza.contact"].search(
            [
                ("debtor_id", "in", broken.debtor_id.ids),
                ("text_purpose", "=", BREACH),
                ("state", "=", "sent"),
            ],
            order="sent_at",
        )
        found = {}
        for agreement in broken:
            begun = agreement.company_id._cobranza_midnight(agreement.breached_on)
            found[agreement.id] = next(
                (
                    one.sent_at
                    for one in notices
                    if one.sent_at >= begun
                    and one.debtor_id == agreement.debtor_id
                    and (one.agreement_id or agreement) == agreement
                    and "bounced" not in one.event_ids.mapped("kind")
                ),
                None,
            )
        return found

    def _cure_from_notice(self, sent_at):
        """The days in which what was missed may be paid begin when the debtor was
        told."""
        if sent_at:
            told = self.company_id._cobranza_local(sent_at).date()
            until = fields.Date.add(told, days=self.cure_days)
            self._through_gate().cure_until = until

    def _accelerate(self, today):
        """Everything is due at once, without interest that was not earned: the debts go
        on at the level on which they stood."""
        self._charge_earned(today)
        self._set_state(
            "accelerated",
            self.env._("What was missed was not paid in time"),
            ended_on=today,
            check_on=False,
        )
        self._raise_task(self.env._("Agreement over: everything is due"), today)

    def _charge_earned(self, today):
        """Charge what was earned until ``today`` and is not charged yet: the interest
        of the instalments whose day has come, and of the days of the one in course."""
        rows = self.instalment_ids.sorted("number")
        course = rows.filtered(lambda row: row.nominal_on > today)[:1]
        settled = self._settled_on(today).get(self.id)
        before = rows.filtered(lambda row: row.nominal_on <= today)
        earned = before.filtered(
            lambda row: self._bears_interest(row.nominal_on, settled)
        )
        self._charge_interest(earned, today)
        if not course.interest or not self._bears_interest(today, settled):
            return
        nothing = [Paid(Money(to_decimal(0), self.currency_id.name), None)] * len(rows)
        found = accelerate(
            self._kernel_rows(),
            nothing,
            nothing,
            self.requested_on,
            today,
            unit(self.currency_id),
        )
        whole = sum(to_decimal(row.interest) for row in before)
        self._charge_interest(course, today, found.interest.amount - whole)

    def _raise_task(self, summary, day):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            day,
            summary,
            user_id=(
                self.user_id.filtered("active") or self.debtor_id._task_owner()
            ).id,
            automated=True,
        )

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        if target in (*RUNNING, "completed", "accelerated", "superseded"):
            # late interest runs, or does not
            self.debtor_id.sudo()._redecide_later(
                self.env._("A payment agreement has begun or ended")
            )
        self._on_papers(target)
        return result

    @api.model
    def _merge_of_reminder(self, contact):
        """The merge fields of a reminder of an instalment, by what is unpaid now; none
        for a contact about something else, or where nothing is to be reminded."""
        # sudo: the letter is the debtor's own
        agreement = contact.sudo().agreement_id
        if contact.text_purpose not in (BEFORE, AFTER):
            return {}
        if agreement.state not in REMINDED:
            return {}
        today = agreement.company_id._cobranza_today()
        unpaid = agreement.instalment_ids.filtered(lambda row: row.status != "paid")
        rows = told_of(unpaid, contact.text_purpose, today)
        if not rows:
            return {}
        found = {
            "agreement_number": agreement.name,
            "agreement_amount": agreement._say(agreement.amount),
        }
        if contact.text_purpose == AFTER:
            return {
                **found,
                "agreement_missed_list": agreement._missed_list(),
                "agreement_missed_total": agreement._say(agreement._missed_total()),
            }
        return {
            **found,
            "agreement_next_on": format_date(self.env, rows.due_on),
            "agreement_next_amount": agreement._say(rows.amount - rows.paid),
        }

    # -- what it covers ----------------------------------------------------------------

    @api.model
    def _covering(self, debt_ids, day):
        """{debt id: (``Reason.AGREEMENT``, until)} of the debts whose agreement runs:
        they are left alone until its last payment, or until what was missed may be
        paid no more; so are those that bill what is forgiven then. As
        ``cobranza.block._covering``."""
        self._flush_apart()
        self.env["cobranza.charge"].flush_model(["bill_debt_id", "kind", "state"])
        kinds = self.env["cobranza.charge.kind"]
        query = SQL(
            COVERED,
            debts=list(debt_ids),
            states=list(RUNNING),
            apart=SQL(APART),
            **{part.value: kinds._where(part=part, agreed=False) for part in TREATED},
        )

        def read(rows):
            return {row[0]: (Reason.AGREEMENT, max(row[1], day)) for row in rows}

        return query, read

    @api.model
    def _interest_spans(self, debt_ids):
        """{debt id: [(first day, last day)]} on which no late interest runs because an
        agreement does: from the day after it was signed, or after its own interest
        began, to its last one. One that forgives it on completion only suspends it
        while it is kept. One query. Run as superuser."""
        self._flush_apart()
        query = SQL(SPANS, debts=list(debt_ids), states=list(KEPT), apart=SQL(APART))
        rows = self.env.execute_query(query)
        found = {}
        for debt, since, ended in rows:
            span = fields.Date.add(since, days=1), ended or FOREVER
            if span[0] <= span[1]:
                found.setdefault(debt, []).append(span)
        return found

    # -- replacing ---------------------------------------------------------------------

    def action_replace(self):
        """A draft over what is open now, which replaces this one when it is signed."""
        self.ensure_one()
        self.check_access("write")
        self._expect("active", "breached", "accelerated")
        debts = self.debt_ids | self._back_debts().sudo(self.env.su)
        debts = debts.filtered(lambda debt: not debt.settled)
        if not debts:
            raise UserError(self.env._("%s: nothing is open.", self.display_name))
        new = self._through_gate().create(
            {
                "debtor_id": self.debtor_id.id,
                "debt_ids": [fields.Command.set(debts.ids)],
                "requested_by": self.requested_by,
                "replaced_id": self.id,
            }
        )
        return new._behind_gate().get_formview_action()
