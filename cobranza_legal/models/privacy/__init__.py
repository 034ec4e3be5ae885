from . import request
from . import data
from . import erasure
from . import barred
