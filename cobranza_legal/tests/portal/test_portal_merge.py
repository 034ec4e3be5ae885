from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..common.portal import PortalCommon


@tagged("post_install", "-at_install")
class TestMerge(PortalCommon):
    """Two partners become one: nothing that a letter says dies, and of what both
    debtors know the strict one holds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_move = cls._invoice(
            due=cls.due, invoice_date=cls.due, amount=700, partner=cls.partner_b
        )
        cls.env["cobranza.run"].sudo()._run_company(cls.company)
        cls.other = cls._debts(cls.other_move).debtor_id
        cls.other._portal_link()
        cls.other_path = cls.other._portal_path()

    def _merge(self, kept, *gone):
        self.env.flush_all()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        partners = [kept.id, *(one.id for one in gone)]
        wizard._merge(partners, kept)
        self.env.invalidate_all()
        return self.env["cobranza.debtor"].search(
            [("partner_id", "=", kept.id), ("company_id", "=", self.company.id)]
        )

    # -- links -------------------------------------------------------------------------

    def test_both_links_open_the_debtor_that_is_left_whichever_was_kept(self):
        for kept, gone in (
            (self.partner_a, self.partner_b),
            (self.partner_b, self.partner_a),
        ):
            with self.subTest(kept=kept.name), self.env.cr.savepoint() as point:
                debtor = self._merge(kept, gone)
                self.assertEqual(len(debtor), 1)
                for path in (self.path, self.other_path):
                    response = self._page(path)
                    self.assertEqual(response.status_code, 200)
                    self.assertIn(self.move.name, response.text)
                    self.assertIn(self.other_move.name, response.text)
                point.rollback()
                self.env.invalidate_all(flush=False)

    def test_a_form_is_sent_by_the_old_link(self):
        debtor = self._merge(self.partner_a, self.partner_b)
        page = self._page(self.other_path)
        answer = self._send(
            "paid",
            path=self.other_path,
            hidden=self._hidden("paid", page),
            day=self.today.isoformat(),
            amount="700",
        )
        self.assertEqual(answer.status_code, 303, answer.text[:200])
        self.assertEqual(debtor.contact_ids.filtered("portal_ref").channel, "portal")

    def test_links_that_went_through_two_merges_still_open_it(self):
        third = self.env["res.partner"].create({"name": "Third", "is_company": True})
        self._merge(self.partner_a, self.partner_b)
        debtor = self._merge(third, self.partner_a)
        self.assertEqual(debtor.debt_ids.move_id, self.move | self.other_move)
        for path in (self.path, self.other_path):
            self.assertEqual(self._page(path).status_code, 200)

    def test_an_old_link_ends_on_its_own_day_and_when_the_page_is_revoked(self):
        self.other.sudo().portal_until = self.today
        debtor = self._merge(self.partner_a, self.partner_b)
        link = debtor.sudo().portal_link_ids
        self.assertEqual(link.until, self.today)
        self.assertEqual(self._page(self.other_path).status_code, 200)
        link.until = self.today - timedelta(days=1)
        self.assertEqual(self._page(self.other_path).status_code, 404)
        link.until = self.today
        debtor._portal_revoke("Sent to another")
        for path in (self.path, self.other_path):
            self.assertEqual(self._page(path).status_code, 404)

    def test_portal_users_come_by_the_number_of_either(self):
        user = self._portal_user(self.partner_b)
        number = self.other.id
        debtor = self._merge(self.partner_a, self.partner_b)
        self.authenticate(user.login, user.login)
        for key in (debtor.id, number):
            self.assertEqual(self._page(f"/my/collections/{key}").status_code, 200)
        self.assertEqual(self._page("/my/collections/99999999").status_code, 404)

    # -- what both know ----------------------------------------------------------------

    def test_what_only_one_knows_is_kept_in_both_orders(self):
        guarantor = self.env["res.partner"].create({"name": "Guarantor"})
        self.other.sudo().write(
            {
                "terms_informed_on": "2026-02-01",
                "terms_file_ids": [Command.create({"name": "terms", "raw": b"x"})],
                "contract_address": "Calle Mayor 1",
                "certified_email": "old@example.com",
                "costs_agreed": True,
                "sued_on": "2026-05-01",
                "dunning_contact_id": guarantor.id,
            }
        )
        self._guarantee(self.other, guarantor)
        for kept, gone in (
            (self.partner_a, self.partner_b),
            (self.partner_b, self.partner_a),
        ):
            with self.subTest(kept=kept.name), self.env.cr.savepoint() as point:
                debtor = self._merge(kept, gone)
                self.assertEqual(str(debtor.terms_informed_on), "2026-02-01")
                self.assertEqual(debtor.terms_file_ids.name, "terms")
                self.assertEqual(debtor.contract_address, "Calle Mayor 1")
                self.assertEqual(debtor.certified_email, "old@example.com")
                self.assertTrue(debtor.costs_agreed)
                self.assertEqual(str(debtor.sued_on), "2026-05-01")
                self.assertEqual(debtor.dunning_contact_id, guarantor)
                self.assertEqual(debtor.obligor_ids.partner_id, guarantor)
                point.rollback()
                self.env.invalidate_all(flush=False)

    def test_of_two_the_strict_one_holds_and_a_person_is_asked(self):
        self.debtor.sudo().write(
            {
                "terms_informed_on": "2026-02-01",
                "sued_on": "2026-06-01",
                "regime": "company",
                "contract_address": "Calle Mayor 1",
            }
        )
        self.other.sudo().write(
            {
                "terms_informed_on": "2026-03-01",
                "sued_on": "2026-05-01",
                "regime": "consumer",
                "contract_address": "Calle del Pez 2",
            }
        )
        debtor = self._merge(self.partner_a, self.partner_b)
        self.assertEqual(str(debtor.terms_informed_on), "2026-03-01")
        self.assertEqual(str(debtor.sued_on), "2026-05-01")
        self.assertEqual((debtor.regime, debtor.regime_stated), ("consumer", True))
        self.assertEqual(debtor.contract_address, "Calle Mayor 1")
        task = debtor.activity_ids.filtered(
            lambda one: one.summary == "Two debtors became one: check what was agreed"
        )
        for word in ("Calle Mayor 1", "Calle del Pez 2", "2026-03-01", "Consumer"):
            self.assertIn(word, task.note)
        row = self.env["cobranza.history"].search(
            [("debtor_id", "=", debtor.id), ("change", "like", "Merged")]
        )
        self.assertIn("Calle del Pez 2", row.reason)

    def test_one_who_is_followed_is_not_hidden_by_one_who_is_archived(self):
        self.debtor.sudo()._set_active(False, "left")
        debtor = self._merge(self.partner_a, self.partner_b)
        self.assertTrue(debtor.active)

    # -- records -----------------------------------------------------------------------

    def _opt_out(self, debtor):
        return self.env["cobranza.opt.out"].create(
            {"debtor_id": debtor.id, "channel": "email"}
        )

    def test_stops_charges_and_people_follow(self):
        hold = self.env["cobranza.hold"].create({"debtor_id": self.other.id})
        promise = self.env["cobranza.promise"].create(
            {
                "debtor_id": self.other.id,
                "debt_ids": self.other.debt_ids.ids,
                "amount": 700,
                "promised_on": self.today,
            }
        )
        outs = self._opt_out(self.debtor) | self._opt_out(self.other)
        charges = self.debtor.charge_ids | self.other.charge_ids
        contacts = self.debtor.contact_ids | self.other.contact_ids
        desk = (self.debtor | self.other).sudo()._through_gate()
        desk.write({"assigned_user_ids": self.env.user.ids})
        desk.write({"user_id": self.env.user.id})
        debtor = self._merge(self.partner_a, self.partner_b)
        self.assertEqual(debtor.hold_ids, hold)
        self.assertEqual(debtor.promise_ids, promise)
        self.assertEqual(debtor.opt_out_ids, outs)
        self.assertEqual(debtor.charge_ids, charges)
        self.assertEqual(debtor.contact_ids, contacts)
        self.assertEqual(debtor.assigned_user_ids, self.env.user)
        self.assertEqual(debtor.debt_ids.partner_id, self.partner_a)

    def test_what_may_wait_only_once_for_each_waits_once(self):
        erasures = self.env["cobranza.erasure"].sudo()._through_gate()
        waiting = erasures.create(
            [
                {
                    "company_id": self.company.id,
                    "debtor_id": one.id,
                    "cutoff": "2020-01-01",
                    "reason": "old",
                }
                for one in (self.debtor, self.other)
            ]
        )
        approvals = self.env["cobranza.approval"].sudo()
        asked = approvals.create(
            [
                {
                    "company_id": self.company.id,
                    "debtor_id": one.id,
                    "res_model": one._name,
                    "res_id": one.id,
                    "kind": "other",
                    "subject": "x",
                    "reason": "y",
                    "asked_by_id": self.env.user.id,
                    "asked_on": "2026-11-01 10:00:00",
                }
                for one in (self.debtor, self.other)
            ]
        )
        debtor = self._merge(self.partner_a, self.partner_b)
        self.assertEqual(waiting.debtor_id, debtor)
        self.assertEqual(waiting.mapped("state"), ["proposed", "refused"])
        self.assertEqual(set(asked.mapped("res_id")), {debtor.id})
        self.assertEqual(asked.mapped("state"), ["asked", "cancelled"])

    def test_each_company_merges_its_own_debtors(self):
        company = self.setup_other_company()["company"]
        debtors = self.env["cobranza.debtor"].sudo()
        abroad = debtors.create(
            {
                "company_id": company.id,
                "partner_id": self.partner_b.id,
                "contract_address": "Abroad 1",
            }
        )
        abroad._portal_link()
        path = abroad._portal_path()
        debtor = self._merge(self.partner_a, self.partner_b)
        self.assertEqual(abroad.partner_id, self.partner_a)
        self.assertEqual(abroad.contract_address, "Abroad 1")
        self.assertFalse(debtor.contract_address)
        self.assertFalse(abroad.debt_ids)
        text = self._text(self._page(path))
        self.assertIn(company.name, text)
        self.assertNotIn(self.move.name, text)
