from . import handover
from . import end
from . import ask
from . import release
from . import begin
from . import proceed
from . import court_import
