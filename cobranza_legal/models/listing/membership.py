from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..common.rows import Row


class CobranzaRegisterMembership(models.Model):
    """A company is a member of a credit register: with its number, and the agreement by
    which both answer for the data together, as a file."""

    _name = "cobranza.register.membership"
    _inherit = "cobranza.signed.mixin"
    _description = "Membership of a credit register"
    _order = "company_id, register, since desc, id"
    _rec_name = "register"

    _with = "register"
    _papers = "agreement_file_ids"
    _evidence_files = {"agreement_file_ids": []}

    register = Row("cobranza.register", required=True, tracking=True)
    number = fields.Char("Member number", tracking=True)
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

    def _is_used(self):
        return bool(self.listing_count)

    @api.model
    def _in_force(self, company, on):
        """{register: the membership of a company on a day, with its number and its
        agreement}. Run as superuser."""
        found = self._of_day(company, on)
        return {one.register: one for one in found if (one.number or "").strip()}

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
        self._ask_once(self.env._("Tell the register what has changed"))
