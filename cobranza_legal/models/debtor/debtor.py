from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.base.models.res_partner import _tz_get

from ..charge.cost import COST_GROUPS, SPENT
from ..common.checklist import DocumentChecklist, creditors, truth
from ..common.rows import Row
from ..company.company import NOT_OWN
from ..obligor.answers import Answers
from ..policy.level import PHASES
from ..rules.rules import REGIMES

_lt = LazyTranslate(__name__)


NO_LEVEL = _lt("No level yet")


INSOLVENCY = {"insolvent_on", "insolvency_kind"}
"""Fields of a debtor that say whether its agreements become due at once."""


CHARGED_BY = (
    "regime",
    "insolvent_on",
    "insolvency_kind",
    "terms_informed_on",
    "terms_file_ids",
    "costs_agreed",
)
"""Fields of a debtor that say what late payment costs it. Countries add the terms that
were agreed with it."""


DECIDED_BY = (
    "active",
    "lang",
    "tz",
    "payer_id",
    "invoice_contact_id",
    "dunning_contact_id",
    "legal_contact_id",
    "representative_id",
    "beneficiary_ids",
    "contract_address",
    "certified_email",
    "certified_email_basis",
    "vulnerable_on",
)
"""Fields of a debtor by which is decided who is told what and when, besides those of
its situations."""


RECEIVED_BY = frozenset({"contract_address", "certified_email"})
"""Fields of a debtor by which is judged whether and by whom a contact was received."""


class CobranzaDebtor(models.Model):
    """A commercial partner who owes money to one company, found by the run.

    Its row is the one that is locked when contacts are planned or sent. It holds who
    is who around the debt (recipients, payer, beneficiaries), the situations that
    leave a debtor alone, the legal regime, which follows the partner until it is stated
    by hand, and the figures of the moment in company currency.
    """

    _name = "cobranza.debtor"
    _inherit = [
        "cobranza.gate.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "portal.mixin",
    ]
    _description = "Debtor"
    _order = "priority desc, id"
    _rec_name = "partner_id"

    _check_company_auto = True
    _agreed_terms = ()
    """``Terms`` that were agreed with a debtor; countries add theirs."""

    company_id = fields.Many2one("res.company", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict"
    )
    active = fields.Boolean(default=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Responsible", tracking=True, index="btree_not_null"
    )
    assigned_user_ids = fields.Many2many(
        "res.users",
        "cobranza_debtor_assigned_rel",
        string="Assigned",
        readonly=True,
        copy=False,
        help="Who works on some of its debts: the users assigned to these.",
    )
    regime = fields.Selection(
        REGIMES,
        required=True,
        default="unknown",
        tracking=True,
        help="How the law protects this debtor. Unknown is treated as most protected.",
    )
    lang = fields.Selection(
        selection="_selection_lang", string="Language of letters", tracking=True
    )
    tz = fields.Selection(selection="_selection_tz", string="Time zone", tracking=True)
    deceased_on = fields.Date(string="Deceased", tracking=True)
    insolvent_on = fields.Date(string="Insolvency proceedings", tracking=True)
    insolvency_kind = Row(
        "cobranza.insolvency.kind",
        string="Kind of insolvency",
        tracking=True,
        help="Decides, by the law of the country, whether interest ends on the day of "
        "the insolvency. Empty: not known, it ends.",
    )
    sued_on = fields.Date(string="Sued", tracking=True)
    represented_on = fields.Date(string="Represented by a lawyer since", tracking=True)
    representative_id = fields.Many2one("res.partner", tracking=True)
    authority_claim_on = fields.Date(string="Claim before an authority", tracking=True)
    vulnerable_on = fields.Date(
        string="Vulnerable since",
        tracking=True,
        help="No machine writes to this debtor: a person releases every contact.",
    )
    terms_informed_on = fields.Date(
        string="Collection terms informed on",
        tracking=True,
        help="Day on which the debtor was told, at contracting, how late payment is "
        "charged. Needed to charge fees to a protected debtor.",
    )
    terms_file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_debtor_terms_rel",
        string="Proof of the terms",
        tracking=True,
    )
    debt_ids = fields.One2many("cobranza.debt", "debtor_id")
    contact_ids = fields.One2many("cobranza.contact", "debtor_id")
    hold_ids = fields.One2many("cobranza.hold", "debtor_id")
    dispute_ids = fields.One2many("cobranza.dispute", "debtor_id")
    promise_ids = fields.One2many("cobranza.promise", "debtor_id")
    agreement_ids = fields.One2many(
        "cobranza.agreement", "debtor_id", "Payment agreements", groups=NOT_OWN
    )
    suspension_ids = fields.One2many(
        "cobranza.suspension", "debtor_id", "Suspensions of services", groups=NOT_OWN
    )
    charge_ids = fields.One2many("cobranza.charge", "debtor_id")
    # written by the run, read by the worklist
    phase = fields.Selection(
        PHASES,
        readonly=True,
        copy=False,
        group_expand=True,
        falsy_value_label=NO_LEVEL,
        groups=NOT_OWN,
    )
    reason = Row(
        "cobranza.decision.reason",
        readonly=True,
        copy=False,
        string="Status",
        groups=NOT_OWN,
    )
    next_act_on = fields.Date("Next act on", readonly=True, copy=False, groups=NOT_OWN)
    next_level_id = fields.Many2one(
        "cobranza.policy.level",
        readonly=True,
        copy=False,
        string="Next act",
        groups=NOT_OWN,
    )
    priority = fields.Float(readonly=True, copy=False, aggregator=None, groups=NOT_OWN)
    priority_parts = fields.Json(readonly=True, copy=False, groups=NOT_OWN)
    review_on = fields.Date(
        readonly=True,
        copy=False,
        help="The run looks again on this day; empty: now.",
        groups=NOT_OWN,
    )
    in_situation = fields.Boolean(compute="_compute_in_situation")
    reason_tone = fields.Char("Colour of the status", compute="_compute_reason_tone")
    # what is owed today, in company currency
    debt_count = fields.Integer(compute="_compute_principals")
    overdue = fields.Monetary(compute="_compute_principals", search="_search_overdue")
    not_due = fields.Monetary(
        compute="_compute_principals", search="_search_not_due", string="Not yet due"
    )
    oldest_due = fields.Date(compute="_compute_principals", string="Oldest due date")
    days_late = fields.Integer(
        compute="_compute_principals", search="_search_days_late", string="Days late"
    )
    credit_amount = fields.Monetary(
        compute="_compute_principals", string="Unallocated payments and credit notes"
    )
    charge_amount = fields.Monetary(
        compute="_compute_charges",
        string="Charges accrued",
        help="Interest, fees, compensations and costs: billed, assessed, and what "
        "accrues until today.",
    )
    total = fields.Monetary(
        compute="_compute_charges",
        string="Total today",
        help="Overdue, not yet due and charges, less unallocated payments and credit "
        "notes; negative in the debtor's favour.",
    )
    total_label = fields.Char("Words for the total", compute="_compute_charges")
    figures_by_currency = fields.Text(
        compute="_compute_charges",
        string="By currency",
        help="The same figures in each currency, of who owes in several or in another "
        "than the company's.",
    )
    _partner_uniq = models.Constraint(
        "UNIQUE (company_id, partner_id)", "This partner is a debtor already."
    )
    _review_idx = models.Index("(company_id, review_on) WHERE active")
    payer_id = fields.Many2one(
        "res.partner", help="Who pays, when it is not the debtor.", tracking=True
    )
    invoice_contact_id = fields.Many2one(
        "res.partner", string="Invoice contact", tracking=True
    )
    dunning_contact_id = fields.Many2one(
        "res.partner", string="Collection contact", tracking=True
    )
    legal_contact_id = fields.Many2one(
        "res.partner", string="Legal contact", tracking=True
    )
    obligor_ids = fields.One2many(
        "cobranza.obligor", "debtor_id", string="Who else answers"
    )
    obligor_count = fields.Integer(
        compute="_compute_obligor_count", string="Number of those who answer"
    )
    beneficiary_ids = fields.Many2many(
        "res.partner",
        "cobranza_debtor_beneficiary_rel",
        string="Beneficiaries",
        tracking=True,
        help="Who enjoys the service but owes nothing, such as a student whose parents "
        "signed the contract. Never contacted about the debt.",
    )
    regime_stated = fields.Boolean(
        string="Regime stated by hand",
        copy=False,
        tracking=True,
        help="Kept whatever the contact says. Untick it to follow the contact again.",
    )
    dial = fields.Char(string="Phone to call", compute="_compute_dial")
    partner_phone = fields.Char(string="Phone", related="partner_id.phone")
    contract_address = fields.Char(
        string="Address of the contract",
        tracking=True,
        help="The postal address that the debtor gave in the contract: what is refused "
        "or not collected there may count as received.",
    )
    certified_email = fields.Char(
        string="E-mail for certified messages",
        tracking=True,
        help="An address that the debtor agreed to or has used: certified e-mails go "
        "to no other.",
    )
    certified_email_basis = fields.Selection(
        [("agreed", "Agreed with the debtor"), ("used", "Used by the debtor before")],
        string="Why that e-mail",
        default="agreed",
        tracking=True,
    )
    costs_agreed = fields.Boolean(
        string="Collection costs agreed",
        tracking=True,
        help="The contract makes the debtor pay what collecting costs.",
    )
    cost_ids = fields.One2many("cobranza.cost", "debtor_id", groups=COST_GROUPS)
    interruption_ids = fields.One2many("cobranza.interruption", "debtor_id")
    cost_total = fields.Monetary(
        compute="_compute_cost_total", string="Costs incurred", groups=COST_GROUPS
    )
    opt_out_ids = fields.One2many("cobranza.opt.out", "debtor_id", string="Opt-outs")
    document_ids = fields.One2many("cobranza.document", "debtor_id", groups=NOT_OWN)
    documents_missing = fields.Boolean(
        compute="_compute_documents",
        search="_search_documents_missing",
        groups=NOT_OWN,
        help="Of the customer, or of an open debt.",
    )
    documents_note = fields.Char(
        "Missing documents", compute="_compute_documents", groups=NOT_OWN
    )

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def _selection_tz(self):
        return _tz_get(self)

    @api.depends(
        *("cost_ids.amount", "cost_ids.currency_id", "cost_ids.day", "cost_ids.state")
    )
    def _compute_cost_total(self):
        for debtor in self:
            total = 0
            for cost in debtor.cost_ids.filtered(lambda one: one.state in SPENT):
                total += cost.currency_id._convert(
                    cost.amount, debtor.currency_id, debtor.company_id, cost.day
                )
            debtor.cost_total = total

    @api.depends("document_ids.state", "regime", "payer_id", "terms_informed_on")
    @api.depends_context("lang")
    def _compute_documents(self):
        self.documents_missing, self.documents_note = False, False
        for company, debtors in self.grouped("company_id").items():
            checklist = DocumentChecklist(self.env, company)
            lacking = checklist.of_debtors(debtors._origin)
            for debtor in debtors:
                types = lacking.get(debtor._origin.id)
                debtor.documents_missing = bool(types)
                debtor.documents_note = types and checklist.names(self.env, types)

    @api.model
    def _lacking(self):
        """Ids of the debtors of whom a document lacks, in the companies that claim."""
        found = []
        for company in creditors(self.env):
            # sudo: whoever looks sees only those of them that it may see
            debtors = self.sudo().with_context(active_test=False)
            debtors = debtors.search([("company_id", "=", company.id)])
            found += DocumentChecklist(self.env, company).of_debtors(debtors)
        return sorted(found)

    def _search_documents_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        return truth(Domain("id", "in", self._lacking()), True in value)

    @api.depends("partner_id")
    def _compute_display_name(self):
        for debtor in self:
            debtor.display_name = debtor.partner_id.display_name

    @api.constrains("partner_id")
    def _check_commercial(self):
        for debtor in self:
            if debtor.partner_id != debtor.partner_id.commercial_partner_id:
                debtor.partner_id = debtor.partner_id.commercial_partner_id

    def _discardable(self):
        """Debtors of whom nothing is known, or no more."""
        return self.filtered(lambda one: not one._kept_of())

    def _kept_of(self):
        """Whether anything hangs from this debtor that is evidence."""
        own = (self.debt_ids, self.contact_ids, self.hold_ids, self.dispute_ids)
        own += (self.document_ids,)
        # nobody may read another company's history, nor delete it with the debtor
        history = self.env["cobranza.history"].sudo()
        kept = any((*own, self.promise_ids, self.charge_ids, self.obligor_ids))
        return kept or history.search_count([("debtor_id", "=", self.id)], limit=1)

    @api.ondelete(at_uninstall=False)
    def _unlink_without_history(self):
        for debtor in self:
            if debtor._kept_of():
                raise UserError(
                    self.env._(
                        "%s has a history that is evidence. Archive it instead.",
                        debtor.display_name,
                    )
                )

    # -- leaving the process -----------------------------------------------------------

    def _check_active(self, active):
        """UserError when a user archives a debtor, or takes it up again, by a write."""
        if self.env.su or self._is_through_gate():
            return
        changed = self.filtered(lambda debtor: debtor.active != active)
        if changed:
            raise UserError(
                self.env._(
                    "%s is archived and taken up again with the buttons only: "
                    "nobody leaves the follow-up without a reason.",
                    changed[0].display_name,
                )
            )

    def action_archive(self):
        """Ask for the reason: the follow-up ends for these debtors."""
        return self.env["cobranza.reason"]._ask("archive", self)

    def action_unarchive(self):
        self.filtered(lambda debtor: not debtor.active)._set_active(True)

    def _set_active(self, active, reason=None):
        """Take these debtors out of the follow-up, or into it again, and say who did
        it and why."""
        self.check_access("write")
        self._through_gate().write({"active": active, **self._left_values(active)})
        self.env["cobranza.decision"]._log_active(self, active)
        change = self.env._("Taken up again") if active else self.env._("Archived")
        self._log_act(change, reason)
        words = f"{change}: {reason}" if reason else change
        self._message_log_batch(dict.fromkeys(self.ids, words))

    def _log_act(self, change, reason=None):
        """A row of the history of each of these debtors: what the present user did."""
        self.env["cobranza.history"]._append((one, change, reason) for one in self)

    # -- screens ---------------------------------------------------------------------

    def _action_related(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        domain = Domain("debtor_id", "=", self.id)
        return {
            **action,
            "domain": list(domain),
            "context": {"default_debtor_id": self.id},
        }

    def action_view_debts(self):
        return self._action_related("cobranza_legal.action_cobranza_debt")

    def action_view_documents(self):
        """The documents that are asked of this debtor and those of its debts."""
        self.ensure_one()
        documents = self.env["cobranza.document"]
        documents.check_access("read")
        self.check_access("read")
        documents._open(self)
        return documents._action(Domain("debtor_id", "=", self.id))

    def action_view_contacts(self):
        """The contacts of the person, whichever of its records they were made with."""
        action = self._action_related("cobranza_legal.action_cobranza_contact")
        people = self._people()[self.id]
        return {**action, "domain": [("debtor_id", "in", people)]}

    def action_view_charges(self):
        return self._action_related("cobranza_legal.action_cobranza_charge")

    def _recipient(self, purpose="dunning"):
        """The partner to write to: the contact of the purpose, then the collection
        contact, the invoice contact, the invoice address, the debtor itself. Archived
        contacts are passed over."""
        self.ensure_one()
        if purpose == "legal" and self.legal_contact_id.active:
            return self.legal_contact_id
        if purpose != "invoice" and self.dunning_contact_id.active:
            return self.dunning_contact_id
        if self.invoice_contact_id.active:
            return self.invoice_contact_id
        partner = self.partner_id
        if not partner.child_ids and not partner.parent_id:  # nobody else to find
            return partner
        address = partner.address_get(["invoice"])["invoice"]
        return self.env["res.partner"].browse(address) or partner

    @api.depends("obligor_ids.state")
    def _compute_obligor_count(self):
        for debtor in self:
            open_ = debtor.obligor_ids.filtered(lambda one: one.state == "open")
            debtor.obligor_count = len(open_)

    def _obligors(self, day, debts=None):
        """{debt id: [``Answer``]}: who answers for which debts of these debtors on a
        day: the debtor itself first (after its death its heirs instead, where any are
        known), then the others by record. Of all debts that are not void, or of those
        of ``debts`` that are theirs. Two queries, which see past record rules."""
        return Answers(self.env, day).of_debtors(self, debts)

    def _in_force(self, day=None):
        """The records of who else answers for debts of this debtor on a day, by default
        today."""
        self.ensure_one()
        # sudo: everybody who answers, whoever asks
        found = self.sudo().obligor_ids
        if not found:
            return found
        day = day or self.company_id._cobranza_today()
        return found.filtered(lambda one: one._answers_on(day))

    @staticmethod
    def _who_answers(obligors, debts=None):
        """The partners of these records who answer for each of ``debts``; None: for
        any debt."""
        people = obligors.grouped("partner_id")
        return obligors.partner_id.filtered(
            lambda partner: (
                debts is None
                or all(
                    any(one._answers_for(debt) for one in people[partner])
                    for debt in debts
                )
            )
        )

    def _guarantors(self, debts=None):
        """People besides the debtor to whom a level writes that writes to guarantors,
        by id: those who answer today for each of ``debts``; None: for any debt."""
        found = self._in_force().filtered(lambda one: one._capacity().is_addressed)
        return self._who_answers(found, debts).with_env(self.env).sorted("id")

    def _own_people(self):
        """Partners who may hear of everything: the debtor, its contacts, payer and
        representative, archived ones too; never beneficiaries."""
        self.ensure_one()
        debtor = self.with_context(active_test=False)
        own = debtor.partner_id | debtor.partner_id.child_ids
        chosen = (
            self.invoice_contact_id | self.dunning_contact_id | self.legal_contact_id
        )
        around = debtor.payer_id | debtor.representative_id
        return (own | chosen | around).with_env(self.env) - debtor.beneficiary_ids

    def _permitted_people(self, debts=None, day=None):
        """Partners to whom debts may be disclosed on a day, by default today: those who
        may hear of everything, and who answers for each of ``debts``; None: for any
        debt. Never beneficiaries, nor whose duty has ended."""
        answering = self._who_answers(self._in_force(day), debts)
        return self._own_people() | answering.with_env(self.env)

    def _tz(self):
        """Time zone name in which the debtor's hours are counted."""
        self.ensure_one()
        return self.tz or self.company_id._cobranza_rules()._timezone(self.partner_id)

    def _lang(self):
        """Language code of what is written to the debtor."""
        self.ensure_one()
        people = self._recipient() | self.partner_id
        own = self.sudo().company_id.partner_id.lang  # sudo: a language is no secret
        found = (self.lang, *people.mapped("lang"), own)
        return next((lang for lang in found if lang), "en_US")

    def _installed_lang(self, lang=None):
        """The debtor's language (or ``lang``) if it is installed, else one like it,
        else the company's."""
        company = self.company_id or self.env.company
        return company._cobranza_lang(lang or self._lang())

    def write(self, vals):
        if "active" in vals:
            self._check_active(bool(vals["active"]))
        if "regime" in vals and "regime_stated" not in vals:
            vals = {**vals, "regime_stated": True}
        result = super().write(vals)
        if {"regime_stated", "partner_id"} & set(vals) and "regime" not in vals:
            self._follow_regime()
        priced = [name for name in self._charged_by() if name in vals]
        situations = self.env["cobranza.decision.reason"]._situations()
        if priced or {*DECIDED_BY, *situations} & set(vals):
            labels = [self._fields[one]._description_string(self.env) for one in priced]
            self._redecide_later(self._changed_words(labels))
        if INSOLVENCY & set(vals):
            self.env["cobranza.agreement"]._insolvency_changed(self)
        if RECEIVED_BY & set(vals):
            # sudo: what a letter achieved does not depend on who writes down where
            self.env["cobranza.contact.effect"]._derive_of(self.sudo())
        return result

    @api.model
    def _charged_by(self):
        """Names of the fields that say what late payment costs a debtor."""
        return CHARGED_BY

    @api.model
    def _changed_words(self, labels):
        """Why charges are judged again when what these labels name has changed; empty
        without labels."""
        if not labels:
            return ""
        return self.env._("What is known was changed: %s", ", ".join(labels))

    @api.depends(lambda self: self.env["cobranza.decision.reason"]._situations())
    def _compute_in_situation(self):
        names = list(self.env["cobranza.decision.reason"]._situations())
        for debtor in self:
            debtor.in_situation = any(debtor[name] for name in names)

    @api.depends("reason", "in_situation")
    @api.depends_context("uid")
    def _compute_reason_tone(self):
        reasons = self.env["cobranza.decision.reason"]
        name = "own_reason" if self._sees_own_debts() else "reason"
        for debtor in self:
            tone = "danger" if debtor.in_situation else reasons._tone(debtor[name])
            debtor.reason_tone = tone

    def _follow_regime(self):
        """Set the regime that the rules derive from the partner, unless stated by
        hand."""
        todo = self.filtered(lambda debtor: not debtor.regime_stated)
        for company, debtors in todo.grouped("company_id").items():
            regimes = company._cobranza_rules()._debtor_regime(debtors.partner_id)
            for debtor in debtors:
                regime = regimes[debtor.partner_id.id]
                if debtor.regime != regime:
                    debtor.write({"regime": regime, "regime_stated": False})

    @api.depends("partner_id.phone", "dunning_contact_id", "invoice_contact_id")
    def _compute_dial(self):
        for debtor in self:
            debtor.dial = debtor._recipient().phone
