from odoo import fields, models

SILENT = {
    "no_mail_to_attendees": True,
    "dont_notify": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_activity_quick_update": True,
}
"""Entries are kept by the day, not sent as invitations."""


class CobranzaCalendarMixin(models.AbstractModel):
    """A record that has an entry in the calendar of whoever is told of it, private and
    without a word to anybody; in step with it, and gone when it is over."""

    _name = "cobranza.calendar.mixin"
    _description = "Has an entry in the calendar"

    calendar_event_id = fields.Many2one(
        "calendar.event",
        string="Entry in the calendar",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    def _calendar_vals(self):
        """The values of the entry; None: it has none now."""
        raise NotImplementedError

    def _keep_activities(self):
        result = super()._keep_activities()
        self._keep_events()
        return result

    def _keep_events(self):
        """One entry of each in step with it. It may be run again at any time."""
        # sudo: entries are of those who are told, whoever acts
        records = self.sudo()
        over = records.calendar_event_id.browse()
        new = []
        for one in records:
            vals, event = one._calendar_vals(), one.calendar_event_id
            if not vals:
                over |= event
            elif not event:
                new.append((one, vals))
            else:
                changed = {
                    name: value
                    for name, value in vals.items()
                    if self._calendar_has(event, name) != value
                }
                if changed:
                    event.with_context(**SILENT).write(changed)
        over.with_context(**SILENT).unlink()
        events = self.env["calendar.event"].sudo().with_context(**SILENT)
        made = events.create([{**vals, "privacy": "private"} for _one, vals in new])
        for (one, _vals), event in zip(new, made, strict=True):
            one._through_gate().calendar_event_id = event

    def _calendar_has(self, event, name):
        """The value of an entry as ``_calendar_vals`` gives it."""
        value = event[name]
        if name == "partner_ids":
            return [fields.Command.set(sorted(value.ids))]
        return value.id if isinstance(value, models.BaseModel) else value
