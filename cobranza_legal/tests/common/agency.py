from odoo import Command

from .base import CobranzaCommon
from .refusals import Refusals

MAIL = "debts@agency.example.com"


class AgencyCommon(Refusals, CobranzaCommon):
    """A debtor with three debts, and an agency with its contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = cls.env.ref("cobranza_legal.group_agencies")
        cls.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        cls.company.cobranza_mode = "automatic"
        cls.moves = cls.env["account.move"].union(
            *(cls._invoice(amount=100 * (number + 1)) for number in range(3))
        )
        cls._run("2026-11-20")
        cls.debts = cls._debts(cls.moves)
        cls.debtor = cls.debts.debtor_id
        cls.debtor.write({"regime": "company", "regime_stated": True})
        cls.agency = cls._agency(cls.company)

    @classmethod
    def _agency(cls, company, name="Fast Collections Ltd", **vals):
        partner = cls.env["res.partner"].create(
            {"name": name, "is_company": True, "email": MAIL, "lang": "en_US"}
        )
        return cls.env["cobranza.agency"].create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "since": "2026-01-01",
                "commission": 10,
                "contract_file_ids": [
                    Command.create({"name": "contract.pdf", "raw": b"signed"})
                ],
                **vals,
            }
        )

    @classmethod
    def _draft(cls, debts=None, **vals):
        """A draft over these debts, by default the first two."""
        debts = cls.debts[:2] if debts is None else debts
        return cls.env["cobranza.placement"].create(
            {
                "debtor_id": debts.debtor_id.id,
                "debt_ids": [Command.set(debts.ids)],
                "agency_id": cls.agency.id,
                **vals,
            }
        )

    @classmethod
    def _placed(cls, debts=None, **vals):
        placement = cls._draft(debts, **vals)
        placement._place()
        cls.env.cr.flush()
        return placement

    @classmethod
    def _night(cls, day, company=None):
        """The upkeep of the block on a day, until nothing is due."""
        company = company or cls.company
        block = cls.env["cobranza.block.agency"]
        with cls.at(day):
            today = company._cobranza_today()
            for name in block._upkept():
                model = company._cobranza_engine(cls.env[name].sudo())
                while due := model._upkeep_due(company, today, 100):
                    due._upkeep(today)
            company._cobranza_engine(block.sudo())._daily(company, today)
            cls.env.cr.flush()

    @classmethod
    def _pay(cls, move, amount, day):
        with cls.at(day):
            payment = cls._register_payment(move, amount=amount, payment_date=day)
            cls.env.cr.flush()
        return payment

    def _mails(self):
        return self.env["mail.mail"].sudo().search([("email_to", "=", MAIL)])
