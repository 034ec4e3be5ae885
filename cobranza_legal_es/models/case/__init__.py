from . import negotiation
from . import rules
