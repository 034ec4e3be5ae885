"""What else stands between the company and a debtor: it may be one of our own, and we
may owe it money too."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.owed import UNDONE_CREDITS, flush_open, open_sql

SET_OFF_GROUPS = (
    "cobranza_legal.group_collection_manager,cobranza_legal.group_accountant,"
    "cobranza_legal.group_approver,account.group_account_readonly"
)
"""Who may know what we owe: collectors and lawyers read no vendor bills."""


WE_OWE = """
    SELECT r.id, sum(-%(open)s)
      FROM cobranza_debtor r
      JOIN res_partner p ON p.commercial_partner_id = r.partner_id
      JOIN account_move_line l ON l.partner_id = p.id
      JOIN account_move m ON m.id = l.move_id
      JOIN account_account a ON a.id = l.account_id
      JOIN res_company c ON c.id = l.company_id
     WHERE split_part(c.parent_path, '/', 1)::int = r.company_id
       AND m.move_type IN ('in_invoice', 'in_receipt', 'in_refund')
       AND a.account_type = 'liability_payable' AND l.parent_state = 'posted'
       AND (l.reconciled IS NOT TRUE OR l.id IN %(undone)s) AND %(which)s
     GROUP BY r.id HAVING sum(-%(open)s) > 0
"""


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    we_owe = fields.Monetary(
        compute="_compute_we_owe",
        search="_search_we_owe",
        compute_sudo=True,  # the sum of bills which the group may know, not the bills
        string="We owe it",
        groups=SET_OFF_GROUPS,
        help="Open vendor bills of this debtor, in company currency: they may be set "
        "off against what it owes.",
    )

    @api.model
    def _sql_of_our_companies(self):
        """Condition on a debtor ``r``: it is a company of this database, archived ones
        too: nobody is pressed for what the house owes itself."""
        self.env["res.company"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return SQL(
            """EXISTS (SELECT 1 FROM res_company c
                         JOIN res_partner p ON p.id = c.partner_id
                        WHERE r.partner_id IN (p.id, p.commercial_partner_id))"""
        )

    def _compute_we_owe(self):
        owed = dict(self._read_we_owe(SQL("r.id = ANY(%s)", self.ids)))
        for debtor in self:
            debtor.we_owe = float(owed.get(debtor.id, 0))

    def _search_we_owe(self, operator, value):
        """Only whether there is something: ``('we_owe', '>', 0)``."""
        if operator != ">" or value:
            return NotImplemented
        if not (self.env.su or self.env.user.has_groups(SET_OFF_GROUPS)):
            raise AccessError(self.env._("You may not know what is owed to debtors."))
        rows = self._read_we_owe(SQL("TRUE"))
        return Domain("id", "in", [row[0] for row in rows])

    @api.model
    def _read_we_owe(self, condition):
        """[(debtor id, open vendor bills in company currency)] where there are any."""
        for model in ("account.move", "account.move.line", "res.partner"):
            self.env[model].flush_model()
        flush_open(self.env)
        query = SQL(WE_OWE, open=open_sql(), undone=UNDONE_CREDITS, which=condition)
        return self.env.execute_query(query)
