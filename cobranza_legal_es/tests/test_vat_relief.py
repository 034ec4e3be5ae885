import re
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.position.reader import PositionReader
from odoo.addons.cobranza_legal.tests.common.provision import ProvisionStories

from .common import ChartCommon, SpainCommon


class ReliefStories(ProvisionStories):
    """Reliefs of invoices of 2026 with 21 %."""

    def _sale(self, partner=None, amount=1000, day="2026-03-31", due=None, **vals):
        tax = self.company_data["default_tax_sale"]
        tax = self.env["account.chart.template"].with_company(self.company)
        tax = tax.ref("account_tax_template_s_iva21b")
        with self.at(day):
            move = self._create_invoice_one_line(
                price_unit=amount,
                tax_ids=tax,
                partner_id=partner or self.client,
                invoice_date=day,
                invoice_date_due=due or day,
                invoice_payment_term_id=False,
                post=True,
                **vals,
            )
        self._run("2026-06-30")
        return move

    def _nightly(self, day, company=None):
        company = company or self.company
        with self.at(day):
            reliefs = self.env["cobranza.vat.relief"].sudo()
            reliefs._follow(company, company._cobranza_today())
        return self._reliefs()

    def _reliefs(self):
        return self.env["cobranza.vat.relief"].search(
            [("company_id", "=", self.company.id)]
        )

    def _prove(self, relief, day):
        """A notarial demand that is kept elsewhere, with its file."""
        with self.at(day):
            file = {"name": "acta.pdf", "raw": b"%PDF-1.4 x"}
            relief.write(
                {"typed_proof_on": day, "proof_file_ids": [Command.create(file)]}
            )

    def _take(self, relief, day, user=None):
        with self.at(day):
            dialog = self.env["cobranza.vat.relieve"].with_user(user or self.env.user)
            dialog = dialog.create(
                {
                    "relief_ids": [Command.set(relief.ids)],
                    "day": day,
                    "books_say_it": True,
                    "none_secured": True,
                }
            )
            dialog.action_confirm()

    def _relieved(self, partner=None, day="2027-04-01", **vals):
        """A relief of an invoice of 2026-03-31, taken on a day."""
        move = self._sale(partner, **vals)
        relief = self._nightly(day).filtered(lambda one: one.move_id == move)
        self._prove(relief, day)
        self._take(relief, day)
        return move, relief

    def _owed(self, partner, day):
        reader = PositionReader(self.env, self.company, date.fromisoformat(day))
        return sum(float(one) for one in reader.balances(partner).values())

    def _raise(self, relief, day, reason):
        with self.at(day):
            relief.action_raise()
            dialog = {"relief_id": relief.id, "day": day, "reason": reason}
            self.env["cobranza.vat.raise"].create(dialog).action_confirm()


@tagged("post_install", "-at_install")
class TestVatRelief(ReliefStories, SpainCommon):
    """LIVA art. 80 on the chart of small companies."""

    def _days(self, relief):
        return str(relief.opens_on), str(relief.closes_on)

    def test_t35_a_year_unless_the_creditor_is_small_and_chooses(self):
        self._sale()
        relief = self._nightly("2026-11-20")
        self.assertEqual(self._days(relief), ("2027-03-31", "2027-09-30"))
        self.company.l10n_es_vat_term = "half"
        relief = self._nightly("2026-11-21")
        self.assertEqual(self._days(relief), ("2027-03-31", "2027-09-30"))
        self.company.cobranza_turnover_year = 2025
        self.company.cobranza_turnover = 6010121.05
        relief = self._nightly("2026-11-22")
        self.assertEqual(self._days(relief), ("2027-03-31", "2027-09-30"))
        self.company.cobranza_turnover = 6010121.04
        relief = self._nightly("2026-11-23")
        self.assertEqual(self._days(relief), ("2026-09-30", "2027-03-30"))
        self.company.write(
            {"l10n_es_vat_term": "either", "cobranza_turnover_year": 2026}
        )
        self.assertEqual(
            self._days(self._nightly("2027-03-30")), ("2026-09-30", "2027-03-30")
        )
        self.assertEqual(
            self._days(self._nightly("2027-03-31")), ("2027-03-31", "2027-09-30")
        )

    def test_limits_are_read_as_they_are_shipped(self):
        day = date(2026, 11, 23)
        table = self.company._cobranza_legal_table(day, day)
        limits = {"es.vat.turnover": "6010121.04", "es.tax.small_turnover": "10000000"}
        for code, text in {**limits, "es.vat.minimum": "50"}.items():
            self.assertEqual(str(table.number(code, day)), text)

    def test_to_the_day(self):
        self._sale()
        relief = self._nightly("2027-03-30")
        self._prove(relief, "2027-03-30")
        for day in ("2027-03-30", "2027-10-01"):
            self._assert_refused("2027", lambda day=day: self._take(relief, day))
        self.assertEqual(relief.state, "watched")
        self._take(relief, "2027-03-31")
        self.assertEqual(relief.state, "booked")

    def test_on_the_last_day_and_the_day_before(self):
        first, second = self._sale(), self._sale()
        reliefs = self._nightly("2027-09-29")
        self._prove(reliefs[0], "2027-09-29")
        self._prove(reliefs[1], "2027-09-29")
        self._take(reliefs.filtered(lambda one: one.move_id == first), "2027-09-29")
        self._take(reliefs.filtered(lambda one: one.move_id == second), "2027-09-30")
        self.assertEqual(reliefs.mapped("state"), ["booked", "booked"])

    def test_t38_an_insolvency_gives_three_months_from_its_publication(self):
        self._sale()
        debtor = self._debtor()
        debtor.insolvent_on = "2026-10-01"
        reliefs = self._nightly("2026-10-02")
        self.assertEqual(sorted(reliefs.mapped("ground")), ["insolvency", "unpaid"])
        by_ground = reliefs.grouped("ground")
        own = by_ground["insolvency"]
        self.assertEqual(self._days(own), ("2026-10-01", "2027-01-01"))
        self.assertFalse(own.blocked)
        self.assertIn("insolvent", by_ground["unpaid"].blocked)
        self._assert_refused("2027", lambda: self._take(own, "2027-01-02"))
        self._take(own, "2027-01-01")
        self.assertEqual((own.code, own.state), ("R2", "booked"))
        with self.assertRaises(UserError):
            self._raise(own, "2027-01-02", "agreement")

    def _debtor(self, partner=None):
        return self.env["cobranza.debtor"].search(
            [("partner_id", "=", (partner or self.client).id)]
        )

    def test_t36_477_against_the_receivable_only(self):
        move = self._sale()
        self._pay(move, 484, "2026-07-01")
        relief = self._nightly("2027-04-01")
        self.assertEqual((relief.base, relief.tax), (600, 126))
        self._prove(relief, "2027-04-01")
        self._take(relief, "2027-04-02")
        entry = relief.entry_id
        self.assertEqual((relief.code, entry.move_type), ("R3", "entry"))
        self.assertEqual(
            self._sides(entry),
            [("430000", -126), ("477000", -600), ("477000", 126), ("477000", 600)],
        )
        tags = {
            name: sum(
                line.balance
                for line in entry.line_ids
                if name in line.tax_tag_ids.mapped("name")
            )
            for name in entry.line_ids.tax_tag_ids.mapped("name")
        }
        self.assertEqual(sorted(tags.values()), [126, 600])
        self.assertEqual(str(relief.notify_by), "2027-05-02")
        self.assertIn(move.name, entry.ref)
        self.assertEqual(entry.journal_id.code, "RECT")
        # a business owes the base
        self.assertEqual(move.amount_residual, 600)
        self.assertEqual(self._owed(self.client, "2027-04-02"), 600)
        kinds = self._debts(move).settlement_ids.mapped("kind")
        self.assertEqual(sorted(kinds), ["cash", "vat_relief"])

    def test_a_business_owes_the_whole_by_setting(self):
        self.company.cobranza_vat_business_owes = "whole"
        move, relief = self._relieved()
        self.assertEqual(move.amount_residual, 1210)
        self.assertEqual(self._owed(self.client, "2027-04-02"), 1210)
        self._pay(move, 1210, "2027-05-01")
        self._nightly("2027-05-02")
        self.assertEqual((relief.collected, relief.to_raise), (1210, 0))

    def test_a_consumer_owes_the_whole_and_what_is_collected_is_raised(self):
        move = self._sale(self.student)
        self._pay(move, 484, "2026-07-01")
        relief = self._nightly("2027-04-01")
        self._prove(relief, "2027-04-01")
        self._take(relief, "2027-04-02")
        self.assertEqual(self._owed(self.student, "2027-04-02"), 726)
        debt = self._debts(move)
        self.assertEqual((debt.amount_residual, debt.vat_relieved), (726, 126))
        self._pay(move, 242, "2027-05-10")
        self._nightly("2027-05-11")
        self.assertEqual((relief.collected, relief.to_raise), (242, 42))
        self.assertEqual(str(relief.raise_by), "2027-06-10")
        task = relief.activity_ids.filtered(lambda one: "42" in (one.summary or ""))
        self.assertEqual(str(task.date_deadline), "2027-06-10")
        self._raise(relief, "2027-05-12", "collected")
        entry = relief.move_ids - relief.entry_id
        self.assertEqual(
            self._sides(entry),
            [("430000", 42), ("477000", -200), ("477000", -42), ("477000", 200)],
        )
        self.assertEqual(self._owed(self.student, "2027-05-12"), 484)
        self.assertEqual((relief.raised, relief.state), (42, "booked"))
        self._assert_refused(
            "Nothing", lambda: self._raise(relief, "2027-05-12", "collected")
        )
        reader = PositionReader(self.env, self.company, date(2027, 5, 12))
        aside = sum(float(one) for one in reader.set_aside(self.student).values())
        account = self.student.property_account_receivable_id
        ledger = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.student.id),
                ("account_id", "=", account.id),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertEqual(sum(ledger.mapped("balance")), 484 + aside)
        self._pay(move, 484, "2027-06-01")
        self._nightly("2027-06-02")
        self._raise(relief, "2027-06-02", "collected")
        self.assertEqual((relief.raised, relief.state), (126, "restored"))
        self.assertFalse(relief.activity_ids)

    # -- the document that is sent -----------------------------------------------------

    def _said(self, relief, entry):
        """The words of the document of an entry."""
        reports = self.env["ir.actions.report"].with_context(
            cobranza_relief_entry=entry.id
        )
        name = "cobranza_legal.vat_rectification"
        html, _kind = reports._render_qweb_html(name, relief.ids)
        text = re.sub(r"<style>.*?</style>", " ", html.decode(), flags=re.DOTALL)
        text = re.sub("<[^>]+>", " ", text).replace("\ufeff", "")
        return re.sub(r"[\s\xa0]+", " ", text)

    def test_the_document_says_what_the_law_asks_for(self):
        """RD 1619/2012, art. 15: number of a series of its own, date, what it
        rectifies, why, base and tax before and after."""
        move = self._sale()
        self._pay(move, 484, "2026-07-01")
        relief = self._nightly("2027-04-01")
        self._prove(relief, "2027-04-01")
        self._take(relief, "2027-04-02")
        self._assert_figures(relief, relief.entry_id, (1000, -600, 400, 210, -126, 84))
        text = self._said(relief, relief.entry_id)
        for words in (
            relief.entry_id.name,
            move.name,
            self.client.name,
            "A58818501",
            self.company.vat,
            "80.Cuatro",
            "RD 1619/2012",
            "R3",
            "02/04/2027",
            "31/03/2026",
            "1.000,00",
            "-600,00",
            "400,00",
            "210,00",
            "-126,00",
            "84,00",
        ):
            self.assertIn(words, text)

    def _assert_figures(self, relief, entry, wanted):
        rows = relief.with_context(cobranza_relief_entry=entry.id)._paper_rows()
        sums = [
            float(sum(getattr(row, name) for row in rows))
            for name in (
                *("base_before", "base", "base_after"),
                *("tax_before", "amount", "tax_after"),
            )
        ]
        self.assertEqual(sums, list(wanted))

    def test_it_is_made_once_for_each_entry_and_kept(self):
        move = self._sale(self.student)
        relief = self._nightly("2027-04-01")
        self._prove(relief, "2027-04-01")
        self._take(relief, "2027-04-02")
        accountant = self._role("accountant")
        relief.with_user(accountant).action_documents()
        relief.with_user(accountant).action_documents()
        self.assertEqual(len(relief.document_ids), 1)
        self.assertIn("SHA-256", relief.message_ids[:1].body)
        self._pay(move, 242, "2027-05-10")
        self._raise(relief, "2027-05-12", "collected")
        url = relief.action_documents()["url"]
        self.assertEqual(len(relief.document_ids), 2)
        newest = relief.document_ids.sorted("id")[-1:]
        self.assertIn(f"/{newest.id}?", url)
        back = relief.move_ids - relief.entry_id
        self._assert_figures(relief, back, (0, 200, 200, 0, 42, 42))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            newest.with_user(accountant).unlink()

    def test_it_goes_to_the_debtor_and_the_letter_proves_it(self):
        group = self.env.ref("cobranza_legal.group_provisions")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        self.company.cobranza_mode = "confirm"
        self.client.email = "pagos@cliente.example.com"
        move, relief = self._relieved()
        self._assert_refused("proof", lambda: relief._notified("2027-04-20", "x"))
        with self.at("2027-04-05"):
            accountant = self._role("accountant")
            relief.with_user(accountant).action_send()
            contact = relief.contact_ids
            self.assertEqual(contact.released_by_id, accountant)
            self._assert_refused("on its way", relief.action_send)
            [file] = contact._prepare_files()
            self.assertEqual(file["raw"], relief.document_ids.raw)
            merged = relief._merge_of_letter()
            self.assertEqual(merged["rectified_invoice"], move.name)
            contact._through_gate()._set_state("sending", sent_at="2027-04-05 10:00:00")
            contact._set_state("sent")
        self.assertEqual(str(relief.sent_on), "2027-04-05")
        self._assert_refused("proof", lambda: relief._notified("2027-04-20", "x"))
        self._happens(contact, "delivered", "2027-04-06 10:00:00")
        with self.at("2027-04-20"):
            relief._notified("2027-04-20", "2027952000")
        self.assertEqual(relief.state, "notified")

    def test_each_tax_by_its_own_base(self):
        """21 % of 1,000 and 10 % of 2,000: the return takes each base."""
        chart = self.env["account.chart.template"].with_company(self.company)
        lines = [
            {"name": "x", "price_unit": price, "tax_ids": chart.ref(tax).ids}
            for price, tax in (
                (1000, "account_tax_template_s_iva21b"),
                (2000, "account_tax_template_s_iva10b"),
            )
        ]
        with self.at("2026-03-31"):
            move = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.client.id,
                    "invoice_date": "2026-03-31",
                    "invoice_date_due": "2026-03-31",
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [Command.create(line) for line in lines],
                }
            )
            move.action_post()
        self._run("2026-06-30")
        relief = self._nightly("2027-04-01")
        self.assertEqual((relief.base, relief.tax), (3000, 410))
        self._prove(relief, "2027-04-01")
        self._take(relief, "2027-04-01")
        self._assert_figures(relief, relief.entry_id, (3000, -3000, 0, 410, -410, 0))
        bases = relief.entry_id.line_ids.filtered(
            lambda one: one.tax_tag_ids and one.balance in (1000, 2000)
        )
        self.assertEqual(sorted(bases.mapped("balance")), [1000, 2000])

    # -- in which order, and back ------------------------------------------------------

    def test_relief_and_payment_on_one_day_in_both_orders(self):
        """What came before the relief is in no base, what came after is raised."""
        first, second = self._sale(self.student), self._sale(self.student)
        reliefs = self._nightly("2027-04-01")
        for one in reliefs:
            self._prove(one, "2027-04-01")
        before = reliefs.filtered(lambda one: one.move_id == first)
        after = reliefs - before
        self._pay(first, 242, "2027-04-02")
        self._take(before, "2027-04-02")
        self._take(after, "2027-04-02")
        self._pay(second, 242, "2027-04-02")
        self._nightly("2027-04-03")
        self.assertEqual((before.base, before.tax), (800, 168))
        self.assertEqual((before.collected, before.to_raise), (0, 0))
        self.assertEqual((after.base, after.tax), (1000, 210))
        self.assertEqual((after.collected, after.to_raise), (242, 42))
        self._raise(after, "2027-04-03", "collected")
        for one in reliefs:
            self.assertEqual(one.tax - one.raised, 168)
        self.assertEqual(self._owed(self.student, "2027-04-03"), 2 * 968)

    def test_a_payment_that_comes_back_after_it_was_raised(self):
        """Nothing is booked by itself: somebody is told, and the relief follows the
        entry."""
        move = self._sale(self.student)
        relief = self._nightly("2027-04-01")
        self._prove(relief, "2027-04-01")
        self._take(relief, "2027-04-02")
        payment = self._pay(move, 242, "2027-05-10")
        self._nightly("2027-05-11")
        self._raise(relief, "2027-05-12", "collected")
        self.assertEqual(relief.raised, 42)
        with self.at("2027-05-20"):
            payment.move_id.line_ids.remove_move_reconcile()
            payment.action_draft()
        self._nightly("2027-05-21")
        self.assertEqual((relief.collected, relief.to_raise), (0, 0))
        task = relief.activity_ids.filtered(
            lambda one: "came back" in (one.summary or "")
        )
        self.assertIn("42", task.summary)
        back = relief.move_ids - relief.entry_id
        with self.at("2027-05-22"):
            back._reverse_moves([{"date": "2027-05-22"}], cancel=True)
        self._nightly("2027-05-23")
        self.assertEqual((relief.raised, relief.state), (0, "booked"))
        self.assertFalse(
            relief.activity_ids.filtered(lambda one: "came back" in (one.summary or ""))
        )
        self.assertEqual(self._owed(self.student, "2027-05-23"), 1210)
        self._pay(move, 242, "2027-06-10")
        self._nightly("2027-06-11")
        self.assertEqual(relief.to_raise, 42)

    def test_all_that_was_raised_and_came_back_is_watched_again(self):
        move, relief = self._relieved(self.student)
        payment = self._pay(move, 1210, "2027-05-10")
        self._nightly("2027-05-11")
        self._raise(relief, "2027-05-12", "collected")
        self.assertEqual(relief.state, "restored")
        with self.at("2027-05-20"):
            payment.move_id.line_ids.remove_move_reconcile()
            payment.action_draft()
        reliefs = self._nightly("2027-05-21")
        self.assertEqual(sorted(reliefs.mapped("state")), ["restored", "watched"])
        self.assertEqual((reliefs - relief).tax, 210)

    def test_taken_back_by_hand_it_ends(self):
        for partner in (self.client, self.student):
            for cancel in (False, True):
                move, relief = self._relieved(partner)
                with self.at("2027-04-05"):
                    back = relief.entry_id._reverse_moves(
                        [{"date": "2027-04-05"}], cancel=cancel
                    )
                    if not cancel:
                        back.action_post()
                self.env.invalidate_all()
                self.assertEqual(relief.state, "restored")
                self.assertIn(relief.entry_id.name, relief.state_reason)
                self.assertEqual(move.amount_residual, 1210)
                self.assertFalse(relief.activity_ids)
                self.assertEqual(self._debts(move).vat_relieved, 0)
            self.assertEqual(self._owed(partner, "2027-04-06"), 2420)

    def test_taken_out_of_the_books_it_ends(self):
        _move, relief = self._relieved()
        with self.at("2027-04-05"):
            relief.entry_id.button_draft()
        self.env.invalidate_all()
        self.assertEqual(relief.state, "restored")
        self.assertEqual(self._owed(self.client, "2027-04-06"), 1210)
        self._assert_refused("has ended", relief.entry_id.action_post)

    def test_what_lacks_is_said(self):
        self._sale()
        relief = self._nightly("2027-04-01")
        self.assertEqual(relief.blocked, "unproven")
        self._assert_refused("notary", lambda: self._take(relief, "2027-04-01"))
        relief.secured = 1210
        self.env.flush_all()
        self.assertEqual(relief.blocked, "covered,unproven")
        relief.secured = 605
        self.assertEqual((relief.base, relief.tax), (500, 105))
        with self.at("2027-04-01"), self.assertRaises(UserError):
            self.env["cobranza.vat.relieve"].create(
                {"relief_ids": [Command.set(relief.ids)]}
            ).action_confirm()

    def test_who_gives_none(self):
        lisbon = {"country_id": self.env.ref("base.pt").id, "state_id": False}
        island = {"state_id": self.env.ref("base.state_es_gc").id}
        nowhere = {"country_id": False, "state_id": False}
        wanted = {}
        for code, vals in (
            ("outside", lisbon),
            ("outside", island),
            ("place", nowhere),
        ):
            partner = self._partner(f"X {vals}", is_company=True, **vals)
            wanted[self._sale(partner)] = f"{code},unproven"
        wanted[self._sale(self.council)] = "certificate"
        small = self._partner("Ana", vat="ES00000000T")
        wanted[self._sale(small, 50)] = "small,unproven"
        wanted[self._sale(small, 50.01)] = "unproven"
        related = self._partner("Del grupo", is_company=True, vat="ESB63272603")
        move = self._sale(related)
        self._debtor(related).related_party = True
        wanted[move] = "related,unproven"
        insured = self._partner("Asegurada", is_company=True, vat="ESB84570936")
        move = self._sale(insured)
        insurer = self._partner("Crédito SA", is_company=True)
        common = {"insurer_id": insurer.id, "since": "2026-01-01"}
        debtor = self._debtor(insured)
        self.env["cobranza.credit.insurance"].create(
            {"debtor_id": debtor.id, "covered": 100, **common}
        )
        wanted[move] = "covered,unproven"
        found = {one.move_id: one.blocked for one in self._nightly("2027-04-01")}
        self.assertEqual(found, wanted)

    def test_a_public_body_needs_its_certificate_and_owes_the_whole(self):
        move, relief = self._relieved(self.council)
        self.assertEqual((relief.state, relief.owes), ("booked", "whole"))
        self.assertEqual(move.amount_residual, 1210)

    def test_a_letter_that_proves_it(self):
        self.company.cobranza_policy_id = self.business
        move = self._sale()
        debt = self._debts(move)
        contact = self._letter(debt, "2026-09-01 09:00:00")
        self._happens(contact, "delivered", "2026-09-03 10:00:00")
        self._happens(contact, "content_certified", "2026-09-04 10:00:00")
        relief = self._nightly("2027-04-01")
        self.assertFalse(relief.blocked)
        self.assertEqual(relief.proof_contact_id, contact)
        self.assertEqual(str(relief.proof_on), "2026-09-03")
        self._take(relief, "2027-04-01")
        self.assertEqual(relief.state, "booked")

    def test_one_dialog_for_two_companies(self):
        """Each in its own journal, series and currency."""
        self._sale()
        self._nightly("2027-04-01")
        first, company = self._reliefs(), self.company
        other = self.setup_other_company(name="Otra SL")["company"]
        other.partner_id.country_id = self.env.ref("base.es")
        other.cobranza_policy_id = self.business
        self.env.user.company_ids |= other
        tax = self.env["account.chart.template"].with_company(other)
        line = {"name": "Work", "price_unit": 1000}
        line["tax_ids"] = tax.ref("account_tax_template_s_iva21b").ids
        with self.at("2026-03-31"):
            move = self.env["account.move"].with_company(other)
            move = move.create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.client.id,
                    "invoice_date": "2026-03-31",
                    "invoice_date_due": "2026-03-31",
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
            move.action_post()
        self._run("2026-06-30", other)
        self._nightly("2027-04-01", other)
        reliefs = self.env["cobranza.vat.relief"].search(
            [("move_id", "in", (move | first.move_id).ids)]
        )
        self.assertEqual(set(reliefs.company_id), {company, other})
        for one in reliefs:
            self._prove(one, "2027-04-01")
        self._take(reliefs, "2027-04-01")
        self.assertEqual(reliefs.mapped("state"), ["booked", "booked"])
        for one in reliefs:
            self.assertEqual(one.entry_id.company_id, one.company_id)
            self.assertEqual(one.entry_id.journal_id.company_id, one.company_id)
            self.assertEqual(one.move_id.amount_residual, 1000)

    def test_taken_and_raised_in_another_currency(self):
        """Booked at the rate of the invoice."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        rates = {"currency_id": dollar.id, "company_id": self.company.id}
        self.env["res.currency.rate"].search(
            [("currency_id", "=", dollar.id), ("company_id", "=", self.company.id)]
        ).unlink()
        self.env["res.currency.rate"].create(
            {**rates, "name": "2026-01-01", "rate": 2.0}
        )
        move, relief = self._relieved(currency_id=dollar.id)
        self.assertEqual((relief.base, relief.tax), (500, 105))
        self.assertEqual((move.amount_total, move.amount_residual), (1210, 1000))
        self._raise(relief, "2027-04-06", "mistake")
        self.assertEqual((move.amount_residual, relief.state), (1210, "restored"))

    def test_agreements_and_reliefs_stand_against_each_other(self):
        move, relief = self._relieved()
        with self.at("2027-04-05"):
            agreement = self.env["cobranza.agreement"].new(
                {"debt_ids": [Command.set(self._debts(move).ids)]}
            )
            block = self.env["cobranza.block.provision"].sudo()
            against = block._agreement_objections(agreement, date(2027, 4, 5))
        self.assertIn(move.name, against[0].words)
        self._raise(relief, "2027-04-06", "agreement")
        self.assertEqual((relief.raised, relief.state), (210, "restored"))
        self.assertEqual(move.amount_residual, 1210)
        self.assertEqual(self._owed(self.client, "2027-04-06"), 1210)
        self.assertFalse(block._agreement_objections(agreement, date(2027, 4, 6)))

    def test_alarms_once_at_each_step(self):
        self._sale()
        wanted = {
            "2027-03-30": 0,
            "2027-03-31": 1,
            "2027-04-01": 1,
            "2027-08-01": 1,
            "2027-09-15": 1,
            "2027-09-30": 1,
            "2027-10-01": 0,
        }
        seen, made = {}, set()
        for day in wanted:
            relief = self._nightly(day)
            seen[day] = len(relief.activity_ids)
            made |= set(relief.activity_ids.ids)
        self.assertEqual(seen, wanted)
        self.assertEqual(len(made), 3)

    def test_the_base_of_the_provision_counts_it_once(self):
        consumer, _relief = self._relieved(self.student)
        business, _relief = self._relieved()
        for net in (False, True):
            self.company.cobranza_provision_net_of_tax = net
            with self.at("2027-04-10"):
                run = self._provide("2027-04-10", post=False)
            found = {one.move_line_id.move_id: one.base for one in run.line_ids}
            self.assertEqual(found, {consumer: 1000, business: 1000})

    def test_sent_and_notified(self):
        _move, relief = self._relieved()
        with self.at("2027-04-20"):
            notify = {"relief_id": relief.id, "reference": "2027952000"}
            dialog = self.env["cobranza.vat.notify"].create(notify)
            self._assert_refused("proof", dialog.action_confirm)
            file = {"name": "acuse.pdf", "raw": b"%PDF-1.4 y"}
            relief.write(
                {"sent_on": "2027-04-05", "sent_file_ids": [Command.create(file)]}
            )
            dialog.action_confirm()
            self.assertEqual(relief.state, "notified")
            self.assertFalse(relief.activity_ids)
            url = relief.action_data()["url"]
        file = self.env["ir.attachment"].browse(int(url.split("/")[3].split("?")[0]))
        text = file.raw.decode("utf-8-sig")
        self.assertIn(relief.entry_id.name, text)
        self.assertIn("ESA58818501", text)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            accountant = self._role("accountant")
            relief.with_user(accountant).write({"sent_on": "2027-04-06"})

    def test_the_accountant_does_it_and_the_collector_does_not(self):
        self._sale()
        relief = self._nightly("2027-04-01")
        accountant, collector = self._role("accountant"), self._role("collector")
        self._prove(relief.with_user(accountant), "2027-04-01")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._take(relief, "2027-04-01", collector)
        self._take(relief, "2027-04-01", accountant)
        self.assertEqual(relief.state, "booked")
        self.assertEqual(relief.entry_id.state, "posted")

    def test_a_price_deferred_for_more_than_a_year(self):
        term = self._term(100, 500)
        tax = self.env["account.chart.template"].with_company(self.company)
        with self.at("2026-01-10"):
            move = self._create_invoice_one_line(
                price_unit=1000,
                tax_ids=tax.ref("account_tax_template_s_iva21b"),
                partner_id=self.client,
                invoice_date="2026-01-10",
                invoice_payment_term_id=term,
                post=True,
            )
        self._run("2026-06-30")
        relief = self._nightly("2027-05-01").filtered(lambda one: one.move_id == move)
        due = min(move.line_ids.filtered("date_maturity").mapped("date_maturity"))
        self.assertEqual(relief.mapped("start_on"), [due])
        self.assertTrue(relief.one_instalment)
        self.assertEqual((relief.base, relief.tax), (500, 105))
        self._prove(relief, "2027-05-01")
        self._take(relief, "2027-05-01")
        self.assertEqual(move.amount_residual, 1210 - 105)

    def test_two_hundred_invoices_in_bounded_queries(self):
        self._sale()
        self._nightly("2027-04-01")
        reliefs = self.env["cobranza.vat.relief"].sudo()

        def count(day):
            with self.at(day):
                self.env.flush_all()
                before = self.env.cr.sql_log_count
                reliefs._follow(self.company, self.company._cobranza_today())
                self.env.flush_all()
                return self.env.cr.sql_log_count - before

        unchanged = count("2027-04-02")
        tax = self.env["account.chart.template"].with_company(self.company)
        line = {"name": "Work", "price_unit": 100}
        line["tax_ids"] = tax.ref("account_tax_template_s_iva21b").ids
        with self.at("2026-03-31"):
            moves = self.env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": self.client.id,
                        "invoice_date": "2026-03-31",
                        "invoice_date_due": "2026-03-31",
                        "invoice_line_ids": [Command.create(line)],
                    }
                    for _one in range(210)
                ]
            )
            moves.action_post()
        self._run("2026-07-01")
        first = count("2027-04-03")
        self.assertEqual(len(self._reliefs()), 211)
        self.assertEqual(len(self._reliefs().activity_ids), 211)
        self.assertLess(first, 400)
        self.assertLessEqual(count("2027-04-04"), unchanged + 10)


@tagged("post_install", "-at_install")
class TestVatReliefCanary(ReliefStories, ChartCommon):
    """IGIC: other rules."""

    chart = "es_canary_pymes"

    def test_other_rules(self):
        rules = self.company._cobranza_rules()
        self.assertIn("IGIC", rules._vat_relief_answer(self.company))
        self._invoice("2026-03-31", 1000, self.client, invoice_date="2026-03-31")
        self._run("2026-06-30")
        relief = self._nightly("2027-04-01")
        self.assertIn("other_tax", relief.blocked)
        self._assert_refused("other rules", lambda: self._take(relief, "2027-04-01"))
