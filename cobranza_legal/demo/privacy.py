"""What people ask about their data in a demo."""

from odoo import fields


class Privacy:
    def seal_log(self):
        """Contacts that the demo wrote down got their claims after their hash."""
        contacts = self.env["cobranza.contact"].search(
            [("company_id", "=", self.company.id), ("content_hash", "!=", False)]
        )
        for contact in contacts.filtered(lambda contact: not contact.attempt):
            said = contact._content_hash(contact._kept_content())
            contact._through_gate().write({"content_hash": said})

    def privacy_request(self, customer, kind, words, days, **values):
        """Received ``days`` ago from a customer."""
        return self.env["cobranza.privacy.request"].create(
            {
                "company_id": self.company.id,
                "kind": kind,
                "partner_id": self.customers[customer].id,
                "received_on": fields.Date.to_string(self.ago(days)),
                "request": words,
                "user_id": self.user("manager").id,
                **values,
            }
        )
