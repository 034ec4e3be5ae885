from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .gate import CONTEXT_KEY, GATE
from .words import QUIET


class CobranzaSignedMixin(models.AbstractModel):
    """What a company has signed with somebody who gets data of its debtors: from when
    to when, and the papers, which are kept. One at a time with each."""

    _name = "cobranza.signed.mixin"
    _inherit = ["cobranza.gate.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "What a company has signed with who gets data of its debtors"

    _with = ""
    """Field with whom it was signed."""
    _papers = ""
    """Field of the files."""

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    since = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    until = fields.Date(tracking=True, help="Last day. Empty: no end.")
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        tracking=True,
        default=lambda self: self.env.user,
        help="Is asked on the day on which something has to be told.",
    )
    note = fields.Text()

    def _is_used(self):
        """Hook: whether debts were told by it, so that it stays as it is."""
        raise NotImplementedError

    @api.constrains(lambda self: ("company_id", "since", "until", self._with))
    def _check_once(self):
        for one in self:
            others = self.search(
                [
                    ("id", "!=", one.id),
                    ("company_id", "=", one.company_id.id),
                ]
            )
            others = others.filtered(
                lambda other, one=one: other[self._with] == one[self._with]
            )
            for other in others:
                apart = (one.until and one.until < other.since) or (
                    other.until and other.until < one.since
                )
                if not apart:
                    raise ValidationError(
                        self.env._(
                            "%s: two of them at a time. End the first one.",
                            one.display_name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        signed = super().create(vals_list)
        signed._own_files()
        return signed

    def write(self, vals):
        before = {one: one[self._papers] for one in self}
        if {"company_id", self._with} & set(vals):
            self._check_unused()
        result = super().write(vals)
        for one, files in before.items():
            if files - one[self._papers] and not self._is_through_gate():
                raise UserError(
                    self.env._(
                        "%s: what was signed is kept. Files can be added.",
                        one.display_name,
                    )
                )
        self._own_files()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        self._check_unused()

    def _check_unused(self):
        for one in self:
            if one._is_used():
                raise UserError(
                    self.env._(
                        "%s: debts were told by it. End it instead.", one.display_name
                    )
                )

    def _own_files(self):
        """Files belong to the record, so that whoever reads it can open them."""
        for one in self:
            loose = one[self._papers].filtered(lambda file: not file.res_id)
            place = {"res_model": self._name, "res_id": one.id}
            loose.with_context(**{CONTEXT_KEY: GATE}).write(place)

    @api.model
    def _of_day(self, company, on):
        """Those of a company that are in force on a day, with their papers. Run as
        superuser."""
        found = self.search(
            Domain("company_id", "=", company.id)
            & Domain("since", "<=", on)
            & (Domain("until", "=", False) | Domain("until", ">=", on))
        )
        return found.filtered(self._papers)

    def _asked_user(self):
        """Who is asked: the responsible, else the company's collector."""
        self.ensure_one()
        owner = self.user_id.filtered("active")
        return owner or self.company_id._cobranza_collector()

    def _ask_once(self, summary):
        """A task for the responsible of each of these, unless one of ours is open."""
        # sudo: tasks are raised for others, and without an e-mail for each
        tasks = self.env["mail.activity"].sudo().with_context(**QUIET)
        kind = self.env.ref("mail.mail_activity_data_todo")
        open_ones = tasks.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("automated", "=", True),
            ]
        )
        asked = set(open_ones.mapped("res_id"))
        tasks.create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": one.id,
                    "activity_type_id": kind.id,
                    "summary": summary,
                    "user_id": one._asked_user().id,
                    "date_deadline": one.company_id._cobranza_today(),
                    "automated": True,
                }
                for one in self
                if one.id not in asked
            ]
        )
