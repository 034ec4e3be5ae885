import base64

from odoo import Command, api, fields, models
from odoo.tools import format_date

from ..models.files import download_url
from ..models.shadow_data import DataErrors
from ..models.shadow_figures import LEAST, LOOKBACK, WITHIN, ShadowFigures
from .shadow_xlsx import ShadowWorkbook

REPORT = "cobranza_legal.action_report_shadow"


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
