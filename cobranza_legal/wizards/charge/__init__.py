from . import billing
from . import cost
