from . import partner_merge
from . import priority
