from . import capacity
from . import obligor
from . import partner
