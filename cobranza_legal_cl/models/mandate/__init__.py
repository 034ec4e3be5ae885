from . import scheme
from . import rules
