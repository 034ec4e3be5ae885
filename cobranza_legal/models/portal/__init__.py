from . import access
from . import signing
from . import acts
from . import link
