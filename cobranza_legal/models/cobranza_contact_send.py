import logging
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .commit import CONCURRENCY, commit, rollback
from .kernel_words import say_error

_logger = logging.getLogger(__name__)

BATCH = 20
"""Contacts prepared together. Their facts are at most as old as it takes to hand these
over, and what changes meanwhile is noticed."""
LOCK = 0x0C0B


class CobranzaContact(models.Model):
    """The cron that lets contacts leave, each at most once."""

    _inherit = "cobranza.contact"

    @api.model
    def _cron_send(self):
        """Send what is due in every company; killed at any point, it can run again."""
        companies = self.env["res.company"].search([("cobranza_mode", "!=", False)])
        ready = {one: self.with_company(one)._domain_ready(one) for one in companies}
        todo = sum(self.search_count(domain) for domain in ready.values())
        self.env["ir.cron"]._commit_progress(remaining=todo)
        for company in companies:
            engine = company._cobranza_engine(self)
            with engine._only_sender(company) as alone:
                if alone and not engine._send_company(company):
                    return

    @contextmanager
    def _only_sender(self, company):
        """Whether we are the only sender of this company, until the block ends.

        The lock lives on the connection, across commits, and dies with it: whoever
        holds it knows that a contact in ``sending`` was interrupted.
        """
        key = SQL("(%s, %s)", LOCK, company.id)
        [[alone]] = self.env.execute_query(SQL("SELECT pg_try_advisory_lock%s", key))
        try:
            yield alone
        except Exception:
            rollback(self.env)
            raise
        finally:
            if alone:
                self.env.execute_query(SQL("SELECT pg_advisory_unlock%s", key))

    def _send_company(self, company):
        """False when the cron's time is over."""
        self._doubt_interrupted(company)
        self._post_in_chatter(company)
        self._refresh_waiting(company)
        commit(self.env)
        seen = []
        while True:
            domain = self._domain_ready(company) & Domain("id", "not in", seen)
            batch = self.search(domain, limit=BATCH, order="planned_at, id")
            if not batch:
                return True
            seen += batch.ids
            self._send_safely(company, batch)
            self._post_in_chatter(company)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                return False

    # -- what may leave --------------------------------------------------------------

    def _domain_ready(self, company):
        """Contacts that are due and may leave, or become a task, without a person."""
        if company.cobranza_mode == "proposal":
            return Domain.FALSE
        free = Domain("released", "=", True)
        if company.cobranza_mode == "automatic" and self._stale_bank(company):
            machines = self._machine_channels()
            free &= Domain("released_by_id", "!=", False) | Domain(
                "channel", "not in", machines
            )
        now = fields.Datetime.now()
        due = Domain("planned_at", "=", False) | Domain("planned_at", "<=", now)
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "planned")
            & Domain("task_raised", "=", False)
            & free
            & due
        )

    @api.model
    def _machine_channels(self):
        codes = [code for code, _label in self._selection_channel()]
        return [
            code for code in codes if self.env[f"cobranza.channel.{code}"]._is_automatic
        ]

    @api.model
    def _stale_bank(self, company):
        """Message when the newest bank entry is too old to trust what looks unpaid."""
        days = company.cobranza_bank_guard_days
        if days <= 0:
            return None
        # the engine may run for users without accounting rights
        moves = self.env["account.move"].sudo()
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "posted"),
            ("journal_id.type", "in", ("bank", "cash", "credit")),
        ]
        [[newest]] = moves._read_group(domain, aggregates=["date:max"])
        today = company._cobranza_today()
        if newest and (today - newest).days <= days:
            return None
        if not newest:
            return self.env._("There is no bank entry yet.")
        return self.env._(
            "The newest bank entry is of %(day)s, more than %(days)s days ago.",
            day=format_date(self.env, newest),
            days=days,
        )

    def _refresh_waiting(self, company):
        """Say why each planned contact stays, where that changed with the mode or the
        bank."""
        planned = Domain("company_id", "=", company.id) & Domain(
            "state", "=", "planned"
        )
        mode = company.cobranza_mode
        if mode == "proposal":
            self._mark_waiting(planned, "proposal")
            return
        free = Domain("released", "=", True)
        self._mark_waiting(planned & ~free, "not_automatic")
        stale = mode == "automatic" and self._stale_bank(company)
        now = fields.Datetime.now()
        held = (
            planned
            & free
            & Domain("released_by_id", "=", False)
            & Domain("channel", "in", self._machine_channels())
            & Domain("planned_at", "<=", now)
        )
        if stale:
            self._mark_waiting(held, "stale_bank", stale)
            held_ids = self.search(held).ids
            free &= Domain("id", "not in", held_ids)
        outdated = ("proposal", "not_automatic", "stale_bank")
        self._mark_waiting(planned & free & Domain("waiting", "in", outdated), False)

    def _mark_waiting(self, domain, waiting, note=False):
        contacts = self.search(domain & Domain("waiting", "!=", waiting))
        if contacts:
            values = {"waiting": waiting}
            if note or not waiting:
                values["waiting_note"] = note
            contacts._through_gate().write(values)

    # -- faults ----------------------------------------------------------------------

    def _doubt_interrupted(self, company):
        """What a dead process left in ``sending`` may have left or not: never again by
        itself, a person looks."""
        leaving = Domain([("company_id", "=", company.id), ("state", "=", "sending")])
        domain = leaving & self._domain_interrupted()
        contacts = self.search(domain)
        contacts._end_in_doubt(self.env._("Interrupted while it was leaving"))

    def _send_safely(self, company, batch):
        """A contact that breaks does not keep the others from leaving."""
        try:
            self._send_batch(company, batch)
        except CONCURRENCY:
            rollback(self.env)
            _logger.info("Contacts %s meet another transaction: later", batch.ids)
            self._wake_again()
        except Exception as error:
            rollback(self.env)
            if len(batch) > 1:
                for contact in batch.filtered(lambda one: one.state == "planned"):
                    self._send_safely(company, contact)
                return
            _logger.exception("Contact %s cannot be prepared", batch.id)
            if batch.state != "planned":
                return  # it leaves or has left
            note = say_error(self.env, error)
            batch._postpone("blocked", note)
            batch._alert(self.env._("This contact could not be prepared"), note)

    def _wake_again(self, minutes=15):
        cron = self.env.ref("cobranza_legal.ir_cron_send").sudo()
        cron._trigger(fields.Datetime.add(fields.Datetime.now(), minutes=minutes))
