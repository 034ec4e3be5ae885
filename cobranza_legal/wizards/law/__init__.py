from . import parameter_import
from . import parameter_export
from . import holiday_add
