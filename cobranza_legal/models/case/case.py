from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...kernel.lifecycle import CASE
from ..common.money import say_amount
from ..common.rows import Row
from ..common.tasks import raise_tasks
from .stage import PHASES

STATES = [
    ("draft", "Prepared"),
    ("review", "With the lawyer, to be studied"),
    ("open", "Under way"),
    ("closed", "Case closed"),
    ("cancelled", "Not handed over"),
]


LIVE = ("draft", "review", "open")
"""States in which its debts belong to no other case."""


RUNNING = ("review", "open")
"""States in which a lawyer has its debts."""


AGREED = ("signed", "active")
"""States in which an agreement is the debtor's word."""


ASSIGNERS = (
    "cobranza_legal.group_collection_manager",
    "cobranza_legal.group_lawyer_all",
)
"""Who hands debts over, and takes them back."""


class CobranzaCase(models.Model):
    """Debts of one debtor that a lawyer claims.

    Collectors prepare it, a manager hands it over, the lawyer studies what proves the
    debts and opens it: what is claimed is frozen then, and what is owed stands beside
    it. Who else answers for the debts is claimed from with the debtor.
    """

    _name = "cobranza.case"
    _inherit = [
        "cobranza.claim.mixin",
        "cobranza.paper.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Legal case"
    _order = "id desc"
    _rec_names_search = [
        *("name", "debtor_id", "proceeding_ids.docket", "proceeding_ids.nig"),
    ]

    _lifecycle = CASE
    _titled_reports = ("cobranza_legal.case_progress",)
    _logged = ("debtor_id", "debt_ids", "obligor_ids", "user_id")
    _after_close = frozenset(
        {
            *("note", "user_id", "proceeding_type_id", "court_state_id"),
            *("suit_lawyer", "suit_share", "suit_agent", "suit_months", "suit_yearly"),
        }
    )

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
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_case_debt_rel",
        string="Debts",
        required=True,
        ondelete="restrict",
        domain="[('debtor_id', '=', debtor_id), ('nature', '=', 'principal'), "
        "('settled', '=', False), ('void_reason', '=', False)]",
    )
    obligor_ids = fields.Many2many(
        "cobranza.obligor",
        "cobranza_case_obligor_rel",
        string="Claimed from, too",
        ondelete="restrict",
        domain="[('debtor_id', '=', debtor_id), ('state', '=', 'open')]",
        help="Who else answers for the debts and is claimed from with the debtor.",
    )
    line_ids = fields.One2many(
        "cobranza.case.line", "case_id", "Claimed", readonly=True
    )
    act_ids = fields.One2many("cobranza.case.act", "case_id", "Acts", readonly=True)
    cost_ids = fields.One2many("cobranza.cost", "case_id", "Costs", readonly=True)
    proceeding_ids = fields.One2many(
        "cobranza.proceeding", "case_id", "Proceedings", readonly=True
    )
    proceeding_count = fields.Integer(
        "Number of proceedings", compute="_compute_proceedings"
    )
    dockets = fields.Char("Docket numbers", compute="_compute_proceedings")
    stage_words = fields.Char("Stage", compute="_compute_proceedings")
    expected_outcome = Row(
        "cobranza.proceeding.outcome", compute="_compute_proceedings"
    )
    phase = fields.Selection(
        PHASES,
        "How far it is",
        compute="_compute_phase",
        store=True,
        group_expand=True,
        help="The furthest that its proceedings have come.",
    )
    recovered = fields.Monetary(
        compute="_compute_recovered",
        help="What was paid of its debts since they were handed over, what was agreed "
        "at its end with it.",
    )
    document_ids = fields.Many2many(
        "cobranza.document",
        compute="_compute_document_ids",
        string="Documents",
        help="Of the customer and of the debts.",
    )
    negotiation_ids = fields.Many2many(
        "cobranza.negotiation",
        compute="_compute_negotiation_ids",
        string="Negotiations",
    )
    court_state_id = fields.Many2one(
        "res.country.state",
        "Courts of",
        compute="_compute_court_state_id",
        store=True,
        readonly=False,
        help="Where it is filed: courts differ in what they ask of a negotiation.",
    )
    negotiation_count = fields.Integer(compute="_compute_negotiation_ids")
    mail_address = fields.Char(
        "E-mail of the case",
        readonly=True,
        copy=False,
        help="What its lawyers send there lands in the case, with its files; other "
        "mail waits for a person. Nobody is answered.",
    )
    mail_ids = fields.One2many("cobranza.case.mail", "case_id", readonly=True)
    mail_waiting_count = fields.Integer(
        "Mail that waits", compute="_compute_mail_waiting_count"
    )
    note = fields.Text()
    handed_on = fields.Date("With the lawyer since", readonly=True, copy=False)
    opened_on = fields.Date(readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    outcome = Row("cobranza.case.outcome", readonly=True, copy=False)
    paid_told_on = fields.Date(
        readonly=True, copy=False, help="Somebody was told that all of it is paid."
    )
    erased_on = fields.Datetime(readonly=True, copy=False)
    erased_reason = fields.Char("Erased because", readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name <> '/'", "Another case has that number."
    )
    _mail_address_uniq = models.UniqueIndex(
        "(mail_address) WHERE mail_address IS NOT NULL",
        "Another case has that address.",
    )
    _running_idx = models.Index("(company_id, state) WHERE state IN ('review', 'open')")

    # -- values ------------------------------------------------------------------------

    @api.depends("name", "debtor_id")
    def _compute_display_name(self):
        for case in self:
            parts = (case.name.strip("/"), case.debtor_id.display_name)
            case.display_name = " · ".join(part for part in parts if part)

    @api.depends("state", "proceeding_ids.phase", "proceeding_ids.stage_id.phase")
    def _compute_phase(self):
        """The furthest that its proceedings have come: those that go on, else those
        that ended after a judgment."""
        order = [code for code, _label in PHASES]
        for case in self:
            if case.state in ("closed", "cancelled"):
                case.phase = "over"
                continue
            rows = case.proceeding_ids
            reached = rows.filtered(lambda one: one.state == "filed").mapped("phase")
            if not reached:
                ended = rows.filtered(lambda one: one.state == "ended").stage_id
                reached = [
                    one.phase
                    for one in ended
                    if one.phase in ("judgment", "enforcement")
                ]
            case.phase = max(reached, key=order.index, default="prepared")

    @api.depends("proceeding_ids.state", "proceeding_ids.expected_outcome")
    @api.depends_context("uid")
    def _compute_proceedings(self):
        for case in self:
            live = case.proceeding_ids.filtered(
                lambda one: one.state in ("draft", "filed")
            )
            said = (live or case.proceeding_ids)[:1]
            case.proceeding_count = len(case.proceeding_ids)
            numbers = filter(None, case.proceeding_ids.mapped("docket"))
            case.dockets = ", ".join(dict.fromkeys(numbers))  # one file, one number
            case.stage_words = said.stage_id.name or False
            case.expected_outcome = said.expected_outcome

    @api.depends("debt_ids", "handed_on", "closed_on", "outcome")
    def _compute_recovered(self):
        """By what was paid of its debts since they were handed over; after its end only
        where that brings it, until another case has them. Two queries."""
        # sudo: who sees the case may know what was paid of its debts
        settlements = self.env["cobranza.settlement"].sudo()
        kinds = settlements._kinds(collects=True)
        domain = [("debt_id", "in", self.debt_ids.ids), ("kind", "in", kinds)]
        paid = settlements.search_fetch(domain, ["debt_id", "date", "amount"])
        by_debt = paid.grouped("debt_id")
        outcomes = self.env["cobranza.case.outcome"]
        brings = self.filtered(
            lambda one: one.closed_on and outcomes._is(one.outcome, "brings")
        )
        later = brings._next_cases()
        for case in self:
            until = case.closed_on
            if case in brings:
                until = later.get(case) and fields.Date.subtract(later[case], days=1)
            case.recovered = sum(
                one.amount
                for debt in case.debt_ids.sudo()
                for one in by_debt.get(debt, ())
                if case.handed_on
                and case.handed_on <= one.date
                and (not until or one.date <= max(until, case.closed_on))
            )

    def _next_cases(self):
        """{case: day on which the first of its debts was handed over in another case
        after its end}."""
        # sudo: a case that the user does not see has its debts all the same
        found = self.sudo().search_fetch(
            [("debt_ids", "in", self.debt_ids.ids), ("handed_on", "!=", False)],
            ["handed_on", "debt_ids"],
        )
        return {
            case: min(days)
            for case in self
            if (
                days := [
                    one.handed_on
                    for one in found
                    if one != case.sudo()
                    and one.handed_on >= case.closed_on
                    and one.debt_ids & case.sudo().debt_ids
                ]
            )
        }

    @api.depends("debtor_id", "debt_ids")
    @api.depends_context("uid")
    def _compute_document_ids(self):
        documents = self.env["cobranza.document"]
        found = documents.search([("debtor_id", "in", self.debtor_id.ids)])
        for case in self:
            case.document_ids = found.filtered(
                lambda one, case=case: (
                    one.debtor_id == case.debtor_id
                    and (not one.debt_id or one.debt_id in case.debt_ids)
                )
            )

    @api.depends("debtor_id")
    def _compute_court_state_id(self):
        for case in self:
            case.court_state_id = case.debtor_id.partner_id.state_id

    @api.depends("debt_ids")
    @api.depends_context("uid")
    def _compute_negotiation_ids(self):
        for case in self:
            found = self.env["cobranza.negotiation"].search(
                [("debt_ids", "in", case.debt_ids.ids)]
            )
            case.negotiation_ids, case.negotiation_count = found, len(found)

    @api.depends("mail_ids.state")
    def _compute_mail_waiting_count(self):
        groups = self.env["cobranza.case.mail"]._read_group(
            [("case_id", "in", self.ids), ("state", "=", "waiting")],
            ["case_id"],
            ["__count"],
        )
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.mail_waiting_count = counts.get(case.id, 0)

    # -- making ------------------------------------------------------------------------

    def _check_not_closed(self, vals):
        """Who else is claimed from may be chosen while lawyers have it: they do."""
        running = self.filtered(lambda one: one.state in RUNNING)
        if "obligor_ids" not in vals or self._is_through_gate() or not running:
            return super()._check_not_closed(vals)
        running._check_worked()
        super(CobranzaCase, self - running)._check_not_closed(vals)
        others = {name: value for name, value in vals.items() if name != "obligor_ids"}
        return super(CobranzaCase, running)._check_not_closed(others)

    def write(self, vals):
        result = super().write(vals)
        if {"debtor_id", "debt_ids"} & set(vals):
            self.filtered(lambda one: one.state == "draft")._claim()
        return result

    @api.constrains("debtor_id", "debt_ids", "obligor_ids")
    def _check_debts(self):
        live = self.filtered(lambda one: one.state in LIVE)
        known = self._live_about(live.debt_ids)
        for case in live:
            problem = case._debts_problem(known)
            if problem:
                raise ValidationError(problem)

    def _debts_problem(self, known=None):
        """What is wrong with the debts and people, in words; None if nothing is.
        ``known``: the cases that are not over about any of the debts, and others."""
        self.ensure_one()
        name, debts = self.debtor_id.display_name, self.debt_ids
        problem = debts._hand_over_problem(self.debtor_id)
        if problem:
            return problem
        if self.obligor_ids.debtor_id - self.debtor_id:
            return self.env._("%s: choose who answers for its debts.", name)
        known = self._live_about(debts) if known is None else known
        others = known - self.sudo()
        others = others.filtered(lambda one: one.debt_ids & debts.sudo())
        if others:
            return self.env._(
                "%(debt)s is in another case (%(case)s). Close that one, or leave the "
                "debt out.",
                debt=(others.debt_ids & debts.sudo())[0].display_name,
                case=others[0].name,
            )
        return None

    @api.model
    def _live_about(self, debts):
        """The live cases about some of these debts."""
        # sudo: a case that the user does not see holds its debts all the same
        domain = [("state", "in", LIVE), ("debt_ids", "in", debts.ids)]
        return self.sudo().search(domain)

    @api.model
    def _free_debts(self, debts):
        """Those of these debts that can be claimed in court: see ``_to_hand_over``;
        none of another case."""
        free = debts._to_hand_over()
        return free - self._live_about(free).debt_ids.sudo(False)

    @api.model
    def _draft(self, debts):
        """Drafts about these debts, one for each debtor: the one that is there gets
        more. What cannot be claimed is left out."""
        free = self._free_debts(debts)
        known = self.search(
            [("debtor_id", "in", free.debtor_id.ids), ("state", "=", "draft")]
        )
        drafts = {one.debtor_id: one for one in known}
        owners = free.debtor_id._task_owners()
        vals_list = []
        for debtor, own in free.grouped("debtor_id").items():
            if debtor in drafts:
                drafts[debtor].debt_ids |= own
                continue
            vals_list.append(
                {
                    "debtor_id": debtor.id,
                    "debt_ids": [Command.set(own.ids)],
                    "user_id": (owners[debtor] or self.env.user).id,
                }
            )
        return known | self.create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never_handed(self):
        for case in self.filtered("handed_on"):
            raise UserError(
                self.env._(
                    "%s was handed over: it is kept as it was.", case.display_name
                )
            )

    # -- who may -----------------------------------------------------------------------

    def _is_assigner(self):
        user = self.env.user
        return self.env.su or any(user.has_group(one) for one in ASSIGNERS)

    def _check_assigner(self):
        if not self._is_assigner():
            raise AccessError(
                self.env._(
                    "Collection managers and lawyers of all cases hand debts over and "
                    "take them back."
                )
            )

    def _check_worked(self):
        """AccessError for whoever is no lawyer of these cases and hands none over."""
        self.check_access("read")
        if self._is_assigner():
            return
        strange = self.filtered(lambda one: self.env.user not in one.assigned_user_ids)
        if strange:
            raise AccessError(
                self.env._("%s is for its lawyers.", strange[0].display_name)
            )

    # -- states ------------------------------------------------------------------------

    def action_hand_over(self):
        """The dialog that asks to whom."""
        self._check_assigner()
        self._expect("draft")
        return self._dialog_of("action_cobranza_handover")

    def action_reassign(self):
        """The dialog that asks who works on it from now on."""
        self._check_assigner()
        self._expect("review", "open")
        return self._dialog_of("action_cobranza_handover")

    def _dialog_of(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"cobranza_legal.{xmlid}"
        )
        return {
            **action,
            "context": {"active_model": self._name, "active_ids": self.ids},
        }

    def action_open(self):
        """The lawyer takes it: what is claimed is worked out for the last time."""
        self._check_worked()
        self._expect("review")
        for case in self.sudo():
            problem = case._debts_problem()
            if problem:
                raise UserError(problem)
            settled = case.debt_ids.filtered("settled")
            if settled == case.debt_ids:
                raise UserError(self.env._("%s: all of it is paid.", case.display_name))
            case._claim()
            case._set_state("open", opened_on=case.company_id._cobranza_today())

    def _claim_problems(self):
        """[words] of what was paid since what is claimed was worked out: no more is
        asked for than is owed."""
        self.ensure_one()
        less = self.line_ids.filtered(
            lambda one: (
                one.currency_id.compare_amounts(
                    one.debt_id.amount_residual_currency, one.principal
                )
                < 0
            )
        )
        if not less:
            return []
        return [
            self.env._(
                "Paid since what is claimed was worked out on %(day)s: %(debts)s. Work "
                "out the claim of the case anew.",
                day=format_date(self.env, self.claimed_on),
                debts=", ".join(less.debt_id.mapped("display_name")),
            )
        ]

    def _is_claim_fixed(self):
        """Whether what is claimed does not change any more: it was filed, a court has
        decided about it, or the case is over."""
        self.ensure_one()
        # sudo: whoever looks at the case
        case = self.sudo()
        if case.state in ("draft", "review"):
            return False
        decided = case.judgment_ids.filtered(lambda one: one.state != "cancelled")
        filed = case.proceeding_ids.filtered("filed_on")
        return bool(case.state != "open" or filed or decided)

    def action_claim_anew(self):
        """What is claimed is worked out until today, before anything is filed."""
        self._check_worked()
        self._expect("open")
        for case in self.sudo():  # sudo: nobody writes what is claimed
            if case._is_claim_fixed():
                raise UserError(
                    self.env._(
                        "%s was filed: what is claimed does not change any more.",
                        case.display_name,
                    )
                )
            before = case.amount
            case._claim()
            case._log(
                self.env._(
                    "Claimed: %(before)s → %(after)s",
                    before=say_amount(self.env, before, case.currency_id),
                    after=say_amount(self.env, case.amount, case.currency_id),
                )
            )

    def action_end(self):
        self._check_worked()
        self._expect("review", "open")
        return self._dialog_of("action_cobranza_case_end")

    def action_cancel(self):
        """A draft that is not handed over after all."""
        self.check_access("write")
        self._expect("draft")
        self._set_state("cancelled", self.env._("Not handed over"))

    def action_ask(self):
        self._check_worked()
        self._expect("review", "open")
        return self._dialog_of("action_cobranza_case_ask")

    def action_write_act(self):
        self.ensure_one()
        self._check_worked()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_case_act_new"
        )
        return {**action, "context": {"default_case_id": self.id}}

    def action_begin(self):
        """The dialog that begins a proceeding; the recommended procedure first."""
        self.ensure_one()
        self._check_worked()
        self._expect(*RUNNING)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_proceeding_begin"
        )
        kind = self.proceeding_type_id or self.recommended_type_id
        context = {"default_case_id": self.id, "default_type_id": kind.id}
        return {**action, "context": context}

    def action_view_proceedings(self):
        """Its proceedings; the only one at once."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_proceeding"
        )
        own = self.proceeding_ids
        if len(own) == 1:
            action |= {"views": [(False, "form")], "res_id": own.id}
        domain = [("case_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    @api.model
    def _action_about(self, domain):
        """The cases of a domain; the only one at once."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_case"
        )
        found = self.search(domain)
        if len(found) == 1:
            action |= {"views": [(False, "form")], "res_id": found.id}
        return {**action, "domain": domain, "context": {}}

    def action_negotiate(self):
        """The negotiations about its debts; a new one is about them."""
        self.ensure_one()
        self.check_access("read")
        # sudo: who reads the case sees which of its letters invited
        self.env["cobranza.negotiation"].sudo()._gather(self.company_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_negotiation"
        )
        context = {
            "default_debtor_id": self.debtor_id.id,
            "default_debt_ids": self.debt_ids.ids,
        }
        domain = [("debt_ids", "in", self.debt_ids.ids)]
        return {**action, "domain": domain, "context": context}

    def action_mails(self):
        """The mails of this case, those that wait first."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_case_mail"
        )
        return {**action, "domain": [("case_id", "=", self.id)]}

    def action_stage(self):
        """The dialog that asks to which stage its proceeding came. UserError where none
        is before a court."""
        self.ensure_one()
        self._check_worked()
        suit = self.proceeding_ids.filtered(lambda one: one.state == "filed")[:1]
        if not suit:
            raise UserError(
                self.env._("%s: nothing is before a court yet.", self.display_name)
            )
        return suit.action_change_stage()

    def action_progress(self):
        """The report of today as a PDF, which is kept as an act. The next one tells
        what was done since."""
        self.ensure_one()
        self.check_access("read")
        self._expect("review", "open", "closed")
        act = self.env["cobranza.case.progress"]._make(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{act.file_ids.id}?download=true",
            "target": "self",
        }

    def _document_title(self):
        """Title of its progress report, in the language of who reads it."""
        spoken = self.with_context(lang=self._paper_lang())
        return spoken.env._("Progress report %s", spoken.name)

    def _end(self, outcome, reason):
        """Close these cases, or give those that are being studied back to who prepared
        them. What lawyers wrote stays; their rights end as the company says.

        UserError for an unknown outcome and for a reason that lacks.
        """
        self._check_worked()
        row = self.env["cobranza.case.outcome"]._row(outcome)
        reason = (reason or "").strip()
        if row is None:
            raise UserError(self.env._("Say how it ended."))
        if not row.by_lawyer:
            self._check_assigner()
        label = self.env["cobranza.case.outcome"]._label(outcome)
        for case in self.sudo():
            agreed = row.agreed and case._settling_agreement()
            if row.needs_reason and not reason and not agreed:
                raise UserError(case._reason_lacks(row))
            why = reason or (agreed and agreed.display_name)
            words = ": ".join(filter(None, (label, why)))
            today = case.company_id._cobranza_today()
            if case.state == "review":
                case._set_state("draft", words, handed_on=False)
                case._share()
                continue
            days = case.company_id.cobranza_case_rights_days
            until = fields.Date.add(today, days=days)
            case._set_state(
                "closed", words, outcome=outcome, closed_on=today, rights_until=until
            )
            case._share()

    def _reason_lacks(self, row):
        if not row.agreed:
            return self.env._("Give the reason.")
        return self.env._(
            "%s: no agreement over its debts is signed. Sign one first, or give the "
            "reason.",
            self.display_name,
        )

    def _settling_agreement(self):
        """The agreement that was signed over all that is open of it; empty: none. As
        superuser."""
        self.ensure_one()
        left = self.debt_ids.filtered(lambda debt: not debt.settled)
        agreements = self.debtor_id.agreement_ids.filtered(
            lambda one: one.state in ("signed", "active", "completed")
        )
        return agreements.filtered(lambda one: left and left <= one.debt_ids)[:1]

    def _ask_document(self, what, day, note=None):
        """The lawyer needs a document until a day: it is the collector's activity."""
        self._check_worked()
        for case in self.sudo():
            today = case.company_id._cobranza_today()
            if day < today:
                raise UserError(self.env._("That day has passed already."))
            owner = case.user_id.filtered("active") or case.debtor_id._task_owner()
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                day,
                self.env._("The lawyer asks for: %s", what),
                note or "",
                user_id=owner.id,
            )
            words = self.env._(
                "%(document)s, until %(day)s",
                document=what,
                day=format_date(self.env, day),
            )
            case._write_down("asked", words, note)

    def _write_down(self, kind, summary, note=None, day=None, files=None):
        """An act that follows from a button, by the present user; of today where no
        day is given. ``files`` are kept with it. Returns the new acts."""
        acts = self.env["cobranza.case.act"].sudo()._through_gate()
        return acts.create(
            [
                {
                    "case_id": case.id,
                    "kind": kind,
                    "day": day or case.company_id._cobranza_today(),
                    "summary": summary,
                    "note": note or False,
                    "file_ids": [Command.set([file.id for file in files or ()])],
                    "user_id": self.env.uid,
                }
                for case in self
            ]
        )

    def _on_state(self, target, reason):
        # sudo: what was asked of whoever had it is done, whoever did it
        self.sudo().activity_ids.filtered("automated").action_feedback()
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._write_down("state", labels[target], reason)
        if target in ("closed", "cancelled"):
            self._end_deadlines(labels[target])
        return super()._on_state(target, reason)

    # -- the day -----------------------------------------------------------------------

    @api.model
    def _tell_paid(self, company, today):
        """Tell who works on cases of which everything is paid, once."""
        paid = self.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "in", RUNNING)
            & Domain("paid_told_on", "=", False)
            & Domain("debt_ids", "not any", [("settled", "=", False)])
        )
        owners = paid.debtor_id._task_owners()
        words = self.env._("All of it is paid: close the case")
        raise_tasks(
            paid,
            [
                (
                    case,
                    today,
                    words,
                    case.user_id.filtered("active") or owners[case.debtor_id],
                )
                for case in paid
            ],
        )
        paid._through_gate().write({"paid_told_on": today})

    def _tell_written_off(self, debts, words):
        """Who works on these cases has to decide what becomes of them, because some of
        their debts are written off, or are not any more. Run as superuser."""
        for case in self:
            own = ", ".join((case.debt_ids & debts).mapped("display_name"))
            case._write_down("note", words, own)
            owner = case.user_id.filtered("active") or case.debtor_id._task_owner()
            case.activity_schedule(
                "mail.mail_activity_data_todo",
                case.company_id._cobranza_today(),
                f"{words}: {own}",
                user_id=owner.id,
                automated=True,
            )

    @api.model
    def _tell_agreed(self, company, today):
        """Tell who works on what is before a court of each agreement that the debtor
        has signed over its debts, once: the suit is suspended, settled or goes on. As
        superuser."""
        cases = self.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "in", RUNNING)
            & Domain("proceeding_ids.state", "=", "filed")
            & Domain("debtor_id.agreement_ids.state", "in", AGREED)
        )
        for case in cases:
            agreements = case.debtor_id.agreement_ids.filtered(
                lambda one, case=case: (
                    one.state in AGREED and one.debt_ids & case.debt_ids
                )
            )
            told = " ".join(case.act_ids.mapped("summary"))
            for one in agreements.filtered(lambda row, told=told: row.name not in told):
                words = self.env._(
                    "Signed over what is before the court: %s", one.display_name
                )
                case._write_down("note", words)
                case.activity_schedule(
                    "mail.mail_activity_data_todo",
                    today,
                    words,
                    user_id=case._worker().id,
                    automated=True,
                )

    def _refusals_of_erasure(self):
        """[message] of the cases that are not over."""
        for case in self:
            if case.state in LIVE:
                yield self.env._("Open legal case: %s.", case.display_name)

    def _over_before(self, begin):
        """Those that were over before a moment and are whole still."""
        return self.filtered(
            lambda one: (
                one.state in ("closed", "cancelled")
                and not one.erased_on
                and not any(row.moment >= begin for row in one.history_ids)
            )
        )

    def _erase(self, why):
        """What was written about these goes; numbers, dates and the outcome stay.
        Returns the files, which are to be erased too. Run through the gate."""
        acts = self.act_ids
        files = acts.file_ids | self.mail_ids._erase()
        for found in (self.measure_ids, self.judgment_ids, self.realisation_ids):
            files |= found._erase(why)
        acts.write({"summary": why, "note": False, "file_ids": [Command.clear()]})
        self.write(
            {
                "note": False,
                "state_reason": False,
                "erased_on": fields.Datetime.now(),
                "erased_reason": why,
            }
        )
        self._forget_changes()
        self.proceeding_ids._erase()
        return files
