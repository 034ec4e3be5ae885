"""Odoo on a database of our own: registry, cursor, clock, and what a run costs."""

import os
import resource
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from datetime import time as clock_time
from pathlib import Path


@dataclass
class Cost:
    """What happened between two moments of this process."""

    seconds: float = 0.0
    cpu: float = 0.0
    """Of this process and of its database backend: a busy machine changes it little."""
    queries: int = 0
    base_mb: float = 0.0
    peak_mb: float = 0.0
    batches: list[tuple[int, float]] = field(default_factory=list)
    """(queries, seconds) of each batch."""

    def as_dict(self):
        return asdict(self)


def registry_of(db):
    """The registry of a database, configured by ODOO_RC."""
    import odoo.init  # noqa: F401  # pylint: disable=unused-import
    from odoo.modules.registry import Registry
    from odoo.tools import config

    arguments = ["-c", os.environ["ODOO_RC"], "-d", db, "--log-level=warn"]
    config.parse_config(arguments, setup_logging=True)
    return Registry(db)


@contextmanager
def environment(registry):
    """An environment of the superuser on a cursor that is committed at the end."""
    from odoo.api import SUPERUSER_ID, Environment

    with registry.cursor() as cr:
        yield Environment(cr, SUPERUSER_ID, {})


def set_day(day):
    """Odoo's clock stands at noon UTC of ``day``, at no cost for each call."""
    from odoo import fields

    noon = datetime.combine(day, clock_time(12))
    fields.Datetime.now = staticmethod(lambda *_args: noon)


def _rss_mb():
    with open("/proc/self/statm") as stream:
        pages = int(stream.read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_seconds(cr):
    """Seconds of processor that this process and the backend of ``cr`` have used."""
    cr.execute("SELECT pg_backend_pid()")
    [pid] = cr.fetchone()
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(stat[11]) + int(stat[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def measured(env, model="cobranza.run", batch="_process_batch"):
    """A ``Cost`` that is filled in when the block ends; every batch too, which is a
    call of this method."""
    from odoo import sql_db

    cost = Cost(base_mb=_rss_mb())
    model = env.registry[model]
    original = getattr(model, batch)

    def counted(records, *args):
        queries, started = sql_db.sql_counter, time.perf_counter()
        result = original(records, *args)
        elapsed = time.perf_counter() - started
        cost.batches.append((sql_db.sql_counter - queries, elapsed))
        return result

    setattr(model, batch, counted)
    cpu = cpu_seconds(env.cr)
    queries, started = sql_db.sql_counter, time.perf_counter()
    try:
        yield cost
    finally:
        cost.seconds = time.perf_counter() - started
        cost.queries = sql_db.sql_counter - queries
        cost.cpu = cpu_seconds(env.cr) - cpu
        cost.peak_mb = _peak_mb()
        setattr(model, batch, original)
