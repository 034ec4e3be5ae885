from . import book
from . import act
from . import request
from . import recover
from . import relieve
