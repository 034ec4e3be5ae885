from . import parameter
from . import parameter_value
from . import holiday
from . import rate_source
from . import rate_client
