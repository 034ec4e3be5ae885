from . import snailmail_letter
from . import cobranza_contact
