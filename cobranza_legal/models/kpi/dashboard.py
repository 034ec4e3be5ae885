"""The page of figures: what a role sees of a company, read at once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, LazyTranslate, format_date, format_datetime

from ..common.money import say_amount

_lt = LazyTranslate(__name__)


PERIODS = {
    "month": (_lt("This month"), "day", relativedelta(days=30)),
    "quarter": (_lt("This quarter"), "week", relativedelta(weeks=13)),
    "year": (_lt("This year"), "month", relativedelta(months=12)),
}
"""{code: (label, step of the trend, how far back it goes)}."""


MOST_APPROVALS = 20


NEWEST = """
    SELECT DISTINCT ON (code, date_trunc(%(step)s, day)) id
      FROM cobranza_kpi
     WHERE company_id = %(company)s AND code = ANY(%(codes)s) AND day > %(after)s
       AND %(whose)s
     ORDER BY code, date_trunc(%(step)s, day), day DESC, id
"""


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at. ``company`` is a root company, as superuser; ``since`` is the
    first day of the period, ``today`` its last. ``currency``: only what is in this
    currency, in it; None: all, in that of the company."""

    company: Any
    today: date
    since: date
    period: str
    currency: Any = None

    @property
    def step(self):
        """Of the trend: day, week or month."""
        return PERIODS[self.period][1]

    @property
    def after(self):
        """The day before the trend."""
        return self.today - PERIODS[self.period][2]

    def money(self, amount):
        """{value, text} of an amount in the currency that is looked at."""
        currency = self.currency or self.company.currency_id
        text = say_amount(self.company.env, amount, currency)
        return {"value": float(amount), "text": text}


class CobranzaDashboard(models.AbstractModel):
    """It stores nothing. Each tab is read by one call, in a fixed number of queries for
    any number of debtors, and the role is asked again at each."""

    _name = "cobranza.dashboard"
    _description = "Dashboard"

    # -- the page ----------------------------------------------------------------------

    @api.model
    def get_page(self):
        """The tabs, companies, periods and currencies among which the user chooses."""
        companies = self._companies()
        currencies = companies.currency_id | self._currencies_in_use(companies)
        return {
            "tabs": [
                {"code": row.code, "label": self.env._(row.label), "panel": row.panel}
                for row in self._tabs()
            ],
            "companies": [{"id": one.id, "label": one.name} for one in companies],
            "company": (
                self.env.company if self.env.company in companies else companies[:1]
            ).id,
            "periods": [
                {"code": code, "label": self.env._(row[0])}
                for code, row in PERIODS.items()
            ],
            "currencies": [{"id": one.id, "label": one.name} for one in currencies],
        }

    @api.model
    def read_tab(self, code, filters=None):
        """What a tab shows: {day, figures, approvals, data}, in words of the user.
        ``filters``: {company, period, currency}, each optional. AccessError without the
        role, and for a company that is none of the user's."""
        tab = self._tab(code)
        view = self._view(filters or {})
        return {
            "day": format_date(self.env, view.today, date_format="full"),
            "figures": self._figures(tab, view),
            "approvals": self._approvals(view),
            "data": getattr(self.env[tab.source], tab.read)(view),
        }

    @api.model
    def answer(self, approval_id, approved, reason=None):
        """Answer what waits for the present user, as ``cobranza.approval._answer``."""
        approval = self.env["cobranza.approval"].browse(approval_id).exists()
        if not approval or approval.state != "asked":
            raise UserError(self.env._("Somebody has answered it meanwhile."))
        approval._answer(bool(approved), reason or None)
        return True

    # -- who sees what -----------------------------------------------------------------

    @api.model
    def _tabs(self):
        off = self.env["cobranza.block"]._off_codes("cobranza.dashboard.tab")
        user = self.env.user
        return [
            row
            for code, row in self.env["cobranza.dashboard.tab"]._by_code().items()
            if code not in off and any(map(user.has_group, row.groups))
        ]

    def _tab(self, code):
        for row in self._tabs():
            if row.code == code:
                return row
        raise AccessError(self.env._("This page is for another role."))

    @api.model
    def _companies(self):
        """Those of the user that claim: figures are of whole companies."""
        return self.env.companies.filtered(lambda one: not one.parent_id)

    def _view(self, filters):
        companies = self._companies()
        wanted = filters.get("company") or self.env.company._cobranza_creditor_id()
        company = companies.filtered(lambda one: one.id == wanted)
        if not company:
            raise AccessError(
                self.env._("Choose a company that claims, at the top right, first.")
            )
        # sudo: figures of the whole company, for a role that sees its figures
        company = company.sudo().with_company(company)
        today = company._cobranza_today()
        period = filters.get("period")
        period = period if period in PERIODS else "month"
        first = {
            "month": today.replace(day=1),
            "quarter": date(today.year, (today.month - 1) // 3 * 3 + 1, 1),
            "year": date(today.year, 1, 1),
        }
        currencies = self.env["res.currency"].browse(filters.get("currency") or [])
        currency = currencies.exists() or None
        if currency == company.currency_id:
            currency = None
        return View(company, today, first[period], period, currency)

    def _currencies_in_use(self, companies):
        # sudo: in which currencies is claimed is no secret
        debts = self.env["cobranza.debt"].sudo()
        domain = [("company_id", "in", companies.ids)]
        groups = debts._read_group(domain, ["currency_id"])
        return self.env["res.currency"].union(*(one for (one,) in groups))

    # -- indicators --------------------------------------------------------------------

    def _figures(self, tab, view):
        """[card] of the indicators of a tab, with the trend of the period."""
        off = self.env["cobranza.block"]._off_codes("cobranza.kpi.indicator")
        indicators = self.env["cobranza.kpi.indicator"]
        codes = [one for one in indicators._where(tab=tab.code) if one not in off]
        kpis = self.env["cobranza.kpi"]
        kpis.flush_model()
        whose = SQL("user_id = %s", self.env.uid) if tab.own else SQL("split = ''")
        query = SQL(
            NEWEST,
            step=view.step,
            company=view.company.id,
            codes=codes,
            after=view.after,
            whose=whose,
        )
        ids = [row[0] for row in self.env.execute_query(query)]
        found = kpis.browse(ids)._filtered_access("read").grouped("code")
        return [self._card(found[code]) for code in codes if code in found]

    def _card(self, kpis):
        trend = kpis.sorted("day")
        newest = trend[-1]
        row = self.env["cobranza.kpi.indicator"]._row(newest.code)
        has_target = newest.standing != "none"
        return {
            "id": newest.id,
            "code": newest.code,
            "label": self.env._(row.label),
            "formula": newest.formula,
            "value": newest.value_words,
            "target": self._say_target(newest, row) if has_target else "",
            "standing": newest.standing,
            "standing_words": dict(
                newest._fields["standing"]._description_selection(self.env)
            ).get(newest.standing, ""),
            "day": format_date(self.env, newest.day),
            "split": newest.split_words or "",
            "behind": newest.has_list,
            "trend": [
                {
                    "day": format_date(self.env, one.day),
                    "value": one.value if one.measured else None,
                    "text": one.value_words,
                }
                for one in trend
            ],
            "goal": newest.target if has_target else None,
        }

    def _say_target(self, kpi, row):
        signs = {("lower", True): "<", ("lower", False): "≤"}
        signs |= {("higher", True): ">", ("higher", False): "≥"}
        sign = signs[row.better, row.strict]
        return f"{sign} {kpi._say(kpi.target)}"

    # -- approvals ---------------------------------------------------------------------

    def _approvals(self, view):
        """[what waits for the answer of the present user], the oldest first."""
        approvals = self.env["cobranza.approval"]
        if not approvals.has_access("read"):
            return []
        domain = [("state", "=", "asked"), ("company_id", "in", view.company.ids)]
        waiting = approvals.search(domain, order="asked_on, id")
        mine = waiting.filtered("may_answer")[:MOST_APPROVALS]
        return [self._approval(one) for one in mine]

    def _approval(self, approval):
        own = approval._is_own(self.env.user)
        amount = approval.currency_id and say_amount(
            self.env, approval.amount, approval.currency_id
        )
        return {
            "id": approval.id,
            "kind": self.env["cobranza.approval.kind"]._label(approval.kind),
            "subject": approval.subject,
            "amount": amount or "",
            "reason": approval.reason,
            "changes": approval.changes or "",
            # sudo: who asked is shown to who answers
            "asked": self.env._(
                "%(who)s, %(moment)s",
                who=approval.sudo().asked_by_id.name,
                moment=format_datetime(self.env, approval.asked_on, dt_format="short"),
            ),
            "alone": own,
            "barred": bool(own and approval._is_strict()),
        }

    # -- for panels --------------------------------------------------------------------

    @api.model
    def _list(self, name, domain, **options):
        """The action of one of our lists with a domain, without its usual filters."""
        action = self.env["ir.actions.act_window"]._for_xml_id(f"cobranza_legal.{name}")
        return {**action, "domain": domain, "context": {}, **options}
