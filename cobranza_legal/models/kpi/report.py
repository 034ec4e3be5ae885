"""The monthly report to who directs, and the weekly list to who collects."""

import base64
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ...kernel.ageing import ASIDE, CREDIT
from ...kernel.chart import bars, line
from ..common.files import safe_name
from ..common.money import say_amount, to_decimal
from ..common.words import WAITING
from ..contact.odoo_mail import odoo_sends
from ..position.words import days_label
from .ageing import AgeingReader

REPORT = "cobranza_legal.action_report_kpi"
ZERO = Decimal(0)
TOP = 10
MONTHS = 12


TRENDS = ("dso", "overdue_rate", "effectiveness")
"""Indicators whose twelve months are drawn."""


WIDTH, HEIGHT = 300, 70


class CobranzaKpiReport(models.Model):
    """What happened in a month, for who directs, or what waits in a week, for one
    collector: made once, and kept as it was told. Of persons it keeps who they are,
    neither names nor words."""

    _name = "cobranza.kpi.report"
    _inherit = ("cobranza.gate.mixin", "cobranza.paper.mixin")
    _description = "Report of figures"
    _order = "until desc, kind, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [("month", "Month"), ("week", "Week of a collector")],
        required=True,
        readonly=True,
    )
    since = fields.Date("From", required=True, readonly=True)
    until = fields.Date("To", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Collector", readonly=True, index="btree_not_null"
    )
    figures = fields.Json(readonly=True)
    sent_at = fields.Datetime("Sent on", readonly=True)
    recipient_ids = fields.Many2many("res.users", readonly=True, string="Sent to")
    first_line = fields.Char("In short", compute="_compute_words")
    preview = fields.Html(compute="_compute_words", sanitize=False)

    _once = models.UniqueIndex(
        "(company_id, kind, since, COALESCE(user_id, 0))",
        "There is a report of these days already.",
    )

    @api.depends("kind", "since", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            if report.kind == "week":
                report.display_name = self.env._(
                    "Week of %(day)s · %(collector)s",
                    day=format_date(self.env, report.since),
                    collector=report.sudo().user_id.name or "",
                )
            else:
                month = format_date(self.env, report.since, date_format="MMMM y")
                report.display_name = self.env._(
                    "Collection in %(month)s · %(company)s",
                    month=month,
                    company=report.company_id.name,
                )

    @api.depends("figures", "kind")
    @api.depends_context("lang")
    def _compute_words(self):
        for report in self:
            report.first_line = report._say_first()
            template = f"cobranza_legal.kpi_report_{report.kind or 'month'}"
            report.preview = self.env["ir.qweb"]._render(template, {"doc": report})

    # -- making ------------------------------------------------------------------------

    @api.model
    def _daily(self, company, today):
        """The report of the month that is over, and on the first day of a week the
        lists of collectors, as far as the company has chosen whom to write and they
        were not made yet; as ``cobranza.block``."""
        if company.parent_id:
            return
        if company.cobranza_report_user_ids:
            first = today.replace(day=1) - relativedelta(months=1)
            if not self._known(company, "month", first):
                self._make_month(company, first)._send(company.cobranza_report_user_ids)
        if company.cobranza_weekly_list:
            monday = today - timedelta(today.weekday())
            known = self._known(company, "week", monday).user_id
            for report in self._make_week(company, monday, known):
                report._send(report.user_id)

    @api.model
    def _known(self, company, kind, since):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", kind),
                ("since", "=", since),
            ]
        )

    @api.model
    def _make_month(self, company, first):
        """The report of the month that begins on ``first`` and is over."""
        last = first + relativedelta(months=1, days=-1)
        kpis = self.env["cobranza.kpi"]
        taken = [("company_id", "=", company.id), ("day", "=", last)]
        if not kpis.search_count(taken, limit=1):
            kpis._take(company, last, backfilled=True)
        figures = {"decide": self._decide(company), **self._aged(company, last)}
        return self._through_gate().create(
            {
                "company_id": company.id,
                "kind": "month",
                "since": first,
                "until": last,
                "figures": figures,
            }
        )

    @api.model
    def _decide(self, company):
        """{what waits for somebody who decides: how many}."""
        own = [("company_id", "=", company.id)]
        pending = [*own, ("state", "=", "asked")]
        return {
            "approvals": self.env["cobranza.approval"].search_count(pending),
            "contacts": self.env["cobranza.contact"].search_count([*own, *WAITING]),
        }

    @api.model
    def _aged(self, company, day):
        """{"spans": [[first, last, amount]], "credits", "total", "debtors": [[partner
        id, amount overdue, share of all that is]]} as known on a day."""
        spans = company._cobranza_spans()
        sums, owed = [ZERO] * len(spans.spans), defaultdict(lambda: ZERO)
        credits = total = ZERO
        for one in AgeingReader(company, day, then=True).aged(spans):
            total += one.open_company
            if one.column == CREDIT:
                credits += one.open_company
            elif one.column not in ASIDE:
                sums[one.column] += one.open_company
                if one.column and one.item.partner:
                    owed[one.item.partner] += one.open_company
        late = sum(sums[1:], ZERO)
        first = sorted(owed.items(), key=lambda row: (-row[1], row[0]))[:TOP]
        return {
            "spans": [
                [span.first, span.last, str(amount)]
                for span, amount in zip(spans.spans, sums, strict=True)
            ],
            "credits": str(credits),
            "total": str(total),
            "debtors": [
                [partner, str(amount), str(round(amount / late, 4))]
                for partner, amount in first
            ],
        }

    @api.model
    def _make_week(self, company, monday, known):
        """The lists of the week that begins on ``monday`` of those collectors who have
        something to do and are not ``known``; a fixed number of queries to read."""
        found = defaultdict(lambda: {"broken": [], "due": [], "debtors": []})
        own = [("company_id", "=", company.id), ("debtor_id.user_id", "!=", False)]
        promises = self.env["cobranza.promise"]
        broken = [
            *own,
            *[("state", "=", "closed"), ("result", "=", "broken")],
            *[("closed_on", ">=", monday - timedelta(7)), ("closed_on", "<=", monday)],
        ]
        due = [
            *own,
            *[("state", "=", "open"), ("promised_on", "<=", monday + timedelta(6))],
        ]
        for name, domain in (("broken", broken), ("due", due)):
            for promise in promises.search(domain, order="promised_on, id"):
                found[promise.debtor_id.user_id][name].append(promise.id)
        debtors = self.env["cobranza.debtor"].search(
            [("company_id", "=", company.id), ("user_id", "!=", False)]
        )
        owed = debtors._read_principals()
        for debtor in debtors.sorted(lambda one: -owed[one.id].overdue):
            rows = found[debtor.user_id]["debtors"]
            if owed[debtor.id].overdue > 0 and len(rows) < TOP:
                rows.append([debtor.id, str(owed[debtor.id].overdue)])
        return self._through_gate().create(
            [
                {
                    "company_id": company.id,
                    "kind": "week",
                    "since": monday,
                    "until": monday + timedelta(6),
                    "user_id": user.id,
                    "figures": figures,
                }
                for user, figures in found.items()
                if user.active and user not in known and any(figures.values())
            ]
        )

    def _send(self, users):
        """Queue the mail to these users of ours; once."""
        self.ensure_one()
        users = users.filtered("email")
        if self.sent_at or not users:
            return
        company = self.company_id
        spoken = self.with_context(lang=self._lang_for(users))
        body = Markup("<p><strong>%s</strong></p>%s") % (
            spoken.first_line,
            spoken.preview if self.kind == "week" else "",
        )
        values = {
            "subject": spoken.display_name,
            "body_html": body,
            "body": body,
            "email_to": ", ".join(users.mapped("email_formatted")),
            "author_id": company.partner_id.id,
            "email_from": self.env["cobranza.channel.email"]._sender(company),
            "model": self._name,
            "res_id": self.id,
            "auto_delete": True,
        }
        mail = odoo_sends(self.env["mail.mail"]).create(values)
        if self.kind == "month":
            mail.attachment_ids = self._make_file(mail)
        now = fields.Datetime.now()
        self._through_gate().write({"sent_at": now, "recipient_ids": users.ids})

    def _lang_for(self, users):
        """The language of its reader, of several the company's own."""
        if len(users) == 1:
            return self.company_id._cobranza_lang(users.lang)
        return self._paper_lang()

    def _make_file(self, mail):
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            REPORT, self.ids
        )
        name = safe_name(self._document_title(), default="report", extension=".pdf")
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "datas": base64.b64encode(content),
                "res_model": mail._name,
                "res_id": mail.id,
            }
        )

    # -- buttons -----------------------------------------------------------------------

    @api.model
    def action_last_month(self):
        """The report of the month that is over, made now if it is not there yet."""
        self.check_access("read")
        if not self.env.user.has_group("cobranza_legal.group_collection_manager"):
            raise UserError(self.env._("A collection manager makes the report."))
        root = self.env.company._cobranza_creditor()
        company = root.sudo().with_company(root)
        first = company._cobranza_today().replace(day=1) - relativedelta(months=1)
        # sudo: the whole company, told to who may read its figures
        reports = self.sudo().with_company(root)
        report = reports._known(company, "month", first)
        report = report or reports._make_month(company, first)
        return report.sudo(False).get_formview_action()

    def action_print(self):
        self.ensure_one()
        return self.env.ref(REPORT).report_action(self, config=False)

    # -- words, for the templates ------------------------------------------------------

    def _document_title(self):
        """Title and file name of the PDF."""
        return self.with_context(lang=self._paper_lang()).display_name

    def _say(self, amount):
        return say_amount(self.env, amount, self.currency_id)

    def _rows(self):
        """[(``cobranza.kpi`` of the last day, that of the month before)] of the figures
        of the whole company."""
        before = self.since - timedelta(1)
        # sudo: who may read the report may read what it says
        kpis = self.env["cobranza.kpi"].sudo()
        domain = [("company_id", "=", self.company_id.id), ("split", "=", "")]
        now = kpis.search([*domain, ("day", "=", self.until)])
        then = kpis.search([*domain, ("day", "=", before)])
        old = {one.code: one for one in then}
        return [(one, old.get(one.code, kpis)) for one in now]

    def _value(self, kpi):
        """A figure with its unit; empty where nothing was measured."""
        if not kpi.measured:
            return ""
        if kpi.unit == "money":
            return self._say(kpi.value)
        words = {"days": self.env._("%s days"), "percent": "%s %%"}
        number = formatLang(self.env, kpi.value, 2)
        return words.get(kpi.unit, "%s") % number

    def _say_first(self):
        """What was recovered, what it cost and what is to be decided, in one line."""
        if self.kind == "week":
            figures = self.figures or {}
            return self.env._(
                "%(broken)s broken promises, %(due)s promises due, %(debtors)s debtors "
                "to call first.",
                **{name: len(figures.get(name, ())) for name in figures},
            )
        decide = (self.figures or {}).get("decide", {})
        money = {kpi.code: kpi.numerator for kpi, _before in self._rows()}
        unknown = self.env._("not measured")
        recovered, cost = money.get("recovered"), money.get("collection_cost")
        return self.env._(
            "Recovered: %(recovered)s. Cost: %(cost)s. To decide: %(approvals)s "
            "approvals, %(contacts)s contacts that wait for a release.",
            recovered=unknown if recovered is None else self._say(recovered),
            cost=unknown if cost is None else self._say(cost),
            approvals=decide.get("approvals", 0),
            contacts=decide.get("contacts", 0),
        )

    def _spans(self):
        """[(label, amount, kernel ``Bar``)] of the ageing."""
        rows = (self.figures or {}).get("spans", ())
        amounts = [Decimal(amount) for _first, _last, amount in rows]
        labels = [
            self.env._("Not due") if last == 0 else days_label(self.env, first, last)
            for first, last, _amount in rows
        ]
        return list(
            zip(labels, amounts, bars(amounts, WIDTH, 1), strict=True),
        )

    def _debtors(self):
        """[(name, amount, share in per cent)] of who owes most."""
        rows = (self.figures or {}).get("debtors", ())
        if self.kind == "week":
            # sudo: of the collector's own debtors
            debtors = self.env["cobranza.debtor"].sudo()
            names = debtors.browse([row[0] for row in rows]).exists()
        else:
            # sudo: names of who owes, for who may read the report
            partners = self.env["res.partner"].sudo()
            names = partners.browse([row[0] for row in rows]).exists()
        names = {one.id: one.display_name for one in names}
        return [
            (
                names.get(row[0], "–"),
                Decimal(row[1]),
                float(Decimal(row[2]) * 100) if len(row) > 2 else None,
            )
            for row in rows
        ]

    def _promises(self, name):
        """The promises of a week: broken, or due."""
        # sudo: of the collector's own debtors
        promises = self.env["cobranza.promise"].sudo()
        return promises.browse((self.figures or {}).get(name, ())).exists()

    def _trends(self):
        """[(label, points of the line for SVG, the last value in words)] of the figures
        of the last days of twelve months."""
        lasts = [
            self.since + relativedelta(months=1 - back, days=-1)
            for back in range(MONTHS - 1, -1, -1)
        ]
        kpis = self.env["cobranza.kpi"].sudo()  # sudo: as in ``_rows``
        found = kpis.search(
            [
                ("company_id", "=", self.company_id.id),
                *[("split", "=", ""), ("code", "in", TRENDS), ("day", "in", lasts)],
            ]
        )
        known = {(one.code, one.day): one for one in found if one.measured}
        rows = []
        for code in TRENDS:
            own = [known.get((code, day)) for day in lasts]
            values = [one and to_decimal(one.value) for one in own]
            points = line(values, WIDTH, HEIGHT)
            if points:
                label = self.env["cobranza.kpi.indicator"]._label(code)
                last = self._value(own[-1]) if own[-1] else ""
                path = " ".join(f"{x},{y}" for x, y in points)
                rows.append((label, path, points[-1], last))
        return rows
