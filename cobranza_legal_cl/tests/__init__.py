from . import test_contact_rules
from . import test_cost
from . import test_fee
from . import test_gestion_util
from . import test_rules_contract
from . import test_texts
from . import test_demo
