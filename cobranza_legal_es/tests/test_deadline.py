from base64 import b64encode

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import SpainCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestDeadlineSpain(SpainCommon):
    """Terms before Spanish courts, as records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Madrid"
        move = cls._invoice(amount=18000, due="2026-10-05", partner=cls.client)
        cls._run("2026-11-20")
        debts = cls._debts(move)
        cls.case = cls.env["cobranza.case"].create(
            {"debtor_id": debts.debtor_id.id, "debt_ids": [Command.set(debts.ids)]}
        )
        cls.valencia = cls._court("Valencia", "base.state_es_v")
        cls.madrid = cls._court("Madrid", "base.state_es_m")

    @classmethod
    def _court(cls, city, state=None):
        return cls.env["cobranza.court"].create(
            {
                "name": f"Juzgado {city or 'sin sede'}",
                "city": city,
                "state_id": state and cls.env.ref(state).id,
                "country_id": cls.env.ref("base.es").id,
                "company_id": cls.company.id,
            }
        )

    def _proceeding(self, code, court=None):
        kind = self.env["cobranza.proceeding.type"].search(
            [("code", "=", code), ("valid_until", "=", False)], limit=1
        )
        return self.env["cobranza.proceeding"].create(
            {
                "case_id": self.case.id,
                "type_id": kind.id,
                "court_id": court and court.id,
            }
        )

    def _deadline(self, court, received=None, **vals):
        """Ten court days of ours by hand, unless told."""
        vals = {"name": "Answer", "number": 10, **vals}
        if received:
            vals |= {"from_receipt": True, "received_at": received}
        suit = self._proceeding("ordinario", court)
        return self.env["cobranza.deadline"].create({**vals, "proceeding_id": suit.id})

    def _until(self, court, *args, **vals):
        return str(self._deadline(court, *args, **vals).due_on)

    def _term(self, name):
        return self.env.ref(f"cobranza_legal_es.term_{name}").id

    def _local(self, moment):
        return str(self.company._cobranza_local(moment))

    # -- golden: sections 10 and 12 ----------------------------------------------------

    def test_a_notice_through_lexnet_on_a_friday_in_two_cities(self):
        friday = {"received": "2026-11-20 13:00:00", "way": "es_lexnet"}
        valencia = self._deadline(self.valencia, **friday)
        madrid = self._deadline(self.madrid, **friday)
        self.assertEqual(str(valencia.counts_on), "2026-11-23")
        self.assertEqual(str(valencia.due_on), "2026-12-07")
        self.assertEqual(str(madrid.due_on), "2026-12-09")
        self.assertEqual(self._local(valencia.grace_until), "2026-12-09 15:00:00")
        self.assertEqual(self._local(madrid.grace_until), "2026-12-10 15:00:00")

    def test_what_comes_after_three_came_on_the_next_day(self):
        late = {"received": "2026-11-20 14:30:00", "way": "es_lexnet"}
        self.assertEqual(self._until(self.valencia, **late), "2026-12-09")

    def test_the_hour_is_local_in_summer_too(self):
        with freeze_time("2026-07-10 10:00:00"):
            on_time = {"received": "2026-07-08 12:59:00", "way": "es_lexnet"}
            late = {"received": "2026-07-08 13:01:00", "way": "es_lexnet"}
            first = self._deadline(self.valencia, **on_time)
            second = self._deadline(self.valencia, **late)
        self.assertEqual(str(first.counts_on), "2026-07-09")
        self.assertEqual(str(second.counts_on), "2026-07-10")

    def test_other_electronic_ways_count_when_opened_or_after_three_days(self):
        sent = {"received": "2026-11-16 09:00:00", "way": "es_electronic"}
        unread = self._deadline(self.valencia, **sent)
        opened = self._deadline(self.valencia, **sent, opened_at="2026-11-17 10:00:00")
        self.assertEqual(str(unread.counts_on), "2026-11-19")
        self.assertEqual(str(opened.counts_on), "2026-11-17")

    def test_months_run_from_date_to_date(self):
        months = {
            "2026-07-31": "2026-09-01",
            "2027-01-31": "2027-03-01",
            "2026-11-24": "2027-01-07",
        }
        for day, until in months.items():
            with self.subTest(day=day), freeze_time(f"{day} 12:00:00"):
                found = self._until(
                    self.valencia, f"{day} 09:00:00", number=1, unit="month"
                )
                self.assertEqual(found, until)

    def test_the_wait_before_enforcement(self):
        """LEC 548, of a judgment that is firm on 2026-11-23."""
        for court, last, after in (
            (self.valencia, "2026-12-22", "2026-12-23"),
            (self.madrid, "2026-12-23", "2027-01-07"),
        ):
            suit = self._proceeding("verbal", court)
            wait = self.env["cobranza.deadline"].create(
                {
                    "proceeding_id": suit.id,
                    "term_id": self._term("verbal_firm_voluntary"),
                    "start_on": "2026-11-23",
                }
            )
            self.assertEqual((str(wait.due_on), str(wait.after_on)), (last, after))
            self.assertTrue(wait.elapses)
            self.assertFalse(wait.grace_until)
            self.assertEqual(wait.alarm_on, wait.after_on)

    def test_t22_august_does_not_count(self):
        with freeze_time("2026-07-20 12:00:00"):
            mine = self._deadline(self.valencia, "2026-07-20 09:00:00", number=20)
        self.assertEqual(str(mine.due_on), "2026-09-15")
        self.assertEqual(self._local(mine.grace_until), "2026-09-16 15:00:00")

    def test_t24_the_answer_in_a_verbal_suit(self):
        for court, until in (
            (self.valencia, "2026-12-07"),
            (self.madrid, "2026-12-09"),
        ):
            found = self.env["cobranza.deadline"].create(
                {
                    "proceeding_id": self._proceeding("verbal", court).id,
                    "term_id": self._term("verbal_served_answer"),
                    "received_at": "2026-11-23 09:00:00",
                }
            )
            self.assertEqual(str(found.due_on), until)
            self.assertEqual((found.number, found.who), (10, "debtor"))

    def _opposed(self, court=None):
        suit = self._proceeding("monitorio", court)
        stage = self.env.ref("cobranza_legal_es.stage_monitorio_opposed")
        suit.sudo()._through_gate().write({"stage_id": stage.id})
        before = self.env["cobranza.proceeding.stage"]
        suit._on_stage(before, self.company._cobranza_today())
        return suit.deadline_ids

    def test_t19_the_ordinary_suit_after_an_opposed_order(self):
        self.case._claim()
        self.assertGreater(self.case.amount, 15000)
        found = self._opposed(self.valencia)
        self.assertEqual(str(found.due_on), "2026-12-23")
        self.assertEqual(found.article, "LEC, art. 818.2")

    def test_a_smaller_claim_goes_on_in_the_same_file(self):
        self.case._through_gate().write({"amount": 15000})
        self.assertFalse(self._opposed(self.valencia))

    # -- what is not known -------------------------------------------------------------

    def test_an_unknown_place_never_gives_a_later_day(self):
        received = "2026-11-20 13:00:00"
        nowhere = self._court(False)
        somewhere = self._court("Getafe", "base.state_es_m")
        holiday = {"region": "MD", "place": "Getafe, Móstoles", "name": "Fiesta"}
        self.env["cobranza.holiday"].create(
            {**holiday, "country_id": self.env.ref("base.es").id, "date": "2026-11-30"}
        )
        known = self._deadline(somewhere, received, way="es_lexnet")
        self.assertEqual(str(known.due_on), "2026-12-10")
        self.assertNotIn("ithout local", known.calendar_words)
        for court in (nowhere, None, self._court(False, "base.state_es_m")):
            found = self._deadline(court, received, way="es_lexnet")
            self.assertLess(found.due_on, known.due_on)
            self.assertFalse(found.local_known)
            self.assertRegex(found.calendar_words, "[Ll]ocal|No court")

    def test_who_must_wait_is_told_the_latest_of_all_places(self):
        wait = {"elapses": True, "start_on": "2026-11-23", "number": 20}
        nowhere = self._court(False)
        self.assertEqual(self._until(self.madrid, **wait), "2026-12-23")
        self.assertGreaterEqual(self._until(nowhere, **wait), "2026-12-23")

    def test_accents_do_not_hide_a_municipality(self):
        spain = self.env.ref("base.es")
        holiday = {"name": "Fiesta", "country_id": spain.id, "date": "2026-11-24"}
        self.env["cobranza.holiday"].create({**holiday, "place": "Málaga"})
        court = self._court("MALAGA", "base.state_es_ma")
        found = self._deadline(court, start_on="2026-11-23", number=1)
        self.assertEqual(str(found.due_on), "2026-11-25")

    def test_a_court_abroad_knows_no_holidays(self):
        court = self._court("Lyon")
        court.country_id = self.env.ref("base.fr")
        found = self._deadline(court, start_on="2026-12-04", number=2)
        self.assertEqual(str(found.due_on), "2026-12-08")  # a holiday in Spain
        self.assertFalse(found.grace_until or found.local_known)

    def test_years_without_holidays_are_an_error_and_no_day(self):
        with self.assertRaisesRegex(UserError, "holiday"):
            self._deadline(self.madrid, start_on="2036-12-20", number=20)

    # -- what changes ------------------------------------------------------------------

    def test_a_new_holiday_moves_what_runs_and_it_is_told(self):
        found = self._deadline(self.madrid, "2026-11-20 13:00:00", way="es_lexnet")
        done = self._deadline(self.madrid, start_on="2026-11-20")
        done._end_done(self.company._cobranza_today(), "x")
        before = done.due_on
        holiday = {"region": "MD", "place": "Madrid", "name": "La Almudena"}
        self.env["cobranza.holiday"].create(
            {**holiday, "country_id": self.env.ref("base.es").id, "date": "2026-12-09"}
        )
        self.cr.flush()
        self.assertEqual(str(found.due_on), "2026-12-10")
        self.assertEqual(done.due_on, before)
        told = found.history_ids.filtered(lambda row: "→" in row.change)
        self.assertEqual(len(told), 1)
        self.assertEqual(told.user_id, self.env.user)
        self.assertRegex(told.reason, "holidays|festivos")
        self.assertEqual(found.activity_ids.date_deadline, found.alarm_on)

    def test_what_is_counted_later_is_told_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.company.cobranza_user_id = False
        self.company.partner_id.lang = "es_ES"
        found = self._deadline(self.madrid, start_on="2026-11-23")
        holiday = {"region": "MD", "place": "Madrid", "name": "La Almudena"}
        self.env["cobranza.holiday"].create(
            {**holiday, "country_id": self.env.ref("base.es").id, "date": "2026-12-09"}
        )
        self.cr.flush()
        row = found.history_ids.filtered(lambda one: "→" in one.change)
        self.assertEqual(row.change, "Hasta: 09/12/2026 → 10/12/2026")
        self.assertEqual(row.user_id, self.env.user)
        self.assertIn("hasta el 10/12/2026", found.activity_ids.summary)

    def test_the_municipality_and_the_court_are_inputs_too(self):
        suit = self._proceeding("ordinario", self.valencia)
        found = self.env["cobranza.deadline"].create(
            {
                "name": "Answer",
                "proceeding_id": suit.id,
                "number": 10,
                "start_on": "2026-11-23",
            }
        )
        self.assertEqual(str(found.due_on), "2026-12-07")
        suit.court_id = self.madrid
        self.cr.flush()
        self.assertEqual(str(found.due_on), "2026-12-09")
        self.madrid.state_id = self.env.ref("base.state_es_v")
        self.cr.flush()
        self.assertEqual(str(found.due_on), "2026-12-07")
        found.start_on = "2026-11-24"
        self.assertEqual(str(found.due_on), "2026-12-09")

    def test_sixty_days_of_agreed_suspension(self):
        suit = self._proceeding("ordinario", self.valencia)
        found = self.env["cobranza.deadline"].create(
            {
                "name": "Answer",
                "proceeding_id": suit.id,
                "number": 10,
                "start_on": "2026-11-20",
            }
        )
        none = self.env["ir.attachment"]
        days = self.env.ref(
            "cobranza_legal_es.value_court_terms_suspension_days_1900_01_01"
        )
        self.assertEqual(days.value, 60)
        with self.assertRaisesRegex(UserError, "60"):
            suit._suspend_terms(
                found.start_on, found.start_on.replace(year=2027), "Agreed", none
            )
        first, last = found.start_on.replace(day=24), found.start_on.replace(day=27)
        suit._suspend_terms(first, last, "Agreed", none)
        self.assertEqual(str(found.due_on), "2026-12-11")

    def _load(self, court, text):
        dialog = self.env["cobranza.court.holidays"].create(
            {"court_id": court.id, "file": b64encode(text.encode())}
        )
        return dialog.action_import()

    def test_local_holidays_from_a_file_count_at_once(self):
        found = self._deadline(self.madrid, start_on="2026-11-23")
        self.assertEqual(str(found.due_on), "2026-12-09")
        action = self._load(
            self.madrid, "date;name\n09/11/2026;La Almudena\n09/12/2026;x"
        )
        holidays = self.env["cobranza.holiday"].search(action["domain"])
        self.assertEqual(set(holidays.mapped("region")), {"MD"})
        self.cr.flush()
        self.assertEqual(str(found.due_on), "2026-12-10")
        self.assertTrue(found.local_known)
        self._load(self.madrid, "date\n2026-12-09\n2027-05-15")
        self.assertEqual(self.env["cobranza.holiday"].search_count(action["domain"]), 3)

    def test_the_holidays_of_a_court_are_those_of_its_municipality_alone(self):
        """However it is written, alone or with others; not of one that has its name
        within its own, nor of another region."""
        holidays = self.env["cobranza.holiday"]
        court = self._court("Getafe", "base.state_es_m")
        spain = {"country_id": self.env.ref("base.es").id, "name": "x"}
        rows = (
            ("Leganés, GETAFE", "MD", True),
            ("getafe ", False, True),
            ("Getafe Alto", "MD", False),
            ("Getafe", "CT", False),
        )
        made = holidays.create(
            [
                {**spain, "place": place, "region": region, "date": f"2026-08-0{day}"}
                for day, (place, region, _shown) in enumerate(rows, 3)
            ]
        )
        shown = holidays.search(court.action_holidays()["domain"])
        for one, (place, region, expected) in zip(made, rows, strict=True):
            self.assertEqual(one in shown, expected, (place, region))

    def test_days_that_are_there_are_known_however_the_place_is_written(self):
        holidays = self.env["cobranza.holiday"]
        court = self._court("Alcalá de Henares", "base.state_es_m")
        vals = {"country_id": self.env.ref("base.es").id, "region": "MD", "name": "x"}
        holidays.create(
            {**vals, "place": "Getafe, ALCALA DE HENARES", "date": "2026-08-06"}
        )
        self._load(court, "date\n2026-08-06\n2026-10-09")
        added = holidays.search([("place", "=", "Alcalá de Henares")])
        self.assertEqual([str(one.date) for one in added], ["2026-10-09"])
        under = self._court("Alcal_ de Henares", "base.state_es_m")
        self._load(under, "date\n2026-10-09")
        added = holidays.search([("place", "=", "Alcal_ de Henares")])
        self.assertEqual(len(added), 1)

    def test_a_file_with_a_bad_line_adds_nothing(self):
        for text, words in (
            ("date\n2026-12-09\n31/02/2026", "Line 3"),
            ("day\n2026-12-09", "date"),
            ("date\n2026-12-09\n2026-12-09", "twice"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._load(self.madrid, text)
