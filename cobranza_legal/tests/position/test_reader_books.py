from odoo.tests import tagged

from ..common.books import BooksCommon, random_books


@tagged("post_install", "-at_install")
class TestReaderBooks(BooksCommon):
    """A few books; test_slow_reader_books.py plays many."""

    @random_books(12, derandomize=True)
    def test_whatever_is_booked_the_reader_tells_what_is_open(self, acts):
        self.play(acts)
