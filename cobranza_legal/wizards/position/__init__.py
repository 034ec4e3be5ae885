from . import liquidation
from . import liquidation_xlsx
from . import payment_split
