from datetime import date

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.limitation.reader import LimitationReader

from .common import ChileCommon

DUE = "2025-12-05"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestLimitation(ChileCommon):
    """The executive and the ordinary action of an invoice due 2025-12-05."""

    def _debt(self, regime="company", kind=False):
        buyer = self._person("Ferretería Sur Ltda.", "76192083-9", is_company=True)
        move = self._bill(1000000, DUE, buyer)
        self._run("2026-01-10")
        debt = self._debts(move).sudo()
        debt.debtor_id.regime = regime
        debt.claim_kind = kind
        return debt

    def _days(self, debt, day="2026-06-02"):
        with self.at(day):
            found = LimitationReader(self.company.sudo()).answers(debt)[debt.id]
        return {one.found.term.action: one.found.on for one in found}

    def _written(self, debt, kind):
        with self.at("2026-06-02"):
            file = self.env["ir.attachment"].create({"name": "x.txt", "raw": b"x"})
            self.env["cobranza.interruption"].create(
                {
                    "debtor_id": debt.debtor_id.id,
                    "debt_ids": [Command.set(debt.ids)],
                    "kind": kind,
                    "day": "2026-06-01",
                    "attachment_ids": [Command.set(file.ids)],
                }
            )

    def test_an_invoice_has_an_executive_and_an_ordinary_action(self):
        debt = self._debt()
        executive = date(2026, 12, 5)
        self.assertEqual(
            self._days(debt), {"executive": executive, "ordinary": date(2029, 12, 5)}
        )
        with self.at("2026-06-02"):
            panel = str(debt.limitation_panel)
        self.assertIn("Invoice", panel)
        self.assertNotIn(">invoice<", panel, "the code of its action")
        for kind, ordinary in (
            ("commercial", date(2029, 12, 5)),
            ("ordinary", date(2030, 12, 5)),
            ("retail", date(2026, 12, 5)),
            ("professional", date(2027, 12, 5)),
        ):
            debt.claim_kind = kind
            self.assertEqual(self._days(debt)["ordinary"], ordinary, kind)
        debt.title = "contract"
        self.assertNotIn("executive", self._days(debt))
        with self.at("2026-06-02"):
            debt._limit()
        self.assertEqual(debt.limitation_on, date(2027, 12, 5))

    def test_of_whom_the_law_protects_the_short_terms_may_apply(self):
        debt = self._debt("consumer")
        self.assertEqual(self._days(debt)["ordinary"], date(2026, 12, 5))

    def test_an_acknowledgement_moves_the_ordinary_action_only(self):
        debt = self._debt(kind="ordinary")
        self._written(debt, "acknowledgement")
        self.assertEqual(
            self._days(debt),
            {"executive": date(2026, 12, 5), "ordinary": date(2031, 6, 1)},
        )

    def test_a_title_of_the_law_moves_the_executive_one_too(self):
        debt = self._debt(kind="ordinary")
        self._written(debt, "executive_title")
        self.assertEqual(
            self._days(debt),
            {"executive": date(2027, 6, 1), "ordinary": date(2031, 6, 1)},
        )

    def test_a_term_that_is_granted_makes_short_terms_ordinary(self):
        debt = self._debt(kind="retail")
        self._written(debt, "term_granted")
        self.assertEqual(self._days(debt)["ordinary"], date(2031, 6, 1))

    def test_a_letter_moves_nothing(self):
        debt = self._debt()
        before = self._days(debt)
        contact = self.env["cobranza.contact"].sudo()._through_gate()
        contact = contact.create(
            {
                "company_id": self.company.id,
                "debtor_id": debt.debtor_id.id,
                "recipient_id": debt.partner_id.id,
                "channel": "carta_certificada",
                "text_purpose": "formal_demand",
                "state": "sent",
                "sent_at": "2026-06-01 15:00:00",
            }
        )
        lines = self.env["cobranza.contact.line"].sudo()._through_gate()
        lines.create({"contact_id": contact.id, "debt_id": debt.id, "amount": 1})
        contact._add_events("delivered", "Correos", "2026-06-01 16:00:00")
        self.assertTrue(contact.effect_ids)
        self.assertEqual(self._days(debt), before)

    def test_when_the_executive_action_is_lost_the_ordinary_one_is_next(self):
        debt = self._debt()
        for day, action in (
            ("2026-12-05", "executive"),
            ("2026-12-06", "ordinary"),
        ):
            with self.at(day):
                debt._limit()
            self.assertEqual(debt.limitation_action, action, day)
            # nobody has said which kind of claim it is: the longest
            self.assertEqual(debt.claimable_until, date(2030, 12, 5))

    def test_a_renegotiation_suspends_both_actions_for_its_days(self):
        debt = self._debt(kind="ordinary")
        before = self._days(debt)
        self._written(debt, "suspension")
        self.assertEqual(self._days(debt), before)
        with self.at("2026-07-01"):
            debt.interruption_ids.ended_on = "2026-07-01"
        self.assertEqual(
            self._days(debt, "2026-07-02"),
            {"executive": date(2027, 1, 4), "ordinary": date(2031, 1, 4)},
        )
        self.assertTrue(all(one.ended_on for one in debt.interruption_ids))


@tagged("post_install", "-at_install", "post_install_l10n")
class TestBarredErasure(ChileCommon):
    """Ley 21.719: data about what is time-barred are erased without being asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._person("Rosa Ejemplo", "12345678-5")
        move = cls._bill(100000, "2024-11-05", cls.person)
        cls._run("2026-11-20")
        cls.debt = cls._debts(move).sudo()
        cls.debt.claim_kind = "retail"
        cls.debtor = cls.debt.debtor_id
        cls.debtor.regime = "consumer"
        # what was planned before is cancelled when it would leave
        cls.debtor.contact_ids._set_state("cancelled", "Time-barred")
        cls.letter = cls._contact("2024-11-20 15:00:00")

    @classmethod
    def _contact(cls, moment):
        contacts = cls.env["cobranza.contact"].sudo()._through_gate()
        return contacts.create(
            {
                "company_id": cls.company.id,
                "debtor_id": cls.debtor.id,
                "recipient_id": cls.person.id,
                "channel": "letter",
                "state": "sent",
                "sent_at": moment,
                "body": "<p>Pague, por favor.</p>",
            }
        )

    def _night(self, day):
        erasures = self.company._cobranza_engine(self.env["cobranza.erasure"])
        with self.at(day):
            self.debt._limit()
            erasures._daily(self.company, fields.Date.to_date(day))
        return self.debtor.erasure_ids

    def _asked(self):
        return self.debtor.activity_ids.filtered(
            lambda one: one.user_id.has_group("cobranza_legal.group_collection_manager")
        )

    def test_it_is_proposed_once_with_reason_and_article_from_the_day_of_the_law(self):
        self.assertFalse(self._night("2026-11-30"))
        erasure = self._night("2026-12-01")
        self.assertEqual(len(erasure), 1)
        self.assertEqual((erasure.state, erasure.contact_count), ("proposed", 1))
        self.assertIn(self.debt.display_name, erasure.reason)
        self.assertIn("19.628, art. 17", erasure.article)
        self.assertTrue(self.letter.body)
        self.assertEqual(len(self._night("2026-12-02")), 1)
        with self.at("2026-12-02"):
            erasure.with_user(self._role("manager")).action_approve()
            erasure.sudo()._upkeep(fields.Date.to_date("2026-12-02"))
        self.assertEqual(erasure.state, "done")
        self.assertFalse(self.letter.body)

    def test_what_is_not_barred_keeps_the_log_and_the_manager_is_told(self):
        move = self._bill(50000, "2026-11-05", self.person)
        self._run("2026-11-27")
        other = self._debts(move)
        self.assertFalse(self._night("2026-12-01"))
        task = self._asked()
        self.assertIn(other.display_name, task.note)
        self.assertIn("art. 17", task.note)
        self._night("2026-12-02")
        self.assertEqual(self._asked(), task)

    def test_where_somebody_who_answers_can_still_be_sued_nothing_is_proposed(self):
        self._guarantee(self.debtor, self._person("Aval", "9876543-3"))
        with self.at("2026-11-21"):
            file = self.env["ir.attachment"].create({"name": "x.txt", "raw": b"x"})
            self.env["cobranza.interruption"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": [Command.set(self.debt.ids)],
                    "kind": "suit",
                    "day": "2025-06-02",
                    "partner_id": self.debtor.obligor_ids.partner_id.id,
                    "attachment_ids": [Command.set(file.ids)],
                }
            )
        self.assertFalse(self._night("2026-12-01"))
        self.assertFalse(self._asked())
