from . import attachment
from . import contact_log
from . import debtor_page
from . import debtor_page_form
from . import portal_home
from . import debtor_page_sign
from . import mandate
