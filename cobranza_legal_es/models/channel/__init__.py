from . import burofax
