from . import compare
from . import backfill
