from odoo import models
from odoo.exceptions import UserError

RIVALS = (
    "account_followup",
    "account_credit_control",
    "account_invoice_overdue_reminder",
    "om_account_followup",
    "base_accounting_kit",
    "eh_account_collections",
)
"""Other addons that write to debtors."""


class ResCompany(models.Model):
    """Proposal, confirm, automatic: what the company lets out of the house."""

    _inherit = "res.company"

    def _cobranza_check_mode(self):
        """UserError when nothing may leave these companies."""
        for company in self:
            if company.cobranza_mode == "proposal":
                raise UserError(
                    self.env._(
                        "%s works in proposal mode: nothing leaves. A manager changes "
                        "the mode in the settings.",
                        company.display_name,
                    )
                )

    def _cobranza_switch(self, mode):
        """Change the mode; who and when is kept for the audit."""
        self.ensure_one()
        before, live = self.cobranza_mode, mode != "proposal"
        values = {"cobranza_mode": mode}
        if not live:
            values |= {"cobranza_live_on": False, "cobranza_live_by_id": False}
        elif before == "proposal":
            values |= {
                "cobranza_live_on": self._cobranza_today(),
                "cobranza_live_by_id": self.env.uid,
            }
        # a collection manager need not be an administrator of companies
        self.sudo().write(values)
        self._cobranza_take_back()
        debtors = self.env["cobranza.debtor"].sudo()  # the engine, past record rules
        if before == "proposal" and live:
            debtors._raise_waiting_effects(self)
        debtors._touch_companies(self)

    def _cobranza_take_back(self):
        """What has not left is released by nobody in proposal mode, and in confirm mode
        only by persons."""
        planned = [
            ("company_id", "=", self.id),
            ("state", "=", "planned"),
            ("task_raised", "=", False),
        ]
        # the engine, past record rules
        contacts = self.env["cobranza.contact"].sudo().search(planned)
        if self.cobranza_mode == "proposal":
            contacts._take_back("proposal")
        elif self.cobranza_mode == "confirm":
            machine = contacts.filtered(lambda one: not one.released_by_id)
            machine._take_back("not_automatic")

    def _cobranza_rival(self):
        """Warning about another addon that writes to debtors, or False."""
        modules = self.env["ir.module.module"].sudo()  # installed addons, for anybody
        found = modules.search(
            [("name", "in", RIVALS), ("state", "in", ("installed", "to upgrade"))]
        )
        if not found:
            return False
        return self.env._(
            "Also installed and able to write to debtors: %s.",
            ", ".join(found.mapped("shortdesc")),
        )
