from . import receive
from . import original
