from . import run
from . import facts
from . import book
from . import why
from . import apply
from . import redecide
