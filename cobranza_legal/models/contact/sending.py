import logging
from contextlib import contextmanager
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel.dunning import Reason
from ..channel.channel import NotDelivered, SessionUnavailable
from ..common.judging import deferring
from ..common.owed import STILL_OPEN, open_sql
from ..common.transaction import CONCURRENCY, CONFLICTS, commit, rollback
from ..common.words import say_error
from .obstacles import SENDER, SendVerdict, blocking_reason

_logger = logging.getLogger(__name__)


BATCH = 20
"""Contacts prepared together. Their facts are read again when each is handed over."""


LOCK = 0x0C0B


RETRIES = 5


READ = (
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
    "cobranza.contact",
    "cobranza.contact.line",
    "cobranza.debt",
    "cobranza.debtor",
    "cobranza.dispute",
    "cobranza.hold",
    "cobranza.promise",
)
"""Models that the facts of a contact are read from."""


@dataclass(slots=True)
class Parcel:
    """A contact that is ready to be sent: ``values`` are frozen, ``payload`` is handed
    over, ``files`` are kept once it is sent; ``facts`` is what it was made from."""

    id: int
    debtor_id: int
    channel: str
    values: dict
    payload: object
    files: list
    facts: "tuple | None" = None


class CobranzaContact(models.Model):
    """The cron that sends contacts, each at most once: from a due contact to a message
    on the wire, or to a task."""

    _inherit = "cobranza.contact"

    @api.model
    def _cron_send(self):
        """Send what is due in every company; killed at any point, it can run again."""
        companies = self.env["res.company"]._cobranza_creditors()
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
            if alone:
                commit(self.env)  # our snapshot may be older than the last send
            yield alone
        except Exception:
            rollback(self.env)
            raise
        finally:
            if alone:
                self.env.execute_query(SQL("SELECT pg_advisory_unlock%s", key))

    def _send_company(self, company):
        """False when the cron's time is over."""
        deferring(self)._doubt_interrupted(company)
        self._post_in_chatter(company)
        self._refresh_waiting(company)
        commit(self.env)
        debtors = self.env["cobranza.debtor"]
        debtors._judge_left(company)
        seen = []
        while True:
            domain = self._domain_ready(company) & Domain("id", "not in", seen)
            batch = self.search(domain, limit=BATCH, order="planned_at, id")
            if not batch:
                return True
            seen += batch.ids
            deferring(self)._send_safely(company, deferring(batch))
            self._post_in_chatter(company)
            debtors._judge_left(company)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                return False

    # -- what may leave --------------------------------------------------------------

    def _domain_ready(self, company):
        """Domain of the contacts of a company that are released and due: they are sent,
        or become a task."""
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
            & Domain("debtor_id.judge_since", "=", False)
            & free
            & due
        )

    @api.model
    def _machine_channels(self):
        return self.env["cobranza.channel"]._where(_is_automatic=True)

    @api.model
    def _stale_bank(self, company):
        """Message when the newest bank entry of a company is older than its limit, so
        that unpaid documents may be paid; None otherwise. What is dated after today
        tells nothing of today."""
        days = company.cobranza_bank_guard_days
        if days <= 0:
            return None
        today, newest = company._cobranza_today(), self._newest_bank_day(company)
        if newest and (today - newest).days <= days:
            return None
        if not newest:
            return self.env._("There is no bank entry yet.")
        return self.env._(
            "The newest bank entry is of %(day)s, more than %(days)s days ago.",
            day=format_date(self.env, newest),
            days=days,
        )

    @api.model
    def _newest_bank_day(self, company):
        """Day of the newest bank entry of a company and its branches, until today;
        False when there is none."""
        # the engine may run for users without accounting rights
        moves = self.env["account.move"].sudo()
        domain = [
            ("company_id", "in", company._cobranza_tree()),
            ("state", "=", "posted"),
            ("journal_id.type", "in", ("bank", "cash", "credit")),
            ("date", "<=", company._cobranza_today()),
        ]
        [[newest]] = moves._read_group(domain, aggregates=["date:max"])
        return newest

    def _refresh_waiting(self, company):
        """Update the reason of planned contacts that the mode or the bank entries
        hold."""
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
        """A process died while it sent these contacts: they are in doubt, and never
        sent again unless a user says that they were not."""
        leaving = Domain([("company_id", "=", company.id), ("state", "=", "sending")])
        domain = leaving & self._domain_interrupted()
        contacts = self.search(domain)
        contacts._end_in_doubt(self.env._("Interrupted while it was leaving"))

    def _send_safely(self, company, batch):
        """Send a batch; a contact that raises an error does not keep the others from
        being sent."""
        try:
            self._send_batch(company, batch)
        except CONCURRENCY:
            rollback(self.env)
            _logger.info("Contacts %s meet another transaction: later", batch.ids)
            self._wake_again()
        except Exception as error:
            rollback(self.env)
            if len(batch) > 1:
                for contact in batch.filtered(
                    lambda contact: contact.state == "planned"
                ):
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

    def _send_batch(self, company, contacts):
        """Prepare these contacts together, then send them one by one."""
        debtors = contacts.debtor_id.try_lock_for_update(allow_referencing=True)
        if debtors != contacts.debtor_id:
            self._wake_again()
        contacts = contacts.filtered(
            lambda contact: (
                contact.debtor_id in debtors
                and contact.state == "planned"
                and not contact.task_raised
                and not contact.debtor_id.judge_since
            )
        )
        contacts = contacts._recompute()._reroute_closed()
        verdict = SendVerdict(contacts, kinds=SENDER)
        contacts = contacts._hold_by(verdict)
        machines = self._machine_channels()
        tasks = contacts.filtered(lambda contact: contact.channel not in machines)
        tasks._raise_tasks(verdict.said)
        contacts -= tasks
        parcels = contacts._pack(verdict.said) if contacts else {}
        commit(self.env)
        for channel, group in parcels.items():
            self._hand_over(company, channel, group, verdict.limiter(company))

    # -- what is not sent now --------------------------------------------------------

    def _hold_by(self, verdict):
        """Write down why contacts are not sent now and when they are looked at again;
        gives back those that nothing keeps."""
        rescheduled = self.browse()
        for contact in self - verdict.clear:
            found = verdict.found[contact.id]
            kind = found[0].kind
            if kind == "law":
                contact._hold_forbidden(found)
            elif kind in ("data", "text"):
                contact._hold_for_missing_data(found[0].message)
            elif kind == "automation":
                contact._withdraw_release("not_automatic")
            elif kind == "limits":
                contact._reschedule_over_limit(verdict.now, *verdict.slots[contact.id])
                rescheduled |= contact
        rescheduled._wake_sender()
        return self & verdict.clear

    def _hold_forbidden(self, obstacles):
        """The rules of the country forbid this contact: look again tomorrow. Of an
        opt-out the responsible is told."""
        code, note = blocking_reason(self.env, obstacles)
        self._postpone(code, note)
        if code == Reason.OPTED_OUT.value:
            summary = self.env._("The debtor does not want this")
            self._notify_missing_data(summary, note)

    def _hold_for_missing_data(self, message):
        """Something is missing for this contact: look again tomorrow, and tell the
        responsible."""
        self._postpone("missing_data", message)
        self._notify_missing_data(self.env._("Data are missing for a contact"), message)

    def _withdraw_release(self, waiting):
        """These planned contacts need a (new) release, for the reason ``waiting``."""
        values = {"released": False, "released_by_id": False, "released_on": False}
        self._through_gate().write({**values, "waiting": waiting})

    def _reschedule_over_limit(self, now, slot, waiting, note):
        """Plan this contact for its next permitted moment, tomorrow if there is none
        (``slot`` None)."""
        self._through_gate().write(
            {
                "planned_at": slot or fields.Datetime.add(now, days=1),
                "waiting": waiting,
                "waiting_note": note,
            }
        )

    def _postpone(self, waiting, note):
        """Look again tomorrow."""
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        values = {"waiting": waiting, "waiting_note": note, "planned_at": tomorrow}
        self._through_gate().write(values)

    # -- parcels ---------------------------------------------------------------------

    def _pack(self, said):
        """{channel: [Parcel]} of these contacts, with what is ``said`` ({contact id:
        values that are frozen})."""
        packed = []
        reply_to = self._reply_addresses()
        for contact in self:
            values = {**said[contact.id], "attempt": contact._new_attempt()}
            files = contact._prepare_files()
            reply = reply_to[contact.debtor_id.id]
            extra = {**values, "reply_to": reply, "files": files}
            payload = contact._channel_model()._payload(contact, extra)
            key = (contact.id, contact.debtor_id.id, contact.channel)
            packed.append(Parcel(*key, values, payload, files))
        facts = self._facts()
        parcels = {}
        for parcel in packed:
            parcel.facts = facts[parcel.id]
            parcels.setdefault(parcel.channel, []).append(parcel)
        return parcels

    def _reply_addresses(self):
        """{debtor id: address to which the debtor answers}."""
        defaults = {
            debtor.id: self.env["cobranza.channel.email"]._sender(debtor.company_id)
            for debtor in self.debtor_id
        }
        return self.debtor_id._notify_get_reply_to_batch(defaults=defaults)

    def _facts(self, lock=False):
        """{contact id: state of everything that a claim depends on}, in one query.

        With ``lock`` the contacts and their debtors are locked, and those that another
        transaction holds are missing.
        """
        for model in READ:
            self.env[model].flush_model()
        clause = SQL("FOR NO KEY UPDATE OF c, d SKIP LOCKED") if lock else SQL()
        query = SQL(
            """SELECT c.id, c.state, c.write_date, d.write_date, d.judge_since, (
                      SELECT coalesce(sum(%(open)s), 0)
                        FROM account_move_line l
                        JOIN res_partner p ON p.id = l.partner_id
                        JOIN res_company b ON b.id = l.company_id
                       WHERE p.commercial_partner_id = d.partner_id
                         AND split_part(b.parent_path, '/', 1)::int = d.company_id
                         AND l.parent_state = 'posted'
                         AND %(still_open)s),
                      (SELECT count(*) FROM cobranza_hold
                        WHERE debtor_id = d.id AND state = 'open'),
                      (SELECT count(*) FROM cobranza_dispute
                        WHERE debtor_id = d.id AND state = 'open'),
                      (SELECT count(*) FROM cobranza_promise
                        WHERE debtor_id = d.id AND state = 'open'),
                      (SELECT string_agg(concat_ws(' ', b.id, b.ceded_on,
                                         b.ceded_back_on, b.protested_on, i.no_followup,
                                         i.date_maturity, m.payment_state), ','
                                         ORDER BY b.id)
                         FROM cobranza_contact_line k
                         JOIN cobranza_debt b ON b.id = k.debt_id
                         LEFT JOIN account_move_line i ON i.id = b.move_line_id
                         LEFT JOIN account_move m ON m.id = i.move_id
                        WHERE k.contact_id = c.id)
                 FROM cobranza_contact c
                 JOIN cobranza_debtor d ON d.id = c.debtor_id
                WHERE c.id = ANY(%(contacts)s) %(locked)s""",
            open=open_sql(),
            still_open=STILL_OPEN,
            contacts=self.ids,
            locked=clause,
        )
        return {row[0]: row[1:] for row in self.env.execute_query(query)}

    # -- the moment ------------------------------------------------------------------

    def _hand_over(self, company, channel, parcels, limiter):
        """Send the parcels of one channel, with two commits each."""
        model = self.env[f"cobranza.channel.{channel}"]
        try:
            session = model._open_session(company)
            for parcel in parcels:
                if not model._is_alive(session):
                    session = model._open_session(company)
                self.browse(parcel.id)._send_parcel(model, session, parcel, limiter)
        except SessionUnavailable as error:
            waiting = self.browse([one.id for one in parcels])
            waiting = waiting.filtered(lambda contact: contact.state == "planned")
            waiting._through_gate().write({"waiting_note": str(error)})
            self._wake_again()
            return
        model._close_session(session)

    def _send_parcel(self, model, session, parcel, limiter):
        """Hand one contact over, unless its facts or limits changed since it was
        prepared: then it is prepared again."""
        now = fields.Datetime.now()
        late = limiter.obstacles(parcel.debtor_id, parcel.channel, now, parcel.id)
        if late or self._facts(lock=True).get(parcel.id) != parcel.facts:
            self._wake_again(minutes=1)
            commit(self.env)
            return
        values = {"sent_at": now, "released": True, **parcel.values}
        if not self._set_state("sending", waiting=False, waiting_note=False, **values):
            return  # it is leaving already, or has left
        model._before_delivery(self, parcel.payload)
        if parcel.files:
            file = self.env["ir.attachment"].create(parcel.files)[0]
            self._through_gate().write({"attachment_id": file.id})
        commit(self.env)
        try:
            source = model._deliver(parcel.payload, session)
        except NotDelivered as error:
            self._conclude("_end_failed", str(error))
        except SessionUnavailable as error:
            self._conclude("_end_unavailable", str(error))
            raise
        except Exception as error:
            _logger.exception("Contact %s may have left or not", self.id)
            self._conclude("_end_in_doubt", str(error))
        else:
            self._conclude("_end_sent", source)

    def _conclude(self, ending, message):
        """Write the result by the method ``ending`` and commit, trying again where
        another transaction changed the debtor meanwhile. After any other fault the
        contact is in doubt and never sent again."""
        for attempt in range(RETRIES):
            try:
                getattr(self, ending)(message)
                commit(self.env)
                return
            except CONFLICTS:
                rollback(self.env)
                _logger.info("Contact %s: conflict %s while ending", self.id, attempt)
            except Exception:
                rollback(self.env)
                _logger.exception("Contact %s: %s cannot be written", self.id, ending)
                break
        self._wake_again()

    def _end_sent(self, source):
        self._set_state("sent")
        self._add_events("accepted", source)

    def _end_unavailable(self, message):
        """The channel sends nothing now: the contact is planned as before."""
        self._set_state("failed", message, sent_at=False)
        self._set_state("planned", content_hash=False, attempt=False)
        self._through_gate().write({"waiting_note": message})
        self._alert(self.env._("Contacts cannot leave"), message)
