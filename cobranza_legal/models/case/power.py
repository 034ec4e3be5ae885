"""Who may act for a company before courts, since when and until when."""

from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_date
from odoo.tools.translate import LazyGettext

from ...kernel.lifecycle import POWER
from ..common.rows import Row

_lt = LazyTranslate(__name__)

STATES = [("open", "Conferred"), ("revoked", "Revoked")]

ALARM_DAYS = 30
"""Days before the end of a power on which somebody is told."""


@dataclass(frozen=True, slots=True)
class PowerTitle:
    """How somebody was given a power. ``of_case``: for one case only. ``role``: as what
    whoever has it acts, lawyer or agent; empty: as who represents the company."""

    code: str
    label: LazyGettext = field(compare=False)
    of_case: bool = False
    role: str = ""


TITLES = (
    PowerTitle("notarial", _lt("Before a notary")),
    PowerTitle("private", _lt("Private document")),
)


class CobranzaPowerTitle(models.AbstractModel):
    _name = "cobranza.power.title"
    _inherit = "cobranza.rows"
    _description = "Titles of powers"

    def _rows(self):
        return TITLES


class CobranzaPower(models.Model):
    """A power to represent a company before courts: in all its cases, or in one. What
    it says is evidence: it is revoked with a reason, never rewritten."""

    _name = "cobranza.power"
    _inherit = [
        "cobranza.traced.mixin",
        "cobranza.state.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Power to act before courts"
    _order = "company_id, state, valid_from desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _lifecycle = POWER
    _evidence_files = {"file_ids": []}
    _traced = ("partner_id", "title", "number", "valid_from", "valid_until", "case_id")

    partner_id = fields.Many2one(
        "res.partner",
        string="Who represents",
        required=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    case_id = fields.Many2one(
        "cobranza.case",
        string="Only in the case",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="Empty: in all cases of the company.",
    )
    title = Row("cobranza.power.title", required=True, default="notarial")
    number = fields.Char("Protocol or number", help="Notary and number of the deed.")
    valid_from = fields.Date(
        "Valid from",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    valid_until = fields.Date("Valid until", help="Last day. Empty: until revoked.")
    file_ids = fields.Many2many(
        "ir.attachment", "cobranza_power_file_rel", string="Document", copy=False
    )
    state = fields.Selection(
        STATES, default="open", required=True, readonly=True, copy=False, tracking=True
    )
    revoked_on = fields.Date(readonly=True, copy=False)
    told_on = fields.Date(readonly=True, copy=False, help="Its end was told on.")
    note = fields.Text()

    _days = models.Constraint(
        "CHECK (valid_until IS NULL OR valid_until >= valid_from)",
        "A power ends after it begins.",
    )

    @api.depends("partner_id", "title", "valid_until")
    @api.depends_context("lang")
    def _compute_display_name(self):
        titles = self.env["cobranza.power.title"]
        for one in self:
            until = one.valid_until and self.env._(
                "until %s", format_date(self.env, one.valid_until)
            )
            parts = (one.partner_id.display_name, titles._label(one.title), until)
            one.display_name = " · ".join(part for part in parts if part)

    @api.constrains("title", "case_id")
    def _check_case(self):
        titles = self.env["cobranza.power.title"]
        for one in self:
            if titles._is(one.title, "of_case") and not one.case_id:
                raise ValidationError(
                    self.env._(
                        "“%s” is given for one case: choose it.",
                        titles._label(one.title),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        powers = super().create(vals_list)
        for one in powers:
            # sudo: what was attached is evidence from now on
            loose = one.sudo().file_ids.filtered(lambda file: not file.res_id)
            gate = one._through_gate().env.context
            place = {"res_model": self._name, "res_id": one.id}
            loose.with_context(**gate).write(place)
        return powers

    def write(self, vals):
        fixed = set(vals) & {*self._traced, "company_id", "file_ids"}
        if fixed and not (self._is_through_gate() or self.env.su):
            used = self.filtered(lambda one: one.state != "open" or one._is_used())
            if used:
                raise UserError(
                    self.env._(
                        "%s was used, or is revoked: revoke it and record a new one.",
                        used[0].display_name,
                    )
                )
        if "valid_until" in vals:
            self.sudo()._through_gate().told_on = False  # sudo: told anew
        return super().write(vals)

    def _is_used(self):
        # sudo: whoever corrects a power need not see the cases in which it was used
        used = [("power_id", "in", self.ids), ("state", "!=", "draft")]
        return bool(self.env["cobranza.proceeding"].sudo().search_count(used, limit=1))

    @api.ondelete(at_uninstall=False)
    def _unlink_never_used(self):
        for one in self:
            if one._is_used():
                raise UserError(self.env._("%s was used: revoke it.", one.display_name))

    def _in_force(self, day):
        """Those of these that are in force on a day."""
        return self.filtered(
            lambda one: (
                one.valid_from <= day
                and (not one.valid_until or one.valid_until >= day)
                and (one.state == "open" or (one.revoked_on and one.revoked_on > day))
            )
        )

    @api.model
    def _of_case(self, case, day):
        """The powers by which somebody may act in a case on a day. As superuser."""
        domain = Domain("company_id", "parent_of", case.company_id.ids)
        domain &= Domain("case_id", "in", (case.id, False))
        return self.sudo().search(domain)._in_force(day)

    def _revoke(self, reason, day=None):
        """They act for the company no more from a day on, by default today."""
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        for one in self:
            one._set_state(
                "revoked",
                reason.strip(),
                revoked_on=day or one.company_id._cobranza_today(),
            )
            one._log(self.env._("Revoked"), reason.strip())

    def action_revoke(self):
        """The dialog that asks why."""
        self.check_access("write")
        self._expect("open")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_power_revoke"
        )
        return {**action, "context": {"default_power_ids": self.ids}}

    def _on_state(self, target, reason):
        self.sudo().activity_ids.filtered("automated").action_feedback()  # sudo: any
        return super()._on_state(target, reason)

    @api.model
    def _tell_ending(self, company, today):
        """An activity for each power of a company that ends soon, once."""
        soon = fields.Date.add(today, days=ALARM_DAYS)
        domain = Domain("company_id", "=", company.id) & Domain("state", "=", "open")
        domain &= Domain("valid_until", ">=", today) & Domain("valid_until", "<=", soon)
        found = self.search(domain & Domain("told_on", "=", False))
        owner = found and company._cobranza_manager()
        for one in found:
            one.activity_schedule(
                "mail.mail_activity_data_todo",
                one.valid_until,
                self.env._("The power ends: record a new one"),
                user_id=(owner or self.env.user).id,
                automated=True,
            )
        found._through_gate().told_on = today
