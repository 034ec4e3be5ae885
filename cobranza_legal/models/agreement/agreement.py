from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools.misc import formatLang

from ...kernel.errors import InvalidPeriod, MissingValue, NoSuchRule, RefusedSchedule
from ...kernel.imputation import Part
from ...kernel.lifecycle import AGREEMENT
from ...kernel.money import Money
from ...kernel.schedule import (
    Method,
    ScheduleTerms,
    WorkingDay,
    monthly_days,
    repay,
    repay_fixed,
    repay_given,
)
from ..charge.charge import STANDING
from ..common.deletion import discard
from ..common.money import to_decimal, to_money, unit
from ..common.words import say_error
from .policy import CURE_DAYS, MISSED

STATES = [
    ("draft", "Draft"),
    ("requested", "Asked for"),
    ("approved", "Accepted"),
    ("offered", "Offered"),
    ("signed", "Signed"),
    ("active", "Running"),
    ("completed", "Fulfilled"),
    ("breached", "Broken"),
    ("accelerated", "Due at once"),
    ("rejected", "Turned down"),
    ("cancelled", "Called off"),
    ("superseded", "Replaced"),
]


LIVE = ("requested", "approved", "offered", "signed", "active", "breached")
"""States in which its debts belong to no other agreement."""


RUNNING = ("signed", "active", "breached")
"""States in which its debts are left alone."""


CHANNELS = [
    ("page", "On the debtor's page"),
    ("letter", "By letter"),
    ("email", "By e-mail"),
    ("office", "In the office, in writing"),
]


METHODS = [
    ("french", "Equal instalments"),
    ("linear", "Equal principal"),
    ("fixed", "An agreed sum"),
    ("given", "Given days and sums"),
]


TREATMENTS = [
    ("keep", "Not changed"),
    ("capitalise", "May be part of it and bear its interest"),
    ("remit", "Is forgiven when all is paid"),
]


TREATED = {
    Part.INTEREST: "charges_interest",
    Part.FEE: "charges_fees",
    Part.COST: "charges_costs",
}
"""{what a charge is of its debt: field that says what becomes of it}."""


SEQUENCE = "cobranza.agreement"


MOST, MOST_STEP = 120, 12
"""Most instalments of an agreement, and most months between two."""


class CobranzaAgreement(models.Model):
    """A debtor pays debts in instalments, and is left alone while it does.

    It is asked for in writing, approved within the terms of the company or beyond them
    by somebody else, offered, signed and runs. Invoices keep their lines and due dates:
    the instalments are rows of its own, and what is paid of them is read from what
    settles the debts. Once it has been asked for it is evidence.
    """

    _name = "cobranza.agreement"
    _inherit = [
        "cobranza.followup.item.mixin",
        "cobranza.approval.mixin",
        "cobranza.document.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Payment agreement"
    _order = "id desc"

    _lifecycle = AGREEMENT
    _logged = (
        *("debtor_id", "debt_ids", "policy_id", "method", "first_on", "count", "step"),
        *("instalment", "grace", "rate", "working_day", "default_interest"),
        *("missed", "cure_days", "user_id"),
        *TREATED.values(),
    )
    _after_close = frozenset({"note", "user_id", "file_ids"})
    _approval_fields = ("amount", "total", "last_on", "rate", "count", "beyond")
    _evidence_files = {
        "document_file_id": [],
        "signed_file_id": [],
        "scan_ids": [],
        "file_ids": [("state", "!=", "draft")],
    }
    _document_purpose = "agreement"
    _over = ("completed", "accelerated", "rejected", "cancelled", "superseded")
    _personal = ("grounds", "proposal", "note", "beyond")

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    debtor_id = fields.Many2one(ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    # -- what was asked for
    requested_on = fields.Date(
        "Asked on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    requested_by = fields.Selection(
        CHANNELS, "How it was asked for", required=True, default="letter"
    )
    contact_id = fields.Many2one(
        "cobranza.contact",
        "Asked for in",
        ondelete="set null",
        index="btree_not_null",
        domain="[('debtor_id', '=', debtor_id)]",
    )
    grounds = fields.Text("Why now", help="Why the debtor cannot pay at once.")
    proposal = fields.Text(help="What the debtor proposes: days, sums, a guarantee.")
    file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_agreement_file_rel",
        string="Request and proofs",
        copy=False,
    )
    scan_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_agreement_scan_rel",
        string="Signed by hand",
        readonly=True,
        copy=False,
    )
    note = fields.Text()
    # -- over what
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_agreement_debt_rel",
        string="Debts",
        required=True,
        domain="[('debtor_id', '=', debtor_id), ('settled', '=', False)]",
    )
    line_ids = fields.One2many(
        "cobranza.agreement.line", "agreement_id", "Agreed about", readonly=True
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        help="What was open of the debts when it was asked for.",
    )
    # -- how
    policy_id = fields.Many2one(
        "cobranza.agreement.policy",
        "Terms",
        compute="_compute_policy_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        help="Those of the company for this debtor on the day.",
    )
    method = fields.Selection(
        METHODS, "Kind of instalments", required=True, default="french"
    )
    first_on = fields.Date(
        "First payment",
        required=True,
        default=lambda self: self._default_first_on(),
    )
    count = fields.Integer("Instalments", default=3)
    instalment = fields.Monetary("Agreed sum")
    step = fields.Integer("Months between", required=True, default=1)
    given_ids = fields.One2many(
        "cobranza.agreement.date",
        "agreement_id",
        "Days and sums",
        help="The last day pays what is left.",
    )
    grace = fields.Integer(
        "Instalments of interest only", help="The first ones, that pay no principal."
    )
    working_day = fields.Selection(
        [
            ("next", "The next working day"),
            ("previous", "The working day before"),
            ("same", "Stays as it is"),
        ],
        "On a day off",
        required=True,
        default="next",
    )
    rate = fields.Float(
        "Interest a year (%)",
        digits=(16, 4),
        compute="_compute_rate",
        store=True,
        readonly=False,
    )
    rate_note = fields.Char(
        "Comes from", compute="_compute_rate", store=True, readonly=True
    )
    missed = fields.Integer(
        "Broken when so many are missed",
        compute="_compute_missed",
        store=True,
        readonly=False,
    )
    cure_days = fields.Integer(
        "Days to cure", compute="_compute_cure_days", store=True, readonly=False
    )
    default_interest = fields.Selection(
        [
            ("suspended", "Does not run while the agreement does"),
            ("completion", "Is forgiven when all is paid, and only then"),
        ],
        "Late interest",
        required=True,
        default="suspended",
    )
    charges_interest = fields.Selection(
        TREATMENTS, "Late interest charged before", required=True, default="keep"
    )
    charges_fees = fields.Selection(
        TREATMENTS, "Fees and compensations", required=True, default="keep"
    )
    charges_costs = fields.Selection(
        TREATMENTS, "Costs of collecting", required=True, default="keep"
    )
    remitted_ids = fields.Many2many(
        "cobranza.charge",
        "cobranza_agreement_remitted_rel",
        string="Forgiven",
        readonly=True,
        copy=False,
        help="Charges that were waived because everything was paid.",
    )
    # -- what comes of it
    instalment_ids = fields.One2many(
        "cobranza.agreement.instalment", "agreement_id", "Schedule", readonly=True
    )
    total = fields.Monetary(
        compute="_compute_total", store=True, help="All instalments together."
    )
    interest = fields.Monetary(compute="_compute_total", store=True)
    last_on = fields.Date("Last payment", compute="_compute_total", store=True)
    paid = fields.Monetary("Paid so far", compute="_compute_paid")
    left = fields.Monetary("Still to pay", compute="_compute_paid")
    next_on = fields.Date(
        "Next payment",
        readonly=True,
        copy=False,
        help="When the first instalment that is not paid is due.",
    )
    missed_count = fields.Integer("Missed now", readonly=True, copy=False)
    # -- its life
    was_requested = fields.Boolean(
        "Was asked for", readonly=True, copy=False, help="It is evidence since then."
    )
    offered_on = fields.Date(readonly=True, copy=False)
    signed_on = fields.Date(readonly=True, copy=False, tracking=True)
    signed_method = fields.Selection(
        [("page", "On the debtor's page"), ("hand", "By hand")],
        "How it was signed",
        readonly=True,
        copy=False,
    )
    settled_before = fields.Json(
        readonly=True,
        copy=False,
        help="Reconciliations that were there when it was signed: they pay nothing of "
        "it.",
    )
    breached_on = fields.Date("Broken on", readonly=True, copy=False)
    cure_until = fields.Date(
        readonly=True,
        copy=False,
        help="Last day on which what was missed may be paid.",
    )
    ended_on = fields.Date(readonly=True, copy=False)
    replaced_id = fields.Many2one(
        "cobranza.agreement",
        "Replaces",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    checklist_ids = fields.One2many(
        "cobranza.document", "agreement_id", "Documents", readonly=True
    )
    is_checked = fields.Boolean("Has a checklist", compute="_compute_lacking")
    lacking = fields.Char(
        "Missing documents",
        compute="_compute_lacking",
        help="Of the checklist that was opened.",
    )
    stamp_tax = fields.Monetary(
        "Stamp tax of a note",
        compute="_compute_stamp_tax",
        help="What the law asks for a promissory note for all of it, until the last "
        "payment. 0: nothing is known of such a tax.",
    )
    stamp_note = fields.Char(compute="_compute_stamp_tax")
    approval_ids = fields.One2many(
        "cobranza.approval",
        "res_id",
        domain=[("res_model", "=", "cobranza.agreement")],
        readonly=True,
        string="Approvals",
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name <> '/'", "Another agreement has that number."
    )
    _counts_positive = models.Constraint(
        "CHECK (count >= 0 AND step > 0 AND grace >= 0 AND missed >= 0 "
        "AND cure_days >= 0 AND rate >= 0)",
        "Instalments, months, days and interest are not negative.",
    )
    _live_idx = models.Index(
        "(company_id, next_on) WHERE state IN ('active', 'breached')"
    )

    # -- values ------------------------------------------------------------------------

    @api.model
    def _default_first_on(self):
        return fields.Date.add(self.env.company._cobranza_today(), months=1)

    @api.depends("name", "debtor_id")
    def _compute_display_name(self):
        for agreement in self:
            parts = (agreement.name.strip("/"), agreement.debtor_id.display_name)
            agreement.display_name = " · ".join(part for part in parts if part)

    @api.depends("checklist_ids.state", "debtor_id.regime")
    def _compute_lacking(self):
        for agreement in self:
            documents = self.env["cobranza.document"]
            # of a new one nobody knows yet by which law it is
            asked = agreement.debtor_id and documents._asked_of(agreement)
            agreement.is_checked = bool(asked)
            # sudo: whoever sees it may know what lacks
            rows = agreement.sudo().checklist_ids.filtered(
                lambda one: (
                    one.required and one.standing in ("missing", "defective", "expired")
                )
            )
            agreement.lacking = ", ".join(rows.type_id.mapped("name"))

    @api.depends("total", "last_on", "signed_on")
    def _compute_stamp_tax(self):
        for agreement in self:
            agreement.stamp_tax, agreement.stamp_note = 0, False
            company = agreement.company_id
            if not (agreement.last_on and company):
                continue
            start = agreement.signed_on or company._cobranza_today()
            table = company._cobranza_legal_table(start, start)
            amount = to_money(agreement.total, agreement.currency_id)
            try:
                found = company._cobranza_rules()._stamp_tax(
                    amount, start, max(start, agreement.last_on), table
                )
            except (MissingValue, NoSuchRule) as error:
                agreement.stamp_note = say_error(self.env, error)
                continue
            if found:
                agreement.stamp_tax = float(found[0].amount)
                agreement.stamp_note = found[1]

    def action_documents(self):
        """Its checklist: the note, who authorised it, the tax that was paid."""
        self.ensure_one()
        self.check_access("read")
        documents = self.env["cobranza.document"]
        documents._open_of(self)
        return documents._action([("agreement_id", "=", self.id)])

    def action_stamp_cost(self):
        """A cost for the stamp tax, to be recorded with its proof."""
        self.ensure_one()
        self.check_access("write")
        return self.debtor_id._action_new(
            "cobranza.cost",
            self.env._("Stamp tax of a note"),
            debt_ids=self.debt_ids.ids,
            description=self.env._("Stamp tax, %s", self.name),
            amount=self.stamp_tax,
            currency_id=self.currency_id.id,
        )

    @api.depends("debt_ids.currency_id")
    def _compute_currency_id(self):
        for agreement in self:
            agreement.currency_id = agreement.debt_ids[:1].currency_id

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for agreement in self:
            agreement.amount = sum(agreement.line_ids.mapped("amount"))

    @api.depends("debtor_id", "requested_on")
    def _compute_policy_id(self):
        for agreement in self:
            debtor, policy = agreement.debtor_id, agreement.policy_id.browse()
            if debtor:
                policy = policy._choose(
                    debtor.company_id, debtor.regime, agreement.requested_on
                )
            agreement.policy_id = policy

    @api.depends("instalment_ids.amount", "instalment_ids.due_on")
    def _compute_total(self):
        for agreement in self:
            rows = agreement.instalment_ids
            agreement.total = sum(rows.mapped("amount"))
            agreement.interest = sum(rows.mapped("interest"))
            agreement.last_on = max(rows.mapped("due_on"), default=False)

    # -- making ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        for agreement in agreements:
            # sudo: whoever writes agreements need not own the sequence
            sequence = self.env["ir.sequence"].sudo()
            sequence = sequence.with_company(agreement.company_id)
            agreement._through_gate().name = sequence.next_by_code(SEQUENCE)
            agreement._reschedule()
        return agreements

    def write(self, vals):
        kept = {}
        if "file_ids" in vals and not self._is_through_gate():
            kept = {one: one.file_ids for one in self if one.state != "draft"}
        result = super().write(vals)
        for agreement, files in kept.items():
            if files - agreement.file_ids:
                raise UserError(
                    self.env._(
                        "%s has been asked for: its files are kept. Files can be "
                        "added.",
                        agreement.display_name,
                    )
                )
        if set(vals) & self._terms_fields():
            for agreement in self.filtered(lambda one: one.state == "draft"):
                agreement._reschedule()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never_asked(self):
        for agreement in self.filtered("was_requested"):
            raise UserError(
                self.env._(
                    "%s has been asked for: it is kept as it was. Cancel it instead.",
                    agreement.display_name,
                )
            )

    @api.constrains("count", "step", "grace")
    def _check_bounds(self):
        for agreement in self:
            if not (0 < agreement.count <= MOST and 0 < agreement.step <= MOST_STEP):
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: from 1 to %(most)s instalments, at most "
                        "%(step)s months apart.",
                        agreement=agreement.display_name,
                        most=MOST,
                        step=MOST_STEP,
                    )
                )
            if agreement.grace < 0:
                raise ValidationError(
                    self.env._(
                        "%s: instalments of interest only are none or more.",
                        agreement.display_name,
                    )
                )

    @api.constrains("debtor_id", "debt_ids", "requested_on")
    def _check_debts(self):
        for agreement in self.filtered(lambda one: one.state in ("draft", *LIVE)):
            problem = agreement._debts_problem()
            if problem:
                raise ValidationError(problem)

    def _debts_problem(self):
        """What is wrong with the debts, in words; None if nothing is."""
        self.ensure_one()
        name, debts = self.debtor_id.display_name, self.debt_ids
        if not debts:
            return self.env._("%s: choose the debts that are agreed about.", name)
        if debts.debtor_id != self.debtor_id:
            return self.env._("%s: every debt must be of this debtor.", name)
        today = self.company_id._cobranza_today()
        void = debts.filtered(lambda debt: debt.void_reason or debt._is_ceded(today))
        if void:
            return self.env._(
                "%s is void or ceded: nothing can be agreed about it.",
                void[0].display_name,
            )
        charged = debts.filtered(lambda debt: debt.nature != "principal")
        forgiven = charged.filtered(lambda debt: self._is_treated(debt, "remit"))
        if forgiven:
            return self.env._(
                "%s is a charge that is forgiven when all is paid: leave it out.",
                forgiven[0].display_name,
            )
        bare = charged.filtered(lambda debt: not self._is_treated(debt, "capitalise"))
        if bare and self.rate > 0:
            return self.env._(
                "%s is a charge: interest on it cannot be agreed. Leave it out, or "
                "agree without interest.",
                bare[0].display_name,
            )
        if len(debts.currency_id) > 1:
            return self.env._("%s: one agreement for each currency, please.", name)
        if self.requested_on > self.company_id._cobranza_today():
            return self.env._("%s: it cannot be asked for on a day to come.", name)
        others = self._live_about(debts) - self.sudo() - self.sudo().replaced_id
        if others:
            held = (others[0].debt_ids | others[0]._back_debts()) & debts
            return self.env._(
                "%(debt)s is in another agreement (%(agreement)s). End that one, "
                "replace it, or leave the debt out.",
                debt=held[0].display_name,
                agreement=others[0].display_name,
            )
        return None

    def _treatment(self, kind):
        """What becomes of charges of a kind: a key of ``TREATMENTS``."""
        part = self.env["cobranza.charge.kind"]._part(kind)
        return self[TREATED[part]] if part in TREATED else "keep"

    def _is_treated(self, debt, how):
        """Whether all that a debt, which is a charge, bills is treated in a way."""
        # sudo: who agrees need not see charges
        domain = [("bill_debt_id", "=", debt.id), ("state", "!=", "reversed")]
        kinds = set(self.env["cobranza.charge"].sudo().search(domain).mapped("kind"))
        return bool(kinds) and {self._treatment(kind) for kind in kinds} == {how}

    def _to_remit(self):
        """The charges of its debts that are forgiven when all is paid."""
        if "remit" not in [self[name] for name in TREATED.values()]:
            return self.env["cobranza.charge"].sudo()
        # sudo: as above
        charges = self.env["cobranza.charge"].sudo()
        agreed = self.env["cobranza.charge.kind"]._where(agreed=True)
        domain = [("debt_id", "in", self.debt_ids.ids), ("state", "in", STANDING)]
        found = charges.search([*domain, ("kind", "not in", agreed)], order="id")
        return found.filtered(lambda one: self._treatment(one.kind) == "remit")

    @api.model
    def _live_about(self, debts):
        """The live agreements about some of these debts."""
        # sudo: an agreement that the user does not see holds its debts all the same
        mine = self.sudo()
        apart = mine._apart(debt_ids=debts.ids)
        domain = Domain("debt_ids", "in", debts.ids)
        domain |= Domain("id", "in", list(apart.values()))
        return mine.search(domain & Domain("state", "in", LIVE))

    def _back_debts(self):
        """The debts as which payments of these agreements came back, apart."""
        return self.env["cobranza.debt"].sudo().browse(self.sudo()._apart(self))

    def _chain(self):
        """The agreements that this one replaces, one after the other, the first one
        last; without itself."""
        self.ensure_one()
        # sudo: the limits count what the user does not see
        found, one = self.sudo().browse(), self.sudo().replaced_id
        while one and one not in found:
            found |= one
            one = one.replaced_id
        return found

    # -- terms -------------------------------------------------------------------------

    @api.model
    def _terms_fields(self):
        """The fields by which the schedule is made."""
        return {
            *("debtor_id", "debt_ids", "method", "first_on", "count", "instalment"),
            *("step", "grace", "working_day", "rate", "policy_id", "requested_on"),
            "given_ids",
        }

    @api.depends("policy_id", "requested_on", "debtor_id")
    def _compute_rate(self):
        for agreement in self.filtered(lambda one: one.state == "draft"):
            policy, company = agreement.policy_id, agreement.company_id
            rate, words = to_decimal(0), False
            if policy and company:
                try:
                    rate, words = policy._rate_on(company, agreement.requested_on)
                except (MissingValue, NoSuchRule) as error:
                    words = say_error(self.env, error)
            agreement.rate = float(rate)
            agreement.rate_note = words

    @api.depends("policy_id")
    def _compute_missed(self):
        for agreement in self.filtered(lambda one: one.state == "draft"):
            agreement.missed = agreement.policy_id.missed or MISSED

    @api.depends("policy_id")
    def _compute_cure_days(self):
        for agreement in self.filtered(lambda one: one.state == "draft"):
            policy = agreement.policy_id
            agreement.cure_days = policy.cure_days if policy else CURE_DAYS

    def _schedule_terms(self):
        """``kernel.schedule.ScheduleTerms`` of this agreement."""
        self.ensure_one()
        company = self.company_id
        rules = company._cobranza_rules()
        nowhere = self.env["res.country.state"]
        calendar = None
        if self.working_day != "same":
            calendar = rules._calendar("payment", nowhere, self.first_on)
        return ScheduleTerms(
            start=self.requested_on,
            rate=to_decimal(self.rate),
            method=Method(self.method),
            unit=unit(self.currency_id),
            day_count=rules._agreement_day_count(),
            grace=self.grace,
            working_day=WorkingDay(self.working_day),
            calendar=calendar,
        )

    def _schedule(self, amount):
        """The kernel's instalments that repay ``amount``, Money. UserError that says
        what is wrong with the terms."""
        self.ensure_one()
        try:
            terms = self._schedule_terms()
            if self.method == "fixed":
                sum_agreed = to_money(self.instalment, self.currency_id)
                return repay_fixed(
                    amount, terms, self.first_on, sum_agreed, self.step, MOST
                )
            if self.method == "given":
                return self._repay_given(amount, terms)
            days = monthly_days(self.first_on, self.count, self.step)
            return repay(amount, terms, days)
        except RefusedSchedule as error:
            raise UserError(self._refused_words(error)) from error
        except MissingValue as error:
            raise UserError(say_error(self.env, error)) from error
        except InvalidPeriod as error:
            raise UserError(
                self.env._(
                    "%s: the first payment comes before the day on which it was asked "
                    "for.",
                    self.display_name,
                )
            ) from error

    def _repay_given(self, amount, terms):
        """On the days and in the sums that were typed. UserError where the last one
        says another sum than what is left."""
        given = self.given_ids.sorted("due_on")
        sums = [to_money(row.amount, self.currency_id) for row in given]
        if not given:
            raise RefusedSchedule("nothing")
        rows = repay_given(amount, terms, given.mapped("due_on"), sums[:-1])
        if sums[-1].amount and sums[-1] != rows[-1].amount:
            raise UserError(
                self.env._(
                    "%(agreement)s: the last instalment pays what is left, %(left)s. "
                    "Leave its sum empty, or change the others.",
                    agreement=self.display_name,
                    left=self._say(float(rows[-1].amount.amount)),
                )
            )
        return rows

    def _refused_words(self, error):
        words = {
            "nothing": self.env._("nothing is open, or there is no instalment."),
            "grace": self.env._("every instalment would pay interest only."),
            "interest": self.env._("the sum does not even pay the interest."),
            "small": self.env._("instalment %s would pay nothing.", error.number),
            "early": self.env._("all is paid before the last instalment."),
            "long": self.env._("it would take more than %s instalments.", error.number),
        }
        return f"{self.display_name}: {words[error.kind]}"

    def _reschedule(self):
        """Make lines and instalments of a draft anew, of what is open now. Terms that
        repay nothing leave it without instalments: it cannot be asked for."""
        self.ensure_one()
        # sudo: made by what the user has written, whatever his rights on rows
        mine = self.sudo()
        discard(mine.line_ids)
        discard(mine.instalment_ids)
        opens = [(debt, debt.amount_residual_currency) for debt in mine.debt_ids]
        self.env["cobranza.agreement.line"].sudo().create(
            [
                {"agreement_id": self.id, "debt_id": debt.id, "amount": amount}
                for debt, amount in opens
            ]
        )
        try:
            rows = self._schedule(to_money(mine.amount, self.currency_id))
        except UserError:
            return
        self.env["cobranza.agreement.instalment"].sudo().create(
            [{"agreement_id": self.id, **self._row_values(row)} for row in rows]
        )

    def _reschedule_all(self):
        for agreement in self.filtered("line_ids"):
            agreement._reschedule()

    @api.model
    def _row_values(self, row):
        """{field: value} of an instalment of the kernel."""
        return {
            "number": row.number,
            "nominal_on": row.nominal,
            "due_on": row.due,
            "principal": float(row.principal.amount),
            "interest": float(row.interest.amount),
            "balance": float(row.balance.amount),
        }

    def _changed_debt(self):
        """The first line of which another sum is open now than was agreed about; none:
        empty."""
        return self.line_ids.filtered(
            lambda line: line.currency_id.compare_amounts(line.amount, line.amount_now)
        )[:1]

    def _check_amounts(self):
        """UserError when other sums are open now than those agreed about."""
        for agreement in self:
            line = agreement._changed_debt()
            if line:
                raise UserError(
                    self.env._(
                        "%(debt)s: %(then)s was open when it was asked for, %(now)s is "
                        "open now. Take the agreement back to draft: its instalments "
                        "are made anew.",
                        debt=line.debt_id.display_name,
                        then=agreement._say(line.amount),
                        now=agreement._say(line.amount_now),
                    )
                )

    def _whole(self):
        """What is agreed about, Money."""
        return Money(to_decimal(self.amount), self.currency_id.name)

    @api.model
    def _propose(self, debtor, contact, grounds, proposal):
        """The draft that a debtor asked for in ``contact``, over what is open of it in
        the company's currency; none when one about it is there already. Run as
        superuser."""
        debts = debtor.open_debt_ids
        debts = debts.filtered(lambda debt: debt.currency_id == debtor.currency_id)
        waiting = debtor.agreement_ids.filtered(lambda one: one.state == "draft")
        live = self._live_about(debts)
        debts -= live.debt_ids | live._back_debts() | waiting.debt_ids
        if not debts:
            return self.browse()
        return self.create(
            {
                "debtor_id": debtor.id,
                "debt_ids": [Command.set(debts.ids)],
                "requested_by": "page",
                "contact_id": contact.id,
                "grounds": grounds or proposal,
                "proposal": proposal,
                "user_id": debtor._task_owner().id,
            }
        )

    # -- states ------------------------------------------------------------------------

    def action_draft(self):
        """Take it back: the terms may be changed, and what was written is no more."""
        for agreement in self:
            agreement.check_access("write")
            agreement._expect("requested", "approved", "offered")
            agreement._thaw_document()
            self.env["cobranza.approval"]._cancel(agreement, self.env._("Taken back"))
            # who consented, and who may be freed, was asked about the former terms
            agreement.sudo().consent_ids._through_gate().write({"void": True})
            agreement._set_state(
                "draft",
                offered_on=False,
                frees=False,
                law_passed=False,
                free_ids=[Command.clear()],
                beyond=False,
            )
            agreement._reschedule()

    def action_offer(self):
        """Write it down, so that the debtor may sign it. UserError while something
        forbids it: a guarantor who has not consented, a text that is missing."""
        for agreement in self:
            agreement.check_access("write")
            agreement._expect("approved")
            agreement._check_amounts()
            agreement._check_guarantees()
            agreement._check_law()
            agreement._freeze_document()
            today = agreement.company_id._cobranza_today()
            agreement._set_state("offered", offered_on=today)

    def action_reject(self):
        return self.env["cobranza.reason"]._ask("reject_agreement", self)

    def action_cancel(self):
        return self.env["cobranza.reason"]._ask("cancel_agreement", self)

    def _end(self, target, reason):
        """Reject or cancel what does not run yet, with the reason."""
        self.check_access("write")
        self._expect("draft", "requested", "approved", "offered", "signed")
        self.env["cobranza.approval"]._cancel(self, reason)
        self._set_state(target, reason)

    def _refusals_of_erasure(self):
        """[message] of the agreements that are not over."""
        for agreement in self:
            if agreement.state not in agreement._over:
                yield self.env._("Open agreement: %s.", agreement.display_name)

    def _erase_document(self, cutoff, why):
        """As ``cobranza.document.mixin``, with what was signed by hand, by which
        guarantors consented, and what was said when approval was asked for."""
        for agreement in self:
            agreement.approval_ids._erase(agreement.name, why)
        consents = self.consent_ids
        files = self.scan_ids | consents.file_ids
        self.write({"scan_ids": [Command.clear()]})
        consents.write({"file_ids": [Command.clear()]})
        return files | super()._erase_document(cutoff, why)

    def _say(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)


class CobranzaAgreementLine(models.Model):
    """One debt of an agreement, and what was open of it when it was asked for."""

    _name = "cobranza.agreement.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Debt of an agreement"
    _order = "agreement_id, id"
    _rec_name = "debt_id"

    agreement_id = fields.Many2one(
        "cobranza.agreement",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    amount = fields.Monetary("Open when asked for", readonly=True)
    amount_now = fields.Monetary("Open now", related="debt_id.amount_residual_currency")

    _debt_uniq = models.Constraint(
        "UNIQUE (agreement_id, debt_id)", "This debt is in the agreement already."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_of_draft(self):
        kept = (self - self._discardable()).agreement_id
        if kept:
            raise UserError(
                self.env._(
                    "%s has been asked for: it is kept as it was. Cancel it instead.",
                    kept[0].display_name,
                )
            )

    def _discardable(self):
        """Those of drafts, which are made anew with every change."""
        return self.filtered(lambda one: one.agreement_id.state == "draft")


class CobranzaAgreementDate(models.Model):
    """One day of an agreement whose days and sums were given, and what is paid on it.

    Only of drafts: what was asked for is kept as it was.
    """

    _name = "cobranza.agreement.date"
    _inherit = "cobranza.gate.mixin"
    _description = "Given day of an agreement"
    _order = "agreement_id, due_on"
    _rec_name = "due_on"

    agreement_id = fields.Many2one(
        "cobranza.agreement", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    due_on = fields.Date("Day", required=True)
    amount = fields.Monetary(
        "Sum", help="With its interest. The last day pays what is left: empty."
    )

    _day_uniq = models.Constraint(
        "UNIQUE (agreement_id, due_on)", "Two instalments have the same day."
    )
    _amount_sign = models.Constraint("CHECK (amount >= 0)", "A sum is not negative.")

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._follow()
        return rows

    def write(self, vals):
        self._check_draft()
        result = super().write(vals)
        self._follow()
        return result

    def unlink(self):
        agreements = self.agreement_id
        agreements.check_access("write")
        self._check_draft()
        # sudo: whoever writes a draft takes its days off, though managers alone delete
        result = super(CobranzaAgreementDate, self.sudo()).unlink()
        agreements.exists()._reschedule_all()
        return result

    def _follow(self):
        self._check_draft()
        self.agreement_id._reschedule_all()

    def _check_draft(self):
        """UserError for those of an agreement that was asked for."""
        kept = self.agreement_id.filtered(lambda one: one.state != "draft")
        if kept:
            raise UserError(
                self.env._(
                    "%s is closed and kept as it was. Create a new one.",
                    kept[0].display_name,
                )
            )
