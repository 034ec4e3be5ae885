from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from odoo.tests import freeze_time

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.cobranza_legal.tests.common.base import CobranzaCommon


class SpainCommon(CobranzaCommon):
    """A company on the Spanish chart, with a student and a business that owe it."""

    @classmethod
    @AccountTestInvoicingCommon.setup_chart_template("es_pymes")
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        spain = cls.env.ref("base.es")
        cls.company.partner_id.write(
            {
                "name": "Residencia Los Olmos",
                "country_id": spain.id,
                "vat": "ESB12345674",
                "street": "Calle Mayor 1",
                "zip": "28013",
                "city": "Madrid",
                "email": "administracion@losolmos.example.com",
                "phone": "+34 910 000 000",
                "lang": "es_ES",
            }
        )
        cls.company.cobranza_bank_account_id = cls.env["res.partner.bank"].create(
            {
                "acc_number": "ES91 2100 0418 4502 0005 1332",
                "partner_id": cls.company.partner_id.id,
            }
        )
        cls.company.cobranza_user_id = cls.env.user
        cls.rules = cls.company._cobranza_rules()
        cls.residence = cls.env.ref("cobranza_legal_es.policy_residence")
        cls.business = cls.env.ref("cobranza_legal_es.policy_business")
        cls.company.cobranza_policy_id = False
        cls.student = cls._partner(
            "Lucía Gómez Prado",
            vat="ES12345678Z",
            email="lucia@example.com",
            phone="+34 600 000 001",
        )
        cls.client = cls._partner(
            "Suministros del Sur SL", vat="ESA58818501", is_company=True
        )
        cls.council = cls._partner(
            "Ayuntamiento de Ejemplo", vat="ESQ2826000H", is_company=True
        )

    @classmethod
    def _partner(cls, name, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "lang": "es_ES",
                "country_id": cls.env.ref("base.es").id,
                "state_id": cls.env.ref("base.state_es_m").id,
                "street": "Calle del Pez 2",
                "zip": "28004",
                "city": "Madrid",
                "property_payment_term_id": False,
                **vals,
            }
        )

    @classmethod
    def _table(cls, first="2009-01-01", last="2027-12-31"):
        days = date.fromisoformat(first), date.fromisoformat(last)
        return cls.company._cobranza_legal_table(*days)

    @classmethod
    def _follow(cls, moves, day):
        """The debts of these documents, opened by the run of a day."""
        cls._run(day)
        return cls._debts(moves)

    @classmethod
    def _pay(cls, move, amount, day):
        with cls.at(day):
            return cls._register_payment(move, amount=amount, payment_date=day)

    @classmethod
    def _inform(cls, debtors, day):
        """The terms of late payment were told on a day, with a file that proves it."""
        file = cls.env["ir.attachment"].create({"name": "contract", "raw": b"x"})
        debtors.write({"terms_informed_on": day, "terms_file_ids": file.ids})

    @staticmethod
    def figure(charge):
        return Decimal(str(charge.amount))

    @contextmanager
    def clock(self, moment):
        with freeze_time(moment):
            self.env.invalidate_all()
            yield
        self.env.invalidate_all()

    def _letter(self, debt, moment, purpose="burofax", channel="burofax"):
        """A letter about a debt, at the last level of its policy, posted at a
        moment."""
        level = debt.policy_id.level_ids.sorted("number")[-1:]
        spec = {
            "debtor_id": debt.debtor_id.id,
            "company_id": self.company.id,
            "currency_id": debt.currency_id.id,
            "channel": channel,
            "level_id": level.id,
            "text_purpose": purpose,
            "automatic": True,
            "lines": [(debt.id, level.id, level.number, 9, 650, 0)],
        }
        with self.clock(moment):
            contact = self.env["cobranza.contact"].sudo()._plan([spec])
            contact._complete(event="posted")
        return contact

    @classmethod
    def _proof(cls):
        vals = {"name": "acuse.pdf", "raw": b"%PDF-1.4 acuse"}
        return cls.env["ir.attachment"].create(vals)

    def _happens(self, contact, kind, moment):
        """The carrier says so, with its file."""
        with self.clock(moment):
            proof = self._proof().id
            contact._add_events(kind, "Correos", moment, attachment_id=proof)


class ChartCommon(SpainCommon):
    """A company of its own with another chart of Spain."""

    chart = ""

    @classmethod
    def _use_chart_template(cls, company, chart_template_ref=None):
        return super()._use_chart_template(company, cls.chart)

    @classmethod
    def _shared_company(cls):
        return None
