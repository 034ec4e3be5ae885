from . import provider
from . import dispatch
from . import answer
from . import format
