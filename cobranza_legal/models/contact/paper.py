import re

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

from ..charge.other_kinds import COST_GROUPS

SHEET = "cobranza_legal.action_report_address_sheet"


PDF = "application/pdf"


class CobranzaContact(models.Model):
    """Contacts on paper: many are printed at once, and what a carrier certifies is kept
    with its number, price and voucher."""

    _inherit = "cobranza.contact"

    _titled_reports = ("cobranza_legal.letter",)

    is_printed = fields.Boolean(compute="_compute_channel_kind")
    is_tracked = fields.Boolean(compute="_compute_channel_kind")
    tracking_number = fields.Char(readonly=True, copy=False)
    provider_id = fields.Many2one(
        "cobranza.provider", string="Carrier", readonly=True, ondelete="restrict"
    )
    tracking_url = fields.Char(compute="_compute_tracking_url")
    posted_on = fields.Date(compute="_compute_posted_on")
    cost_currency_id = fields.Many2one("res.currency", readonly=True)
    price = fields.Monetary(
        currency_field="cost_currency_id", readonly=True, copy=False
    )
    cost_id = fields.Many2one(
        "cobranza.cost",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=COST_GROUPS,
    )
    _tracking_uniq = models.UniqueIndex(
        "(company_id, coalesce(provider_id, 0), tracking_number) "
        "WHERE tracking_number IS NOT NULL",
        "Another contact has this tracking number.",
    )

    def _print_due(self):
        """Print these planned letters as they are now; gives back those that still
        claim something."""
        self._check_may_be_sent()
        self._check_limits()
        kept = self._recompute()
        for letter in kept:
            if not letter._is_same_paper():
                letter._print_letter()
        return kept

    def _is_same_paper(self):
        """Whether what was printed is what would be printed now: then the paper that is
        frozen stays."""
        if not (self.attachment_id and self.content_hash):
            return False
        return self._frozen_values()["content_hash"] == self.content_hash

    def _download_letters(self):
        """Download the papers of these letters in the order of their references; of
        several in one file, with the sheet of their addresses on top."""
        files = [one.attachment_id for one in self]
        if len(files) < 2 or {one.mimetype for one in files} != {PDF}:
            return self._download(files[0])
        sheet, _kind = self.env["ir.actions.report"]._render_qweb_pdf(SHEET, self.ids)
        pages = merge_pdf([sheet, *(one.raw for one in files)])
        values = {"name": self.env._("Letters.pdf"), "raw": pages}
        # no record: only who made it may read it
        return self._download(self.env["ir.attachment"].create(values))

    def _download(self, file):
        url = f"/web/content/{file.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_address_sheet(self):
        """The list of addresses, with room for the tracking numbers."""
        letters = self.filtered("is_printed").sorted("id")
        return self.env.ref(SHEET).report_action(letters, config=False)

    def _sheet_rows(self):
        """[{reference, name, address, channel, number}] of the address sheet."""
        labels = dict(self._fields["channel"]._description_selection(self.env))
        rows = []
        for letter in self.filtered("is_printed").sorted("id"):
            recipient = letter.recipient_id or letter._current_recipient()
            address = letter.address or letter._channel_model()._address(recipient)
            rows.append(
                {
                    "reference": letter._reference(),
                    "name": recipient.name,
                    "address": address,
                    "country": recipient.country_id.name,
                    "channel": labels[letter.channel],
                    "number": letter.tracking_number,
                }
            )
        return rows

    @api.depends("channel")
    def _compute_channel_kind(self):
        for contact in self:
            channel = contact._channel_model() if contact.channel else None
            contact.is_printed = bool(channel is not None and channel._is_printed)
            contact.is_tracked = bool(channel is not None and channel._is_tracked)

    @api.depends("tracking_number", "provider_id.tracking_url")
    def _compute_tracking_url(self):
        for contact in self:
            number, url = contact.tracking_number, contact.provider_id.tracking_url
            known = number and (url or "").startswith(("https://", "http://"))
            contact.tracking_url = known and url.replace("{number}", number)

    @api.depends("event_ids")
    def _compute_posted_on(self):
        """The day on which it was handed to the carrier."""
        for contact in self:
            events = contact.event_ids._standing()
            posted = events.filtered(lambda event: event.kind == "posted")[-1:]
            contact.posted_on = posted and contact._local_day(posted.moment)

    def _reference(self):
        """What the letter calls itself."""
        return f"C{self.id or 0:06d}"

    @staticmethod
    def _plain_number(number):
        """A tracking number as it is compared: no spaces, capitals."""
        return re.sub(r"\s+", "", number or "").upper() or False

    # -- posted --------------------------------------------------------------------

    def _post(self, moment, rows, voucher=None):
        """These printed contacts were handed to the carrier at ``moment`` (UTC).

        ``rows``: {contact id: values of number, carrier and price}. ``voucher``: (name,
        content) of the receipt, which each cost keeps.
        """
        self._expect("planned")
        self._check_postable()
        self._check_posted_at(moment)
        for contact in self:
            contact._set_tracking(rows.get(contact.id, {}))
        self._complete(moment, event="posted")
        if voucher:
            self._record_costs(*voucher)

    def _check_posted_at(self, moment):
        for contact in self:
            printed = contact.event_ids.filtered(lambda event: event.kind == "printed")
            first = printed[-1:].moment
            if moment > fields.Datetime.now() or (first and moment < first):
                raise UserError(
                    self.env._(
                        "%s was posted after it was printed, and not in the future.",
                        contact.display_name,
                    )
                )

    def _set_tracking(self, values):
        """Number, carrier and price of one contact; a number of another is refused."""
        number = self._plain_number(values.get("tracking_number"))
        provider = self.env["cobranza.provider"].browse(values.get("provider_id"))
        self._check_carrier(provider)
        if number:
            domain = [
                ("company_id", "=", self.company_id.id),
                ("provider_id", "=", provider.id),
                ("tracking_number", "=", number),
                ("id", "!=", self.id),
            ]
            other = self.search(domain, limit=1)
            if other:
                raise UserError(
                    self.env._(
                        "%(number)s is the tracking number of %(other)s.",
                        number=number,
                        other=other.display_name,
                    )
                )
        currency = provider.currency_id or self.company_id.currency_id
        self._through_gate().write(
            {
                "tracking_number": number,
                "provider_id": provider.id,
                "price": values.get("price") or 0,
                "cost_currency_id": currency.id,
            }
        )

    def _check_carrier(self, provider):
        """UserError when a carrier of another company is to carry these letters."""
        if provider and provider.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "%(provider)s carries the letters of %(company)s: choose a carrier "
                    "of the company that writes them.",
                    provider=provider.name,
                    company=provider.company_id.name,
                )
            )

    # -- cost ----------------------------------------------------------------------

    def _record_costs(self, name, content):
        """The price of each becomes a cost of collection, proven by a voucher. Whether
        the debtor is charged for it is the law's business."""
        for contact in self.filtered(
            lambda contact: contact.price > 0 and not contact.cost_id
        ):
            debts = contact.line_ids.debt_id.filtered(
                lambda debt: debt.nature == "principal"
            )
            channel = contact._channel_model()
            cost = self.env["cobranza.cost"].create(
                {
                    "debtor_id": contact.debtor_id.id,
                    "debt_ids": [Command.set(debts.ids)],
                    "kind": channel._cost_kind,
                    "day": contact.posted_on or contact._local_day(contact.sent_at),
                    "description": f"{contact.display_name} · {contact._reference()}",
                    "amount": contact.price,
                    "currency_id": contact.cost_currency_id.id,
                    "attachment_ids": [Command.create({"name": name, "raw": content})],
                }
            )
            contact._through_gate().write({"cost_id": cost.id})

    # -- buttons -------------------------------------------------------------------

    def action_record_event(self):
        """What the carrier said about this contact."""
        self.ensure_one()
        self._expect("sent")
        return self._wizard("action_cobranza_tracking", default_contact_id=self.id)

    def action_add_voucher(self):
        """The receipt that turns the price into a cost came later."""
        self.ensure_one()
        if not self.price or self.sudo().cost_id:
            raise UserError(self.env._("No price waits for its receipt here."))
        return self._wizard(
            "action_cobranza_tracking", default_contact_id=self.id, default_voucher=True
        )

    def action_follow(self):
        """The carrier's page about this sending."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.tracking_url, "target": "new"}

    def _at_agreed_address(self):
        """Whether it went where the debtor agreed to be reached."""
        paper = self._channel_model()._class_kind == "paper"
        debtor = self.debtor_id
        stated = debtor.contract_address if paper else debtor.certified_email
        return bool(stated) and _plain(stated) == _plain(self.address)

    def _document_title(self):
        """Title of the letter, in its language."""
        lang = self.lang or self.debtor_id._lang()
        lang = self.debtor_id._installed_lang(lang)
        return self.with_context(lang=lang).display_name


def _plain(address):
    """An address without case and punctuation."""
    return re.findall(r"[^\W_]+", (address or "").casefold())
