from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ...kernel.lifecycle import HEARING
from ..common.deletion import discard
from ..common.rows import Row
from ..common.words import QUIET

STATES = [
    ("planned", "Planned"),
    ("held", "Held"),
    ("adjourned", "Adjourned"),
    ("cancelled", "Cancelled"),
]


TOLD = {
    *("kind", "starts_at", "duration", "room", "link"),
    *("user_id", "attendee_ids"),
}
"""What the tasks and the entries in calendars of whoever attends say."""


class CobranzaHearing(models.Model):
    """A hearing of a proceeding: when and where, who attends, and what came of it."""

    _name = "cobranza.hearing"
    _inherit = ["cobranza.followup.item.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Hearing"
    _order = "starts_at desc, id desc"

    _lifecycle = HEARING
    _logged = ("kind", "starts_at", "room", "link", "user_id")
    _after_close = frozenset({"note", "user_id"})

    proceeding_id = fields.Many2one(
        "cobranza.proceeding", required=True, ondelete="restrict", index=True
    )
    case_id = fields.Many2one(
        related="proceeding_id.case_id", store=True, precompute=True, index=True
    )
    debtor_id = fields.Many2one(
        related="case_id.debtor_id", store=True, precompute=True, ondelete="restrict"
    )
    court_id = fields.Many2one(related="proceeding_id.court_id")
    docket = fields.Char(related="proceeding_id.docket")
    kind = Row("cobranza.hearing.kind", required=True, default="trial")
    starts_at = fields.Datetime("Begins", required=True, copy=False)
    duration = fields.Float("Hours", default=1)
    stops_at = fields.Datetime("Ends", compute="_compute_stops_at", store=True)
    day = fields.Date(compute="_compute_day", store=True, help="In the local time.")
    room = fields.Char(help="Where in the court.")
    link = fields.Char(help="Of a hearing by video.")
    attendee_ids = fields.Many2many(
        "res.users",
        "cobranza_hearing_user_rel",
        string="Of ours attend",
    )
    attending = fields.Char(
        "Others attend", help="The procurador, witnesses, experts, the other side."
    )
    outcome = fields.Text(readonly=True, copy=False)
    next_id = fields.Many2one(
        "cobranza.hearing", "Goes on at", readonly=True, copy=False, ondelete="restrict"
    )
    deadline_ids = fields.One2many(
        "cobranza.deadline", "hearing_id", "Deadlines that follow"
    )
    state = fields.Selection(
        STATES,
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    note = fields.Text()
    erased_on = fields.Datetime(readonly=True, copy=False)

    _duration_positive = models.Constraint(
        "CHECK (duration >= 0)", "A hearing does not last less than nothing."
    )
    _planned_idx = models.Index("(company_id, day) WHERE state = 'planned'")

    # -- values ------------------------------------------------------------------------

    @api.depends("kind", "starts_at", "debtor_id")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        kinds = self.env["cobranza.hearing.kind"]
        for one in self:
            begins = one.starts_at and format_datetime(
                self.env, one.starts_at, dt_format="short"
            )
            parts = (begins, kinds._label(one.kind), one.debtor_id.display_name)
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends("starts_at", "duration")
    def _compute_stops_at(self):
        for one in self:
            hours = timedelta(hours=one.duration or 0)
            one.stops_at = one.starts_at and one.starts_at + hours

    @api.depends("starts_at", "company_id")
    def _compute_day(self):
        for one in self:
            begins = one.company_id and one.starts_at
            one.day = begins and one.company_id._cobranza_local(begins).date()

    @api.constrains("link")
    def _check_link(self):
        for one in self.filtered("link"):
            if not one.link.lower().startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._("%s: a link begins with https://.", one.display_name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        found._keep_activities()
        return found

    def write(self, vals):
        if "proceeding_id" in vals:
            strange = self.filtered(
                lambda one: one.proceeding_id.id != vals["proceeding_id"]
            )
            if strange:
                raise UserError(self.env._("A hearing stays with its proceeding."))
        result = super().write(vals)
        if TOLD & set(vals):
            self._keep_activities()
        return result

    # -- ends --------------------------------------------------------------------------

    def _check_worked(self):
        self.check_access("write")
        self.case_id._check_worked()

    def _end(self, state, outcome, again_at=None):
        """What came of these: held, cancelled, or adjourned to another moment
        (``again_at``, None: not known yet)."""
        self._check_worked()
        outcome = (outcome or "").strip()
        if not outcome:
            raise UserError(self.env._("Say what came of it."))
        if state == "held":
            early = self.filtered(
                lambda one: one.day > one.company_id._cobranza_today()
            )
            if early:
                raise UserError(
                    self.env._("%s: that day has not come yet.", early[0].display_name)
                )
        for one in self:
            values = {"outcome": outcome}
            if again_at and state == "adjourned":
                values["next_id"] = one.copy({"starts_at": again_at}).id
            # sudo: nobody writes these fields but by this button
            one.sudo()._set_state(state, None, **values)
            labels = dict(self._fields["state"]._description_selection(self.env))
            words = ": ".join((one.display_name, labels[state]))
            one._write_act(words, outcome)
        self._keep_activities()

    def _write_act(self, words, note):
        self.case_id._write_down("deadline", words, note)

    def _dialog(self, state):
        self._check_worked()
        self._expect("planned")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_hearing_end"
        )
        context = {
            "default_state": state,
            "default_hearing_ids": [fields.Command.set(self.ids)],
        }
        return {**action, "context": context}

    def action_held(self):
        return self._dialog("held")

    def action_adjourned(self):
        return self._dialog("adjourned")

    def action_cancel(self):
        return self._dialog("cancelled")

    def action_add_deadline(self):
        """The form of a deadline that follows from it."""
        self.ensure_one()
        self._check_worked()
        return {
            "type": "ir.actions.act_window",
            "res_model": "cobranza.deadline",
            "name": self.env._("Deadline that follows"),
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_case_id": self.case_id.id,
                "default_proceeding_id": self.proceeding_id.id,
                "default_hearing_id": self.id,
                "default_start_on": self.day,
            },
        }

    # -- the task of who attends -------------------------------------------------------

    def _keep_activities(self):
        """One task of each person of ours who attends, in step with the hearing; none
        once it is over. It may be run again at any time."""
        # sudo: tasks are raised for others, and without an e-mail for each
        tasks = self.env["mail.activity"].sudo().with_context(**QUIET)
        found = tasks.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("automated", "=", True),
            ]
        )
        own = {(one.res_id, one.user_id.id): one for one in found}
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            "mail.mail_activity_data_todo"
        )
        model, new, kept = self.env["ir.model"]._get_id(self._name), [], tasks.browse()
        kinds = self.env["cobranza.hearing.kind"]
        for one in self.sudo():
            if one.state != "planned":
                continue
            days = one.company_id.sudo().cobranza_deadline_days
            vals = {
                "date_deadline": one.day - timedelta(days=days),
                "summary": self.env._(
                    "Hearing: %(kind)s, %(moment)s",
                    kind=kinds._label(one.kind),
                    moment=one._moment_words(),
                ),
            }
            users = one.case_id._sees(one.attendee_ids | one.user_id)
            for user in users:
                task = own.get((one.id, user.id))
                if not task:
                    vals_new = {"res_model_id": model, "res_id": one.id}
                    vals_new |= {"automated": True, "user_id": user.id}
                    new.append({**vals, **vals_new, "activity_type_id": kind})
                    continue
                kept |= task
                if (task.date_deadline, task.summary) != tuple(vals.values()):
                    task.write(vals)
        discard(found - kept)
        tasks.create(new)

    def _moment_words(self):
        zone = self.company_id._cobranza_tz()
        return format_datetime(self.env, self.starts_at, zone, dt_format="short")

    @api.model
    def _daily(self, company, today):
        """Keep the tasks in step."""
        domain = [("company_id", "=", company.id), ("state", "=", "planned")]
        self.search(domain)._keep_activities()

    # -- privacy -----------------------------------------------------------------------

    def _over_before(self, begin):
        """Those that were over before a moment and are whole still."""
        return self.filtered(
            lambda one: (
                one.state != "planned"
                and not one.erased_on
                and not any(row.moment >= begin for row in one.history_ids)
            )
        )

    def _erase(self, why):
        """What people wrote about these goes; days and states stay. Run through the
        gate."""
        values = {"note": False, "outcome": why, "attending": False, "link": False}
        self.write({**values, "erased_on": fields.Datetime.now()})
        self._forget_changes()
