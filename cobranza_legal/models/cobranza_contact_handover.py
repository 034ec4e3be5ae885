import logging
from dataclasses import dataclass

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .cobranza_channel_base import NotDelivered, SessionUnavailable
from .commit import CONFLICTS, commit, rollback
from .contact_limits import Limiter

_logger = logging.getLogger(__name__)

RETRIES = 5
READ = (
    "account.move",
    "account.move.line",
    "cobranza.contact",
    "cobranza.contact.line",
    "cobranza.debt",
    "cobranza.debtor",
    "cobranza.dispute",
    "cobranza.hold",
    "cobranza.promise",
)
"""What the facts of a contact are read from."""


@dataclass(slots=True)
class Parcel:
    """A contact ready to leave: what is frozen, what is handed over, the files that are
    kept when it has left, and the state of the facts that it was made from."""

    id: int
    debtor_id: int
    channel: str
    values: dict
    payload: object
    files: list
    facts: "tuple | None" = None


class CobranzaContact(models.Model):
    """From a due contact to a message on the wire, or to a task."""

    _inherit = "cobranza.contact"

    def _send_batch(self, company, contacts):
        """Prepare these contacts together, then let them leave one by one."""
        debtors = contacts.debtor_id.try_lock_for_update(allow_referencing=True)
        if debtors != contacts.debtor_id:
            self._wake_again()
        contacts = contacts.filtered(
            lambda one: (
                one.debtor_id in debtors
                and one.state == "planned"
                and not one.task_raised
            )
        )
        contacts = contacts._recompute()
        contacts = contacts._keep_open()
        limiter = Limiter(company, debtors, leaving=True)
        contacts = contacts._keep_permitted(limiter)
        contacts = contacts._keep_complete()
        machines = self._machine_channels()
        tasks = contacts.filtered(lambda one: one.channel not in machines)
        contacts = tasks | (contacts - tasks)._keep_released(limiter)
        contacts = contacts._keep_within_limits(limiter)
        tasks &= contacts
        tasks._raise_tasks()
        contacts -= tasks
        parcels = contacts._pack() if contacts else {}
        commit(self.env)
        for channel, group in parcels.items():
            self._hand_over(company, channel, group, limiter)

    # -- parcels ---------------------------------------------------------------------

    def _pack(self):
        """{channel: [Parcel]} of these contacts, rendered."""
        packed = []
        reply_to = self._reply_addresses()
        for contact in self:
            try:
                values = {**contact._frozen_values(), "attempt": contact._new_attempt()}
            except UserError as error:
                contact._miss(str(error))
                continue
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
            """SELECT c.id, c.state, c.write_date, d.write_date, (
                      SELECT coalesce(sum(l.amount_residual), 0)
                        FROM account_move_line l
                        JOIN res_partner p ON p.id = l.partner_id
                       WHERE p.commercial_partner_id = d.partner_id
                         AND l.company_id = d.company_id AND l.parent_state = 'posted'
                         AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0),
                      (SELECT count(*) FROM cobranza_hold
                        WHERE debtor_id = d.id AND state = 'open'),
                      (SELECT count(*) FROM cobranza_dispute
                        WHERE debtor_id = d.id AND state = 'open'),
                      (SELECT count(*) FROM cobranza_promise
                        WHERE debtor_id = d.id AND state = 'open'),
                      (SELECT string_agg(concat_ws(' ', b.id, b.ceded_on, i.no_followup,
                                         i.date_maturity, m.payment_state), ','
                                         ORDER BY b.id)
                         FROM cobranza_contact_line k
                         JOIN cobranza_debt b ON b.id = k.debt_id
                         LEFT JOIN account_move_line i ON i.id = b.move_line_id
                         LEFT JOIN account_move m ON m.id = i.move_id
                        WHERE k.contact_id = c.id)
                 FROM cobranza_contact c
                 JOIN cobranza_debtor d ON d.id = c.debtor_id
                WHERE c.id = ANY(%s) %s""",
            self.ids,
            clause,
        )
        return {row[0]: row[1:] for row in self.env.execute_query(query)}

    # -- the moment ------------------------------------------------------------------

    def _hand_over(self, company, channel, parcels, limiter):
        """Let the parcels of one channel leave, two commits each."""
        model = self.env[f"cobranza.channel.{channel}"]
        try:
            session = model._open_session(company)
            for parcel in parcels:
                if not model._is_alive(session):
                    session = model._open_session(company)
                self.browse(parcel.id)._leave(model, session, parcel, limiter)
        except SessionUnavailable as error:
            waiting = self.browse([one.id for one in parcels])
            waiting = waiting.filtered(lambda one: one.state == "planned")
            waiting._through_gate().write({"waiting_note": str(error)})
            self._wake_again()
            return
        model._close_session(session)

    def _leave(self, model, session, parcel, limiter):
        """Hand one contact over, if all is as it was when it was prepared."""
        now = fields.Datetime.now()
        late = limiter.obstacles(parcel.debtor_id, parcel.channel, now, parcel.id)
        if late or self._facts(lock=True).get(parcel.id) != parcel.facts:
            self._wake_again(minutes=1)
            commit(self.env)
            return
        values = {"sent_at": now, "released": True, **parcel.values}
        if not self._set_state("sending", waiting=False, waiting_note=False, **values):
            return  # it is leaving already, or has left
        model._leaving(self, parcel.payload)
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
        """Write down how it ended and commit. Another transaction may have touched the
        debtor meanwhile; what has left must not stay in doubt for that. After any other
        fault it does, and never leaves again."""
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
        """It did not leave and nothing will for now: planned as before."""
        self._set_state("failed", message, sent_at=False)
        self._set_state("planned", content_hash=False, attempt=False)
        self._through_gate().write({"waiting_note": message})
        self._alert(self.env._("Contacts cannot leave"), message)
