import re

from odoo import fields, models


class CobranzaDebtor(models.Model):
    """The addresses at which the law takes the debtor as reached."""

    _inherit = "cobranza.debtor"

    contract_address = fields.Char(
        string="Address of the contract",
        help="The postal address that the debtor gave in the contract: what is refused "
        "or not collected there may count as received.",
    )
    certified_email = fields.Char(
        string="E-mail for certified messages",
        help="An address that the debtor agreed to or has used: certified e-mails go "
        "to no other.",
    )
    certified_email_basis = fields.Selection(
        [("agreed", "Agreed with the debtor"), ("used", "Used by the debtor before")],
        string="Why that e-mail",
        default="agreed",
    )

    def action_take_contract_address(self):
        """The address of the contract is the one that letters go to now."""
        channel = self.env["cobranza.channel.letter"]
        for debtor in self:
            debtor.contract_address = channel._address(debtor.partner_id) or False


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

    def _at_agreed_address(self):
        """Whether it went where the debtor agreed to be reached."""
        paper = self._channel_model()._class_kind == "paper"
        debtor = self.debtor_id
        stated = debtor.contract_address if paper else debtor.certified_email
        return bool(stated) and _plain(stated) == _plain(self.address)


def _plain(address):
    """An address without case and punctuation."""
    return re.findall(r"[^\W_]+", (address or "").casefold())
