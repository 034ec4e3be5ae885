from . import hold
from . import dispute
from . import answering
from . import credit_note
from . import promise
from . import leaving
