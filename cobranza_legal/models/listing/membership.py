from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..common.gate import CONTEXT_KEY, GATE
from ..common.rows import Row
from ..common.words import QUIET


class CobranzaRegisterMembership(models.Model):
    """A company is a member of a credit register: with its number, and the agreement by
    which both answer for the data together, as a file."""

    _name = "cobranza.register.membership"
    _inherit = ["cobranza.gate.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Membership of a credit register"
    _order = "company_id, register, since desc, id"
    _rec_name = "register"

    _evidence_files = {"agreement_file_ids": []}

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    register = Row("cobranza.register", required=True, tracking=True)
    number = fields.Char("Member number", tracking=True)
    since = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    until = fields.Date(tracking=True, help="Last day. Empty: no end.")
    agreement_file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_membership_file_rel",
        string="Contract and agreement",
        copy=False,
        help="The contract with the register, and the agreement of who answers for "
        "what of the data. Without it nothing is reported.",
    )
    lender = fields.Boolean(
        "We are a credit institution",
        tracking=True,
        help="Some registers take reports of credit institutions only.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        tracking=True,
        default=lambda self: self.env.user,
        help="Is asked on the day on which something has to be told to the register.",
    )
    note = fields.Text()
    listing_count = fields.Integer(compute="_compute_listing_count")
    pending_count = fields.Integer(compute="_compute_listing_count", string="To tell")

    _days_ordered = models.Constraint(
        "CHECK (until IS NULL OR until >= since)", "A membership ends after it begins."
    )

    def _compute_listing_count(self):
        listings, entries = (
            self.env["cobranza.listing"],
            self.env["cobranza.listing.entry"],
        )
        for one in self:
            own = [
                ("company_id", "=", one.company_id.id),
                ("register", "=", one.register),
            ]
            one.listing_count = listings.search_count(own)
            one.pending_count = entries.search_count([*own, ("state", "=", "pending")])

    @api.constrains("register", "company_id")
    def _check_register(self):
        for one in self:
            rules = one.company_id._cobranza_rules()
            if one.register not in rules._credit_registers():
                raise ValidationError(
                    self.env._(
                        "%(register)s is no register of the country of %(company)s.",
                        register=self.env["cobranza.register"]._label(one.register),
                        company=one.company_id.name,
                    )
                )

    @api.constrains("register", "company_id", "since", "until")
    def _check_once(self):
        for one in self:
            others = self.search(
                [
                    ("id", "!=", one.id),
                    ("company_id", "=", one.company_id.id),
                    ("register", "=", one.register),
                ]
            )
            for other in others:
                apart = (one.until and one.until < other.since) or (
                    other.until and other.until < one.since
                )
                if not apart:
                    raise ValidationError(
                        self.env._(
                            "%s: two memberships at a time. End the first one.",
                            one.display_name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        memberships = super().create(vals_list)
        memberships._own_files()
        return memberships

    def write(self, vals):
        before = {one: one.agreement_file_ids for one in self}
        if {"company_id", "register"} & set(vals):
            self._check_unused()
        result = super().write(vals)
        for one, files in before.items():
            if files - one.agreement_file_ids and not self._is_through_gate():
                raise UserError(
                    self.env._(
                        "%s: its agreement is kept. Files can be added.",
                        one.display_name,
                    )
                )
        self._own_files()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        self._check_unused()

    def _check_unused(self):
        for one in self.filtered("listing_count"):
            raise UserError(
                self.env._(
                    "%s: debts were reported by it. End it instead.", one.display_name
                )
            )

    def _own_files(self):
        """Files belong to the record, so that whoever reads it can open them."""
        for one in self:
            loose = one.agreement_file_ids.filtered(lambda file: not file.res_id)
            place = {"res_model": self._name, "res_id": one.id}
            loose.with_context(**{CONTEXT_KEY: GATE}).write(place)

    @api.model
    def _in_force(self, company, on):
        """{register: the membership of a company on a day, with its number and its
        agreement}. Run as superuser."""
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("since", "<=", on),
                "|",
                ("until", "=", False),
                ("until", ">=", on),
            ]
        )
        return {
            one.register: one
            for one in found
            if (one.number or "").strip() and one.agreement_file_ids
        }

    # -- what has to be told -----------------------------------------------------------

    def action_make_file(self):
        """Make the file of all that has to be told to this register, and open it."""
        self.ensure_one()
        return self.env["cobranza.listing.file"]._make(self)._open_form()

    def action_view_listings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_listing"
        )
        domain = [("company_id", "=", self.company_id.id)]
        return {**action, "domain": [*domain, ("register", "=", self.register)]}

    def _ask_to_tell(self):
        """One open task for the responsible of each of these: something has to be told
        to the register."""
        kind = self.env.ref("mail.mail_activity_data_todo")
        open_ones = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("automated", "=", True),
                ]
            )
        )
        asked = set(open_ones.mapped("res_id"))
        vals_list = [
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": one.id,
                "activity_type_id": kind.id,
                "summary": self.env._("Tell the register what has changed"),
                "user_id": one.user_id.id,
                "date_deadline": one.company_id._cobranza_today(),
                "automated": True,
            }
            for one in self
            if one.id not in asked
        ]
        # tasks are raised for others, and without an e-mail for each
        self.env["mail.activity"].sudo().with_context(**QUIET).create(vals_list)
