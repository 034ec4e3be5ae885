import re

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .cobranza_charge_cost import COST_GROUPS


class CobranzaContact(models.Model):
    """What a carrier certifies: number, carrier, price and its voucher."""

    _inherit = "cobranza.contact"

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
            posted = events.filtered(lambda one: one.kind == "posted")[-1:]
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
            printed = contact.event_ids.filtered(lambda one: one.kind == "printed")
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

    # -- cost ----------------------------------------------------------------------

    def _record_costs(self, name, content):
        """The price of each becomes a cost of collection, proven by a voucher. Whether
        the debtor is charged for it is the law's business."""
        for contact in self.filtered(lambda one: one.price > 0 and not one.cost_id):
            debts = contact.line_ids.debt_id.filtered(
                lambda one: one.nature == "principal"
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
