from . import debt_statement
from . import debt_statement_xlsx
from . import payment_split
