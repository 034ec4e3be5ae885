from . import cobranza_suspension
from . import sale_order
from . import payment_transaction
from . import account_move
