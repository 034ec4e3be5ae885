from . import company
from . import dust
from . import settings
