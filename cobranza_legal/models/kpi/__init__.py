from . import twin
