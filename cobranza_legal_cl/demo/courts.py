"""Lawsuits of the wholesaler: one that ended in a settlement in instalments, one in
which exceptions are to be answered this week, a judgment of which a part has come in,
and a debtor in liquidation."""

DOCKET_URL = "https://oficinajudicialvirtual.pjud.cl"


class Courts:
    lawyer_terms = {"fixed": 250000, "share": 10, "least": 300000}

    def _courts(self):
        self.agree_with_lawyer()
        self.civil_4 = self.court(
            "4.º Juzgado Civil de Santiago", "Santiago", "cl_13", docket_url=DOCKET_URL
        )
        self.civil_19 = self.court(
            "19.º Juzgado Civil de Santiago",
            "Santiago",
            "cl_13",
            docket_url=DOCKET_URL,
        )
        self.receptor = self.professional("Rubén Receptor Ficticio", "ruben.receptor")
        lawyer = self.user("lawyer").partner_id
        self.power(
            lawyer,
            "Mandato judicial, Notaría Inventada, repertorio 3.310",
            900,
            valid_until=self.ago(-20),
        )
        self._settled()
        self._exceptions()
        self._judged()

    def _notified(self, case, court, number, days):
        """The invoice is notified by the court and becomes an executive title;
        ``days``: of the petition, the order, the notice and the certificate."""
        filed, ordered, notified, certified = days
        rol = f"C-{number}-{self.ago(filed).year}"
        notice = self.file_suit(case, "invoice_notice", filed, court, docket=rol)
        self.take_part(notice, (self.receptor, "cl_receptor"))
        self.proceed(
            notice,
            (ordered, "ordered", "cl_daily", None),
            (notified, "notified", "cl_receptor", None),
            (certified, "certified", "cl_daily", None),
        )
        self.spend(
            case,
            ("receptor", "final", notified, "Notificación de la factura", 65000, 0),
            suit=notice,
        )
        return notice

    def _settled(self):
        """Executive suit, a lorry attached, a settlement in four instalments."""
        case = self.open_case(
            "ilusion-1", 380, "Revisados factura, guía y acuse de recibo tácito."
        )
        notice = self._notified(case, self.civil_4, 2104, (370, 355, 330, 318))
        suit = self.file_suit(case, "executive", 300, parent=notice)
        self.proceed(
            suit,
            (285, "ordered", "cl_daily", None),
            (250, "required", "cl_receptor", None),
            (236, "attached", "cl_receptor", None),
        )
        lorry = self.measure(
            suit,
            "Camión, patente BBBB-00",
            "movable",
            18000000,
            ("asked", 300, None),
            ("ordered", 285, None),
            ("registered", 230, None),
            register="Registro de Vehículos Motorizados",
        )
        self.spend(
            case,
            ("receptor", "final", 250, "Requerimiento de pago y embargo", 120000, 0),
            ("registry", "final", 230, "Inscripción del embargo", 32000, 0),
            suit=suit,
        )
        self.agreement(
            "transportes.ilusion", 72, 4, "Avenimiento ante el tribunal.", 70
        )
        first = self.debtor("transportes.ilusion").agreement_ids.instalment_ids[:1]
        self.pay([(self.documents["ilusion-1"], str(first.amount), first.due_on)])
        with self.on(66) as day:
            words = "Avenimiento en cuatro cuotas"
            self.by_lawyer(lorry)._step("released", day, words)
            self.by_lawyer(suit)._finish("settled", day, words)
            self.by_lawyer(case)._end("settled", words)

    def _exceptions(self):
        """The debtor opposed; what it says is to be answered within days."""
        case = self.open_case(
            "gimnasio-1", 175, "Factura irrevocablemente aceptada; sin reclamo."
        )
        notice = self._notified(case, self.civil_19, 8812, (168, 155, 130, 120))
        suit = self.file_suit(case, "executive", 100, parent=notice)
        self.proceed(
            suit,
            (85, "ordered", "cl_daily", None),
            (22, "required", "cl_receptor", None),
            (9, "opposed", "cl_daily", None),
            (2, "transferred", "cl_daily", None),
        )
        self.measure(
            suit,
            "Cuenta corriente en Banco Ficticio de Chile",
            "money",
            2500000,
            ("asked", 20, None),
        )
        self.measure(suit, "Máquinas de ejercicio del local", "movable", 9000000)
        self.deadline(
            suit,
            "Encargar al receptor el embargo de la cuenta",
            3,
            1,
            article=False,
        )
        self.hearing(
            suit,
            "conciliation",
            self.next_week(),
            room="Sala de audiencias, piso 3",
            link="https://zoom.example.com/j/0000000",
        )
        self.spend(
            case,
            ("receptor", "final", 22, "Requerimiento de pago", 60000, 0),
            ("receptor", "advance", 3, "Encargo del embargo", 80000, 0),
            ("lawyer", "budget", 3, "Honorarios de la oposición", 600000, 0),
            suit=suit,
        )
        self._mails(case)

    def _judged(self):
        """Exceptions that the court refused; an account was attached and a part of the
        money came, a van is sold next."""
        case = self.open_case(
            "hostal-1", 330, "Revisadas la factura y la guía; deudor con bienes."
        )
        notice = self._notified(case, self.civil_19, 9377, (320, 305, 280, 268))
        suit = self.file_suit(case, "executive", 255, parent=notice)
        self.proceed(
            suit,
            (240, "ordered", "cl_daily", None),
            (215, "required", "cl_receptor", None),
            (206, "opposed", "cl_daily", None),
            (198, "transferred", "cl_daily", None),
            (160, "judgment", "cl_daily", "Excepciones contestadas"),
        )
        judgment = self.judge(suit, 160, "Sentencia que rechaza las excepciones")
        self.become_firm(judgment, 140)
        account = self.measure(
            suit,
            "Cuenta corriente en Banco Imaginario",
            "money",
            900000,
            ("asked", 240, None),
            ("ordered", 215, None),
        )
        self.measure(
            suit,
            "Camioneta, patente CCCC-00",
            "movable",
            4500000,
            ("asked", 130, None),
            ("ordered", 118, None),
        )
        self.proceed(suit, (120, "auction", "cl_daily", "No procede: nada que apelar"))
        self.keep_terms(suit, 100, "Tasación aceptada")
        self.realise(account, "hostal-1", 900000, 75, "Giro de cheque del tribunal")
        self.spend(
            case,
            ("receptor", "final", 215, "Requerimiento y embargo", 120000, 0),
            ("publication", "advance", 60, "Avisos del remate", 180000, 0),
            suit=suit,
        )

    def _mails(self, case):
        self.mail_to(
            case,
            f"{self.receptor.name} <{self.receptor.email}>",
            "Estampe del requerimiento",
            "Estimada:\n\nAdjunto el estampe del requerimiento de pago.\n\nAtte.",
            "Estampe del requerimiento",
        )
        self.mail_to(
            case,
            "Contador Desconocido <contador@example.org>",
            "Causa de Gimnasios Inventados",
            "¿Aceptan tres cheques? Respondan a este correo.",
        )

    def _liquidated(self):
        """The credit was verified in time and recognised."""
        with self.on(220):
            [case] = self.hand_over("constructora.caida")
        self.debtor("constructora.caida").write(
            {"insolvent_on": self.ago(180), "insolvency_kind": "liquidation"}
        )
        liquidator = self.professional(
            "Liquidadora Concursal Imaginaria", "liquidadora.imaginaria"
        )
        claim = self.claim_in_insolvency(case.with_env(self.env), 176, liquidator)
        with self.on(160):
            self.by_lawyer(claim).action_tell()
        with self.on(90):
            self.by_lawyer(claim).action_recognised()

    def _provisions(self):
        self.switch_on_provisions()
        insurer = self.professional(
            "Seguros de Crédito Imaginarios SA", "seguros.credito", is_company=True
        )
        self.insure("supermercados.austral", insurer, "SC-77-2025", 85, 60)
        self.assess(
            "constructora.caida", 100, "En liquidación; sin bienes según el inventario."
        )
        self.provide()
        self.write_off(
            "bazar.extinguido",
            "El local está cerrado y no se conocen bienes.",
            "Informe comercial sin bienes",
            "Se agotaron prudencialmente los medios de cobro.",
        )
        self.ask_write_off(
            "libreria.olvidada",
            "Término de giro informado y sin bienes conocidos.",
            "Certificado de término de giro",
            "Sin bienes embargables: no conviene demandar.",
        )
        self.provide_today()
