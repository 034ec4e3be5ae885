from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ASSIGNERS = (
    "cobranza_legal.group_collection_manager",
    "cobranza_legal.group_lawyer_all",
)


class CobranzaAssign(models.TransientModel):
    """Who works on debts: their lawyers, who see these debts and no others."""

    _name = "cobranza.assign"
    _inherit = "cobranza.dialog.mixin"
    _description = "Assignment of debts"

    debt_ids = fields.Many2many(
        "cobranza.debt",
        string="Debts",
        domain="[('nature', '=', 'principal'), ('void_reason', '=', False)]",
        required=True,
        default=lambda self: self._default_debts(),
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Assigned to",
        domain="[('share', '=', False)]",
        default=lambda self: self._default_debts().assigned_user_ids,
        help="With the role of own cases, these users see the debts above and what is "
        "about them alone. Nobody: only the other roles see them.",
    )

    @api.model
    def _default_debts(self):
        """The principals that the list or the debtors on the screen are about."""
        model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        debts = self.env["cobranza.debt"]
        if model == debts._name:
            chosen = debts.browse(ids)
            return (chosen.parent_id | chosen).filtered(lambda one: not one.parent_id)
        if model == "cobranza.debtor":
            owed = [("nature", "=", "principal"), ("void_reason", "=", False)]
            return debts.search([("debtor_id", "in", ids), *owed])
        return debts

    def action_assign(self):
        """Assign the debts and write down who did it. AccessError for whoever may not
        decide it, UserError for users without a company of the debts."""
        self.ensure_one()
        if not any(self.env.user.has_group(one) for one in ASSIGNERS):
            raise AccessError(
                self.env._("Collection managers and lawyers of all cases assign debts.")
            )
        # sudo: companies of users are the administrator's to read
        users = self.user_ids.sudo()
        for company in self.debt_ids.company_id:
            strangers = users.filtered(lambda one, c=company: c not in one.company_ids)
            if strangers:
                raise UserError(
                    self.env._(
                        "%(users)s cannot work on debts of %(company)s: give them the "
                        "company first.",
                        users=", ".join(strangers.mapped("name")),
                        company=company.display_name,
                    )
                )
        self.debt_ids._assign(self.user_ids)
        self._write_down()
        return {"type": "ir.actions.act_window_close"}

    def _write_down(self):
        names = ", ".join(self.user_ids.mapped("name")) or self.env._("nobody")
        for debtor, debts in self.debt_ids.grouped("debtor_id").items():
            change = self.env._(
                "%(documents)s assigned to %(users)s",
                documents=", ".join(debts.mapped("display_name")),
                users=names,
            )
            debtor._log_act(change)
