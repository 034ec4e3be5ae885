from . import debtor
