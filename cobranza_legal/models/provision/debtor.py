from odoo import api, fields, models


class CobranzaDebtor(models.Model):
    """What provisions ask of a debtor."""

    _inherit = "cobranza.debtor"

    related_party = fields.Boolean(
        tracking=True,
        help="A company of the group, a partner or an administrator: the law treats "
        "what it does not pay in another way.",
    )
    charged_on = fields.Date(
        "Charged with a crime about its debts",
        tracking=True,
        help="With hiding what creditors could be paid from: the law may let the loss "
        "be deducted from that day on.",
    )
    assessment_ids = fields.One2many(
        "cobranza.provision.assessment", "debtor_id", "Individual assessments"
    )
    insurance_ids = fields.One2many(
        "cobranza.credit.insurance", "debtor_id", "Credit insurance"
    )
    write_off_line_ids = fields.One2many(
        "cobranza.write.off.line", "debtor_id", "Written off"
    )
    vat_relief_ids = fields.One2many("cobranza.vat.relief", "debtor_id", "Tax reliefs")
    vat_relief_count = fields.Integer(compute="_compute_vat_relief")
    vat_relief_words = fields.Char(
        "Relief of the tax", compute="_compute_vat_relief_words"
    )

    @api.depends_context("uid")
    def _compute_vat_relief(self):
        reliefs, counts = self.env["cobranza.vat.relief"], {}
        if reliefs.has_access("read"):  # lawyers see the debtor, and none of these
            domain = [("debtor_id", "in", self.ids), ("state", "!=", "left")]
            rows = reliefs._read_group(domain, ["debtor_id"], ["__count"])
            counts = {debtor.id: count for debtor, count in rows}
        for debtor in self:
            debtor.vat_relief_count = counts.get(debtor.id, 0)

    @api.depends_context("lang")
    @api.depends("company_id")
    def _compute_vat_relief_words(self):
        words = {
            company: company._cobranza_rules()._vat_relief_answer(company)
            for company in self.company_id
        }
        for debtor in self:
            debtor.vat_relief_words = words.get(debtor.company_id, False)

    def action_vat_reliefs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_vat_relief"
        )
        return {**action, "domain": [("debtor_id", "=", self.id)], "context": {}}
