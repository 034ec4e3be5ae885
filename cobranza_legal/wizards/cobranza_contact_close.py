from odoo import fields, models


class CobranzaDebtorArchive(models.TransientModel):
    _name = "cobranza.debtor.archive"
    _description = "Archive debtors"

    debtor_ids = fields.Many2many("cobranza.debtor", required=True, string="Debtors")
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.debtor_ids._set_active(False, self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaContactCancel(models.TransientModel):
    _name = "cobranza.contact.cancel"
    _description = "Cancel contacts"

    contact_ids = fields.Many2many("cobranza.contact", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.contact_ids._expect("draft", "planned", "failed")
        self.contact_ids._set_state("cancelled", self.reason)
        return {"type": "ir.actions.act_window_close"}


class CobranzaContactDone(models.TransientModel):
    _name = "cobranza.contact.done"
    _description = "Tasks done"

    contact_ids = fields.Many2many("cobranza.contact", required=True)
    made_at = fields.Datetime(
        string="When", required=True, default=lambda self: fields.Datetime.now()
    )
    note = fields.Text(required=True)

    def action_confirm(self):
        self.contact_ids._expect("planned")
        self.contact_ids._complete(self.made_at, outcome_note=self.note)
        return {"type": "ir.actions.act_window_close"}
