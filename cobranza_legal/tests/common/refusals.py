from contextlib import contextmanager


class Refusals:
    """Expect an error with a text in it, rolling back what it left half done."""

    @contextmanager
    def refuses(self, exception, text=""):
        with self.assertRaises(exception) as caught:
            yield
        self.assertIn(text, str(caught.exception))
