from . import position
from . import ledger
from . import payable
from . import statement
from . import payment
