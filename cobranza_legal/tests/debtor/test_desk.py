from datetime import timedelta

from lxml import etree
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common.base import ROLES, CobranzaCommon

DAY = "2026-10-26"


@tagged("post_install", "-at_install")
class TestDesk(CobranzaCommon):
    """One debtor after the other, each on one desk only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_mode = "confirm"
        cls.third = cls.env["res.partner"].create({"name": "C", "is_company": True})
        cls._invoice(amount=300, due="2026-10-01", partner=cls.third)
        cls._invoice(amount=2000, due="2026-10-01")
        cls._invoice(amount=1000, due="2026-10-01", partner=cls.partner_b)
        cls._run(DAY)
        partners = cls.partner_a | cls.partner_b | cls.third
        cls.debtors = cls.env["cobranza.debtor"].search(
            [("partner_id", "in", partners.ids)]
        )
        cls.first, cls.second, cls.last = cls.debtors
        cls.ana, cls.ben = cls._collector("ana"), cls._collector("ben")
        cls.startClassPatcher(cls.frozen(f"{DAY} 12:00:00"))

    @classmethod
    def frozen(cls, moment):
        return freeze_time(moment)

    @classmethod
    def _collector(cls, login):
        return new_test_user(
            cls.env,
            login=f"desk_{login}",
            name=login.title(),
            groups=ROLES["collector"],
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )

    def _desk(self, user):
        return self.env["cobranza.debtor"].with_user(user)

    def _start(self, user, domain=None):
        own = domain or [("id", "in", self.debtors.ids)]
        return self._shown(self._desk(user).desk_start(own))

    def _shown(self, action):
        return self.env[action["res_model"]].browse(action["res_id"])

    def _move(self, user, debtor, verb="next"):
        return self._shown(self._desk(user).browse(debtor.id).desk_move(verb))

    def _bar(self, user, debtor):
        return self._desk(user).browse(debtor.id).desk_open()

    def test_debtors_come_by_priority_and_the_end_is_a_summary(self):
        seen = [self._start(self.ana)]
        while seen[-1]._name == "cobranza.debtor":
            seen.append(self._move(self.ana, seen[-1]))
        self.assertEqual(seen[:3], [self.first, self.second, self.last])
        self.assertGreater(self.first.priority, self.second.priority)
        self.assertEqual(seen[3]._name, "cobranza.session")
        self.assertEqual(seen[3].worked_count, 3)
        self.assertTrue(seen[3].ended_at)

    def test_the_bar_says_the_place_again_after_a_reload(self):
        self._start(self.ana)
        self._move(self.ana, self.first)
        for _load in range(2):
            bar = self._bar(self.ana, self.second)
            self.assertEqual(bar["session"], {"position": 2, "total": 3, "left": 1})
        elsewhere = self._bar(self.ana, self.last)
        self.assertFalse(elsewhere["session"])
        self.assertEqual(elsewhere["paused"]["position"], 2)
        again = self._shown(self._desk(self.ana).desk_resume())
        self.assertEqual(again, self.second)

    def test_later_comes_again_after_all_others_and_skipped_does_not(self):
        self._start(self.ana)
        self.assertEqual(self._move(self.ana, self.first, "later"), self.second)
        self.assertEqual(self._move(self.ana, self.second, "skip"), self.last)
        self.assertEqual(self._move(self.ana, self.last), self.first)
        session = self._move(self.ana, self.first)
        self.assertEqual((session.worked_count, session.skipped_count), (2, 1))

    def test_what_another_collector_has_open_is_passed_over(self):
        self.assertEqual(self._start(self.ana), self.first)
        self.assertEqual(self._start(self.ben), self.second)
        self.assertEqual(self._move(self.ana, self.first), self.last)
        self.assertEqual(self._move(self.ben, self.second), self.first)
        self.assertEqual(self._bar(self.ben, self.last)["other"], "Ana")

    def test_a_claim_expires_by_itself(self):
        self._start(self.ana)
        with self.frozen(f"{DAY} 12:16:00"):
            self.assertEqual(self._start(self.ben), self.first)
        self.assertEqual(self._bar(self.ana, self.first)["other"], "Ben")

    def test_looking_at_a_debtor_keeps_it_from_the_others_too(self):
        self._bar(self.ben, self.first)
        self.assertEqual(self._start(self.ana), self.second)
        self._desk(self.ben).browse(self.first.id).desk_leave()
        self.assertEqual(self._move(self.ana, self.second), self.first)

    def test_when_others_have_all_that_is_left_the_session_ends_and_says_so(self):
        self._start(self.ana)
        self._bar(self.ben, self.second)
        self._bar(self.ben, self.last)
        session = self._move(self.ana, self.first)
        self.assertEqual((session.worked_count, session.left_count), (1, 2))

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_a_debtor_on_one_desk(self):
        claims = self.env["cobranza.debtor.claim"].sudo()
        values = {"debtor_id": self.first.id, "until": fields.Datetime.now()}
        claims.create({**values, "user_id": self.ana.id})
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            claims.create({**values, "user_id": self.ben.id})

    def test_a_row_that_another_transaction_holds_is_passed_over(self):
        query = "FOR NO KEY UPDATE OF r SKIP LOCKED"
        seen = []
        original = self.env.cr.execute

        def watch(sql, *args, **kwargs):
            seen.append(str(sql))
            return original(sql, *args, **kwargs)

        self.patch(self.env.cr, "execute", watch)
        self._start(self.ana)
        self.assertTrue([sql for sql in seen if query in sql])

    def test_the_summary_counts_what_the_collector_did(self):
        self._start(self.ana)
        self._desk(self.ana).browse(self.first.id).with_context(
            call_outcome="no_answer"
        ).action_call()
        self._move(self.ana, self.first)
        action = (
            self._desk(self.ana)
            .browse(self.second.id)
            .with_context(call_outcome="will_pay")
            .action_call()
        )
        wizard = (
            self.env["cobranza.contact.outcome"]
            .with_user(self.ana)
            .with_context(**action["context"])
            .create({})
        )
        wizard.action_confirm()
        session = self._shown(self._desk(self.ana).desk_end())
        self.assertEqual((session.call_count, session.reached_count), (2, 1))
        self.assertEqual((session.promise_count, session.promise_amount), (1, 1000))
        self.assertEqual((session.worked_count, session.left_count), (1, 1))

    def test_a_new_session_ends_the_one_before(self):
        self._start(self.ana)
        self._start(self.ana, [("id", "=", self.last.id)])
        sessions = self.env["cobranza.session"].search([("user_id", "=", self.ana.id)])
        self.assertEqual(len(sessions), 2)
        self.assertEqual(len(sessions.filtered(lambda one: not one.ended_at)), 1)

    def test_an_empty_list_starts_nothing(self):
        with self.assertRaises(UserError):
            self._start(self.ana, [("id", "=", 0)])

    def test_only_collectors_work_the_list(self):
        lawyer = self._role("all_lawyer")
        with self.assertRaises(AccessError):
            self._start(lawyer)
        with self.assertRaises(AccessError):
            self._desk(lawyer).browse(self.first.id).desk_open()

    def test_a_collector_sees_only_the_own_sessions(self):
        self._start(self.ana)
        sessions = self.env["cobranza.session"]
        self.assertTrue(sessions.with_user(self.ana).search([]))
        self.assertFalse(sessions.with_user(self.ben).search([]))
        self.assertTrue(sessions.with_user(self._role("manager")).search([]))
        with self.assertRaises(AccessError):
            sessions.with_user(self.ana).search([]).write({"worked_count": 99})

    # -- filters -------------------------------------------------------------------

    def _found(self, name):
        view = self.env.ref("cobranza_legal.view_cobranza_debtor_search")
        arch = self._desk(self.ana).get_view(view.id, "search")["arch"]
        [node] = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        domain = safe_eval(node.get("domain"), {"uid": self.ana.id})
        return self._desk(self.ana).search([("id", "in", self.debtors.ids), *domain])

    def test_the_filters_of_a_collector(self):
        self.first.user_id = self.ana
        (self.partner_a | self.partner_b | self.third).phone = False
        self.second.partner_id.phone = "+34 600 000 000"
        self._desk(self.ana).browse(self.first.id).with_context(
            call_outcome="no_answer"
        ).action_call()
        self.last.regime = "company"
        promise = self.env["cobranza.promise"].create(
            {
                "debtor_id": self.last.id,
                "debt_ids": [fields.Command.set(self.last.debt_ids.ids)],
                "amount": 10,
                "promised_on": DAY,
            }
        )
        later = fields.Date.to_date(DAY) + timedelta(days=30)
        promise._upkeep(later)
        self.env.flush_all()
        expected = {
            "mine": self.first,
            "with_phone": self.second,
            "quiet_7": self.second | self.last,
            "quiet_30": self.second | self.last,
            "regime_company": self.last,
            "regime_unknown": self.first | self.second,
            "broken": self.last,
            "to_release": self.debtors,
            "phase_reminder": self.debtors,
            "phase_judicial": self.debtors.browse(),
        }
        for name, debtors in expected.items():
            with self.subTest(name):
                self.assertEqual(self._found(name), debtors)
        self.assertTrue(self.first.last_contact_on)
        self.assertFalse(self.second.last_contact_on)
        order = self.env["cobranza.debtor"].search(
            [("id", "in", self.debtors.ids)], order="last_contact_on desc nulls last"
        )
        self.assertEqual(order[0], self.first)
