"""Codes of the legal parameters of Chile, and who is protected by its consumer law."""

from decimal import Decimal

from odoo.addons.cobranza_legal.kernel.rates import Segments

ARTICLE_37 = "Ley 19.496, art. 37"


ARTICLE_39_B = "Ley 19.496, art. 39 B"
"""A consumer may always pay the creditor, who tells it to whoever collects for it."""


PROTECTED = ("consumer", "small_business", "unknown")


BUSINESS = ("company", "public")


UF = "cl.uf"


UTM = "cl.utm"


IPC = "cl.ipc"


INTEREST_CURRENT = "cl.interest.current"


INTEREST_MAX = "cl.interest.max"


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


LOG_YEARS = "cl.contact.log_years"


LIMITATION = "cl.limitation.months"


LEY_21719 = "cl.privacy.ley21719"


PRIVACY_DAYS = "cl.privacy.days"


ANSWER_DAYS = "cl.answer.days"


WRITTEN_INFO = "cl.contact.written_info_days"


MAX_SALES = "cl.mype.max_sales_uf"


ACCELERATION_DAYS, ACCELERATION_UF = "cl.acceleration.days", "cl.acceleration.uf"


STAMP_MONTH, STAMP_MOST = "cl.stamp.month", "cl.stamp.most"


B2B_COMMISSION = "cl.b2b.commission"


INVOICE_SEGMENT = "35"
"""Type of operation of the CMF whose current interest late invoices bear, whatever
their size: not indexed, 90 days or more, over 200 to 5,000 UF."""


SEGMENTS = Segments(
    (Decimal(50), Decimal(200), Decimal(5000)), ("45", "44", "35", "34")
)
"""Types of operation of the CMF by their size in UF (Ley 18.010 arts. 6 and 6 bis)."""


INVOICES = ("30", "32", "33", "34", "43", "55", "56")
"""Documents of the SII to which Ley 19.983 applies: invoices, settlement invoices and
debit notes; neither receipts (boletas) nor exports."""
