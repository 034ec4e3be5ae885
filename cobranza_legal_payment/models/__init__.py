from . import cobranza_debtor
from . import payment_transaction
