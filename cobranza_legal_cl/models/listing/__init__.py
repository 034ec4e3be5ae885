from . import register
from . import rules
