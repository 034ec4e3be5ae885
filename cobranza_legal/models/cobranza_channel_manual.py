from odoo import models


class CobranzaChannelManual(models.AbstractModel):
    """Something a person does by the level's instructions."""

    _name = "cobranza.channel.manual"
    _inherit = "cobranza.channel.base"
    _description = "Task by hand"

    _abstract_channel = False
    _default_purpose = False

    def _check_data(self, contacts):
        return {}

    def _task_summary(self, contact):
        level = contact.level_id.name or self.env._("Contact")
        return self.env._(
            "%(level)s: %(debtor)s", level=level, debtor=contact.debtor_id.display_name
        )
