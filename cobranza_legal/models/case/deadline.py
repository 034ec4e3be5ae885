from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...kernel.errors import KernelError
from ...kernel.lifecycle import DEADLINE
from ..common.rows import Row
from ..common.transaction import to_utc
from ..common.words import say_error
from .clock import CourtClock
from .stage import UNITS, WHO

STATES = [
    ("open", "Running"),
    ("done", "Done"),
    ("missed", "Let pass"),
    ("closed", "Closed"),
    ("cancelled", "Called off"),
]


COUNTED = (
    *("number", "unit", "elapses", "from_receipt", "received_at", "way", "opened_at"),
    *("start_on", "proceeding_id"),
)
"""What the day of a deadline is counted from."""


OF_TERM = ("number", "unit", "elapses", "who", "from_receipt", "article")
"""What a term of the law says."""


QUEUE = "cobranza_legal.deadlines"


class CobranzaDeadline(models.Model):
    """A day in a case until which somebody must act, or after which one may go on: from
    which notice or act it runs, by which rule and calendar, and until when.

    The day is counted by the law of the company's country; a lawyer may set another
    one, with a reason. What the law forgives after it is stored, and nobody is ever
    told to wait for it.
    """

    _name = "cobranza.deadline"
    _inherit = ["cobranza.proceeding.item.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Deadline"
    _order = "due_on, id"

    _lifecycle = DEADLINE
    _logged = ("name", *COUNTED, "who", "user_id")
    _after_close = frozenset({"note", "user_id"})

    name = fields.Char(
        required=True,
        compute="_compute_of_term",
        store=True,
        precompute=True,
        readonly=False,
    )
    case_id = fields.Many2one(
        compute="_compute_case_id", store=True, precompute=True, readonly=False
    )
    proceeding_id = fields.Many2one(domain="[('case_id', '=?', case_id)]")
    hearing_id = fields.Many2one(
        "cobranza.hearing",
        string="Follows from the hearing",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('proceeding_id', '=', proceeding_id)]",
    )
    court_id = fields.Many2one(related="proceeding_id.court_id")
    docket = fields.Char(related="proceeding_id.docket")
    term_id = fields.Many2one(
        "cobranza.proceeding.term",
        string="Term of the law",
        ondelete="restrict",
        domain="[('stage_id.procedure_code', '=', procedure_code)]",
        help="Empty: the rule below is written by hand.",
    )
    procedure_code = fields.Char(related="proceeding_id.procedure_code")
    number = fields.Integer(
        "Length",
        required=True,
        compute="_compute_of_term",
        store=True,
        precompute=True,
        readonly=False,
    )
    unit = fields.Selection(
        UNITS,
        required=True,
        compute="_compute_of_term",
        store=True,
        precompute=True,
        readonly=False,
    )
    who = fields.Selection(
        WHO,
        "Whose",
        required=True,
        compute="_compute_of_term",
        store=True,
        precompute=True,
        readonly=False,
    )
    elapses = fields.Boolean(
        "Must have elapsed",
        compute="_compute_of_term",
        store=True,
        precompute=True,
        readonly=False,
        help="Something may be done only after it; else one has to act within it.",
    )
    article = fields.Char(
        compute="_compute_of_term", store=True, precompute=True, readonly=False
    )
    from_receipt = fields.Boolean(
        "From a notice",
        compute="_compute_of_term",
        store=True,
        precompute=True,
        readonly=False,
        help="It runs from the day on which a notice counts, else from a day.",
    )
    received_at = fields.Datetime("Notice received on", copy=False)
    way = Row("cobranza.notice.way", string="Served", default="person")
    opened_at = fields.Datetime(
        "Opened on",
        copy=False,
        help="Of a notice that counts when it is opened. Empty: not yet.",
    )
    start_on = fields.Date(
        "Runs from", copy=False, help="The day after it is the first."
    )
    counts_on = fields.Date("The notice counts on", readonly=True, copy=False)
    first_on = fields.Date("First day of the term", readonly=True, copy=False)
    rule_on = fields.Date("Until, by the rule", readonly=True, copy=False)
    moved_on = fields.Date("Until, by the lawyer", readonly=True, copy=False)
    due_on = fields.Date("Until", readonly=True, copy=False, index="btree_not_null")
    after_on = fields.Date(
        "Passed on", readonly=True, copy=False, help="The first day after the term."
    )
    grace_until = fields.Datetime(
        "Forgiven until",
        readonly=True,
        copy=False,
        help="What the law forgives after the last day. Nothing waits for it.",
    )
    alarm_on = fields.Date("Reminder on", readonly=True, copy=False)
    alarm_days = fields.Integer(
        "Reminder before",
        readonly=True,
        help="Days before the last one on which its owner is told. 0: as the term of "
        "the law or the company says.",
    )
    enforces = fields.Boolean(
        "Ends the enforcement",
        readonly=True,
        copy=False,
        help="Until then the judgment may be enforced. A case has one of these, and "
        "one for the court that judged where it is asked for less long there.",
    )
    same_court = fields.Boolean(
        "Before the court that judged",
        readonly=True,
        copy=False,
        help="Until then it may be enforced before that court; later by a suit.",
    )
    judgment_id = fields.Many2one(
        "cobranza.judgment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    calendar_name = fields.Char("Calendar", readonly=True, copy=False)
    local_known = fields.Boolean("Local holidays known", readonly=True, copy=False)
    calendar_words = fields.Char("Counted by", compute="_compute_calendar_words")
    place_key = fields.Char(
        "Where the court is",
        compute="_compute_place_key",
        compute_sudo=True,
        store=True,
        precompute=True,
        help="When it changes, the day is counted again.",
    )
    late = fields.Boolean(
        compute="_compute_late",
        search="_search_late",
        help="The last day on which we had to act has passed.",
    )
    state = fields.Selection(
        STATES,
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    done_on = fields.Date("Done on", readonly=True, copy=False)
    act_id = fields.Many2one(
        "cobranza.case.act",
        "Act of the case",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    change_ids = fields.One2many(
        "cobranza.deadline.change", "deadline_id", "Extensions", readonly=True
    )
    note = fields.Text()
    erased_on = fields.Datetime(readonly=True, copy=False)

    _number_positive = models.Constraint(
        "CHECK (number > 0)", "A term is longer than nothing."
    )
    _open_idx = models.Index("(company_id, due_on) WHERE state = 'open'")

    # -- values ------------------------------------------------------------------------

    @api.depends("proceeding_id")
    def _compute_case_id(self):
        for one in self:
            one.case_id = one.proceeding_id.case_id or one.case_id

    @api.depends("term_id")
    def _compute_of_term(self):
        for one in self:
            company = one.proceeding_id.company_id or self.env.company
            # who opens it may read another language, a cron none
            term = one.term_id.with_context(lang=company._cobranza_lang())
            one.name = term.name or one.name
            one.number = term.number or one.number or 1
            one.unit = term.unit or one.unit or "court_day"
            one.who = term.who or one.who or "us"
            one.article = term.article or one.article
            one.elapses = term.elapses if term else one.elapses
            one.from_receipt = term.from_receipt if term else one.from_receipt

    @api.depends("name", "due_on", "debtor_id")
    @api.depends_context("lang", "cobranza_without_day")
    def _compute_display_name(self):
        """In a calendar the day is not said again."""
        bare = self.env.context.get("cobranza_without_day")
        for one in self:
            until = not bare and one.due_on and format_date(self.env, one.due_on)
            parts = (until, one.name, one.debtor_id.display_name)
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends(
        "proceeding_id.court_id.city",
        "proceeding_id.court_id.state_id",
        "proceeding_id.court_id.country_id",
    )
    def _compute_place_key(self):
        moved = self.browse()
        for one in self:
            court = one.proceeding_id.court_id
            parts = (court.country_id.id, court.state_id.id, court.city or "")
            key = "/".join(str(part or "") for part in parts)
            if one.place_key and one.place_key != key:  # a new one is counted already
                moved |= one
            one.place_key = key
        moved._count_later()

    @api.depends("local_known", "calendar_name", "proceeding_id", "elapses")
    @api.depends_context("lang")
    def _compute_calendar_words(self):
        for one in self:
            words = one.calendar_name or ""
            court = one.court_id
            if words and not court:
                words += ". " + (
                    self.env._("No court is chosen: the latest of all regions counts.")
                    if one.elapses
                    else self.env._(
                        "No court is chosen: no holidays of its region and "
                        "municipality are counted."
                    )
                )
            elif words and not one.local_known:
                words += ". " + (
                    self.env._("Counted without local holidays of %s.", court.city)
                    if court.city
                    else self.env._(
                        "Counted without local holidays: the municipality of the court "
                        "is not known."
                    )
                )
            one.calendar_words = words

    @api.depends("due_on", "state", "who", "elapses")
    def _compute_late(self):
        for one in self:
            today = one.company_id and one.company_id._cobranza_today()
            ours = one.state == "open" and one.who == "us" and not one.elapses
            one.late = bool(ours and one.due_on and one.due_on < today)

    def _search_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._cobranza_today()
        late = Domain("state", "=", "open") & Domain("due_on", "<", today)
        late &= Domain("who", "=", "us") & Domain("elapses", "=", False)
        return late if True in value else ~late

    # -- making ------------------------------------------------------------------------

    @api.constrains("proceeding_id", "case_id", "hearing_id")
    def _check_same_case(self):
        for one in self.filtered("hearing_id"):
            of = one.hearing_id.proceeding_id
            if of.case_id != one.case_id or (one.proceeding_id or of) != of:
                raise ValidationError(
                    self.env._("%s: choose a proceeding of its case.", one.name)
                )

    @api.constrains("from_receipt", "received_at", "way", "start_on")
    def _check_start(self):
        for one in self:
            lacks = one.from_receipt and not (one.received_at and one.way)
            if lacks:
                raise ValidationError(
                    self.env._("%s: say when and how the notice was served.", one.name)
                )
            if not one.from_receipt and not one.start_on:
                raise ValidationError(
                    self.env._("%s: say from which day it runs.", one.name)
                )
            company = one.company_id
            if one.received_at:
                day = company._cobranza_local(one.received_at).date()
                if day > company._cobranza_today():
                    raise ValidationError(
                        self.env._("%s: that day has not come yet.", one.name)
                    )

    @api.constrains("term_id", *OF_TERM)
    def _check_term(self):
        """What a term of the law says is not written over: one by hand is another."""
        for one in self.filtered("term_id"):
            if any(one[name] != one.term_id[name] for name in OF_TERM):
                raise ValidationError(
                    self.env._(
                        "%s: the rule is that of the term of the law. Take the term "
                        "out to write another rule, or let a lawyer move the day.",
                        one.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        found = super().create(vals_list)
        found._count()
        found._keep_activities()
        return found

    def write(self, vals):
        self._check_same_company(vals)
        result = super().write(vals)
        if {"term_id", *COUNTED} & set(vals):
            mine = self.filtered(lambda one: one.state == "open")
            mine._count(self.env._("Changed by hand"))
        if {"name", "user_id", "term_id", *COUNTED} & set(vals):
            self._keep_activities()
        return result

    def _check_same_company(self, vals):
        """A deadline stays with its case."""
        if "case_id" in vals and any(one.case_id.id != vals["case_id"] for one in self):
            raise UserError(self.env._("A deadline stays with its case."))

    # -- counting ----------------------------------------------------------------------

    def _more(self):
        """[(number, unit)] of the extensions."""
        self.ensure_one()
        return [
            (one.number, one.unit)
            for one in self.change_ids.sorted("id")
            if one.kind == "extension"
        ]

    def _begins(self):
        self.ensure_one()
        if self.from_receipt:
            return self.company_id._cobranza_local(self.received_at).date()
        return self.start_on

    def _count(self, why=None, strict=True, user=None):
        """Count the days again and write those that changed, with a row of history of
        what ``user``, by default the present one, did. UserError where a legal value or
        a holiday is not known; not ``strict``: such ones stay as they are. Returns
        those that changed."""
        # sudo: the day follows from the law, whoever asks
        records = self.sudo()
        rows, changed = [], records.browse()
        for company, own in records.grouped("company_id").items():
            days = [one._begins() for one in own]
            clock = CourtClock(company, min(days), max(days))
            for one in own:
                try:
                    found = clock.count(one)
                except KernelError as error:
                    if not strict:
                        continue
                    raise UserError(
                        self.env._(
                            "%(name)s: %(why)s",
                            name=one.name,
                            why=say_error(self.env, error),
                        )
                    ) from error
                vals = one._changes(one._counted(clock, found))
                if not vals:
                    continue
                changed |= one
                if one.due_on and "due_on" in vals:
                    rows.append(
                        (one, one._moved_words(one.due_on, vals["due_on"]), why)
                    )
                elif one.rule_on and "rule_on" in vals:
                    rows.append((one, one._rule_words(vals["rule_on"]), why))
                one._through_gate().write(vals)
        if rows:
            self.env["cobranza.history"]._append(rows, user)
        return changed.sudo(self.env.su)

    def _counted(self, clock, found):
        """What a ``kernel.deadlines.Deadline`` of it makes its fields."""
        ending, start = found.ending, found.ending.start
        company = self.company_id
        grace = ending.grace_until
        due, after = self.moved_on or ending.last, ending.after
        if self.moved_on:
            after = self.moved_on + timedelta(days=1)
        return {
            "counts_on": start.day,
            "first_on": start.first,
            "rule_on": ending.last,
            "due_on": due,
            "after_on": after,
            "grace_until": grace and to_utc(grace, company._cobranza_tz()),
            "alarm_on": self._alarm(due, after),
            "calendar_name": ending.calendar,
            "local_known": clock.knows_local(self.court_id, start.day, ending.last),
        }

    def _alarm(self, due, after):
        if self.elapses:
            return after
        # sudo: a setting, whoever counts
        usual = self.company_id.sudo().cobranza_deadline_days
        days = self.alarm_days or self.term_id.alarm_days or usual
        return due - timedelta(days=days)

    def _changes(self, vals):
        """Those of these values that are not its own already."""
        return {
            name: value
            for name, value in vals.items()
            if (self[name] or None) != (value or None)
        }

    def _moved_words(self, before, after):
        before, after = (format_date(self.env, day) for day in (before, after))
        return self.env._("Until: %(before)s → %(after)s", before=before, after=after)

    def _rule_words(self, after):
        before, after = (format_date(self.env, day) for day in (self.rule_on, after))
        return self.env._(
            "Until, by the rule: %(before)s → %(after)s", before=before, after=after
        )

    # -- when what it is counted by changes --------------------------------------------

    def _count_later(self):
        """Count these again at the end of the transaction, by who changes it now."""
        if not (self and self.env.registry.ready):
            return
        queue = self.env.cr.precommit.data.setdefault(QUEUE, {})
        if not queue:
            clean = self.env(user=SUPERUSER_ID, su=True, context={})
            self.env.cr.precommit.add(clean["cobranza.deadline"]._count_queued)
        queue.setdefault(self.env.uid, set()).update(self._origin.ids)

    @api.model
    def _count_queued(self):
        queue = self.env.cr.precommit.data.pop(QUEUE, {})
        for uid, ids in queue.items():
            mine = self.browse(ids).exists().filtered(lambda one: one.state == "open")
            user = self.env["res.users"].browse(uid)
            for company, own in mine.filtered("due_on").grouped("company_id").items():
                # in the language of the people who read it
                own = company._cobranza_engine(own)
                why = own.env._("The court or its holidays changed")
                own._count(why, False, user)._keep_activities()
