from . import kinds
from . import interruption
from . import debt
