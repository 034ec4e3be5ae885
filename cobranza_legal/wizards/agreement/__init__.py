from . import sign
from . import simulate
