from odoo import api, models

from ..kernel.money import round_to
from .bridge import to_decimal, unit


class CobranzaCharge(models.Model):
    """A charge does not outlive what it was charged for."""

    _inherit = "cobranza.charge"

    @api.model
    def _document_gone(self, debts, reason):
        """Reverse what is charged on debts that are owed no more. What was waived stays
        waived."""
        charges = self._standing(debts)
        charges._set_state("reversed", reason)
        return charges

    def _standing(self, debts):
        """The assessed charges of these debts."""
        # sudo: whoever cancels or credits a document need not see its charges
        domain = [("debt_id", "in", debts.ids), ("state", "=", "assessed")]
        return self.sudo().search(domain)

    @api.model
    def _credited(self, debts):
        """Credit notes say that a part of these debts was never owed: judge again what
        was charged on it; the new fees.

        Fees are charged again on their own day. Interest is charged again by the next
        run. Nothing stands on a debt that has been credited in full.
        """
        new = self.browse()
        debts = self._standing(debts).debt_id
        for company, group in debts.grouped("company_id").items():
            rules = company._cobranza_rules()
            whole = self._owed_ever(group)
            gone = group.filtered(lambda debt, whole=whole: whole[debt.id] <= 0)
            self._document_gone(gone, self.env._("Credited in full"))
            new |= self._judge_part(rules, group - gone, whole)
        return new

    def _judge_part(self, rules, debts, whole):
        """Charge again on what is left of the base of each charge."""
        reason = self.env._("A part was credited: it was never owed")
        charges = self._standing(debts)
        fees = charges.filtered(lambda one: one.kind == "fee")
        bases = self._bases_left(fees, whole)
        new = self.browse()
        for key in sorted(set(fees.mapped("group_key"))):
            own = fees.filtered(lambda fee, key=key: fee.group_key == key)
            if any(one.debt_id.id in bases for one in own):
                new |= self._reassess_group(rules, key, reason, bases=bases)
        interest = charges.filtered(lambda one: one.kind == "interest")
        lowered = self._bases_left(interest, whole)
        interest = interest.filtered(lambda one: one.debt_id.id in lowered)
        interest._set_state("reversed", reason)
        notes = [
            (debt.id, True, debt.charge_lacking, debt.charge_note or None)
            for debt in interest.debt_id
        ]
        if notes:
            debts._bulk_charge_notes(rules.env.company, notes)
            interest.debtor_id._touch()
        return new

    def _bases_left(self, charges, whole):
        """{debt id: base} of the debts that owed less on the day of a charge than it
        was charged on: less what was credited ever and paid by then."""
        paid = self._payments(charges.debt_id)
        result = {}
        for charge in charges:
            debt = charge.debt_id.id
            before = sum(
                amount for day, amount in paid[debt] if day <= charge.assessed_on
            )
            step = unit(charge.debt_id.currency_id)
            left = max(round_to(whole[debt] - before, step), to_decimal(0))
            if left < round_to(to_decimal(charge.base), step):
                result[debt] = left
        return result

    def _owed_ever(self, debts):
        """{debt id: its whole amount less its credit notes}."""
        whole = {debt.id: to_decimal(debt._whole_amount()) for debt in debts}
        domain = [("debt_id", "in", debts.ids), ("kind", "=", "credit_note")]
        for row in self.env["cobranza.settlement"].sudo().search(domain):
            whole[row.debt_id.id] -= to_decimal(row.amount_currency)
        return whole


class CobranzaDebt(models.Model):
    _inherit = "cobranza.debt"

    def _whole_amount(self):
        """What its document asks for, in the debt's currency."""
        self.ensure_one()
        if self.former_line_ids or not self.move_line_id:
            return self.original_amount
        return self.move_line_id.amount_currency
