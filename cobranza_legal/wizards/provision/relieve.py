from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.provision.relief import REASONS


class CobranzaVatRelieve(models.TransientModel):
    """Books the rectifying entries of tax reliefs, of one company or of several."""

    _name = "cobranza.vat.relieve"
    _inherit = "cobranza.dialog.mixin"
    _description = "Take the tax of unpaid invoices back"

    relief_ids = fields.Many2many(
        "cobranza.vat.relief", string="Invoices", required=True
    )
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    books_say_it = fields.Boolean(
        "The tax books say that they are unpaid",
        help="The law asks for it before the base is cut.",
    )
    none_secured = fields.Boolean(
        "Nothing else is secured or related",
        help="No pledge, mortgage, bank or mutual guarantee company secures more than "
        "what is written there, and no debtor is a related party.",
    )
    against = fields.Text("What stands against it", compute="_compute_against")

    @api.depends("relief_ids", "day")
    def _compute_against(self):
        for dialog in self:
            found = []
            for one in dialog.relief_ids:
                words = one._against(dialog.day) if dialog.day else []
                found += [f"{one.display_name}: {what}" for what in words]
            dialog.against = "\n".join(found) or False

    def action_confirm(self):
        self.ensure_one()
        if not (self.books_say_it and self.none_secured):
            raise UserError(self.env._("Confirm both statements first."))
        self.relief_ids._relieve(self.day)
        return {"type": "ir.actions.act_window_close"}


class CobranzaVatNotify(models.TransientModel):
    """The relief was notified to the tax office."""

    _name = "cobranza.vat.notify"
    _inherit = "cobranza.dialog.mixin"
    _description = "Notification of a tax relief"

    relief_id = fields.Many2one("cobranza.vat.relief", required=True)
    day = fields.Date(
        "Notified on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    reference = fields.Char(required=True)

    def action_confirm(self):
        self.ensure_one()
        self.relief_id._notified(self.day, self.reference)
        return {"type": "ir.actions.act_window_close"}


class CobranzaVatRaise(models.TransientModel):
    """Tax that was relieved is owed again."""

    _name = "cobranza.vat.raise"
    _inherit = "cobranza.dialog.mixin"
    _description = "Raise the tax again"

    relief_id = fields.Many2one("cobranza.vat.relief", required=True)
    currency_id = fields.Many2one(related="relief_id.currency_id")
    day = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    reason = fields.Selection(
        REASONS,
        "Why",
        required=True,
        compute="_compute_reason",
        store=True,
        readonly=False,
    )
    collected = fields.Monetary(related="relief_id.collected")
    to_raise = fields.Monetary(related="relief_id.to_raise")

    @api.depends("relief_id")
    def _compute_reason(self):
        for dialog in self:
            dialog.reason = dialog.relief_id.raise_reason or dialog.reason

    def action_confirm(self):
        self.ensure_one()
        self.relief_id._raise_again(self.day, self.reason)
        return {"type": "ir.actions.act_window_close"}
