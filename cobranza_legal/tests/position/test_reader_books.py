from hypothesis import given, settings

from odoo.tests import tagged

from ..common.books import BOOKS, PLAY, BooksCommon


@tagged("post_install", "-at_install")
class TestReaderBooks(BooksCommon):
    """A few books; test_slow_reader_books.py plays many."""

    @settings(max_examples=12, derandomize=True, **PLAY)
    @given(BOOKS)
    def test_whatever_is_booked_the_reader_tells_what_is_open(self, acts):
        self.play(acts)
