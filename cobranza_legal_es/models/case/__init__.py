from . import docket
from . import negotiation
from . import rules
