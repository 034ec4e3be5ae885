from . import receive
from . import original
from . import title
