"""Codes of the legal parameters of Chile, and who is protected by its consumer law."""

ARTICLE_37 = "Ley 19.496, art. 37"
PROTECTED = ("consumer", "small_business", "unknown")

UF = "cl.uf"
FEE_TIER = "cl.fee.tier"
FEE_RATE = "cl.fee.rate"
FEE_WAIT = "cl.fee.wait_days"
FEE_USEFUL_DAYS = "cl.fee.useful_days"
FEE_PENALTY = "cl.fee.useful_penalty_uf"
HOUR_FROM, HOUR_TO = "cl.contact.hour_from", "cl.contact.hour_to"
SATURDAY, SUNDAY = "cl.contact.saturday", "cl.contact.sunday"
MAX_VOICE = "cl.contact.max_call_visit_week"
MAX_REMOTE = "cl.contact.max_remote_week"
REMOTE_GAP = "cl.contact.remote_gap_days"
MAX_SALES = "cl.mype.max_sales_uf"
