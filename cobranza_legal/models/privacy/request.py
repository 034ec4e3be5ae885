import io
import json
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize, format_date

from ...kernel.errors import KernelError
from ...kernel.lifecycle import PRIVACY
from ..common.deletion import discard
from ..company.company import MANAGERS
from ..rules.rules import PRIVACY_KINDS, VIA
from .data import ROLES, person_data

AHEAD = timedelta(days=3)
"""The responsible is reminded so many days before the last one."""


NEEDS_IDENTITY = ("access", "portability", "erasure", "rectification")


class CobranzaPrivacyRequest(models.Model):
    """What a person asked about its data, and what follows: files, holds, erasures and
    the answer, within the term of the law, which is extended once."""

    _name = "cobranza.privacy.request"
    _inherit = ["cobranza.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Request about personal data"
    _order = "deadline, id"

    _lifecycle = PRIVACY
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company._cobranza_creditor(),
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
        groups=MANAGERS,
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
            roles |= Domain("obligor_ids.partner_id", "in", partners.ids)
            domain = Domain("company_id", "=", request.company_id.id) & roles
            request.debtor_ids = debtors.search(domain) if partners else debtors

    def _own_debtors(self):
        """The debtors that the person itself is, not those that it stands beside."""
        partners = self._partners()
        return self.debtor_ids.filtered(lambda debtor: debtor.partner_id in partners)

    # -- guards ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._remind()
        requests.filtered(lambda request: request.kind == "restriction")._block()
        requests._judge_debtors()
        return requests

    def _judge_debtors(self):
        """What a person asks may stop what is done about it."""
        # sudo: whoever takes a request down may not write debtors
        self.sudo().debtor_ids._redecide_later()

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
            discard(mine)  # it may be of another responsible
            if request.state == "received":
                last = request.deadline or request.received_on
                request.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    max(last - AHEAD, request.received_on),
                    summary,
                    user_id=request.user_id.id,
                    automated=True,
                )

    def _term(self):
        """``PrivacyTerm`` of this request, None when no law is known."""
        if not (self.kind and self.received_on and self.company_id):
            return None
        day = self.received_on
        table = self.company_id._cobranza_legal_table(day, day)
        return self.company_id._cobranza_rules()._privacy_terms(self.kind, day, table)

    @api.depends("kind", "received_on", "company_id", "extended")
    def _compute_deadline(self):
        for request in self:
            try:
                term = request._term()
                request.article = term.article if term else False
                request.deadline = term and request._deadline_by(term)
            except KernelError:  # a legal value or the holidays are not known
                request.article = False
                request.deadline = request.received_on

    def _deadline_by(self, term):
        rules = self.company_id._cobranza_rules()
        nowhere = self.env["res.country.state"]
        calendar = rules._calendar("contact", nowhere, self.received_on)
        return term.deadline(self.received_on, calendar, self.extended)

    def action_extend(self):
        """Take the longer term of the law, once, before the first one is over."""
        self.check_access("write")
        for request in self:
            request._expect_received()
            term = request._term()
            today = request.company_id._cobranza_today()
            if not (term and term.extensible) or request.extended:
                raise UserError(
                    self.env._("%s cannot be extended.", request.display_name)
                )
            if request.deadline < today:
                raise UserError(
                    self.env._(
                        "The term of %(request)s ended on %(day)s.",
                        request=request.display_name,
                        day=format_date(self.env, request.deadline),
                    )
                )
            if not (request.extension_reason or "").strip():
                raise UserError(self.env._("Write why the answer takes longer."))
            request._through_gate().write({"extended": True})
            request._remind()
        return True

    def _check_answerable(self):
        self.check_access("write")
        self._expect_received()
        for request in self:
            if request.kind in NEEDS_IDENTITY and not request.identity:
                raise UserError(
                    self.env._(
                        "%s: say first how the identity was checked.",
                        request.display_name,
                    )
                )

    # -- access and portability ------------------------------------------------------

    def action_produce(self):
        """The data of the person as files of the answer: the log as archive where the
        person is the debtor, and everything that a machine can read as JSON."""
        self.ensure_one()
        self._check_answerable()
        data = json.dumps(person_data(self), indent=2, ensure_ascii=False)
        files = [("personal-data.json", data.encode(), "application/json")]
        for debtor in self._own_debtors():
            export = self.env["cobranza.log.export"].create(
                {
                    "debtor_id": debtor.id,
                    "reason": self.display_name,
                    "lang": debtor._installed_lang(),
                }
            )
            stream = io.BytesIO()
            export._write_zip(stream)
            name = f"{export._folder()}.zip"
            files.append((name, stream.getvalue(), "application/zip"))
        made = self.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, content, mimetype in files
            ]
        )
        self._through_gate().write({"file_ids": [Command.set(made.ids)]})
        return True

    # -- block -----------------------------------------------------------------------

    def action_block(self):
        """Stop our contacts about the person's debts at once."""
        self.check_access("write")
        self._expect_received()
        self._block()
        return True

    def _block(self):
        # whoever registers the request stops us, also without rights on the debtor
        holds = self.env["cobranza.hold"].sudo()
        for request in self:
            for debtor in request._own_debtors().sudo() - request.hold_ids.debtor_id:
                holds.create(
                    {
                        "debtor_id": debtor.id,
                        "reason": "privacy",
                        "note": request.display_name,
                        "date_from": request.company_id._cobranza_today(),
                        "user_id": request.user_id.id,
                        "privacy_request_id": request.id,
                    }
                )

    # -- erasure ---------------------------------------------------------------------

    def action_propose_erasure(self):
        """Propose to erase what no law keeps, and list what is kept and why."""
        self.ensure_one()
        self._check_answerable()
        law = self.company_id._cobranza_retention(self.company_id._cobranza_today())
        own, lines = self._own_debtors(), []
        for debtor in self.debtor_ids:
            partner = self.env["res.partner"] if debtor in own else self.partner_id
            if debtor in own or partner:
                lines += self._propose_erasure(debtor, partner, law)
        if self._partners():
            lines.append(
                self.env._(
                    "Invoices, payments and the contact itself: they belong to the "
                    "books of the company."
                )
            )
        self._through_gate().write({"kept": "\n".join(lines)})
        return True

    def _propose_erasure(self, debtor, partner, law):
        """Propose it for one debtor; gives back what is kept, with its reason."""
        name = debtor.display_name
        if not law:
            return [self.env._("%s: no law of retention is known here.", name)]
        refusals = debtor._retention_refusals(besides=self)
        if refusals:
            return [f"{name}: {one}" for one in refusals]
        today = self.company_id._cobranza_today()
        cutoff = today - relativedelta(years=law.years)
        self.env["cobranza.erasure"]._propose(
            debtor,
            cutoff,
            self.display_name,
            law.article,
            request_id=self.id,
            partner_id=partner.id,
            proposed_by_id=self.env.uid,
        )
        begin = debtor.company_id._cobranza_midnight(cutoff)
        young = debtor.sudo().contact_ids.filtered(
            lambda contact: contact.sent_at and contact.sent_at >= begin
        )
        if not young:
            return []
        return [
            self.env._(
                "%(debtor)s: %(count)s contacts of the last %(years)s years "
                "(%(article)s).",
                debtor=name,
                count=len(young),
                years=law.years,
                article=law.article,
            )
        ]

    # -- endings ---------------------------------------------------------------------

    def action_answer(self):
        self._check_answerable()
        for request in self:
            if not (request.answer or "").strip():
                raise UserError(self.env._("Write what was answered."))
            wants_files = request.kind in ("access", "portability")
            if wants_files and not request.file_ids:
                raise UserError(self.env._("Produce the files of the answer first."))
            if request.kind == "restriction":
                request._block()
        return self._close("answered")

    def action_refuse(self):
        self.check_access("write")
        self._expect_received()
        if not all((one.answer or "").strip() for one in self):
            raise UserError(self.env._("Write in the answer why it is denied."))
        return self._close("refused")

    def action_withdraw(self):
        self.check_access("write")
        return self._close("withdrawn")

    def _close(self, state):
        self._expect_received()
        for request in self:
            request._set_state(
                state,
                answered_on=request.company_id._cobranza_today(),
                answered_by_id=self.env.uid,
            )
        return True

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        self._remind()
        self._judge_debtors()
        if target in ("refused", "withdrawn"):
            holds = self.hold_ids.filtered(lambda hold: hold.state == "open")
            holds._release(self.env._("The request is closed"))
        return result
