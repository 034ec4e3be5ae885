from . import request
from . import data
from . import erasure
