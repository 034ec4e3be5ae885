"""Mayorista Cordillera Imaginaria SpA: families, shops and supermarkets of Chile."""

import math
from datetime import date, timedelta

from odoo.addons.cobranza_legal.demo.builder import Builder
from odoo.addons.cobranza_legal.kernel.periods import add_months

from .courts import Courts

UF_DAYS = 400
UF_FROM, UF_VALUE, UF_GROWTH = date(2025, 12, 9), 39643.59, 0.00015
RATE_MONTHS, RATE = (-72, 14), 20.06
"""A true value of the UF to begin with, and an invented growth a day."""

CONSUMER, TAXPAYER, FOREIGNER = "3", "1", "4"
DOCUMENTS = {
    (CONSUMER, "invoice"): "dc_b_f_dte",
    (TAXPAYER, "invoice"): "dc_a_f_dte",
    (FOREIGNER, "invoice"): "dc_fe_dte",
    (CONSUMER, "credit_note"): "dc_nc_f_dte",
    (TAXPAYER, "credit_note"): "dc_nc_f_dte",
    (FOREIGNER, "credit_note"): "dc_ncex_dte",
}
TERMS = "Condiciones de cobranza extrajudicial firmadas"
UNINFORMED = ("marta.inventada", "minimarket.sol", "feriante.rosales")
"""Protected debtors who were never told the terms: no fee for them."""
OPENINGS = [
    ("verduleria.andina", 280000, 460, True),
    ("hoteles.ejemplo", 1450000, 500, True),
    ("casinos.inventados", 730000, 420, False),
    ("ferreteria.modelo", 615000, 1400, True),
    ("panaderia.ejemplo", 240000, 1500, True),
    ("bazar.extinguido", 118000, 810, True),
    ("libreria.olvidada", 265000, 790, True),
]


class Wholesaler(Courts, Builder):
    module = "cobranza_legal_cl"
    code = "cl"
    chart = "cl"
    lang = "es_CL"
    currencies = {"USD": 952.4}
    history_note = "Hecho con el programa anterior."
    carrier = "CorreosChile"
    carrier_prices = {"carta_certificada": 3900, "certified_email": 1500}
    openings = OPENINGS
    debited = {"pedro-0": 0}
    opening_label = "Saldos de apertura"
    bank_fee = ("Comisión de mantención", 8900)
    claim_kind = "commercial"
    company_values = {
        "name": "Mayorista Cordillera Imaginaria SpA",
        "vat": "54000100-6",
        "street": "Camino Lo Ficticio 1500",
        "city": "Quilicura",
        "email": "cobranza@cordillera-imaginaria.example.com",
        "phone": "+56 2 2555 0100",
        "website": "https://cordillera-imaginaria.example.com",
        "tz": "America/Santiago",
        "l10n_cl_sii_taxpayer_type": TAXPAYER,
        "l10n_cl_activity_description": "Venta al por mayor de alimentos",
    }
    bank = {"acc_number": "000-12345-67", "bank_name": "Banco Ficticio de Chile"}
    users = {
        "collector": ("cobranza_cl", "Camila Cobranza"),
        "accountant": ("contador_cl", "Cristián Contador"),
        "manager": ("gerente_cl", "Gloria Gerente"),
        "lawyer": ("abogada_cl", "Antonia Abogada"),
    }
    portal = ("deudor_cl", "juana.ficticia")

    def company_partner(self):
        return {
            **super().company_partner(),
            "state_id": self.env.ref("base.state_cl_13").id,
            "l10n_latam_identification_type_id": self.env.ref("l10n_cl.it_RUT").id,
        }

    def customer_values(self, row, number):
        home = row["country"] == self.code
        kind = "l10n_cl.it_RUT" if home else "l10n_latam_base.it_vat"
        taxpayer = (TAXPAYER if row["giro"] else CONSUMER) if home else FOREIGNER
        return {
            **super().customer_values(row, number),
            "l10n_latam_identification_type_id": self.env.ref(kind).id,
            "l10n_cl_sii_taxpayer_type": taxpayer,
            "l10n_cl_activity_description": row["giro"],
            "l10n_cl_annual_sales_uf": float(row["sales"] or 0),
            "l10n_cl_collection_regime": row["regime"] or False,
        }

    def phone(self, number):
        return f"+56 9 5555 {number:04}"

    def document_values(self, partner, kind):
        name = DOCUMENTS[partner.l10n_cl_sii_taxpayer_type, kind]
        return {"l10n_latam_document_type_id": self.env.ref(f"l10n_cl.{name}").id}

    def fill_legal_values(self):
        """A smooth UF for every day around today that has no true value, and interest
        of late invoices for every month."""
        self._fill_rates()
        parameter = self.env.ref("cobranza_legal_cl.parameter_uf")
        days = (self.today + timedelta(days=n) for n in range(-UF_DAYS, UF_DAYS + 1))
        rows = [
            {
                "date_from": day,
                "value": round(
                    UF_VALUE * math.exp(UF_GROWTH * (day - UF_FROM).days), 2
                ),
            }
            for day in days
        ]
        self.invent_values(parameter, rows)

    def _fill_rates(self):
        """From the 15th to the 14th, as the CMF publishes it."""
        parameter = self.env.ref("cobranza_legal_cl.parameter_interest_current")
        start = self.today.replace(day=15)
        days = [add_months(start, n) for n in range(*RATE_MONTHS)]
        rows = [
            {
                "key": "35",
                "date_from": day,
                "date_to": add_months(day, 1) - timedelta(days=1),
                "value": RATE,
            }
            for day in days
        ]
        self.invent_values(parameter, rows)

    # -- special cases ---------------------------------------------------------------

    def special_cases(self):
        self.give_mail_domain()
        self._terms_and_roles()
        self._money()
        self._what_debtors_say()
        self._what_we_decide()
        self._situations()
        self._mandates()
        self._registers()
        self._papers()
        self._courts()
        self._provisions()
        self.privacy_request(
            "ana.demo",
            "access",
            "Pide copia de los datos personales que mantenemos sobre ella.",
            1,
            identity="Cédula de identidad, por correo electrónico",
        )

    def _registers(self):
        """Of a business, stopped by a dispute, and of a person who has agreed to
        nothing."""
        self.switch_on_registers()
        self.join_register("cl_dicom", "CL-0077", "Contrato con el registro")
        self.report("norte-2", origin="cl_trade")
        self.report("austral-2", origin="cl_trade")
        self.report("raul-1", origin="cl_store")

    def _mandates(self):
        """PAC: signed at the bank, presented by hand."""
        self.switch_on_direct_debit()
        pac = {"scheme": "pac"}
        family = self.mandate("pedro.ejemplo", "00-0123456-02", **pac)
        self.sign_mandate(family, 180, method="elsewhere")
        firm = self.mandate("casinos.inventados", "00-0123456-01", **pac)
        self.sign_mandate(firm, 180, method="elsewhere")
        young = self.mandate("panaderia.ejemplo", "00-0123456-03", **pac)
        self.sign_mandate(young, 10, method="elsewhere")
        self.mandate("juana.ficticia", **pac).action_request()
        self._debits(family, firm)

    def _debits(self, family, firm):
        """Paid, returned, presented, planned; one that is paid otherwise."""
        self.debits(("pedro-0", family))
        self.find_paid()
        self.return_debit(
            self.debits(("casinos-1", firm)),
            "unknown",
            2,
            cost=4200,
            proof="Comisión por rechazo de PAC",
            note="Cuenta sin saldo suficiente",
        )
        self.debits(("pedro-1", family))
        self.documents["casinos-2"].cobranza_no_debit = True
        self.prepare_debits("pac", 21)

    def _papers(self):
        """Of one who has just opened an account and owes nothing yet, and a note whose
        original is with the lawyer."""
        new = "valentina.nueva"
        self.sign_mandate(self.mandate(new, "00-0160160-01", scheme="pac"), 6)
        self.receive(new, "contract", 8)
        self.receive(new, "identity", 8, checked=False, number="39000501-6")
        identity = self.receive("juana.ficticia", "identity", 40, number="39000101-0")
        identity._reject("La copia está ilegible por el reverso.")
        self.receive("marta.inventada", "contract", 300)
        debt = self.rest_on("botilleria-parts", "promissory_note", "commercial")
        note = self.receive("botilleria.supuesta", "promissory_note", 60, debt)
        lawyer = self.user("lawyer").partner_id
        self.hand_over_original(note, 20, lawyer, "Recibo del pagaré original")
        self.rest_on("jorge-1", "invoice", "retail")

    def _terms_and_roles(self):
        protected = ("consumer", "small_business")
        informed = [
            ref
            for ref in self.customers
            if ref not in UNINFORMED and self.debtor(ref).regime in protected
        ]
        self.inform_terms(informed, TERMS)
        self.debtor("ana.demo").payer_id = self._person("Elisa Demo Fuentes")
        brother = self._person("Iván Figurado Peña", "39000201-7")
        self.answers("raul.figurado", brother, "co_debtor", "Contrato de crédito", 200)
        owner = self._person("Teresa Supuesta Vial", "39000202-5")
        self.answers(
            "botilleria.supuesta",
            owner,
            "avalista",
            "Pagaré N.º 17",
            90,
            debt_ids=self.debtor("botilleria.supuesta").debt_ids[:1].ids,
        )

    def _person(self, name, rut=False):
        email = f"{'.'.join(name.lower().split()[:2])}@example.com"
        values = {"name": name, "email": email.replace("á", "a"), "lang": self.lang}
        if rut:
            kind = self.env.ref("l10n_cl.it_RUT")
            values |= {"vat": rut, "l10n_latam_identification_type_id": kind.id}
        return self.env["res.partner"].create(values)

    def _money(self):
        self.bounce("hoteles-1", 30, 12)
        self.pay([(self.documents["botilleria-parts"], "1200000", self.ago(60))])
        self.pay([(self.documents["ferreteria-1"], "800000", self.ago(9))])
        self.pay_in_advance("almacen.esquina", 400000, 3, "Transferencia sin folio")
        self.pay_in_advance("cafeteria.demo", 150000, 6, "Abono convenio")
        self.credit_note("ferreteria-2", "Devolución de mercadería", 2, 210000)
        self.credit_note("feriante-2", "Pedido anulado", 4)

    def _what_debtors_say(self):
        self.dispute(
            "austral-2",
            "not_received",
            "La guía de despacho no tiene timbre de recepción de la sucursal.",
            8,
        )
        self.dispute(
            "norte-1",
            "price",
            "El acuerdo comercial fijaba un descuento por volumen.",
            5,
            1200000,
        )
        self.promise("luis-1", 2, -3, "Paga apenas reciba el sueldo.")
        self.promise("verduleria-1", 24, 12, "Ofreció transferir ese viernes.")
        self.promise("casinos-2", 15, 6, "Pago en la nómina de proveedores.", 1000000)
        self.pay([(self.documents["casinos-2"], "1000000", self.ago(7))])
        self.judge_promises()

    def _what_we_decide(self):
        self.agreement("cafeteria.demo", 20, 4, "Bajaron las ventas en invierno.", 18)
        self.agreement(
            "marta.inventada", 2, 6, "Pide seis cuotas: cerró por reparaciones."
        )
        self.hold(
            "minimarket.sol",
            "says_paid",
            "Envió un comprobante de transferencia; se revisa la cartola.",
            6,
            ["sol-2"],
        )
        self.documents["municipalidad-2"].action_toggle_block_payment()
        self.cede("panaderia-1", "factoring.demo", 35)
        self.ask_waiver(
            "hoteles-2",
            "commission",
            "Cliente antiguo: paga hoy el capital y los intereses.",
        )
        cases = self.hand_over("raul.figurado", "verduleria.andina")
        self.take_case(
            cases[1],
            (
                "study",
                "Revisadas facturas y acuses de recibo: no hay reclamo en plazo.",
            ),
        )
        cases[0].with_user(self.user("lawyer"))._ask_document(
            "Guía de despacho firmada", self.ago(-5), "La copia no se lee."
        )
        self.switch_on_agencies()
        agency = self.agency(
            "Cobranzas Imaginarias SpA",
            "cobranzas.imaginarias",
            12,
            "Contrato de mandato de cobranza y de tratamiento de datos",
        )
        self.place(
            agency,
            "casinos-2",
            24,
            60,
            (20, "email", "", "Camila Cobranza", "Primer aviso con el detalle"),
            (10, "call", "answered", "Camila Cobranza", "Pagan a fin de mes"),
        )
        self.suspension(
            "rosa.muestra", 22, "Despacho a domicilio y compras a crédito", "email"
        )

    def _situations(self):
        self._liquidated()
        self.debtor("kiosko.central").sued_on = self.ago(60)
        self.debtor("silvia.quimera").authority_claim_on = self.ago(4)
        self.forget_email("pedro.ejemplo")
