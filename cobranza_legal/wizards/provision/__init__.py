from . import act
from . import request
from . import recover
