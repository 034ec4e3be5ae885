"""What asks the database, for tests that count queries and want to say who asked."""

import sys
import threading
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

OURS = "cobranza_legal"
WRITES = ("INSERT", "UPDATE")


class Queries:
    """The queries of a cursor: (the functions of ours that asked, the statement)."""

    def __init__(self, cr):
        self.cr = cr
        self.asked = []

    def __len__(self):
        return len(self.asked)

    def hook(self, cr, query, *_others):
        if cr is self.cr:
            query = query if isinstance(query, str) else query.decode()
            self.asked.append((_who(), " ".join(query.split())[:200]))

    @property
    def writes(self):
        """Those that write rows: Odoo writes a hundred with a statement."""
        return sum(query.startswith(WRITES) for _who, query in self.asked)

    def __str__(self):
        """How often each of our functions asked, and what it asked first."""
        often = Counter(who for who, _query in self.asked)
        first = dict(reversed(self.asked))
        rows = [f"{often[who]:4} {who}\n       {first[who]}" for who in often]
        return "\n".join(rows)


@contextmanager
def listed(cr):
    """The ``Queries`` of ``cr`` while this block runs."""
    thread, queries = threading.current_thread(), Queries(cr)
    before = getattr(thread, "query_hooks", ())
    thread.query_hooks = [*before, queries.hook]
    try:
        yield queries
    finally:
        thread.query_hooks = before


def _who(most=5):
    """``file:line function`` of the innermost functions of ours, the last first."""
    frame, found = sys._getframe(2), []
    while frame and len(found) < most:
        path = frame.f_code.co_filename
        if OURS in path and "/tests/" not in path:
            name = f"{Path(path).name}:{frame.f_lineno} {frame.f_code.co_name}"
            found.append(name)
        frame = frame.f_back
    return " < ".join(found) or "Odoo"
