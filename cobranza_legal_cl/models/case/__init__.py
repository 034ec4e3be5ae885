from . import notice
from . import rules
