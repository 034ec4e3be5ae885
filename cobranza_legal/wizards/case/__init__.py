from . import handover
from . import end
from . import ask
from . import release
from . import serve
