from . import hold
from . import dispute
from . import promise
from . import leaving
