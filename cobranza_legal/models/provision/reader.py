"""What a run provides for: the open items of a day, by the one reader of them, with
what is known of each."""

from collections import defaultdict
from decimal import Decimal
from functools import cache

from odoo.fields import Domain
from odoo.tools import SQL

from ...kernel.money import round_to
from ...kernel.provision import ZERO, Claim, Provided, at_risk, provide
from ...kernel.vat_relief import left_share
from ..common.money import to_decimal, unit
from ..position.reader import PositionReader
from .booked import Booked
from .tax import TaxReader

HUNDRED = Decimal(100)


TAXES = """
    SELECT id, amount_tax::text, amount_total::text FROM account_move
     WHERE id = ANY(%s) AND amount_total <> 0
"""


ALLOWANCE = """
    SELECT COALESCE(-sum(l.balance), 0)::text FROM account_move_line l
     WHERE l.account_id = %s AND l.company_id = ANY(%s)
       AND l.parent_state = 'posted' AND l.date <= %s
"""


class ProvisionReader:
    """The lines of a run of one company, its branches included, on a day: a fixed
    number of queries for any number of debts. As superuser."""

    def __init__(self, company, day):
        self.env = company.env
        self.company, self.day = company, day
        self.step = unit(company.currency_id)
        self.scales = self.env["cobranza.provision.scale"]
        self.row = self.scales._of_day(company, day)
        self.scale = self.row._scale()
        self._bucket_words = cache(self.scales._bucket_words)

    def lines(self):
        """[values of ``cobranza.provision.line``], without the run, amounts as Decimal.
        UserError where the company has no scale."""
        everything = PositionReader(self.env, self.company, self.day).items()
        items = {item.line: item for item in everything}
        risk = at_risk(everything)
        self._read_facts([items[line] for line in risk])
        booked = self._read_booked()
        found = []
        for line, (open_, own) in risk.items():
            item = items[line]
            late = item.due < self.day or self._fixed(item)
            if line not in booked and (item.debt in self.ceded or not late):
                continue
            found.append(self._line(item, open_, own, booked.pop(line, ZERO)))
        found += self._gone(booked)
        found += self._others()
        self.tax = TaxReader(self, items, risk)
        return found

    def judge_tax(self, lines):
        """Add to ``lines``, as they were read, what the tax on profits lets be deducted
        of them; returns the values of the run about a general allowance."""
        self.tax.judge(lines)
        return self.tax.general

    # -- what is known of the items ----------------------------------------------------

    def _read_facts(self, items):
        env, company, day = self.env, self.company, self.day
        debts = [item.debt for item in items if item.debt]
        self.debtors = env["cobranza.debtor"].search_fetch(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", [item.partner for item in items if item.partner]),
            ],
            [
                *("partner_id", "regime", "related_party"),
                *("insolvent_on", "insolvency_kind", "charged_on"),
            ],
        )
        self.debtors = {one.partner_id.id: one for one in self.debtors}
        ceded = Domain("id", "in", debts) & Domain("ceded_on", "<=", day)
        ceded &= Domain("ceded_back_on", "=", False) | Domain("ceded_back_on", ">", day)
        self.ceded = set(env["cobranza.debt"].search(ceded).ids)
        self.shares = self._read_taxes({item.move for item in items})
        self._read_relieved(items)
        self.assessments = self._by_subject("cobranza.provision.assessment")
        self.insurances = self._by_subject("cobranza.credit.insurance")
        self.sued, self.sued_since = set(), {}
        for block in env["cobranza.block"]._blocks():
            self.sued |= block._claimed_in_court(debts, day)
            self.sued_since |= block._claimed_since(debts, day)
        about = [("debt_ids", "in", debts), ("state", "in", ("active", "breached"))]
        self.agreed = set(env["cobranza.agreement"].search(about).debt_ids.ids)
        about = [("debt_id", "in", debts), ("state", "=", "open")]
        self.disputed = set(env["cobranza.dispute"].search(about).debt_id.ids)
        self.treated = [
            (ids, company[name], company._fields[name]._description_string(env))
            for ids, name in (
                (self.sued, "cobranza_provision_sued"),
                (self.agreed, "cobranza_provision_agreed"),
                (self.disputed, "cobranza_provision_disputed"),
            )
        ]

    def _read_taxes(self, moves):
        """{document: the part of it that is tax which comes back}."""
        company = self.company
        frees = company._cobranza_rules()._provision_frees_tax()
        if not (company.cobranza_provision_net_of_tax and frees):
            return {}
        return self.tax_shares(moves)

    def tax_shares(self, moves):
        """{document: the part of it that is tax}."""
        rows = self.env.execute_query(SQL(TAXES, list(moves)))
        return {move: Decimal(tax) / Decimal(total) for move, tax, total in rows}

    def _read_relieved(self, items):
        """What of each document is no loss because its tax was given back already."""
        reliefs = self.env["cobranza.vat.relief"]
        open_of = defaultdict(Decimal)
        for item in items:
            open_of[item.move] += item.open_company
        relieved = reliefs._relieved(set(open_of))
        for move, (amount, settled) in relieved.items():
            net = self.shares.get(move, ZERO)
            self.shares[move] = left_share(net, open_of[move], amount, settled)

    def _by_subject(self, model):
        """{("debt", id) or ("debtor", id): the latest record in force}."""
        found = {}
        for one in self.env[model]._in_force(self.company, self.day):
            kind = "debt" if one.debt_id else "debtor"
            found[kind, (one.debt_id or one.debtor_id).id] = one
        return found

    def _about(self, known, item):
        debtor = self.debtors.get(item.partner)
        return known.get(("debt", item.debt)) or (
            known.get(("debtor", debtor.id)) if debtor else None
        )

    # -- what is booked ----------------------------------------------------------------

    def _read_booked(self):
        """{journal item: what is booked for it}, under the item that carries its debt
        now."""
        self.booked = Booked(self.company)
        return dict(self.booked.amounts)

    def _gone(self, booked):
        """Lines that release what was booked for what is open no more."""
        for carrier, amount in booked.items():
            row = self.booked.rows[carrier]
            yield {
                "debt_id": row.debt_id.id,
                "debtor_id": row.debtor_id.id,
                "partner_id": row.partner_id.id,
                "move_line_id": row.move_line_id.id,
                "document": row.document,
                "due_on": row.due_on,
                "days": (self.day - row.due_on).days if row.due_on else 0,
                "document_currency_id": row.document_currency_id.id,
                "bucket": self.env._("No longer open"),
                "booked": amount,
                "movement": -amount,
                "why": self.env._("Collected or written off since the last run."),
            }

    def _others(self):
        """A line that releases what stands on the account of the allowance and no run
        has booked; none where the company keeps it."""
        account = self.company._cobranza_provision_accounts()["allowance"]
        if not account or self.company.cobranza_provision_keep_other:
            return []
        self.env["account.move.line"].flush_model()
        query = SQL(ALLOWANCE, account.id, self.company._cobranza_tree(), self.day)
        [[balance]] = self.env.execute_query(query)
        other = round_to(Decimal(balance) - self.booked.total, self.step)
        if not other:
            return []
        return [
            {
                "document": account.display_name,
                "bucket": self.env._("Booked without a run"),
                "booked": other,
                "movement": -other,
                "why": self.env._(
                    "It stands on the account of the allowance, but no run booked it."
                ),
            }
        ]

    # -- one item ----------------------------------------------------------------------

    def _fixed(self, item):
        return self._about(self.assessments, item)

    def _excluded(self, item):
        """Why nothing is provided for an item by law or because it is not ours."""
        debtor = self.debtors.get(item.partner)
        if item.debt in self.ceded:
            return self.env._("Ceded: it is owed to somebody else.")
        if self.row.leaves_out_related and debtor and debtor.related_party:
            return self.env._("Related party: the scale is not for it.")
        if not self.row._is_for(debtor.regime if debtor else "unknown"):
            return self.env._("The scale is not for customers of its regime.")
        return ""

    def _line(self, item, open_, own, booked):
        percent, why, excluded = self._judged(item)
        insurance = self._about(self.insurances, item)
        covered = to_decimal(insurance.covered) / HUNDRED if insurance else ZERO
        tax = self.shares.get(item.move, ZERO)
        days = (self.day - item.due).days
        claim = Claim(item.line, days, own, tax, covered, percent, excluded)
        found = provide(claim, self.scale, self.step)
        debtor = self.debtors.get(item.partner)
        return {
            "debt_id": item.debt or False,
            "debtor_id": debtor.id if debtor else False,
            "partner_id": item.partner or False,
            "move_line_id": item.line,
            "document": item.document,
            "due_on": item.due,
            "days": days,
            "bucket": self._bucket_words(found.bucket),
            "first_day": found.bucket.first if found.bucket else 0,
            "document_currency_id": item.currency,
            "open_currency": open_,
            "open": round_to(own, self.step),
            "base": found.base,
            "percent": found.percent,
            "target": found.target,
            "booked": booked,
            "movement": found.target - booked,
            "why": self._words(found, why, insurance, tax),
            "sued": item.debt in self.sued,
        }

    def _judged(self, item):
        """(percentage of its own or None, why, why nothing is provided for it)."""
        excluded = self._excluded(item)
        if excluded:
            return None, excluded, excluded
        assessment = self._fixed(item)
        if assessment:
            why = self.env._(
                "Judged by %(user)s: %(reason)s",
                user=assessment.user_id.name,
                reason=assessment.reason,
            )
            return to_decimal(assessment.percent), why, ""
        for ids, how, label in self.treated:
            if item.debt in ids and how != "age":
                nothing = label if how == "none" else ""
                return (None if nothing else HUNDRED), label, nothing
        return None, "", ""

    def _words(self, found: Provided, why, insurance, tax):
        parts = [why]
        if not why:
            name = self._bucket_words(found.bucket)
            parts = [f"{name}: {found.percent.normalize():f} %"]
        if insurance:
            parts.append(
                self.env._(
                    "%(percent)s %% is paid by %(insurer)s",
                    percent=f"{insurance.covered:g}",
                    insurer=insurance.insurer_id.name,
                )
            )
        if tax:
            parts.append(self.env._("without the tax that comes back"))
        return "; ".join(filter(None, parts))
