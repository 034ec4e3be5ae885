from . import debtor_pay
