from datetime import date, datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.kernel.contact import PastContact, obstacles
from odoo.addons.cobranza_legal.kernel.delivery import received_on
from odoo.addons.cobranza_legal.models.common.limits import Limiter
from odoo.addons.cobranza_legal.models.law.place import read_places

from ..models.rules.rules import PLACES
from .common import SpainCommon

ON = date(2026, 11, 23)


@tagged("post_install", "-at_install", "post_install_l10n")
class TestContactRules(SpainCommon):
    def codes(self, moment, channel="call", past=(), regime="consumer"):
        rules = self.rules._contact_rules(regime, ON, self._table())
        history = [PastContact(datetime.fromisoformat(at), what) for at, what in past]
        at = datetime.fromisoformat(moment)
        return [one.code for one in obstacles(rules, channel, at, history)]

    def test_contacts_are_made_from_nine_to_twenty_one(self):
        self.assertEqual(self.codes("2026-11-23T08:59"), ["hours"])
        self.assertEqual(self.codes("2026-11-23T09:00"), [])
        self.assertEqual(self.codes("2026-11-23T20:59"), [])
        self.assertEqual(self.codes("2026-11-23T21:00"), ["hours"])

    def test_nobody_is_contacted_on_weekends_and_national_holidays(self):
        self.assertEqual(self.codes("2026-11-28T11:00"), ["hours"])
        self.assertEqual(self.codes("2026-10-12T11:00"), ["holiday"])
        self.assertEqual(self.codes("2026-12-08T11:00"), ["holiday"])

    def test_two_contacts_in_seven_days_are_the_default(self):
        past = [("2026-11-19T10:00", "email"), ("2026-11-20T10:00", "call")]
        self.assertEqual(self.codes("2026-11-23T10:00", past=past), ["limit"])
        self.assertEqual(self.codes("2026-11-23T10:00", past=past[:1]), [])
        self.company.l10n_es_contact_weekly = 3
        self.assertEqual(self.codes("2026-11-23T10:00", past=past), [])

    def test_letters_on_paper_are_free(self):
        self.assertEqual(self.codes("2026-11-28T23:00", channel="letter"), [])

    def test_the_unclassified_get_one_contact_and_none_by_a_machine(self):
        past = [("2026-11-19T10:00", "email")]
        codes = self.codes("2026-11-23T10:00", past=past, regime="unknown")
        self.assertEqual(codes, ["limit"])
        rules = self.rules._contact_rules("unknown", ON, self._table())
        self.assertFalse(rules.automatic)
        rules = self.rules._contact_rules("consumer", ON, self._table())
        self.assertTrue(rules.automatic)

    def test_the_rules_say_that_no_statute_sets_the_hours(self):
        article = self.rules._contact_rules("consumer", ON, self._table()).article
        self.assertIn("Ninguna ley", article)

    def test_the_company_sets_its_own_hours(self):
        self.company.l10n_es_contact_from = 10.5
        self.assertEqual(self.codes("2026-11-23T10:29"), ["hours"])
        self.assertEqual(self.codes("2026-11-23T10:30"), [])
        with self.assertRaises(ValidationError):
            self.company.l10n_es_contact_to = 9
        with self.assertRaises(ValidationError):
            self.company.l10n_es_contact_weekly = 0

    def test_regional_holidays_are_those_of_the_autonomous_community(self):
        day = date(2026, 9, 11)  # Diada
        for xmlid, holiday in (("base.state_es_gi", True), ("base.state_es_m", False)):
            place = self.env.ref(xmlid)
            calendar = self.rules._calendar("contact", place, ON)
            self.assertEqual(calendar.is_holiday(day), holiday, xmlid)

    def test_courts_rest_in_august_and_at_christmas(self):
        place = self.env.ref("base.state_es_m")
        court = self.rules._calendar("court", place, ON)
        office = self.rules._calendar("contact", place, ON)
        for day in (date(2026, 8, 3), date(2026, 12, 24), date(2027, 1, 5)):
            self.assertFalse(court.is_working(day), day)
            self.assertTrue(office.is_working(day), day)

    def test_twenty_court_days_pass_over_august(self):
        place = self.env.ref("base.state_es_m")
        court = self.rules._calendar("court", place, ON)
        self.assertEqual(court.add(date(2026, 7, 20), 20), date(2026, 9, 15))

    def test_an_email_waits_for_the_holiday_of_the_debtors_region(self):
        catalan = self._partner(
            "Jordi Puig",
            vat="00000000T",
            email="jordi@example.com",
            state_id=self.env.ref("base.state_es_gi").id,
        )
        moves = [
            self._invoice(partner=partner, due="2026-09-05")
            for partner in (self.student, catalan)
        ]
        debts = self._follow(moves[0] | moves[1], "2026-09-11")
        days = [debt.debtor_id.contact_ids.planned_at.date() for debt in debts]
        # Friday the Diada; the next working day is Monday
        self.assertEqual(days, [date(2026, 9, 11), date(2026, 9, 14)])

    # -- proof -----------------------------------------------------------------------

    def received(self, channel, *events, agreed=False):
        rules = self.rules._delivery_rules(channel, ON)
        return received_on(rules, ON, events, date(2026, 12, 31), agreed)

    def test_an_email_proves_no_reception(self):
        self.assertIsNone(self.received("email", ("accepted", ON), ("opened", ON)))

    def test_what_is_delivered_on_paper_is_received(self):
        for channel in ("letter", "certified_letter", "burofax"):
            self.assertEqual(self.received(channel, ("delivered", ON)), ON, channel)
            self.assertIsNone(self.received(channel, ("notice_left", ON)), channel)
            for kind in ("returned", "unknown_address"):
                wrong = (("delivered", ON), (kind, ON))
                self.assertIsNone(self.received(channel, *wrong), (channel, kind))

    def test_refused_or_uncollected_counts_by_setting_and_at_the_contract_address(self):
        for kind in ("refused", "uncollected"):
            events = (("returned", date(2026, 12, 2)), (kind, date(2026, 12, 1)))
            for agreed in (False, True):
                self.assertIsNone(self.received("burofax", *events, agreed=agreed))
        self.company.l10n_es_refused_received = True
        for kind in ("refused", "uncollected"):
            events = (("returned", date(2026, 12, 2)), (kind, date(2026, 12, 1)))
            self.assertIsNone(self.received("burofax", *events))
            day = self.received("burofax", *events, agreed=True)
            self.assertEqual(day, date(2026, 12, 1), kind)
        wrong = (("refused", ON), ("unknown_address", ON))
        self.assertIsNone(self.received("burofax", *wrong, agreed=True))

    def test_paper_of_another_addon_proves_nothing_and_is_limited_as_paper(self):
        self.company.l10n_es_refused_received = True
        self.patch(self.env.registry["cobranza.channel.call"], "_class_kind", "paper")
        self.assertIsNone(self.received("call", ("refused", ON), agreed=True))
        paper = self.rules._contact_rules("consumer", ON, None).classes[1]
        self.assertIn("call", paper.channels)

    def test_a_certified_email_is_received_at_an_agreed_address_only(self):
        given = ("delivered", ON)
        self.assertIsNone(self.received("certified_email", given))
        self.assertEqual(self.received("certified_email", given, agreed=True), ON)

    def test_only_burofax_and_certified_email_can_prove_their_content(self):
        proving = {
            channel
            for channel in ("letter", "certified_letter", "burofax", "certified_email")
            if self.rules._delivery_rules(channel, ON).content
        }
        self.assertEqual(proving, {"burofax", "certified_email"})

    def test_a_certified_email_counts_like_an_email_and_paper_is_free(self):
        self.assertEqual(
            self.codes("2026-11-28T11:00", channel="certified_email"), ["hours"]
        )
        for channel in ("certified_letter", "burofax"):
            self.assertEqual(self.codes("2026-11-28T23:00", channel=channel), [])

    # -- people ----------------------------------------------------------------------

    def blockers(self, **vals):
        debts = self._follow(self._invoice(partner=self.student), "2026-10-13")
        contact = debts.debtor_id.contact_ids
        contact.ensure_one()
        debts.debtor_id.write(vals)
        found = self.rules._contact_blockers(contact, datetime(2026, 10, 13, 12))
        return [code for code, _message in found.get(contact.id, ())]

    def test_the_debtor_may_be_contacted(self):
        self.assertEqual(self.blockers(), [])

    def test_the_parents_of_an_adult_student_are_not_contacted(self):
        mother = self._partner("Carmen Prado")
        codes = self.blockers(
            dunning_contact_id=mother.id, beneficiary_ids=[(4, mother.id)]
        )
        self.assertEqual(codes, ["beneficiary"])

    def test_who_pays_by_contract_may_be_contacted(self):
        father = self._partner("Luis Gómez")
        codes = self.blockers(payer_id=father.id, dunning_contact_id=father.id)
        self.assertEqual(codes, [])

    def test_third_parties_are_not_contacted(self):
        roommate = self._partner("Ana Ruiz")
        debts = self._follow(self._invoice(partner=self.student), "2026-10-13")
        contact = debts.debtor_id.contact_ids
        contact.recipient_id = roommate
        found = self.rules._contact_blockers(contact, datetime(2026, 10, 13, 12))
        self.assertEqual(
            [code for code, _message in found[contact.id]], ["third_party"]
        )

    def test_nobody_speaks_past_a_lawyer_or_to_the_dead(self):
        lawyer = self._partner("Elena Abogada")
        codes = self.blockers(
            represented_on="2026-10-13",
            representative_id=lawyer.id,
            deceased_on="2026-10-13",
        )
        self.assertEqual(codes, ["deceased", "represented"])


@tagged("post_install", "-at_install", "post_install_l10n")
class TestUnknownPlace(SpainCommon):
    """Whose place is not known has the hours and holidays of all of Spain."""

    def _zones(self, **address):
        blank = {"state_id": False, "zip": False, "city": False}
        self.student.write({**blank, **address})
        return self.rules._timezones(self.student)

    def test_the_postal_code_tells_the_province(self):
        madrid, canary = "Europe/Madrid", "Atlantic/Canary"
        province = self.env.ref("base.state_es_m").id
        for address, zones in (
            ({"zip": "28004"}, (madrid,)),
            ({"zip": "35001"}, (canary,)),
            ({"zip": "38001"}, (canary,)),
            ({"zip": "ES-38 001"}, (canary,)),
            ({"zip": "51001"}, (madrid,)),
            ({"zip": "53001"}, (madrid, canary)),
            ({"zip": "3500"}, (madrid, canary)),
            ({}, (madrid, canary)),
            ({"state_id": province}, (madrid,)),
            ({"state_id": province, "zip": "35001"}, (madrid, canary)),
        ):
            self.assertEqual(self._zones(**address), zones, address)

    def test_every_province_has_its_two_digits(self):
        found = {row["state"] for row in read_places(PLACES).values()}
        spain = self.env.ref("base.es")
        self.assertEqual(found, set(spain.state_ids.mapped("code")))
        self.assertEqual(len(read_places(PLACES)), 52)

    def test_the_holidays_are_those_of_the_postal_code(self):
        diada, ordinary = date(2026, 9, 11), date(2026, 9, 14)
        for postal_code, closed in (("17001", True), ("28004", False), (False, True)):
            self._zones(zip=postal_code)
            places = self.rules._places(self.student)
            calendar = self.rules._calendar("contact", places, ON)
            self.assertEqual(calendar.is_holiday(diada), closed, postal_code)
            self.assertFalse(calendar.is_holiday(ordinary))

    def test_each_edge_of_the_window_to_the_minute(self):
        """Monday 2026-11-23: 9 to 21 h is 8 to 20 h UTC in Madrid, an hour later on
        the islands."""
        edges = {
            "28004": ("08:00", "20:00"),
            "35001": ("09:00", "21:00"),
            False: ("09:00", "20:00"),
        }
        debtor = self.env["cobranza.run"]._ensure_debtors(self.company, self.student)
        for postal_code, (first, last) in edges.items():
            self._zones(zip=postal_code)
            for edge, closed in ((first, (1, 0, 0)), (last, (0, 1, 1))):
                at = datetime.fromisoformat(f"2026-11-23 {edge}:00")
                for minutes, stopped in zip((-1, 0, 1), closed, strict=True):
                    moment = at + timedelta(minutes=minutes)
                    limiter = Limiter(self.company, debtor, moment)
                    found = limiter.obstacles(debtor.id, "call", moment)
                    codes = [one.code for one in found]
                    said = (postal_code, moment)
                    self.assertEqual(codes, ["hours"] * stopped, said)

    def test_a_contact_waits_for_the_hour_of_the_islands(self):
        debtor = self.env["cobranza.run"]._ensure_debtors(self.company, self.student)
        self._zones()
        moment = datetime(2026, 11, 23, 8, 30)
        limiter = Limiter(self.company, debtor, moment)
        slot, waiting, _note = limiter.slot(debtor.id, "email", moment)
        self.assertEqual((slot.hour, slot.minute, waiting), (9, 0, "hours"))

    def test_a_stated_zone_ends_the_doubt(self):
        debtor = self.env["cobranza.run"]._ensure_debtors(self.company, self.student)
        self._zones()
        debtor.tz = "Atlantic/Canary"
        moment = datetime(2026, 11, 23, 20, 30)
        limiter = Limiter(self.company, debtor, moment)
        self.assertFalse(limiter.obstacles(debtor.id, "call", moment))

    def test_people_abroad_keep_the_hours_of_their_country(self):
        zones = self._zones(country_id=self.env.ref("base.pt").id, zip="35001")
        self.assertEqual(zones[0], "Europe/Lisbon")
        self.assertNotIn("Atlantic/Canary", zones)
        self.assertFalse(self.rules._places(self.student))
