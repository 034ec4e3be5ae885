from odoo import api, models

REGISTER = "ASNEF-Equifax"


class CobranzaText(models.Model):
    _inherit = "cobranza.text"

    @api.model
    def _merge_fields(self):
        return (*super()._merge_fields(), "register_warning")

    def _samples(self):
        contacts = self.env["cobranza.contact"]
        registers = self.env.company.l10n_es_credit_registers or REGISTER
        words = contacts._l10n_es_register_words(registers)
        return {**super()._samples(), "register_warning": words}
