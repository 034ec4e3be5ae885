from odoo import api, fields, models
from odoo.exceptions import UserError


class CobranzaRateSource(models.Model):
    """A public source of legal values that a manager may switch on.

    Without that nothing is asked of the network. Values are the same for every
    company, and so are their sources.
    """

    _name = "cobranza.rate.source"
    _description = "Source of legal values"
    _inherit = ["cobranza.gate.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "country_id, name"

    code = fields.Char(required=True, readonly=True, help="Of its client.")
    name = fields.Char(required=True, translate=True, readonly=True)
    description = fields.Text(translate=True, readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    enabled = fields.Boolean(
        string="Switched on",
        tracking=True,
        copy=False,
        help="Ask the source every day. Values that differ are never overwritten.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Switched on by",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    days_back = fields.Integer(
        string="Days to look back",
        default=400,
        help="How many days before today are asked for, at least.",
    )
    tolerance = fields.Float(
        string="Tolerance (times)",
        default=1,
        help="Multiplies the largest plausible change of each parameter.",
    )
    needs_key = fields.Boolean(compute="_compute_client")
    has_key = fields.Boolean(compute="_compute_client", string="Key entered")
    api_key = fields.Char(
        compute="_compute_api_key",
        inverse="_inverse_api_key",
        string="Your own key",
        help="Kept where only administrators read it; it is never shown again.",
    )
    parameter_ids = fields.Many2many(
        "cobranza.parameter", string="Series", compute="_compute_client"
    )
    asked = fields.Json(
        readonly=True,
        copy=False,
        help="The day on which each series was last asked for, and what was wrong.",
    )
    last_fetch = fields.Datetime(string="Last asked", readonly=True, copy=False)
    last_error = fields.Text(string="What was wrong", compute="_compute_last_error")
    value_count = fields.Integer(
        string="Values fetched", compute="_compute_value_count"
    )
    next_run = fields.Datetime(string="Asked next", compute="_compute_next_run")

    _code_uniq = models.Constraint("UNIQUE (code)", "This source exists already.")
    _reach_check = models.Constraint(
        "CHECK (days_back BETWEEN 1 AND 4000 AND tolerance > 0)",
        "Ask for 1 to 4000 days, with a tolerance above zero.",
    )

    def _client(self):
        """The model that talks to this source."""
        self.ensure_one()
        return self.env[f"cobranza.rate.client.{self.code}"]

    @api.depends("code")
    def _compute_client(self):
        for source in self:
            client = source._client()
            source.needs_key = client._needs_key
            source.has_key = client._needs_key and bool(client._key())
            source.parameter_ids = source._parameters()

    def _parameters(self):
        """The parameters that the source publishes, as they exist here."""
        codes = self._client()._codes()
        return self.env["cobranza.parameter"].search([("code", "in", codes)])

    def _compute_api_key(self):
        self.api_key = False

    def _inverse_api_key(self):
        for source in self.filtered("api_key"):
            source._client()._set_key(source.api_key)
        self.invalidate_recordset(["api_key", "has_key"])

    @api.depends("asked")
    def _compute_last_error(self):
        for source in self:
            source.last_error = "\n".join(source._wrong()) or False

    def _compute_value_count(self):
        groups = self.env["cobranza.parameter.value"]._read_group(
            [("source_id", "in", self.ids)], ["source_id"], ["__count"]
        )
        counts = dict(groups)
        for source in self:
            source.value_count = counts.get(source, 0)

    @api.depends("enabled")
    def _compute_next_run(self):
        # the list of crons is the administrator's
        cron = self.env.ref("cobranza_legal.ir_cron_rates").sudo()
        for source in self:
            source.next_run = source.enabled and cron.active and cron.nextcall

    def write(self, vals):
        result = super().write(vals)
        if vals.get("enabled"):
            self._through_gate().write({"user_id": self.env.uid})
        if "enabled" in vals:
            self.filtered("enabled")._check_key()
            self._switch_cron()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        sources.filtered("enabled")._check_key()
        self._switch_cron()
        return sources

    def unlink(self):
        result = super().unlink()
        self._switch_cron()
        return result

    def _check_key(self):
        for source in self:
            if source.needs_key and not source.has_key:
                raise UserError(
                    self.env._(
                        "%s asks for a key of your own: enter it first.",
                        source.display_name,
                    )
                )

    @api.model
    def _switch_cron(self):
        """The cron runs while a source is switched on."""
        cron = self.env.ref("cobranza_legal.ir_cron_rates", raise_if_not_found=False)
        if not cron:
            return
        # the manager of collection switches it, who is no administrator
        needed = bool(self.sudo().search_count([("enabled", "=", True)], limit=1))
        if cron.sudo().active != needed:
            cron.sudo().active = needed

    def action_forget_key(self):
        self.check_access("write")
        for source in self:
            source._client()._set_key(False)
        self.invalidate_recordset(["has_key"])
        self.filtered("needs_key").enabled = False

    def action_view_values(self):
        """The values that came from here."""
        values = self.env["cobranza.parameter.value"]
        values = values.search([("source_id", "in", self.ids)])
        return values._get_records_action(name=self.env._("Values fetched"))
