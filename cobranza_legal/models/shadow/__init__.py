from . import rehearsal
from . import figures
