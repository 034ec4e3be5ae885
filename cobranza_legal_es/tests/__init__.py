from . import test_regime
from . import test_contact_rules
from . import test_interest
from . import test_charges
from . import test_texts
from . import test_payment_term
from . import test_rules_contract
from . import test_residence
