from . import docket
from . import rules
