from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ...models.common.dialog import stay_open
from ...models.company.company import MODES


class CobranzaGoLive(models.TransientModel):
    """The manager's switch, behind a checklist that is computed, not ticked."""

    _name = "cobranza.go.live"
    _inherit = "cobranza.dialog.mixin"
    _description = "Change the collection mode"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    current_mode = fields.Selection(related="company_id.cobranza_mode")
    mode = fields.Selection(
        MODES,
        string="New mode",
        required=True,
        default=lambda self: self.env.company.cobranza_mode,
    )
    bank_problem = fields.Char(compute="_compute_problems")
    sender_problem = fields.Char(compute="_compute_problems")
    account_problem = fields.Char(compute="_compute_problems")
    identity_problem = fields.Char(compute="_compute_problems")
    collector_problem = fields.Char(compute="_compute_problems")
    rival_problem = fields.Char(compute="_compute_problems")
    sample_email = fields.Char(default=lambda self: self.env.user.email)
    sample_sent = fields.Boolean(readonly=True)
    waiting_count = fields.Integer(compute="_compute_waiting_count")
    replan = fields.Boolean(
        string="Release what is already proposed",
        help="Contacts planned while in proposal mode leave with the next sending. "
        "They are computed again at that minute. Otherwise they wait for a release.",
    )

    @api.depends("company_id")
    def _compute_waiting_count(self):
        for wizard in self:
            wizard.waiting_count = self.env["cobranza.contact"].search_count(
                wizard._waiting_domain()
            )

    def _waiting_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "planned"),
            ("released", "=", False),
        ]

    @api.depends("company_id")
    def _compute_problems(self):
        for wizard in self:
            company = wizard.company_id
            wizard.bank_problem = self.env["cobranza.contact"]._stale_bank(company)
            wizard.sender_problem = self._sender_problem(company)
            wizard.account_problem = self._account_problem(company)
            wizard.identity_problem = self._identity_problem(company)
            wizard.collector_problem = self._collector_problem(company)
            wizard.rival_problem = company._cobranza_rival()

    def _sender_problem(self, company):
        if not self.env["cobranza.channel.email"]._sender(company):
            return self.env._("%s has no sender for collection e-mails.", company.name)
        servers = self.env["ir.mail_server"].sudo()  # settings of the administrator
        # the server's configuration may name one; the last map is Odoo's own defaults
        given = config.options.maps[:-1]
        named = next(
            (one["smtp_server"] for one in given if "smtp_server" in one), None
        )
        if named or servers.search_count([], limit=1):
            return False
        return self.env._("No outgoing mail server is set up.")

    def _account_problem(self, company):
        if company.cobranza_bank_account_id or company.partner_id.bank_ids:
            return False
        return self.env._("%s has no bank account to be paid on.", company.name)

    def _identity_problem(self, company):
        partner = company.partner_id
        needed = {
            self.env._("tax number"): partner.vat,
            self.env._("street"): partner.street,
            self.env._("city"): partner.city,
        }
        missing = [name for name, value in needed.items() if not value]
        if not missing:
            return False
        return self.env._(
            "%(company)s lacks: %(fields)s.",
            company=company.name,
            fields=", ".join(missing),
        )

    def _collector_problem(self, company):
        if company.cobranza_user_id.active:
            return False
        return self.env._(
            "%s has no default collector to receive calls, letters and answers.",
            company.name,
        )

    def _problems(self):
        names = ("bank", "sender", "account", "identity", "collector")
        return [self[f"{name}_problem"] for name in names if self[f"{name}_problem"]]

    def action_sample(self):
        """Send the first letter of the policy to oneself."""
        self.ensure_one()
        if not self.sample_email:
            raise UserError(self.env._("Tell where to send the sample."))
        self.env["cobranza.text"]._send_sample(self.company_id, self.sample_email)
        self.sample_sent = True
        return stay_open(self)

    def action_apply(self):
        self.ensure_one()
        if not self.env.user.has_group("cobranza_legal.group_collection_manager"):
            raise UserError(self.env._("Only a collection manager changes the mode."))
        self.company_id.check_access("read")
        if self.mode == "automatic":
            self._check_automatic()
        self.company_id._cobranza_switch(self.mode)
        if self.replan and self.mode != "proposal":
            contacts = self.env["cobranza.contact"].search(self._waiting_domain())
            contacts.action_release()
        return {"type": "ir.actions.act_window_close"}

    def _check_automatic(self):
        problems = self._problems()
        if not self.sample_sent:
            problems.append(self.env._("No sample letter has been sent to yourself."))
        if problems:
            raise UserError(
                self.env._(
                    "Automatic mode needs everything in order:\n%s",
                    "\n".join(f"• {problem}" for problem in problems),
                )
            )
