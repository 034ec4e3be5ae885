from . import ageing
from . import compare
from . import backfill
