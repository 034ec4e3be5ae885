from . import sign
from . import amend
from . import act
from . import mandate_import
from . import debit
from . import evidence
