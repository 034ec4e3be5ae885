"""The shadow month as a workbook: figures as numbers, days as days."""

import base64
import io
from datetime import timedelta

import xlsxwriter

from odoo import Command, api, fields, models
from odoo.tools import format_date

from ...models.common.files import download_url
from ...models.common.rows import Row
from ...models.common.words import WAITING
from ...models.shadow.figures import LEAST, LOOKBACK, WITHIN, DataErrors, ShadowFigures
from ...models.shadow.rehearsal import DAYS, Rehearsal

REPORT = "cobranza_legal.action_report_shadow"


TEXT, MONEY, DAY, INTEGER, RATE = "text", "money", "day", "integer", "rate"


WIDTHS = {TEXT: 34, MONEY: 16, DAY: 12, INTEGER: 10, RATE: 10}


class ShadowWorkbook:
    """The workbook of a ``cobranza.shadow.report`` in the user's language."""

    def __init__(self, report):
        self.env = report.env
        self.report = report
        self.values = report._values()
        self.figures = self.values["figures"]
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True})
        places = report.company_id.currency_id.decimal_places
        money = "#,##0." + "0" * places if places else "#,##0"
        formats = {MONEY: money, DAY: "yyyy-mm-dd", RATE: "0.0%"}
        self.formats = {
            kind: self.book.add_format({"num_format": formats.get(kind, "General")})
            for kind in WIDTHS
        }
        self.head = self.book.add_format({"bold": True, "bottom": 1})

    def content(self):
        """The bytes of the file."""
        for name, columns, rows in self._tables():
            self._write(name, columns, rows)
        self.book.close()
        return self.file.getvalue()

    def _write(self, name, columns, rows):
        sheet = self.book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for column, (heading, kind) in enumerate(columns):
            sheet.set_column(column, column, WIDTHS[kind])
            sheet.write_string(0, column, heading, self.head)
        for row, values in enumerate(rows, 1):
            for column, value in enumerate(values):
                kind = columns[column][1]
                if value is None or value is False:
                    continue
                if kind == TEXT:
                    sheet.write_string(row, column, str(value))
                elif kind == DAY:
                    sheet.write_datetime(row, column, value, self.formats[kind])
                else:
                    sheet.write_number(row, column, float(value), self.formats[kind])

    def _tables(self):
        yield (
            self.env._("Summary"),
            [(self.env._("Figure"), TEXT), ("", MONEY)],
            self._summary(),
        )
        yield (
            self.env._("Weeks"),
            [
                (self.env._("Week of"), DAY),
                (self.env._("Contacts"), INTEGER),
                (self.env._("By itself"), INTEGER),
                (self.env._("Claimed"), MONEY),
                (self.env._("Spared"), INTEGER),
                (self.env._("Charges"), MONEY),
            ],
            self.figures.weeks(),
        )
        yield self._levels()
        columns = self._act_columns()
        yield (
            self.env._("Letters spared"),
            [*columns, (self.env._("Paid on"), DAY)],
            self._acts(self.figures.spared),
        )
        yield self.env._("Every contact"), columns, self._acts(self.figures.acts)
        yield self._data_errors()

    def _data_errors(self):
        return (
            self.env._("Data errors"),
            [
                (self.env._("What is missing or wrong"), TEXT),
                (self.env._("Debtor"), TEXT),
            ],
            [
                (line.name, debtor.display_name)
                for line in self.report.line_ids
                for debtor in line.debtor_ids
            ],
        )

    def _levels(self):
        return (
            self.env._("Contacts"),
            [
                (self.env._("Channel"), TEXT),
                (self.env._("Level"), TEXT),
                (self.env._("Contacts"), INTEGER),
                (self.env._("By itself"), INTEGER),
                (self.env._("Spared"), INTEGER),
                (self.env._("Claimed"), MONEY),
            ],
            [
                (self.values["channels"].get(row[0], row[0]), row[1].name, *row[2:])
                for row in self.figures.by_level()
            ],
        )

    def _summary(self):
        figures = self.figures
        debts, claimed, still_open = figures.claimed
        yield self.env._("Contacts that would have been made"), len(figures.acts)
        yield self.env._("Debts claimed"), debts
        yield self.env._("Claimed, each debt once"), claimed
        yield self.env._("Of that still open"), still_open
        yield self.env._("Letters spared, paid in the meantime"), len(figures.spared)
        yield self.env._("Charges"), sum(figures.charges().values())
        if figures.expected is not None:
            yield self.env._("Expected cash"), figures.expected

    def _act_columns(self):
        return [
            (self.env._("Day"), DAY),
            (self.env._("Debtor"), TEXT),
            (self.env._("Channel"), TEXT),
            (self.env._("Level"), TEXT),
            (self.env._("Debts"), INTEGER),
            (self.env._("Claimed"), MONEY),
        ]

    def _acts(self, acts):
        partners = self.env["res.partner"].browse({act.partner for act in acts})
        names = {one.id: one.display_name for one in partners}
        levels = self.env["cobranza.policy.level"]
        channels = self.values["channels"]
        return [
            (
                act.day,
                names[act.partner],
                channels.get(act.channel, act.channel),
                levels.browse(act.level).name,
                act.debts,
                act.amount,
                *((act.paid_on,) if hasattr(act, "paid_on") else ()),
            )
            for act in acts
        ]


class CobranzaShadowReport(models.TransientModel):
    """What the company would do in the next days, rehearsed by its own engine, and what
    it proposed while nothing left: on the screen, as PDF and as a workbook."""

    _name = "cobranza.shadow.report"
    _inherit = "cobranza.dialog.mixin"
    _description = "Shadow month"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    mode = fields.Selection(related="company_id.cobranza_mode")
    day = fields.Date(
        string="Rehearsed on",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    since = fields.Date(compute="_compute_days", string="From")
    until = fields.Date(compute="_compute_days", string="To")
    act_ids = fields.One2many("cobranza.shadow.act", "report_id", readonly=True)
    claims = fields.Json(
        readonly=True,
        help="Journal item, claimed the first time, claimed the last time.",
    )
    charges = fields.Json(readonly=True, help="Day, kind, amount.")
    figures = fields.Html(compute="_compute_figures", sanitize=False)
    line_ids = fields.One2many("cobranza.shadow.report.line", "report_id")
    workbook = fields.Binary(readonly=True, attachment=False)
    workbook_name = fields.Char(readonly=True)

    @api.depends("company_id", "day")
    def _compute_days(self):
        for report in self:
            company = report.company_id.sudo()  # the mode is no secret
            report.since = company.cobranza_proposal_on or report.day
            report.until = report.day + timedelta(days=DAYS)

    @api.depends("company_id")
    def _compute_display_name(self):
        for report in self:
            day = format_date(self.env, report.until)
            report.display_name = self.env._(
                "Shadow month of %(company)s until %(day)s",
                company=report.company_id.name,
                day=day,
            )

    @api.depends("company_id", "act_ids")
    def _compute_figures(self):
        for report in self:
            report.figures = self.env["ir.qweb"]._render(
                "cobranza_legal.shadow_figures", report._values()
            )

    def _values(self):
        """What the templates show."""
        self.ensure_one()
        figures = ShadowFigures(self)
        kinds = self.env["cobranza.charge"]._fields["kind"]
        channels = self.env["cobranza.shadow.act"]._fields["channel"]
        return {
            "report": self,
            "figures": figures,
            "kinds": dict(kinds._description_selection(self.env)),
            "channels": dict(channels._description_selection(self.env)),
            "within": WITHIN,
            "lookback": LOOKBACK,
            "least": LEAST,
            "money": {
                "widget": "monetary",
                "display_currency": self.company_id.currency_id,
            },
        }

    @api.model
    def action_open(self):
        """The report of the present company: its next days, rehearsed now, and what is
        wrong in its data now."""
        self.check_access("create")
        found = DataErrors(self.env.company._cobranza_creditor()).found()
        rehearsal = Rehearsal(self.env.company._cobranza_creditor()).play()
        lines = [
            Command.create({"name": name, "debtor_ids": [Command.set(debtors.ids)]})
            for name, debtors in found
        ]
        report = self.create(
            {
                "line_ids": lines,
                "act_ids": [Command.create(act) for act in rehearsal.acts.values()],
                "claims": [
                    [item, str(first), str(last)]
                    for item, first, last in rehearsal.claims.values()
                ],
                "charges": [
                    [str(day), kind, str(amount)]
                    for day, kind, amount in rehearsal.charges
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Shadow month"),
            "res_model": self._name,
            "res_id": report.id,
            "views": [[False, "form"]],
            "target": "current",
        }

    # -- buttons -------------------------------------------------------------------

    def action_view_acts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_shadow_act"
        )
        return {**action, "domain": [("report_id", "=", self.id)]}

    def action_view_waiting(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_contact"
        )
        domain = [("company_id", "=", self.company_id.id), *WAITING]
        return {**action, "domain": domain, "context": {}}

    def action_go_live(self):
        """The checklist, which stays the gate."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_go_live"
        )

    def action_print(self):
        return self.env.ref(REPORT).report_action(self, config=False)

    def action_workbook(self):
        self.ensure_one()
        name = f"{self.display_name}.xlsx"
        content = ShadowWorkbook(self).content()
        self.write({"workbook": base64.b64encode(content), "workbook_name": name})
        return {
            "type": "ir.actions.act_url",
            "url": download_url(self, "workbook", name),
            "target": "download",
        }


class CobranzaShadowReportLine(models.TransientModel):
    """One thing that is wrong in the data, and of whom."""

    _name = "cobranza.shadow.report.line"
    _inherit = "cobranza.dialog.mixin"
    _description = "Data error of the shadow month"

    report_id = fields.Many2one(
        "cobranza.shadow.report", required=True, ondelete="cascade"
    )
    name = fields.Char(readonly=True, string="What is missing or wrong")
    debtor_ids = fields.Many2many("cobranza.debtor", readonly=True)
    debtor_count = fields.Integer(compute="_compute_debtors", string="Number")
    who = fields.Char(compute="_compute_debtors", string="Of whom")

    @api.depends("debtor_ids")
    def _compute_debtors(self):
        for line in self:
            line.debtor_count = len(line.debtor_ids)
            names = line.debtor_ids[:5].mapped("display_name")
            line.who = ", ".join(names) + ("…" if line.debtor_count > 5 else "")

    def action_open(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_debtor"
        )
        domain = [("id", "in", self.debtor_ids.ids)]
        return {**action, "name": self.name, "domain": domain, "context": {}}


class CobranzaShadowAct(models.TransientModel):
    """A contact that the rehearsal made."""

    _name = "cobranza.shadow.act"
    _inherit = "cobranza.dialog.mixin"
    _description = "Act of the shadow month"
    _order = "day, partner_id, channel, id"
    _rec_name = "partner_id"

    report_id = fields.Many2one(
        "cobranza.shadow.report", required=True, readonly=True, ondelete="cascade"
    )
    day = fields.Date(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    channel = Row("cobranza.channel", required=True, readonly=True)
    level_id = fields.Many2one(
        "cobranza.policy.level", readonly=True, ondelete="cascade"
    )
    planned_at = fields.Datetime(
        readonly=True,
        string="Would leave on",
        help="The first moment that the limits permit. Empty: they permit none.",
    )
    automatic = fields.Boolean(
        readonly=True,
        string="By itself",
        help="In automatic mode it would leave without a person.",
    )
    debts = fields.Integer(readonly=True)
    currency_id = fields.Many2one(related="report_id.company_id.currency_id")
    amount = fields.Monetary(readonly=True, string="Claimed")
