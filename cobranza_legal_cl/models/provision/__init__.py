from . import company
from . import rules
