"""The private feed of deadlines and hearings for a person's own calendar."""

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..company.company import OWN, WIDE
from ..portal.token import TOKEN, new_token

try:
    import vobject
except ImportError:  # pragma: no cover
    vobject = None


PAST = timedelta(days=30)
"""How long a hearing that was stays in the feed."""


class ResUsers(models.Model):
    """Whoever has a role of ours may let a calendar read its own agenda by a link."""

    _inherit = "res.users"

    cobranza_agenda_hash = fields.Char(
        "Link of the agenda",
        copy=False,
        groups=fields.NO_ACCESS,
        help="SHA-256 of its token.",
    )
    cobranza_agenda_on = fields.Datetime(
        "Link of the agenda since", copy=False, groups=fields.NO_ACCESS
    )

    _cobranza_agenda_idx = models.UniqueIndex(
        "(cobranza_agenda_hash) WHERE cobranza_agenda_hash IS NOT NULL",
        "That link is taken.",
    )

    def _cobranza_agenda_open(self):
        """A new link for this user, the only time at which it is known; the one before
        ends. AccessError for another user's."""
        self._cobranza_agenda_own()
        if not any(self.has_group(one) for one in (OWN, *WIDE)):
            raise AccessError(self.env._("The agenda is for people with a role here."))
        self.env["cobranza.deadline"]._agenda_library()
        token = new_token()
        # sudo: nobody reads or writes these fields but by these buttons
        self.sudo().write(
            {
                "cobranza_agenda_hash": self._cobranza_agenda_digest(token),
                "cobranza_agenda_on": fields.Datetime.now(),
            }
        )
        return f"{self.get_base_url()}/cobranza/agenda/{token}.ics"

    def _cobranza_agenda_close(self):
        """The link of this user ends."""
        self._cobranza_agenda_own()
        values = {"cobranza_agenda_hash": False, "cobranza_agenda_on": False}
        self.sudo().write(values)  # sudo: as above

    def _cobranza_agenda_own(self):
        self.ensure_one()
        if self != self.env.user:
            raise AccessError(self.env._("Everybody has a link of one's own only."))

    @api.model
    def _cobranza_agenda_digest(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _cobranza_agenda_of(self, token):
        """The user of a token, who may still log in; none for a wrong one."""
        users = self.sudo()  # sudo: whoever has the token is that user
        if not TOKEN.fullmatch(token or ""):
            return users.browse()
        digest = self._cobranza_agenda_digest(token)
        return users.search([("cobranza_agenda_hash", "=", digest)], limit=1)


class CobranzaDeadline(models.Model):
    """Deadlines as entries of a calendar."""

    _inherit = "cobranza.deadline"

    @api.model
    def _agenda_library(self):
        """The library that writes calendars. UserError where it lacks."""
        if vobject is None:
            raise UserError(
                self.env._(
                    "The feed needs the Python library “vobject” on the server: "
                    "pip install vobject."
                )
            )
        return vobject

    @api.model
    def _agenda_own(self):
        """(deadlines that run, hearings) of the user's own cases, as it may see them
        today: those it is responsible for, and those of cases that it works on."""
        user = self.env.user
        mine = Domain("user_id", "=", user.id) | Domain(
            "case_id.assigned_user_ids", "in", user.ids
        )
        hearings = self.env["cobranza.hearing"]
        begin = fields.Datetime.now() - PAST
        return (
            self.search(mine & Domain("state", "=", "open"))
            if self.has_access("read")
            else self.browse(),
            hearings.search(
                (mine | Domain("attendee_ids", "in", user.ids))
                & Domain("state", "in", ("planned", "held"))
                & Domain("starts_at", ">=", begin)
            )
            if hearings.has_access("read")
            else hearings,
        )

    @api.model
    def _agenda(self):
        """The user's agenda as iCalendar, in bytes. Days are those of courts, moments
        in UTC: the calendar shows them in its own zone."""
        library = self._agenda_library()
        calendar = library.iCalendar()
        host = urlsplit(self.get_base_url()).netloc
        deadlines, hearings = self._agenda_own()
        for one in deadlines.filtered("due_on"):
            event = calendar.add("vevent")
            event.add("uid").value = f"cobranza-deadline-{one.id}@{host}"
            event.add("summary").value = one._agenda_title()
            begin = one._agenda_day()
            for name, day in (
                ("dtstart", begin),
                ("dtend", begin + timedelta(days=1)),
            ):
                line = event.add(name)
                line.value, line.isNative = f"{day:%Y%m%d}", False
                line.value_param = "DATE"
            event.add("dtstamp").value = self._agenda_moment(one.write_date)
            event.add("class").value = "PRIVATE"
            event.add("description").value = one._agenda_words()
        for one in hearings:
            event = calendar.add("vevent")
            event.add("uid").value = f"cobranza-hearing-{one.id}@{host}"
            event.add("summary").value = one._agenda_title()
            event.add("dtstart").value = self._agenda_moment(one.starts_at)
            event.add("dtend").value = self._agenda_moment(one.stops_at)
            event.add("dtstamp").value = self._agenda_moment(one.write_date)
            event.add("class").value = "PRIVATE"
            event.add("location").value = one._agenda_place()
        return calendar.serialize().encode()

    @api.model
    def _agenda_moment(self, moment):
        return moment.replace(
            microsecond=0, tzinfo=self._agenda_library().icalendar.utc
        )

    def _agenda_title(self):
        """What it is and of which case, without the name of who owes."""
        self.ensure_one()
        parts = (self.name, self.docket or self.case_id.name)
        return " · ".join(part for part in parts if part)

    def _agenda_day(self):
        """The day of its entry: the last one, or the first after a term that must
        elapse. False where none is counted."""
        self.ensure_one()
        return self.after_on if self.elapses else self.due_on

    def _agenda_words(self):
        self.ensure_one()
        parts = (self.article, self.calendar_words, self.court_id.display_name)
        return "\n".join(part for part in parts if part)


class CobranzaHearing(models.Model):
    """Hearings as entries of a calendar."""

    _inherit = "cobranza.hearing"

    def _agenda_title(self):
        """What it is and of which case, without the name of who owes."""
        self.ensure_one()
        kind = self.env["cobranza.hearing.kind"]._label(self.kind)
        parts = (kind, self.docket or self.case_id.name)
        return " · ".join(part for part in parts if part)

    def _agenda_place(self):
        self.ensure_one()
        parts = (self.court_id.display_name, self.room, self.link)
        return ", ".join(part for part in parts if part)
