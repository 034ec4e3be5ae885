from . import input
from . import dimension
from . import indicator
from . import company
from . import target
from . import sources
from . import kpi
from . import twin
