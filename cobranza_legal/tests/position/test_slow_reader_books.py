from hypothesis import given, settings

from odoo.tests import tagged

from ..common.books import BOOKS, PLAY, BooksCommon


@tagged("post_install", "-at_install")
class TestSlowReaderBooks(BooksCommon):
    """Many books, other ones each time."""

    @settings(max_examples=150, **PLAY)
    @given(BOOKS)
    def test_whatever_is_booked_the_reader_tells_what_is_open(self, acts):
        self.play(acts)
