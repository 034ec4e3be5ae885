from contextlib import contextmanager, suppress
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...models.contact import sending as handover
from ...models.run import run as engine
from ..common.contact import ContactCommon
from ..common.queries import listed

FIRST = date(2026, 11, 23)
EACH = 4
"""Debts of a debtor. INSERT takes a hundred records at a time, so debtors and contacts
of the larger book still fit in one."""
CROWD = 250
"""Debtors of one debt each: more than one statement writes."""


class Undo(Exception):
    """Nothing of a measurement stays."""


@tagged("post_install", "-at_install")
class TestQueryCount(ContactCommon):
    """The same work on 20 and on 200 debts asks the database as often; on 250 debtors
    it writes more often, a hundred rows at a time."""

    FIGURES = ("cobranza.behaviour", "cobranza.kpi")
    """What the upkeep measures once a day; counted apart from the upkeep."""

    OF_A_CROWD = (
        "first day",
        "further batch",
        "unchanged day",
        "all escalate",
        "upkeep",
        "figures",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.template = cls._invoice(due="2026-11-15")
        cls.classPatch(
            cls.registry["cobranza.rules"],
            "_debtor_regime",
            lambda _rules, partners: dict.fromkeys(partners.ids, "company"),
        )
        cls.classPatch(
            cls.registry["ir.cron"],
            "_commit_progress",
            lambda *_args, **_values: float("inf"),
        )
        cls.small, cls.large = cls._measure_warm(20), cls._measure_warm(200)
        cls.crowd = cls._measure_warm(CROWD, 1)

    # -- the measurements ----------------------------------------------------------

    @classmethod
    def _measure_warm(cls, size, each=EACH):
        """What ``_measure`` gives, whatever ran before: the caches that live longer
        than a transaction hold what the same work on a small book has left, no more.
        """
        cls.registry.clear_all_caches()
        cls._measure(EACH)
        return cls._measure(size, each)

    @classmethod
    def _measure(cls, size, each=EACH):
        """{what: ``Queries``} on a book of so many debts, ``each`` of them of one
        debtor, which is gone afterwards."""
        counts = {}
        with suppress(Undo), cls.env.cr.savepoint():
            cls._fill_book(size, each)
            cls._count_batch(counts, size)
            cls._count_run(counts, "first day", FIRST)
            cls._count_run(counts, "unchanged day", FIRST + timedelta(days=1))
            cls._count_sending(counts, size)
            cls._complete_steps()
            cls._count_run(counts, "all escalate", FIRST + timedelta(days=14))
            cls._count_upkeep(counts)
            raise Undo
        cls.env.invalidate_all(flush=False)
        return counts

    @classmethod
    @contextmanager
    def _counted(cls, counts, what):
        cls.env.flush_all()
        cls.env.invalidate_all()
        with listed(cls.env.cr) as counts[what]:
            yield
            cls.env.flush_all()

    @classmethod
    def _count_run(cls, counts, what, day):
        with cls.at(str(day)), cls._counted(counts, what):
            run = cls.env["cobranza.run"].sudo().with_company(cls.company)
            run._run_company(cls.company)

    @classmethod
    def _count_batch(cls, counts, size):
        """What the last of several batches of a first day asks, each of which finds the
        cache empty after the commit of the one before."""
        process = cls.registry["cobranza.run"]._process_batch

        def counted(run, partners, scope):
            with cls._counted(counts, "further batch"):
                process(run, partners, scope)

        with (
            suppress(Undo),
            cls.env.cr.savepoint(),
            patch.object(engine, "BATCH", max(size // 2, 1)),
            patch.object(cls.registry["cobranza.run"], "_process_batch", counted),
            cls.at(str(FIRST)),
        ):
            run = cls.env["cobranza.run"].sudo().with_company(cls.company)
            run._run_company(cls.company)
            raise Undo
        cls.env.invalidate_all(flush=False)

    @classmethod
    def _count_sending(cls, counts, size):
        """One batch is prepared: everything until the first message would leave."""
        model = cls.env["cobranza.contact"].sudo().with_company(cls.company)
        contacts = model.search([("state", "=", "planned")], limit=size // EACH)
        contacts = contacts[: 5 if size == 20 else 20]
        nothing = patch.object(cls.registry["cobranza.contact"], "_hand_over")
        kept = patch.object(handover, "commit", lambda env: env.flush_all())
        with nothing as leave, kept, cls.at(str(FIRST)), cls._counted(counts, "send"):
            model.browse(contacts.ids)._send_batch(cls.company, contacts)
        parcels = [one for call in leave.call_args_list for one in call.args[2]]
        assert len(parcels) == len(contacts) or size == EACH, contacts

    @classmethod
    def _count_upkeep(cls, counts):
        day = FIRST + timedelta(days=14)
        debtors = cls.env["cobranza.debtor"].search([])
        with cls.at(str(day)):
            cls._hold(debtors, day)
            cls._promise(debtors, day)
        with cls.at(str(day + timedelta(days=9))):
            figures = [
                patch.object(cls.registry[name], "_daily") for name in cls.FIGURES
            ]
            with (
                figures[0] as habits,
                figures[1] as snapshot,
                cls._counted(counts, "upkeep"),
            ):
                cls.env["cobranza.debtor"].sudo()._cron_upkeep()
            habits.assert_called()
            snapshot.assert_called()
            cls._count_figures(counts, day + timedelta(days=9))

    @classmethod
    def _count_figures(cls, counts, today):
        """What the upkeep of a company measures, of which the snapshot of a day."""
        with cls._counted(counts, "figures"):
            for name in cls.FIGURES:
                model = cls.company._cobranza_engine(cls.env[name].sudo())
                model._daily(cls.company, today)

    # -- the book ------------------------------------------------------------------

    @classmethod
    def _fill_book(cls, size, each):
        """Invoices as copies of one, by SQL: posting them would take minutes."""
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"Debtor {number}",
                    "email": f"debtor{number}@example.com",
                    "phone": "+34 600 000 000",
                    "lang": "en_US",
                    "is_company": True,
                }
                for number in range(size // each)
            ]
        )
        cls.env.flush_all()
        for number in range(size):
            cls._copy_invoice(partners[number // each], number)
        cls.env.invalidate_all(flush=False)

    @classmethod
    def _copy_invoice(cls, partner, number):
        values = {"name": f"'COPY/{number}'", "partner_id": str(partner.id)}
        values["sequence_number"] = str(number)
        values["sequence_prefix"] = "'COPY/'"
        move = cls._copy("account_move", cls.template.id, values)
        for line in cls.template.line_ids.ids:
            cls._copy(
                "account_move_line",
                line,
                {"move_id": str(move), "partner_id": str(partner.id)},
            )

    @classmethod
    def _copy(cls, table, row, values):
        cls.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        columns = [name for (name,) in cls.env.cr.fetchall() if name != "id"]
        listed = ", ".join(f'"{name}"' for name in columns)
        chosen = ", ".join(values.get(name, f'"{name}"') for name in columns)
        cls.env.cr.execute(
            f"INSERT INTO {table} ({listed}) SELECT {chosen} FROM {table} "
            "WHERE id = %s RETURNING id",
            [row],
        )
        return cls.env.cr.fetchone()[0]

    @classmethod
    def _complete_steps(cls):
        """Every act has been done; debtors are looked at again."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE cobranza_contact SET state = 'sent', sent_at = %s "
            "WHERE state = 'planned'",
            [fields.Datetime.to_datetime(FIRST)],
        )
        cls.env.cr.execute("UPDATE cobranza_debtor SET review_on = NULL")
        cls.env.invalidate_all(flush=False)

    @classmethod
    def _hold(cls, debtors, day):
        cls.env["cobranza.hold"].create(
            [
                {
                    "debtor_id": debtor.id,
                    "reason": "internal",
                    "date_from": day,
                    "date_to": day + timedelta(days=2),
                }
                for debtor in debtors
            ]
        )

    @classmethod
    def _promise(cls, debtors, day):
        cls.env["cobranza.promise"].create(
            [
                {
                    "debtor_id": debtor.id,
                    "debt_ids": [(6, 0, debtor.debt_ids[:1].ids)],
                    "amount": 10,
                    "made_on": day,
                    "promised_on": day + timedelta(days=2),
                }
                for debtor in debtors
            ]
        )

    # -- what they must be ---------------------------------------------------------

    def _check(self, what, most):
        small, large = self.small[what], self.large[what]
        asked = f"{what}: {len(small)} and {len(large)} queries\n{large}"
        # one or two may come from what the cache held; the limits leave three
        self.assertLess(len(large) - len(small), 3, f"for each record: {asked}")
        self.assertLessEqual(len(large), most, asked)
        if what in self.OF_A_CROWD:
            self._check_crowd(what, large)

    def _check_crowd(self, what, large):
        crowd = self.crowd[what]
        asked = f"{what}: {len(crowd)} of a crowd\n{crowd}"
        more = len(crowd) - crowd.writes - len(large) + large.writes
        self.assertLess(more, 3, f"for each debtor: {asked}")
        self.assertLessEqual(crowd.writes - large.writes, 14, asked)

    def test_the_first_day(self):
        self._check("first day", 41)

    def test_a_further_batch_of_the_first_day(self):
        self._check("further batch", 33)

    def test_a_day_on_which_nothing_changes(self):
        self._check("unchanged day", 13)

    def test_the_day_on_which_all_escalate(self):
        self._check("all escalate", 40)

    def test_a_batch_of_the_sender(self):
        self._check("send", 43)

    def test_the_upkeep(self):
        self._check("upkeep", 62)

    def test_the_figures_of_a_day(self):
        self._check("figures", 99)
