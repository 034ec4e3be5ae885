from . import ageing
from . import behaviour
