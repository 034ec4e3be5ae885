from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ...kernel.errors import KernelError
from ...kernel.judgment import Part
from ...kernel.lifecycle import PROCEEDING
from ..common.rows import Row
from ..common.words import say_error
from .case import RUNNING
from .stage import PHASES
from .verdict import CaseVerdict

STATES = [
    ("draft", "Being prepared"),
    ("filed", "Before the court"),
    ("ended", "At an end"),
    ("cancelled", "Called off"),
]


COMPONENTS = ("principal", "interest", "fees", "costs")
"""What is claimed of a debt, as the lines of a case tell it."""


class CobranzaProceeding(models.Model):
    """One procedure that a case takes before a court, a notary or a public body: where
    it is, under which number, and in which stage. A case may have several, one after
    another (a payment order, the suit that follows it, the enforcement)."""

    _name = "cobranza.proceeding"
    _inherit = ["cobranza.case.item.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Proceeding"
    _order = "id desc"
    _rec_names_search = ["docket", "nig", "case_id.name", "debtor_id"]

    _lifecycle = PROCEEDING
    _logged = (
        *("type_id", "court_id", "docket", "nig", "judge", "stage_id", "user_id"),
        *("power_id", "expected_outcome", "spares_debtor"),
    )
    _after_close = frozenset(
        {
            *("note", "user_id", "docket", "nig", "judge", "court_id"),
            *("expected_outcome", "expected_note", "party_ids"),
        }
    )

    type_id = fields.Many2one(
        "cobranza.proceeding.type",
        string="Procedure",
        required=True,
        ondelete="restrict",
    )
    procedure_code = fields.Char(related="type_id.code")
    parent_id = fields.Many2one(
        "cobranza.proceeding",
        string="Follows from",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('case_id', '=', case_id), ('id', '!=', id)]",
        help="The proceeding that this one goes on from.",
    )
    child_ids = fields.One2many("cobranza.proceeding", "parent_id", "Goes on in")
    party_ids = fields.One2many(
        "cobranza.proceeding.party", "proceeding_id", "Who takes part"
    )
    power_id = fields.Many2one(
        "cobranza.power",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('state', '=', 'open'), ('case_id', 'in', (False, case_id))]",
        help="By which somebody acts for the company in it.",
    )
    court_id = fields.Many2one(
        "cobranza.court",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    court_words = fields.Char("As it was called", compute="_compute_court_words")
    docket = fields.Char("Docket number", copy=False, index="trigram")
    nig = fields.Char("General number", copy=False, index="trigram")
    has_nig = fields.Boolean(compute="_compute_has_nig")
    judge = fields.Char(copy=False)
    stage_id = fields.Many2one(
        "cobranza.proceeding.stage",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        group_expand="_group_expand_stages",
    )
    stage_on = fields.Date("In this stage since", readonly=True, copy=False)
    phase = fields.Selection(
        PHASES,
        "How far it is",
        compute="_compute_phase",
        store=True,
        group_expand=True,
    )
    can_go_on = fields.Boolean(compute="_compute_can_go_on")
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    amount = fields.Monetary(
        "Amount claimed",
        readonly=True,
        copy=False,
        help="Frozen when it is filed: what the case claims, or what is owed by the "
        "judgment that it enforces, without costs.",
    )
    filed_principal = fields.Monetary("Principal claimed", readonly=True, copy=False)
    filed_interest = fields.Monetary("Interest claimed", readonly=True, copy=False)
    filed_fees = fields.Monetary("Other charges claimed", readonly=True, copy=False)
    filed_costs = fields.Monetary("Costs claimed", readonly=True, copy=False)
    filed_on = fields.Date(readonly=True, copy=False)
    ended_on = fields.Date(readonly=True, copy=False)
    outcome = Row("cobranza.proceeding.outcome", readonly=True, copy=False)
    expected_outcome = Row(
        "cobranza.proceeding.outcome", only=lambda row: row.by_hand, copy=False
    )
    expected_note = fields.Char("Why it is expected", copy=False)
    note = fields.Text()

    # -- values ------------------------------------------------------------------------

    @api.depends("type_id", "docket", "case_id")
    def _compute_display_name(self):
        for one in self:
            parts = (one.type_id.name, one.docket or one.case_id.name)
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends("court_id", "filed_on")
    def _compute_court_words(self):
        for one in self:
            company = one.company_id or self.env.company
            day = one.filed_on or company._cobranza_today()
            name = bool(one.court_id) and one.court_id._name_on(day)
            one.court_words = name != one.court_id.name and name

    @api.depends("company_id")
    def _compute_has_nig(self):
        for company, mine in self.grouped("company_id").items():
            has = bool(company) and company._cobranza_rules()._has_general_number()
            mine.has_nig = has

    @api.depends("state", "stage_id.phase")
    def _compute_phase(self):
        always = {"draft": "prepared", "cancelled": "over", "ended": "over"}
        for one in self:
            one.phase = always.get(one.state) or one.stage_id.phase or "filed"

    @api.depends("stage_id", "state", "child_ids.state")
    def _compute_can_go_on(self):
        for one in self:
            gone = one.child_ids.filtered(lambda child: child.state != "cancelled")
            one.can_go_on = bool(
                one.state in ("filed", "ended")
                and one.stage_id.next_procedures
                and not gone
            )

    @api.model
    def _group_expand_stages(self, stages, domain):
        """The stages of the procedures that are on the screen, in their order."""
        codes = set(stages.mapped("procedure_code"))
        if not codes:
            return stages
        company = self.env.company
        return stages | stages.union(
            *(stages._of_procedure(company, code) for code in sorted(codes))
        )

    @api.constrains("parent_id", "case_id")
    def _check_parent(self):
        for one in self:
            if one.parent_id and one.parent_id.case_id != one.case_id:
                raise ValidationError(
                    self.env._(
                        "%s: choose a proceeding of the same case.", one.display_name
                    )
                )

    @api.constrains("type_id", "case_id")
    def _check_type(self):
        for one in self:
            country = one.company_id._cobranza_rules()._country()
            kind = one.type_id
            if kind.country_id and kind.country_id != country:
                raise ValidationError(
                    self.env._(
                        "%(procedure)s is no procedure of %(country)s.",
                        procedure=kind.name,
                        country=country.name,
                    )
                )

    @api.constrains("docket", "nig", "type_id")
    def _check_numbers(self):
        for one in self:
            rules = one.company_id._cobranza_rules()
            problem = one.docket and rules._docket_problem(one.docket, one.type_id)
            if not problem and one.nig:
                problem = rules._general_number_problem(one.nig)
            if problem:
                raise ValidationError(problem)

    @api.constrains("power_id", "case_id")
    def _check_power(self):
        for one in self:
            of = one.power_id.case_id
            if of and of != one.case_id:
                raise ValidationError(
                    self.env._(
                        "%(power)s is for another case (%(case)s).",
                        power=one.power_id.display_name,
                        case=of.display_name,
                    )
                )

    # -- making ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        for one in found:
            one._clean_numbers()
            one._add_opponents()
        return found

    def write(self, vals):
        result = super().write(vals)
        if {"docket", "nig", "type_id"} & set(vals):
            for one in self:
                one._clean_numbers()
        if "spares_debtor" in vals:
            self._expect("draft")
            self._change_opponents()
        return result

    def _clean_numbers(self):
        """Numbers as courts of the country write them."""
        self.ensure_one()
        rules = self.company_id._cobranza_rules()
        clean = {
            "docket": rules._docket_clean(self.docket, self.type_id) or False,
            "nig": "".join((self.nig or "").split()) or False,
        }
        changed = {name: value for name, value in clean.items() if value != self[name]}
        if changed:
            self._through_gate().write(changed)

    def _add_opponents(self):
        """Those against whom it goes are its opponents."""
        self.ensure_one()
        # sudo: they are proposed, whoever prepares it
        parties, people = self.sudo().party_ids, self.sudo()._people()
        parties._through_gate().create(
            [
                {
                    "proceeding_id": self.id,
                    "partner_id": one.id,
                    "capacity": "opponent",
                }
                for one in people - parties.partner_id
            ]
        )

    def action_cancel(self):
        """It is not filed after all."""
        self.check_access("write")
        self.case_id._check_worked()
        self._expect("draft")
        self._set_state("cancelled", self.env._("Not filed"))

    # -- filing ------------------------------------------------------------------------

    def action_file(self):
        """The dialog that asks when and where it was filed."""
        self.ensure_one()
        self.case_id._check_worked()
        self._expect("draft")
        return self._dialog("action_cobranza_proceeding_file")

    def _dialog(self, xmlid, **values):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"cobranza_legal.{xmlid}"
        )
        context = {"default_proceeding_id": self.id}
        context |= {f"default_{name}": value for name, value in values.items()}
        return {**action, "context": context}

    def _powers_on(self, day):
        """The powers by which somebody may act in it on a day."""
        self.ensure_one()
        return self.env["cobranza.power"]._of_case(self.case_id, day)

    def _origin_day(self, day):
        """The day on which the first of those that it goes on from was filed; of its
        own filing, ``day``, where it goes on from none."""
        self.ensure_one()
        first = self.parent_id
        while first.parent_id:
            first = first.parent_id
        return first.filed_on or day

    def _filing_problems(self, day):
        """[words] of why it may not be filed on a day; empty: it may."""
        self.ensure_one()
        case = self.case_id.sudo()  # sudo: whoever works on it asks about all of it
        found = []
        if case.state != "open":
            found.append(
                self.env._("%s is not open: take it first.", case.display_name)
            )
        if not self.parent_id:
            found += case._claim_problems()
        try:
            self._frozen(day)
        except KernelError as error:
            found.append(say_error(self.env, error))
        found += self._before_court()
        verdict = CaseVerdict(case, day)
        way = verdict.way(self.sudo())
        if way is None:
            found.append(
                self.env._(
                    "%(procedure)s is not in force on %(day)s.",
                    procedure=self.type_id.name,
                    day=format_date(self.env, day),
                )
            )
            return found
        found += [*way.closed, *way.lacking]
        rules = self.company_id._cobranza_rules()
        problem = rules._power_problem(self, day, way.lawyer)
        return [*found, problem] if problem else found

    def _before_court(self):
        """[words] of another of its case that is before a court and from which it does
        not go on; empty: there is none."""
        mine = self.sudo()  # sudo: whoever works on the case asks about all of it
        filed = mine.case_id.proceeding_ids.filtered(lambda one: one.state == "filed")
        return [
            self.env._(
                "%s is before the court still: end it, or go on from it.",
                one.display_name,
            )
            for one in (filed - mine._ancestors() - mine)[:1]
        ]

    def _ancestors(self):
        """Those that it goes on from."""
        found, one = self.browse(), self.parent_id
        while one:
            found, one = found | one, one.parent_id
        return found

    def _file(self, day, court, docket=None, nig=None):
        """These were filed before a court on a day, under a number that may come later.
        What they claim is frozen. Whatever they go on from ends.

        UserError that names everything that the law still asks for."""
        self.check_access("write")
        self.case_id._check_worked()
        self._expect("draft")
        if not court:
            raise UserError(self.env._("Choose the court."))
        for one in self:
            one._check_day(day)
            problems = one._filing_problems(day)
            if problems:
                raise UserError(
                    self.env._("%s cannot be filed:", one.display_name)
                    + "".join(f"\n• {problem}" for problem in problems)
                )
            numbers = {"docket": docket, "nig": nig}
            values = {name: value for name, value in numbers.items() if value}
            powers = one._powers_on(day)
            power = (one.power_id & powers.sudo(False)) or powers[:1]
            values |= {"court_id": court.id, "power_id": power.id, "filed_on": day}
            first = one._first_stage()
            values |= {"stage_id": first.id, "stage_on": first and day}
            one._set_state("filed", **one._frozen(day), **values)
            one.case_id.sudo()._write_down(  # sudo: an act that follows from a button
                "filed",
                f"{one.type_id.name} · {court._name_on(day)}",
                one.docket,
                day,
            )
            parent = one.parent_id
            if parent.state == "filed":
                parent._finish("continued", day, one.type_id.name)
            if first:
                one._on_stage(first.browse(), day)
            one._open_deposit()
        return True

    def _check_day(self, day):
        """UserError for a day that has not come, or before the case was opened or this
        was filed."""
        self.ensure_one()
        if not day or day > self.company_id._cobranza_today():
            raise UserError(self.env._("That day has not come yet."))
        begin = self.filed_on or self.case_id.handed_on
        if begin and day < begin:
            raise UserError(
                self.env._(
                    "%(record)s: that day is before %(day)s.",
                    record=self.display_name,
                    day=format_date(self.env, begin),
                )
            )

    def _frozen(self, day):
        """What it claims when it is filed on a day, of each kind, in the currency of
        the company: what the case does, and to enforce a judgment what is owed by it.
        KernelError for a day without the rate of its interest."""
        self.ensure_one()
        case = self.case_id.sudo()  # sudo: as the case claims it
        sums = self._frozen_by_judgment(case, day) or {
            name: case._in_company({row: row[name] for row in case.line_ids})
            for name in COMPONENTS
        }
        values = {f"filed_{name}": amount for name, amount in sums.items()}
        return {**values, "amount": sum(sums.values()) - sums["costs"]}

    def _frozen_by_judgment(self, case, day):
        """The same by the judgment that counts on the day; None where it enforces
        none."""
        judgment = self.type_id._enforces_judgment() and case._judgment_on(day)
        if not judgment:
            return None
        of = judgment._owed(day).of
        late = (Part.INTEREST, Part.DEFAULT, Part.AFTER)
        return {
            "principal": float(of(Part.PRINCIPAL).amount),
            "interest": float(sum(of(part).amount for part in late)),
            "fees": float(of(Part.FEES).amount),
            "costs": float(of(Part.COSTS).amount),
        }

    def _first_stage(self):
        """The stage in which it begins: that which what it goes on from says, else the
        first one of its procedure."""
        self.ensure_one()
        stages = self._stages()
        named = self.parent_id.stage_id._same_file_stages().get(self.type_id.code)
        return stages.filtered(lambda one: one.code == named)[:1] or stages[:1]

    # -- stages ------------------------------------------------------------------------

    def action_change_stage(self):
        """The dialog that asks to which stage it came, and when."""
        self.ensure_one()
        self.case_id._check_worked()
        self._expect("filed")
        return self._dialog("action_cobranza_stage_change")

    def _stages(self):
        """The stages of its procedure, in their order."""
        self.ensure_one()
        return self.env["cobranza.proceeding.stage"]._of_procedure(
            self.company_id, self.type_id.code
        )

    def _advance(self, stage, day, note=None, decided=False, notice=()):
        """These came to a stage of their procedure on a day: the next one, an earlier
        one, or another with a note that says why. A stage that is the end ends them.
        ``decided`` and ``notice``: as for ``_on_stage``.

        UserError for a stage of another procedure, a day that has not come, and for a
        note that lacks."""
        self.check_access("write")
        self.case_id._check_worked()
        self._expect("filed")
        note = (note or "").strip()
        for one in self:
            one._check_day(day)
            before = one.stage_id
            if stage not in one._stages():
                raise UserError(
                    self.env._(
                        "“%(stage)s” is no stage of %(procedure)s.",
                        stage=stage.name,
                        procedure=one.type_id.name,
                    )
                )
            if stage == before:
                continue
            usual = not before or stage in before._following(one.company_id)
            if not usual and not note:
                raise UserError(
                    self.env._(
                        "“%(stage)s” does not follow from “%(before)s”: say why it "
                        "goes there.",
                        stage=stage.name,
                        before=before.name,
                    )
                )
            if usual and one.stage_on and day < one.stage_on:
                raise UserError(
                    self.env._(
                        "It is in “%(stage)s” since %(day)s: choose a later day.",
                        stage=before.name,
                        day=format_date(self.env, one.stage_on),
                    )
                )
            one._through_gate().write({"stage_id": stage.id, "stage_on": day})
            words = f"{before.name or '–'} → {stage.name}"
            one.case_id.sudo()._write_down("stage", words, note, day)  # sudo: as above
            one._on_stage(before, day, decided, notice)
            if stage.ends_as:
                one._finish(stage.ends_as, day, note or stage.name)
        return True

    # -- the end -----------------------------------------------------------------------

    def action_finish(self):
        """The dialog that asks how it ended."""
        self.ensure_one()
        self.case_id._check_worked()
        self._expect("filed")
        return self._dialog("action_cobranza_proceeding_end")

    def _finish(self, outcome, day, reason=None):
        """These ended on a day. UserError for an unknown outcome, and for a reason that
        lacks."""
        self.check_access("write")
        self.case_id._check_worked()
        self._expect("filed")
        outcomes = self.env["cobranza.proceeding.outcome"]
        row, reason = outcomes._row(outcome), (reason or "").strip()
        if row is None:
            raise UserError(self.env._("Say how it ended."))
        if row.needs_reason and not reason:
            raise UserError(self.env._("Give the reason."))
        words = ": ".join(filter(None, (outcomes._label(outcome), reason)))
        for one in self:
            one._check_day(day)
            one._set_state("ended", words, outcome=outcome, ended_on=day)
            one._end_waiting(words)
            one.case_id.sudo()._write_down(  # sudo: an act that follows from a button
                "stage", f"{one.type_id.name}: {words}", None, day
            )

    def action_reopen(self):
        """It goes on after all: what was said of its end was wrong."""
        self.ensure_one()
        self.check_access("write")
        self.case_id._check_assigner()
        self._expect("ended")
        self.case_id._expect("open")
        live = self.child_ids.filtered(lambda one: one.state in ("filed", "ended"))
        if live:
            raise UserError(
                self.env._("It goes on in %s already.", live[0].display_name)
            )
        problems = self._before_court()
        if problems:
            raise UserError(problems[0])
        self._set_state(
            "filed", self.env._("Opened again"), outcome=False, ended_on=False
        )
        self._judge_contest()

    # -- what follows from it ----------------------------------------------------------

    def _next_types(self, day):
        """The procedures that may follow from its stage on a day: of those that the
        stage names, they whose band holds the amount, before the court that judged
        while it enforces."""
        self.ensure_one()
        named = self.stage_id._next_codes()
        verdict = CaseVerdict(self.case_id, day)
        table = verdict.company._cobranza_legal_table(day, day)
        rows = self.env["cobranza.proceeding.type"]._on(self.company_id, day)
        found, rows = rows.browse(), rows.grouped("code")
        for code in named:
            row = rows.get(code, found)
            if not row or any(verdict.other_court_words(row)):
                continue
            if verdict.admits(row, table):
                found |= row
        return found

    def action_go_on(self):
        """The dialog that begins what follows from its stage."""
        self.ensure_one()
        self.case_id._check_worked()
        if not self.can_go_on:
            raise UserError(
                self.env._("Nothing follows from “%s”.", self.stage_id.name or "–")
            )
        day = self.company_id._cobranza_today()
        types = self._next_types(day)
        values = {
            "case_id": self.case_id.id,
            "parent_id": self.id,
            "type_id": types[:1].id,
        }
        return self._dialog("action_cobranza_proceeding_begin", **values)

    @api.model
    def _begin(self, case, kind, parent=None, spares_debtor=False):
        """A proceeding that is prepared in a case; one that goes on in the same file
        has its court and number. ``spares_debtor``: it does not go against the debtor.
        """
        case._check_worked()
        case._expect(*RUNNING)
        values = {"case_id": case.id, "type_id": kind.id, "user_id": self.env.uid}
        values["spares_debtor"] = spares_debtor
        if parent:
            values["parent_id"] = parent.id
            if kind.code in parent.stage_id._same_file_stages():
                values |= {
                    "court_id": parent.court_id.id,
                    "docket": parent.docket,
                    "nig": parent.nig,
                    "judge": parent.judge,
                }
            ours = parent.party_ids.filtered(lambda one: one.capacity != "opponent")
            values["party_ids"] = [
                Command.create(
                    {"partner_id": one.partner_id.id, "capacity": one.capacity}
                )
                for one in ours
            ]
            values["power_id"] = parent.power_id.id
        return self.create(values)

    def _erase(self):
        """What was written about these goes; numbers, days and outcomes stay. Run
        through the gate: their data are being erased."""
        self.party_ids.filtered("note")._through_gate().note = False
        self.write(
            {
                "note": False,
                "judge": False,
                "expected_note": False,
                "state_reason": False,
            }
        )
        self._forget_changes()

    def action_open_docket(self):
        """The page of the court where its docket is looked up. Nothing is sent."""
        self.ensure_one()
        self.check_access("read")
        return self.court_id._action_docket()
