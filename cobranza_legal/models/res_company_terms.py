from odoo import fields, models

from .res_company import INTERNAL


class ResCompany(models.Model):
    """Where the law leaves room, the strict reading is the default."""

    _inherit = "res.company"

    cobranza_terms_required = fields.Selection(
        [
            ("file", "Day and proof that the terms were informed"),
            ("day", "Day on which the terms were informed"),
            ("none", "Nothing"),
        ],
        string="Needed to charge by the terms of late payment",
        default="file",
        required=True,
        help="Fees and agreed interest of protected debtors rest on terms that were "
        "told before contracting.",
        groups=INTERNAL,
    )

    def write(self, vals):
        changed = "cobranza_terms_required" in vals
        result = super().write(vals)
        if changed:
            self.env["cobranza.debtor"]._touch_companies(self)
        return result
