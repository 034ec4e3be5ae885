from odoo import api, fields, models
from odoo.exceptions import UserError


class CobranzaProvisionAssessment(models.Model):
    """Somebody has judged that more or less of a debt will be lost than its age says:
    while it is in force it wins over the scale. It is not edited: it is ended, and
    another one begins."""

    _name = "cobranza.provision.assessment"
    _inherit = "cobranza.provision.subject.mixin"
    _description = "Individual assessment of a loss"
    _order = "since desc, id desc"
    _given = frozenset({"debtor_id", "debt_id", "percent", "reason", "since", "until"})

    debtor_id = fields.Many2one(
        "cobranza.debtor",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    debt_id = fields.Many2one(
        "cobranza.debt",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('debtor_id', '=', debtor_id)]",
        help="Empty: all that the debtor owes.",
    )
    percent = fields.Float(
        "Loss expected (%)", required=True, readonly=True, digits=(5, 2)
    )
    reason = fields.Char(required=True, readonly=True)
    since = fields.Date(
        required=True,
        readonly=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    until = fields.Date(
        readonly=True, help="The last day on which it holds. Empty: until it is ended."
    )
    user_id = fields.Many2one(
        "res.users",
        "Judged by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    ended_by_id = fields.Many2one("res.users", "Ended by", readonly=True, copy=False)

    _percent = models.Constraint(
        "CHECK (percent >= 0 AND percent <= 100)",
        "The loss expected is between 0 and 100 %.",
    )
    _span = models.Constraint(
        "CHECK (until IS NULL OR until >= since)", "It does not end before it begins."
    )

    @api.depends("debtor_id", "debt_id", "percent")
    def _compute_display_name(self):
        for one in self:
            about = one.debt_id or one.debtor_id
            one.display_name = f"{about.display_name}: {one.percent:g} %"

    @api.ondelete(at_uninstall=False)
    def _unlink_never_held(self):
        for one in self:
            if one.since <= one.company_id._cobranza_today():
                raise UserError(self.env._("%s has begun: end it.", one.display_name))

    def action_end(self):
        """It holds no longer, from tomorrow on."""
        self.check_access("write")
        for one in self:
            today = one.company_id._cobranza_today()
            if one.until and one.until <= today:
                raise UserError(self.env._("%s has ended already.", one.display_name))
            # what begins later has never held
            one._through_gate().write(
                {"until": max(today, one.since), "ended_by_id": self.env.uid}
            )

    def _ended_before(self, cutoff):
        """Those that ended before a day and still say why."""
        return self.filtered(lambda one: one.until and one.until < cutoff)
