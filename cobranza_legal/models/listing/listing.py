from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import formatLang

from ...kernel.errors import KernelError
from ...kernel.lifecycle import LISTING, PREPARED
from ...kernel.listing import APPROVAL
from ..common.gate import CONTEXT_KEY, GATE
from ..common.rows import Row
from ..common.words import say_error

STATES = [
    ("draft", "Draft"),
    ("warned", "Warned"),
    ("demanded", "Demand sent"),
    ("running", "Term running"),
    ("eligible", "Ready to approve"),
    ("approved", "Approved, to be told"),
    ("submitted", "Submitted"),
    ("blocked", "In the register, blocked"),
    ("visible", "Visible"),
    ("removal_requested", "Removal asked for"),
    ("removed", "Removed"),
    ("suspended", "Stopped"),
    ("rejected", "Rejected by the register"),
    ("error", "To be cleared up"),
    ("cancelled", "Given up"),
]


PREPARING = tuple(PREPARED.split())
"""States in which the register knows nothing yet."""


REPORTED = ("submitted", "blocked", "visible", "error")
"""States in which it knows, or may know, the debt."""


LIVE = (*PREPARING, *REPORTED, "removal_requested")


KIND = "listing"
"""Of the approval that is asked for."""


SEQUENCE = "cobranza.listing"


class CobranzaListing(models.Model):
    """One debt of one person that is reported to one credit register, from the draft to
    its removal.

    Until it is submitted its state follows from what is known: whether the debtor was
    warned and asked, and every guard of the law. Afterwards the register is told what
    changes (``cobranza.listing.entry``). What was submitted is evidence.
    """

    _name = "cobranza.listing"
    _inherit = [
        "cobranza.followup.item.mixin",
        "cobranza.approval.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Report to a credit register"
    _order = "id desc"

    _lifecycle = LISTING
    _logged = (
        "register",
        "debt_id",
        "partner_id",
        "origin",
        "consent_on",
        "contract_on",
    )
    _after_close = frozenset(
        (
            *("note", "user_id", "origin", "consent_on", "consent_file_ids"),
            *("contract_on", "contract_file_ids"),
        )
    )
    _stated = ("origin", "consent_on", "consent_file_ids", "contract_on")
    _approval_fields = ("owed", "register", "partner_id", "debt_id")
    _evidence_files = {
        "consent_file_ids": [("state", "!=", "draft")],
        "contract_file_ids": [("state", "!=", "draft")],
    }

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    debtor_id = fields.Many2one(ondelete="restrict")
    debt_id = fields.Many2one(
        "cobranza.debt",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('debtor_id', '=', debtor_id), ('nature', '=', 'principal'), "
        "('settled', '=', False)]",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Who is reported",
        required=True,
        ondelete="restrict",
        index=True,
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        readonly=False,
        help="The debtor, or somebody else who answers for the debt.",
    )
    register = Row("cobranza.register", required=True)
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    currency_id = fields.Many2one(related="debt_id.currency_id", store=True)
    due_on = fields.Date("Due date", compute="_compute_due_on")
    owed = fields.Monetary(
        "Owed now",
        compute="_compute_owed",
        help="What is open of the principal, without interest, fees and costs, and "
        "without what was paid and is not matched yet.",
    )
    note = fields.Text()
    # -- what people state
    contract_on = fields.Date(
        "Warned in the contract on",
        help="The contract names the register. Otherwise a letter has to.",
    )
    contract_file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_listing_contract_rel",
        string="Contract with the warning",
        copy=False,
    )
    consent_on = fields.Date("Agreed in writing on")
    consent_file_ids = fields.Many2many(
        "ir.attachment", "cobranza_listing_consent_rel", string="Consent", copy=False
    )
    origin = Row("cobranza.listing.origin", string="What the debt comes from")
    # -- what comes of it
    guards = fields.Html(compute="_compute_guards", string="What is looked at")
    missing = fields.Text(compute="_compute_guards")
    asks_origin = fields.Boolean(compute="_compute_guards")
    asks_consent = fields.Boolean(compute="_compute_guards")
    asks_warning = fields.Boolean(compute="_compute_guards")
    judged_on = fields.Date(
        readonly=True, copy=False, help="The day on which it was looked at last."
    )
    approved_amount = fields.Monetary(readonly=True, copy=False)
    approved_on = fields.Date(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    submitted_on = fields.Date(readonly=True, copy=False, tracking=True)
    blocked_until = fields.Date(
        readonly=True,
        copy=False,
        help="Until this day the register tells nobody: it tells the debtor first.",
    )
    purge_on = fields.Date(
        "Not after",
        readonly=True,
        copy=False,
        help="On this day it may not be in the register any more.",
    )
    reported = fields.Monetary(
        "The register says", readonly=True, copy=False, help="What it was told last."
    )
    reported_number = fields.Char("Reported tax number", readonly=True, copy=False)
    reported_name = fields.Char(readonly=True, copy=False)
    reported_address = fields.Text(readonly=True, copy=False)
    removal_reason = fields.Text(readonly=True, copy=False)
    ended_on = fields.Date(readonly=True, copy=False)
    erased_on = fields.Date(readonly=True, copy=False)
    entry_ids = fields.One2many(
        "cobranza.listing.entry", "listing_id", "Told to the register", readonly=True
    )
    answer_ids = fields.One2many(
        "cobranza.listing.answer", "listing_id", "Answers", readonly=True
    )
    approval_ids = fields.One2many(
        "cobranza.approval",
        "res_id",
        domain=[("res_model", "=", "cobranza.listing")],
        readonly=True,
        string="Approvals",
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name <> '/'", "Another report has that number."
    )
    _live_uniq = models.UniqueIndex(
        "(debt_id, partner_id, register) "
        "WHERE state NOT IN ('removed', 'rejected', 'cancelled')",
        "This debt of this person is with that register already.",
    )
    _judge_idx = models.Index(
        "(company_id, judged_on) "
        "WHERE state NOT IN ('removed', 'rejected', 'cancelled', 'removal_requested')"
    )

    # -- values ------------------------------------------------------------------------

    @api.depends("name", "register", "debt_id")
    def _compute_display_name(self):
        registers = self.env["cobranza.register"]
        for one in self:
            label = registers._label(one.register)
            parts = (one.name.strip("/"), label, one.debt_id.display_name)
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends("debtor_id")
    def _compute_partner_id(self):
        for one in self:
            if not one.partner_id or one.partner_id == one._origin.debtor_id.partner_id:
                one.partner_id = one.debtor_id.partner_id

    @api.depends("debt_id")
    def _compute_due_on(self):
        for one in self:
            one.due_on = one.debt_id and one.debt_id._due_on()

    @api.depends("debt_id", "state")
    def _compute_owed(self):
        found = self._judged_safely()
        for one in self:
            judged = found.get(one.id)
            one.owed = float(judged.facts.owed) if judged else 0

    @api.depends(
        *("state", "debt_id", "partner_id", "register", "origin", "consent_on"),
        *("consent_file_ids", "contract_on", "contract_file_ids", "approved_on"),
    )
    @api.depends_context("lang")
    def _compute_guards(self):
        found = self._judged_safely()
        for one in self:
            judged = found.get(one.id)
            asked = {guard.code for guard in judged.guards} if judged else set()
            one.asks_origin = "origin" in asked
            one.asks_consent = "consent" in asked
            one.asks_warning = "warning" in asked
            rows = one._guard_rows(judged) if judged else []
            one.missing = "\n".join(row["words"] for row in rows if not row["met"])
            one.guards = self.env["ir.qweb"]._render(
                "cobranza_legal.listing_guards", {"rows": rows}
            )

    def _judged_safely(self):
        """As ``_judged`` for those that are saved; without a legal value: nothing."""
        try:
            return self.filtered("id")._origin._judged()
        except KernelError:
            return {}

    def _judged(self):
        """{listing id: ``facts.Judged``}, as things stand today. A fixed number of
        queries for each company."""
        result = {}
        for company, own in self.grouped("company_id").items():
            rules, today = company._cobranza_rules(), company._cobranza_today()
            result |= rules._listing_blockers(own, today)
        return result

    def _number_of(self, person):
        """The tax number of a person as registers know it."""
        number = person.vat or person.commercial_partner_id.vat or ""
        return "".join(sign for sign in number if sign.isalnum()).upper()

    def _say(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    # -- making ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        for one in listings:
            # sudo: whoever reports need not own the sequence
            sequence = self.env["ir.sequence"].sudo().with_company(one.company_id)
            one._through_gate().name = sequence.next_by_code(SEQUENCE)
        listings._own_files()
        listings._judge_soon()
        return listings

    def write(self, vals):
        stated = set(vals) & {*self._stated, "contract_file_ids"}
        if stated and not self._is_through_gate():
            self._expect(*PREPARING)
            kept = {one: one.consent_file_ids | one.contract_file_ids for one in self}
        result = super().write(vals)
        if stated and not self._is_through_gate():
            for one, files in kept.items():
                one._check_files_kept(files)
            self._own_files()
            self._withdraw_approval(self.env._("What was stated has changed"))
            self._judge_soon()
        return result

    def _check_files_kept(self, files):
        if self.state == "draft":
            return
        if files - (self.consent_file_ids | self.contract_file_ids):
            raise UserError(
                self.env._(
                    "%s: what was added as proof is kept. Files can be added.",
                    self.display_name,
                )
            )

    def _own_files(self):
        """Files belong to the record, so that whoever reads it can open them."""
        for one in self:
            files = one.consent_file_ids | one.contract_file_ids
            loose = files.filtered(lambda file: not file.res_id)
            place = {"res_model": self._name, "res_id": one.id}
            loose.with_context(**{CONTEXT_KEY: GATE}).write(place)

    @api.constrains("debtor_id", "debt_id")
    def _check_debtor(self):
        for one in self:
            if one.debt_id.debtor_id != one.debtor_id:
                raise ValidationError(
                    self.env._(
                        "%(debt)s is not a debt of %(debtor)s. Choose another debt.",
                        debt=one.debt_id.display_name,
                        debtor=one.debtor_id.display_name,
                    )
                )

    @api.constrains("register", "debtor_id")
    def _check_register(self):
        for one in self:
            if one.register not in one.company_id._cobranza_rules()._credit_registers():
                raise ValidationError(
                    self.env._(
                        "%(register)s is no register of the country of %(company)s.",
                        register=self.env["cobranza.register"]._label(one.register),
                        company=one.company_id.name,
                    )
                )

    @api.model
    def _draft(self, debts):
        """Drafts about these debts, for every register of which their companies are
        members and to which they are not reported yet, with the day and the contract
        of nobody. Those that are there already are not made again."""
        members, vals_list = self.env["cobranza.register.membership"].sudo(), []
        known = self.sudo().search(
            [("debt_id", "in", debts.ids), ("state", "in", LIVE)]
        )
        taken = {(one.debt_id.id, one.register) for one in known}
        for company, own in debts.grouped("company_id").items():
            today = company._cobranza_today()
            for register, member in members._in_force(company, today).items():
                vals_list += [
                    {
                        "debtor_id": debt.debtor_id.id,
                        "debt_id": debt.id,
                        "register": register,
                        "user_id": member.user_id.id,
                    }
                    for debt in own
                    if debt.nature == "principal" and (debt.id, register) not in taken
                ]
        return self.create(vals_list)

    # -- acts --------------------------------------------------------------------------

    def action_judge(self):
        """Look again at what is known."""
        self.check_access("write")
        self._judge_now()
        return True

    def action_ask(self):
        """Ask somebody else to approve it. UserError that names everything that does
        not hold yet, of all of these."""
        self.check_access("write")
        self._expect(*PREPARING)
        self._judge_now()
        self._check_guards(besides=(APPROVAL,))
        self._expect("eligible")
        approvals, asked = self.env["cobranza.approval"], self.env["cobranza.approval"]
        for one in self:
            asked |= approvals._ask(
                one,
                KIND,
                self.env._("Every condition of the law holds"),
                one.owed,
                one.currency_id,
            )
        return True

    def _check_guards(self, besides=()):
        """UserError with every guard that does not hold, the record and the way out."""
        try:
            found = self._judged()
        except KernelError as error:
            raise UserError(say_error(self.env, error)) from error
        lines = []
        for one in self:
            rows = one._guard_rows(found[one.id])
            rows = [
                row for row in rows if not row["met"] and row["code"] not in besides
            ]
            if rows:
                lines += [
                    f"{one.display_name}:",
                    *(f"• {row['words']}" for row in rows),
                ]
        if lines:
            raise UserError("\n".join(lines))

    def _approval_amount(self, kind):
        self.ensure_one()
        return self.owed, self.currency_id

    def _on_answer(self, approval):
        """Somebody else has approved, or refused."""
        # sudo: approvers do not write reports, they answer
        one = self.sudo()
        if approval.state != "approved":
            one._log(self.env._("Not approved"), approval.answer)
            return
        one._through_gate().write(
            {
                "approved_amount": approval.amount,
                "approved_on": one.company_id._cobranza_today(),
                "approved_by_id": approval.answered_by_id.id,
            }
        )
        one._judge_now()

    def _withdraw_approval(self, why):
        """What was approved, or is being asked for, is no longer what it was."""
        mine = self.sudo().filtered("approved_on")
        mine._through_gate().write(
            {"approved_amount": 0, "approved_on": False, "approved_by_id": False}
        )
        self.env["cobranza.approval"]._cancel(self, why)

    def action_cancel(self):
        return self.env["cobranza.listing.result"]._ask("cancel", self)

    def action_remove(self):
        return self.env["cobranza.listing.result"]._ask("remove", self)

    def action_answer(self):
        """What the register has answered, with its file."""
        return self.env["cobranza.listing.result"]._ask("answer", self)

    def _give_up(self, reason):
        self.check_access("write")
        self._expect(*PREPARING)
        self.sudo()._close(reason)

    def _close(self, reason):
        """Give up what the register was not told. Run as superuser."""
        self._withdraw_approval(reason)
        self.entry_ids._drop(reason)
        for company, own in self.grouped("company_id").items():
            own._set_state("cancelled", reason, ended_on=company._cobranza_today())

    def _remove(self, reason):
        """A person asks for the removal of what the register knows."""
        self.check_access("write")
        self._expect(*REPORTED)
        # sudo: rows and states are the engine's to write
        mine = self.sudo()
        found = mine._judged()
        for one in mine:
            one._ask_removal(reason)
        entries = {one: (found[one.id], reason) for one in mine}
        mine.env["cobranza.listing.entry"]._ensure("remove", entries)
