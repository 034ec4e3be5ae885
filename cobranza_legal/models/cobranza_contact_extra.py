from odoo import api, fields, models
from odoo.exceptions import UserError

from .contact_limits import Limiter


class CobranzaContact(models.Model):
    """Contacts that no level asked for."""

    _inherit = "cobranza.contact"

    @api.model
    def _plan_extra(self, debtor, channel):
        """A contact about all that ``debtor`` may be claimed in one currency, with the
        text of its highest level. UserError when there is nothing to claim."""
        reached = debtor.debt_ids.filtered("level_id")
        claims = reached._claimable()
        debts = reached.filtered(lambda debt: debt.id in claims)
        if not debts:
            raise UserError(
                self.env._(
                    "Nothing may be claimed of %s at this moment.", debtor.display_name
                )
            )
        highest = max(debts, key=lambda debt: (debt.level, debt.id))
        debts = debts.filtered(lambda debt: debt.currency_id == highest.currency_id)
        level = highest.level_id
        model = self.env[f"cobranza.channel.{channel}"]
        kind = self.env[f"cobranza.channel.{level.channel}"]._class_kind
        alike = kind == model._class_kind and level.text_purpose
        values = {
            "level_id": level.id,
            "text_purpose": alike or model._default_purpose,
            "planned_at": fields.Datetime.now(),
            "waiting": "not_automatic",
        }
        return self._create_extra(debtor, channel, debts, claims, values)

    def _plan_again(self, asked):
        """The same contact once more, at the first permitted moment from ``asked`` on;
        nothing if there is nothing left to claim."""
        self.ensure_one()
        debts = self.line_ids.debt_id
        claims = debts._claimable()
        debts = debts.filtered(lambda debt: debt.id in claims)
        if not debts:
            return self.browse()
        limiter = Limiter(self.company_id, self.debtor_id)
        slot, waiting, note = limiter.slot(self.debtor_id.id, self.channel, asked)
        values = {
            "level_id": self.level_id.id,
            "text_purpose": self.text_purpose,
            "step_id": (self.step_id or self).id,
            "recipient_id": self.recipient_id.id,
            "recipient_chosen": self.recipient_chosen,
            "planned_at": slot,
            "waiting": waiting,
            "waiting_note": note,
            "user_id": self.env.uid,
            "released": True,
            "released_by_id": self.env.uid,
            "released_on": limiter.now,
        }
        again = self._create_extra(self.debtor_id, self.channel, debts, claims, values)
        again._wake_sender()
        return again

    @api.model
    def _create_extra(self, debtor, channel, debts, claims, values):
        """Its lines claim, but are the step of no level."""
        amounts = self._plan_amounts([claims[debt.id] for debt in debts])
        spec = {"channel": channel, "level_id": values["level_id"]}
        contact = self._through_gate().create(
            {
                "company_id": debtor.company_id.id,
                "debtor_id": debtor.id,
                "currency_id": debts[:1].currency_id.id,
                "channel": channel,
                "state": "planned",
                **self._plan_recipient(debtor, spec),
                **amounts,
                **values,
            }
        )
        lines = self.env["cobranza.contact.line"]._through_gate()
        lines.create(
            [
                {
                    "contact_id": contact.id,
                    "debt_id": debt.id,
                    "level_id": debt.level_id.id,
                    "level": debt.level,
                    "episode": debt.episode,
                    "amount": float(claims[debt.id][0]),
                    "amount_credit": float(claims[debt.id][1]),
                    "is_step": False,
                }
                for debt in debts
            ]
        )
        return contact.with_env(self.env)
