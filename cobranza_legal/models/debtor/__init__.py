from . import debtor
from . import attention
from . import identity
from . import worklist
from . import call
from . import partner
from . import buttons
