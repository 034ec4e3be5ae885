from . import compare
from . import backfill
from . import twin
from . import ageing
