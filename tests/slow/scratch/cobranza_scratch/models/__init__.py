from . import rows
from . import orbit
