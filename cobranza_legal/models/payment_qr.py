"""The QR code with which a debtor's bank app fills in the transfer."""

import base64
import io

import qrcode

from ..kernel.epc import NoTransferCode, transfer_code

EURO = "EUR"


def payment_qr(account, currency, amount, text):
    """A PNG in base64 of the transfer of ``amount`` (Decimal) to a bank account, None
    where no standard covers it: another currency than the euro, no SEPA IBAN."""
    payload = payment_code(account, currency, amount, text)
    if not payload:
        return None
    return qr_image(payload)


def qr_image(payload):
    """A PNG in base64 of the code of a text."""
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, box_size=6
    )
    code.add_data(payload.encode())
    code.make(fit=True)
    image = io.BytesIO()
    code.make_image().save(image, format="PNG")
    return base64.b64encode(image.getvalue()).decode()


def payment_code(account, currency, amount, text):
    """The text of that code, or None."""
    number = account.sanitized_acc_number
    if currency.name != EURO or not number:
        return None
    zone = account.env.ref("base.sepa_zone").country_ids
    if number[:2] not in zone.mapped("code"):
        return None
    name = account.acc_holder_name or account.partner_id.name
    try:
        return transfer_code(name, number, amount, text, account.bank_bic or "")
    except NoTransferCode:
        return None
