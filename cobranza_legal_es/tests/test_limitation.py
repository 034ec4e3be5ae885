from contextlib import suppress
from datetime import date
from unittest.mock import patch

from lxml.html import fromstring

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.cobranza_legal.models.common.rows import forget_rows
from odoo.addons.cobranza_legal.models.limitation.reader import LimitationReader
from odoo.addons.cobranza_legal.tests.common.queries import listed

from .common import SpainCommon

DUE = "2021-12-05"
POSTED = "2026-11-23 10:00:00"


class Undo(Exception):
    """Nothing of a measurement stays."""


@tagged("post_install", "-at_install", "post_install_l10n")
class TestLimitation(SpainCommon):
    """T26: due 2021-12-05."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"cobranza_mode": "automatic", "cobranza_bank_guard_days": 0})
        cls.env["res.lang"]._activate_lang("en_US")

    def _debt(self, day="2026-11-20", partner=None, kind="personal", due=DUE):
        move = self._invoice(
            amount=650,
            partner=partner or self.client,
            due=due,
            invoice_date=due,
        )
        self._run(day)
        debt = self._debts(move).sudo()
        debt.claim_kind = kind
        self._limit(debt, day)
        return debt

    def _limit(self, debt, day):
        with self.at(day):
            debt._limit()

    def _days(self, debt, day="2026-11-24"):
        with self.at(day):
            found = LimitationReader(self.company.sudo()).answers(debt)[debt.id]
        return {one.partner: one.found.on for one in found}

    def _written(self, debt, kind="acknowledgement", **vals):
        with self.at("2026-11-24"):
            return self.env["cobranza.interruption"].create(
                {
                    "debtor_id": debt.debtor_id.id,
                    "debt_ids": [Command.set(debt.ids)],
                    "kind": kind,
                    "day": "2026-11-23",
                    "attachment_ids": [Command.set(self._proof().ids)],
                    **vals,
                }
            )

    def test_five_years_and_three_of_what_nobody_stated(self):
        debt = self._debt()
        self.assertEqual(debt.limitation_on, date(2026, 12, 5))
        self.assertEqual(debt.claimable_until, date(2026, 12, 5))
        debt.claim_kind = "lodging"
        self._limit(debt, "2024-12-05")
        self.assertEqual(debt.limitation_on, date(2024, 12, 5))
        debt.claim_kind = False
        self._limit(debt, "2024-12-05")
        self.assertEqual(debt.limitation_on, date(2024, 12, 5))
        self.assertEqual(debt.claimable_until, date(2026, 12, 5))
        self.company.cobranza_claim_kind = "personal"
        self._limit(debt, "2024-12-05")
        self.assertEqual(debt.limitation_on, date(2026, 12, 5))

    def test_what_nobody_stated_is_stopped_only_when_every_kind_has_run_out(self):
        debt = self._debt(day="2026-12-03", kind=False)
        self.assertNotEqual(debt.reason, "barred")
        self.assertEqual(debt.limitation_on, date(2026, 12, 5))
        for day, barred in (("2026-12-05", False), ("2026-12-06", True)):
            with self.at(day):
                debt.debtor_id._redecide_later()
                self.cr.flush()
            self.assertEqual(debt.reason == "barred", barred, day)
        for day in ("2026-12-06", "2026-12-07"):
            self._tell(day)
        told = self._told(debt)
        self.assertEqual(len(told), 1)
        self.assertIn("state what is claimed", told.summary)

    def _tell(self, day):
        debts = self.env["cobranza.debt"].sudo().with_context(lang="en_US")
        # a test commits nothing
        cron = type(self.env["ir.cron"])
        with self.at(day), patch.object(cron, "_commit_progress", return_value=1):
            debts._tell_due(self.company.sudo(), fields.Date.to_date(day))

    def _told(self, debt):
        return debt.debtor_id.activity_ids.filtered(
            lambda one: "imit" in one.summary or "barred" in one.summary
        )

    def test_what_is_judged_for_another_reason_is_told_of_all_the_same(self):
        debt = self._debt()
        self.assertGreater(debt.limitation_look_on, date(2026, 11, 20))
        self._tell("2026-11-20")
        self.assertEqual(len(self._told(debt)), 1)
        self.assertEqual(debt.limitation_told_on, debt.limitation_on)

    def test_one_bad_debt_keeps_no_other_from_being_limited(self):
        bad, good = self._debt(), self._debt(partner=self._partner("Good"))
        (bad | good).write({"limitation_look_on": False, "limitation_on": False})
        self.env.flush_all()
        rules = type(self.env["cobranza.rules.es"])
        known = rules._limitation

        def limitation(own, debts):
            if bad in debts:
                raise ZeroDivisionError
            return known(own, debts)

        logger = "odoo.addons.cobranza_legal.models.limitation.debt"
        with (
            patch.object(rules, "_limitation", limitation),
            self.assertLogs(logger, "ERROR") as log,
            self.at("2026-11-20"),
        ):
            (bad | good)._limit_safely()
        self.assertEqual(len(log.records), 1)
        self.assertFalse(bad.limitation_on)
        self.assertTrue(good.limitation_on)

    def _guarantee(self, debt, person, capacity="guarantor"):
        return self.env["cobranza.obligor"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "partner_id": person.id,
                "capacity": capacity,
                "since": "2020-01-01",
            }
        )

    def test_t26_a_letter_reaches_who_owes_the_whole(self):
        debt = self._debt()
        people = {
            capacity: self._partner(capacity)
            for capacity in ("co_debtor", "guarantor", "guarantor_waived", "several")
        }
        for capacity, person in people.items():
            self._guarantee(debt, person, capacity)
        self._letter(debt, POSTED)
        days = self._days(debt)
        self.assertEqual(days[people["co_debtor"].id], date(2031, 11, 23))
        for capacity in ("guarantor", "guarantor_waived", "several"):
            self.assertEqual(days[people[capacity].id], date(2026, 12, 5), capacity)

    def test_t26_through_the_screens(self):
        debt, collector = self._debt(), self._role("collector")
        people = {
            code: self._partner(f"Who is {code}") for code in ("co_debtor", "guarantor")
        }
        obligors = self.env["cobranza.obligor"].with_user(collector)
        for code, person in people.items():
            default = {"default_debtor_id": debt.debtor_id.id}
            form = Form(obligors.with_context(**default))
            form.partner_id, form.capacity, form.since = person, code, "2021-01-01"
            form.save()
        self._letter(debt, POSTED)
        with self.at("2026-11-24"):
            seen = debt.with_user(collector).with_context(lang="en_US")
            panel = fromstring(str(seen.limitation_panel))
        until = {
            row[0].text_content().strip(): row[3].text_content().strip()
            for row in panel.iterfind(".//tbody/tr")
        }
        self.assertEqual(until[people["co_debtor"].name], "11/23/2031")
        self.assertEqual(until[people["guarantor"].name], "12/05/2026")

    def test_a_letter_reaches_the_debtor_and_no_simple_guarantor(self):
        debt = self._debt()
        guarantor = self._partner("Aval")
        self._guarantee(debt, guarantor)
        self._letter(debt, POSTED)
        days = self._days(debt)
        self.assertEqual(days[self.client.id], date(2031, 11, 23))
        self.assertEqual(days[guarantor.id], date(2026, 12, 5))
        self._limit(debt, "2026-11-24")
        self.assertEqual(debt.limitation_on, date(2026, 12, 5))
        self.assertEqual(debt.claimable_until, date(2031, 11, 23))

    def test_the_debt_is_judged_again_when_a_letter_leaves(self):
        debt = self._debt()
        self._letter(debt, POSTED)
        with self.at("2026-11-24"):
            self.cr.flush()
            debt.debtor_id._judge_if_marked()
        self.assertEqual(debt.limitation_on, date(2031, 11, 23))

    def test_sued_in_public_deed_or_only_insolvent(self):
        debt = self._debt()
        guarantor = self._partner("Aval")
        self._guarantee(debt, guarantor)
        mine = self._written(debt)
        days = self._days(debt)
        self.assertEqual(days[self.client.id], date(2031, 11, 23))
        self.assertEqual(days[guarantor.id], date(2026, 12, 5))
        with self.at("2026-11-24"):
            mine._take_back("Of another debtor")
        self.assertEqual(self._days(debt)[self.client.id], date(2026, 12, 5))
        self._written(debt, "acknowledgement_deed")
        self.assertEqual(self._days(debt)[guarantor.id], date(2031, 11, 23))

    def test_insolvency_moves_the_debtor_only(self):
        debt = self._debt()
        guarantor = self._partner("Aval")
        self._guarantee(debt, guarantor)
        debt.debtor_id.sudo().write({"insolvent_on": "2026-11-01"})
        days = self._days(debt)
        self.assertEqual(days[self.client.id], date(2031, 11, 1))
        self.assertEqual(days[guarantor.id], date(2026, 12, 5))

    def test_a_lawsuit_stops_the_time_until_it_has_ended(self):
        debt = self._debt()
        suit = self._written(debt, "suit")
        self.assertEqual(self._days(debt), {self.client.id: None})
        with self.at("2028-03-02"):
            suit.ended_on = "2028-03-01"
        days = self._days(debt, "2028-03-02")
        self.assertEqual(days, {self.client.id: date(2033, 3, 1)})

    def test_what_interrupted_is_proven_and_never_changed(self):
        debt = self._debt()
        with self.assertRaises(ValidationError):
            self._written(debt, attachment_ids=False)
        with self.assertRaises(ValidationError):
            self._written(debt, day="2026-11-25")
        with self.assertRaises(ValidationError):
            self._written(debt, ended_on="2026-11-24")
        one = self._written(debt).with_user(self._role("collector"))
        with self.assertRaises(ValidationError):
            one.ended_on = "2026-11-24"
        with self.assertRaises(UserError):
            one.write({"day": "2026-11-01"})

    def test_a_debt_is_barred_the_day_after_and_claimed_until_then(self):
        debt = self._debt(day="2026-12-03")
        for day, barred in (
            ("2026-12-04", False),
            ("2026-12-05", False),
            ("2026-12-06", True),
        ):
            with self.at(day):
                debt.debtor_id._redecide_later()
                self.cr.flush()
                found = debt._claimable()
            self.assertEqual(debt.reason == "barred", barred, day)
            self.assertEqual(debt.id not in found, barred, day)
        self.assertIn("barred", debt.decision["blockers"])

    def test_the_responsible_is_told_once_for_each_debtor(self):
        debts = self._debt() | self._debt()
        debts.limitation_look_on = False
        cron = self.env.ref("cobranza_legal.ir_cron_upkeep")
        for day in ("2026-11-20", "2026-11-21"):
            with self.at(day), self.enter_registry_test_mode():
                cron.method_direct_trigger()
        self.env.invalidate_all()
        tasks = debts.debtor_id.activity_ids.filtered(
            lambda one: "imit" in one.summary or "rescri" in one.summary
        )
        self.assertEqual(len(tasks), 1)
        for debt in debts:
            self.assertIn(debt.display_name, tasks.note)
        self.assertEqual(set(debts.mapped("limitation_told_on")), {date(2026, 12, 5)})

    def test_many_debts_ask_as_often_as_one(self):
        debts = self._debt()
        for _more in range(4):
            debts |= self._debt(partner=self._partner(f"More {_more}"))
        queries = []
        for some in (debts, debts[:1], debts):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some._limit()
            queries.append(self.cr.sql_log_count - before)
        self.assertEqual(queries[1], queries[2])

    def test_the_panel_says_against_whom_until_when_and_why(self):
        debt = self._debt().with_context(lang="en_US")
        panel = str(debt.limitation_panel)
        self.assertIn(self.client.name, panel)
        self.assertIn("12/05/2026", panel)
        self.assertIn("1964.2", panel)

    # -- what was sold -----------------------------------------------------------------

    def _product(self, name, kind=False, category=None):
        product = self.env["product.product"].create({"name": name})
        template = product.product_tmpl_id.with_company(self.company)
        template.cobranza_claim_kind = kind
        if category:
            template.categ_id = category
        return product

    def _sold(self, *products):
        """The debt of an invoice with a line for each of these (None: no product)."""
        move = self._invoice(
            amount=650, partner=self.client, due=DUE, invoice_date=DUE, post=False
        )
        line = move.invoice_line_ids
        line.product_id = products[0]
        for product in products[1:]:
            line.copy({"product_id": product and product.id, "price_unit": 10})
        move.invoice_line_ids.tax_ids = False
        move.action_post()
        self._run("2024-11-20")
        return self._debts(move).sudo()

    def _limited(self, debt, day="2024-11-20"):
        self._limit(debt, day)
        return str(debt.limitation_on), str(debt.claimable_until)

    def test_the_kind_is_that_of_the_products_and_the_earliest_of_several(self):
        room, course = self._product("Room", "lodging"), self._product("Course")
        debt = self._sold(room)
        self.assertEqual(self._limited(debt), ("2024-12-05", "2024-12-05"))
        self.assertIn("lodging", debt.with_context(lang="en_US").claim_kind_words)
        both = self._sold(room, self._product("Desk", "personal"))
        self.assertEqual(self._limited(both), ("2024-12-05", "2026-12-05"))
        # nobody has said what the course is
        half = self._sold(self._product("Bike", "personal"), course)
        self.assertEqual(self._limited(half), ("2024-12-05", "2026-12-05"))
        self.company.cobranza_claim_kind = "personal"
        self.assertEqual(self._limited(half), ("2026-12-05", "2026-12-05"))
        none = self._sold(course)
        self.assertEqual(self._limited(none), ("2026-12-05", "2026-12-05"))
        debt.claim_kind = "personal"
        self.assertEqual(self._limited(debt), ("2026-12-05", "2026-12-05"))

    def test_a_category_says_it_for_its_products_and_those_below(self):
        categories = self.env["product.category"].with_company(self.company)
        above = categories.create({"name": "Stay", "cobranza_claim_kind": "lodging"})
        below = categories.create({"name": "Winter", "parent_id": above.id})
        debt = self._sold(self._product("Room", category=below))
        self.assertEqual(self._limited(debt)[0], "2024-12-05")
        below.cobranza_claim_kind = "personal"
        self.assertEqual(self._limited(debt)[0], "2026-12-05")

    def test_what_is_said_of_a_product_later_counts_for_what_is_owed_already(self):
        room = self._product("Room", "personal")
        debt = self._sold(room)
        self._limited(debt)
        with self.at("2024-11-21"):
            room.product_tmpl_id.with_company(self.company).write(
                {"cobranza_claim_kind": "lodging"}
            )
            self.cr.flush()
            debt.debtor_id._judge_if_marked()
        self.assertEqual(debt.limitation_on, date(2024, 12, 5))

    def test_another_company_says_its_own(self):
        room = self._product("Room", "lodging").product_tmpl_id
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        self.assertFalse(room.with_company(elsewhere).cobranza_claim_kind)
        forget_rows(self.env, "cobranza.claim.kind", ["lodging"], False)
        self.assertFalse(room.with_company(self.company).cobranza_claim_kind)

    # -- what stands still -------------------------------------------------------------

    def test_freight_is_suspended_until_a_day_that_is_written_down(self):
        debt = self._debt(day="2026-11-20", kind="freight", due="2026-06-05")
        self.assertEqual(self._days(debt), {self.client.id: date(2027, 6, 5)})
        self._letter(debt, POSTED)
        pause = self._written(debt, "suspension")
        self.assertEqual(self._days(debt), {self.client.id: date(2027, 6, 5)})
        with self.at("2026-12-23"):
            pause.ended_on = "2026-12-23"
        days = self._days(debt, "2026-12-23")
        self.assertEqual(days, {self.client.id: date(2027, 7, 5)})
        debt.claim_kind = "personal"
        self.assertEqual(self._days(debt)[self.client.id], date(2031, 11, 23))

    # -- many --------------------------------------------------------------------------

    def test_two_hundred_debts_ask_as_often_as_twenty(self):
        debt = self._sold(self._product("Room", "lodging"))
        self._guarantee(debt, self._partner("Aval"))
        counts = {}
        for size in (4, 20, 200):  # the first warms the caches
            with suppress(Undo), self.cr.savepoint():
                self._copies(debt, size)
                with self.at("2024-11-20"), self._silent(), listed(self.cr) as asked:
                    self.env["cobranza.debt"].sudo()._limit_due(self.company.sudo())
                    self.env.flush_all()
                counts[size] = asked
                domain = [("limitation_told_on", "=", "2024-12-05")]
                self.assertEqual(self.env["cobranza.debt"].search_count(domain), size)
                raise Undo
            self.env.invalidate_all(flush=False)
        self.assertEqual(len(counts[20]), len(counts[200]), f"{counts[200]}")
        self.assertLess(len(counts[200]), 60)

    def _silent(self):
        cron = type(self.env["ir.cron"])  # a test commits nothing
        return patch.object(cron, "_commit_progress", return_value=float("inf"))

    def _copies(self, debt, size):
        """The debt and copies of it, ``size`` in all, that nobody has looked at."""
        debt.limitation_look_on = False
        self.env.flush_all()
        self.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'cobranza_debt' AND is_generated = 'NEVER'"
        )
        names = {one: f'"{one}"' for (one,) in self.cr.fetchall() if one != "id"}
        values = {**names, "move_line_id": "NULL", "instalment_no": "100 + n"}
        self.cr.execute(
            f"INSERT INTO cobranza_debt ({', '.join(names.values())})"
            f" SELECT {', '.join(values[one] for one in names)}"
            " FROM cobranza_debt, generate_series(2, %s) n WHERE id = %s",
            [size, debt.id],
        )
        self.env.invalidate_all(flush=False)

    # -- nobody is threatened with a court about it ------------------------------------

    def _claim(self, debt, day="2026-11-20", person=None):
        """A burofax about a debt that is about to be sent."""
        level = debt.policy_id.level_ids.sorted("number")[-1:]
        spec = {
            "debtor_id": debt.debtor_id.id,
            "company_id": self.company.id,
            "currency_id": debt.currency_id.id,
            "channel": "burofax",
            "level_id": level.id,
            "text_purpose": "burofax",
            "automatic": True,
            "lines": [(debt.id, level.id, level.number, 9, 650, 0)],
        }
        with self.at(day):
            contact = self.env["cobranza.contact"].sudo()._plan([spec])
            if person:
                values = {"recipient_id": person.id, "recipient_chosen": True}
                contact._through_gate().write(values)
        return contact

    def _refused(self, contact, day):
        """The messages by which it is kept from leaving for being time-barred."""
        with self.at(day):
            at = fields.Datetime.now()
            found = self.rules._contact_blockers(contact, at).get(contact.id, ())
        return [text for code, text in found if code == "barred"]

    def test_what_is_barred_is_claimed_of_nobody_whom_it_is_barred_against(self):
        debt = self._debt(day="2026-11-20")
        contact = self._claim(debt)
        self.assertFalse(self._refused(contact, "2026-12-05"))
        (text,) = self._refused(contact, "2026-12-06")
        self.assertIn(debt.display_name, text)
        self.assertIn("1964.2", text)

    def test_a_guarantor_is_not_claimed_of_after_its_own_day(self):
        debt = self._debt()
        guarantor = self._partner("Aval", email="aval@example.com")
        self._guarantee(debt, guarantor)
        contact = self._claim(debt, person=guarantor)
        self._written(debt)
        self.assertFalse(self._refused(contact, "2026-12-05"))
        (text,) = self._refused(contact, "2026-12-06")
        self.assertIn("Aval", text)
        contact._through_gate().recipient_id = self.client
        self.assertFalse(self._refused(contact, "2026-12-06"))

    def _typed(self, record, body, day="2026-12-09", person=None):
        collector = self.collector
        with self.clock(f"{day} 12:00:00"):
            record.with_user(collector).message_post(
                body=body,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=(person or self.client).ids,
            )

    def test_hand_written_words_never_threaten_with_a_court_what_is_barred(self):
        self.collector = self._role("collector")
        self.collector.group_ids |= self.env.ref("account.group_account_invoice")
        self.client.email = "sur@example.com"
        old = self._debt(day="2026-11-20")
        threat, plain = "Si no paga iremos a los tribunales", "Le rogamos que pague"
        self._typed(old.debtor_id, threat, "2026-12-04")
        for record in (old.debtor_id, old.move_id):
            with (
                self.assertRaisesRegex(UserError, "tribunales.*1964.2"),
                self.cr.savepoint(),
            ):
                self._typed(record, threat)
        self._typed(old.debtor_id, plain)
        new = self._debt(due="2026-11-30", day="2026-12-08")
        self._typed(new.move_id, threat, "2026-12-16")
        with (
            self.assertRaisesRegex(UserError, "court|tribunal"),
            self.cr.savepoint(),
        ):
            self._typed(new.debtor_id, threat, "2026-12-17")
