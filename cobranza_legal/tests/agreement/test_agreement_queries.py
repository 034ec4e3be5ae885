from contextlib import suppress

from odoo import Command
from odoo.tests import tagged

from ..common.agreement import AgreementCommon
from ..common.queries import listed

SMALL, LARGE = 20, 200
RATE = 12


class Undo(Exception):
    """Nothing of a measurement stays."""


@tagged("post_install", "-at_install")
class TestAgreementQueries(AgreementCommon):
    """A night over 200 agreements asks the database as often as one over 20; what is
    made of them, mails and charges, is written a hundred rows at a time."""

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
        template = cls._invoice(amount=1200, due="2026-10-15")
        cls.env.flush_all()
        for number, partner in enumerate(partners):
            cls._copy_invoice(template, partner, number)
        cls.env.invalidate_all(flush=False)
        cls._run("2026-11-20")
        domain = [("debtor_id.partner_id", "in", partners.ids)]
        found = cls.env["cobranza.debt"].search(domain)
        found.debtor_id.write({"regime": "company", "regime_stated": True})
        first, *others = found
        cls.first = cls._running(
            debtor_id=first.debtor_id.id, debt_ids=[Command.set(first.ids)], count=4
        )
        cls.env.flush_all()
        for debt in others:
            cls._copy_agreement(debt)
        cls.env.invalidate_all(flush=False)
        cls.all = cls.env["cobranza.agreement"].search(
            [("state", "=", "active"), ("debt_ids", "in", found.ids)], order="id"
        )
        cls.counts = {size: cls._measure(cls.all[:size]) for size in (2, SMALL, LARGE)}

    @classmethod
    def _copy_invoice(cls, template, partner, number):
        """By SQL: posting them would take minutes."""
        values = {"name": f"'COPY/{number}'", "partner_id": partner.id}
        values |= {"sequence_number": number, "sequence_prefix": "'COPY/'"}
        move = cls._copied("account_move", template.id, **values)
        for line in template.line_ids.ids:
            owner = {"move_id": move, "partner_id": partner.id}
            cls._copied("account_move_line", line, **owner)

    @classmethod
    def _copy_agreement(cls, debt):
        """By SQL, too."""
        agreement = cls._copied(
            "cobranza_agreement",
            cls.first.id,
            name=f"'COPY/{debt.id}'",
            debtor_id=debt.debtor_id.id,
        )
        cls.env.cr.execute(
            "INSERT INTO cobranza_agreement_debt_rel "
            "(cobranza_agreement_id, cobranza_debt_id) VALUES (%s, %s)",
            [agreement, debt.id],
        )
        owner = {"agreement_id": agreement}
        table = "cobranza_agreement_line"
        cls._copied(table, cls.first.line_ids.id, **owner, debt_id=debt.id)
        for row in cls.first.instalment_ids:
            table = "cobranza_agreement_instalment"
            cls._copied(table, row.id, **owner, debtor_id=debt.debtor_id.id)

    @classmethod
    def _copied(cls, table, row, **values):
        cls.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        names = [name for (name,) in cls.env.cr.fetchall() if name != "id"]
        listed_names = ", ".join(f'"{name}"' for name in names)
        chosen = ", ".join(str(values.get(name, f'"{name}"')) for name in names)
        cls.env.cr.execute(
            f"INSERT INTO {table} ({listed_names}) SELECT {chosen} FROM {table} "
            "WHERE id = %s RETURNING id",
            [row],
        )
        return cls.env.cr.fetchone()[0]

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
                    for row in agreements.instalment_ids:
                        row._through_gate().sudo().write(
                            {"reminded_on": day, "interest": 0}
                        )
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
            self.assertLess(more, 3, asked)

    def test_what_is_made_is_written_a_hundred_rows_at_a_time(self):
        for what in ("reminded", "interest"):
            more, asked = self._more(what)
            self.assertLess(more, 20, asked)

    def test_all_were_judged(self):
        self.assertEqual(len(self.all), LARGE)
