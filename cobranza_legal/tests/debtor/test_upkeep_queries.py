from contextlib import suppress
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import tagged

from ...kernel.privacy import LogRetention
from ..common.charging import ChargeCommon
from ..common.queries import listed

FEW, MANY = 10, 220
"""Debtors; more than one statement writes."""
DAY = "2026-10-14"


class Undo(Exception):
    """Nothing of a measurement stays."""


@tagged("post_install", "-at_install")
class TestUpkeepQueries(ChargeCommon):
    """What the upkeep does with 220 debtors costs as many queries as with 10, but for
    the rows that are written a hundred at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(
            cls.registry["ir.cron"],
            "_commit_progress",
            lambda *_args, **_values: float("inf"),
        )
        cls._measure(2)  # the caches that live longer than a transaction
        cls.few, cls.many = cls._measure(FEW), cls._measure(MANY)

    # -- the measurements ----------------------------------------------------------

    @classmethod
    def _measure(cls, size):
        """{what: ``Queries``} of so many debtors, who are gone afterwards."""
        counts = {}
        with suppress(Undo), cls.env.cr.savepoint():
            cls.debts = cls._fill(size)
            for name in (
                "opt_outs",
                "coming_back",
                "unimputed",
                "judging",
                "holds",
                "promises",
                "retention",
            ):
                with suppress(Undo), cls.env.cr.savepoint(), cls.at(DAY):
                    do = getattr(cls, f"_{name}")()
                    cls.env.cr.flush()
                    cls.env.invalidate_all()
                    with listed(cls.env.cr) as counts[name]:
                        do()
                        cls.env.cr.flush()
                    raise Undo
                cls.env.invalidate_all(flush=False)
            raise Undo
        cls.env.invalidate_all(flush=False)
        return counts

    @classmethod
    def _fill(cls, size):
        """A debt of 1,000 of each of so many debtors."""
        partners = cls.env["res.partner"].create(
            [{"name": f"Debtor {n}", "is_company": True} for n in range(size)]
        )
        account = cls.company_data["default_account_receivable"].id
        rows = [
            {
                "account_id": account,
                "partner_id": one.id,
                "balance": 1000,
                "date_maturity": "2026-10-05",
                "no_followup": False,
            }
            for one in partners
        ]
        sale = cls.company_data["default_account_revenue"].id
        entry = cls._book(
            "2026-09-01", *rows, {"account_id": sale, "balance": -1000 * size}
        )
        entry.line_ids.no_followup = False
        cls._run("2026-10-11")
        debts = cls._debts(entry)
        assert len(debts) == size
        return debts

    @classmethod
    def _upkeep(cls, model, most=500):
        """The upkeep of a model until nothing is due."""
        engine = cls.env[model].sudo().with_company(cls.company)
        today = cls.company._cobranza_today()
        due = engine._upkeep_due(cls.company, today, most)
        assert due, model
        due._upkeep(today)
        assert not engine._upkeep_due(cls.company, today, most)

    @classmethod
    def _opt_outs(cls):
        cls.env["cobranza.opt.out"].create(
            [
                {
                    "debtor_id": debtor.id,
                    "channel": "email",
                    "since": "2026-10-01",
                    "until": "2026-10-12",
                    "reason": "On holiday",
                }
                for debtor in cls.debts.debtor_id
            ]
        )
        return lambda: cls._upkeep("cobranza.opt.out")

    @classmethod
    def _coming_back(cls):
        debtors = cls.debts.debtor_id.sudo()._through_gate()
        debtors.write({"active": False, "left_until": "2026-10-12"})
        return lambda: cls._upkeep("cobranza.debtor")

    @classmethod
    def _unimputed(cls):
        cls._pay(500)
        cls.debts.sudo()._through_gate().write({"unimputed_on": DAY})

        def do():
            with cls.law(interest=cls.terms()):
                cls._upkeep("cobranza.debt")

        return do

    @classmethod
    def _pay(cls, amount):
        """One entry in the bank pays so much of each debt."""
        lines = cls.debts.move_line_id
        account = lines.account_id.id
        rows = [
            {"account_id": account, "partner_id": one.partner_id.id, "balance": -amount}
            for one in lines
        ]
        bank = cls.company_data["default_journal_bank"]
        money = {
            "account_id": bank.default_account_id.id,
            "balance": amount * len(lines),
        }
        paid = cls._book(DAY, money, *rows, journal_id=bank.id).line_ids
        owed = lines.grouped("partner_id")
        plan = [one | owed[one.partner_id] for one in paid if one.balance < 0]
        cls.env["account.move.line"]._reconcile_plan(plan)

    @classmethod
    def _judging(cls):
        debtors = cls.env["cobranza.debtor"].sudo()
        debtors._judge_in_batches_of_companies(cls.company, "Settings were changed")
        return lambda: debtors._judge_marked(cls.company)

    @classmethod
    def _holds(cls):
        cls.env["cobranza.hold"].create(
            [
                {
                    "debtor_id": debtor.id,
                    "reason": "internal",
                    "date_from": "2026-10-11",
                    "date_to": "2026-10-12",
                }
                for debtor in cls.debts.debtor_id
            ]
        )
        return lambda: cls._upkeep("cobranza.hold")

    @classmethod
    def _promises(cls):
        cls.env["cobranza.promise"].create(
            [
                {
                    "debtor_id": debt.debtor_id.id,
                    "debt_ids": [Command.set(debt.ids)],
                    "amount": 10,
                    "made_on": "2026-10-01",
                    "promised_on": "2026-10-02",
                }
                for debt in cls.debts
            ]
        )
        return lambda: cls._upkeep("cobranza.promise")

    @classmethod
    def _retention(cls):
        """Of nobody the time is over: something was paid lately."""
        cls._pay(1000)
        long_ago = fields.Date.to_date(DAY) - relativedelta(years=3)
        cls.env["cobranza.contact"].sudo()._through_gate().create(
            [
                {
                    "company_id": cls.company.id,
                    "debtor_id": debtor.id,
                    "currency_id": cls.company.currency_id.id,
                    "channel": "manual",
                    "state": "sent",
                    "sent_at": fields.Datetime.to_datetime(long_ago),
                }
                for debtor in cls.debts.debtor_id
            ]
        )
        rules = cls.registry[cls.company._cobranza_rules()._name]
        law = LogRetention(2, 2, "Art. 37")

        def do():
            with patch.object(rules, "_log_retention", lambda *_args: law):
                cls._upkeep("cobranza.debtor")

        return do

    # -- what they must be ---------------------------------------------------------

    def test_the_upkeep_asks_as_often_for_many_as_for_few(self):
        for what, queries in self.many.items():
            few = self.few[what]
            said = f"{what}: {len(few)} and {len(queries)} queries\n{queries}"
            with self.subTest(what):
                writes = queries.writes - few.writes
                self.assertLess(len(queries) - len(few) - writes, 4, said)
                self.assertLessEqual(writes, 12, said)
