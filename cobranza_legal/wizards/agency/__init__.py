from . import handover
from . import end
from . import contacts
