from odoo import Command

from .base import MONDAY, CobranzaCommon
from .refusals import Refusals


class AgreementCommon(Refusals, CobranzaCommon):
    """A company that agrees to instalments, and a business that owes it 1,200."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls.env["cobranza.agreement.policy"].create(
            {
                "name": "Up to six months",
                "company_id": cls.company.id,
                "valid_from": "2020-01-01",
                "months": 6,
                "share": 25,
                "missed": 2,
                "cure_days": 10,
            }
        )
        owed = (700, "2026-10-05"), (300, "2026-10-15"), (200, "2026-10-25")
        cls.moves = cls.env["account.move"].union(
            *(
                cls._invoices(cls.partner_a, amount=amount, due=due, post=False)
                for amount, due in owed
            )
        )
        cls.moves.action_post()  # at once
        cls._run("2026-11-20")
        cls.debts = cls._debts(cls.moves)
        cls.debtor = cls.debts.debtor_id
        cls.debtor.write({"regime": "company", "regime_stated": True})
        cls.partner_a.lang = "en_US"
        cls.request = cls.env["ir.attachment"].create(
            {"name": "request.pdf", "raw": b"%PDF-1.4 please"}
        )

    @classmethod
    def _agreement(cls, **vals):
        """A draft about the three debts: four instalments from 23 December on."""
        return cls.env["cobranza.agreement"].create(
            {
                "debtor_id": cls.debtor.id,
                "debt_ids": [Command.set(cls.debts.ids)],
                "requested_on": MONDAY,
                "grounds": "A customer of ours pays in January.",
                "first_on": "2026-12-23",
                "count": 4,
                "working_day": "same",
                "file_ids": [Command.set(cls.request.ids)],
                **vals,
            }
        )

    @classmethod
    def _running(cls, **vals):
        """One that was signed by hand today."""
        agreement = cls._agreement(**vals)
        agreement.action_request()
        agreement.action_offer()
        agreement._sign(cls.company._cobranza_today(), "hand")
        return agreement

    @classmethod
    def _pay_debt(cls, debt, amount, day):
        with cls.at(day):
            return cls._register_payment(debt.move_id, amount=amount, payment_date=day)

    @classmethod
    def _tell_breach(cls, agreement, day):
        """The notice of the breach left on a day."""
        contacts = cls.env["cobranza.contact"].sudo()._through_gate()
        with cls.at(day):
            return contacts.create(
                {
                    "company_id": cls.company.id,
                    "debtor_id": agreement.debtor_id.id,
                    "currency_id": cls.company.currency_id.id,
                    "channel": "email",
                    "text_purpose": "agreement_breach",
                    "agreement_id": agreement.id,
                    "state": "sent",
                    "sent_at": f"{day} 12:00:00",
                    "recipient_id": cls.partner_a.id,
                }
            )

    @classmethod
    def _night(cls, day):
        """The upkeep of agreements on a day, until nothing is due."""
        model = cls.env["cobranza.agreement"]
        with cls.at(day):
            today = cls.company._cobranza_today()
            while due := model._upkeep_due(cls.company, today, 100):
                due._upkeep(today)
