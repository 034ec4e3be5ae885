from odoo import api, models


class IrActionsActions(models.Model):
    """What the menu *Actions* of a screen of ours offers."""

    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        """Without the dialogs of blocks that are switched off."""
        found = super().get_bindings(model_name)
        if not model_name.startswith("cobranza."):
            return found
        off = self.env["cobranza.block"]._off_dialogs()
        hidden = {
            action["id"]
            for actions in self._get_bindings(model_name).values()
            for action in actions
            if action.get("res_model") in off
        }
        shown = {
            kind: [one for one in actions if one["id"] not in hidden]
            for kind, actions in found.items()
        }
        return {kind: actions for kind, actions in shown.items() if actions}
