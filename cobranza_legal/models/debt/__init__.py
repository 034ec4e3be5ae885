from . import debt
from . import bulk
from . import levels_import
from . import settlement_kind
from . import settlement
from . import undone
from . import cover
from . import ledger
