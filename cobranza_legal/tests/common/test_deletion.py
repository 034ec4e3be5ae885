from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.common.deletion import delete_before, discard, discarding
from .privacy import LATER, PrivacyCommon

CUTOFF = date(2026, 12, 1)


@tagged("post_install", "-at_install")
class TestDeletion(PrivacyCommon):
    """What has an age is deleted up to a day, and the day is written down; what never
    was evidence is discarded, and nothing else can be."""

    def _hits(self):
        """One visit on each of the days around the cutoff."""
        hits = self.env["cobranza.portal.hit"].sudo()
        return hits.create(
            [
                {
                    "kind": "x",
                    "source": "s",
                    "moment": f"{CUTOFF + timedelta(step)} 00:00:00",
                }
                for step in (-1, 0, 1)
            ]
        )

    def _rows(self, what="cobranza.portal.hit"):
        return self.env["cobranza.deletion"].sudo().search([("what", "=", what)])

    def test_nothing_of_the_day_or_newer_goes_and_one_row_says_what_went(self):
        hits = self._hits()
        with self.at("2026-12-20"):
            left = delete_before(hits, CUTOFF, "Tried", "moment")
        self.assertEqual(left, hits[1:])
        self.assertEqual(hits.exists(), hits[1:])
        row = self._rows()
        self.assertEqual((row.count, row.cutoff, row.reason), (1, CUTOFF, "Tried"))
        self.assertEqual(row.user_id, self.env.user)
        self.assertEqual(str(row.moment), "2026-12-20 12:00:00")

    def test_where_nothing_is_old_enough_nothing_is_written_down(self):
        with self.at("2026-12-20"):
            delete_before(self._hits(), date(2026, 11, 30), "Tried", "moment")
        self.assertFalse(self._rows())

    def test_a_day_to_come_is_refused(self):
        hits = self._hits()
        with self.at("2026-11-30"), self.assertRaises(ValueError):
            delete_before(hits, CUTOFF, "Tried", "moment")
        self.assertEqual(hits.exists(), hits)

    def test_without_an_age_it_is_as_old_as_its_row(self):
        with self.at("2026-11-30"):
            old = self.env["res.partner"].create({"name": "old"})
        with self.at("2026-12-01"):
            new = self.env["res.partner"].create({"name": "new"})
        with self.at("2026-12-20"):
            delete_before((old | new).sudo(), CUTOFF, "Tried", company=self.company)
        self.assertEqual((old | new).exists(), new)
        self.assertEqual(self._rows("res.partner").company_id, self.company)

    def test_a_record_without_an_age_stays(self):
        hits = self._hits()
        with self.at("2026-12-20"):
            left = delete_before(hits, CUTOFF, "Tried", {hits[0].id: False})
        self.assertEqual(left, hits)

    def test_visits_of_the_page_go_after_their_day(self):
        hits = self._hits()
        with self.at("2026-12-02"):
            hits._gc_hits()
        self.assertEqual(hits.exists(), hits[1:])
        self.assertEqual(self._rows().cutoff, CUTOFF)

    def test_evidence_is_never_discarded(self):
        debtor, mail, _letter = self._closed()
        invoice = self._invoice(amount=7)
        activity = debtor.activity_schedule("mail.mail_activity_data_todo")
        activity.automated = False
        for records in (
            mail,
            mail.line_ids,
            debtor,
            debtor.debt_ids[:1],
            invoice,
            invoice.line_ids[:1],
            activity,
            self.env["cobranza.history"].search([], limit=1),
        ):
            self.assertTrue(records)
            for delete in (discard, discarding):
                with self.subTest(records._name), self.assertRaises(UserError):
                    delete(records.sudo())
            self.assertTrue(records.exists())

    def test_what_never_left_is_discarded(self):
        draft = self._invoice(amount=7, post=False)
        discard(draft)
        self.assertFalse(draft.exists())

    def test_managers_of_the_company_read_what_was_deleted_and_nobody_rewrites_it(self):
        with self.at("2026-12-20"):
            delete_before(self._hits(), CUTOFF, "Tried", "moment")
        row = self._rows()
        self.assertEqual(row.with_user(self.manager).count, 1)
        for role in ("collector", "lawyer", "all_lawyer", "accountant", "approver"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                row.with_user(self.users[role]).read(["count"])
        for act in (
            lambda: row.write({"count": 0}),
            lambda: row.unlink(),
            lambda: row.with_user(self.manager).unlink(),
            lambda: row.with_user(self.manager).create({"what": "x"}),
        ):
            with self.assertRaises(UserError):
                act()
        other = self.setup_other_company()["company"]
        row._note(self._hits(), CUTOFF, "Theirs", other)
        rows = self.env["cobranza.deletion"].with_user(self.manager).search([])
        self.assertNotIn("Theirs", rows.mapped("reason"))


@tagged("post_install", "-at_install")
class TestErasedUpToADay(PrivacyCommon):
    """Erasing for privacy deletes nothing of the cutoff's day or newer, and says what
    it deleted."""

    def _file(self, day, name):
        with self.at(day):
            return self.env["ir.attachment"].create({"name": name, "raw": b"x"})

    def _erase(self, debtor, cutoff):
        erasures = self.env["cobranza.erasure"]
        with self.law(), self.at(LATER):
            erasure = erasures._propose(
                debtor, date.fromisoformat(cutoff), "Old", "Art 1"
            )
        self._approve(erasure)
        self._trigger("2029-01-11")
        return erasure

    def test_the_erasure_of_a_log_is_written_down_by_kind(self):
        debtor, mail, letter = self._closed()
        self._trigger(LATER)
        erasure = self._erasure(debtor)
        self._approve(erasure)
        self._trigger("2029-01-11")
        self.assertTrue(mail.erased_on and letter.erased_on)
        rows = self.env["cobranza.deletion"].sudo().search([])
        self.assertLessEqual({"ir.attachment", "mail.message"}, {*rows.mapped("what")})
        self.assertEqual(set(rows.mapped("cutoff")), {erasure.cutoff})
        self.assertEqual(rows.company_id, self.company)
        self.assertIn("Art. 37", rows[0].reason)

    def test_a_contact_of_which_something_came_in_later_is_not_old_yet(self):
        debtor, mail, letter = self._closed()
        letter.event_ids[:1].sudo()._through_gate().write(
            {"moment": "2028-12-01 12:00:00"}
        )
        self._erase(debtor, "2028-12-01")
        self.assertTrue(mail.erased_on)
        self.assertFalse(letter.erased_on)
        self.assertTrue(letter.attachment_id.exists() and letter.body)

    def test_a_file_that_was_added_after_the_day_stays_with_its_old_dispute(self):
        debtor, _mail, _letter = self._closed()
        files = self._file("2027-12-31", "old") | self._file("2028-01-01", "new")
        with self.at("2026-12-11"):
            move = self._invoice(amount=9, due="2026-12-01")
            self._ensure_debts(move, debtor)
            dispute = self.env["cobranza.dispute"].create(
                {
                    "debtor_id": debtor.id,
                    "debt_id": self._debts(move).id,
                    "reason": "price",
                    "description": "secret",
                }
            )
            dispute._answer("withdrawn", "secret too")
            self._register_payment(move, payment_date="2026-12-11")
        dispute.write({"attachment_ids": [Command.link(one.id) for one in files]})
        self._erase(debtor, "2028-01-01")
        self.assertFalse(files[0].exists())
        self.assertEqual(dispute.attachment_ids, files[1])
        self.assertFalse(dispute.description)
