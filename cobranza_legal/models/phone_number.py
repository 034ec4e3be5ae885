"""Phone numbers as machines need them."""

import re

from odoo.addons.phone_validation.tools import phone_validation

try:
    import phonenumbers
except ImportError:  # numbers have to be written in full then
    phonenumbers = None

E164 = re.compile(r"\+[1-9]\d{7,14}")
PUNCTUATION = re.compile(r"[\s()./-]")


def e164(partner):
    """The phone of ``partner`` in E.164 (+34600111222), read in its country or the
    company's; empty when it is none."""
    number = partner.phone and partner._phone_format(number=partner.phone)
    number = PUNCTUATION.sub("", number or "")
    return number if E164.fullmatch(number) else ""


def is_landline(number):
    """Whether an E.164 number surely gets no messages."""
    if not (phonenumbers and number):
        return False
    parsed = phone_validation.phone_parse(number, None)
    return phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.FIXED_LINE
