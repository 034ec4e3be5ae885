from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools.misc import file_open

from odoo.addons.cobranza_legal.tests.common.rate_server import HANG_UP, rate_server

KEY = "mine-0123"
TODAY = "2026-10-20 15:00:00"
TMC = "/tmc/periodo/2025/09/2026/10"
from odoo.addons.cobranza_legal.tests.common.base import FrozenCase


def fixture(name):
    with file_open(f"cobranza_legal_cl/tests/fixtures/{name}") as file:
        return file.read()


class ClientCommon(FrozenCase):
    _source = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "boss_cl", "cobranza_legal.group_collection_manager"
        )
        cls.source = cls.env.ref(f"cobranza_legal_cl.rate_source_{cls._source}")
        cls.client = cls.source._client()
        cls.ours = cls.env["cobranza.parameter"].search([("code", "=like", "cl.%")])

    @contextmanager
    def _server(self):
        """The source, played by a server of this machine."""
        model = self.env.registry[self.client._name]
        with rate_server() as server, patch.object(model, "_address", server.address):
            yield server

    def _fetch(self):
        """What the manager's button says."""
        action = self.source.with_user(self.manager).action_fetch()
        return action["params"]["message"]

    def _number(self, code, day, key=""):
        day = date.fromisoformat(day)
        return (
            self.env["cobranza.parameter"]._legal_table(day, day).number(code, day, key)
        )

    def _fetched(self):
        return self.env["cobranza.parameter.value"].search(
            [("source_id", "=", self.source.id)]
        )


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestCmf(ClientCommon):
    """The CMF, with the key of the user."""

    _source = "cmf"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mine = cls.source.with_user(cls.manager)
        mine.write({"api_key": KEY, "enabled": True})

    def _answer_all(self, server):
        for name in ("uf", "utm", "ipc"):
            server.answers[f"/{name}/2026"] = fixture(f"cmf_{name}.json")
        server.answers[TMC] = fixture("cmf_tmc.json")

    def test_every_series_is_read_in_its_own_format(self):
        with self._server() as server:
            self._answer_all(server)
            self.assertEqual(self._fetch(), "Values loaded: 12")
        for code, day, key, number in (
            ("cl.uf", "2026-09-15", "", "40934.58"),
            ("cl.uf", "2026-09-16", "", "40940"),
            ("cl.utm", "2026-09-30", "", "71506"),
            ("cl.ipc", "2026-09-01", "", "-0.2"),
            ("cl.interest.max", "2026-10-15", "45", "40.8"),
            ("cl.interest.max", "2026-10-14", "34", "9.96"),
            ("cl.interest.current", "2026-10-20", "35", "19.8"),
        ):
            self.assertEqual(self._number(code, day, key), Decimal(number), code)
        self.assertEqual(
            set(self._fetched().mapped("source")), {"CMF, api.cmfchile.cl"}
        )

    def test_the_key_and_the_format_are_asked_for(self):
        with self._server() as server:
            self._answer_all(server)
            self._fetch()
            queries = [query for _path, query in server.asked]
        self.assertEqual(len(queries), 8)  # two years three times, and TMC twice
        for query in queries:
            self.assertEqual(query, {"apikey": [KEY], "formato": ["json"]})

    def test_the_period_in_force_gets_its_usual_end_and_is_prolonged(self):
        with self._server() as server:
            self._answer_all(server)
            self._fetch()
            rates = self._fetched().filtered(lambda rate: rate.key == "45")
            self.assertEqual(rates.date_to, date(2026, 11, 14))
            later = '"Fecha": "2026-10-15", "Hasta": "2026-11-16"'
            text = fixture("cmf_tmc.json").replace('"Fecha": "2026-10-15"', later)
            server.answers[TMC] = text
            self.assertEqual(self._fetch(), "Values loaded: 5")
        number = self._number("cl.interest.max", "2026-11-16", "45")
        self.assertEqual(number, Decimal("40.8"))
        self.assertEqual(len(rates.exists()), 1)

    def test_rates_that_do_not_add_up_are_not_believed(self):
        with self._server() as server:
            self._answer_all(server)
            server.answers[TMC] = fixture("cmf_tmc.json").replace("33.80", "33.70")
            self.assertIn("TMC 44, 45 2026-10-15", self._fetch())
        current = self.ours.filtered(
            lambda parameter: parameter.code == "cl.interest.current"
        )
        self.assertFalse(current.value_ids.filtered("source_id"))

    def test_wrong_decimals_load_nothing(self):
        for name, right, wrong in (
            ("uf", "40.934,58", "40934.58"),
            ("uf", "40.934,58", "4.093,458"),
            ("uf", "40.934,58", "4093458"),
            ("utm", "71.506", "71,506"),
            ("tmc", '"41.06"', '"41,06"'),
            ("tmc", '"40.80"', '"4080"'),
        ):
            with self.subTest(wrong=wrong), self._server() as server:
                self._answer_all(server)
                path = TMC if name == "tmc" else f"/{name}/2026"
                text = fixture(f"cmf_{name}.json")
                self.assertIn(right, text)
                server.answers[path] = text.replace(right, wrong)
                code = "cl.interest.max" if name == "tmc" else f"cl.{name}"
                self.assertIn(code, self._fetch())
                mine = self._fetched().filtered(
                    lambda rate, code=code: rate.parameter_id.code == code
                )
                self.assertFalse(mine)
                self._fetched().unlink()  # those of the other series

    def test_what_misbehaves_loads_nothing_and_says_so(self):
        for answer, words in (
            (500, "error 500"),
            (HANG_UP, "cannot be reached"),
            ("<html>", "JSON"),
            ('{"UF": []}', "UFs"),
            ('{"UFs": []}', "no value"),
            ('{"UFs": [{"Valor": "1"}]}', "None"),
            ('{"UFs": [{"Fecha": "2026-09-15"}]}', "None"),
            (404, "no value"),
            (421, "does not accept the key"),
        ):
            with self.subTest(answer=answer), self._server() as server:
                server.answers["/uf/2026"] = answer
                self.assertIn(words, self._fetch())
                self.assertFalse(self._fetched())
                self.assertNotIn(KEY, self.source.last_error)

    def test_a_wrong_key_is_tried_once(self):
        with self._server() as server:
            for name in ("uf", "utm", "ipc"):
                server.answers[f"/{name}/2025"] = 421
            server.answers[TMC] = 421
            self.assertIn("does not accept the key", self._fetch())
            self.assertEqual(len(server.asked), 1)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestMindicador(ClientCommon):
    _source = "mindicador"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source.with_user(cls.manager).enabled = True

    def test_days_are_santiagos_and_what_is_known_stays(self):
        shipped = self.env.ref("cobranza_legal_cl.value_uf_2026_06_12")
        with self._server() as server:
            for name in ("uf", "utm", "ipc"):
                server.answers[f"/{name}/2026"] = fixture(f"mindicador_{name}.json")
                server.answers[f"/{name}/2025"] = (
                    fixture(f"mindicador_{name}.json").split('"serie"')[0]
                    + '"serie": []}'
                )
            self.assertEqual(self._fetch(), "Values loaded: 6")
        self.assertEqual(
            str(self._number("cl.uf", "2026-06-13")), str(Decimal("40773.1"))
        )
        self.assertEqual(self._number("cl.uf", "2026-10-20"), Decimal("41166.02"))
        self.assertEqual(self._number("cl.utm", "2026-10-31"), 71792)
        self.assertEqual(shipped.value, 40771.41)
        self.assertNotIn(
            date(2026, 6, 12), self._fetched().filtered("value").mapped("date_from")
        )

    def test_another_unit_or_series_is_refused(self):
        for right, wrong in (("Pesos", "Dólar"), ('"uf"', '"utm"')):
            text = fixture("mindicador_uf.json").replace(right, wrong)
            with self.subTest(wrong=wrong), self._server() as server:
                server.answers["/uf/2025"] = text
                self.assertIn("cl.uf: ", self._fetch())
                self.assertFalse(self._fetched())

    def test_wrong_decimals_load_nothing(self):
        for wrong in ('"40.773,1"', "40.7731", "4077310", "null", "true"):
            text = fixture("mindicador_uf.json").replace("40773.1", wrong)
            with self.subTest(wrong=wrong), self._server() as server:
                server.answers["/uf/2026"] = server.answers["/uf/2025"] = text
                self.assertIn("cl.uf: ", self._fetch())
                self.assertFalse(self._fetched())


@tagged("post_install", "-at_install")
class TestNeededSeries(FrozenCase):
    def test_the_uf_is_needed_for_tomorrow_and_the_interest_for_today(self):
        uf, rate = self.env["cobranza.rules.cl"]._needed_series()
        self.assertEqual((uf.code, uf.key, uf.ahead), ("cl.uf", "", 2))
        self.assertEqual(
            (rate.code, rate.key, rate.ahead), ("cl.interest.current", "35", 0)
        )
