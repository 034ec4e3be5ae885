from . import handover
from . import end
from . import ask
from . import release
from . import serve
from . import step
from . import deadline_act
from . import agenda
