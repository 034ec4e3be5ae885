from odoo import models

PLACEHOLDERS = frozenset({"666666666", "555555555", "111111111"})
"""RUT of the end consumer, of foreigners and of nobody: valid digits, no person."""


class CobranzaChannelBase(models.AbstractModel):
    _inherit = "cobranza.channel.base"

    def _check_data(self, contacts):
        """Also: a RUT that stands for nobody identifies no debtor."""
        missing = super()._check_data(contacts)
        for contact in contacts:
            rut = contact.debtor_id.partner_id.vat or ""
            if _digits(rut) in PLACEHOLDERS and contact._l10n_cl_applies():
                missing[contact.id] = self.env._(
                    "%(rut)s is no RUT of a person: %(debtor)s cannot be identified.",
                    rut=rut,
                    debtor=contact.debtor_id.display_name,
                )
        return missing


class CobranzaChannelCartaCertificada(models.AbstractModel):
    """A letter whose delivery or refusal the post office certifies."""

    _name = "cobranza.channel.carta_certificada"
    _inherit = "cobranza.channel.certified_letter"
    _description = "Certified letter (Chile)"

    def _checklist(self):
        return [
            self.env._(
                "Print the letter and check the address with that of the contract."
            ),
            self.env._(
                "Post it as certified letter, in a closed envelope that does not tell "
                "what it is about: only the debtor may know (Ley 19.496, art. 37)."
            ),
            self.env._(
                "Keep the receipt of the post office: write down number, day and "
                "price, with the receipt as voucher."
            ),
            self.env._(
                "Follow the number and record delivery, refusal or return with the "
                "certificate of the post office."
            ),
        ]


def _digits(rut):
    return "".join(one for one in rut if one.isalnum()).upper().removeprefix("CL")
