from . import interest_key
from . import rules
from . import contact
from . import charge
from . import limitation
