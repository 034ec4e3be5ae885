from . import compare
from . import backfill
from . import twin
