from odoo import api, fields, models
from odoo.fields import Domain

from ..company.company import STAFF
from .choice import OWN, MandateChooser, say_choice


class ResPartner(models.Model):
    _inherit = "res.partner"

    cobranza_direct_debit = fields.Boolean(
        "Pays by direct debit",
        compute="_compute_cobranza_direct_debit",
        inverse="_inverse_cobranza_direct_debit",
        search="_search_cobranza_direct_debit",
        groups=STAFF,
        help="Said of the customer, for all its contacts and for all branches of the "
        "company that claims.",
    )
    cobranza_direct_debit_own = fields.Boolean(
        "Direct debit agreed", company_dependent=True, groups=STAFF
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

    def _cobranza_debit_payers(self):
        """The customers of these contacts, in the company that claims: the only ones
        who say whether they pay by direct debit."""
        creditor = self.env.company._cobranza_creditor()
        # sudo: a user of a branch need not work in its root
        return self.commercial_partner_id.sudo().with_company(creditor)

    @api.depends("commercial_partner_id.cobranza_direct_debit_own")
    @api.depends_context("company")
    def _compute_cobranza_direct_debit(self):
        payers = self._cobranza_debit_payers()
        paying = set(payers.filtered("cobranza_direct_debit_own").ids)
        for partner in self:
            owner = partner.commercial_partner_id
            partner.cobranza_direct_debit = owner._origin.id in paying

    def _inverse_cobranza_direct_debit(self):
        """A contact that is made without the flag takes nothing off its customer."""
        flags = {partner: partner.cobranza_direct_debit for partner in self}
        for partner, flag in flags.items():
            owner = partner.commercial_partner_id
            if flag or partner == owner:
                owner.check_access("write")
                partner._cobranza_debit_payers().cobranza_direct_debit_own = flag
        # what is being written is not told of to the other branches
        self.invalidate_recordset(["cobranza_direct_debit"])

    def _search_cobranza_direct_debit(self, operator, value):
        if operator != "in":
            return NotImplemented
        creditor = self.env.company._cobranza_creditor()
        # sudo: as it is read
        payers = self.sudo().with_company(creditor).with_context(active_test=False)
        found = payers._search([("cobranza_direct_debit_own", "=", True)])
        positive = True in value
        return Domain("commercial_partner_id", "in" if positive else "not in", found)

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
