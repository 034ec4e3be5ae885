"""What the direction sees: where the money stands, and what is to come."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ...kernel.kpi import percent
from ...kernel.owed import ZERO
from ..policy.level import PHASES
from ..position.reader import PositionReader
from ..position.words import span_label
from .forecast import WEEKS, monday_of

TOP = 8
"""Debtors that are named."""


STANDS = """
    SELECT t.partner, t.currency,
           CASE WHEN d.id = ANY(%(sued)s) THEN 'judicial'
                WHEN d.level > 0 THEN v.phase END AS phase,
           CASE WHEN t.own <= 0 OR NOT t.counts THEN NULL
                WHEN d.ceded_on <= %(today)s
                 AND (d.ceded_back_on IS NULL OR d.ceded_back_on > %(today)s) THEN NULL
                ELSE width_bucket(%(today)s - t.due, %(firsts)s::int[]) END AS bucket,
           sum(t.open)::text, sum(t.own)::text, count(*)
      FROM (%(table)s) t
      LEFT JOIN cobranza_debt d ON d.id = t.debt
      LEFT JOIN cobranza_policy_level v ON v.id = d.level_id
     GROUP BY 1, 2, 3, 4
"""


MAYBE_SUED = """
    SELECT DISTINCT d.id
      FROM cobranza_debt d
      JOIN cobranza_debt_assigned_rel a ON a.cobranza_debt_id = d.id
     WHERE d.company_id = %(company)s
     UNION
    SELECT d.id FROM cobranza_debt d
     WHERE d.company_id = %(company)s AND d.reason = ANY(%(reasons)s)
"""
"""Debts that a block may know of: asking it of a whole book would take long."""


RECOVERED = """
    SELECT s.currency_id, count(DISTINCT s.debt_id), sum(s.amount_currency)::text,
           sum(s.amount)::text
      FROM %(settlements)s s
      JOIN cobranza_debt d ON d.id = s.debt_id
     WHERE d.company_id = %(company)s AND d.level > 0 AND d.nature = 'principal'
       AND s.kind = ANY(%(kinds)s) AND s.date BETWEEN %(since)s AND %(today)s
       AND s.partial_id = ANY(ARRAY(
               SELECT id FROM account_partial_reconcile
                WHERE company_id = ANY(%(tree)s) AND max_date >= %(since)s))
       AND %(whose)s
     GROUP BY 1
"""


def recovered(view, whose=None):
    """(number of debts, amount) of what was collected in the period of debts that had
    reached a level. ``whose``: SQL condition on the debt ``d``."""
    company = view.company
    settlements = company.env["cobranza.settlement"]
    PositionReader(company.env, company, view.today).flush()
    query = SQL(
        RECOVERED,
        settlements=settlements._table_sql,
        company=company.id,
        kinds=list(settlements._kinds(collects=True)),
        since=view.since,
        today=view.today,
        tree=company._cobranza_tree(),
        whose=whose or SQL("TRUE"),
    )
    number, amount = 0, ZERO
    for currency, debts, in_currency, own in company.env.execute_query(query):
        if view.currency is None:
            number, amount = number + debts, amount + Decimal(own)
        elif currency == view.currency.id:
            number, amount = number + debts, amount + Decimal(in_currency)
    return number, amount


class Stands:
    """The open items of the whole book, summed by partner, phase and bucket."""

    def __init__(self, view):
        self.view = view
        self.company, self.env = view.company, view.company.env
        self.spans = self.company._cobranza_spans().spans

    @cached_property
    def rows(self):
        """[(partner id, phase, bucket or None, amount, items)]; None: what is on no
        bucket: credits, what is ceded, entries that are not followed."""
        query = SQL(
            STANDS,
            table=PositionReader(self.env, self.company, self.view.today).table(),
            today=self.view.today,
            firsts=[one.first for one in self.spans[1:]],
            sued=self._sued(),
        )
        rows, currency = [], self.view.currency
        for partner, in_currency, *key, amount, own, items in self.env.execute_query(
            query
        ):
            if currency is None:
                rows.append((partner, *key, Decimal(own), items))
            elif in_currency == currency.id:
                rows.append((partner, *key, Decimal(amount), items))
        return rows

    def _sued(self):
        reasons = self.env["cobranza.decision.reason"]._where(details="covered")
        query = SQL(MAYBE_SUED, company=self.company.id, reasons=list(reasons))
        ids = [one for (one,) in self.env.execute_query(query)]
        found = set()
        for block in self.env["cobranza.block"]._blocks() if ids else ():
            found |= block._claimed_in_court(ids, self.view.today)
        return sorted(found)

    @cached_property
    def total(self):
        """What is on a bucket."""
        return sum((row[3] for row in self.rows if row[2] is not None), ZERO)

    @cached_property
    def aside(self):
        """What is on none, mostly negative."""
        return sum((row[3] for row in self.rows if row[2] is None), ZERO)

    def by_phase(self):
        """{(phase or None, bucket): [amount, items]}."""
        sums = defaultdict(lambda: [ZERO, 0])
        for _partner, phase, bucket, amount, items in self.rows:
            if bucket is not None:
                found = sums[phase, bucket]
                found[0] += amount
                found[1] += items
        return sums

    def top(self):
        """[(partner id, amount)] of those who owe most, credits taken off."""
        sums = defaultdict(lambda: ZERO)
        for partner, _phase, _bucket, amount, _items in self.rows:
            sums[partner] += amount
        ranked = sorted(sums.items(), key=lambda one: (-one[1], one[0] or 0))
        return [one for one in ranked if one[0] and one[1] > 0][:TOP]


class CobranzaDashboardDirection(models.AbstractModel):
    _name = "cobranza.dashboard.direction"
    _description = "Dashboard of the direction"

    @api.model
    def _read(self, view):
        stands = Stands(view)
        return {
            "ageing": self._ageing(view, stands),
            "funnel": self._funnel(view, stands),
            "top": self._top(view, stands),
            "forecast": self._forecast(view),
        }

    # -- where it stands ---------------------------------------------------------------

    def _phases(self):
        """[(code or None, label)]: what is in no phase first."""
        labels = dict(
            self.env["cobranza.policy.level"]
            ._fields["phase"]
            ._description_selection(self.env)
        )
        return [
            (None, self.env._("Not claimed yet")),
            *((code, labels[code]) for code, _label in PHASES),
        ]

    def _ageing(self, view, stands):
        sums = stands.by_phase()
        return {
            "empty": not stands.rows,
            "total": view.money(stands.total),
            "aside": view.money(stands.aside) if stands.aside else False,
            "buckets": [span_label(self.env, one) for one in stands.spans],
            "phases": [
                {
                    "code": code or "",
                    "label": label,
                    "cells": [
                        view.money(sums[code, place][0])
                        for place in range(len(stands.spans))
                    ],
                }
                for code, label in self._phases()
            ],
        }

    def _funnel(self, view, stands):
        sums = defaultdict(lambda: [ZERO, 0])
        for (phase, _bucket), (amount, items) in stands.by_phase().items():
            sums[phase][0] += amount
            sums[phase][1] += items
        steps = [
            {
                "code": code,
                "label": label,
                "number": sums[code][1],
                **view.money(sums[code][0]),
            }
            for code, label in self._phases()
            if code
        ]
        number, amount = recovered(view)
        steps.append(
            {
                "code": "recovered",
                "label": self.env._(
                    "Recovered since %s", format_date(self.env, view.since)
                ),
                "number": number,
                **view.money(amount),
            }
        )
        return {"steps": steps, "empty": not any(one["number"] for one in steps)}

    def _top(self, view, stands):
        total = stands.total + stands.aside
        top = stands.top()
        # sudo: names of who owes, for a role that sees the figures of the company
        debtors = self.env["cobranza.debtor"].sudo()
        debtors = debtors.with_context(active_test=False).search(
            [
                ("company_id", "=", view.company.id),
                ("partner_id", "in", [partner for partner, _amount in top]),
            ]
        )
        known = {one.partner_id.id: one.id for one in debtors}
        partners = self.env["res.partner"].sudo().browse(one[0] for one in top)
        return [
            {
                "debtor": known.get(partner.id, 0),
                "name": partner.display_name,
                "share": self._percent(amount, total),
                "part": float(percent(amount, total) or 0),
                **view.money(amount),
            }
            for partner, (_id, amount) in zip(partners, top, strict=True)
        ]

    def _percent(self, part, whole):
        found = percent(part, whole)
        if found is None:
            return "–"
        return f"{formatLang(self.env, float(found), digits=1)}\N{NO-BREAK SPACE}%"

    # -- what is to come ---------------------------------------------------------------

    def _forecast(self, view):
        forecast = self.env["cobranza.forecast"].sudo()  # sudo: figures of a company
        first = monday_of(view.today)
        mondays = [first + timedelta(7 * place) for place in range(WEEKS)]
        found = forecast._read(view.company, view.today, first)
        labels = {one.code: self.env._(one.label) for one in forecast._sources()}
        sources = []
        for code, rows in found.items():
            sums = defaultdict(lambda: ZERO)
            for one in rows:
                if view.currency is None:
                    sums[monday_of(one.day)] += one.own
                elif one.currency == view.currency.id:
                    sums[monday_of(one.day)] += one.open
            sources.append(
                {
                    "code": code,
                    "label": labels[code],
                    "total": view.money(sum(sums.values(), ZERO)),
                    "cells": [view.money(sums[monday]) for monday in mondays],
                }
            )
        total = sum(one["total"]["value"] for one in sources)
        return {
            "weeks": [
                format_date(self.env, one, date_format="d MMM") for one in mondays
            ],
            "sources": sources,
            "total": view.money(total),
            "empty": not total,
            "hits": self._hits(view, forecast, first),
        }

    def _hits(self, view, forecast, first):
        """What was said of the weeks that are over, and what came; in the currency of
        the company, whichever is looked at. False: nothing was said of any."""
        mondays = [first - timedelta(7 * place) for place in range(WEEKS, 0, -1)]
        said = forecast._said(view.company, mondays)
        if not said:
            return False
        came = forecast._came(view.company, min(said), first - timedelta(1))
        own = type(view)(view.company, view.today, view.since, view.period)
        told = sum(said.values(), ZERO)
        got = sum((came[monday] for monday in said), ZERO)
        return {
            "rate": self._percent(got, told),
            "said": own.money(told),
            "came": own.money(got),
            "weeks": [
                {
                    "label": format_date(self.env, monday, date_format="d MMM"),
                    "said": own.money(said[monday]),
                    "came": own.money(came[monday]),
                }
                for monday in sorted(said)
            ],
        }

    # -- lists behind ------------------------------------------------------------------

    @api.model
    def open_behind(self, what, key, filters=None):
        """The action of the list behind a figure: of ``what`` (ageing, funnel,
        forecast) and its ``key``. AccessError without the role."""
        pages = self.env["cobranza.dashboard"]
        pages._tab("direction")
        view = pages._view(filters or {})
        return getattr(self, f"_behind_{what}")(view, key)

    def _of_phase(self, view, phase):
        """The debts in a phase: in judicial what is claimed before a court, whatever
        its level is."""
        domain = Domain("company_id", "=", view.company.id)
        domain &= Domain("settled", "=", False) & Domain("void_reason", "=", False)
        if view.currency:
            domain &= Domain("currency_id", "=", view.currency.id)
        sued = Domain("id", "in", Stands(view)._sued())
        own = Domain("level", ">", 0) & Domain("phase", "=", phase)
        return domain & (sued | own if phase == "judicial" else own & ~sued)

    def _behind_ageing(self, view, key):
        """``key``: phase and number of the bucket, with a "|"."""
        phase, _bar, place = key.partition("|")
        ageing = self.env["cobranza.ageing"].create(
            {"company_id": view.company.id, "on": view.today, "by": "phase"}
        )
        ageing.action_show()
        domain = Domain("bucket_id", "=", ageing.bucket_ids[int(place)].id)
        domain &= Domain("phase", "=", phase or False)
        if view.currency:
            domain &= Domain("currency_id", "=", view.currency.id)
        return ageing._show_items(domain)

    def _behind_funnel(self, view, key):
        pages = self.env["cobranza.dashboard"]
        if key != "recovered":
            domain = self._of_phase(view, key)
            return pages._list("action_cobranza_debt", list(domain))
        settlements = self.env["cobranza.settlement"]
        domain = Domain("debt_id.company_id", "=", view.company.id)
        domain &= Domain("debt_id.level", ">", 0)
        domain &= Domain("debt_id.nature", "=", "principal")
        domain &= Domain("kind", "in", list(settlements._kinds(collects=True)))
        domain &= Domain("date", ">=", view.since) & Domain("date", "<=", view.today)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recovered since %s", format_date(self.env, view.since)),
            "res_model": "cobranza.settlement",
            "views": [[False, "list"]],
            "domain": list(domain),
        }

    def _behind_forecast(self, view, key):
        forecast = self.env["cobranza.forecast"]
        until = monday_of(view.today) + timedelta(7 * WEEKS - 1)
        for row in forecast._sources():
            if row.code == key and row.behind:
                source = self.env[row.source]
                return getattr(source, row.behind)(view.company, view.today, until)
        return False
