from . import outcome
from . import log
from . import why
from . import bulk_send
from . import posting
from . import log_export
