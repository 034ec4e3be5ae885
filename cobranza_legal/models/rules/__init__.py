from . import rules
from . import contact
from . import charge
from . import limitation
