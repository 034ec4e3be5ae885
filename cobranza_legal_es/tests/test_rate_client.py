from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools.misc import file_open

from odoo.addons.cobranza_legal.tests.common.base import FrozenCase
from odoo.addons.cobranza_legal.tests.common.rate_server import rate_server

from .common import SpainCommon

MAIN = "/FM/D.U2.EUR.4F.KR.MRR_FR.LEV"
EURIBOR = "/FM/M.U2.EUR.RT.MM.EURIBOR1YD_.HSTA"


def fixture(name):
    with file_open(f"cobranza_legal_es/tests/fixtures/{name}") as file:
        return file.read()


@freeze_time("2026-10-20 15:00:00")
@tagged("post_install", "-at_install")
class TestEcb(FrozenCase):
    """The data portal of the ECB."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "boss_es", "cobranza_legal.group_collection_manager"
        )
        cls.source = cls.env.ref("cobranza_legal_es.rate_source_ecb")
        cls.source.with_user(cls.manager).enabled = True

    @contextmanager
    def _server(self):
        model = self.env.registry["cobranza.rate.client.ecb"]
        with rate_server() as server, patch.object(model, "_address", server.address):
            server.answers[MAIN] = fixture("ecb_main.csv")
            server.answers[EURIBOR] = fixture("ecb_euribor.csv")
            yield server

    def _fetch(self):
        action = self.source.with_user(self.manager).action_fetch()
        return action["params"]["message"]

    def _fetched(self, code):
        return self.env["cobranza.parameter.value"].search(
            [("source_id", "=", self.source.id), ("parameter_id.code", "=", code)]
        )

    def test_changes_of_the_main_rate_are_periods_and_what_is_known_stays(self):
        with self._server() as server:
            self.assertEqual(self._fetch(), "Values loaded: 3")
            queries = dict(server.asked)
        self.assertEqual(queries[MAIN]["startPeriod"], ["2025-09-15"])
        self.assertEqual(queries[EURIBOR]["startPeriod"], ["2025-09"])
        self.assertEqual(queries[MAIN]["format"], ["csvdata"])
        value = self._fetched("es.ecb.main")
        self.assertEqual(
            (value.date_from, value.date_to, value.value),
            (date(2026, 6, 10), date(2026, 6, 16), 2.15),
        )

    def test_a_new_rate_of_the_ecb_outranks_the_open_one_of_the_addon(self):
        with self._server() as server:
            text = fixture("ecb_main.csv")
            for day in range(14, 21):
                text = text.replace(f"2026-10-{day},2.65", f"2026-10-{day},2.9")
            server.answers[MAIN] = text
            self._fetch()
        table = self.env["cobranza.parameter"]._legal_table(
            date(2026, 1, 1), date(2026, 12, 31)
        )
        for day, number in ((13, "2.65"), (14, "2.9"), (31, "2.9")):
            found = table.number("es.ecb.main", date(2026, 10, day))
            self.assertEqual(found, Decimal(number))

    def test_the_euribor_is_a_month_with_three_decimals(self):
        with self._server():
            self._fetch()
        values = self._fetched("es.euribor.12m").sorted("date_from")
        self.assertEqual(values.mapped("value"), [2.31, 2.407])
        self.assertEqual(values[0].date_from, date(2026, 8, 1))

    def test_what_misbehaves_loads_nothing_and_says_so(self):
        main, head = fixture("ecb_main.csv"), fixture("ecb_main.csv").splitlines()[0]
        for answer, words in (
            ("", "no value"),
            (f"{head}\n", "no value"),
            (404, "error 404"),
            ('{"errors": []}', "KEY"),
            (main.replace("MRR_FR", "DFR"), "DFR"),
            (main.replace(",2.15", ',"2,15"'), "2,15"),
            (main.replace(",2.15", ",215"), "too far"),
            (main.replace("2026-06-10", "10-06-2026"), "10-06-2026"),
            (main.replace(",2.15", ",abc"), "abc"),
        ):
            with self.subTest(words=words), self._server() as server:
                server.answers[MAIN] = answer
                self.assertIn(words, self._fetch())
                self.assertFalse(self._fetched("es.ecb.main"))

    def test_an_observation_without_a_value_is_passed_over(self):
        with self._server() as server:
            server.answers[MAIN] = fixture("ecb_main.csv").replace(",2.15", ",NaN")
            self.assertEqual(self._fetch(), "Values loaded: 2")


@tagged("post_install", "-at_install")
class TestNextSemester(SpainCommon):
    """The rate of the next half-year is asked for before this one is over."""

    def _ending(self, day):
        with self.at(day):
            lines = self.env["cobranza.debtor"].get_worklist_banner()["ending"]
        return {line["code"]: line["until"] for line in lines}

    def test_the_banner_warns_of_the_next_semester(self):
        self.assertEqual(self._ending("2026-11-16"), {})
        codes = {"es.interest.commercial", "es.interest.legal"}
        self.assertEqual(self._ending("2026-11-22"), dict.fromkeys(codes, "2026-12-31"))
        self.env["cobranza.parameter.value"].create(
            {
                "parameter_id": self.env.ref(
                    "cobranza_legal_es.parameter_interest_commercial"
                ).id,
                "date_from": "2027-01-01",
                "date_to": "2027-06-30",
                "value": 10.65,
                "source": "x",
                "reason": "test",
            }
        )
        self.assertEqual(
            self._ending("2026-11-22"), {"es.interest.legal": "2026-12-31"}
        )
