from . import docket
from . import negotiation
from . import notice
from . import rules
