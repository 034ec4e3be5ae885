from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..kernel.lifecycle import PRIVACY
from .cobranza_rules_privacy import PRIVACY_KINDS

AHEAD = timedelta(days=3)
"""The responsible is reminded so many days before the last one."""
ROLES = (
    *("partner_id", "payer_id", "invoice_contact_id", "dunning_contact_id"),
    *("legal_contact_id", "representative_id", "guarantor_ids", "beneficiary_ids"),
)
VIA = [
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("portal", "Debtor's page"),
    ("phone", "Phone"),
    ("person", "In person"),
    ("authority", "Through an authority"),
]


class CobranzaPrivacyRequest(models.Model):
    """What a person asked about its data, by when it is answered, and the answer."""

    _name = "cobranza.privacy.request"
    _description = "Request about personal data"
    _inherit = ["cobranza.state.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "deadline, id"
    _lifecycle = PRIVACY

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(PRIVACY_KINDS, required=True, tracking=True)
    partner_id = fields.Many2one(
        "res.partner", string="Person", tracking=True, index="btree_not_null"
    )
    person = fields.Char(string="Name", help="Of somebody who is no contact yet.")
    email = fields.Char(string="E-mail", tracking=True)
    via = fields.Selection(
        VIA, string="Received by", required=True, default="email", tracking=True
    )
    received_on = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    request = fields.Text(string="What is asked")
    attachment_ids = fields.Many2many(
        "ir.attachment", "cobranza_privacy_attachment_rel", string="Files received"
    )
    identity = fields.Char(
        string="Identity checked by",
        tracking=True,
        help="How we know that it is the person. Needed before data are given away, "
        "changed or erased.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        tracking=True,
        default=lambda self: self._default_user(),
    )
    deadline = fields.Date(
        compute="_compute_deadline",
        store=True,
        readonly=False,
        tracking=True,
        help="Last day to answer. Where no law is known, who receives it writes it.",
    )
    article = fields.Char(compute="_compute_deadline", store=True)
    extended = fields.Boolean(readonly=True, copy=False, tracking=True)
    extension_reason = fields.Char(copy=False)
    debtor_ids = fields.Many2many(
        "cobranza.debtor",
        "cobranza_privacy_debtor_rel",
        string="Debtors",
        compute="_compute_debtor_ids",
        store=True,
        help="Those that the person is, or plays a role in.",
    )
    state = fields.Selection(
        [
            ("received", "To answer"),
            ("answered", "Answered"),
            ("refused", "Denied"),
            ("withdrawn", "Withdrawn"),
        ],
        default="received",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    answer = fields.Text(copy=False)
    answered_on = fields.Date(readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_privacy_file_rel",
        string="Files of the answer",
        readonly=True,
        copy=False,
    )
    kept = fields.Text(
        string="What is kept and why",
        readonly=True,
        copy=False,
        help="What the law or an open matter keeps from being erased.",
    )
    hold_ids = fields.One2many("cobranza.hold", "privacy_request_id")
    erasure_ids = fields.One2many(
        "cobranza.erasure",
        "request_id",
        groups="cobranza_legal.group_collection_manager",
    )

    _open_idx = models.Index("(company_id, deadline) WHERE state = 'received'")

    def _default_user(self):
        return self.env.company._cobranza_manager() or self.env.user

    @api.depends("kind", "partner_id", "person", "email")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            who = request.partner_id.name or request.person or request.email or ""
            request.display_name = f"{labels.get(request.kind, '')} · {who}"

    @api.constrains("partner_id", "person", "email")
    def _check_person(self):
        for request in self:
            if not (request.partner_id or request.person or request.email):
                raise ValidationError(
                    self.env._("Say who asks: a contact, a name or an e-mail address.")
                )

    # -- the person ------------------------------------------------------------------

    def _partners(self):
        """The partners that are this person, by choice or by e-mail address."""
        # requests are answered for the whole company
        partners = self.sudo().partner_id.with_context(active_test=False)
        email = email_normalize(self.email or "")
        if email:
            partners |= partners.search([("email_normalized", "=", email)])
        return partners

    @api.depends("partner_id", "email", "company_id")
    def _compute_debtor_ids(self):
        debtors = self.env["cobranza.debtor"].sudo().with_context(active_test=False)
        for request in self:
            partners = request._partners()
            roles = Domain.OR(Domain(name, "in", partners.ids) for name in ROLES)
            roles |= Domain("partner_id", "in", partners.commercial_partner_id.ids)
            domain = Domain("company_id", "=", request.company_id.id) & roles
            request.debtor_ids = debtors.search(domain) if partners else debtors

    def _own_debtors(self):
        """The debtors that the person itself is, not those that it stands beside."""
        partners = self._partners()
        return self.debtor_ids.filtered(lambda one: one.partner_id in partners)

    # -- guards ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._remind()
        requests.filtered(lambda one: one.kind == "restriction")._block()
        return requests

    def write(self, vals):
        ours = self._is_through_gate() or not set(vals) - {"message_main_attachment_id"}
        if not ours:
            self._check_written(vals)
        result = super().write(vals)
        if not ours and {"deadline", "user_id", "received_on", "kind"} & set(vals):
            self._remind()
        return result

    def _check_written(self, vals):
        if "extended" in vals:
            raise UserError(self.env._("Extend it with its button."))
        self._expect_received()

    def _expect_received(self):
        for request in self:
            if request.state != "received":
                raise UserError(
                    self.env._("%s is closed and kept as it is.", request.display_name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Requests about personal data are kept as proof."))

    def _remind(self):
        """One task for the responsible, some days before the last one."""
        summary = self.env._("Answer the request about personal data")
        for request in self:
            mine = request.sudo().activity_ids.filtered("automated")
            mine.unlink()  # it may be of another responsible
            if request.state == "received":
                last = request.deadline or request.received_on
                request.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    max(last - AHEAD, request.received_on),
                    summary,
                    user_id=request.user_id.id,
                    automated=True,
                )
