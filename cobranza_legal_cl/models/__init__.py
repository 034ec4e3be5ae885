from . import law
from . import rules
from . import company
from . import channel
from . import text
from . import debtor
from . import contact
from . import demo
