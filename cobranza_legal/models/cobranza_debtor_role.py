from odoo import fields, models


class CobranzaDebtor(models.Model):
    """Who is who around a debtor, and how each one is reached."""

    _inherit = "cobranza.debtor"

    payer_id = fields.Many2one(
        "res.partner", help="Who pays, when it is not the debtor."
    )
    invoice_contact_id = fields.Many2one("res.partner", string="Invoice contact")
    dunning_contact_id = fields.Many2one("res.partner", string="Collection contact")
    legal_contact_id = fields.Many2one("res.partner", string="Legal contact")
    guarantor_ids = fields.Many2many(
        "res.partner", "cobranza_debtor_guarantor_rel", string="Guarantors"
    )
    beneficiary_ids = fields.Many2many(
        "res.partner",
        "cobranza_debtor_beneficiary_rel",
        string="Beneficiaries",
        help="Who enjoys the service but owes nothing, such as a student whose parents "
        "signed the contract. Never contacted about the debt.",
    )

    def _recipient(self, purpose="dunning"):
        """The partner to write to: the contact of the purpose, then the collection
        contact, the invoice contact, the invoice address, the debtor itself. Who was
        archived is nobody's contact any more."""
        self.ensure_one()
        if purpose == "legal" and self.legal_contact_id.active:
            return self.legal_contact_id
        if purpose != "invoice" and self.dunning_contact_id.active:
            return self.dunning_contact_id
        if self.invoice_contact_id.active:
            return self.invoice_contact_id
        partner = self.partner_id
        if not partner.child_ids and not partner.parent_id:  # nobody else to find
            return partner
        address = partner.address_get(["invoice"])["invoice"]
        return self.env["res.partner"].browse(address) or partner

    def _permitted_people(self):
        """Everybody who may hear of the debt: the debtor, its own contacts, who pays,
        who guarantees and who represents. Beneficiaries are not among them. Who was
        archived could hear of it before."""
        self.ensure_one()
        debtor = self.with_context(active_test=False)
        own = debtor.partner_id | debtor.partner_id.child_ids
        chosen = (
            self.invoice_contact_id | self.dunning_contact_id | self.legal_contact_id
        )
        around = debtor.payer_id | debtor.guarantor_ids | debtor.representative_id
        return (own | chosen | around).with_env(self.env) - debtor.beneficiary_ids

    def _tz(self):
        """Time zone name in which the debtor's hours are counted."""
        self.ensure_one()
        return self.tz or self.company_id._cobranza_rules()._timezone(self.partner_id)

    def _lang(self):
        """Language code of what is written to the debtor."""
        self.ensure_one()
        people = self._recipient() | self.partner_id
        own = self.sudo().company_id.partner_id.lang  # sudo: a language is no secret
        found = (self.lang, *people.mapped("lang"), own)
        return next((lang for lang in found if lang), "en_US")
