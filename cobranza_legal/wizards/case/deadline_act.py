from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.case.stage import UNITS
from ...models.common.rows import Row

WHAT = [
    ("done", "Done"),
    ("close", "Close"),
    ("cancel", "Cancel"),
    ("reopen", "Open again"),
    ("move", "Move the day"),
    ("extend", "Extend"),
    ("suspend", "Suspend the terms"),
]


class CobranzaDeadlineAct(models.TransientModel):
    """What happens to deadlines, and why."""

    _name = "cobranza.deadline.act"
    _inherit = "cobranza.dialog.mixin"
    _description = "What happens to deadlines"

    what = fields.Selection(WHAT, required=True, default="done")
    deadline_ids = fields.Many2many("cobranza.deadline", string="Deadlines")
    proceeding_id = fields.Many2one("cobranza.proceeding")
    day = fields.Date(default=lambda self: self.env.company._cobranza_today())
    new_day = fields.Date("Until", help="Empty: the day of the rule again.")
    number = fields.Integer("By")
    unit = fields.Selection(UNITS, default="court_day")
    first_on = fields.Date("From")
    last_on = fields.Date("To")
    reason = fields.Text()
    file_ids = fields.Many2many("ir.attachment", string="Files")

    def action_confirm(self):
        self.ensure_one()
        if not (self.deadline_ids or self.proceeding_id):
            raise UserError(self.env._("Choose the deadlines."))
        getattr(self, f"_{self.what}")()
        return {"type": "ir.actions.act_window_close"}

    def _done(self):
        if not self.day:
            raise UserError(self.env._("Say on which day."))
        self.deadline_ids._end_done(self.day, self.reason, self._loose_files())

    def _close(self):
        self.deadline_ids._close(self.reason)

    def _cancel(self):
        self.deadline_ids._cancel(self.reason)

    def _reopen(self):
        self.deadline_ids._reopen(self.reason)

    def _move(self):
        self.deadline_ids._move(self.new_day, self.reason)

    def _extend(self):
        self.deadline_ids._extend(
            self.number, self.unit, self.reason, self._loose_files()
        )

    def _suspend(self):
        self.proceeding_id._suspend_terms(
            self.first_on, self.last_on, self.reason, self._loose_files()
        )

    @api.model
    def _of(self, what, **values):
        """The action that opens the dialog for ``what``; ``values`` are its own."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_deadline_act"
        )
        labels = dict(self._fields["what"]._description_selection(self.env))
        defaults = {f"default_{name}": value for name, value in values.items()}
        return {
            **action,
            "name": labels[what],
            "context": {"default_what": what, **defaults},
        }

    def _loose_files(self):
        """The files, which stay when the dialog goes."""
        # sudo: the dialog in which they were added is deleted in time
        loose = self.sudo().file_ids.filtered(lambda file: file.res_model == self._name)
        loose.write({"res_model": False, "res_id": False})
        return self.file_ids


class CobranzaHearingEnd(models.TransientModel):
    """What came of hearings."""

    _name = "cobranza.hearing.end"
    _inherit = "cobranza.dialog.mixin"
    _description = "What came of a hearing"

    hearing_ids = fields.Many2many("cobranza.hearing", required=True)
    state = fields.Selection(
        [
            ("held", "Held"),
            ("adjourned", "Adjourned"),
            ("cancelled", "Cancelled"),
        ],
        "What happened",
        required=True,
        default="held",
    )
    outcome = fields.Text("What came of it", required=True)
    again_at = fields.Datetime("Goes on at", help="Empty: not known yet.")

    def action_confirm(self):
        self.ensure_one()
        self.hearing_ids._end(self.state, self.outcome, self.again_at)
        return {"type": "ir.actions.act_window_close"}


class CobranzaStageChange(models.TransientModel):
    """A proceeding goes on to another stage: what becomes of each deadline that runs,
    and by which notice the new ones begin."""

    _name = "cobranza.stage.change"
    _inherit = "cobranza.dialog.mixin"
    _description = "Change of stage"

    proceeding_id = fields.Many2one("cobranza.proceeding", required=True)
    before_id = fields.Many2one(
        related="proceeding_id.stage_id", string="It is in the stage"
    )
    next_ids = fields.Many2many(
        "cobranza.proceeding.stage", compute="_compute_stages", string="Usually next"
    )
    stage_ids = fields.Many2many(
        "cobranza.proceeding.stage", compute="_compute_stages", string="Stages"
    )
    stage_id = fields.Many2one(
        "cobranza.proceeding.stage",
        string="It came to",
        required=True,
        compute="_compute_stage_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', stage_ids)]",
    )
    unusual = fields.Boolean(compute="_compute_unusual")
    ends_as = Row(related="stage_id.ends_as", string="It ends then as")
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    received_at = fields.Datetime(
        "Notice received on", help="By which the new terms begin. Empty: on that day."
    )
    way = fields.Selection(
        selection=lambda self: self.env["cobranza.notice.way"]._choices(),
        string="Served",
    )
    note = fields.Text()
    line_ids = fields.One2many(
        "cobranza.stage.change.line",
        "change_id",
        "What becomes of the deadlines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("proceeding_id")
    def _compute_stages(self):
        for dialog in self:
            one = dialog.proceeding_id
            stages = one._stages() if one else self.stage_ids
            before, company = one.stage_id, one.company_id
            dialog.next_ids = before._following(company) if before else stages
            dialog.stage_ids = stages - before

    @api.depends("proceeding_id")
    def _compute_stage_id(self):
        for dialog in self:
            dialog.stage_id = dialog.next_ids[:1]._origin

    @api.depends("stage_id")
    def _compute_unusual(self):
        for dialog in self:
            dialog.unusual = bool(dialog.stage_id) and (
                dialog.stage_id not in dialog.next_ids._origin
            )

    @api.depends("proceeding_id")
    def _compute_line_ids(self):
        for dialog in self:
            running = dialog.proceeding_id.deadline_ids.filtered(
                lambda one: one.state == "open"
            )
            dialog.line_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create(
                        {
                            "deadline_id": one.id,
                            "choice": "carry"
                            if not one.term_id or one.term_id._goes_on()
                            else "close",
                        }
                    )
                    for one in running
                ),
            ]

    def action_confirm(self):
        """Close what ends, carry the rest, and go on to the new stage. UserError where
        somebody has not decided about one."""
        self.ensure_one()
        proceeding = self.proceeding_id
        proceeding.case_id._check_worked()
        running = proceeding.deadline_ids.filtered(lambda one: one.state == "open")
        undecided = running - self.line_ids.filtered("choice").deadline_id
        if undecided:
            raise UserError(
                self.env._(
                    "Say of each deadline whether it ends or goes on: %s",
                    ", ".join(undecided.mapped("name")),
                )
            )
        chosen = self.line_ids.grouped("choice")
        words = self.env._("Next stage: %s", self.stage_id.name)
        none = running.browse()
        closed = chosen.get("close", self.line_ids.browse()).deadline_id or none
        closed &= running
        if closed:
            closed._close(words)
        carried = chosen.get("carry", self.line_ids.browse()).deadline_id or none
        (carried & running)._log(self.env._("Goes on in the next stage"), words)
        notice = (self.received_at, self.way) if self.received_at else ()
        proceeding._advance(
            self.stage_id, self.day, self.note, decided=True, notice=notice
        )
        return {"type": "ir.actions.act_window_close"}


class CobranzaStageChangeLine(models.TransientModel):
    """What becomes of one deadline when its proceeding goes on."""

    _name = "cobranza.stage.change.line"
    _inherit = "cobranza.dialog.mixin"
    _description = "Deadline at a change of stage"

    change_id = fields.Many2one(
        "cobranza.stage.change", required=True, ondelete="cascade"
    )
    deadline_id = fields.Many2one("cobranza.deadline", required=True)
    name = fields.Char(related="deadline_id.name")
    who = fields.Selection(related="deadline_id.who")
    due_on = fields.Date(related="deadline_id.due_on")
    article = fields.Char(related="deadline_id.article")
    choice = fields.Selection(
        [("close", "Ends"), ("carry", "Goes on")], "What becomes of it"
    )
