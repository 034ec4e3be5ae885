from . import company
from . import settings
