from . import event
from . import deadline
