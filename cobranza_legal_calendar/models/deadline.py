from datetime import datetime, time

from odoo import fields, models

MORNING, EVENING = time(8), time(18)
"""Between which Odoo keeps what lasts all day."""


class CobranzaDeadline(models.Model):
    """Deadlines that run, all day."""

    _name = "cobranza.deadline"
    _inherit = ["cobranza.calendar.mixin", "cobranza.deadline"]

    def _calendar_vals(self):
        if self.state != "open" or not self.due_on:
            return None
        day = self._agenda_day()
        owner = self._owner()
        return {
            "name": self._agenda_title(),
            "allday": True,
            "start_date": day,
            "stop_date": day,
            "start": datetime.combine(day, MORNING),
            "stop": datetime.combine(day, EVENING),
            "user_id": owner.id,
            "partner_ids": [fields.Command.set(owner.partner_id.ids)],
            "show_as": "free",
        }


class CobranzaHearing(models.Model):
    """Hearings that are planned."""

    _name = "cobranza.hearing"
    _inherit = ["cobranza.calendar.mixin", "cobranza.hearing"]

    def _calendar_vals(self):
        users = self.case_id._sees(self.attendee_ids | self.user_id)
        if self.state != "planned" or not users:
            return None
        owner = self.user_id if self.user_id in users else users[0]
        return {
            "name": self._agenda_title(),
            "start": self.starts_at,
            "stop": self.stops_at,
            "location": self._agenda_place(),
            "user_id": owner.id,
            "partner_ids": [fields.Command.set(sorted(users.partner_id.ids))],
            "show_as": "busy",
        }
