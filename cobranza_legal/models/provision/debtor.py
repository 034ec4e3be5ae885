from odoo import fields, models


class CobranzaDebtor(models.Model):
    """What provisions ask of a debtor."""

    _inherit = "cobranza.debtor"

    related_party = fields.Boolean(
        tracking=True,
        help="A company of the group, a partner or an administrator: the law treats "
        "what it does not pay in another way.",
    )
    assessment_ids = fields.One2many(
        "cobranza.provision.assessment", "debtor_id", "Individual assessments"
    )
    insurance_ids = fields.One2many(
        "cobranza.credit.insurance", "debtor_id", "Credit insurance"
    )
    write_off_line_ids = fields.One2many(
        "cobranza.write.off.line", "debtor_id", "Written off"
    )


class CobranzaDebt(models.Model):
    """What became of a debt that was given up."""

    _inherit = "cobranza.debt"

    write_off_line_ids = fields.One2many(
        "cobranza.write.off.line", "debt_id", "Written off"
    )

    def action_recover(self):
        """The dialog that registers what was paid of debts that were written off."""
        self.ensure_one()
        return self.env["cobranza.write.off.recover"]._ask(self)
