from odoo import api, fields, models
from odoo.exceptions import UserError

from .request_origin import request_origin


class CobranzaContactEvent(models.Model):
    _inherit = "cobranza.contact.event"

    attachment_id = fields.Many2one(index="btree_not_null")
    origin = fields.Char(
        readonly=True,
        string="Address and device",
        help="From where the person who wrote this down acted.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        origin = request_origin(self.env)
        return super().create([{**vals, "origin": origin} for vals in vals_list])


class CobranzaHistory(models.Model):
    _inherit = "cobranza.history"

    debtor_id = fields.Many2one(ondelete="restrict")
    origin = fields.Char(readonly=True, string="Address and device")

    @api.model_create_multi
    def create(self, vals_list):
        origin = request_origin(self.env)
        return super().create([{**vals, "origin": origin} for vals in vals_list])


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    @api.ondelete(at_uninstall=False)
    def _unlink_without_log(self):
        # nobody may read another company's history, nor delete it with the debtor
        history = self.env["cobranza.history"].sudo()
        kept = history.search([("debtor_id", "in", self.ids)], limit=1)
        if kept:
            raise UserError(
                self.env._(
                    "%s has a history that is evidence. Archive it instead.",
                    kept.debtor_id.display_name,
                )
            )
