from . import policy
from . import level
