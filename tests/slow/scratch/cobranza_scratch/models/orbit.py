from odoo import fields, models


class Debtor(models.Model):
    _inherit = "cobranza.debtor"

    orbit_on = fields.Date("In orbit since")

    def _orbit_words(self):
        return self.env._("Seen in orbit since %s.", self.orbit_on)


class Level(models.Model):
    _inherit = "cobranza.policy.level"

    propose_launch = fields.Boolean(string="Proposes launch")


class Why(models.AbstractModel):
    _inherit = "cobranza.why"

    def _details_orbit(self, debt, row, credit):
        return [debt.debtor_id._orbit_words()]


class Text(models.Model):
    _inherit = "cobranza.text"

    def _merge_fields(self):
        return (*super()._merge_fields(), "altitude")


class Launch(models.Model):
    """A record of its own that is written down and approved."""

    _name = "cobranza.scratch.launch"
    _inherit = "cobranza.document.mixin"
    _description = "Launch"
    _document_purpose = "orbit_notice"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True)
    debtor_id = fields.Many2one("cobranza.debtor")
    altitude = fields.Char()
    state = fields.Char(default="asked")

    def _document_values(self):
        return {**super()._document_values(), "altitude": self.altitude}

    def _on_answer(self, approval):
        self.sudo().state = approval.state
