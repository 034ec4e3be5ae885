from odoo import api, fields, models

from ...models.common.dialog import stay_open


class CobranzaAgendaLink(models.TransientModel):
    """The link by which one's own calendar reads one's agenda."""

    _name = "cobranza.agenda.link"
    _inherit = "cobranza.dialog.mixin"
    _description = "My agenda in another calendar"

    since = fields.Datetime("Link since", compute="_compute_since")
    link = fields.Char(readonly=True)

    @api.depends_context("uid")
    @api.depends("link")
    def _compute_since(self):
        # sudo: nobody reads the field; one's own is no secret to oneself
        since = self.env.user.sudo().cobranza_agenda_on
        for dialog in self:
            dialog.since = since

    def action_create(self):
        """A new link, shown this once; the one before ends."""
        self.link = self.env.user._cobranza_agenda_open()
        return stay_open(self, name=self.env._("My agenda in another calendar"))

    def action_revoke(self):
        self.env.user._cobranza_agenda_close()
        self.link = False
        return stay_open(self, name=self.env._("My agenda in another calendar"))
