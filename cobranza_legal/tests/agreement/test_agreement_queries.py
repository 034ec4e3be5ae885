from contextlib import suppress

from odoo import Command
from odoo.tests import tagged

from ..common.agreement import AgreementCommon
from ..common.queries import listed

SMALL, LARGE = 20, 500
ROWS = 100
"""What Odoo writes in one statement."""
RATE = 12


class Undo(Exception):
    """Nothing of a measurement stays."""


@tagged("post_install", "-at_install")
class TestAgreementQueries(AgreementCommon):
    """A night over 500 agreements asks the database as often as one over 20; what is
    written of them, days, mails and charges, goes a hundred rows at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms.write({"rate_kind": "fixed", "rate": RATE})
        partners = cls.env["res.partner"].create(
            [
                {"name": f"Debtor {number}", "email": f"d{number}@example.com"}
                for number in range(LARGE)
            ]
        )
        cls._copy_invoice(cls._invoice(amount=1200, due="2026-10-15"), partners)
        cls._run("2026-11-20")
        domain = [("debtor_id.partner_id", "in", partners.ids)]
        found = cls.env["cobranza.debt"].search(domain)
        cls.env.cr.execute(
            "UPDATE cobranza_debtor SET regime = 'company', regime_stated = true "
            "WHERE id = ANY(%s)",
            [found.debtor_id.ids],
        )
        cls.env.invalidate_all()
        first, *others = found
        cls.first = cls._running(
            debtor_id=first.debtor_id.id, debt_ids=[Command.set(first.ids)], count=4
        )
        cls._copy_agreement(found.browse(one.id for one in others))
        cls.all = cls.env["cobranza.agreement"].search(
            [("state", "=", "active"), ("debt_ids", "in", found.ids)], order="id"
        )
        cls.counts = {size: cls._measure(cls.all[:size]) for size in (2, SMALL, LARGE)}

    @classmethod
    def _copy_invoice(cls, template, partners):
        """One for each partner, by SQL: posting them would take minutes."""
        numbers = [*range(1, len(partners) + 1)]
        moves = cls._copied(
            "account_move",
            template.id,
            name=[f"COPY/{number}" for number in numbers],
            sequence_prefix=["COPY/"] * len(numbers),
            sequence_number=numbers,
            partner_id=partners.ids,
        )
        for line in template.line_ids.ids:
            owner = {"move_id": moves, "partner_id": partners.ids}
            cls._copied("account_move_line", line, **owner)
        cls.env.invalidate_all(flush=False)

    @classmethod
    def _copy_agreement(cls, debts):
        """The first agreement about each of these debts instead, by SQL, too."""
        debtors = [debt.debtor_id.id for debt in debts]
        agreements = cls._copied(
            "cobranza_agreement",
            cls.first.id,
            name=[f"COPY/{debt}" for debt in debts.ids],
            debtor_id=debtors,
        )
        cls.env.cr.execute(
            "INSERT INTO cobranza_agreement_debt_rel "
            "(cobranza_agreement_id, cobranza_debt_id) SELECT * FROM unnest(%s, %s)",
            [agreements, debts.ids],
        )
        owner = {"agreement_id": agreements}
        table = "cobranza_agreement_line"
        cls._copied(table, cls.first.line_ids.id, **owner, debt_id=debts.ids)
        for row in cls.first.instalment_ids.ids:
            table = "cobranza_agreement_instalment"
            cls._copied(table, row, **owner, debtor_id=debtors)
        cls.env.invalidate_all(flush=False)

    @classmethod
    def _copied(cls, table, row, **values):
        """Ids of copies of a row, one for each value of the lists in ``values``."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "SELECT column_name, quote_ident(column_name) "
            "FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        names = {name: said for name, said in cls.env.cr.fetchall() if name != "id"}
        chosen = [f"{'v' if name in values else 't'}.{names[name]}" for name in names]
        cls.env.cr.execute(
            f"INSERT INTO {table} ({', '.join(names.values())}) "
            f"SELECT {', '.join(chosen)} FROM {table} t, "
            f"unnest({', '.join(['%s'] * len(values))}) AS v ({', '.join(values)}) "
            "WHERE t.id = %s RETURNING id",
            [*values.values(), row],
        )
        return [number for (number,) in cls.env.cr.fetchall()]

    @classmethod
    def _measure(cls, agreements):
        """{what: number of queries} of the night of some days over these."""
        found = {}
        for what, day in (
            ("quiet", "2026-12-10"),
            ("reminded", "2026-12-20"),
            ("interest", "2026-12-23"),
            ("missed", "2026-12-24"),
        ):
            with suppress(Undo), cls.env.cr.savepoint(), cls.at(day):
                if what == "missed":
                    rows = agreements.sudo().instalment_ids._through_gate()
                    rows.write({"reminded_on": day, "interest": 0})
                cls.env.flush_all()
                cls.env.invalidate_all()
                with listed(cls.env.cr) as queries:
                    agreements.sudo()._upkeep(cls.company._cobranza_today())
                    cls.env.flush_all()
                found[what] = queries
                raise Undo
            cls.env.invalidate_all(flush=False)
        return found

    def _more(self, what):
        few, many = (self.counts[size][what] for size in (SMALL, LARGE))
        return len(many) - len(few), f"{what}: {len(few)} → {len(many)}\n{many}"

    def test_a_night_asks_as_often_for_many_as_for_few(self):
        for what in ("quiet", "missed"):
            more, asked = self._more(what)
            self.assertLessEqual(more, LARGE / ROWS, asked)  # the next day of each

    def test_what_is_made_is_written_a_hundred_rows_at_a_time(self):
        for what in ("reminded", "interest"):
            more, asked = self._more(what)
            # charges, mails, what is logged of both, the next day of each
            self.assertLessEqual(more, 5 * LARGE / ROWS, asked)

    def test_all_were_judged(self):
        self.assertEqual(len(self.all), LARGE)
