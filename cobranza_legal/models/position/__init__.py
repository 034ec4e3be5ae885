from . import company
from . import debtor
from . import payment
from . import claims
