from datetime import date
from unittest.mock import patch

from odoo import Command

from ...kernel.mandate import Scheme
from .charging import ChargeCommon

CORE = Scheme(
    "core",
    "EUR",
    dormant_months=36,
    notice_days=14,
    refund_weeks=8,
    unauthorised_months=13,
)
B2B = Scheme(
    "b2b",
    "EUR",
    barred=frozenset({"consumer", "unknown"}),
    dormant_months=36,
    notice_days=14,
    unauthorised_months=13,
)
IBAN = "ES9121000418450200051332"
OTHER_IBAN = "ES7921000813610123456789"
IDENTIFIER = "ES11000B12345674"


class MandateCommon(ChargeCommon):
    """A company that debits in euro, in the schemes of SEPA, with the block on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        rules = type(cls.env["cobranza.rules"])
        cls.startClassPatcher(
            patch.object(rules, "_mandate_schemes", lambda *_args: (CORE, B2B))
        )
        cls.company.cobranza_creditor_identifier = IDENTIFIER
        cls._switch(True)
        cls.account = cls._account(cls.partner_a)

    @classmethod
    def _switch(cls, on):
        """The switch of the settings."""
        everybody = cls.env.ref("base.group_user")
        group = cls.env.ref("cobranza_legal.group_direct_debit")
        command = Command.link(group.id) if on else Command.unlink(group.id)
        everybody.implied_ids = [command]

    @classmethod
    def _account(cls, partner, number=IBAN):
        # sudo: addons beside us may keep accounts for people with a role of their own
        accounts = cls.env["res.partner.bank"].sudo()
        values = {"partner_id": partner.id, "acc_number": number}
        return accounts.create(values).sudo(False)

    @classmethod
    def _mandate(cls, partner=None, **vals):
        """A draft mandate of a customer, with its account."""
        partner = partner or cls.partner_a
        return cls.env["cobranza.mandate"].create(
            {
                "partner_id": partner.id,
                "bank_account_id": partner.bank_ids[:1].id,
                "scheme": "core",
                **vals,
            }
        )

    @classmethod
    def _valid(cls, partner=None, signed="2026-01-10", last=None, **vals):
        """A mandate that was signed by hand on a day, and last debited on another."""
        mandate = cls._mandate(partner, **vals)
        day = cls._day(signed)
        mandate._sign(day, "Sevilla", "import")
        if last:
            mandate._used(cls._day(last))
        return mandate

    @staticmethod
    def _day(text):
        return date.fromisoformat(text)
