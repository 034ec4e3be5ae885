from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...kernel.errors import KernelError
from ...kernel.lifecycle import MEASURE
from ..common.money import say_figures, to_decimal, to_money
from ..common.rows import Row
from ..common.tasks import raise_tasks
from ..common.words import say_error

STATES = [
    ("known", "Known asset"),
    ("asked", "Asked of the court"),
    ("ordered", "Ordered"),
    ("registered", "Registered"),
    ("released", "Asset released"),
    ("realised", "Turned into money"),
    ("refused", "Refused"),
    ("dropped", "Not asked for"),
]


HOLDING = ("ordered", "registered")
"""States in which the asset is held for the debt."""


ALARM_DAYS = 60
"""Days before the entry of a register ends in which somebody is told."""


WAGE_FIELDS = (
    *("asset_kind", "wage_net", "wage_other", "wage_extra", "wage_reduction"),
    *("wage_on", "company_id"),
)


class CobranzaMeasure(models.Model):
    """An asset that may be, or is, held for the debts of a case: a precautionary
    measure or an attachment.

    What is known of an asset is written down before anything is asked for, so that who
    asks for a later one in the order of the law is told of the better ones.
    """

    _name = "cobranza.measure"
    _inherit = ["cobranza.proceeding.item.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Measure or attachment"
    _order = "case_id, id"
    _rec_name = "asset"

    _lifecycle = MEASURE
    _logged = (
        *("kind", "asset_kind", "asset", "value", "third_party_id", "user_id"),
        *("register", "register_number", "expires_on", "bond_amount", "file_ids"),
        *("bond_deposited_on", "bond_returned_on", "before_suit", "before_notice"),
    )
    _after_close = frozenset(
        {
            *("note", "user_id", "value", "third_party_id", "file_ids", "sum_held"),
            *("register", "register_number", "expires_on", "proceeding_id"),
            *("before_suit", "before_notice"),
            *("bond_amount", "bond_deposited_on", "bond_returned_on"),
            *("wage_net", "wage_other", "wage_extra", "wage_reduction", "wage_on"),
        }
    )
    _evidence_files = {"file_ids": [("state", "!=", "known")]}

    kind = Row(
        "cobranza.measure.kind",
        string="Measure",
        required=True,
        default="attachment",
    )
    asset_kind = Row("cobranza.asset.kind", string="Kind of asset", required=True)
    asset = fields.Char(
        required=True,
        help="What it is and where: account, plate, number in the land register.",
    )
    third_party_id = fields.Many2one(
        "res.partner",
        string="Held by",
        ondelete="restrict",
        index="btree_not_null",
        help="A bank, an employer, a custodian: who has it for the debtor.",
    )
    value = fields.Monetary("Estimated value")
    sum_held = fields.Monetary("For the sum of", help="That the court ordered.")
    rank = fields.Integer(
        "Place in the order",
        compute="_compute_order",
        help="In the order in which the law attaches. 0: it does not name it.",
    )
    order_warning = fields.Char(compute="_compute_order")
    state = fields.Selection(
        STATES, default="known", required=True, readonly=True, copy=False
    )
    asked_on = fields.Date(readonly=True, copy=False)
    ordered_on = fields.Date(readonly=True, copy=False)
    registered_on = fields.Date(readonly=True, copy=False)
    ended_on = fields.Date(readonly=True, copy=False)
    before_suit = fields.Boolean(
        "Before the suit", help="Asked for before a suit is filed, which has to follow."
    )
    before_notice = fields.Boolean(
        "Before the debtor is told",
        help="Taken before the debtor is served, which has to follow.",
    )
    is_precautionary = fields.Boolean(compute="_compute_is_wages")
    bond_amount = fields.Monetary("Bond", help="That the court asks for.")
    bond_deposited_on = fields.Date()
    bond_returned_on = fields.Date()
    bond_out = fields.Boolean(
        "Bond to get back", compute="_compute_bond_out", search="_search_bond_out"
    )
    register = fields.Char(
        "Public register", help="Land register, register of vehicles, bank."
    )
    register_number = fields.Char("Entry in the register")
    expires_on = fields.Date(
        "Entry ends on", help="Last day. Empty: nobody has said so."
    )
    expiry_told = fields.Date(
        readonly=True, copy=False, help="The end of which somebody was told."
    )
    is_wages = fields.Boolean(compute="_compute_is_wages")
    wage_on = fields.Date(
        "Wages of", default=lambda self: self.env.company._cobranza_today()
    )
    wage_net = fields.Monetary("Net wage of the month")
    wage_other = fields.Monetary(
        "Other wages and pensions", help="Of the same month: all are added."
    )
    wage_extra = fields.Boolean("Month with an extra pay")
    wage_reduction = fields.Float("Reduction by the court", help="Percent. 0: none.")
    wage_attached = fields.Monetary("May be attached", compute="_compute_wage")
    wage_words = fields.Char("Worked out", compute="_compute_wage")
    realisation_ids = fields.One2many(
        "cobranza.realisation", "measure_id", "What it brought"
    )
    brought = fields.Monetary(compute="_compute_brought")
    file_ids = fields.Many2many(
        "ir.attachment", "cobranza_measure_file_rel", string="Files", copy=False
    )
    note = fields.Text()

    _amounts = models.Constraint(
        "CHECK (value >= 0 AND sum_held >= 0 AND bond_amount >= 0 "
        "AND wage_net >= 0 AND wage_other >= 0 AND wage_reduction >= 0)",
        "Amounts of a measure are not negative.",
    )
    _expiry_idx = models.Index(
        "(company_id, expires_on) WHERE state IN ('ordered', 'registered')"
    )

    # -- values ------------------------------------------------------------------------

    @api.depends("asset", "asset_kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = self.env["cobranza.asset.kind"]
        for one in self:
            parts = (kinds._label(one.asset_kind), one.asset)
            one.display_name = ": ".join(part for part in parts if part)

    @api.depends("asset_kind", "kind")
    def _compute_is_wages(self):
        assets = self.env["cobranza.asset.kind"]
        kinds = self.env["cobranza.measure.kind"]
        for one in self:
            one.is_wages = assets._is(one.asset_kind, "wages")
            one.is_precautionary = kinds._is(one.kind, "precautionary")

    @api.depends(
        *("kind", "asset_kind", "state", "asked_on", "case_id"),
        *("case_id.measure_ids.state", "case_id.measure_ids.asset_kind"),
    )
    @api.depends_context("lang")
    def _compute_order(self):
        kinds = self.env["cobranza.measure.kind"]
        for one in self:
            one.rank, one.order_warning = 0, False
            company = one.company_id or one.case_id.company_id
            if not (company and one.asset_kind and kinds._is(one.kind, "attaches")):
                continue
            on = one.asked_on or company._cobranza_today()
            order = company._cobranza_rules()._asset_order(on)
            one.rank = order.rank(one.asset_kind)
            if one.state in ("known", "asked"):
                one.order_warning = one._say_better(order)

    def _say_better(self, order):
        """That better assets are known which nobody has asked for; False if none is."""
        known = (self.case_id.measure_ids - self._origin).filtered(
            lambda one: one.state == "known"
        )
        better = order.better(self.asset_kind, known.mapped("asset_kind"))
        names = [
            one.display_name
            for code in better
            for one in known.filtered(lambda one, code=code: one.asset_kind == code)
        ]
        if not names:
            return False
        return self.env._(
            "The law attaches this first, which is known: %(assets)s (%(article)s).",
            assets=", ".join(names),
            article=order.article,
        )

    @api.depends("bond_deposited_on", "bond_returned_on")
    def _compute_bond_out(self):
        for one in self:
            one.bond_out = bool(one.bond_deposited_on and not one.bond_returned_on)

    def _search_bond_out(self, operator, value):
        if operator != "in":
            return NotImplemented
        out = Domain("bond_deposited_on", "!=", False) & Domain(
            "bond_returned_on", "=", False
        )
        return out if True in value else ~out

    @api.depends(*WAGE_FIELDS)
    @api.depends_context("lang")
    def _compute_wage(self):
        kinds = self.env["cobranza.asset.kind"]
        for one in self:
            one.wage_attached, one.wage_words = 0, False
            wages = kinds._is(one.asset_kind, "wages")
            if not (wages and one.company_id and one.wage_on and one.wage_net):
                continue
            try:
                found = one._attach_wages()
            except KernelError as error:
                one.wage_words = say_error(self.env, error)
                continue
            if found is None:
                one.wage_words = one._say_unknown_wages()
                continue
            one.wage_attached = float(found.amount.amount)
            words = say_figures(self.env, found.formula)
            one.wage_words = f"{words} ({found.article})" if found.article else words

    def _say_unknown_wages(self):
        return self.env._("What of wages may be attached is not known here.")

    def _attach_wages(self):
        """``kernel.attachment.WageAttachment`` of the month; None where the country
        knows no rule. MissingValue, RefusedTerms."""
        company, on = self.company_id, self.wage_on
        table = company._cobranza_legal_table(on, on)
        rule = company._cobranza_rules()._wage_rule(company, on, table)
        if rule is None:
            return None
        wages = [
            to_money(amount, self.currency_id)
            for amount in (self.wage_net, self.wage_other)
            if amount
        ]
        rate = to_decimal(self.wage_reduction) / 100
        return rule.attach(wages, self.wage_extra, rate)

    @api.depends("realisation_ids.amount", "realisation_ids.state")
    def _compute_brought(self):
        for one in self:
            done = one.realisation_ids.filtered(lambda row: row.state == "done")
            one.brought = sum(done.mapped("amount"))

    # -- checks ------------------------------------------------------------------------

    @api.constrains("bond_deposited_on", "bond_returned_on")
    def _check_bond(self):
        for one in self:
            deposited, returned = one.bond_deposited_on, one.bond_returned_on
            if returned and (not deposited or returned < deposited):
                raise ValidationError(
                    self.env._(
                        "%s: a bond is given back after it was deposited.",
                        one.display_name,
                    )
                )

    @api.constrains("wage_reduction", "wage_net", "wage_other", "asset_kind", "wage_on")
    def _check_reduction(self):
        for one in self.filtered(lambda one: one.is_wages and one.wage_reduction):
            if not (one.wage_net and one.wage_on):
                continue
            try:
                words = None if one._attach_wages() else self._say_unknown_wages()
            except KernelError as error:
                words = say_error(self.env, error)
            if words:
                words = f"{one.display_name}: {words}"
                raise ValidationError(words)

    # -- states ------------------------------------------------------------------------

    def action_step(self):
        """The dialog of the step that the context names."""
        self.case_id._check_worked()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_measure_step"
        )
        step = self.env.context.get("step")
        return {
            **action,
            "name": self.env["cobranza.measure.step"]._title(step),
            "context": {"default_measure_ids": self.ids, "default_step": step},
        }

    def _step(self, step, day, reason=None, **values):
        """These go to a state on a day. UserError for a day that has not come, or
        before the last step, and for what needs its reason and has none."""
        self.case_id._check_worked()
        reason = (reason or "").strip()
        if step in ("released", "refused", "dropped") and not reason:
            raise UserError(self.env._("Give the reason."))
        for one in self:
            one._check_step_day(day)
            more, words = {**values}, reason
            name = f"{step}_on" if f"{step}_on" in self._fields else "ended_on"
            if step == "asked" and one.order_warning:
                words = " ".join(filter(None, (reason, one.order_warning)))
            if step == "registered" and not values.get("expires_on"):
                rules = one.company_id._cobranza_rules()
                ends = rules._measure_validity(one, day)
                more |= {"expires_on": ends} if ends else {}
            one._set_state(step, words or None, **{name: day, **more})
            label = dict(self._fields["state"]._description_selection(self.env))[step]
            summary = f"{label}: {one.display_name}"
            one.case_id._write_down("measure", summary, words or None)
            if step == "ordered":
                one._open_duties(day)

    def _open_duties(self, day):
        """The deadlines without which an ordered precautionary measure lapses.
        UserError where legal values lack."""
        self.ensure_one()
        if not self.is_precautionary:
            return
        company = self.company_id
        rules = company._cobranza_rules()
        table = company._cobranza_legal_table(day, day)
        try:
            duties = rules._measure_duties(self, day, table)
        except KernelError as error:
            raise UserError(say_error(self.env, error)) from error
        self.env["cobranza.deadline"].create(
            [
                {
                    "case_id": self.case_id.id,
                    "proceeding_id": self.proceeding_id.id,
                    "name": name,
                    "number": term.number,
                    "unit": term.unit.value,
                    "article": term.article,
                    "from_receipt": False,
                    "start_on": day,
                    "user_id": self.user_id.id,
                }
                for name, term in duties
            ]
        )

    def _check_step_day(self, day):
        """UserError for a day that has not come, or before that of the last step."""
        self.ensure_one()
        if day > self.company_id._cobranza_today():
            raise UserError(
                self.env._("%s: that day has not come yet.", self.display_name)
            )
        steps = (self.asked_on, self.ordered_on, self.registered_on)
        last = max((one for one in steps if one), default=None)
        if last and day < last:
            raise UserError(
                self.env._(
                    "%(record)s: what came before was on %(day)s.",
                    record=self.display_name,
                    day=format_date(self.env, last),
                )
            )

    # -- the day -----------------------------------------------------------------------

    @api.model
    def _tell_expiry(self, company, today):
        """Tell who works on it that the entry of a register ends soon, once for each
        end. A fixed number of queries."""
        horizon = today + timedelta(days=ALARM_DAYS)
        found = self.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "in", HOLDING)
            & Domain("expires_on", "<=", horizon)
        ).filtered(lambda one: one.expiry_told != one.expires_on)
        owners = found.debtor_id._task_owners()
        raise_tasks(
            found,
            [
                (
                    one,
                    max(today, one.expires_on - timedelta(days=ALARM_DAYS // 2)),
                    self.env._(
                        "The entry in the register ends on %s: have it extended",
                        format_date(self.env, one.expires_on),
                    ),
                    one.user_id.filtered("active") or owners[one.debtor_id],
                )
                for one in found
            ],
        )
        for one in found:
            one._through_gate().expiry_told = one.expires_on

    def _on_state(self, target, reason):
        # sudo: what was asked of whoever had it is done, whoever did it
        self.sudo().activity_ids.filtered("automated").action_feedback()
        return super()._on_state(target, reason)

    def _erase(self, why):
        """What tells of people goes, sums and days stay. Returns the files, which are
        to be erased too. Run through the gate."""
        files = self.file_ids
        gone = {
            "asset": why,
            "third_party_id": False,
            "register": False,
            "register_number": False,
            "wage_net": 0,
            "wage_other": 0,
            "note": False,
            "state_reason": False,
            "file_ids": [Command.clear()],
        }
        self.write(gone)
        self._forget_changes()
        return files
