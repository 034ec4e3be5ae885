from odoo import fields
from odoo.tests import tagged

from ..common.base import CobranzaCommon

FIGURES = ("overdue", "not_due", "charge_amount", "total", "credit_amount")


@tagged("post_install", "-at_install")
class TestWorklist(CobranzaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(amount=1000, due="2026-10-01")
        cls._invoice(amount=300, due="2026-08-01", partner=cls.partner_b)
        cls.run_record = cls._run("2026-10-25")
        both = cls.partner_a | cls.partner_b
        cls.debtors = both.cobranza_debtor_ids

    def _search(self, *domain, order=None):
        own = [("id", "in", self.debtors.ids), *domain]
        with self.at("2026-10-25"):
            return self.env["cobranza.debtor"].search(own, order=order)

    def test_debtors_are_filtered_by_what_is_overdue(self):
        self.assertEqual(self._search(("overdue", ">", 500)), self.debtors[0])
        self.assertEqual(self._search(("days_late", ">", 60)), self.debtors[1])
        self.assertEqual(self._search(("overdue", "<=", 500)), self.debtors[1])
        self.assertFalse(self._search(("not_due", ">", 0)))

    def test_debtors_are_sorted_by_the_figures_of_the_moment(self):
        first, second = self.debtors
        self.assertEqual(self._search(order="overdue desc"), first + second)
        self.assertEqual(self._search(order="days_late desc"), second + first)
        self.assertEqual(self._search(order="oldest_due"), second + first)

    def test_a_page_of_the_list_asks_as_often_for_two_debtors_as_for_many(self):
        debtors = self.env["cobranza.debtor"]
        names = {name: {} for name in FIGURES}
        counts, partners = [], self.partner_a | self.partner_b
        for more in (0, 10):
            new = partners.browse()
            for number in range(more):
                new |= self.partner_a.copy({"name": f"Debtor {number}"})
            partners |= new
            self._invoices(new, "2026-10-01", 70)
            self._invoices(new, "2026-12-01", 30)
            self._run("2026-10-25")
            domain = [("partner_id", "in", partners.ids)]
            with self.at("2026-10-25"):
                for _warm in range(2):
                    self.env.invalidate_all()
                    before = self.env.cr.sql_log_count
                    found = debtors.web_search_read(domain, names, limit=80)
                    asked = self.env.cr.sql_log_count - before
            counts.append(asked)
        rows = found["records"]
        self.assertEqual(len(rows), 12)
        self.assertEqual(sum(row["overdue"] for row in rows), 1000 + 300 + 700)
        self.assertEqual(sum(row["not_due"] for row in rows), 300)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[1], 60)

    def test_debtors_are_sorted_by_a_figure_that_is_not_in_a_debt(self):
        self._invoice(amount=5000, due="2027-01-31", partner=self.partner_b)
        first, second = self.debtors
        self.assertEqual(self._search(order="not_due desc, id"), second + first)
        self.assertEqual(self._search(("not_due", ">", 4000)), second)

    def test_the_board_shows_every_phase_even_when_it_is_empty(self):
        debtors = self.env["cobranza.debtor"].with_context(read_group_expand=True)
        groups = debtors.web_read_group(
            [("id", "in", self.debtors.ids)], ["phase"], ["__count"]
        )["groups"]
        phases = {group["phase"] for group in groups}
        self.assertLessEqual({"reminder", "formal", "prejudicial", "judicial"}, phases)

    def test_the_worklist_says_what_a_planned_contact_waits_for(self):
        self.assertEqual(self.debtors[0].waiting, "proposal")

    def test_the_banner_counts_what_would_leave_and_names_the_newest_run(self):
        user = self._role("collector")
        banner = self.env["cobranza.debtor"].with_user(user).get_worklist_banner()
        self.assertEqual(banner["mode"], "proposal")
        self.assertGreaterEqual(banner["waiting"], 2)
        self.assertEqual(banner["run_id"], self.run_record.id)

    def test_the_banner_offers_the_rules_of_the_fiscal_country(self):
        module = self.env["ir.module.module"].create(
            {
                "name": "cobranza_legal_atlantis",
                "shortdesc": "Atlantis",
                "state": "uninstalled",
                "country_ids": self.company.account_fiscal_country_id.ids,
                "dependencies_id": [(0, 0, {"name": "cobranza_legal"})],
            }
        )
        banner = self.env["cobranza.debtor"].get_worklist_banner()
        self.assertEqual(banner["module"]["id"], module.id)
        module.state = "installed"
        banner = self.env["cobranza.debtor"].get_worklist_banner()
        self.assertFalse(banner["module"])

    def test_a_promise_of_the_debtor_starts_with_what_is_open(self):
        action = self.debtors[0].action_new_promise()
        self.assertEqual(action["context"]["default_amount"], 1000)
        self.assertEqual(
            action["context"]["default_debt_ids"], self.debtors[0].debt_ids.ids
        )

    def test_the_run_shows_what_waits_and_what_looks_unreconciled(self):
        self._prepay(50, fields.Date.today())
        run = self.run_record
        run.invalidate_recordset()
        self.assertEqual(run.waiting_count, len(run.shown_contact_ids))
        self.assertIn(self.debtors[0], run.unmatched_ids)
        self.assertNotIn(self.debtors[1], run.unmatched_ids)
        self.assertIn("Entered the policy", run.counts_html)

    def test_an_older_run_shows_only_its_own_contacts(self):
        older = self.run_record
        newer = self._run("2026-10-26")
        self.assertEqual(newer.shown_contact_ids, older.contact_ids)
        self.assertEqual(older.shown_contact_ids, older.contact_ids)
        self.assertEqual(newer.contact_count, 0)
