import json
from collections import deque
from contextlib import suppress
from functools import partial

from odoo.tests import tagged

from ..common.base import CobranzaCommon

FIRST = ("2026-10-06", 1)
SECOND = ("2026-10-20", 2)
"""A day and the level that is reached on it."""
EXPLAIN = {
    "log_min_duration": "0",
    "log_level": "notice",
    "log_format": "json",
    "log_analyze": "on",
    "log_timing": "off",
    "log_nested_statements": "on",
}
VISITED = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")


class Undo(Exception):
    """Nothing of a measurement stays."""


@tagged("post_install", "-at_install")
class TestGrowth(CobranzaCommon):
    """The work of a day grows with one debtor's items, not with their square, though
    the planner knows the tables as they were when they were empty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls._invoice(due="2027-01-01")

    def _debtor_of(self, count):
        """A partner with so many open invoices, copies of one by SQL."""
        name = f"Owes {count}"
        partner = self.env["res.partner"].create({"name": name, "is_company": True})
        self.env.flush_all()
        self.env.cr.execute(
            """CREATE TEMP TABLE grown ON COMMIT DROP AS
               SELECT nextval('account_move_id_seq')::int AS id, n
                 FROM generate_series(1, %s) n""",
            [count],
        )
        common = {"partner_id": str(partner.id), "commercial_partner_id": "partner_id"}
        names = {"name": f"'{name}/' || s.n", "sequence_number": "s.n"}
        prefix = {"sequence_prefix": f"'{name}/'"}
        own = {"id": "s.id", "commercial_partner_id": str(partner.id)}
        self._copy("account_move", self.template, {**common, **names, **prefix, **own})
        for line in self.template.line_ids:
            own = {"move_id": "s.id"}
            if line.display_type == "payment_term":
                own["date_maturity"] = "DATE '2026-10-01'"
            self._copy("account_move_line", line, {**common, **own})
        self.env.cr.execute("DROP TABLE grown")
        self.env.invalidate_all(flush=False)
        return partner

    def _copy(self, table, record, values):
        self.env.cr.execute(
            """SELECT column_name FROM information_schema.columns
                WHERE table_name = %s AND table_schema = 'public'""",
            [table],
        )
        names = [name for (name,) in self.env.cr.fetchall()]
        names = [name for name in names if name != "id" or "id" in values]
        columns = ", ".join(f'"{name}"' for name in names)
        chosen = ", ".join(values.get(name, f't."{name}"') for name in names)
        self.env.cr.execute(
            f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM {table} t, grown s "
            "WHERE t.id = %s ORDER BY s.n",
            [record.id],
        )

    def _visited(self, act):
        """How many rows the server visits while ``act`` runs: those that each node of
        each plan returned or threw away, those of foreign keys included."""
        connection = self.env.cr._cnx
        before, notices = connection.notices, deque()
        self.env.flush_all()
        connection.notices = notices
        try:
            for setting, value in EXPLAIN.items():
                self.env.cr.execute(f"SET LOCAL auto_explain.{setting} = {value}")
            act()
            self.env.flush_all()
        finally:
            self.env.cr.execute("SET LOCAL auto_explain.log_min_duration = -1")
            connection.notices = before
        plans = [one.partition("plan:\n")[2] for one in notices]
        visits = [self._rows(json.loads(plan)["Plan"]) for plan in plans if plan]
        self.assertTrue(visits, "The server explains nothing")
        return sum(visits)

    def _rows(self, node):
        own = sum(node.get(name, 0) for name in VISITED) * node["Actual Loops"]
        return own + sum(self._rows(part) for part in node.get("Plans", ()))

    def _day_by_day(self, count):
        """{day: rows visited by its run} for one debtor with so many items, who is gone
        afterwards."""
        visits = {}
        with suppress(Undo), self.env.cr.savepoint():
            partner = self._debtor_of(count)
            for day, level in (FIRST, SECOND):
                visits[day] = self._visited(partial(self._run, day))
                self.assertEqual(self._levels(partner), [(level, count)])
                self._do_acts()
            raise Undo
        return visits

    def _levels(self, partner):
        """[(level, number of debts that reached it)]."""
        of_partner = [("partner_id", "=", partner.id)]
        return self.env["cobranza.debt"]._read_group(of_partner, ["level"], ["__count"])

    def _do_acts(self):
        self.env.cr.execute("UPDATE cobranza_contact SET state = 'sent'")
        self.env.invalidate_all(flush=False)

    def test_a_debtor_of_four_times_the_items_is_four_times_the_work(self):
        self.env.cr.execute("LOAD 'auto_explain'")
        self._run(FIRST[0])
        few, many = self._day_by_day(250), self._day_by_day(1000)
        for day in few:
            self.assertLess(many[day], few[day] * 4 * 1.5, (few, many))
