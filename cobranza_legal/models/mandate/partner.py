from odoo import api, fields, models

from ..company.company import STAFF
from .choice import OWN, MandateChooser, say_choice


class ResPartner(models.Model):
    _inherit = "res.partner"

    cobranza_direct_debit = fields.Boolean(
        "Pays by direct debit", company_dependent=True, groups=STAFF
    )
    cobranza_mandate_count = fields.Integer(
        compute="_compute_cobranza_mandate", groups=STAFF, string="Mandates"
    )
    cobranza_mandate_id = fields.Many2one(
        "cobranza.mandate",
        compute="_compute_cobranza_mandate",
        string="Debited by",
        groups=STAFF,
    )
    cobranza_mandate_note = fields.Char(
        compute="_compute_cobranza_mandate", string="Mandate status", groups=STAFF
    )

    @api.depends("cobranza_direct_debit")
    @api.depends_context("company", "uid", "lang")
    def _compute_cobranza_mandate(self):
        company, mandates = self.env.company, self.env[OWN]
        allowed = mandates.has_access("read")
        currency = company.currency_id.name
        wanted = {(partner.commercial_partner_id.id, currency) for partner in self}
        choices, counts = {}, {}
        if allowed:
            choices = MandateChooser(self.env, company).choices(wanted)
            domain = [
                ("debtor_id.partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", company._cobranza_creditor().id),
            ]
            groups = mandates._read_group(domain, ["debtor_id"], ["__count"])
            # sudo: who sees a mandate may know whose it is
            counts = {debtor.sudo().partner_id.id: count for debtor, count in groups}
        for partner in self:
            owner = partner.commercial_partner_id
            choice = choices.get((owner.id, currency))
            one = choice and choice.candidate
            own = one and one.key[0] == OWN
            partner.cobranza_mandate_id = own and one.key[1]
            partner.cobranza_mandate_note = choice and say_choice(self.env, choice)
            partner.cobranza_mandate_count = counts.get(owner.id, 0)

    def action_cobranza_mandates(self):
        """The mandates of this customer, or a new one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_mandate"
        )
        owner = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", owner.id)],
            "context": {"default_partner_id": owner.id},
        }
