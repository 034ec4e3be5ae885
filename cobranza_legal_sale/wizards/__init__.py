from . import cobranza_reason
