"""Mandates of a demo's customers, in the states in which they are met."""

from odoo import Command

from ..kernel.mandate import creditor_identifier


class Mandates:
    def switch_on_direct_debit(self):
        """As in the settings: a company that uses mandates has them in its menus."""
        group = self.env.ref("cobranza_legal.group_direct_debit")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]

    def identify_creditor(self):
        """The identifier that the tax number of the company makes."""
        company = self.company
        company.cobranza_creditor_identifier = creditor_identifier(
            company.country_id.code, company.vat
        )

    def mandate(self, ref, number=None, **values):
        """A draft mandate of the customer ``ref``, with an account of its own."""
        partner = self.customers[ref]
        partner.with_company(self.company).cobranza_direct_debit = True
        account = self.env["res.partner.bank"]
        if number:
            account = account.create({"partner_id": partner.id, "acc_number": number})
        mandates = self.env["cobranza.mandate"].with_company(self.company)
        return mandates.create(
            {
                "partner_id": partner.id,
                "bank_account_id": account.id,
                "user_id": self.user("collector").id,
                **values,
            }
        )

    def sign_mandate(self, mandate, days, last=None, method="import"):
        """It was signed so many days ago, and last debited ``last`` days ago."""
        mandate._sign(self.ago(days), mandate.partner_id.city, method)
        if last is not None:
            mandate._used(self.ago(last))
        return mandate
