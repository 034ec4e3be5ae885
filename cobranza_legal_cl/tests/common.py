from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import freeze_time

from odoo.addons.cobranza_legal.tests.common.base import CobranzaCommon

SERNAC_UF = 27205.11
ROUND_UF = 40000
PHONE = "+56 9 5555 5555"


def written(amount):
    """As amounts are written in Chile."""
    return f"{amount:,}".replace(",", ".")


class ChileCommon(CobranzaCommon):
    """A Chilean wholesaler in automatic mode and a consumer who knows its terms."""

    @classmethod
    @CobranzaCommon.setup_country("cl")
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "name": "Comercial Andes SpA",
                "email": "cobranza@andes.example.com",
                "phone": "+56 2 2555 0100",
                "vat": "76086428-5",
                "cobranza_mode": "automatic",
                "cobranza_bank_guard_days": 0,
                "cobranza_policy_id": False,
            }
        )
        cls.company.partner_id.tz = "America/Santiago"
        cls.policy = cls.env.ref("cobranza_legal_cl.policy_cl")
        cls.rules = cls.company._cobranza_rules()
        cls.person = cls._person("Juan Pérez", "12531909-2")

    @classmethod
    def _person(cls, name, vat=False, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "vat": vat,
                "email": f"{name.split()[0].lower()}@example.com",
                "phone": PHONE,
                "street": "Moneda 1000",
                "city": "Santiago",
                "lang": "es_CL",
                "country_id": cls.env.ref("base.cl").id,
                "l10n_latam_identification_type_id": cls.env.ref("l10n_cl.it_RUT").id,
                "l10n_cl_sii_taxpayer_type": "3",
                **vals,
            }
        )

    @classmethod
    def _debtor(cls, partner=None, **vals):
        """The debtor of a partner who was told the terms and has signed them."""
        partner = partner or cls.person
        debtors = cls.env["cobranza.debtor"].sudo()
        debtor = debtors.search([("partner_id", "=", partner.id)])
        if not debtor:
            regimes = cls.rules._debtor_regime(partner)
            debtor = debtors.create(
                {
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "regime": regimes[partner.id],
                    "terms_informed_on": "2018-01-01",
                    "terms_file_ids": [Command.create({"name": "terms", "raw": b"x"})],
                }
            )
        debtor.write(vals)
        return debtor

    @classmethod
    def _bill(cls, amount, due, partner=None, **vals):
        """A posted invoice, with whoever owes it as a debtor who knows the terms."""
        partner = partner or cls.person
        cls._debtor(partner)
        invoiced = fields.Date.to_string(fields.Date.to_date(due) - timedelta(days=10))
        vals.setdefault("invoice_date", invoiced)
        return cls._invoice(due, amount, partner, **vals)

    @classmethod
    def _uf(cls, day, value):
        return cls.env["cobranza.parameter.value"].create(
            {
                "parameter_id": cls.env.ref("cobranza_legal_cl.parameter_uf").id,
                "date_from": day,
                "value": value,
                "source": "test",
                "reason": "test",
            }
        )

    @classmethod
    def _rate(cls, first, last, value, key="35", name="interest_current"):
        """A rate of the CMF for a type of operation."""
        return cls.env["cobranza.parameter.value"].create(
            {
                "parameter_id": cls.env.ref(f"cobranza_legal_cl.parameter_{name}").id,
                "key": key,
                "date_from": first,
                "date_to": last,
                "value": value,
                "source": "test",
                "reason": "test",
            }
        )

    @classmethod
    def _business(cls, name="Supermercados Austral SpA", regime="company", **vals):
        """Whom the consumer law does not protect, unless told."""
        return cls._person(
            name,
            "54000100-6",
            is_company=True,
            l10n_cl_collection_regime=regime,
            l10n_cl_sii_taxpayer_type="1",
            l10n_cl_activity_description="Comercio",
            **vals,
        )

    def _opened(self, moves):
        """The debts of these documents, that runs three days after due dates open."""
        lines = moves.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        for due in sorted(set(lines.mapped("date_maturity"))):
            self._run(self._day(due, 3))
        return self._debts(moves)

    @classmethod
    def _feriados(cls, *years):
        """Years before those that the addon ships, with New Year and May Day."""
        cls.env["cobranza.holiday"].sudo().with_context(install_module="test").create(
            [
                {"name": day, "date": f"{year}-{day}", "country_id": cls._chile().id}
                for year in years
                for day in ("01-01", "05-01")
            ]
        )

    @classmethod
    def _chile(cls):
        return cls.env.ref("base.cl")

    @classmethod
    def _day(cls, due, days):
        return fields.Date.to_string(fields.Date.to_date(due) + timedelta(days=days))

    @contextmanager
    def clock(self, moment):
        with freeze_time(moment):
            self.env.invalidate_all()
            yield
        self.env.invalidate_all()

    def _crons(self, day, hour="15:00"):
        self._replay_days([f"{day} {hour}:00"])

    def _days(self, due, first, last, *more):
        """Both crons from the first to the last day late, on the days that matter:
        these two, those of the ladder and ``more``, each with the days beside it."""
        marks = {*self.policy.level_ids.mapped("days"), *more}
        days = {mark + beside for mark in marks for beside in (-1, 0, 1)}
        days = {first, last, *(day for day in days if first <= day <= last)}
        moments = (f"{self._day(due, day)} 15:00:00" for day in sorted(days))
        self._replay_days(list(moments))

    def _replay_days(self, moments):
        """Both crons, as the scheduler runs them; 15 h UTC is late morning in Chile."""
        crons = [
            self.env.ref(f"cobranza_legal.ir_cron_{name}")
            for name in ("follow_up", "send")
        ]
        with freeze_time(moments[0]) as clock, self.enter_registry_test_mode():
            for moment in moments:
                clock.move_to(moment)
                for cron in crons:
                    cron.method_direct_trigger()
        self.env.invalidate_all()

    def _fees(self, moves):
        charges = self._debts(moves).charge_ids
        return charges.filtered(
            lambda charge: charge.kind == "fee" and charge.state == "assessed"
        )

    def _steps(self, moves, purpose=None):
        contacts = self._debts(moves).contact_line_ids.contact_id.sorted("id")
        return contacts.filtered(
            lambda contact: purpose in (None, contact.text_purpose)
        )
