"""What happens to deadlines: who must be told, and how they change and end."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...kernel.deadlines import suspension_objection
from ...kernel.periods import Period
from ..common.deletion import discard
from ..common.words import QUIET
from ..company.company import OWN, WIDE
from .clock import CourtClock
from .stage import UNITS


class CobranzaDeadline(models.Model):
    """How a deadline ends, is extended or moved, and the task of its owner."""

    _inherit = "cobranza.deadline"

    # -- who may -----------------------------------------------------------------------

    def _check_worked(self):
        """AccessError for whoever is no lawyer of their cases and hands none over."""
        self.check_access("write")
        self.case_id._check_worked()

    def _needs(self, reason):
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason."))
        return reason

    # -- ends --------------------------------------------------------------------------

    def _end_done(self, day, what, files=None):
        """It was done on a day: an act of the case says what, with its files. UserError
        for a day to come, and for one after what the law forgives where it was
        missed."""
        self._check_worked()
        what = (what or "").strip()
        for one in self.sudo():
            if day > one.company_id._cobranza_today():
                raise UserError(self.env._("That day has not come yet."))
            if one.state == "missed" and day > one._last_day():
                raise UserError(
                    self.env._(
                        "%(name)s ended on %(day)s: what was done later does not keep "
                        "it.",
                        name=one.name,
                        day=format_date(self.env, one._last_day()),
                    )
                )
            words = ": ".join(filter(None, (one.name, what)))
            act = self.env["cobranza.case.act"].sudo()._through_gate()
            act = act.create(
                {
                    "case_id": one.case_id.id,
                    "kind": "deadline",
                    "day": day,
                    "summary": words,
                    "user_id": self.env.uid,
                    "file_ids": [fields.Command.link(file.id) for file in files or ()],
                }
            )
            one._set_state("done", what or None, done_on=day, act_id=act.id)
        self._keep_activities()

    def _last_day(self):
        """The last day on which it may be done, what the law forgives included."""
        self.ensure_one()
        grace = self.grace_until
        forgiven = grace and self.company_id._cobranza_local(grace).date()
        return max(day for day in (self.due_on, forgiven) if day)

    def _close(self, reason):
        """Nobody waits for these any more."""
        self._check_worked()
        self._set_state("closed", self._needs(reason))
        self._keep_activities()

    def _cancel(self, reason):
        """These were opened by mistake."""
        self._check_worked()
        self._set_state("cancelled", self._needs(reason))
        self._keep_activities()

    def _reopen(self, reason):
        """These run on after all."""
        self._check_worked()
        self._set_state("open", self._needs(reason), done_on=False, act_id=False)
        self._count()
        self._keep_activities()

    # -- changes of the day ------------------------------------------------------------

    def _move(self, day, reason):
        """A lawyer sets the day, or (``day`` empty) takes that of the rule again.
        AccessError for others."""
        self._check_worked()
        if not (self.env.su or self.env.user.has_group(OWN)):
            raise AccessError(self.env._("Only lawyers move a deadline."))
        reason = self._needs(reason)
        self._expect("open")
        for one in self.sudo():
            before, after = one.due_on, day or one.rule_on
            if before == after:
                continue
            one._through_gate().moved_on = day or False
            rows = [(one, one._moved_words(before, after), reason)]
            self.env["cobranza.history"]._append(rows)
            one._through_gate().due_on = after
            one._count()
        self._keep_activities()

    def _extend(self, number, unit, reason, files):
        """The court gave more time. UserError without the reason."""
        self._check_worked()
        reason = self._needs(reason)
        self._expect("open")
        if number < 1:
            raise UserError(self.env._("Say by how much."))
        changes = self.env["cobranza.deadline.change"].sudo()._through_gate()
        for one in self:
            changes.create(
                {
                    "kind": "extension",
                    "deadline_id": one.id,
                    "proceeding_id": one.proceeding_id.id,
                    "case_id": one.case_id.id,
                    "number": number,
                    "unit": unit,
                    "reason": reason,
                    "file_ids": [fields.Command.link(file.id) for file in files],
                }
            )
        self._count(reason)
        self._keep_activities()

    # -- the task of its owner ---------------------------------------------------------

    def _owner(self):
        """Who is told: its owner, else the lawyers of the case, else who has it; nobody
        who does not see the case."""
        self.ensure_one()
        case = self.case_id
        candidates = (
            self.user_id,
            case.lawyer_ids,
            case.assigned_user_ids,
            case.user_id,
        )
        for users in candidates:
            if users := case._sees(users):
                return users[0]
        return case.debtor_id._task_owner()

    def _task(self, today):
        """(day, summary) of the task of its owner; None: there is nothing to do."""
        until = self.due_on and format_date(self.env, self.due_on)
        if self.state == "missed":
            return today, self.env._(
                "Missed: %(name)s, %(day)s", name=self.name, day=until
            )
        if self.state != "open" or not self.due_on:
            return None
        if self.elapses:
            passed = self.env._("Passed: %(name)s", name=self.name)
            return self.alarm_on, passed
        if self.who == "us":
            return self.alarm_on, self.env._(
                "%(name)s: until %(day)s", name=self.name, day=until
            )
        return self.due_on, self.env._(
            "%(name)s: ends on %(day)s", name=self.name, day=until
        )

    def _keep_activities(self):
        """One task of each that runs, in step with its day and its owner; none of the
        others. It may be run again at any time."""
        # sudo: tasks are raised for others, and without an e-mail for each
        tasks = self.env["mail.activity"].sudo().with_context(**QUIET)
        found = tasks.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("automated", "=", True),
            ]
        ).grouped("res_id")
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            "mail.mail_activity_data_todo"
        )
        model, new, over = self.env["ir.model"]._get_id(self._name), [], tasks.browse()
        for one in self.sudo():
            task = one._task(one.company_id._cobranza_today())
            own = found.get(one.id, tasks.browse())
            if not task:
                over |= own
                continue
            over |= own[1:]
            vals = {
                "date_deadline": task[0],
                "summary": task[1],
                "user_id": one._owner().id,
            }
            if not own:
                vals |= {"res_model_id": model, "res_id": one.id, "automated": True}
                new.append({**vals, "activity_type_id": kind})
                continue
            if one.state == "missed":
                vals.pop("date_deadline")
            have = {
                "date_deadline": own[0].date_deadline,
                "summary": own[0].summary,
                "user_id": own[0].user_id.id,
            }
            changed = {key: value for key, value in vals.items() if have[key] != value}
            if changed:
                own[0].write(changed)
        discard(over)
        tasks.create(new)

    # -- the day -----------------------------------------------------------------------

    @api.model
    def _daily(self, company, today):
        """Count what runs again, mark what was missed, and keep the tasks in step."""
        running = self.search([("company_id", "=", company.id), ("state", "=", "open")])
        why = self.env._("Legal values or holidays changed")
        running.filtered("due_on")._count(why, strict=False)
        missed = running.filtered(
            lambda one: (
                one.due_on
                and one.who == "us"
                and not one.elapses
                and one._last_day() < today
            )
        )
        missed._set_state("missed", self.env._("Nobody said that it was done"))
        running._keep_activities()

    # -- buttons -----------------------------------------------------------------------

    def _dialog(self, what):
        self._check_worked()
        return self.env["cobranza.deadline.act"]._of(
            what, deadline_ids=[fields.Command.set(self.ids)]
        )

    def action_done(self):
        self._expect("open", "missed")
        return self._dialog("done")

    def action_close(self):
        self._expect("open")
        return self._dialog("close")

    def action_cancel(self):
        self._expect("open")
        return self._dialog("cancel")

    def action_reopen(self):
        self._expect("done", "closed")
        return self._dialog("reopen")

    def action_move(self):
        self._expect("open")
        return self._dialog("move")

    def action_extend(self):
        self._expect("open")
        return self._dialog("extend")

    # -- privacy -----------------------------------------------------------------------

    def _over_before(self, begin):
        """Those that were over before a moment and are whole still."""
        return self.filtered(
            lambda one: (
                one.state != "open"
                and not one.erased_on
                and not any(row.moment >= begin for row in one.history_ids)
            )
        )

    def _erase(self, why):
        """What people wrote about these goes; days, rules and states stay. Returns the
        files, which are to be erased too. Run through the gate."""
        changes = self.change_ids
        files = changes.file_ids
        changes.write({"reason": why, "file_ids": [fields.Command.clear()]})
        self.filtered(lambda one: not one.term_id).write({"name": why})
        values = {"note": False, "state_reason": False}
        self.write({**values, "erased_on": fields.Datetime.now()})
        self._forget_changes()
        return files


class CobranzaDeadlineChange(models.Model):
    """More time that a court gave, or a span in which the parties agreed that the terms
    of a proceeding do not run. Append-only."""

    _name = "cobranza.deadline.change"
    _inherit = "cobranza.gate.mixin"
    _description = "Extension or suspension of terms"
    _order = "id desc"
    _rec_name = "reason"

    _evidence_files = {"file_ids": []}

    kind = fields.Selection(
        [("extension", "Extension"), ("suspension", "Agreed suspension")], required=True
    )
    case_id = fields.Many2one(
        "cobranza.case", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    proceeding_id = fields.Many2one(
        "cobranza.proceeding", ondelete="restrict", index="btree_not_null"
    )
    deadline_id = fields.Many2one(
        "cobranza.deadline", ondelete="restrict", index="btree_not_null"
    )
    number = fields.Integer()
    unit = fields.Selection(UNITS)
    first_on = fields.Date("From")
    last_on = fields.Date("To")
    reason = fields.Char(required=True)
    file_ids = fields.Many2many(
        "ir.attachment", "cobranza_deadline_change_file_rel", string="Files", copy=False
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        for one in changes:
            # sudo: whoever adds files may not change them; they are evidence now
            files = one.sudo()._through_gate().file_ids
            files.filtered(lambda file: not file.res_id).write(
                {"res_model": self._name, "res_id": one.id}
            )
        return changes

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("It is kept as it was."))


class CobranzaProceeding(models.Model):
    """The terms of a proceeding: what a change of stage opens and ends, and the spans
    in which they do not run."""

    _inherit = "cobranza.proceeding"

    deadline_ids = fields.One2many("cobranza.deadline", "proceeding_id", "Deadlines")
    deadline_change_ids = fields.One2many(
        "cobranza.deadline.change",
        "proceeding_id",
        "Extensions and suspensions",
        readonly=True,
    )
    deadline_count = fields.Integer(
        "Number of deadlines", compute="_compute_next_deadline"
    )
    next_deadline_on = fields.Date("Next deadline", compute="_compute_next_deadline")
    hearing_ids = fields.One2many("cobranza.hearing", "proceeding_id", "Hearings")
    hearing_count = fields.Integer(
        "Number of hearings", compute="_compute_hearing_count"
    )

    @api.depends("deadline_ids.state", "deadline_ids.due_on")
    def _compute_next_deadline(self):
        groups = self.env["cobranza.deadline"]._read_group(
            [("proceeding_id", "in", self.ids), ("state", "=", "open")],
            ["proceeding_id"],
            ["__count", "due_on:min"],
        )
        found = {one.id: rest for one, *rest in groups}
        for one in self:
            one.deadline_count, one.next_deadline_on = found.get(one.id, (0, False))

    def action_view_deadlines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_deadline"
        )
        return {
            **action,
            "domain": [("proceeding_id", "in", self.ids)],
            "context": {
                "default_proceeding_id": self.id,
                "default_case_id": self.case_id.id,
            },
        }

    def _compute_hearing_count(self):
        groups = self.env["cobranza.hearing"]._read_group(
            [("proceeding_id", "in", self.ids)], ["proceeding_id"], ["__count"]
        )
        found = {one.id: count for one, count in groups}
        for one in self:
            one.hearing_count = found.get(one.id, 0)

    def action_view_hearings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_hearing"
        )
        return {
            **action,
            "domain": [("proceeding_id", "in", self.ids)],
            "context": {"default_proceeding_id": self.id},
        }

    def action_suspend(self):
        """The dialog that asks from when to when the parties agreed."""
        self.ensure_one()
        self.case_id._check_worked()
        return self.env["cobranza.deadline.act"]._of("suspend", proceeding_id=self.id)

    def _suspend_terms(self, first, last, reason, files):
        """The parties agreed that its terms do not run on these days. UserError where
        the law does not let them."""
        self.ensure_one()
        self.check_access("write")
        self.case_id._check_worked()
        reason = (reason or "").strip()
        if not (reason and first and last):
            raise UserError(self.env._("Give the days and the reason."))
        if last < first:
            raise UserError(self.env._("The last day is before the first."))
        mine = self.sudo()
        taken = mine._suspensions()
        clock = CourtClock(self.company_id, first, first)
        rule = clock.suspension(clock.country(mine.court_id), first)
        objection = suspension_objection([*taken, Period(first, last)], rule)
        if objection:
            raise UserError(self._suspension_words(objection, rule))
        changes = self.env["cobranza.deadline.change"].sudo()._through_gate()
        changes.create(
            {
                "kind": "suspension",
                "case_id": self.case_id.id,
                "proceeding_id": self.id,
                "first_on": first,
                "last_on": last,
                "reason": reason,
                "file_ids": [fields.Command.link(file.id) for file in files],
            }
        )
        running = mine.deadline_ids.filtered(lambda one: one.state == "open")
        running._count(reason, user=self.env.user)._keep_activities()
        self._log(
            self.env._(
                "Terms suspended: %(first)s to %(last)s",
                first=format_date(self.env, first),
                last=format_date(self.env, last),
            ),
            reason,
        )

    def _suspensions(self):
        """[``Period``] in which the terms of these do not run."""
        return [
            Period(one.first_on, one.last_on)
            for one in self.deadline_change_ids
            if one.kind == "suspension"
        ]

    def _suspension_words(self, objection, rule):
        if objection == "overlap":
            return self.env._("Another suspension covers some of these days.")
        if objection == "number":
            return self.env._(
                "The parties may suspend the terms of one instance %(most)s times "
                "(%(article)s).",
                most=rule.most,
                article=rule.article,
            )
        return self.env._(
            "All suspensions of one instance together may last %(days)s days "
            "(%(article)s).",
            days=rule.days,
            article=rule.article,
        )

    # -- stages ------------------------------------------------------------------------

    def _stage_terms(self, stage, company):
        """The terms that run from what opens a stage."""
        terms = self.env["cobranza.proceeding.term"]
        domain = Domain("stage_id", "in", stage.ids)
        return terms._standing(company, company._cobranza_jurisdictions(), domain)

    def _open_terms(self, day, received_at=None, way=None):
        """Deadlines of the terms of the stage that these are in since a day; a notice
        that opened it is the one received in a way, else on that day in person. A term
        of the same code that an earlier stage opened runs anew."""
        vals_list = []
        for one in self:
            company = one.company_id
            noon = company._cobranza_midnight(day) + timedelta(hours=12)
            terms = self._stage_terms(one.stage_id, company).filtered(
                lambda term, one=one: term.automatic and term._fits(one, day)
            )
            one._end_anew(terms)
            for term in terms:
                vals = {"proceeding_id": one.id, "term_id": term.id}
                vals["user_id"] = one.user_id.id
                if term.from_receipt:
                    vals |= {"received_at": received_at or noon, "way": way or "person"}
                else:
                    vals["start_on"] = day
                vals_list.append(vals)
        # sudo: whoever advances the stage opens its terms
        return self.env["cobranza.deadline"].sudo().create(vals_list).sudo(False)

    def _end_anew(self, terms):
        """Deadlines that run and of which ``terms`` have the codes end: they begin
        anew."""
        codes = set(terms.mapped("code"))
        # sudo: whoever advances the stage ends its terms
        old = self.sudo().deadline_ids.filtered(
            lambda one: one.state == "open" and one.term_id.code in codes
        )
        old._set_state("closed", self.env._("Runs anew"))
        old._keep_activities()

    def _end_waiting(self, reason):
        """Nobody waits in a proceeding that is over for what others had to do, nor for
        a day after which it might go on. What we have to do runs on."""
        # sudo: whoever ends the proceeding ends what runs in it
        over = self.sudo().deadline_ids.filtered(
            lambda one: one.state == "open" and (one.who != "us" or one.elapses)
        )
        over._set_state("closed", reason)
        over._keep_activities()

    def _on_stage(self, before, day, decided=False, notice=()):
        """A change of stage on a day opens the terms of the new one, by ``notice``
        (moment, way) if there was one. What the old one (``before``) had opened ends
        where others had to act and goes on where we have to, unless it is ``decided``
        about already (``cobranza.stage.change`` asks)."""
        if before and not decided:
            old = self.deadline_ids.filtered(
                lambda one: one.state == "open" and one.term_id.stage_id == before
            )
            over = old.filtered(lambda one: not one.term_id._goes_on())
            # sudo: whoever advances the stage ends its terms
            over = over.sudo()
            over._set_state("closed", self.env._("The proceeding went on"))
            over._keep_activities()
            (old - over)._log(self.env._("Goes on in the next stage"))
        self._open_terms(day, *notice)
        self.case_id._keep_enforcement()
        self._judge_contest(day)


class CobranzaCase(models.Model):
    """The deadlines of a case."""

    _inherit = "cobranza.case"

    deadline_ids = fields.One2many("cobranza.deadline", "case_id", "Deadlines")
    hearing_ids = fields.One2many("cobranza.hearing", "case_id", "Hearings")
    deadline_count = fields.Integer(
        "Number of deadlines", compute="_compute_deadline_count"
    )
    next_deadline_on = fields.Date(
        "Next deadline or hearing",
        compute="_compute_next_deadline",
        store=True,
        index="btree_not_null",
        help="The first day of a deadline that runs or a hearing that is planned.",
    )

    @api.depends("deadline_ids.state")
    @api.depends_context("uid")
    def _compute_deadline_count(self):
        counts = self._counted("cobranza.deadline", "open", "__count")
        for case in self:
            case.deadline_count = counts.get(case._origin.id, 0)

    @api.depends(
        *("deadline_ids.state", "deadline_ids.due_on"),
        *("hearing_ids.state", "hearing_ids.day"),
    )
    def _compute_next_deadline(self):
        found = (
            self._counted("cobranza.deadline", "open", "due_on:min"),
            self._counted("cobranza.hearing", "planned", "day:min"),
        )
        for case in self:
            days = [days.get(case._origin.id) for days in found]
            case.next_deadline_on = min(filter(None, days), default=False)

    def _counted(self, model, state, what):
        """{case id: aggregate} of the records of these cases in a state."""
        groups = self.env[model]._read_group(
            [("case_id", "in", self.ids), ("state", "=", state)], ["case_id"], [what]
        )
        return {case.id: found for case, found in groups}

    def _end_deadlines(self, reason):
        """Nobody waits for the deadlines and hearings of these any more."""
        # sudo: whoever ends the case ends what runs in it
        cases = self.sudo()
        running = cases.deadline_ids.filtered(lambda one: one.state == "open")
        running._set_state("closed", reason)
        running._keep_activities()
        planned = cases.hearing_ids.filtered(lambda one: one.state == "planned")
        planned._set_state("cancelled", reason)
        planned._keep_activities()

    def _sees(self, users):
        """Those of these users who are there and see the case: its lawyers, and whoever
        has a role for all of them."""
        self.ensure_one()
        return users.filtered(
            lambda one: (
                one.active
                and (
                    one in self.assigned_user_ids
                    or any(one.has_group(role) for role in WIDE)
                )
            )
        )

    def action_view_deadlines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_deadline"
        )
        return {
            **action,
            "domain": [("case_id", "in", self.ids)],
            "context": {"default_case_id": self.id},
        }
