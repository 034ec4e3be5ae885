from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

LIFTS = (("lift_hours", "hours"), ("lift_limit", "limit"), ("lift_gap", "gap"))
"""Each field with the obstacle that it lifts."""


class CobranzaContactOverride(models.Model):
    """A manager lifts hours, limits or gap for one contact, with a reason.

    Append-only. It never lifts a situation of the debtor, and holds only while the
    country lets it: the rules are asked again when the contact leaves.
    """

    _name = "cobranza.contact.override"
    _inherit = "cobranza.gate.mixin"
    _description = "Exception to the limits of a contact"
    _order = "id desc"
    _rec_name = "reason"
    _given = frozenset({"user_id", "moment"})  # written over, whatever was given

    contact_id = fields.Many2one(
        "cobranza.contact", required=True, ondelete="restrict", index=True
    )
    debtor_id = fields.Many2one(related="contact_id.debtor_id", store=True, index=True)
    company_id = fields.Many2one(related="contact_id.company_id", store=True)
    lift_hours = fields.Boolean(string="Hours and holidays")
    lift_limit = fields.Boolean(string="Number of contacts")
    lift_gap = fields.Boolean(string="Days between contacts")
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    moment = fields.Datetime(
        string="Decided on",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
    )

    def _codes(self):
        return {code for one in self for name, code in LIFTS if one[name]}

    def _words(self):
        """What it lifts, for people."""
        names = [name for name, _code in LIFTS if self[name]]
        labels = [self._fields[name]._description_string(self.env) for name in names]
        return ", ".join(labels)

    @api.model_create_multi
    def create(self, vals_list):
        own = {"user_id": self.env.uid, "moment": fields.Datetime.now()}
        overrides = super().create([{**vals, **own} for vals in vals_list])
        overrides._check_lawful()
        for one in overrides:
            one._apply()
        return overrides

    def _check_lawful(self):
        for one in self:
            if not one._codes():
                raise ValidationError(
                    self.env._("Say which limit is lifted for this contact.")
                )
            if not (one.reason or "").strip():
                raise ValidationError(self.env._("An exception needs a reason."))
            one.contact_id.check_access("write")
            one.contact_id._expect("draft", "planned")
        for company, contacts in self.contact_id.grouped("company_id").items():
            messages = company._cobranza_rules()._override_blockers(contacts)
            if messages:
                raise UserError("\n".join(dict.fromkeys(messages.values())))

    def _apply(self):
        """Plan the contact again, now without what was lifted, and write it down."""
        contact = self.contact_id
        contact._through_gate().write({"override_id": self.id})
        if contact.state == "planned" and not contact.task_raised:
            contact._ask_slot()
        said = self.env._("Limits lifted: %s", self._words())
        body = f"{contact.display_name}. {said}. {self.reason}"
        contact.debtor_id.message_post(body=body)
        rows = [(contact, said, self.reason)]
        self.env["cobranza.history"]._append(rows, self.user_id)

    def write(self, vals):
        if not self._is_through_gate():
            raise UserError(
                self.env._("An exception to the limits is evidence: make another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An exception to the limits is evidence: it is never deleted.")
        )

    def action_confirm(self):
        """The form has been saved, and with it the exception is in force."""
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _lifted(self, company, debtors):
        """{contact id: codes lifted} of the contacts of ``debtors`` that have not been
        made yet, as far as the country lets it today. One query while there is none.
        """
        # whoever sends or looks may not read them all
        overrides = self.sudo().search(
            [
                ("debtor_id", "in", debtors.ids),
                ("company_id", "=", company.id),
                ("contact_id.state", "in", ("draft", "planned", "sending")),
            ]
        )
        if not overrides:
            return {}
        groups = overrides.grouped("contact_id")
        contacts = overrides.contact_id
        barred = company._cobranza_rules()._override_blockers(contacts)
        return {
            contact.id: frozenset(own._codes())
            for contact, own in groups.items()
            if contact.id not in barred
        }
