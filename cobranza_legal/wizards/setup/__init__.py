from . import first_day
from . import go_live
