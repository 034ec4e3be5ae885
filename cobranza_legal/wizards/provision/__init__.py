from . import relieve
