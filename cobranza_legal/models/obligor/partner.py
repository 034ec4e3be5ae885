from odoo import api, fields, models

from ..company.company import NOT_OWN, STAFF


class ResPartner(models.Model):
    """For whom a contact answers."""

    _inherit = "res.partner"

    cobranza_obligor_ids = fields.One2many(
        "cobranza.obligor", "partner_id", "Answers for", groups=NOT_OWN
    )
    cobranza_obligor_count = fields.Integer(
        compute="_compute_cobranza_obligor_count", string="Guarantees", groups=STAFF
    )

    @api.depends("cobranza_obligor_ids.state")
    @api.depends_context("uid", "company")
    def _compute_cobranza_obligor_count(self):
        obligors, counts = self.env["cobranza.obligor"], {}
        if obligors.has_access("read"):
            groups = obligors._read_group(
                [("partner_id", "in", self.ids), ("state", "=", "open")],
                ["partner_id"],
                ["__count"],
            )
            counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.cobranza_obligor_count = counts.get(partner._origin.id, 0)

    def action_cobranza_obligors(self):
        """The debtors for whom this contact answers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_obligor"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"search_default_open": 1, "create": False},
        }
