import io
import zipfile
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import BaseCase, freeze_time, tagged

from ...kernel.errors import UnclearText
from ...models.dispatch import format as dispatch_archive
from ...models.dispatch.format import BadArchive, read_answer, read_archive
from ..common.base import NOON
from ..common.contact import MONDAY

ROW = {
    **dict.fromkeys((*dispatch_archive.IN, *dispatch_archive.OPTIONAL), ""),
    "id": "C000012",
    "event": "posted",
    "date": "2026-11-23",
}


@tagged("post_install", "-at_install")
class TestDispatchArchive(BaseCase):
    """What arrives is not believed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOON))

    def _zip(self, *names, content=b"x", table="t.csv", **info):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (*names, *([table] if table else [])):
                member = zipfile.ZipInfo(name)
                for key, value in info.items():
                    setattr(member, key, value)
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, content)
        return out.getvalue()

    def _refused(self, content, name="a.zip"):
        with self.assertRaises(BadArchive) as caught:
            read_archive(content, name)
        return caught.exception.code

    def test_a_table_alone_or_with_files_is_read(self):
        self.assertEqual(read_archive(b"id;x", "a.csv"), (b"id;x", {}))
        table, files = read_archive(self._zip("acuse 1.pdf"))
        self.assertEqual((table, files), (b"x", {"acuse 1.pdf": b"x"}))

    def test_names_that_lead_elsewhere_are_refused(self):
        names = ("../x.pdf", "/etc/x.pdf", "a/x.pdf", "a\\x.pdf", "C:x.pdf", ".x.pdf")
        for name in (*names, "x..pdf", "x\n.pdf", "a" * 200 + ".pdf"):
            self.assertEqual(self._refused(self._zip(name)), "name", name)
        link = self._zip("x.pdf", external_attr=0o120777 << 16)
        self.assertEqual(self._refused(link), "name")

    def test_kinds_that_are_no_evidence_are_refused(self):
        for name in ("x.exe", "x.html", "x.svg", "x", "x.zip"):
            self.assertEqual(self._refused(self._zip(name)), "kind", name)

    def test_a_bomb_is_refused_whatever_its_header_says(self):
        with patch.object(dispatch_archive, "MAX_MEMBER", 1000):
            bomb = self._zip("x.pdf", content=b"0" * 1001)
            self.assertLess(len(bomb), 1000)
            self.assertEqual(self._refused(bomb), "size")
        with patch.object(dispatch_archive, "MAX_TOTAL", 1500):
            self.assertEqual(
                self._refused(self._zip("x.pdf", content=b"0" * 999)), "size"
            )
        with patch.object(dispatch_archive, "MAX_FILE", 10):
            self.assertEqual(self._refused(b"0" * 11, "a.csv"), "size")
        with patch.object(dispatch_archive, "MAX_MEMBERS", 2):
            self.assertEqual(self._refused(self._zip("a.pdf", "b.pdf")), "members")

    def test_what_is_not_one_table_is_refused(self):
        self.assertEqual(self._refused(self._zip("x.pdf", table=None)), "csv")
        self.assertEqual(self._refused(self._zip("x.csv")), "csv")
        self.assertEqual(self._refused(self._zip("X.pdf", "x.PDF")), "double")
        self.assertEqual(self._refused(b"no zip"), "zip")
        self.assertEqual(self._refused(b"a\0b", "a.csv"), "zip")
        self.assertEqual(self._refused(self._zip("x.pdf")[:60]), "zip")

    def test_dates_and_prices_are_never_guessed(self):
        good = read_answer({**ROW, "date": "2026-11-23T10:30:00+01:00"}, 2)
        self.assertEqual((str(good.moment), good.aware), ("2026-11-23 09:30:00", True))
        for day in ("", "23/11/26", "2026-13-01", "20261123", "tomorrow"):
            with self.assertRaises(UnclearText) as caught:
                read_answer({**ROW, "date": day}, 2)
            self.assertEqual(caught.exception.column, "date")
        for price in ("8.490", "1e3", "-1", "NaN", "6 EUR"):
            with self.assertRaises(UnclearText) as caught:
                read_answer({**ROW, "price": price}, 2)
            self.assertEqual(caught.exception.column, "price")

    def test_days_and_prices_are_read_as_carriers_write_them(self):
        self.assertEqual(str(read_answer({**ROW, "date": "23/11/2026"}, 2).day), MONDAY)
        for price, decimals, number in (
            ("8.490", 0, "8490"),
            ("8490", 0, "8490"),
            ("1.234,50", 2, "1234.50"),
            ("6,10", 2, "6.10"),
            ("6.10", 2, "6.10"),
        ):
            answer = read_answer({**ROW, "price": price}, decimals)
            self.assertEqual(answer.price, Decimal(number))
