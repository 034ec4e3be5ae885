from odoo import api, fields, models
from odoo.tools import SQL

from .contact_limits import COUNTED

MADE = [one for one in COUNTED if one != "planned"]


class CobranzaDebtor(models.Model):
    """When the debtor was last contacted."""

    _inherit = "cobranza.debtor"

    last_contact_on = fields.Datetime(
        compute="_compute_last_contact_on", string="Last contact"
    )

    @api.depends("contact_ids.sent_at", "contact_ids.state")
    def _compute_last_contact_on(self):
        groups = self.env["cobranza.contact"]._read_group(
            [
                ("debtor_id", "in", self.ids),
                ("direction", "=", "outbound"),
                ("state", "in", MADE),
            ],
            ["debtor_id"],
            ["sent_at:max"],
        )
        last = {debtor.id: moment for debtor, moment in groups}
        for debtor in self:
            debtor.last_contact_on = last.get(debtor.id)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name != "last_contact_on":
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        self.env["cobranza.contact"].flush_model(["sent_at", "state"])
        return SQL(
            """(SELECT max(c.sent_at) FROM cobranza_contact c
                 WHERE c.debtor_id = %s AND c.direction = 'outbound'
                   AND c.state = ANY(%s)) %s %s""",
            SQL.identifier(alias, "id"),
            MADE,
            direction,
            nulls,
        )
