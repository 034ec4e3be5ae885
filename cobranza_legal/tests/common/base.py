import time
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from odoo import Command, fields
from odoo.sql_db import BaseCursor
from odoo.tests import HttpCase, TransactionCase, common, freeze_time, new_test_user
from odoo.tests.common import ChromeBrowser

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

from ...demo import books
from . import prepared

ROLES = {
    "collector": "cobranza_legal.group_collector",
    "manager": "cobranza_legal.group_collection_manager",
    "lawyer": "cobranza_legal.group_lawyer_own",
    "all_lawyer": "cobranza_legal.group_lawyer_all",
    "accountant": "cobranza_legal.group_accountant",
    "approver": "cobranza_legal.group_approver",
}


def untracked_terms(env, model, prefix):
    """The stored numbers and choices of a model that people write and whose change
    leaves no trace."""
    kinds = ("boolean", "date", "float", "integer", "monetary", "selection")
    return {
        name
        for name, field in env[model]._fields.items()
        if name.startswith(prefix)
        and field.type in kinds
        and field.store
        and not field.readonly
        and field.groups != fields.NO_ACCESS  # no user reaches it
        and not getattr(field, "tracking", None)
        and str(field._module).startswith("cobranza_legal")
    }


MANUAL = {"channel": "manual", "waits": False}
MONDAY = "2026-11-23"
NOON = f"{MONDAY} 12:00:00"
"""Where the clock of a test stands unless it says otherwise: UTC, a working day in
Chile (9:00) and in Spain (13:00), inside the office hours of both."""
BROWSER_CLOCK = """{
const machine = Date.now.bind(Date);
Date.now = () => machine() + %d;
Date = new Proxy(Date, {
    construct: (date, args, target) =>
        Reflect.construct(date, args.length ? args : [date.now()], target),
    apply: (date) => new date(date.now()).toString(),
});
}"""
"""What makes every page of a browser add so many milliseconds to the time of day."""


class FrozenBrowser(ChromeBrowser):
    """Odoo's browser, at the moment at which the test is when it is opened."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        answer = self._websocket_request(
            "Runtime.evaluate", params={"expression": "Date.now()"}
        )
        gap = time.time() * 1000 - answer["result"]["value"]
        script = {"source": BROWSER_CLOCK % gap}
        self._websocket_request("Page.addScriptToEvaluateOnNewDocument", params=script)


class FrozenCase(TransactionCase):
    """A case in which no clock runs: it is ``NOON`` from the set-up to the clean-up.

    ``@freeze_time`` on the class chooses another moment, ``with freeze_time(...)`` one
    for a while. ``create_date`` and ``write_date`` follow, which Odoo would take from
    PostgreSQL. An ``HttpCase`` and its browser start at ``NOON`` too, but their clocks
    tick: Odoo waits for the browser in loops that end by the clock only.
    """

    freeze_time = freeze_time(NOON)

    @classmethod
    def setUpClass(cls):
        if issubclass(cls, HttpCase) and cls.freeze_time is FrozenCase.freeze_time:
            cls.freeze_time = freeze_time(NOON, tick=True)
        super().setUpClass()
        browser = patch.object(common, "ChromeBrowser", FrozenBrowser)
        cls.startClassPatcher(browser)
        now = patch.object(BaseCursor, "now", lambda _cursor: datetime.now())
        cls.startClassPatcher(now)


class CobranzaCommon(AccountTestInvoicingCommon, FrozenCase):
    """A company with a small policy, and builders with defaults for everything else."""

    @classmethod
    def setUpClass(cls):  # pylint: disable=method-required-super
        cls._set_up_accounting()
        cls.company = cls.env.company
        cls.env["res.lang"]._activate_lang("en_US")
        cls.company.partner_id.write({"tz": "Europe/Madrid", "lang": "en_US"})
        groups = [cls.env.ref(ROLES[role]) for role in ("manager", "accountant")]
        # at once: each change clears the caches
        cls.env.user.group_ids = cls.env.user.group_ids.union(*groups)
        cls.partner_a.write({"email": "debtor.a@example.com", "is_company": True})
        cls.partner_b.write({"email": "debtor.b@example.com", "is_company": True})
        cls.policy = cls._policy((5, {}), (15, {"phase": "formal"}), (30, {}))
        cls.company.cobranza_policy_id = cls.policy
        # invoices are posted at the clock of the class, which is after most runs
        cls.company.cobranza_sent_check = "never"

    @classmethod
    def _set_up_accounting(cls):
        """Odoo's set-up: of that which scripts/test_companies.py has made for the chart
        of the class, as long as the class asks for nothing special; else anew."""
        if not prepared.is_usual(cls, CobranzaCommon):
            super().setUpClass()
            return
        super(BaseCommon, cls).setUpClass()
        company, chart = cls._shared_company(), cls._chart()
        if not (company and prepared.take(cls, company, chart)):
            with prepared.begun(cls):
                super().setUpClass()

    @classmethod
    def _chart(cls):
        """A country is asked for by its code, which is the name of its chart."""
        return cls.chart_template or (cls.country_code or "generic_coa").lower()

    @classmethod
    def _shared_company(cls):
        """The prepared company of the chart of the class, or None."""
        if not cls.env.registry.loaded:
            return None
        xmlid = f"__test__.company_{cls._chart()}"
        return cls.env.ref(xmlid, raise_if_not_found=False)

    @classmethod
    def _guarantee(cls, debtor, people, **vals):
        """Records of these partners, who answer for debts of ``debtor``: as simple
        guarantors of all of them from the beginning, unless told."""
        vals = {"capacity": "guarantor", "since": False, **vals}
        return cls.env["cobranza.obligor"].create(
            [{"debtor_id": debtor.id, "partner_id": one.id, **vals} for one in people]
        )

    @classmethod
    def _policy(cls, *levels, **vals):
        """A policy from (days, other values) of each level; manual unless told."""
        return cls.env["cobranza.policy"].create(
            {
                "name": "Test policy",
                "level_ids": [
                    Command.create(
                        {"name": f"Day {days}", "days": days, **MANUAL, **more}
                    )
                    for days, more in levels
                ],
                **vals,
            }
        )

    @classmethod
    def _invoice(cls, due="2026-10-05", amount=1000, partner=None, **vals):
        """A posted customer invoice of one instalment, without taxes."""
        return cls._create_invoice_one_line(
            price_unit=amount,
            tax_ids=[],
            partner_id=partner or cls.partner_a,
            invoice_date=vals.pop("invoice_date", "2026-09-01"),
            invoice_date_due=due,
            invoice_payment_term_id=vals.pop("invoice_payment_term_id", False),
            post=vals.pop("post", True),
            **vals,
        )

    @classmethod
    def _invoices(cls, partners, due="2026-10-05", amount=1000, post=True, **vals):
        """One ``_invoice`` of each of these partners, who may be there several times,
        made and posted in one go: one by one they cost five times as much."""
        line = {"name": "Work", "price_unit": amount, "tax_ids": False}
        moves = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": "2026-09-01",
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [Command.create(line)],
                    **vals,
                }
                for partner in partners
            ]
        )
        if post:
            moves.action_post()
        cls.env.flush_all()
        return moves

    @classmethod
    def _term(cls, *days):
        """A payment term in parts, so many days after the invoice: 100 %, 50 + 50 %,
        30 + 30 + 40 %."""
        return books.make_term(cls.company, "In parts", days, step=10)

    @classmethod
    def _prepay(cls, amount, day, partner=None, **vals):
        """Money of a customer that nobody has matched."""
        return books.receive(partner or cls.partner_a, amount, day, **vals)

    @classmethod
    def _book(cls, day, *rows, **vals):
        """A posted entry of these items: values, or (account, balance)."""
        rows = [
            row
            if isinstance(row, dict)
            else {"account_id": row[0].id, "balance": row[1]}
            for row in rows
        ]
        return books.make_entry(
            cls.company_data["default_journal_misc"], day, rows, **vals
        )

    @classmethod
    def _charge(cls, debt, kind="compensation", amount=40, day="2026-10-30", **vals):
        """A charge as an assessment leaves it."""
        vals = {
            "company_id": debt.company_id.id,
            "debtor_id": debt.debtor_id.id,
            "debt_id": debt.id,
            "move_id": debt.move_id.id,
            "kind": kind,
            "currency_id": debt.currency_id.id,
            "amount": amount,
            "base": 1000,
            "assessed_on": day,
            "article": "Law 1",
            "formula": str(amount),
            **vals,
        }
        if kind in ("interest", "indexation"):
            vals = {"period_from": "2026-10-06", "period_to": day, **vals}
        return cls.env["cobranza.charge"].sudo().create(vals).sudo(False)

    @classmethod
    def _run(cls, day, company=None):
        """The run of one day (ISO), at noon UTC."""
        company = company or cls.company
        with cls.at(day):
            return (
                cls.env["cobranza.run"]
                .sudo()
                .with_company(company)
                ._run_company(company)
            )

    @classmethod
    @contextmanager
    def at(cls, day):
        """The world at noon UTC of a day."""
        with freeze_time(f"{day} 12:00:00"):
            cls.env.invalidate_all()
            yield
        cls.env.invalidate_all()

    @classmethod
    def _debts(cls, moves):
        debts = cls.env["cobranza.debt"].search([("move_id", "in", moves.ids)])
        return debts.sorted(lambda debt: (debt.move_id.id, debt.instalment_no))

    @classmethod
    def _books_only(cls):
        """A user who books invoices and payments and has no right of the suite."""
        return new_test_user(
            cls.env,
            login="books_only",
            groups="account.group_account_invoice",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _role(cls, role, company=None):
        """A user who has this one role only."""
        return new_test_user(
            cls.env,
            login=f"{role}_{cls.__name__}".lower(),
            groups=ROLES[role],
            lang="en_US",
            company_id=(company or cls.company).id,
            company_ids=[Command.set((company or cls.company).ids)],
        )
