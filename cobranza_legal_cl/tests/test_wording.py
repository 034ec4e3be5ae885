from datetime import date

from odoo.tests import tagged

from odoo.addons.cobranza_legal.kernel.wording import Wording

from .common import ChileCommon

TODAY = date(2026, 11, 22)
REASONS = {
    "look": "as if it came from a court",
    "suit": "court proceedings",
    "register": "commercial registers",
    "act": "what a court writes",
    "crime": "criminal law",
    "others": "tell others",
    "open": "others can read",
}
REFUSED = [
    ("suit", "<p>Presentaremos una demanda en su contra.</p>"),
    ("suit", "Lo demandaremos sin más aviso"),
    ("suit", "Su deuda será demandada esta semana"),
    ("suit", "Se procederá al em<b>bar</b>go de sus bienes"),
    ("suit", "embargaremos su sueldo"),
    ("suit", "Sus bienes irán a remate"),
    ("suit", "Iniciaremos acciones legales"),
    ("suit", "Ejerceremos acciones judiciales"),
    ("suit", "Pasará a cobranza judicial"),
    ("suit", "Estado: PREJUDICIAL"),
    ("suit", "Está en etapa pre-judicial"),
    ("suit", "Los tribunales resolverán"),
    ("suit", "Habrá un juicio ejecutivo"),
    ("suit", "Se pedirá la fuerza pública y el retiro de especies"),
    ("suit", "La ejecución de sus bienes está próxima"),
    ("suit", "We will take legal action"),
    ("suit", "A lawsuit will follow"),
    ("suit", "querella en preparación"),
    ("suit", "Pediremos una medida precautoria"),
    ("suit", "de\u00adman\u200bda"),
    ("suit", "Demánda, démanda, DEMANDA"),
    ("look", "NOTIFICACIÓN JUDICIAL"),
    ("look", "Citación: preséntese el lunes"),
    ("look", "EN LO PRINCIPAL: requerimiento"),
    ("look", "PRIMER OTROSÍ: acompaña documentos"),
    ("look", "ROL N° C-1234-2026"),
    ("look", "Rol: C-1234-2026"),
    ("look", "S.J.L. en lo Civil"),
    ("look", "Un receptor irá a su domicilio"),
    ("look", "Quinto Juzgado de Letras"),
    ("look", "bajo apercibimiento de lo que haya lugar"),
    ("look", '<img src="/web/image/escudo-chile.png"/>'),
    ("look", '<img src="/web/image/3" alt="Escudo de Chile"/>'),
    ("register", "Será informado a DICOM"),
    ("register", "Lo publicaremos en el Boletín Comercial"),
    ("register", "Figurará en Equifax"),
    ("register", "Quedará en el registro de morosos"),
    ("register", "Afectará sus antecedentes comerciales"),
    ("act", "La sentencia será desfavorable"),
    ("act", "Se despachará mandamiento"),
    ("act", "Deberá comparecer"),
    ("act", "La Corte de Apelaciones ya ha dicho"),
    ("crime", "Esto es una estafa y un delito"),
    ("crime", "Puede terminar en la cárcel"),
    ("others", "Avisaremos a su empleador"),
    ("others", "Informaremos a sus vecinos"),
]
SENTENCE = (
    "Esta comunicación no constituye un procedimiento que persiga la ejecución de los "
    "bienes del deudor (artículo 37 de la Ley N° 19.496)."
)
ALLOWED = [
    f"<p>{SENTENCE}</p>",
    SENTENCE.upper(),
    f"<p>{SENTENCE.replace('comunicación', '<strong>comunicación</strong>')}</p>",
    "<li>«No constituye un procedimiento que persiga la ejecución de sus bienes»</li>",
    "No mencione juicios, embargos ni registros de morosidad.",
    "Sin embargo, puede proponer una forma de pago",
    "Gastos de cobranza extrajudicial según el artículo 37",
    "Gastos de cobranza extra-judicial",
    "RUT 76.086.428-5 (Rol Único Tributario N° 76086428-5)",
    "Puede reclamar ante el Servicio Nacional del Consumidor (SERNAC)",
    "Si a su juicio hay un error, escríbanos",
    "A nuestro juicio el monto es correcto, sin perjuicio de sus derechos",
    "Artículos 37, 39 B y 39 C de la Ley N° 19.496",
    "Debe pagar a más tardar el 05-12-2026",
    "Registra una deuda en mora por los documentos siguientes",
    "Factura N° 1234, vencida el 05-10-2026",
    "No llevan impuestos ni gastos notariales",
    "Puede objetar la deuda o su monto",
    "Le atenderá su ejecutivo de cuentas",
    "Contrato de compraventa firmado el 01-03-2026",
    "El interés corriente que publica la Comisión para el Mercado Financiero",
    "Transferencia a la cuenta N° 12345 del Banco de Chile",
    "Acordemos cuotas o un convenio de pago",
    "Usted tiene derecho a recibir por escrito toda la información",
    "Recepción conforme de los productos",
    "Contact us to agree on instalments",
    "Collection letter: please pay by 5 December",
    "It is not a proceeding that seeks to enforce against the debtor's property",
    "You can complain to the National Consumer Service",
    "Valor de la UF del 22-11-2026: $ 39.643,59",
    "En atención a su comunicación de ayer",
    "Comprobante de pago",
    "aviso gratuito",
    "Demás condiciones: las del contrato",
    "La demora en el pago devenga intereses",
    "El embarque de la mercadería fue el 3 de agosto",
    "Corte de suministro: no aplica",
    "El titular de la cuenta",
    "Su rol en la empresa",
    "Estimado(a) Juan:",
    "Puede pagar siempre directamente a Comercial Andes SpA",
]
OPEN = ["Su deuda", "Aviso de mora", "Cobranza", "Cuotas impagas", "Saldo pendiente"]
OPAQUE = ["Información sobre su cuenta con Comercial Andes SpA", "Aviso para Juan"]


@tagged("post_install", "-at_install", "post_install_l10n")
class TestWording(ChileCommon):
    """What Ley 19.496, art. 37, keeps out of what protected debtors read."""

    def _found(self, body, regime="consumer", on=TODAY, **more):
        rules = self.rules.with_context(lang="en_US")
        return rules._text_objections(Wording(body, **more), regime, on)

    def test_the_table_of_what_is_refused(self):
        self.assertGreaterEqual(len(REFUSED), 40)
        for reason, body in REFUSED:
            with self.subTest(body=body):
                found = self._found(body)
                messages = [one.message for one in found]
                self.assertTrue(any(REASONS[reason] in one for one in messages), found)
                self.assertTrue(all("Ley 19.496, art. 37" in o.article for o in found))

    def test_the_table_of_what_is_allowed(self):
        self.assertGreaterEqual(len(ALLOWED), 40)
        for body in ALLOWED:
            with self.subTest(body=body):
                self.assertEqual(self._found(body), [])

    def test_a_subject_or_a_screen_tells_nobody_of_a_debt(self):
        for words in OPEN:
            with self.subTest(words=words):
                self.assertTrue(self._found("", subject=words))
                self.assertTrue(self._found(words, open_body=True))
                closed = self._found(words, subject=words, open_subject=False)
                self.assertFalse(closed)
        for words in OPAQUE:
            self.assertFalse(self._found("", subject=words))

    def test_whom_the_law_protects(self):
        for regime in ("consumer", "small_business", "unknown"):
            self.assertTrue(self._found("demanda", regime))
        for regime in ("company", "public"):
            self.assertFalse(self._found("demanda, DICOM y embargo", regime))

    def test_each_law_forbids_from_its_day(self):
        days = {
            "notificación judicial": (date(1999, 12, 26), date(1999, 12, 27)),
            "DICOM": (date(2018, 1, 7), date(2018, 1, 8)),
            "demanda": (date(2018, 1, 7), date(2018, 1, 8)),
            "mandamiento": (date(2021, 4, 19), date(2021, 4, 20)),
        }
        for words, (before, first) in days.items():
            with self.subTest(words=words):
                self.assertFalse(self._found(words, on=before))
                self.assertTrue(self._found(words, on=first))

    def test_the_neutral_rules_forbid_nothing(self):
        neutral = self.env["cobranza.rules"]
        said = Wording("demanda, embargo y DICOM")
        self.assertEqual(neutral._text_objections(said, "consumer", TODAY), [])
