from . import shadow
from . import figures
