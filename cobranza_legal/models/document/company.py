from odoo import fields, models

from ..company.company import INTERNAL

TASKS = 20
"""New tasks a day: an old book does not bury its collectors."""


class ResCompany(models.Model):
    _inherit = "res.company"

    cobranza_document_tasks = fields.Integer(
        string="New requests for documents a day",
        default=TASKS,
        groups=INTERNAL,
        help="Debtors whose responsible is asked each day for the documents that lack, "
        "the most urgent first. 0: nobody is asked; the filters find them.",
    )

    _cobranza_document_tasks = models.Constraint(
        "CHECK (cobranza_document_tasks >= 0)",
        "The requests for documents are not negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    cobranza_document_tasks = fields.Integer(
        related="company_id.cobranza_document_tasks", readonly=False
    )
