from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from ..kernel.errors import KernelError

MOST = 2000
"""Entries of one export: more are asked for in several periods."""


class CobranzaLogExport(models.TransientModel):
    """The log of a debtor as evidence: one PDF, or one ZIP with everything.

    It takes all that is known of a debtor out of the system, so managers and lawyers
    export, lawyers only the debtors that they see; collectors read the log on screen.
    """

    _name = "cobranza.log.export"
    _description = "Export of the log of contacts"

    debtor_id = fields.Many2one("cobranza.debtor", required=True)
    company_id = fields.Many2one(related="debtor_id.company_id")
    since = fields.Date(help="Empty: from the first contact.")
    until = fields.Date(help="Empty: until today.")
    reason = fields.Char(required=True, help="Who asks for it and what for.")
    lang = fields.Selection(
        selection="_selection_lang",
        string="Language",
        required=True,
        default=lambda self: self._default_lang(),
    )

    def _default_lang(self):
        lang = self.env.lang or self.env.user.lang or "en_US"
        return self.env["cobranza.debtor"]._installed_lang(lang)

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    @api.model_create_multi
    def create(self, vals_list):
        exports = super().create(vals_list)
        exports.debtor_id.check_access("read")
        return exports

    def write(self, vals):
        result = super().write(vals)
        self.debtor_id.check_access("read")
        return result

    @api.depends("debtor_id", "lang")
    def _compute_display_name(self):
        for export in self:
            name = export.debtor_id.display_name
            export.display_name = export._in_lang().env._("Log of %s", name)

    def _in_lang(self):
        return self.with_context(lang=self.lang)

    # -- what is exported ----------------------------------------------------------

    def _contacts(self):
        """Contacts that were made, or may have been, in the order in which they were.
        UserError when they are too many for one export."""
        domain = Domain("debtor_id", "=", self.debtor_id.id)
        domain &= Domain("sent_at", "!=", False)
        contacts = self.env["cobranza.contact"].search(domain, order="sent_at, id")
        contacts = contacts.filtered(self._in_period)
        if len(contacts) > MOST:
            raise UserError(
                self.env._(
                    "%(count)s contacts are too many for one export (at most "
                    "%(most)s): export them in shorter periods.",
                    count=len(contacts),
                    most=MOST,
                )
            )
        return contacts.with_context(lang=self.lang)

    def _in_period(self, contact):
        day = contact._local_day(contact.sent_at)
        return (not self.since or day >= self.since) and (
            not self.until or day <= self.until
        )

    def _entries(self):
        """[{…}] of every contact, with what the papers say of it."""
        contacts = self._contacts()
        problems, articles = contacts._verify(), self._articles(contacts)
        return [
            {
                "number": number,
                "contact": contact,
                "problems": problems.get(contact.id, []),
                "article": articles.get(contact.id, ""),
                **self._words(contact),
            }
            for number, contact in enumerate(contacts, 1)
        ]

    def _words(self, contact):
        """The words of one entry in the language of the export."""
        text = contact.text_id
        # the name of whoever made it may be of somebody who left
        operator = contact.sudo().user_id.name or contact.sudo().released_by_id.name
        recipient = contact.sudo().recipient_id.name
        return {
            "moment": self._moment(contact, contact.sent_at),
            "channel": contact._label("channel"),
            "class": contact._label("channel_class"),
            "direction": contact._label("direction"),
            "state": contact._label("state"),
            "outcome": contact._label("outcome"),
            "recipient": ", ".join(one for one in (recipient, contact.address) if one),
            "text": f"{text.name} v{text.version}" if text else "",
            "operator": operator or self._in_lang().env._("Automatic"),
            "events": [self._event_words(one) for one in contact.event_ids],
        }

    def _event_words(self, event):
        kinds = dict(event._fields["kind"]._description_selection(self._in_lang().env))
        parts = (event.source, event.origin, event.note)
        return {
            "moment": self._moment(event.contact_id, event.moment),
            "kind": kinds[event.kind],
            "source": " · ".join(part for part in parts if part),
            "hash": event.file_hash,
        }

    def _moment(self, contact, moment):
        """A moment in the debtor's own time, with its zone."""
        zone = contact.debtor_id._tz()
        return f"{format_datetime(self._in_lang().env, moment, tz=zone)} ({zone})"

    def _articles(self, contacts):
        """{contact id: article of the law that limited it on its day}."""
        company, regime = self.company_id, self.debtor_id.regime
        days = {one.id: one._local_day(one.sent_at) for one in contacts}
        if not days:
            return {}
        table = company._cobranza_legal_table(min(days.values()), max(days.values()))
        rules, said = company._cobranza_rules(), {}
        for day in set(days.values()):
            try:
                said[day] = rules._contact_rules(regime, day, table).article
            except KernelError:  # a legal value of that day is not known any more
                said[day] = ""
        return {contact: said[day] for contact, day in days.items()}

    def _sections(self):
        """[(title, [column], [row])] of what belongs to the debtor besides contacts."""
        spoken = self._in_lang()
        debtor = spoken.debtor_id
        return [one for one in debtor._log_sections() if one[2]]

    # -- buttons and papers ----------------------------------------------------------

    def action_pdf(self):
        self.ensure_one()
        self._contacts()
        report = self.env.ref("cobranza_legal.action_report_contact_log")
        return report.report_action(self, config=False)

    def action_zip(self):
        self.ensure_one()
        self._contacts()
        url = f"/collections/log/{self.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _record(self, form, count):
        """Write down in the history who took the log out, when and why."""
        now = fields.Datetime.now()
        # sudo: nobody appends to the history but through this code
        self.env["cobranza.history"].sudo().create(
            {
                "company_id": self.company_id.id,
                "debtor_id": self.debtor_id.id,
                "res_model": "cobranza.debtor",
                "res_id": self.debtor_id.id,
                "change": self.env._(
                    "Log exported: %(form)s, %(count)s contacts", form=form, count=count
                ),
                "reason": self.reason,
                "user_id": self.env.uid,
                "moment": now,
            }
        )

    def _period_words(self):
        spoken = self._in_lang()
        days = [
            one and format_date(spoken.env, one) for one in (self.since, self.until)
        ]
        return " – ".join(one or "…" for one in days)

    def _document_title(self):
        return self.display_name

    def _page_line(self, page, pages):
        """What stands under each page of the PDF."""
        return self._in_lang().env._(
            "%(title)s · page %(page)s of %(pages)s",
            title=self.display_name,
            page=page,
            pages=pages,
        )


class ReportContactLog(models.AbstractModel):
    """Every PDF of a log is written down, whatever road it was asked for by."""

    _name = "report.cobranza_legal.contact_log"
    _description = "Log of contacts (PDF)"

    @api.model
    def _get_report_values(self, docids, data=None):
        docs = self.env["cobranza.log.export"].browse(docids)
        docs.check_access("read")
        entries = {one.id: one._entries() for one in docs}
        if not self.env["cobranza.contact"]._is_through_gate():
            for one in docs:
                one._record("PDF", len(entries[one.id]))
        return {"docs": docs, "entries": entries, "now": fields.Datetime.now()}
