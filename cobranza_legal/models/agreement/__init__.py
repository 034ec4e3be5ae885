from . import policy
from . import agreement
from . import instalment
from . import limits
from . import consent
from . import document
from . import paper
from . import life
