from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.write_off import WriteOffStories

from .common import ChartCommon, SpainCommon
from .test_listing import ListingCommon


class WriteOffSpain(WriteOffStories):
    def _debt(self, due="2023-10-05", amount=1000, **vals):
        vals = {"invoice_date": "2023-09-01", **vals}
        move = self._invoice(due, amount, self.client, **vals)
        self._run("2026-11-20")
        return self._debts(move)

    def _old(self, **vals):
        """A debt that a run of two years ago has provided for in whole."""
        debt = self._debt(**vals)
        with self.at("2025-01-31"):
            self._provide("2025-01-31")
        return debt


@tagged("post_install", "-at_install")
class TestWriteOff(WriteOffSpain, SpainCommon):
    """PGC de Pymes: 650 to 430, and 490 to 794."""

    def test_the_accounts_of_the_entry(self):
        debt = self._old()
        write_off = self._written_off(debt)
        self.assertEqual(
            self._sides(write_off.move_id),
            [("430000", -1000), ("490000", 1000), ("650000", 1000), ("794000", -1000)],
        )
        self.assertTrue(debt.settled)
        self.assertEqual(self._kinds(debt), {("write_off", 1000)})
        self.assertEqual(self._balance("allowance"), 0)
        self.assertEqual(self._provide("2026-11-23").movement, 0)

    def test_it_is_booked_on_the_account_on_which_the_debt_stands(self):
        doubtful = self._accounts()["doubtful"]
        self.client.property_account_receivable_id = doubtful
        write_off = self._written_off(self._old())
        self.assertEqual(dict(self._sides(write_off.move_id))["436000"], -1000)

    def test_a_first_run_on_2026_11_30_gives_2027_11_30(self):
        debt = self._debt("2025-11-05", 1234.56, invoice_date="2025-10-01")
        with self.at("2026-11-30"):
            self._provide("2026-11-30")
            write_off = self._draft(debt, day="2026-11-30")
            line = write_off.line_ids
            found = [str(one) for one in (line.by_provision_on, line.by_age_on)]
            self.assertEqual(found, ["2027-11-30", "2027-11-06"])
            self._assert_refused("30/11/2027", write_off.action_request)

    def test_a_firm_insolvency_waits_for_no_term(self):
        debt = self._debt("2026-06-05", invoice_date="2026-05-01")
        with self.at("2026-11-20"):
            self._provide("2026-11-20")
        write_off = self._written_off(debt, "insolvency")
        self.assertEqual(
            self._sides(write_off.move_id),
            [("430000", -1000), ("490000", 250), ("650000", 1000), ("794000", -250)],
        )
        self.assertFalse(write_off.line_ids.lacking)

    def test_what_is_paid_after_all_needs_an_account_of_the_settings(self):
        debt = self._old()
        self._written_off(debt)
        action = debt.action_recover()
        dialogs = self.env["cobranza.write.off.recover"]
        dialogs = dialogs.with_user(self._people()["accountant"])
        dialog = dialogs.with_context(**action["context"]).create({"amount": 200})
        self._assert_refused("Income of what is paid after all", dialog._recover)
        income = self.env["account.account"].search(
            [
                ("code", "=like", "759%"),
                *self.env["account.account"]._check_company_domain(self.company),
            ],
            limit=1,
        )
        self.company.cobranza_recovery_account_id = income
        recovery = dialog._recover()
        self.assertEqual(dict(self._sides(recovery.move_id))[income.code], -200)

    def test_the_certificate_is_in_the_language_of_the_company(self):
        write_off = self._written_off(self._old())
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "cobranza_legal.write_off", write_off.ids
        )
        self.assertIn(self.client.name, html.decode())
        self.assertEqual(write_off._paper_lang(), "es_ES")


@tagged("post_install", "-at_install")
class TestWriteOffFull(WriteOffSpain, ChartCommon):
    """The same on the chart of large companies."""

    chart = "es_full"

    def test_the_accounts_of_the_entry(self):
        self.assertEqual(self.company.chart_template, "es_full")
        write_off = self._written_off(self._old())
        self.assertEqual(
            self._sides(write_off.move_id),
            [("430000", -1000), ("490000", 1000), ("650000", 1000), ("794000", -1000)],
        )


class WriteOffChart(WriteOffSpain):
    """The same on a chart from which the loss was taken: it is named, refused, created
    by the button, and then it passes."""

    loss = "650000"

    def test_it_is_named_refused_created_and_passes(self):
        self.assertEqual(self.company.chart_template, self.chart)
        self.company._cobranza_create_accounts()
        write_off = self._draft(self._old())
        self._accounts()["loss"].unlink()
        self.env.invalidate_all()
        self.assertIn(self.loss, write_off.lacking_accounts)
        self._approved(write_off)
        self._assert_refused(self.loss, write_off.action_post)
        self.assertEqual(write_off.state, "approved")
        write_off.action_create_accounts()
        self.env.invalidate_all()
        self.assertFalse(write_off.lacking_accounts)
        write_off.action_post()
        self.assertEqual(
            self._sides(write_off.move_id),
            [
                ("430000", -1000),
                ("490000", 1000),
                (self.loss, 1000),
                ("794000", -1000),
            ],
        )
        self.assertEqual(self._balance("allowance"), 0)


@tagged("post_install", "-at_install")
class TestWriteOffCooperative(WriteOffChart, ChartCommon):
    chart = "es_coop_pymes"


@tagged("post_install", "-at_install")
class TestWriteOffAssociation(WriteOffChart, ChartCommon):
    """650 is aid that an association gives: what it loses is 655."""

    chart = "es_assec"
    loss = "655000"

    def test_aid_is_no_loss(self):
        aid = self.env["account.account"].search(
            [
                ("code", "=like", "650%"),
                *self.env["account.account"]._check_company_domain(self.company),
            ]
        )
        self.assertTrue(aid)
        aid.account_type = "expense_other"
        self._accounts()["loss"].unlink()
        self.assertFalse(self._accounts()["loss"])
        rules = self.company._cobranza_rules()
        self.assertIn("655", rules._write_off_notes()[0])


@tagged("post_install", "-at_install")
class TestWriteOffCanary(WriteOffChart, ChartCommon):
    chart = "es_canary_pymes"


@tagged("post_install", "-at_install")
class TestWriteOffOfListed(WriteOffStories, ListingCommon):
    def test_a_register_forgets_what_was_written_off(self):
        self.company.cobranza_write_off_term = "none"
        listing = self._visible()
        with self.at("2026-12-28"):
            self._written_off(self.debt, day="2026-12-28")
            self.env.cr.flush()
            self.assertEqual(listing.state, "removal_requested")
            [(kind, _amount, _day)] = self._told(listing)
        self.assertEqual(kind, "remove")
