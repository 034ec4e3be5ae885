from . import suspension
from . import rules
from . import notice
from . import life
from . import partner
from . import invoice
