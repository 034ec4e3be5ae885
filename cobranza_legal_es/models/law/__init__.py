from . import spain
from . import holiday
from . import rate_client
