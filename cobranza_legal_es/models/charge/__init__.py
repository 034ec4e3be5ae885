from . import charge
