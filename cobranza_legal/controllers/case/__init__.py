from . import agenda
from . import papers
