"""The carrier of a demo company, and what it certified of letters."""

from datetime import timedelta

from odoo import fields

PRICES = {"certified_letter": 6.5, "certified_email": 2}


class Paper:
    carrier = "Post"
    carrier_prices = PRICES
    """{channel: price in the company's currency}, made up."""

    def the_carrier(self):
        domain = [("company_id", "=", self.company.id), ("name", "=", self.carrier)]
        providers = self.env["cobranza.provider"]
        return providers.search(domain) or providers.create(
            {
                "name": self.carrier,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            }
        )

    def deliver_letter(self, contact, moment):
        """It was posted, and delivered three days later; what is tracked has its number
        and the certificates of the carrier."""
        source, tracked = contact.user_id.name, contact.is_tracked
        if tracked:
            values = {
                "tracking_number": f"DEMO{contact.id:08d}",
                "provider_id": self.the_carrier().id,
                "price": self.carrier_prices.get(contact.channel, 0),
            }
            contact._set_tracking(values)
            source = self.carrier
        contact._add_events("posted", source, moment)
        later = min(moment + timedelta(days=3), fields.Datetime.now())
        for kind in ("content_certified", "delivered") if tracked else ("delivered",):
            file = {}
            if tracked:
                words = f"{self.carrier}: {contact.tracking_number}, {kind}".encode()
                values = {"name": f"{contact.tracking_number}-{kind}.txt", "raw": words}
                file["attachment_id"] = self.env["ir.attachment"].create(values).id
            contact._add_events(kind, source, later, **file)
