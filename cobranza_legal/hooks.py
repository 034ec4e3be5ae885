"""What is left behind when the addon goes."""

import logging

from .models.common.gate import CONTEXT_KEY, GATE

_logger = logging.getLogger(__name__)


def uninstall_hook(env):
    """Files that hang from records of this suite (letters, receipts, answers, proofs)
    are evidence and stay, as plain files of the person whom they are about; of nobody,
    as files of the company's. Odoo would leave them to nobody."""
    files = env["ir.attachment"].search(
        [("res_model", "=like", "cobranza.%"), ("res_field", "=", False)]
    )
    for (model, res_id), own in files.grouped(_place).items():
        record = env[model].browse(res_id).exists() if model in env else None
        partner = _person(record) if record else env["res.partner"]
        partner = partner or env.company.partner_id
        place = {"res_model": partner._name, "res_id": partner.id}
        own.with_context(**{CONTEXT_KEY: GATE}).write(place)
    _logger.warning("%s files of evidence are kept as files of partners", len(files))


def _place(file):
    return file.res_model, file.res_id


def _person(record):
    """The partner that a record is about, empty when it is about none."""
    for path in ("debtor_id.partner_id", "partner_id", "company_id.partner_id"):
        name = path.split(".")[0]
        if name in record._fields and record[name]:
            return record.mapped(path)[:1]
    return record.env["res.partner"]
