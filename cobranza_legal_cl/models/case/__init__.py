from . import notice
from . import docket
from . import rules
