from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class CobranzaAgency(models.Model):
    """A collection agency that works for a company: from when to when, for which
    commission, and the contract by which it gets data of debtors, as a file."""

    _name = "cobranza.agency"
    _inherit = "cobranza.signed.mixin"
    _description = "Collection agency"
    _order = "company_id, sequence, since desc, id"
    _rec_name = "partner_id"

    _with = "partner_id"
    _papers = "contract_file_ids"
    _evidence_files = {"contract_file_ids": []}

    sequence = fields.Integer(
        default=10, help="The first one is proposed where a level hands debts over."
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Agency",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        domain="[('is_company', '=', True)]",
    )
    email = fields.Char(
        related="partner_id.email",
        help="There it is told of what was paid to you. Without it somebody is asked "
        "to tell it.",
    )
    contract_file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_agency_file_rel",
        string="Contract",
        copy=False,
        help="The contract of who processes data of debtors for you. Without it "
        "nothing is handed over.",
    )
    contract_article = fields.Char(
        compute="_compute_contract_article", string="Article"
    )
    commission = fields.Float(
        "Commission (%)",
        tracking=True,
        help="Of what debtors pay while the agency has their debts. Proposed for each "
        "handover.",
    )
    placement_count = fields.Integer(compute="_compute_placement_count")

    _days_ordered = models.Constraint(
        "CHECK (until IS NULL OR until >= since)", "A contract ends after it begins."
    )
    _commission_share = models.Constraint(
        "CHECK (commission >= 0 AND commission <= 100)",
        "A commission is a share of what is paid.",
    )

    @api.depends("company_id")
    def _compute_contract_article(self):
        for one in self:
            articles = {}
            if one.company_id:
                articles = one.company_id._cobranza_rules()._agency_articles()
            one.contract_article = articles.get("contract", "")

    def _compute_placement_count(self):
        groups = self.env["cobranza.placement"]._read_group(
            [("agency_id", "in", self.ids)], ["agency_id"], ["__count"]
        )
        counts = {agency.id: count for agency, count in groups}
        for one in self:
            one.placement_count = counts.get(one.id, 0)

    def _is_used(self):
        # sudo: of whoever handed over
        domain = [("agency_id", "=", self.id)]
        return bool(self.env["cobranza.placement"].sudo().search_count(domain, limit=1))

    def _lacks(self, on):
        """Why nothing may be handed over to this agency on a day, in words; empty: it
        may."""
        self.ensure_one()
        if on < self.since or (self.until and on > self.until):
            return self.env._(
                "%(agency)s: its contract is not in force on %(day)s.",
                agency=self.display_name,
                day=format_date(self.env, on),
            )
        if not self.contract_file_ids:
            words = self.env._(
                "%s: add its contract as who processes data for you first.",
                self.display_name,
            )
            article = self.contract_article
            return f"{words} ({article})" if article else words
        return ""

    def action_view_placements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_placement"
        )
        return {**action, "domain": list(Domain("agency_id", "=", self.id))}

    def action_read_contacts(self):
        """The dialog that takes the table of what the agency has done."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_agency_contacts"
        )
        return {**action, "context": {"default_agency_id": self.id}}
