from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.dialog import stay_open
from ...models.contact.obstacles import ReleasePreview

OVER = ("sent", "failed", "in_doubt", "cancelled")


class CobranzaBulkSend(models.TransientModel):
    """Many contacts, read one by one and released together."""

    _name = "cobranza.bulk.send"
    _inherit = "cobranza.dialog.mixin"
    _description = "Release with a preview"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    mode = fields.Selection(related="company_id.cobranza_mode")
    state = fields.Selection(
        [("choose", "Choose"), ("released", "Released")], default="choose"
    )
    contact_ids = fields.Many2many(
        "cobranza.contact", "cobranza_bulk_send_contact_rel", readonly=True
    )
    leaving_ids = fields.Many2many(
        "cobranza.contact", "cobranza_bulk_send_leaving_rel", readonly=True
    )
    excluded_ids = fields.Many2many(
        "cobranza.contact", "cobranza_bulk_send_excluded_rel", readonly=True
    )
    idle_ids = fields.Many2many(
        "cobranza.debtor", readonly=True, string="Nothing planned"
    )
    summary = fields.Html(readonly=True, sanitize=False)
    place = fields.Integer(readonly=True)
    place_words = fields.Char(compute="_compute_current", string="Page")
    current_id = fields.Many2one("cobranza.contact", compute="_compute_current")
    is_excluded = fields.Boolean(compute="_compute_current")
    is_paper = fields.Boolean(compute="_compute_current")
    channel = fields.Selection(related="current_id.channel")
    level_id = fields.Many2one(related="current_id.level_id")
    currency_id = fields.Many2one(related="current_id.currency_id")
    amount = fields.Monetary(related="current_id.amount", string="Claimed")
    recipient = fields.Char(compute="_compute_current", string="Addressed to")
    subject = fields.Char(related="current_id.preview_subject", string="Subject")
    preview = fields.Html(related="current_id.preview", string="What will be read")
    count = fields.Integer(compute="_compute_count", string="To release")
    done_count = fields.Integer(compute="_compute_progress", string="Handled")
    progress = fields.Float(compute="_compute_progress")

    @api.depends("place", "leaving_ids", "excluded_ids")
    def _compute_current(self):
        for wizard in self:
            contacts = wizard.leaving_ids
            current = contacts[wizard.place : wizard.place + 1]
            wizard.current_id = current
            wizard.is_excluded = current in wizard.excluded_ids
            model = current._channel_model() if current else None
            wizard.is_paper = bool(current) and model._class_kind == "paper"
            person = current._current_recipient() if current else None
            address = current and model._address(person)
            said = (person and person.display_name, address)
            wizard.recipient = " · ".join(part for part in said if part)
            wizard.place_words = current and self.env._(
                "%(place)s of %(count)s", place=wizard.place + 1, count=len(contacts)
            )

    @api.depends("leaving_ids", "excluded_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.leaving_ids - wizard.excluded_ids)

    @api.depends("state", "leaving_ids.state", "leaving_ids.task_raised")
    def _compute_progress(self):
        for wizard in self:
            released = wizard.leaving_ids - wizard.excluded_ids
            done = released.filtered(
                lambda contact: contact.state in OVER or contact.task_raised
            )
            wizard.done_count = len(done)
            wizard.progress = 100 * len(done) / len(released) if released else 0

    # -- opening -------------------------------------------------------------------

    @api.model
    def _open(self, contacts, idle=None):
        """The dialog for these contacts of one company."""
        contacts.check_access("write")
        idle = idle or self.env["cobranza.debtor"]
        company = contacts.company_id | idle.company_id
        if len(company) != 1:
            raise UserError(self.env._("Choose contacts of one company."))
        contacts = contacts.sorted(
            lambda contact: (
                contact.channel,
                contact.debtor_id.display_name or "",
                contact.id,
            )
        )
        preview = ReleasePreview(contacts)
        wizard = self.create(
            {
                "company_id": company.id,
                "contact_ids": [fields.Command.set(contacts.ids)],
                "leaving_ids": [fields.Command.set(preview.sent.ids)],
                "idle_ids": [fields.Command.set(idle.ids)],
            }
        )
        wizard.summary = wizard._summarize(preview)
        return wizard._again()

    def _again(self):
        return stay_open(
            self,
            name=self.env._("Release with a preview"),
            context={"dialog_size": "extra-large"},
        )

    def _language_names(self):
        """{code: name as its speakers write it} of every installed language."""
        installed = self.env["res.lang"].get_installed()
        return {code: name.rpartition(" / ")[2] for code, name in installed}

    def _summarize(self, preview):
        """What leaves by channel, level and language with its sums, and what does not,
        by its reason."""
        channel = self.contact_ids._fields["channel"]
        channels = dict(channel._description_selection(self.env))
        languages = self._language_names()
        groups = defaultdict(lambda: [0, 0])
        for contact in preview.sent:
            key = (
                channels[contact.channel],
                contact.level_id,
                languages.get(contact.debtor_id._lang(), contact.debtor_id._lang()),
                contact.currency_id,
            )
            groups[key][0] += 1
            groups[key][1] += contact.amount
        totals = defaultdict(float)
        for (_channel, _level, _lang, currency), (_count, amount) in groups.items():
            totals[currency] += amount
        idle = defaultdict(lambda: self.idle_ids.browse())
        for debtor in self.idle_ids:
            idle[debtor.reason] |= debtor
        reasons = dict(self.idle_ids._fields["reason"]._description_selection(self.env))
        return self.env["ir.qweb"]._render(
            "cobranza_legal.bulk_summary",
            {
                "groups": list(groups.items()),
                "totals": list(totals.items()),
                "reasons": preview.reasons(),
                "later": sorted(preview.later.values()),
                "idle": [(reasons.get(code), found) for code, found in idle.items()],
                "company": self.company_id,
                "stale": self.env["cobranza.contact"]._stale_bank(self.company_id),
            },
        )

    # -- buttons -------------------------------------------------------------------

    def action_previous(self):
        self.place = max(0, self.place - 1)
        return self._again()

    def action_next(self):
        self.place = min(len(self.leaving_ids) - 1, self.place + 1)
        return self._again()

    def action_exclude(self):
        """Leave the contact that is shown out, or take it back in."""
        if self.current_id in self.excluded_ids:
            self.excluded_ids -= self.current_id
        else:
            self.excluded_ids |= self.current_id
            self.place = min(len(self.leaving_ids) - 1, self.place + 1)
        return self._again()

    def action_page(self):
        """The letter as it will be printed."""
        return self.current_id.action_preview()

    def action_release(self):
        """Release what was not left out; the sender makes them, in batches."""
        self.ensure_one()
        contacts = self.leaving_ids - self.excluded_ids
        if not contacts:
            raise UserError(self.env._("Nothing is left to release."))
        contacts.action_release()
        self.state = "released"
        return self._again()

    def action_refresh(self):
        return self._again()
