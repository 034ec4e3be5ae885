from . import company
from . import chart
from . import dust
from . import settings
