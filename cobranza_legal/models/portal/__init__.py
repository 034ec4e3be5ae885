from . import access
from . import acts
