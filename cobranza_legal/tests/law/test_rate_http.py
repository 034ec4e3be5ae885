import threading
import time
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import BaseCase, freeze_time, tagged

from ...models.law import rate_client as rate_http
from ...models.law.rate_client import SourceTrouble
from ..common.base import NOON
from ..common.rate_server import DRIP, HANG_UP, rate_server

KEY = "s3cr3t"


@tagged("post_install", "-at_install")
class TestRateHttp(BaseCase):
    """A source may be slow, broken or wrong: that is said, and it has an end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # it ticks: an answer that never ends is left when its time is over
        cls.startClassPatcher(freeze_time(NOON, tick=True))

    def _ask(self, *answers):
        """(answer or trouble, number of requests) of a server that answers so."""
        with rate_server() as server:
            server.answers["/x"] = list(answers)
            try:
                found = rate_http.ask(f"{server.address}/x", {"apikey": KEY})
            except SourceTrouble as trouble:
                found = trouble
            return found, len(server.asked)

    def _trouble(self, read, *args):
        with self.assertRaises(SourceTrouble) as caught:
            read(*args)
        return caught.exception.kind

    def test_an_answer_comes_back_as_it_is(self):
        self.assertEqual(self._ask("{}"), (b"{}", 1))

    def test_what_may_pass_is_tried_again(self):
        self.assertEqual(self._ask(500, HANG_UP, "{}"), (b"{}", 3))

    def test_it_is_not_tried_for_ever(self):
        for answer, kind in (
            (503, "status"),
            (429, "status"),
            (HANG_UP, "unreachable"),
        ):
            trouble, asked = self._ask(answer)
            self.assertEqual((trouble.kind, asked), (kind, rate_http.TRIES))

    def test_each_try_waits_longer(self):
        waits = []
        with (
            patch.object(time, "sleep", waits.append),
            rate_server() as server,
            patch.object(rate_http, "PAUSE", 1.0),
            self.assertRaises(SourceTrouble),
        ):
            server.answers["/x"] = 500
            rate_http.ask(f"{server.address}/x")
        # servers of tests wait too, each for less
        self.assertEqual([one for one in waits if one >= 1], [1.0, 2.0])

    def test_a_refusal_is_not_tried_again(self):
        for status in (400, 401, 403, 404):
            trouble, asked = self._ask(status)
            self.assertEqual((trouble.detail, asked), (str(status), 1))

    def test_the_key_follows_no_redirection(self):
        trouble, asked = self._ask(302)
        self.assertEqual((trouble.detail, asked), ("302", 1))

    def test_a_source_that_never_ends_is_left(self):
        start = time.monotonic()
        trouble, asked = self._ask(DRIP)
        self.assertEqual((trouble.kind, asked), ("slow", 1))
        self.assertLess(time.monotonic() - start, 5)

    def test_a_source_that_does_not_answer_is_left(self):
        with (
            patch.object(rate_http.requests.Session, "get", side_effect=_time_out),
            patch.object(rate_http, "PAUSE", 0),
        ):
            self.assertEqual(self._trouble(rate_http.ask, "http://127.0.0.1:1"), "slow")

    def test_a_huge_answer_is_refused(self):
        with patch.object(rate_http, "LIMIT", 1000):
            trouble, asked = self._ask("x" * 5000)
        self.assertEqual((trouble.kind, asked), ("large", 1))

    def test_no_trouble_tells_the_key(self):
        for answer in (500, 404, 302, HANG_UP, DRIP):
            trouble, _asked = self._ask(answer)
            self.assertNotIn(KEY, str(trouble))
            self.assertIsNone(trouble.__cause__)
            self.assertTrue(trouble.__suppress_context__ or not trouble.__context__)

    def test_another_machine_is_out_of_reach_of_the_tests(self):
        url = "https://data-api.example.org/x"
        with patch.object(rate_http, "PAUSE", 0):
            self.assertEqual(self._trouble(rate_http.ask, url), "unreachable")

    def test_wrong_json_is_a_trouble_and_decimals_are_exact(self):
        for content in (b"", b"<html>", b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 99999):
            self.assertEqual(self._trouble(rate_http.read_json, content), "format")
        found = rate_http.read_json(b'{"valor": 40771.41}')
        self.assertEqual(found["valor"], Decimal("40771.41"))

    def test_a_csv_without_its_columns_is_a_trouble(self):
        columns = ("KEY", "OBS_VALUE")
        content = b"KEY,VALUE\na,1\n"
        self.assertEqual(self._trouble(rate_http.read_csv, content, columns), "format")
        self.assertEqual(rate_http.read_csv(b"", columns), [])
        rows = rate_http.read_csv(b"OBS_VALUE,KEY\n1,a\n", columns)
        self.assertEqual((rows[0]["KEY"], rows[0]["OBS_VALUE"]), ("a", "1"))

    def test_a_list_is_a_list_of_objects(self):
        for data in ({}, [], {"UFs": {}}, {"UFs": [1]}, None, "UFs"):
            self.assertEqual(self._trouble(rate_http.read_list, data, "UFs"), "format")

    def test_numbers_are_read_one_way_each(self):
        point, comma = rate_http.to_number, rate_http.to_number_with_comma
        for read, text, number in (
            (point, "23.66", "23.66"),
            (point, 68647, "68647"),
            (point, Decimal("40771.41"), "40771.41"),
            (comma, "40.934,58", "40934.58"),
            (comma, "40.804", "40804"),
            (comma, "-0,4", "-0.4"),
            (comma, "68647", "68647"),
        ):
            self.assertEqual(read(text), Decimal(number))
        for read, text in (
            (point, "23,66"),
            (point, "1.234,56"),
            (point, ""),
            (point, None),
            (point, True),
            (point, "ND"),
            (point, "1e3"),
            (comma, "40934.58"),
            (comma, "40,934.58"),
            (comma, 40934.58),
            (comma, None),
            (point, "1." + "1" * 20),
        ):
            self.assertEqual(self._trouble(read, text), "format", text)

    def test_days_are_the_first_ten_characters(self):
        for text in ("2026-06-12T04:00:00.000Z", "2026-06-12"):
            self.assertEqual(rate_http.to_day(text), date(2026, 6, 12))
        for text in ("12-06-2026", "2026-02-30", "", None, 20260612):
            self.assertEqual(self._trouble(rate_http.to_day, text), "format")

    def test_no_thread_is_left_behind(self):
        before = threading.active_count()
        self._ask("{}")
        self.assertLessEqual(threading.active_count(), before + 1)


def _time_out(*_args, **_kwargs):
    raise rate_http.requests.ReadTimeout("/x?apikey=" + KEY)
