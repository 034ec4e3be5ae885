from contextlib import contextmanager

from odoo import Command
from odoo.tests import freeze_time, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

ROLES = {
    "collector": "cobranza_legal.group_collector",
    "manager": "cobranza_legal.group_collection_manager",
    "lawyer": "cobranza_legal.group_lawyer_own",
    "all_lawyer": "cobranza_legal.group_lawyer_all",
    "accountant": "cobranza_legal.group_accountant",
    "approver": "cobranza_legal.group_approver",
}
MANUAL = {"channel": "manual", "waits": False}


class CobranzaCommon(AccountTestInvoicingCommon):
    """A company with a small policy, and builders with defaults for everything else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.env["res.lang"]._activate_lang("en_US")
        cls.company.partner_id.write({"tz": "Europe/Madrid", "lang": "en_US"})
        cls.env.user.group_ids |= cls.env.ref(ROLES["manager"])
        cls.env.user.group_ids |= cls.env.ref(ROLES["accountant"])
        cls.partner_a.write({"email": "debtor.a@example.com", "is_company": True})
        cls.partner_b.write({"email": "debtor.b@example.com", "is_company": True})
        cls.policy = cls._policy((5, {}), (15, {"phase": "formal"}), (30, {}))
        cls.company.cobranza_policy_id = cls.policy

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
    def _term(cls, *days):
        """A payment term in parts, so many days after the invoice: 100 %, 50 + 50 %,
        30 + 30 + 40 %."""
        part = 100 // len(days) // 10 * 10
        lines = [{"value": "percent", "value_amount": part, "nb_days": n} for n in days]
        lines[-1]["value_amount"] = 100 - part * (len(days) - 1)
        return cls.env["account.payment.term"].create(
            {"name": "In parts", "line_ids": [Command.create(line) for line in lines]}
        )

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
