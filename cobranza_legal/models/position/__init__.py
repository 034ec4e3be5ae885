from . import debtor
from . import payment
