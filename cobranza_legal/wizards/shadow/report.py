"""The shadow month as a workbook: figures as numbers, days as days."""

import base64
import io

import xlsxwriter

from odoo import Command, api, fields, models
from odoo.tools import format_date

from ...models.common.files import download_url
from ...models.shadow.figures import LEAST, LOOKBACK, WITHIN, DataErrors, ShadowFigures

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
        acts = (
            (self.env._("Letters spared"), self.figures.spared),
            (self.env._("Every contact"), self.figures.acts),
        )
        for name, found in acts:
            yield name, self._act_columns(), self._acts(found)
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
            (self.env._("Paid on"), DAY),
        ]

    def _acts(self, acts):
        debtors = self.env["cobranza.debtor"].browse({act.debtor for act in acts})
        names = {one.id: one.display_name for one in debtors}
        levels = self.env["cobranza.policy.level"]
        channels = self.values["channels"]
        return [
            (
                act.day,
                names[act.debtor],
                channels.get(act.channel, act.channel),
                levels.browse(act.level).name,
                act.debts,
                act.amount,
                act.paid_on if act.settled else None,
            )
            for act in acts
        ]


class CobranzaShadowReport(models.TransientModel):
    """What the company would have done while nothing left: on the screen, as PDF and
    as a workbook."""

    _name = "cobranza.shadow.report"
    _description = "Shadow month"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    mode = fields.Selection(related="company_id.cobranza_mode")
    since = fields.Date(compute="_compute_days", string="From")
    until = fields.Date(compute="_compute_days", string="To")
    figures = fields.Html(compute="_compute_figures", sanitize=False)
    line_ids = fields.One2many("cobranza.shadow.report.line", "report_id")
    workbook = fields.Binary(readonly=True, attachment=False)
    workbook_name = fields.Char(readonly=True)

    @api.depends("company_id")
    def _compute_days(self):
        for report in self:
            company = report.company_id.sudo()  # the mode is no secret
            today = company._cobranza_today()
            report.since = company.cobranza_proposal_on or today
            live = company.cobranza_mode != "proposal" and company.cobranza_live_on
            report.until = live or today

    @api.depends("company_id")
    def _compute_display_name(self):
        for report in self:
            day = format_date(self.env, report.until)
            report.display_name = self.env._(
                "Shadow month of %(company)s until %(day)s",
                company=report.company_id.name,
                day=day,
            )

    @api.depends("company_id")
    def _compute_figures(self):
        for report in self:
            report.figures = self.env["ir.qweb"]._render(
                "cobranza_legal.shadow_figures", report._values()
            )

    def _values(self):
        """What the templates show."""
        self.ensure_one()
        figures = ShadowFigures(self.company_id, self.since, self.until)
        kinds = self.env["cobranza.charge"]._fields["kind"]
        channels = self.env["cobranza.shadow"]._fields["channel"]
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
        """The report of the present company, with what is wrong in its data now."""
        self.env["cobranza.shadow"].check_access("read")
        found = DataErrors(self.env.company).found()
        lines = [
            Command.create({"name": name, "debtor_ids": [Command.set(debtors.ids)]})
            for name, debtors in found
        ]
        report = self.create({"line_ids": lines})
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
            "cobranza_legal.action_cobranza_shadow"
        )
        domain = [
            ("company_id", "=", self.company_id.id),
            ("period_on", "=", self.since),
            ("day", "<=", self.until),
        ]
        return {**action, "domain": domain}

    def action_view_waiting(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_contact"
        )
        domain = [("state", "=", "planned"), ("released", "=", False)]
        domain.append(("company_id", "=", self.company_id.id))
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
