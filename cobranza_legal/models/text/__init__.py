from . import purpose
from . import text
from . import wording
from . import samples
from . import shipped
from . import document
