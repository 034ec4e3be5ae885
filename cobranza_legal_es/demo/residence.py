"""Residencia Universitaria La Barraca Imaginaria SL: monthly fees and rooms."""

from datetime import date

from odoo.addons.cobranza_legal.demo.builder import Builder
from odoo.addons.cobranza_legal.demo.tables import read_table
from odoo.addons.cobranza_legal.kernel.periods import add_months

from .courts import Courts

TAX = "account_tax_template_s_iva10s"
EURIBOR, EURIBOR_MONTHS = 2.2, (-24, 15)
"""An invented monthly average, and for which months around today."""
TERMS = "Contrato de alojamiento con las condiciones de demora"

OPENINGS = [
    ("teatro.ejemplar", 1250, 500, True),
    ("idiomas.ficticios", 860, 470, True),
    ("diego.modelo", 325, 450, True),
    ("deportes.supuestos", 2100, 520, False),
    ("tomas.ilusorio", 410, 1060, True),
    ("elena.demo", 290, 1120, True),
    ("papeleria.extinguida", 365, 810, True),
    ("merceria.olvidada", 540, 790, True),
]


class Residence(Courts, Builder):
    module = "cobranza_legal_es"
    code = "es"
    chart = "es_pymes"
    lang = "es_ES"
    mode = "confirm"
    sale_code = "F"
    currencies = {"GBP": 1.17}
    migrated = 24
    history_note = "Hecho con el programa anterior."
    carrier = "Correos"
    carrier_prices = {"certified_letter": 6.35, "burofax": 27.5, "certified_email": 3}
    openings = OPENINGS
    debited = {
        "fee-carmen.muestra-2": 0,
        "fee-carmen.muestra-1": 0,
        "fee-ines.simulada-1": 0,
        "fee-alba.ficcion-1": 20,
        "language-3": 0,
    }
    opening_label = "Saldos de apertura"
    bank_fee = ("Comisión de mantenimiento", 12.5)
    claim_kind = "lodging"
    company_values = {
        "name": "Residencia La Barraca Imaginaria SL",
        "vat": "B00010116",
        "street": "Avenida de los Naranjos Ficticios 50",
        "zip": "46021",
        "city": "Valencia",
        "email": "cobros@barraca-imaginaria.example.com",
        "phone": "+34 960 000 050",
        "website": "https://barraca-imaginaria.example.com",
        "tz": "Europe/Madrid",
    }
    bank = {
        "acc_number": "ES92 9999 0001 4800 0001 2345",
        "bank_name": "Banco Ficticio",
    }
    users = {
        "collector": ("cobros_es", "Clara Cobros"),
        "accountant": ("contable_es", "Carlos Contable"),
        "manager": ("direccion_es", "Dolores Dirección"),
        "lawyer": ("abogado_es", "Alberto Abogado"),
    }
    portal = ("deudor_es", "lucia.ficticia")

    def company_partner(self):
        return {
            **super().company_partner(),
            "state_id": self.env.ref("base.state_es_v").id,
        }

    def fill_legal_values(self):
        """The Euribor of the months of which nobody has loaded the true one yet."""
        parameter = self.env.ref("cobranza_legal_es.parameter_euribor_12m")
        start = self.today.replace(day=1)
        months = [add_months(start, n) for n in range(*EURIBOR_MONTHS)]
        rows = [{"date_from": month, "value": EURIBOR} for month in months]
        self.invent_values(parameter, rows)

    def choose_policies(self):
        business = self.env.ref("cobranza_legal_es.policy_business")
        self.tags["Empresas e instituciones"].cobranza_policy_id = business

    def phone(self, number):
        return f"+34 600 000 {number:03}"

    def tax(self, partner):
        tax = self.env.ref(f"account.{self.company.id}_{TAX}")
        return tax if partner.country_id == self.company.country_id else tax.browse()

    # -- monthly fees ----------------------------------------------------------------

    def document_rows(self):
        """Also the fees of every month, due on the 5th by the payment term."""
        rows = super().document_rows()
        for row in read_table(self.path("fees.csv")):
            unpaid = row["unpaid"].split()
            for month in range(int(row["last"]), int(row["first"]) + 1):
                issued = self._first_of(month)
                paid = str(month) not in unpaid and self._fifth(issued) < self.today
                rows.append(
                    {
                        "document": f"fee-{row['customer']}-{month}",
                        "customer": row["customer"],
                        "issued": issued,
                        "credit": "day 5",
                        "net": row["net"],
                        "currency": "",
                        "label": f"Alojamiento {issued:%m/%Y}",
                        "paid": "all" if paid else "",
                    }
                )
        return rows

    def _first_of(self, month):
        """The first day of the month so many months ago."""
        years, number = divmod(self.today.year * 12 + self.today.month - 1 - month, 12)
        return date(years, number + 1, 1)

    @staticmethod
    def _fifth(day):
        return day.replace(day=5)

    def credit(self, row):
        if row["credit"] == "day 5":
            term = self.env.ref("cobranza_legal_es.payment_term_day_5")
            return {"invoice_payment_term_id": term.id}
        return super().credit(row)

    # -- special cases ---------------------------------------------------------------

    def special_cases(self):
        self.give_mail_domain()
        self._roles_and_terms()
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
            "martin.supuesto",
            "access",
            "Quiere saber qué datos suyos tenemos y de dónde salieron.",
            4,
            identity="DNI, por correo electrónico",
        )

    def _registers(self):
        """Warned in the contract, stopped by a dispute, and not even warned."""
        self.switch_on_registers()
        self.join_register("es_asnef", "ES-00510", "Contrato y corresponsabilidad")
        contract = self.contract("Contrato de alojamiento con la advertencia", 400)
        self.report("damage-tomas", **contract)
        self.report("university-2", **contract)
        self.report("translator")

    def _mandates(self):
        """In every state: in use, to be signed, without account, soon to expire,
        suspended, revoked, between businesses."""
        self.switch_on_direct_debit()
        self.identify_creditor()
        core = {"scheme": "core"}
        # the contract says that two days of notice are enough
        agreed = {**core, "notice_agreed": True, "notice_days": 2}
        used = self.mandate("hugo.ejemplo", "ES88 9999 0001 4800 0000 0001", **agreed)
        self.sign_mandate(used, 400)
        asked = self.mandate("nora.inventada", "ES61 9999 0001 4800 0000 0002", **core)
        asked.action_request()
        self.mandate("elena.demo", **core)
        old = self.mandate("sara.boceto", "ES34 9999 0001 4800 0000 0003", **core)
        self.sign_mandate(old, 1200, last=1060)
        stopped = self.mandate(
            "alba.ficcion", "ES07 9999 0001 4800 0000 0004", **agreed
        )
        self.sign_mandate(stopped, 300)
        gone = self.mandate("diego.modelo", **core)
        self.sign_mandate(gone, 200)
        gone._stop("revoked", "debtor", "Prefiere pagar por transferencia")
        firm = self.mandate(
            "idiomas.ficticios", "ES77 9999 0001 4800 0000 0005", scheme="b2b"
        )
        self.sign_mandate(firm, 250)
        refunded = self.mandate(
            "carmen.muestra", "ES50 9999 0001 4800 0000 0006", **core
        )
        self.sign_mandate(refunded, 180)
        good = self.mandate("ines.simulada", "ES23 9999 0001 4800 0000 0007", **core)
        self.sign_mandate(good, 150)
        self._debits(used, stopped, firm, refunded, good)

    def _debits(self, hugo, alba, firm, carmen, ines):
        """Paid, refunded, returned once and twice, presented, told, planned."""
        self.debits(("language-3", firm))
        refunded = self.debits(("fee-carmen.muestra-2", carmen))
        fees = self.debits(
            ("fee-carmen.muestra-1", carmen),
            ("fee-ines.simulada-1", ines),
            ("fee-alba.ficcion-1", alba),
        )
        empty = fees.filtered(lambda one: one.mandate_id == alba)
        self.return_debit(empty, "AM04", 2)
        self.return_debit(self.debit_again(empty), "AM04", 2)
        self.debtor("alba.ficcion").activity_ids.action_feedback(
            "Pagó por transferencia."
        )
        self.find_paid()
        money = refunded.money_line_ids
        day = self.return_debit(
            refunded, "MD06", 40, note="Orden de devolución del deudor"
        )
        self.book_refund(refunded, money, day, "Devolución de adeudo")
        self.return_debit(
            self.debits(("board-hugo", hugo)),
            "AM04",
            2,
            cost=3.5,
            proof="Comisión por devolución",
        )
        self.debits(("board-ines", ines))
        # what somebody asks to pay in instalments is not charged meanwhile
        asked = self.debtor("sara.boceto").agreement_ids.debt_ids.move_id
        asked.cobranza_no_debit = True
        batch = self.prepare_debits("core", 21)
        told = batch.debit_ids.filtered(lambda one: one.mandate_id == ines)
        told._tell(self.today)

    def _papers(self):
        """Of one who moves in next month and owes nothing yet, and a note whose
        original is with the lawyer."""
        new = "valeria.nueva"
        mandate = self.mandate(new, "ES24 9999 0001 4000 0100 0160")
        self.sign_mandate(mandate, 6)
        self.receive(new, "contract", 8)
        self.receive(new, "identity", 8, checked=False, number="99990160Y")
        identity = self.receive("hugo.ejemplo", "identity", 40, number="99990102V")
        identity._reject("La copia está cortada: falta el reverso.")
        self.receive("lucia.ficticia", "contract", 300)
        debt = self.rest_on("theatre", "promissory_note")
        note = self.receive("teatro.ejemplar", "promissory_note", 60, debt)
        lawyer = self.user("lawyer").partner_id
        self.hand_over_original(note, 20, lawyer, "Recibí el pagaré original")
        father = self._person(
            "Anselmo Ilusorio Avalista", "anselmo.ilusorio", "99990171V"
        )
        self.answers(
            "tomas.ilusorio", father, "guarantor", "Aval del contrato de 2023", 1090
        )

    def _roles_and_terms(self):
        people = [ref for ref, one in self.customers.items() if not one.is_company]
        known = [ref for ref in people if ref not in ("pablo.prueba", "paul.example")]
        self.inform_terms(known, TERMS)
        self._student_of("carmen.muestra", "Julia Muestra Bravo")
        self._student_of("ramon.figurado", "Óscar Figurado Mena")
        self._student_of("paul.example", "Chloe Example")
        payer = self._person("Rosa Gómez Ficticia", "rosa.gomez")
        self.debtor("lucia.ficticia").write(
            {"payer_id": payer.id, "dunning_contact_id": payer.id}
        )
        parent = self._person(
            "Vicente Supuesto Avalado", "vicente.supuesto", "99990172H"
        )
        self.answers(
            "martin.supuesto", parent, "co_debtor", "Contrato de alojamiento", 300
        )
        boss = self._person(
            "Nuria Supuesta Administradora", "nuria.supuesta", "99990173L"
        )
        self.answers(
            "deportes.supuestos",
            boss,
            "guarantor_waived",
            "Póliza de afianzamiento n.º 2026/114",
            240,
            limit_amount=6000,
            accepts_extensions=True,
        )

    def _student_of(self, parent, name):
        """The parent signed and owes; the student only lives there."""
        email = name.lower().split()[0]
        student = self._person(name, f"{email}.estudiante")
        self.debtor(parent).beneficiary_ids = student

    def _person(self, name, email, vat=False):
        values = {"name": name, "email": f"{email}@example.com", "lang": self.lang}
        values["vat"] = vat
        return self.env["res.partner"].create(values)

    def _money(self):
        self.bounce("school-bounced", 40, 15)
        self.pay([(self.documents["congress-parts"], "2000", self.ago(45))])
        self.pay([(self.documents["sports-1"], "1500", self.ago(6))])
        self.pay_in_advance("irene.quimera", 400, 4, "Transferencia de I. Quimera")
        self.pay_in_advance("idiomas.ficticios", 500, 8, "Ingreso sin referencia")
        self.credit_note("fee-sara.boceto-0", "Baja a mitad de mes", 3, 345)
        self.credit_note("kitchen-alba", "Facturado por error", 5)

    def _what_debtors_say(self):
        self.dispute(
            "language-2",
            "quality",
            "Dos noches sin agua caliente: no reconocen el resto de la factura.",
            10,
        )
        self.dispute(
            "university-2",
            "price",
            "El convenio fijaba 40 EUR por noche en vez de 44.",
            7,
            600,
        )
        self.promise("fee-hugo.ejemplo-1", 3, -4, "Cobra la nómina a fin de mes.")
        self.promise("fee-martin.supuesto-2", 25, 12, "Dijo que pagaba esa semana.")
        self.promise("foundation", 14, 5, "El patronato lo aprueba el lunes.", 480)
        self.pay([(self.documents["foundation"], "480", self.ago(6))])
        self.judge_promises()

    def _what_we_decide(self):
        self.agreement("diego.modelo", 20, 3, "Cambió de trabajo en otoño.", 18)
        self.agreement("sara.boceto", 2, 6, "Pide seis meses: está de baja médica.")
        self.hold(
            "autonoma.traductora",
            "says_paid",
            "Dice que pagó por Bizum; se busca el ingreso.",
            7,
            ["translator"],
        )
        self.hold(
            "ramon.figurado",
            "internal",
            "Recibo girado, en espera del banco.",
            5,
            ["parking-ramon"],
        )
        self.documents["council-old"].action_toggle_block_payment()
        self.cede("theatre", "factoring.demo", 30)
        self.ask_waiver(
            "council",
            "compensation",
            "Es la primera vez que se retrasan y pagan esta semana.",
        )
        cases = self.hand_over("tomas.ilusorio", "elena.demo", "teatro.ejemplar")
        self.take_case(
            cases[2],
            ("study", "Revisados contrato y facturas: la deuda es líquida y vencida."),
            ("call", "El teatro reconoce la deuda y pide un plazo; queda en escribir."),
        )
        self.negotiated(
            cases[2],
            "es_conciliation",
            12,
            "Acta de conciliación sin avenencia",
            "En la conciliación ofrecen la mitad a fin de año.",
        )
        cases[0].with_user(self.user("lawyer"))._ask_document(
            "Contrato de alojamiento firmado", self.ago(-5), "Falta la última página."
        )
        self.switch_on_agencies()
        agency = self.agency(
            "Recobros Imaginarios SL",
            "recobros.imaginarios",
            15,
            "Contrato de encargado del tratamiento y de gestión de cobro",
        )
        self.place(
            agency,
            "sports-2",
            21,
            70,
            (18, "letter", "", "Marta Recobro", "Carta de presentación"),
            (9, "call", "answered", "Marta Recobro", "Pide copia de la factura"),
        )
        self.suspension(
            "emily.sample",
            18,
            "Wifi de alta velocidad, gimnasio y lavandería",
            "certified_letter",
        )

    def _situations(self):
        self._insolvent()
        lawyer = self._person("Letrada Inventada", "letrada.inventada")
        self.debtor("aoife.placeholder").write(
            {"represented_on": self.ago(20), "representative_id": lawyer.id}
        )
        self.debtor("pablo.prueba").vulnerable_on = self.ago(50)
        self.forget_email("jonas.beispiel")
