from . import access
from . import acts
from . import link
