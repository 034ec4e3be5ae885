from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ...models.common.rows import Row
from ...models.provision.write_off import ACCOUNTANT
from ...models.provision.write_off_line import LIVE


class CobranzaWriteOffRequest(models.TransientModel):
    """Which debts are to be written off, and why: those of a list, or the small
    balances of a company; one write-off for each company."""

    _name = "cobranza.write.off.request"
    _inherit = "cobranza.dialog.mixin"
    _description = "Request of a write-off"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    small = fields.Boolean("Small balances")
    ground = Row("cobranza.write.off.ground", required=True, default="exhausted")
    currency_id = fields.Many2one(related="company_id.currency_id")
    limit = fields.Monetary("Up to", compute="_compute_limit")
    note = fields.Text("Reasons")
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    debt_ids = fields.Many2many(
        "cobranza.debt",
        string="Debts",
        compute="_compute_debts",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('settled', '=', False), ('void_reason', '=', False)]",
    )
    file_ids = fields.Many2many("ir.attachment", string="Evidence")

    @api.depends("company_id")
    def _compute_limit(self):
        for dialog in self:
            # sudo: no secret
            dialog.limit = dialog.company_id.sudo().cobranza_small_balance

    @api.depends("small", "company_id")
    def _compute_debts(self):
        for dialog in self:
            found = dialog._small_ones() if dialog.small else dialog._chosen()
            dialog.debt_ids = found

    @api.onchange("small")
    def _onchange_small(self):
        if self.small:
            self.ground = "small"

    def _chosen(self):
        """What is open of the debtors or debts on the screen."""
        debts = self.env["cobranza.debt"]
        if self.env.context.get("active_model") == "cobranza.debt":
            debts = debts.browse(self.env.context.get("active_ids") or ())
            return debts.filtered(lambda one: not (one.settled or one.void_reason))
        return debts._chosen_open()

    def _small_ones(self):
        """The due debts of the company of which no more is open than its limit, and
        that are in no write-off."""
        debts = self.env["cobranza.debt"]
        company = self.company_id
        limit = company.sudo().cobranza_small_balance  # sudo: no secret
        if not limit:
            return debts
        found = debts.search(
            [
                ("company_id", "=", company.id),
                ("settled", "=", False),
                ("void_reason", "=", False),
                ("amount_residual", ">", 0),
                ("amount_residual", "<=", limit),
                ("date_maturity", "<", company._cobranza_today()),
                ("write_off_line_ids", "not any", [("write_off_id.state", "in", LIVE)]),
            ]
        )
        covered = debts.sudo()._covered(found.ids, company._cobranza_today())
        return found.filtered(lambda debt: debt.id not in covered)

    def action_prepare(self):
        """The drafts, to be looked at before they are asked for."""
        made = self._prepared()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_write_off"
        )
        if len(made) == 1:
            return {**action, "views": [(False, "form")], "res_id": made.id}
        return {**action, "domain": [("id", "in", made.ids)], "context": {}}

    def action_request(self):
        made = self._prepared()
        made.action_request()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_write_off"
        )
        return {**action, "domain": [("id", "in", made.ids)], "context": {}}

    def _prepared(self):
        self.ensure_one()
        if not self.env.user.has_group(ACCOUNTANT):
            raise AccessError(self.env._("Only accountants ask for write-offs."))
        if not self.debt_ids:
            raise UserError(self.env._("Nothing is open that could be written off."))
        made = self.env["cobranza.write.off"]
        ground = "small" if self.small else self.ground
        for company, debts in self.debt_ids.grouped("company_id").items():
            made |= made.create(
                {
                    "company_id": company.id,
                    "day": self.day,
                    "note": self.note,
                    "file_ids": [Command.set(self.file_ids.ids)],
                    "line_ids": [
                        Command.create({"debt_id": debt.id, "ground": ground})
                        for debt in debts
                    ],
                }
            )
        return made
