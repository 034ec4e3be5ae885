from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...kernel.deadlines import deadline, since
from ...kernel.errors import KernelError
from ...kernel.judgment import (
    Grant,
    Part,
    enforcement_ceiling,
    owed_after,
)
from ...kernel.lifecycle import JUDGMENT
from ..common.money import say_amount, say_figures, to_money, unit
from ..common.rows import Row
from ..common.words import say_error
from .clock import CourtClock

STATES = [
    ("draft", "Being written down"),
    ("given", "Given"),
    ("firm", "Firm"),
    ("revoked", "Overturned"),
    ("cancelled", "Cancelled"),
]


IN_FORCE = ("given", "firm")


class CobranzaJudgment(models.Model):
    """What a court decided of the claim of a case: what it grants of each part, beside
    what was claimed, and what follows from it: interest, costs, terms.

    Of several the last one counts, as that of an appeal.
    """

    _name = "cobranza.judgment"
    _inherit = ["cobranza.proceeding.item.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Judgment"
    _order = "day desc, id desc"

    _lifecycle = JUDGMENT
    _logged = (
        *("day", "kind", "rate", "costs_awarded", "notified_on", "appeal_on"),
        *("costs_liquidated_on", "costs_liquidated", "file_ids", "user_id"),
    )
    _after_close = frozenset(
        {
            *("note", "user_id", "notified_on", "appeal_on", "appeal_note"),
            *("costs_liquidated_on", "costs_liquidated", "file_ids", "proceeding_id"),
        }
    )
    _evidence_files = {"file_ids": [("state", "not in", ("draft", "cancelled"))]}

    kind = Row("cobranza.judgment.kind", required=True, default="judgment")
    day = fields.Date(
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
        help="On which it was given: its interest runs from the next one.",
    )
    notified_on = fields.Date("Notice counts on")
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False
    )
    line_ids = fields.One2many("cobranza.judgment.line", "judgment_id", "Parts")
    claimed = fields.Monetary("Sued for", compute="_compute_sums")
    granted = fields.Monetary(compute="_compute_sums")
    rate = fields.Float(
        "Interest that it names",
        digits=(9, 4),
        help="Percent a year, agreed or named by the judgment. 0: that of the law.",
    )
    costs_awarded = fields.Boolean()
    costs_liquidated_on = fields.Date("Costs set on")
    costs_liquidated = fields.Monetary("Costs set at")
    firm_on = fields.Date(readonly=True, copy=False)
    voluntary_until = fields.Date(
        "Has to pay until",
        readonly=True,
        copy=False,
        help="Last day to pay without an enforcement.",
    )
    enforceable_from = fields.Date("May be enforced from", readonly=True, copy=False)
    enforceable_until = fields.Date(
        "May be enforced until",
        readonly=True,
        copy=False,
        help="Last day to ask for it. Empty: the law of the country was not asked.",
    )
    deadline_ids = fields.One2many("cobranza.deadline", "judgment_id", "Deadlines")
    calendar_words = fields.Char("Counted by", readonly=True, copy=False)
    appeal_on = fields.Date("Appealed on")
    appeal_note = fields.Char("Appeal")
    file_ids = fields.Many2many(
        "ir.attachment", "cobranza_judgment_file_rel", string="Files", copy=False
    )
    note = fields.Text()
    owed_on = fields.Date("Worked out on", compute="_compute_owed")
    owed = fields.Monetary("Owed without costs", compute="_compute_owed")
    owed_principal = fields.Monetary("Principal owed", compute="_compute_owed")
    owed_interest = fields.Monetary("Interest since then", compute="_compute_owed")
    owed_costs = fields.Monetary("Costs owed", compute="_compute_owed")
    ceiling = fields.Monetary(
        "For interest and costs",
        compute="_compute_owed",
        help="The most that an enforcement may ask for beside what is owed, for the "
        "interest and the costs that it causes.",
    )
    owed_words = fields.Char("How interest is counted", compute="_compute_owed")

    _amounts = models.Constraint(
        "CHECK (rate >= 0 AND costs_liquidated >= 0)",
        "Rates and costs are not negative.",
    )
    # -- values ------------------------------------------------------------------------

    @api.depends("kind", "day", "case_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = self.env["cobranza.judgment.kind"]
        for one in self:
            day = format_date(self.env, one.day) if one.day else ""
            parts = (kinds._label(one.kind), day, one.case_id.name)
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends("line_ids.claimed", "line_ids.granted")
    def _compute_sums(self):
        for one in self:
            one.claimed = sum(one.line_ids.mapped("claimed"))
            one.granted = sum(one.line_ids.mapped("granted"))

    @api.depends(
        *("line_ids.granted", "state", "day", "rate", "costs_awarded"),
        *("costs_liquidated", "costs_liquidated_on", "case_id"),
        *("case_id.realisation_ids.state", "case_id.realisation_ids.payment_id"),
        *(
            "case_id.realisation_ids.move_ids",
            "case_id.realisation_ids.refused_move_ids",
        ),
    )
    @api.depends_context("lang")
    def _compute_owed(self):
        names = ("owed", "owed_principal", "owed_interest", "owed_costs", "ceiling")
        for one in self:
            one.owed_on = one.owed_words = False
            one.update(dict.fromkeys(names, 0))
            if one.state not in IN_FORCE:
                continue
            one.owed_on = today = one.company_id._cobranza_today()
            try:
                found = one._owed(today)
                share = one._terms()["ceiling"]
            except KernelError as error:
                one.owed_words = say_error(self.env, error)
                continue
            one.owed = float(found.without_costs.amount)
            one.owed_principal = float(found.of(Part.PRINCIPAL).amount)
            one.owed_interest = float(found.of(Part.AFTER).amount)
            one.owed_costs = float(found.costs.amount)
            one.owed_words = one._say_owed(found)
            if share:
                least = unit(one.currency_id)
                most = enforcement_ceiling(found.without_costs, share, least)
                one.ceiling = float(most.amount)

    def _say_owed(self, found):
        """The interest since the judgment, span by span, with its article."""
        terms = self._interest_terms(found.on)
        if not (found.accrual and terms.interest):
            return terms.article or False
        spans = [
            self.env._(
                "%(days)s days at %(rate)s%% on %(base)s",
                days=one.days,
                rate=say_figures(self.env, f"{one.rate.normalize():f}"),
                base=say_amount(self.env, one.base, self.currency_id),
            )
            for one in found.accrual.slices
        ]
        article = terms.interest.article or terms.article
        return f"{'; '.join(spans)} ({article})" if spans else article

    # -- what is owed ------------------------------------------------------------------

    def _legal_values(self, until):
        first = min(self.day, until)
        return self.company_id._cobranza_legal_table(first, max(self.day, until))

    def _interest_terms(self, on):
        """``kernel.judgment.JudgmentTerms`` with the legal values until a day."""
        rules = self.company_id._cobranza_rules()
        return rules._judgment_interest(self, self._legal_values(on))

    def _terms(self):
        """The terms that it opens: ``cobranza.rules._judgment_terms``."""
        rules = self.company_id._cobranza_rules()
        return rules._judgment_terms(self, self._legal_values(self.day))

    def _grants(self, on):
        """``kernel.judgment.Grant`` of each part; the costs that the court has set by a
        day stand in the place of those of the judgment, if it awarded any."""
        currency = self.currency_id
        grants = {
            one.part: (to_money(one.claimed, currency), to_money(one.granted, currency))
            for one in self.line_ids
        }
        set_on = self.costs_awarded and self.costs_liquidated_on
        if set_on and set_on <= on:
            claimed = grants.get("costs", (to_money(0, currency),))[0]
            grants["costs"] = claimed, to_money(self.costs_liquidated, currency)
        return [
            Grant(Part(part), claimed, granted)
            for part, (claimed, granted) in grants.items()
        ]

    def _owed(self, on, without=None):
        """``kernel.judgment.Owed`` on a day: what was granted less what came in since,
        and the interest since. ``without``: realisations that are left out.

        MissingValue for a day without a rate.
        """
        self.ensure_one()
        receipts = self.case_id._receipts(self.day, on, without)
        terms = self._interest_terms(on)
        return owed_after(self._grants(on), self.day, terms, receipts, on)

    # -- making ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        judgments = super().create(vals_list)
        judgments._make_lines()
        return judgments

    def _make_lines(self):
        """One line for each part that these have none of yet, with what was claimed."""
        parts = self.env["cobranza.claim.part"]
        granted = parts._where(granted=True)
        vals_list = []
        for one in self:
            claimed = one.case_id._claimed_parts()
            known = one.line_ids.mapped("part")
            vals_list += [
                {
                    "judgment_id": one.id,
                    "part": part,
                    "claimed": float(claimed.get(part, 0)),
                }
                for part in granted
                if part not in known
            ]
        # sudo: who writes a judgment down does not choose its parts
        self.env["cobranza.judgment.line"].sudo()._through_gate().create(vals_list)
        self.invalidate_recordset(["line_ids"])

    @api.constrains("day", "notified_on", "appeal_on", "costs_liquidated_on")
    def _check_days(self):
        for one in self:
            today = one.company_id._cobranza_today()
            days = (one.notified_on, one.appeal_on, one.costs_liquidated_on)
            if one.day > today or any(day and day > today for day in days):
                raise ValidationError(
                    self.env._("%s: that day has not come yet.", one.display_name)
                )
            if any(day and day < one.day for day in days):
                raise ValidationError(
                    self.env._(
                        "%s: notice, appeal and costs come after it was given.",
                        one.display_name,
                    )
                )

    @api.constrains("costs_awarded", "costs_liquidated")
    def _check_costs(self):
        for one in self:
            if one.costs_liquidated and not one.costs_awarded:
                raise ValidationError(
                    self.env._(
                        "%s: costs are set only where they were awarded.",
                        one.display_name,
                    )
                )

    # -- states ------------------------------------------------------------------------

    def action_grant_all(self):
        """All that was claimed was granted."""
        self._expect("draft")
        for line in self.line_ids:
            line.granted = line.claimed

    def action_give(self):
        """It is written down: what was granted does not change any more."""
        self.case_id._check_worked()
        self._expect("draft")
        for one in self:
            if not one.file_ids:
                raise UserError(
                    self.env._("%s: add the file of the decision.", one.display_name)
                )
            one._set_state("given")
            words = say_amount(self.env, one.granted, one.currency_id)
            one.case_id._write_down(
                "judgment",
                self.env._(
                    "%(judgment)s: granted %(sum)s",
                    judgment=one.display_name,
                    sum=words,
                ),
            )

    def action_step(self):
        """The dialog of the step that the context names."""
        self.ensure_one()
        self.case_id._check_worked()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_judgment_step"
        )
        step = self.env.context.get("step")
        return {
            **action,
            "context": {"default_judgment_id": self.id, "default_step": step},
        }

    def _become_firm(self, day):
        """Nobody may appeal any more since a day: the terms of the law begin.

        UserError for a day before the judgment or to come, and where legal values or
        holidays lack.
        """
        self.ensure_one()
        self.case_id._check_worked()
        self._expect("given")
        self._check_since(day)
        try:
            values = self._firm_values(day)
        except KernelError as error:
            raise UserError(say_error(self.env, error)) from error
        self._set_state("firm", firm_on=day, **values)
        self.case_id._keep_enforcement()
        self.case_id._write_down("judgment", self.env._("Firm: %s", self.display_name))

    def _firm_values(self, firm):
        """{field: value} of the terms that begin on a day. KernelError."""
        terms, values = self._terms(), {"enforceable_from": firm}
        if terms["voluntary"]:
            found = self._wait(terms["voluntary"], firm)
            article = terms["voluntary"].article
            values = {
                "voluntary_until": found.last,
                "enforceable_from": found.ending.after,
                "calendar_words": f"{found.ending.calendar} ({article})",
            }
        if terms["enforcement"]:
            values["enforceable_until"] = terms["enforcement"].ends(firm)
        return values

    def _wait(self, term, firm):
        """``kernel.deadlines.Deadline`` of what has to pass from a day on: by the court
        of the proceeding, else by those of where the case is filed; of several
        calendars the latest day holds. MissingValue for days whose holidays nobody
        knows."""
        court = self.proceeding_id.court_id
        if not court:
            place = self.case_id.court_state_id
            country = place.country_id or self.company_id.account_fiscal_country_id
            place = {"state_id": place.id, "country_id": country.id}
            court = court.new(place)
        clock = CourtClock(self.company_id, firm, firm)
        return deadline(term, since(firm, clock.calendars(court, term.must)))

    def _check_since(self, day):
        """UserError for a day before the judgment or to come."""
        if not self.day <= day <= self.company_id._cobranza_today():
            raise UserError(
                self.env._(
                    "%s: choose a day between that on which it was given and today.",
                    self.display_name,
                )
            )

    def _revoke(self, day, reason):
        """Another court took it back on a day. UserError without a reason, and for a
        day before the judgment or to come."""
        self.ensure_one()
        self.case_id._check_worked()
        self._expect(*IN_FORCE)
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason."))
        self._check_since(day)
        self._set_state("revoked", reason)
        self.case_id._keep_enforcement()
        words = self.env._("Revoked: %s", self.display_name)
        self.case_id._write_down("judgment", words, reason, day)

    def action_cancel(self):
        self.case_id._check_worked()
        self._expect("draft")
        self._set_state("cancelled", self.env._("Not given after all"))

    def _on_state(self, target, reason):
        # sudo: what was asked of whoever had it is done, whoever did it
        self.sudo().activity_ids.filtered("automated").action_feedback()
        return super()._on_state(target, reason)

    # -- the day -----------------------------------------------------------------------

    @api.model
    def _keep_enforcements(self, company):
        """Bring the deadlines of all judgments of a company that are firm in line, as
        ``cobranza.case._keep_enforcement``. Run again, nothing changes."""
        firm = self.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "firm")
            & Domain("enforceable_until", "!=", False)
            & Domain("deadline_ids", "=", False)
            & Domain("case_id.state", "not in", ("closed", "cancelled"))
        )
        firm.case_id._keep_enforcement()

    def _erase(self, why):
        """What was written about people goes, sums and days stay. Returns the files.
        Run through the gate."""
        files = self.file_ids
        self.write(
            {
                "note": False,
                "appeal_note": why if self.appeal_on else False,
                "state_reason": False,
                "file_ids": [Command.clear()],
            }
        )
        self._forget_changes()
        return files


class CobranzaJudgmentLine(models.Model):
    """What a judgment grants of one part, beside what was claimed of it."""

    _name = "cobranza.judgment.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Part that a judgment grants"
    _order = "judgment_id, id"
    _rec_name = "part"

    judgment_id = fields.Many2one(
        "cobranza.judgment",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="judgment_id.company_id", store=True)
    currency_id = fields.Many2one(related="judgment_id.currency_id")
    part = Row(
        "cobranza.claim.part",
        required=True,
        readonly=True,
        only=lambda row: row.granted,
    )
    claimed = fields.Monetary("Sued for", readonly=True)
    granted = fields.Monetary()

    _granted_positive = models.Constraint(
        "CHECK (granted >= 0)", "What is granted is not negative."
    )
    _part_uniq = models.Constraint(
        "UNIQUE (judgment_id, part)", "This part is in the judgment already."
    )

    def write(self, vals):
        if "granted" in vals and not self._is_through_gate():
            self.judgment_id._expect("draft")
        return super().write(vals)
