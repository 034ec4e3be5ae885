from odoo.tests import new_test_user

from .base import CobranzaCommon
from .refusals import Refusals

OWN = "cobranza_legal.group_lawyer_own"


class CaseCommon(Refusals, CobranzaCommon):
    """A debtor with five debts, two of which are for a lawyer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.env["account.move"].union(
            *(cls._invoice(amount=100 * (number + 1)) for number in range(5))
        )
        cls._run("2026-11-20")
        cls.debts = cls._debts(cls.moves)
        cls.debtor = cls.debts.debtor_id
        cls.debtor.write({"regime": "company", "regime_stated": True})
        cls.mine = cls.debts[:2]
        cls.lawyer = cls._lawyer("portia")
        cls.other = cls._lawyer("shylock")

    @classmethod
    def _lawyer(cls, login, **vals):
        user = new_test_user(
            cls.env,
            login=login,
            groups=OWN,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        user.write(vals)
        return user

    @classmethod
    def _case(cls, debts=None, **vals):
        """A case that is prepared, over two of the debts."""
        return cls.env["cobranza.case"].create(
            {
                "debtor_id": cls.debtor.id,
                "debt_ids": [(6, 0, (debts or cls.mine).ids)],
                **vals,
            }
        )

    @classmethod
    def _handed(cls, debts=None, lawyers=None, firm=None):
        case = cls._case(debts)
        case._hand_over_to(
            cls.lawyer if lawyers is None else lawyers,
            firm or cls.env["res.partner"],
        )
        return case

    @classmethod
    def _opened(cls, **values):
        case = cls._handed(**values)
        case.with_user(case.lawyer_ids[:1] or cls.lawyer).action_open()
        return case
