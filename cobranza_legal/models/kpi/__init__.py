from . import ageing
from . import behaviour
from . import dimension
from . import indicator
from . import sources
from . import kpi
from . import report
