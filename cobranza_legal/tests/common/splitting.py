from decimal import Decimal

from odoo.tests import Form

from ...kernel.compensation import FixedCompensation
from ...kernel.money import Money
from .billing import BillingCommon
from .refusals import Refusals


class SplitCommon(Refusals, BillingCommon):
    """Payments of a debtor whose debts bear 10 % a year: 3,650 bear 1 a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy((5, {}), (15, {"charge": True}), (30, {}))
        cls.company.cobranza_policy_id = cls.policy
        for kind in ("interest", "compensation", "cost"):
            cls._form(kind)
        cls.move = cls._invoice(due="2026-10-05", amount=3650)
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id
        # in proposal mode the second level would wait for the act of the first
        cls.debtor.contact_ids._set_state("cancelled", "only charges matter here")

    @classmethod
    def _forty(cls):
        money = Money(Decimal(40), cls.company.currency_id.name)
        return FixedCompensation("compensation", money, "Law 2 art. 8")

    def _split(self, amount, day, today=None, user=None, **vals):
        """The wizard of a payment, as the screen makes it."""
        self.env.invalidate_all()
        model = self.env["cobranza.payment.split"].with_user(user or self.env.user)
        action = self.debtor.with_user(user or self.env.user).action_register_payment()
        context = {**action["context"], **vals.pop("context", {})}
        with Form(model.with_context(**context)) as form:
            form.date = day
            for name, value in vals.items():
                if name == "named_ids":
                    for debt in value:
                        form.named_ids.add(debt)
                else:
                    form[name] = value
            form.amount = amount
        return form.record

    def _pay(self, amount, day, today=None, **vals):
        law = {"interest": vals.pop("interest", self.terms())}
        law["compensations"] = vals.pop("compensations", [])
        with self.law(**law), self.at(today or day):
            return self._split(amount, day, **vals)._pay()

    def _rows(self, split):
        return [
            (one.document, one.label, one.owed, one.amount) for one in split.line_ids
        ]

    def _paid(self, payment):
        """{claim: (owed, paid)} as the receipt tells it."""
        return {
            (row["document"], row["kind"]): (float(row["owed"]), float(row["amount"]))
            for row in payment.cobranza_split["rows"]
        }
