from . import handover
from . import end
from . import ask
from . import release
from . import deadline_act
from . import agenda
from . import court_holidays
