from . import kinds
from . import interruption
from . import debt
from . import product
