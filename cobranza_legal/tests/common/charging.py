from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from ...kernel.fees import FeeTerms, Tier
from ...kernel.interest import InterestTerms
from ...kernel.periods import Series
from ...models.rules.charge import RecoverableCost
from .base import CobranzaCommon


class ChargeCommon(CobranzaCommon):
    """A made-up law, put in the place of the neutral rules."""

    @classmethod
    @contextmanager
    def law(
        cls,
        fee=None,
        interest=None,
        compensations=(),
        blockers=None,
        proofs=None,
        commission=None,
        costs=None,
    ):
        """Rules with these answers; callables get what the hook gets."""

        def hook(answer):
            def ask(_self, *args):
                return answer(*args) if callable(answer) else answer

            return ask

        answers = {
            "_fee_terms": fee,
            "_interest_terms": interest,
            "_fixed_compensations": compensations
            if callable(compensations)
            else list(compensations),
            "_fee_blockers": blockers or {},
            "_free_notice_proof": proofs or {},
            "_commission_terms": commission,
            "_recoverable_costs": costs or RecoverableCost(False),
        }
        rules = cls.env.registry["cobranza.rules"]
        hooks = {name: hook(answer) for name, answer in answers.items()}
        with patch.multiple(rules, **hooks):
            yield

    @classmethod
    def schedule(cls, **vals):
        """9 % up to 10 units of 1,000, 6 % up to 50, then 3 %, after 20 days."""
        values = {
            "tiers": (
                Tier(Decimal(10), Decimal("0.09")),
                Tier(Decimal(50), Decimal("0.06")),
                Tier(None, Decimal("0.03")),
            ),
            "unit_value": Decimal(1000),
            "wait_days": 20,
            "reduction": Decimal(0),
            "currency": cls.company.currency_id.name,
            "rounding_unit": Decimal("0.01"),
            "article": "Law 1 art. 37",
        }
        return FeeTerms(**{**values, **vals})

    @classmethod
    def terms(cls, rate="10", **vals):
        series = vals.pop("series", None) or Series.flat(Decimal(rate))
        return InterestTerms(series=series, article="Law 2 art. 7", **vals)

    @classmethod
    def _assess_on(cls, day, debts, **vals):
        """(charges by document and instalment, refused), assessed at noon of a day."""
        with cls.at(day):
            on = cls.company._cobranza_today()
            charges, refused = cls.env["cobranza.charge"]._assess(debts, on, **vals)
        return charges.sorted(cls._place), refused

    @staticmethod
    def _place(charge):
        return charge.move_id.id, charge.debt_id.instalment_no, charge.id
