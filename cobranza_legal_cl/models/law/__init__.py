from . import law
from . import rate_client
