from . import agenda
