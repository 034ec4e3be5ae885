from . import result
