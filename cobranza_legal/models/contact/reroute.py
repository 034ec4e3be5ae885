from odoo import fields, models
from odoo.tools import SQL, format_date

from ..common.limits import Limiter
from ..common.rows import Row

QUIET_DAYS = 7
"""Days after which data that are still missing are an activity again."""


class CobranzaContact(models.Model):
    """Channels that are closed and data that are missing: a contact that cannot be sent
    by its channel is sent by the fallback channel of its level, else a user is told."""

    _inherit = "cobranza.contact"

    rerouted_from = Row(
        "cobranza.channel",
        string="First planned by",
        readonly=True,
        copy=False,
    )
    reroute_note = fields.Char(string="Changed because", readonly=True, copy=False)
    checked_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When a person last asked to try again, knowing what had failed before.",
    )
    missing_data_note = fields.Char(
        string="Missing data",
        readonly=True,
        copy=False,
        help="What a person was last told is missing.",
    )
    missing_data_notified_on = fields.Date(
        string="Missing data reported on", readonly=True, copy=False
    )

    # -- why a channel is closed -----------------------------------------------------

    def _unreachable(self, at=None):
        """{contact id: message} of those whose recipient cannot be reached by their
        channel: no address, an archived person, an address that failed, an opt-out."""
        at = at or fields.Datetime.now()
        found = {}
        for contact in self:
            model, recipient = contact._channel_model(), contact._current_recipient()
            if model._class_kind != "task" and not model._address(recipient):
                # alone: names of partners are computed for all that were read together
                alone = recipient.with_prefetch()
                found[contact.id] = model._missing_address(alone)
        found |= self._lost_recipients()
        for company, contacts in self.grouped("company_id").items():
            found = company._cobranza_rules()._opted_out(contacts, at) | found
        return found

    def _lost_recipients(self):
        """{contact id: message} of those without a reachable recipient: none, archived,
        or an address that failed."""
        recipients = {one: one._current_recipient() for one in self}
        found = self._dead_addresses(recipients)
        for contact, recipient in recipients.items():
            if contact._channel_model()._class_kind == "task":
                found.pop(contact.id, None)
            elif not recipient:
                found[contact.id] = self.env._(
                    "%s has no guarantor to write to about this: say who "
                    "answers on the debtor.",
                    contact.debtor_id.display_name,
                )
            elif not recipient.active:
                found[contact.id] = self.env._(
                    "%s is archived: choose somebody else.", recipient.display_name
                )
        return found

    def _dead_addresses(self, recipients):
        """{contact id: message} of those whose addresses failed last time, all of
        them, by {contact: whom it goes to}. One query."""
        addresses = {}
        for contact, recipient in recipients.items():
            own = contact._channel_model()._addresses(recipient)
            if own:
                addresses[contact.id] = own
        failed = self._read_failures(addresses) if addresses else {}
        found = {}
        for contact in self.browse(addresses):
            moments = [
                failed.get((contact.debtor_id.id, one)) for one in addresses[contact.id]
            ]
            if all(moment and contact._is_unchecked(moment) for moment in moments):
                found[contact.id] = self.env._(
                    "%(address)s failed on %(day)s: correct it, choose another "
                    "recipient, or try again if you know that it is right.",
                    address=", ".join(addresses[contact.id]),
                    day=format_date(self.env, contact._local_day(max(moments))),
                )
        return found

    def _is_unchecked(self, moment):
        """Whether nobody has said since a failure that the address is right."""
        return not (self.checked_at and self.checked_at > moment)

    def _open_addresses(self, recipient, at=None):
        """The addresses of ``recipient`` that this contact may go to: without those
        that were opted out or are on Odoo's list. A person who writes the same address
        only asks nothing of the database."""
        model = self._channel_model()
        addresses = model._preferred(self, model._addresses(recipient))
        if len(addresses) < 2:
            return addresses
        rules = self.company_id._cobranza_rules()
        _found, closed = rules._closing(self, recipient, at)
        closed |= model._barred(addresses)
        return [one for one in addresses if one not in closed]

    def _open_address(self, recipient):
        """Where this contact goes: the first open address that has not failed."""
        addresses = self._open_addresses(recipient)
        if len(addresses) < 2:
            return addresses[0] if addresses else False
        failed = self._read_failures({self.id: addresses})
        dead = {
            address
            for (debtor, address), moment in failed.items()
            if debtor == self.debtor_id.id and self._is_unchecked(moment)
        }
        return next((one for one in addresses if one not in dead), addresses[0])

    def _read_failures(self, addresses):
        """{(debtor id, address): moment of its failure} that nothing came after."""
        self.flush_model(["address", "debtor_id", "direction"])
        self.env["cobranza.contact.event"].flush_model()
        kinds = self.env["cobranza.event.kind"]
        rows = self.env.execute_query(
            SQL(
                """SELECT c.debtor_id, c.address,
                          max(e.moment) FILTER (WHERE e.kind = ANY(%(dead)s)),
                          max(e.moment) FILTER (WHERE e.kind = ANY(%(alive)s))
                     FROM cobranza_contact c
                     JOIN cobranza_contact_event e ON e.contact_id = c.id
                    WHERE c.debtor_id = ANY(%(debtors)s) AND c.direction = 'outbound'
                      AND c.address = ANY(%(addresses)s)
                    GROUP BY c.debtor_id, c.address""",
                dead=kinds._where(address="dead"),
                alive=kinds._where(address="alive"),
                debtors=self.debtor_id.ids,
                addresses=list({one for own in addresses.values() for one in own}),
            )
        )
        return {
            (debtor, address): dead
            for debtor, address, dead, alive in rows
            if dead and not (alive and alive > dead)
        }

    # -- the other way ---------------------------------------------------------------

    def _reroute(self):
        """Move planned contacts whose channel is closed to the fallback channel of
        their level; gives back those that were moved."""
        able = self.filtered(lambda contact: contact._may_reroute())
        reasons = able._unreachable() if able else {}
        changed = self.browse(reasons)
        for company, contacts in changed.grouped("company_id").items():
            limiter = Limiter(company, contacts.debtor_id)
            for contact in contacts:
                contact._take_fallback(limiter, reasons[contact.id])
        changed._wake_sender()
        return changed

    def _reroute_closed(self):
        """Reroute what cannot be sent by its channel; gives back what is due now."""
        changed, now = self._reroute(), fields.Datetime.now()
        return (self - changed) | changed.filtered(
            lambda contact: (
                contact.released and contact.planned_at and contact.planned_at <= now
            )
        )

    def _may_reroute(self):
        """Whether there is a fallback channel; only once, and not of what was printed
        or is a task."""
        other = self.level_id.fallback_channel
        began = self.content_hash or self.task_raised or self.rerouted_from
        return other and other != self.channel and not began

    def _take_fallback(self, limiter, message):
        level, before = self.level_id, self.channel
        spec = {
            "debtor_id": self.debtor_id.id,
            "channel": level.fallback_channel,
            "automatic": level.automatic,
        }
        automatic = self._is_free(limiter, spec)
        mode = limiter.company.cobranza_mode
        released = bool(self.released_by_id) or (mode == "automatic" and automatic)
        model = self.env[f"cobranza.channel.{spec['channel']}"]
        values = {
            "channel": spec["channel"],
            "text_purpose": self.text_purpose or model._default_purpose,
            "automatic": automatic,
            "released": released,
            "rerouted_from": before,
            "reroute_note": message,
        }
        if not released:
            proposal = mode == "proposal"
            values["waiting"] = "proposal" if proposal else "not_automatic"
        self._through_gate().write(values)
        address = self._open_address(self._current_recipient())
        self._through_gate().address = address
        self._take_slot(limiter)

    # -- what is missing -------------------------------------------------------------

    def _missing(self):
        """{contact id: message} of the data that these contacts need and lack."""
        missing = {}
        for channel, contacts in self.grouped("channel").items():
            missing |= self.env[f"cobranza.channel.{channel}"]._check_data(contacts)
        missing |= self._lost_recipients() | self._lacking_law()
        return missing | self._switched_off()

    def _switched_off(self):
        """{contact id: message} of those that are about what the settings have switched
        off: they leave when it is on again."""
        off = self.env["cobranza.block"]._off_codes("cobranza.text.purpose")
        return {
            contact.id: self.env._(
                "“%s” is switched off in the settings.", off[contact.text_purpose]
            )
            for contact in self
            if contact.text_purpose in off
        }

    def _lacking_law(self):
        """{contact id: message} of those whose charges wait for a legal value: what
        they announce cannot be computed yet."""
        lacking = self.env["cobranza.contact.line"].search(
            [("contact_id", "in", self.ids), ("debt_id.charge_lacking", "=", True)]
        )
        return {line.contact_id.id: line.debt_id.charge_note for line in lacking}

    def _notify_missing_data(self, summary, message):
        """An activity for the responsible; not again for the same message within
        QUIET_DAYS, nor while the activity is open."""
        today = self.company_id._cobranza_today()
        known = self.missing_data_note == message and self.missing_data_notified_on
        if known and (today - known).days < QUIET_DAYS:
            return
        self._through_gate().write(
            {"missing_data_note": message, "missing_data_notified_on": today}
        )
        way_out = self.env._(
            "Complete what is missing, choose another recipient, or cancel the contact."
        )
        self._alert(summary, f"{message} {way_out}")
