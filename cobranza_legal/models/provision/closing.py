"""What should be done before a period is closed."""

from collections import Counter
from dataclasses import dataclass, field

from odoo.fields import Domain
from odoo.tools import format_date

from ..position.reader import PositionReader
from .rules import ROLES


@dataclass(frozen=True, slots=True)
class Check:
    """``done``: nothing is left to do. ``model`` and ``domain`` say where what is left
    is mended, or ``action``, the external id of an action."""

    code: str
    label: str
    done: bool
    detail: str = ""
    model: str = ""
    domain: list = field(default_factory=list)
    action: str = ""


class Closing:
    """The checks of the block of provisions about a company on a day. As superuser."""

    def __init__(self, company, day):
        self.env, self.company, self.day = company.env, company, day
        self.tree = company._cobranza_tree()
        runs = self.env["cobranza.provision.run"]
        self.run = runs.search(
            [
                ("company_id", "=", company.id),
                ("day", "=", day),
                ("state", "=", "posted"),
            ],
            limit=1,
        )

    def checks(self):
        """[Check], in the order in which they are done."""
        return [
            self._bank(),
            self._statement_lines(),
            self._payments(),
            self._drafts(),
            self._accounts(),
            self._posted(),
            self._reclassified(),
            self._evidence(),
            self._insurance(),
            self._reliefs(),
        ]

    def _count(self, count):
        return self.env._("%s left", count) if count else ""

    def _bank(self):
        contacts = self.env["cobranza.contact"]
        newest = contacts._newest_bank_day(self.company)
        detail = self.env._("There is no bank entry yet.")
        if newest:
            detail = self.env._(
                "The newest bank entry is of %s.", format_date(self.env, newest)
            )
        return Check(
            "bank",
            self.env._("The bank is booked up to the day"),
            bool(newest and newest >= self.day),
            detail,
            action="account.open_account_journal_dashboard_kanban",
        )

    def _statement_lines(self):
        domain = Domain("company_id", "in", self.tree)
        domain &= Domain("date", "<=", self.day) & Domain("is_reconciled", "=", False)
        domain &= Domain("state", "=", "posted")
        return self._open_records(
            "statement_lines",
            self.env._("Bank statement lines are reconciled"),
            "account.bank.statement.line",
            domain,
        )

    def _payments(self):
        items = PositionReader(self.env, self.company, self.day).items()
        loose = [one.line for one in items if one.kind == "payment" and one.open < 0]
        return self._open_records(
            "payments",
            self.env._("Payments of customers are matched"),
            "account.move.line",
            Domain("id", "in", loose),
            len(loose),
        )

    def _drafts(self):
        domain = Domain("company_id", "in", self.tree) & Domain("state", "=", "draft")
        domain &= Domain("move_type", "in", ("out_invoice", "out_refund"))
        domain &= Domain("invoice_date", "<=", self.day) | (
            Domain("invoice_date", "=", False) & Domain("date", "<=", self.day)
        )
        return self._open_records(
            "drafts",
            self.env._("No invoice of the period is a draft"),
            "account.move",
            domain,
        )

    def _open_records(self, code, label, model, domain, count=None):
        if count is None:
            count = self.env[model].search_count(domain)
        return Check(
            code, label, not count, self._count(count), model, list(Domain(domain))
        )

    def _accounts(self):
        lacking = self.company._cobranza_lacking_accounts(ROLES)
        return Check(
            "accounts",
            self.env._("The chart has the accounts"),
            not lacking,
            ", ".join(
                one.code if one else self.company._cobranza_role_label(role)
                for role, one in lacking.items()
            ),
            action="account.action_account_config",
        )

    def _posted(self):
        return Check(
            "run",
            self.env._("The provisions of the day are posted"),
            bool(self.run),
            self.run.display_name if self.run else "",
            action="cobranza_legal.action_cobranza_provision_run",
        )

    def _reclassified(self):
        done = bool(self.run.reclass_move_id) or (self.run and not self.run.target)
        return Check(
            "reclassified",
            self.env._("Doubtful customers are reclassified"),
            bool(done),
            model="cobranza.provision.run",
            domain=[("id", "in", self.run.ids)],
        )

    def _evidence(self):
        lines = self.run.line_ids.filtered("tax_lacking")
        return Check(
            "evidence",
            self.env._("No evidence is missing for the tax"),
            bool(self.run) and not lines,
            self._count(len(lines)),
            "cobranza.provision.line",
            [("id", "in", lines.ids)],
        )

    def _insurance(self):
        insurances = self.env["cobranza.credit.insurance"]
        due = insurances._due_to_declare(self.company, self.day)
        counts = Counter(one.id for one, debts in due.items() if debts)
        return Check(
            "insurance",
            self.env._("Nothing is to be declared to an insurer"),
            not counts,
            self._count(len(counts)),
            "cobranza.credit.insurance",
            [("id", "in", list(counts))],
        )

    def _reliefs(self):
        domain = Domain("company_id", "=", self.company.id)
        domain &= Domain("state", "=", "watched") & Domain("blocked", "=", False)
        domain &= Domain("opens_on", "<=", self.day)
        domain &= Domain("closes_on", ">=", self.day)
        return self._open_records(
            "reliefs",
            self.env._("No window of a tax relief is open"),
            "cobranza.vat.relief",
            domain,
        )
