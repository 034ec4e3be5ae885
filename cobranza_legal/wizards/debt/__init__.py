from . import assign
