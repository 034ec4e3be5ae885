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


def _digits(rut):
    return "".join(one for one in rut if one.isalnum()).upper().removeprefix("CL")
