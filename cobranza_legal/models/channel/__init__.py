from . import channel
from . import email
from . import phone
from . import paper
from . import visit
