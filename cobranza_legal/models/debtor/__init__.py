from . import debtor
from . import attention
from . import worklist
from . import desk
from . import partner
from . import buttons
