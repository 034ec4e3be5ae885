"""Lawsuits of the student residence: one that has come to the enforcement, one before
its hearing, one payment order, and a debtor in insolvency proceedings."""

from datetime import date

from odoo import Command

DOCKET_URL = "https://www.administraciondejusticia.gob.es"
SECTION = "Sección Civil del Tribunal de Instancia de Valencia"
SECTIONS_SINCE = "2025-12-31"
LEGAL_INTEREST = 3.25
"""The last known one, of years of which nobody has loaded it yet."""


class Courts:
    lawyer_terms = {"fixed": 350, "share": 8, "least": 400, "most": 3000}

    def _courts(self):
        self.fill_legal_interest()
        self.agree_with_lawyer()
        self.court_7 = self._court_of(7)
        self.court_12 = self._court_of(12)
        self.procurador = self.professional(
            "Patricia Procuradora Ficticia", "patricia.procuradora"
        )
        self.power(
            self.procurador,
            "Notaría Inventada, protocolo 1.214",
            700,
            valid_until=self.ago(-25),
        )
        self._enforced()
        self._before_the_hearing()
        self._payment_order()

    def _court_of(self, number):
        """A court of Valencia, which has another name since the courts of first
        instance became sections."""
        names = [
            (f"Juzgado de Primera Instancia n.º {number} de Valencia", False),
            (f"{SECTION}, Plaza n.º {number}", SECTIONS_SINCE),
        ]
        names = [{"name": name, "valid_from": since} for name, since in names]
        return self.court(
            names[-1]["name"],
            "Valencia",
            "es_v",
            docket_url=DOCKET_URL,
            name_ids=[Command.create(one) for one in names],
        )

    def fill_legal_interest(self):
        """The legal interest of the years of which nobody has loaded it yet."""
        parameter = self.env.ref("cobranza_legal_es.parameter_interest_legal")
        known = max(parameter.value_ids.filtered("date_to").mapped("date_to"))
        years = range(known.year + 1, self.today.year + 1)
        rows = [
            {
                "date_from": date(year, 1, 1),
                "date_to": date(year, 12, 31),
                "value": LEGAL_INTEREST,
            }
            for year in years
        ]
        if rows:
            self.invent_values(parameter, rows)

    def _numbers(self, number, days):
        """Docket and general number of what was filed so many days ago."""
        year = self.ago(days).year
        return {"docket": f"{number}/{year}", "nig": f"46250421{year}{number:07}"}

    def _tried_to_agree(self, case, days, certificate, said):
        with self.on(days):
            case = case.with_env(self.env)
            self.negotiated(case, "es_conciliation", days, certificate, said)

    def _opposed(self, case, days, court, number):
        """A payment order that the debtor opposes, and the verbal suit that follows in
        the same file; ``days``: of the petition, its admission, the notice and the
        opposition."""
        filed, admitted, served, opposed = days
        numbers = self._numbers(number, filed)
        order = self.file_suit(case, "monitorio", filed, court, **numbers)
        self.take_part(order, (self.procurador, "es_procurador"))
        self.proceed(
            order,
            (admitted, "admitted", "es_lexnet", None),
            (served, "served", "es_lexnet", None),
            (opposed, "opposed", "es_lexnet", None),
        )
        return self.file_suit(case, "verbal_2024", opposed, parent=order)

    def _enforced(self):
        """Judgment, enforcement, an account attached, a part of the money."""
        case = self.open_case(
            "gala", 470, "Revisados el presupuesto aceptado y la factura."
        )
        self._tried_to_agree(
            case,
            455,
            "Acta de conciliación sin avenencia",
            "Ofrecieron pagar la mitad en un año.",
        )
        suit = self._opposed(
            case,
            (440, 415, 400, 380),
            self.court_7,
            612,
        )
        self.proceed(
            suit,
            (350, "evidence", "es_lexnet", "Escrito de impugnación presentado"),
            (320, "hearing", None, "Sin alegaciones a la prueba contraria"),
        )
        with self.on(300):
            held = self.hearing(suit, "trial", 300, room="Sala 4, planta 1.ª")
        with self.on((self.today - held.day).days):
            self.by_lawyer(held)._end(
                "held", "Celebrada: declara el gerente, que reconoce las estancias."
            )
        judgment = self.judge(suit, 280, "Sentencia estimatoria")
        self.proceed(suit, (280, "judgment", "es_lexnet", None))
        self.become_firm(judgment, 235)
        self.proceed(suit, (235, "firm", "es_lexnet", "No procede: se estima íntegra"))
        enforcement = self.file_suit(
            case,
            "enforcement",
            160,
            self.court_7,
            suit,
            docket=f"88/{self.ago(160).year}",
        )
        asked = judgment.proceeding_id.deadline_ids.filtered(
            lambda one: one.state == "open" and one.who == "us"
        )
        with self.on(160) as day:
            self.by_lawyer(asked)._end_done(day, "Demanda ejecutiva presentada")
        self.proceed(
            enforcement,
            (145, "ordered", "es_lexnet", None),
            (125, "searched", "es_lexnet", None),
            (110, "attached", "es_lexnet", None),
        )
        account = self.measure(
            enforcement,
            "Cuenta corriente ES.. 9999, Banco Ficticio",
            "money",
            1800,
            ("asked", 120, None),
            ("ordered", 110, None),
        )
        self.realise(account, "gala", 1800, 60, "Mandamiento de devolución")
        self.proceed(enforcement, (60, "realised", "es_lexnet", None))
        self.measure(
            enforcement,
            "Furgoneta, matrícula 0000 BBB",
            "movable",
            5200,
            ("asked", 12, None),
            ("ordered", 6, None),
            register="Registro de Bienes Muebles de Valencia",
        )
        self.measure(
            enforcement,
            "Devoluciones del IVA del ejercicio, AEAT",
            "short_credit",
            900,
        )
        self.deadline(
            enforcement,
            "Presentar la tasación de costas con sus minutas",
            3,
            1,
            article="LEC, art. 242",
        )
        self.spend(
            case,
            ("lawyer", "final", 285, "Minuta del juicio verbal", 726, 126),
            suit=suit,
        )
        self.spend(
            case,
            ("procurador", "final", 150, "Derechos de la ejecución", 181.5, 31.5),
            ("registry", "advance", 12, "Anotación del embargo", 90, 0),
            ("expert", "budget", 3, "Peritaje de la furgoneta", 242, 42),
            suit=enforcement,
        )
        self._mails(case)

    def _mails(self, case):
        self.mail_to(
            case,
            f"{self.procurador.name} <{self.procurador.email}>",
            "Notificado el decreto de embargo",
            "Buenos días:\n\nAdjunto el decreto que acuerda el embargo de la "
            "furgoneta.\n\nUn saludo.",
            "Decreto de embargo",
        )
        self.mail_to(
            case,
            "Gestoría Desconocida <gestoria@example.org>",
            "Expediente de Eventos Fabulados",
            "Nos dicen que podemos pagar a plazos. ¿Con quién hablamos?",
        )

    def _before_the_hearing(self):
        """The opposition was answered and the hearing is next week."""
        case = self.open_case(
            "banquet", 150, "Contrato firmado y facturas conformes: deuda líquida."
        )
        self._tried_to_agree(
            case, 140, "Acta de conciliación sin efecto", "No acudieron."
        )
        suit = self._opposed(
            case,
            (130, 105, 85, 62),
            self.court_12,
            1045,
        )
        self.proceed(
            suit,
            (45, "evidence", "es_lexnet", "Escrito de impugnación presentado"),
            (20, "hearing", None, "Sin alegaciones a la prueba contraria"),
        )
        self.hearing(
            suit,
            "trial",
            self.next_week(),
            room="Sala 2, planta baja",
            attending="Patricia Procuradora; el jefe de cocina, testigo",
        )
        self.deadline(
            suit, "Designar el domicilio del testigo propuesto", 2, 1, article=False
        )
        self.spend(
            case,
            ("procurador", "advance", 60, "Provisión de fondos", 300, 0),
            ("lawyer", "budget", 60, "Minuta prevista del juicio verbal", 850, 0),
            suit=suit,
        )

    def _payment_order(self):
        """Served on the debtor, whose term runs."""
        case = self.open_case("tour", 90, "Reserva y factura conformes.")
        self._tried_to_agree(
            case,
            80,
            "Acta de conciliación sin avenencia",
            "Dicen que el grupo canceló dos noches.",
        )
        order = self.file_suit(
            case,
            "monitorio",
            70,
            self.court_12,
            **self._numbers(1311, 70),
        )
        self.take_part(order, (self.procurador, "es_procurador"))
        self.proceed(
            order,
            (35, "admitted", "es_lexnet", None),
            (12, "served", "es_lexnet", None),
        )
        self.deadline(
            order, "Aportar el certificado del saldo que pide el decreto", 4, 2
        )

    def _insolvent(self):
        """The credit is to be told to the administrator these weeks."""
        with self.on(60):
            [case] = self.hand_over("sociedad.caducada")
        self.debtor("sociedad.caducada").insolvent_on = self.ago(12)
        administrator = self.professional(
            "Administración Concursal Imaginaria SLP",
            "concursal.imaginaria",
            is_company=True,
        )
        self.claim_in_insolvency(case.with_env(self.env), 9, administrator)

    def _provisions(self):
        self.switch_on_provisions()
        insurer = self.professional(
            "Seguros de Crédito Imaginarios SA", "seguros.credito", is_company=True
        )
        self.insure("congresos.inventados", insurer, "CR-2025-0042", 80, 90)
        self.assess(
            "sociedad.caducada",
            100,
            "En concurso y sin masa, según el informe provisional.",
        )
        self.provide()
        self.write_off(
            "papeleria.extinguida",
            "El local está cerrado y no se conocen bienes.",
            "Informe de solvencia negativo",
            "Sin bienes ni actividad: reclamar costaría más que la deuda.",
        )
        self.ask_write_off(
            "merceria.olvidada",
            "La sociedad no deposita cuentas desde hace tres años.",
            "Nota simple del registro mercantil",
            "Disuelta de hecho y sin activo en la averiguación patrimonial.",
        )
        self.watch_tax()
        self.take_tax_back("academy-1", 40, "Acta notarial de requerimiento de pago")
        self.provide_today()
