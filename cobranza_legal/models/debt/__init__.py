from . import debt
from . import bulk
from . import levels_import
from . import settlement
from . import ledger
