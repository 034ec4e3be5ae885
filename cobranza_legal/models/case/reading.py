"""What verdict and risk of cases are made of, read of many cases at once."""

from collections import Counter
from functools import cached_property

from odoo import fields
from odoo.fields import Domain

from ...kernel.errors import MissingValue, NoSuchRule
from ..common.checklist import DocumentChecklist
from ..limitation.reader import LimitationReader

YEAR = 365
"""Days for which what came back and what was broken counts."""


class CaseReading:
    """What is known on a day about the debts and the debtors of cases of one company,
    by a number of queries that does not grow with them; read when it is asked for. As
    superuser.

    It is used within one act: it does not notice what changes afterwards.
    """

    def __init__(self, cases, day=None):
        self.cases = cases.sudo()
        self.env = self.cases.env
        self.company = self.cases.company_id
        self.day = day or self.company._cobranza_today()
        self.since = fields.Date.add(self.day, days=-YEAR)
        self.debts = self.cases.debt_ids
        self.debtors = self.cases.debtor_id

    @classmethod
    def of(cls, cases):
        """[(case, its reading)] of cases of any companies, today."""
        return [
            (case, reading)
            for _company, own in cases.grouped("company_id").items()
            for reading in [cls(own)]
            for case in own
        ]

    # -- the law -----------------------------------------------------------------------

    @cached_property
    def procedures(self):
        """{procedure in force: its ``kernel.procedure.Procedure``, or the error that
        says which legal value lacks}."""
        table = self.company._cobranza_legal_table(self.day, self.day)
        found = {}
        for row in self.env["cobranza.proceeding.type"]._on(self.company, self.day):
            try:
                found[row] = row._kernel(table, self.day)
            except (MissingValue, NoSuchRule) as error:
                found[row] = error
        return found

    # -- debts -------------------------------------------------------------------------

    @cached_property
    def checklist(self):
        return DocumentChecklist(self.env, self.company, self.day)

    @cached_property
    def lacking(self):
        """{debt id: [id of a type]} of the documents that are required and lack."""
        return self.checklist.of_debts([("id", "in", self.debts.ids)])

    @cached_property
    def limits(self):
        """{debt id: [``limitation.reader.Answer``]}."""
        return LimitationReader(self.company).answers(self.debts)

    @cached_property
    def disputed(self):
        """As ``_disputed_amounts`` of disputes says."""
        return self.env["cobranza.dispute"]._disputed_amounts(self.debts.ids)

    # -- debtors -----------------------------------------------------------------------

    @property
    def _of_debtors(self):
        return Domain("debtor_id", "in", self.debtors.ids)

    @cached_property
    def returned(self):
        """{debtor: entries of the last year that were undone}."""
        undone = self.env["cobranza.settlement.undone"].search_fetch(
            [
                ("debt_id.debtor_id", "in", self.debtors.ids),
                ("undone_on", ">=", self.since),
            ],
            ["debt_id", "move_id"],
        )
        own = undone.grouped(lambda one: one.debt_id.debtor_id)
        return Counter({debtor: len(rows.move_id) for debtor, rows in own.items()})

    @cached_property
    def broken(self):
        """{debtor: promises and agreements that were broken in the last year}."""
        found = Counter()
        broken = Domain("result", "=", "broken") & Domain("closed_on", ">=", self.since)
        breached = Domain("breached_on", ">=", self.since)
        for model, domain in (
            ("cobranza.promise", broken),
            ("cobranza.agreement", breached),
        ):
            found.update(
                dict(
                    self.env[model]._read_group(
                        self._of_debtors & domain, ["debtor_id"], ["__count"]
                    )
                )
            )
        return found

    @cached_property
    def last_paid(self):
        """{debtor: the last day on which something of its debts was paid}."""
        settlements = self.env["cobranza.settlement"]
        kinds = settlements._kinds(collects=True)
        rows = settlements._read_group(
            [("debt_id.debtor_id", "in", self.debtors.ids), ("kind", "in", kinds)],
            ["debt_id"],
            ["date:max"],
        )
        found = {}
        for debt, day in rows:
            known = found.get(debt.debtor_id)
            found[debt.debtor_id] = max(day, known) if known else day
        return found

    @cached_property
    def last_answer(self):
        """{debtor: the last moment at which it answered}."""
        domain = self._of_debtors & Domain("direction", "=", "inbound")
        domain &= Domain("sent_at", "!=", False)
        rows = self.env["cobranza.contact"]._read_group(
            domain, ["debtor_id"], ["sent_at:max"]
        )
        return dict(rows)
