from odoo import fields, models


class CobranzaSession(models.Model):
    """What came of a session, written when it ends."""

    _inherit = "cobranza.session"

    currency_id = fields.Many2one(related="company_id.currency_id")
    worked_count = fields.Integer(readonly=True, string="Debtors worked")
    skipped_count = fields.Integer(readonly=True, string="Debtors skipped")
    left_count = fields.Integer(readonly=True, string="Debtors left")
    call_count = fields.Integer(readonly=True, string="Calls")
    reached_count = fields.Integer(readonly=True, string="Calls that were answered")
    contact_count = fields.Integer(readonly=True, string="Other contacts")
    promise_count = fields.Integer(readonly=True, string="Promises")
    promise_amount = fields.Monetary(readonly=True, string="Promised")
    dispute_count = fields.Integer(readonly=True, string="Disputes")
    hold_count = fields.Integer(readonly=True, string="Holds")

    def _results(self):
        self.ensure_one()
        states = self.line_ids.mapped("state")
        return {
            "worked_count": states.count("done"),
            "skipped_count": states.count("skipped"),
            "left_count": states.count("todo"),
            **self._contacts_made(),
            **self._promises_made(),
            "dispute_count": len(self._made("cobranza.dispute")),
            "hold_count": len(self._made("cobranza.hold")),
        }

    def _made(self, model):
        """What this collector wrote down about these debtors since the start."""
        return self.env[model].search(
            [
                ("debtor_id", "in", self.line_ids.debtor_id.ids),
                ("create_uid", "=", self.user_id.id),
                ("create_date", ">=", self.create_date),
            ]
        )

    def _contacts_made(self):
        contacts = self.env["cobranza.contact"].search(
            [
                ("debtor_id", "in", self.line_ids.debtor_id.ids),
                ("user_id", "=", self.user_id.id),
                ("direction", "=", "outbound"),
                ("state", "=", "sent"),
                ("sent_at", ">=", self.started_at),
            ]
        )
        calls = contacts.filtered(lambda one: one.channel == "call")
        events = calls.event_ids.filtered(lambda one: one.kind == "answered")
        return {
            "call_count": len(calls),
            "reached_count": len(events.contact_id),
            "contact_count": len(contacts - calls),
        }

    def _promises_made(self):
        promises = self._made("cobranza.promise")
        today = self.company_id._cobranza_today()
        own = self.company_id.currency_id
        amounts = [
            one.currency_id._convert(one.amount, own, self.company_id, today)
            for one in promises
        ]
        return {"promise_count": len(promises), "promise_amount": sum(amounts)}
