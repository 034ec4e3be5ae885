from . import reason
from . import table_import
