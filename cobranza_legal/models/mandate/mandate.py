from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...kernel.epc import in_fours, is_iban
from ...kernel.lifecycle import MANDATE
from ...kernel.mandate import (
    clean_identifier,
    clean_reference,
    identifier_key,
    identifier_problem,
    reference_key,
    reference_problem,
)
from ..common.rows import Row
from ..common.words import QUIET
from ..company.company import NOT_OWN
from .block import PURPOSE

STATES = [
    ("draft", "Draft"),
    ("requested", "To be signed"),
    ("valid", "Valid"),
    ("suspended", "Suspended"),
    ("exhausted", "Used up"),
    ("expired", "Lapsed"),
    ("revoked", "Revoked"),
]


METHODS = [
    ("page", "On the debtor's page"),
    ("hand", "By hand"),
    ("elsewhere", "Elsewhere: at the bank, with a trusted service"),
    ("import", "Brought from another system"),
]


SEQUENCE = "cobranza.mandate"


LETTERS = (PURPOSE, "mandate_request")
"""Purposes of the letters that are about mandates."""


class CobranzaMandate(models.Model):
    """What a debtor signs so that its account may be debited: a SEPA mandate, or the
    authorisation of another country.

    It hangs from the debtor, who is made where the customer has never owed anything. It
    is frozen as a text of the company's when it is requested; once signed it changes by
    amendments only, which are told to the bank.
    """

    _name = "cobranza.mandate"
    _inherit = [
        "cobranza.followup.item.mixin",
        "cobranza.document.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Direct debit mandate"
    _rec_name = "reference"
    _order = "id desc"

    _lifecycle = MANDATE
    _logged = (
        *("debtor_id", "reference", "scheme", "kind", "bank_account_id", "user_id"),
        *("notice_agreed", "notice_days"),
    )
    _after_close = frozenset({"note", "user_id", "file_ids"})
    _evidence_files = {
        "document_file_id": [],
        "signed_file_id": [],
        "file_ids": [("state", "!=", "draft")],
    }
    _given = frozenset({"creditor_identifier"})

    debtor_id = fields.Many2one(ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        inverse="_inverse_partner_id",
        search="_search_partner_id",
    )
    reference = fields.Char(
        "Mandate reference",
        copy=False,
        tracking=True,
        help="Unique for each creditor identifier: up to 35 letters without accents, "
        "figures and + ? - : ( ) . , ' /. Empty: the next number.",
    )
    scheme = Row(
        "cobranza.mandate.scheme",
        required=True,
        tracking=True,
        default=lambda self: self._default_scheme(),
    )
    kind = fields.Selection(
        [("recurrent", "Recurrent"), ("one_off", "One-off")],
        string="Type of payment",
        required=True,
        default="recurrent",
    )
    bank_account_id = fields.Many2one(
        "res.partner.bank",
        string="Account",
        domain="[('partner_id', 'in', holder_ids)]",
        ondelete="restrict",
        index="btree_not_null",
        help="May come later: until then the mandate can be signed, not debited.",
    )
    holder_ids = fields.Many2many(
        "res.partner", string="Holders", compute="_compute_holder_ids"
    )
    account_number = fields.Char(
        "Number signed for",
        readonly=True,
        copy=False,
        help="As it was when the signature was asked for, or it was signed or amended, "
        "whatever the account says now.",
    )
    account_shown = fields.Char(
        "Account signed for",
        compute="_compute_account_shown",
        help="As it was when the signature was asked for, or it was signed or amended, "
        "whatever the account says now.",
    )
    account_differs = fields.Boolean(compute="_compute_account_shown")
    creditor_identifier = fields.Char(readonly=True, copy=False)
    creditor_name = fields.Char("Creditor signed for", readonly=True, copy=False)
    notice_agreed = fields.Boolean(
        "Notice agreed",
        help="The contract says how many days before a debit the debtor is told.",
    )
    notice_days = fields.Integer("Days of notice")
    signed_on = fields.Date(readonly=True, copy=False, tracking=True)
    signed_place = fields.Char("Signed at", readonly=True, copy=False)
    signed_method = fields.Selection(
        METHODS, string="How it was signed", readonly=True, copy=False
    )
    file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_mandate_file_rel",
        string="Scans and proofs",
        copy=False,
    )
    first_used_on = fields.Date("First debit", readonly=True, copy=False)
    last_used_on = fields.Date("Last debit", readonly=True, copy=False)
    expires_on = fields.Date(
        readonly=True,
        copy=False,
        help="From this day on it is good no more, unless it is used before.",
    )
    alarmed_on = fields.Date("Warned on", readonly=True, copy=False)
    note = fields.Text()
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    stop_reason = Row(
        "cobranza.mandate.stop", string="Stopped because", readonly=True, copy=False
    )
    amendment_ids = fields.One2many(
        "cobranza.mandate.amendment", "mandate_id", "Amendments", readonly=True
    )

    debit_ids = fields.One2many(
        "cobranza.debit", "mandate_id", "Direct debits", readonly=True
    )
    debit_count = fields.Integer(
        "Number of direct debits", compute="_compute_counts", groups=NOT_OWN
    )
    invoice_count = fields.Integer(
        "Number of invoices", compute="_compute_counts", groups=NOT_OWN
    )
    letter_count = fields.Integer(
        "Number of letters", compute="_compute_counts", groups=NOT_OWN
    )

    _reference_uniq = models.UniqueIndex(
        "(left(creditor_identifier, 4), substr(creditor_identifier, 8), "
        "upper(reference)) WHERE creditor_identifier IS NOT NULL",
        "Another mandate of this creditor has that reference already.",
    )
    _plain_uniq = models.UniqueIndex(
        "(company_id, upper(reference)) WHERE creditor_identifier IS NULL",
        "Another mandate of this company has that reference already.",
    )
    _notice_positive = models.Constraint(
        "CHECK (notice_days >= 0)", "The days of notice are not negative."
    )
    _expiry_idx = models.Index(
        "(company_id, expires_on) WHERE state IN ('valid', 'suspended')"
    )

    # -- values ------------------------------------------------------------------------

    @api.model
    def _default_scheme(self):
        company = self.env.company._cobranza_creditor()
        return next(iter(company._cobranza_mandate_schemes()), False)

    @api.depends("debtor_id.partner_id")
    def _compute_partner_id(self):
        for mandate in self:
            if mandate.debtor_id:
                mandate.partner_id = mandate.debtor_id.partner_id

    def _inverse_partner_id(self):
        """The debtor is found when a mandate is made, and stays."""
        self._check_partner()

    def _search_partner_id(self, operator, value):
        return Domain("debtor_id.partner_id", operator, value)

    @api.depends("partner_id", "debtor_id.payer_id")
    def _compute_holder_ids(self):
        for mandate in self:
            people = mandate.partner_id.commercial_partner_id | mandate.partner_id
            mandate.holder_ids = people | mandate.debtor_id.payer_id

    @api.depends("account_number", "bank_account_id.acc_number")
    def _compute_account_shown(self):
        for mandate in self:
            signed = mandate.account_number or ""
            # sudo: accounts of people whom the user does not see
            now = mandate.bank_account_id.sudo().sanitized_acc_number or ""
            mandate.account_shown = in_fours(signed)
            mandate.account_differs = bool(signed) and signed != now

    @api.depends("reference", "partner_id")
    def _compute_display_name(self):
        for mandate in self:
            parts = (mandate.reference, mandate.partner_id.display_name)
            mandate.display_name = " · ".join(part for part in parts if part)

    @property
    def _document_purpose(self):
        row = self.env["cobranza.mandate.scheme"]._row(self.scheme)
        return row.purpose if row else ""

    def _scheme(self):
        """``kernel.mandate.Scheme`` of this mandate today. UserError where the law of
        the country does not know it any more."""
        self.ensure_one()
        scheme = self.company_id._cobranza_mandate_schemes().get(self.scheme)
        if not scheme:
            raise UserError(
                self.env._(
                    "The rules of %(company)s know no direct debit “%(scheme)s”.",
                    company=self.company_id.name,
                    scheme=self.env["cobranza.mandate.scheme"]._label(self.scheme),
                )
            )
        return scheme

    def _notice(self):
        """Days of notice that the contract says, None where the scheme's hold."""
        return self.notice_days if self.notice_agreed else None

    # -- making ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        vals_list = [dict(vals) for vals in vals_list]
        self._fill_debtors(vals_list)
        mandates = super().create(vals_list)
        for mandate in mandates:
            mandate._fill_own()
        return mandates

    @api.model
    def _fill_debtors(self, vals_list):
        """The debtors of the customers of new mandates, made where there are none."""
        missing = [
            vals
            for vals in vals_list
            if not vals.get("debtor_id", self.env.context.get("default_debtor_id"))
        ]
        default = self.env.context.get("default_partner_id")
        ids = [vals.get("partner_id") or default for vals in missing]
        partners = self.env["res.partner"].browse(filter(None, ids)).exists()
        partners.check_access("read")
        company = self.env.company._cobranza_creditor()
        # sudo: who may make mandates need not be allowed to make debtors
        runs = self.env["cobranza.run"].sudo()
        people = partners.commercial_partner_id
        debtors = runs._ensure_debtors(company, people) if people else ()
        known = {debtor.partner_id.id: debtor.id for debtor in debtors}
        for vals, number in zip(missing, ids, strict=True):
            partner = partners.browse(number).commercial_partner_id
            if partner.id in known:
                vals["debtor_id"] = known[partner.id]
            vals.pop("partner_id", None)

    def _fill_own(self):
        """Number and creditor of a new mandate."""
        values = {}
        if not clean_reference(self.reference):
            # sudo: whoever writes mandates need not own the sequence
            sequence = self.env["ir.sequence"].sudo().with_company(self.company_id)
            values["reference"] = sequence.next_by_code(SEQUENCE)
        elif self.reference != clean_reference(self.reference):
            values["reference"] = clean_reference(self.reference)
        own = clean_identifier(
            self.creditor_identifier or self.company_id.cobranza_creditor_identifier
        )
        if self._scheme().has_file and own and own != self.creditor_identifier:
            values["creditor_identifier"] = own
        if values:
            self._through_gate().write(values)

    def _check_partner(self):
        """UserError for a customer that is not the debtor."""
        for mandate in self:
            if mandate.partner_id.commercial_partner_id != mandate.debtor_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(mandate)s belongs to %(debtor)s. Make a new mandate for "
                        "another customer.",
                        mandate=mandate.reference,
                        debtor=mandate.debtor_id.display_name,
                    )
                )

    @api.constrains("reference", "scheme")
    def _check_reference(self):
        for mandate in self.filtered("reference"):
            problem = reference_problem(mandate.reference)
            if problem:
                raise ValidationError(mandate._reference_words(problem))

    def _reference_words(self, problem):
        text = self.reference or ""
        words = {
            "empty": self.env._("A mandate needs a reference."),
            "long": self.env._(
                "“%(text)s” has %(count)s characters; banks take 35 at most.",
                text=text,
                count=len(text),
            ),
            "charset": self.env._(
                "“%s”: banks take letters without accents, figures and "
                "+ ? - : ( ) . , ' / in a mandate reference, and no blanks.",
                text,
            ),
            "slash": self.env._(
                "“%s”: a mandate reference does not begin or end with a slash, nor has "
                "it two in a row.",
                text,
            ),
        }
        return words[problem]

    @api.constrains("creditor_identifier")
    def _check_identifier(self):
        """One that is given may be of a company that ours took over: of any country and
        tax number."""
        for mandate in self.filtered("creditor_identifier"):
            text = clean_identifier(mandate.creditor_identifier)
            problem = identifier_problem(text)
            if problem:
                words = mandate.company_id._cobranza_identifier_words(problem, text)
                raise ValidationError(words)

    @api.constrains("scheme", "debtor_id")
    def _check_scheme(self):
        for mandate in self:
            regime = mandate.debtor_id.regime
            if regime in mandate._scheme().barred:
                regimes = mandate.debtor_id._fields["regime"]
                labels = dict(regimes._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "%(debtor)s may not sign a mandate “%(scheme)s”: its regime is "
                        "“%(regime)s”.",
                        debtor=mandate.debtor_id.display_name,
                        scheme=self.env["cobranza.mandate.scheme"]._label(
                            mandate.scheme
                        ),
                        regime=labels[regime],
                    )
                )

    @api.constrains("bank_account_id", "debtor_id", "scheme")
    def _check_account(self):
        for mandate in self.filtered("bank_account_id"):
            # sudo: accounts of people whom the user does not see
            account = mandate.bank_account_id.sudo()
            if account.partner_id not in mandate.sudo().holder_ids:
                raise ValidationError(
                    self.env._(
                        "%(account)s is an account of %(holder)s, who neither is "
                        "%(debtor)s nor pays for it.",
                        account=account.acc_number,
                        holder=account.partner_id.display_name,
                        debtor=mandate.debtor_id.display_name,
                    )
                )
            number = account.sanitized_acc_number or ""
            if mandate._scheme().has_file and not is_iban(number):
                raise ValidationError(
                    self.env._(
                        "%s is no IBAN: look at it once more.", account.acc_number
                    )
                )

    # -- states ------------------------------------------------------------------------

    def _check_ready(self):
        """UserError with all that lacks before it may be signed."""
        self.ensure_one()
        scheme, found = self._scheme(), []
        if scheme.has_file:
            company = self.company_id
            found.append(company._cobranza_identifier_problem())
            if not self.creditor_identifier:
                self._through_gate().creditor_identifier = (
                    clean_identifier(company.cobranza_creditor_identifier) or False
                )
            if not self.creditor_identifier:
                found.append(self._words_no_identifier())
        problem = reference_problem(self.reference)
        found.append(self._reference_words(problem) if problem else "")
        found = [one for one in found if one]
        if found:
            raise UserError("\n".join(found))

    def _words_no_identifier(self):
        return self.env._(
            "%s has no creditor identifier: give it in the settings.",
            self.company_id.name,
        )

    def action_request(self):
        """Put the mandate into writing, to be signed by the debtor."""
        for mandate in self:
            mandate.check_access("write")
            mandate._expect("draft")
            mandate._check_ready()
            if mandate._document_purpose:
                mandate._freeze_document()
            mandate._set_state("requested", **mandate._parties())

    def action_draft(self):
        """Take a request back: what was written may be changed, and its link asks for
        no signature any more."""
        for mandate in self:
            mandate.check_access("write")
            mandate._expect("requested")
            mandate._thaw_document()
            blank = dict.fromkeys(mandate._parties(), False)
            mandate._set_state("draft", **blank)

    def _parties(self):
        """{field: value} of the account and the creditor as they are called now."""
        # sudo: accounts of people whom the user does not see
        account = self.bank_account_id.sudo()
        return {
            "account_number": account.sanitized_acc_number,
            "creditor_name": self.company_id.name,
        }

    def _is_as_requested(self):
        """Whether the account and the creditor are still those that the debtor was
        asked to sign for."""
        return self.state != "requested" or all(
            (self[name] or "") == (value or "")
            for name, value in self._parties().items()
        )

    def _sign(self, day, place, method, **values):
        """The debtor signed on ``day``: the mandate is valid. UserError for a day to
        come, and where something lacks."""
        self.ensure_one()
        self._expect("draft", "requested")
        self._check_ready()
        if day > self.company_id._cobranza_today():
            raise UserError(self.env._("It cannot be signed on a day that is to come."))
        if not self._is_as_requested():
            raise UserError(
                self.env._(
                    "%s: the account or the name of the creditor is not the one that "
                    "the debtor was asked to sign for. Take the request back and ask "
                    "again.",
                    self.display_name,
                )
            )
        self._set_state(
            "valid",
            signed_on=day,
            signed_place=place or False,
            signed_method=method,
            **self._parties(),
            **values,
        )

    def _stop(self, target, code, reason):
        """Suspend or revoke these mandates: ``code`` of ``cobranza.mandate.stop``, and
        in which words."""
        self.check_access("write")
        words = self.env["cobranza.mandate.stop"]._label(code)
        told = f"{words}: {reason}" if reason else words
        self._set_state(target, told, stop_reason=code)

    def _resume(self, reason):
        """Suspended or used up mandates are good again."""
        self.check_access("write")
        self._expect("suspended", "exhausted")
        confirmed = self.filtered(lambda mandate: mandate.stop_reason == "holder")
        # sudo: an account of a payer whom the user does not see
        accounts = confirmed.bank_account_id.sudo()
        accounts.filtered(lambda one: not one.active).write({"active": True})
        self._set_state("valid", reason, stop_reason=False)

    def _used(self, day):
        """A debit due on ``day`` was presented by these mandates. Those that were used
        on the same days are written together."""
        groups = self.grouped(
            lambda mandate: (
                mandate.company_id,
                mandate.scheme,
                min(filter(None, (mandate.first_used_on, day))),
                max(filter(None, (mandate.last_used_on, day))),
            )
        )
        for (_company, _scheme, first, last), mandates in groups.items():
            mandates._through_gate().write(
                {
                    "first_used_on": first,
                    "last_used_on": last,
                    "expires_on": mandates[0]._scheme().expires(last),
                    "alarmed_on": False,
                }
            )
        once = self.filtered(
            lambda mandate: mandate.kind == "one_off" and mandate.state == "valid"
        )
        once._set_state("exhausted", self.env._("Its one debit was made"))

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        if target == "valid":
            # sudo: whoever signs mandates need not be allowed to change debtors
            debtors = self.debtor_id.sudo()
            debtors._through_gate().write({"mandate_asked_on": False})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unsigned(self):
        for mandate in self:
            if mandate.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was handed to the debtor: revoke it instead.",
                        mandate.display_name,
                    )
                )

    # -- upkeep ------------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Mandates that have expired, or whose end has to be told of."""
        soon = fields.Date.add(today, days=company.cobranza_mandate_alarm_days)
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("valid", "suspended")),
                "|",
                ("expires_on", "<=", today),
                "&",
                ("expires_on", "<=", soon),
                ("alarmed_on", "=", False),
            ],
            limit=limit,
            order="expires_on, id",
        )

    def _upkeep(self, today):
        gone = self.filtered(lambda mandate: mandate.expires_on <= today)
        quiet = gone.with_context(**QUIET)
        quiet._set_state(
            "expired", self.env._("Nothing was debited by it for too long")
        )
        soon = self - gone
        soon._through_gate().with_context(**QUIET).write({"alarmed_on": today})
        self._raise_ends(today, gone, soon)

    def _raise_ends(self, today, gone, soon):
        """Activities for what has expired and what will, in one go."""
        self.mapped("display_name")  # each activity asks for its own
        orphans = self.filtered(lambda mandate: not mandate.user_id.active)
        owners = orphans.debtor_id._task_owners()
        kind = self.env.ref("mail.mail_activity_data_todo").id
        model = self.env["ir.model"]._get_id(self._name)
        choices = self.env["cobranza.mandate.choice"]
        words = {
            **dict.fromkeys(gone, choices._label("expired")),
            **dict.fromkeys(soon, self.env._("The mandate expires soon, unused")),
        }
        vals_list = [
            {
                "res_model_id": model,
                "res_id": mandate.id,
                "activity_type_id": kind,
                "summary": summary,
                "user_id": (
                    owners[mandate.debtor_id] if mandate in orphans else mandate.user_id
                ).id,
                "date_deadline": today,
                "automated": True,
            }
            for mandate, summary in words.items()
        ]
        # tasks are raised for others, and without an e-mail for each
        self.env["mail.activity"].sudo().with_context(**QUIET).create(vals_list)

    # -- buttons -----------------------------------------------------------------------

    def action_sign(self):
        """Record a signature that was given by hand, or elsewhere, as what we put into
        no writing is."""
        self.ensure_one()
        return self._dialog(
            "action_cobranza_mandate_sign",
            mandate_id=self.id,
            method="hand" if self._document_purpose else "elsewhere",
        )

    def action_amend(self):
        self.ensure_one()
        return self._dialog("action_cobranza_mandate_amend", mandate_id=self.id)

    def _ask_stop(self, act):
        action = self._dialog(
            "action_cobranza_mandate_act", act=act, mandate_ids=self.ids
        )
        acts = self.env["cobranza.mandate.act"]._fields["act"]
        return {**action, "name": dict(acts._description_selection(self.env))[act]}

    def action_suspend(self):
        return self._ask_stop("suspend")

    def action_revoke(self):
        return self._ask_stop("revoke")

    def action_resume(self):
        return self._ask_stop("resume")

    def action_send(self):
        """Send the debtor the link to sign it, as a contact that a person releases.
        UserError where nobody may write to the debtor."""
        self.ensure_one()
        self.check_access("write")
        self._expect("requested")
        contact = self.env["cobranza.contact"]._plan_letter(
            self.debtor_id, "mandate_request"
        )
        contact._check_may_be_sent()
        return contact.action_release()

    def action_evidence(self):
        """The dialog that takes out what proves this mandate."""
        self.ensure_one()
        return self._dialog("action_cobranza_mandate_evidence", mandate_id=self.id)

    # -- what hangs from it ------------------------------------------------------------

    @api.depends("debit_ids")
    def _compute_counts(self):
        debits = self.env["cobranza.debit"]._read_group(
            [("mandate_id", "in", self.ids)],
            ["mandate_id"],
            ["__count", "move_id:count_distinct"],
        )
        counts = {mandate.id: (count, moves) for mandate, count, moves in debits}
        letters = dict(
            self.env["cobranza.contact"]._read_group(
                [
                    ("debtor_id", "in", self.debtor_id.ids),
                    ("text_purpose", "in", LETTERS),
                ],
                ["debtor_id"],
                ["__count"],
            )
        )
        for mandate in self:
            mandate.debit_count, mandate.invoice_count = counts.get(mandate.id, (0, 0))
            mandate.letter_count = letters.get(mandate.debtor_id, 0)

    def _letters(self):
        """The domain of the letters that are about this mandate."""
        return [
            ("debtor_id", "=", self.debtor_id.id),
            ("text_purpose", "in", LETTERS),
        ]

    def _related(self, xmlid, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"cobranza_legal.{xmlid}"
        )
        return {**action, "domain": domain, "context": {}}

    def action_view_debits(self):
        self.ensure_one()
        return self._related("action_cobranza_debit", [("mandate_id", "=", self.id)])

    def action_view_invoices(self):
        """The invoices that were debited by it, or are to be."""
        self.ensure_one()
        moves = self.debit_ids.move_id
        return self._related("action_cobranza_invoice", [("id", "in", moves.ids)])

    def action_view_letters(self):
        self.ensure_one()
        return self._related("action_cobranza_contact", self._letters())

    def action_view_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    # -- what is put into writing ------------------------------------------------------

    def _document_values(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            **super()._document_values(),
            "mandate_reference": self.reference,
            "mandate_scheme": self.env["cobranza.mandate.scheme"]._label(self.scheme),
            "mandate_kind": kinds[self.kind],
            "mandate_account": self._written_account(),
            "creditor_identifier": self.creditor_identifier,
            "signing_place": self.partner_id.city or "",
        }

    def _written_account(self):
        """The account as the words name it, with its holder where that is somebody
        else's name; "" for none."""
        # sudo: accounts of a payer whom the user does not see
        account, typed = self.bank_account_id.sudo(), self._typed()
        number = typed.grouped if typed else account.acc_number
        holder = typed.holder if typed else account.acc_holder_name
        if not (number and holder) or holder == self.debtor_id.partner_id.name:
            return number or ""
        return self.env._("%(account)s, of %(holder)s", account=number, holder=holder)

    def _document_to_sign(self, debtor):
        if not self.env["cobranza.block.mandate"]._is_on():
            return self.browse()
        return self.search(
            [
                ("debtor_id", "=", debtor.id),
                ("state", "=", "requested"),
                ("document_hash", "!=", False),
            ],
            order="id",
        ).filtered(lambda mandate: mandate._is_as_requested())

    def _document_signed(self, signature):
        self._sign(
            self.company_id._cobranza_today(),
            self.partner_id.city or self.partner_id.country_id.name,
            "page",
        )
        self._doubt_typed(signature.name)

    # -- sameness ----------------------------------------------------------------------

    @api.model
    def _taken(self, company, identifier, references):
        """{key of a reference: mandate} of those that are taken already, for a creditor
        identifier, or for a company without one. One query."""
        keys = [reference_key(one) for one in references]
        self.flush_model(["reference", "creditor_identifier", "company_id"])
        # a reference may be taken in a company that the user does not see
        rows = self.env.execute_query(
            SQL(
                """SELECT id, reference, creditor_identifier, company_id
                     FROM cobranza_mandate WHERE upper(reference) = ANY(%s)""",
                keys,
            )
        )
        key = identifier_key(identifier or "")
        return {
            reference_key(reference): self.browse(number)
            for number, reference, creditor, owner in rows
            if identifier_key(creditor or "") == key
            and (identifier or owner == company.id)
        }
