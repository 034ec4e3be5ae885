from . import rules
from . import return_code
