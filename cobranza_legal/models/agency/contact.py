from odoo import fields, models

GROUPS = (
    "cobranza_legal.group_collector,cobranza_legal.group_accountant,"
    "cobranza_legal.group_approver"
)
"""Who sees handovers to agencies."""


class CobranzaContact(models.Model):
    """Contacts that an agency made on our behalf."""

    _inherit = "cobranza.contact"

    placement_id = fields.Many2one(
        "cobranza.placement",
        "Made in the handover",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups=GROUPS,
    )
    agency_file_id = fields.Many2one(
        "cobranza.agency.file",
        "Told in the file",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups=GROUPS,
    )
    agency_key = fields.Char(readonly=True, copy=False, groups=GROUPS)

    _agency_uniq = models.UniqueIndex(
        "(placement_id, agency_key) WHERE placement_id IS NOT NULL",
        "This contact of the agency is known already.",
    )
