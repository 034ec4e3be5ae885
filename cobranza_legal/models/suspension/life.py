import logging

from odoo import api, fields, models
from odoo.tools.mail import plaintext2html

from ..common.reason import BARRED
from ..common.transaction import CONCURRENCY, apart
from .suspension import LIVE

_logger = logging.getLogger(__name__)


UNDECIDED = ("waiting", "nothing", "no_evidence")
"""What is said of a notice that may still prove to be received."""


class CobranzaSuspension(models.Model):
    """What days and money make of a suspension."""

    _inherit = "cobranza.suspension"

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Those that are not over and whose day to be looked at has come."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", LIVE),
                ("check_on", "<=", today),
            ],
            limit=limit,
            order="check_on, id",
        )

    def _upkeep(self, today):
        for company, mine in self.grouped("company_id").items():
            mine._judge(company, today)
        tomorrow = fields.Date.add(today, days=1)
        self._through_gate().check_on = tomorrow

    @api.model
    def _judged_by(self, debts):
        """Domain of the suspensions about these debts that are not over."""
        return [("debt_ids", "in", debts.ids), ("state", "in", LIVE)]

    def _judge_again(self):
        """What settles the debts of these has changed: where all of a suspension are
        paid it ends at once. A fault of ours keeps nobody from booking: the upkeep
        looks again."""
        for company, mine in self.grouped("company_id").items():
            over = mine.filtered(lambda one: one._is_paid())
            if over:
                today = company._cobranza_today()
                over = company._cobranza_engine(over)
                over._safely(lambda over=over, today=today: over._end_paid(today))

    def _safely(self, act):
        """Do something to these. A fault of ours keeps nobody from booking, nor debts
        from being decided: it is undone and logged, and the upkeep looks again."""
        try:
            with apart(self.env):
                act()
        except CONCURRENCY:
            raise
        except Exception:
            _logger.exception("Suspensions %s cannot be judged", self.ids)

    @api.model
    def _judge_debtors(self, company, debtors):
        """What decides about these debtors of a company has changed, and their debts
        were decided again."""
        found = self.search(
            [("debtor_id", "in", debtors.ids), ("state", "in", LIVE)], order="id"
        )
        if found:
            today = company._cobranza_today()
            found._safely(lambda: found._judge(company, today))

    # -- judging -----------------------------------------------------------------------

    def _judge(self, company, today):
        """Say where these suspensions of a company stand on ``today``. The number of
        queries does not grow with them."""
        over = self.filtered(lambda one: one._is_over())
        over._end_paid(today)
        rest = self - over
        if not rest:
            return
        blockers = rest._blockers(company, today)
        rest._end_forbidden(blockers, today)
        clear = rest.filtered(lambda one: not blockers[one.id])
        clear.filtered(lambda one: one.state == "noticed")._take_effect(company, today)

    def _is_paid(self):
        """Whether nothing is open of its debts."""
        return all(debt.settled or debt.void_reason for debt in self.debt_ids)

    def _is_over(self):
        """Whether nothing of its debts is owed to us: paid, covered by credits, ceded,
        too little to ask for, or time-barred. As they were decided last."""
        reasons = self.env["cobranza.decision.reason"]
        return all(
            debt.settled
            or debt.void_reason
            or debt.reason == BARRED.value
            or (reasons._is(debt.reason, "ends_interest") and not debt.charge_stale)
            for debt in self.debt_ids
        )

    def _end_paid(self, today):
        """End these: nothing is left to pay."""
        words = self.env._("Nothing is left to pay")
        self._finish(words, today)

    def _finish(self, words, today):
        in_force = self.filtered(lambda one: one.state == "in_force")
        in_force._set_state("lifted", words, ended_on=today)
        (self - in_force)._set_state("dropped", words, ended_on=today)

    def _end_forbidden(self, blockers, today):
        """What something forbids now is given back; a notice that was given for it
        counts no more: after that the debtor is told anew."""
        groups = {}
        for one in self:
            grave = [item.label for item in blockers[one.id] if not item.waits]
            if grave and one.state in ("in_force", "noticed"):
                key = (one.state, ", ".join(dict.fromkeys(grave)))
                groups.setdefault(key, self.browse())
                groups[key] |= one
        for (state, words), found in groups.items():
            if state == "in_force":
                found._set_state("lifted", words, ended_on=today)
            else:
                found._take_back(words)

    def _take_back(self, words):
        """They are only proposed again."""
        self._set_state("proposed", words, notice_contact_id=False, noticed_on=False)

    def _take_effect(self, company, today):
        """Of these, whose notice was given and which nothing forbids: what was received
        and whose term has passed is in force. A notice that did not arrive is no
        notice."""
        if not self:
            return
        found = company._cobranza_rules()._reception(self.notice_contact_id)
        bank = self._bank_day(company)
        lost = ready = self.browse()
        for one in self:
            reception = found[one.notice_contact_id.id]
            if reception.day:
                until = fields.Date.add(reception.day, days=one.term_days)
                if until < today and not (bank and bank <= until):
                    ready |= one
            elif reception.code not in UNDECIDED:
                lost |= one
        if lost:
            lost._take_back(self.env._("Its notice did not arrive"))
            lost._raise_tasks(
                self.env._("The notice of a suspension did not arrive: give it anew"),
                today,
            )
        words = self.env._("The term of the notice has passed")
        ready._set_state("in_force", words, in_force_on=today)

    @api.model
    def _bank_day(self, company):
        """Day of the newest entry of the bank: of a term that ends on it or later the
        bank may still tell of a payment. None where the company does not wait for its
        bank, or keeps none here."""
        if company.cobranza_bank_guard_days <= 0:
            return None
        return self.env["cobranza.contact"]._newest_bank_day(company) or None

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        if target == "in_force":
            self._tell(self.env._("Suspend these services"))
        elif target == "lifted":
            self._tell(self.env._("Give these services back"))
        if target in ("lifted", "dropped", "proposed"):
            self._call_back(reason)
            self.env["cobranza.approval"]._cancel(self, reason)
        return result

    def _tell(self, summary):
        for company, mine in self.grouped("company_id").items():
            mine._raise_tasks(summary, company._cobranza_today())

    def _raise_tasks(self, summary, day):
        """A task about each of these for whoever answers for its debtor."""
        tasks, notes = {}, {}
        for one in self:
            key = (one.debtor_id.id, f"suspension {one.id}", summary)
            tasks[key] = one.debt_ids.ids
            notes[key] = plaintext2html(one.services or one.display_name)
        # sudo: who books a payment need not see debtors
        self.env["cobranza.debtor"].sudo()._raise_tasks(tasks, day, notes)
