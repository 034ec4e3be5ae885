from collections import Counter
from datetime import date, datetime, timedelta

import pytz

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.cobranza_legal.kernel.contact import PastContact, obstacles
from odoo.addons.cobranza_legal.models.common.limits import Limiter
from odoo.addons.cobranza_legal.models.law.place import read_places

from ..models.rules.rules import PLACES
from .common import ChileCommon

TODAY = date(2026, 11, 23)
RULES = "odoo.addons.cobranza_legal_cl.models.rules.rules"


def past(text):
    """'call 2026-11-23T10:00;sms …' as contacts."""
    pairs = [one.split() for one in text.split(";") if one]
    return [PastContact(datetime.fromisoformat(at), channel) for channel, at in pairs]


@tagged("post_install", "-at_install", "post_install_l10n")
class TestContactRules(ChileCommon):
    def _rules(self, regime="consumer", on=TODAY):
        table = self.company._cobranza_legal_table(on, on)
        return self.rules._contact_rules(regime, on, table)

    def _codes(self, channel, at, history="", **kwargs):
        at = datetime.fromisoformat(at)
        found = obstacles(self._rules(**kwargs), channel, at, past(history))
        return [one.code for one in found]

    def test_one_call_or_visit_a_week(self):
        call = "call 2026-11-23T10:00"
        self.assertEqual(self._codes("call", "2026-11-23T10:00"), [])
        self.assertEqual(self._codes("visit", "2026-11-25T10:00", call), ["limit"])
        self.assertEqual(self._codes("call", "2026-11-30T09:00", call), ["limit"])
        self.assertEqual(self._codes("call", "2026-11-30T10:00", call), [])
        self.company.l10n_cl_week_mode = "iso"
        self.assertEqual(self._codes("call", "2026-11-30T09:00", call), [])

    def test_two_other_contacts_a_week_apart_from_each_other(self):
        mail = "email 2026-11-23T10:00"
        self.assertEqual(self._codes("sms", "2026-11-24T10:00", mail), ["gap"])
        self.assertEqual(self._codes("sms", "2026-11-25T10:00", mail), ["gap"])
        self.company.l10n_cl_strict_gap = False
        self.assertEqual(self._codes("sms", "2026-11-25T10:00", mail), [])
        two = f"{mail};sms 2026-11-26T10:00"
        self.assertEqual(self._codes("sms", "2026-11-26T10:00", mail), [])
        found = self._codes("whatsapp", "2026-11-29T10:00", two)
        self.assertEqual(found, ["hours", "limit"])

    def test_a_certified_letter_counts_like_a_letter(self):
        two = "letter 2026-11-23T10:00;carta_certificada 2026-11-26T10:00"
        self.assertEqual(
            self._codes("email", "2026-11-28T10:00", two), ["limit", "gap"]
        )

    def test_at_most_three_contacts_a_week(self):
        three = "call 2026-11-23T10:00;email 2026-11-23T10:00;letter 2026-11-26T10:00"
        self.assertEqual(self._rules().total_limit, 3)
        found = self._codes("sms", "2026-11-28T10:00", three)
        self.assertIn("total_limit", found)

    def test_hours_and_feriados_of_calls(self):
        self.assertEqual(self._codes("call", "2026-11-28T19:59"), [])
        self.assertEqual(self._codes("call", "2026-11-28T20:00"), ["hours"])
        self.assertEqual(self._codes("call", "2026-11-29T11:00"), ["hours"])
        self.assertEqual(self._codes("call", "2026-11-23T07:59"), ["hours"])
        self.assertEqual(self._codes("call", "2026-11-23T08:00"), [])
        self.assertEqual(self._codes("call", "2026-12-08T11:00"), ["holiday"])

    def test_emails_keep_to_the_hours_by_setting(self):
        self.assertEqual(self._codes("email", "2026-11-29T11:00"), ["hours"])
        self.company.l10n_cl_email_hours = False
        self.assertEqual(self._codes("email", "2026-11-29T11:00"), [])
        self.assertEqual(self._codes("letter", "2026-11-29T11:00"), [])
        self.assertEqual(self._codes("sms", "2026-11-29T11:00"), ["hours"])

    def test_what_the_debtor_starts_is_free(self):
        self.assertEqual(self._codes("inbound", "2026-11-29T22:00"), [])

    def test_no_weekly_limits_before_ley_21320(self):
        before, since = date(2021, 4, 19), date(2021, 4, 20)
        many = "call 2021-04-15T10:00;email 2021-04-15T10:00;sms 2021-04-16T10:00"
        for channel in ("call", "email", "sms"):
            found = self._codes(channel, "2021-04-17T10:00", many, on=before)
            self.assertEqual(found, [], channel)
        self.assertEqual(self._codes("call", "2021-04-18T10:00", on=before), ["hours"])
        self.assertIsNone(self._rules(on=before).total_limit)
        self.assertEqual(self._rules(on=since).total_limit, 3)

    def test_companies_and_public_bodies_have_hours_only(self):
        many = "call 2026-11-23T10:00;email 2026-11-23T10:00"
        for regime in ("company", "public"):
            for channel in ("call", "email"):
                found = self._codes(channel, "2026-11-24T10:00", many, regime=regime)
                self.assertEqual(found, [])
            found = self._codes("call", "2026-11-29T10:00", regime=regime)
            self.assertEqual(found, ["hours"])
        for regime in ("small_business", "unknown"):
            found = self._codes("call", "2026-11-24T10:00", many, regime=regime)
            self.assertEqual(found, ["limit"])

    def test_regional_feriados_count_where_they_are_kept(self):
        arica = self.env.ref("base.state_cl_15")
        day = date(2027, 6, 7)
        local = self.rules._calendar("contact", arica, day)
        national = self.rules._calendar("contact", arica.browse(), day)
        self.assertTrue(local.is_holiday(day))
        self.assertFalse(national.is_holiday(day))
        self.assertTrue(national.is_working(date(2026, 11, 21)))
        self.assertFalse(national.is_working(date(2026, 11, 22)))

    def test_each_part_of_the_country_has_its_hour(self):
        zones = {
            "base.state_cl_13": "America/Santiago",
            "base.state_cl_12": "America/Punta_Arenas",
            "base.state_cl_11": "America/Coyhaique",
        }
        for state, zone in zones.items():
            self.person.state_id = self.env.ref(state)
            self.assertEqual(self.rules._timezone(self.person), zone)
        self.person.write({"state_id": False, "city": "Isla de Pascua"})
        self.assertEqual(self.rules._timezone(self.person), "Pacific/Easter")

    # -- who and whether -------------------------------------------------------------

    def _blockers(self, contact, at="2026-11-23 15:00:00"):
        found = self.rules._contact_blockers(contact, datetime.fromisoformat(at))
        return [code for code, _message in found.get(contact.id, [])]

    def _notice(self):
        invoice = self._bill(100000, "2026-11-20")
        self._crons("2026-11-23")
        return self._steps(invoice)

    def test_a_third_party_never_hears_of_the_debt(self):
        contact = self._notice()
        self.assertEqual(self._blockers(contact), [])
        neighbour = self._person("Vecino")
        self._debtor().dunning_contact_id = neighbour
        self.assertEqual(self._blockers(contact), [])
        self._debtor().write(
            {"dunning_contact_id": False, "beneficiary_ids": neighbour.ids}
        )
        contact.sudo()._through_gate().recipient_id = neighbour
        contact.sudo()._through_gate().recipient_chosen = True
        self.assertEqual(self._blockers(contact), ["beneficiary"])
        self._debtor().beneficiary_ids = False
        self.assertEqual(self._blockers(contact), ["third_party"])

    def test_once_served_or_insolvent_no_contact_ever(self):
        contact = self._notice()
        self._debtor(sued_on="2026-11-24")
        self.assertEqual(self._blockers(contact), [])
        self.assertEqual(self._blockers(contact, "2026-11-24 15:00:00"), ["sued"])
        self._debtor(insolvent_on="2026-11-01")
        found = self._blockers(contact, "2026-11-25 15:00:00")
        self.assertEqual(found, ["insolvent", "sued"])
        at = datetime.fromisoformat("2026-11-25 15:00:00")
        for _code, message in self.rules._contact_blockers(contact, at)[contact.id]:
            self.assertIn("Ley 19.496, art. 37", message)

    def test_a_rut_of_nobody_is_missing_data(self):
        for rut in ("66666666-6", "55555555-5", "11.111.111-1"):
            self.person.vat = rut
            self.company.cobranza_mode = "proposal"
            invoice = self._bill(100000, "2026-11-20")
            self._crons("2026-11-23")
            contact = self._steps(invoice)
            self.assertEqual(contact.state, "planned")
            self.assertIn("is no RUT of a person", contact.waiting_note)

    # -- regime ----------------------------------------------------------------------

    def _regime(self, **vals):
        partner = self._person("Cliente", "76201224-3", **vals)
        return self.rules._debtor_regime(partner)[partner.id]

    def test_everybody_is_a_consumer_unless_known_otherwise(self):
        self.assertEqual(self._regime(), "consumer")
        company = {"is_company": True, "l10n_cl_sii_taxpayer_type": "1"}
        self.assertEqual(self._regime(**company), "consumer")
        self.assertEqual(
            self._regime(**company, l10n_cl_annual_sales_uf=25000), "small_business"
        )
        self.assertEqual(
            self._regime(**company, l10n_cl_annual_sales_uf=25000.01), "company"
        )
        self.assertEqual(self._regime(l10n_cl_annual_sales_uf=90000), "consumer")
        for regime in ("public", "small_business", "company"):
            self.assertEqual(self._regime(l10n_cl_collection_regime=regime), regime)

    def test_a_contact_is_saved_without_the_limit_of_sales_of_the_day(self):
        debtor = self._debtor()
        self.assertEqual(debtor.regime, "consumer")
        with self.at("2009-06-01"), mute_logger(RULES):
            self.person.write(
                {"l10n_cl_sii_taxpayer_type": "1", "l10n_cl_annual_sales_uf": 30000}
            )
        self.assertEqual(debtor.regime, "unknown")

    def test_debtors_follow_what_becomes_known_of_their_partners(self):
        debtor = self._debtor()
        self.assertEqual(debtor.regime, "consumer")
        self.person.write(
            {"l10n_cl_sii_taxpayer_type": "1", "l10n_cl_annual_sales_uf": 30000}
        )
        self.assertEqual(debtor.regime, "company")


@tagged("post_install", "-at_install", "post_install_l10n")
class TestUnknownPlace(ChileCommon):
    """Whose region is not known has the hours and feriados of all of Chile."""

    def _zones(self, **address):
        blank = {"state_id": False, "zip": False, "city": False}
        self.person.write({**blank, **address})
        return self.rules._timezones(self.person)

    def test_the_commune_tells_the_region(self):
        mainland, south, island = (
            "America/Santiago",
            "America/Punta_Arenas",
            "Pacific/Easter",
        )
        valparaiso = self.env.ref("base.state_cl_05").id
        for address, zones in (
            ({"city": "Santiago"}, {mainland}),
            ({"city": "PUNTA  ARENAS"}, {south}),
            ({"city": "Puerto Natales, Magallanes"}, {south}),
            ({"city": "viña del mar"}, {mainland}),
            ({"city": "Isla de Pascua"}, {island}),
            ({"city": "Hanga Roa (Isla de Pascua)"}, {island}),
            ({"state_id": valparaiso}, {mainland, island}),
            ({"state_id": valparaiso, "city": "Quillota"}, {mainland}),
            ({"city": "Ñuñoa", "state_id": valparaiso}, {mainland, island}),
        ):
            self.assertEqual(set(self._zones(**address)), zones, address)
        everywhere = {*pytz.country_timezones["CL"]} & pytz.all_timezones_set
        for city in (False, "Ciudad Perdida"):
            self.assertEqual(set(self._zones(city=city)), everywhere)

    def test_all_346_communes_are_known_by_their_region(self):
        rows = read_places(PLACES).values()
        regions = Counter(row["state"] for row in rows)
        chile = self.env.ref("base.cl").state_ids
        self.assertEqual(set(regions), set(chile.mapped("code")))
        self.assertEqual((len(rows), regions["CL-RM"]), (346 + 6, 52))

    def test_punta_arenas_without_a_region_is_not_called_in_its_evening(self):
        """In July Santiago is four hours behind UTC, Punta Arenas three: its 20:30 is
        19:30 in Santiago."""
        debtor = self._debtor()
        evening = datetime(2026, 7, 20, 23, 30)
        for city, stopped in (("Santiago", 0), ("Punta Arenas", 1), (False, 1)):
            self._zones(city=city)
            limiter = Limiter(self.company, debtor, evening)
            codes = [one.code for one in limiter.obstacles(debtor.id, "call", evening)]
            self.assertEqual(codes, ["hours"] * stopped, city)

    def test_each_edge_of_the_window_to_the_minute(self):
        """CPC art. 59 from 8 to 20 h, in UTC: Monday 2026-11-23 (summer: Santiago and
        Punta Arenas -3, the island -5) and Monday 2026-07-20 (-4, -3, -6)."""
        edges = {
            ("2026-11-23", "Santiago"): ("11:00", "23:00"),
            ("2026-11-23", "Isla de Pascua"): ("13:00", "01:00"),
            ("2026-11-23", False): ("13:00", "23:00"),
            ("2026-07-20", "Punta Arenas"): ("11:00", "23:00"),
            ("2026-07-20", "Santiago"): ("12:00", "00:00"),
            ("2026-07-20", False): ("14:00", "23:00"),
        }
        debtor = self._debtor()
        for (day, city), (first, last) in edges.items():
            self._zones(city=city)
            for edge, closed in ((first, (1, 0, 0)), (last, (0, 1, 1))):
                at = datetime.fromisoformat(f"{day} {edge}:00")
                if edge < "02":
                    at += timedelta(days=1)
                for minutes, stopped in zip((-1, 0, 1), closed, strict=True):
                    moment = at + timedelta(minutes=minutes)
                    limiter = Limiter(self.company, debtor, moment)
                    found = limiter.obstacles(debtor.id, "call", moment)
                    codes = [one.code for one in found]
                    self.assertEqual(codes, ["hours"] * stopped, (city, moment))

    def test_regional_feriados_close_where_nobody_knows_the_region(self):
        arica = datetime(2027, 6, 7, 16)
        debtor = self._debtor()
        for city, closed in (("Arica", 1), ("Santiago", 0), (False, 1)):
            self._zones(city=city)
            limiter = Limiter(self.company, debtor, arica)
            found = limiter.obstacles(debtor.id, "call", arica)
            self.assertEqual([one.code for one in found], ["holiday"] * closed, city)


@tagged("post_install", "-at_install", "post_install_l10n")
class TestOnePerson(ChileCommon):
    """Ley 19.496 art. 37 protects a person, whichever of its records is used."""

    def test_a_visit_to_one_record_uses_up_the_call_of_the_other(self):
        twin = self._person("Juan Pérez Soto", "CL12.531.909-2")
        first, second = self._debtor(), self._debtor(twin)
        self.assertEqual(first.identity_key, second.identity_key)
        self.env["cobranza.contact"]._log(
            {
                "debtor_id": first.id,
                "channel": "visit",
                "direction": "outbound",
                "sent_at": "2026-11-23 15:00:00",
                "planned_at": "2026-11-23 15:00:00",
                "recipient_id": self.person.id,
            }
        )
        week = datetime(2026, 11, 30, 15)
        for minutes, codes in ((-1, ["limit"]), (0, []), (1, [])):
            moment = week + timedelta(minutes=minutes)
            limiter = Limiter(self.company, second, moment)
            found = limiter.obstacles(second.id, "call", moment)
            self.assertEqual([one.code for one in found], codes, moment)

    def test_a_rut_that_stands_for_nobody_makes_no_person(self):
        for rut in ("66666666-6", "55.555.555-5"):
            debtor = self._debtor(self._person(f"Nobody {rut}", rut))
            self.assertFalse(debtor.identity_key, rut)
