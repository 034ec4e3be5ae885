from odoo.tests import tagged

from ..common.books import BooksCommon, random_books


@tagged("post_install", "-at_install")
class TestSlowReaderBooks(BooksCommon):
    """Many books, other ones each time."""

    @random_books(50)
    def test_whatever_is_booked_the_reader_tells_what_is_open(self, acts):
        self.play(acts)
