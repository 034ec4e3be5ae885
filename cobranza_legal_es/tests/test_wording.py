from datetime import date

from odoo.tests import tagged

from odoo.addons.cobranza_legal.kernel.wording import Wording

from .common import SpainCommon

TODAY = date(2026, 11, 22)
PENAL, SECRET = "arts. 172 ter y 173", "RGPD, art. 5.1.f"
REFUSED = [
    (PENAL, "<p>JUZGADO DE PRIMERA INSTANCIA N.º 5</p>"),
    (PENAL, "Notificación judicial"),
    (PENAL, "notificaciones   JUDICIALES"),
    (PENAL, "Cédula de citación"),
    (PENAL, "CÉDULA DE NOTIFICACIÓN"),
    (PENAL, "Cédula de emplazamiento"),
    (PENAL, "Requerimiento judicial de pago"),
    (PENAL, "Providencia de apremio"),
    (PENAL, "Diligencia de ordenación"),
    (PENAL, "Decreto de admisión a trámite"),
    (PENAL, "Auto despachando ejecución"),
    (PENAL, "Mandamiento de ejecución"),
    (PENAL, "Autos n.º 123/2026"),
    (PENAL, "Procedimiento nº 55/2026"),
    (PENAL, "Administración de Justicia"),
    (PENAL, "Ministerio de Justicia"),
    (PENAL, "El letrado de la Administración de Justicia"),
    (PENAL, "La comisión judicial irá a su domicilio"),
    (PENAL, "Nuestro procurador se personará"),
    (PENAL, '<img src="/x/escudo_de_espana.png"/>'),
    (PENAL, '<img alt="Escudo" src="/x/1.png"/>'),
    (PENAL, "Orden de embargo de su cuenta"),
    (PENAL, "Embargaremos su nómina"),
    (PENAL, "em<b>bar</b>go"),
    (PENAL, "Será desahuciado"),
    (PENAL, "bajo apercibimiento de ejecución"),
    (PENAL, "La sentencia ya está dictada"),
    (PENAL, "Sus bienes saldrán a subasta"),
    (PENAL, "Es un delito de estafa"),
    (PENAL, "Presentaremos una denuncia penal"),
    (PENAL, "Nos querellaremos"),
    (PENAL, "Ejerceremos acciones penales"),
    (PENAL, "Acudiremos a la vía penal"),
    (PENAL, "Avisaremos a la policía"),
    (PENAL, "La Guardia Civil le buscará"),
    (PENAL, "Puede acabar en prisión"),
    (PENAL, "You will go to jail"),
    (PENAL, "A bailiff will come"),
    (SECRET, "Informaremos a su empresa de esta deuda"),
    (SECRET, "Llamaremos a sus padres"),
    (SECRET, "Avisaremos a sus vecinos"),
    (SECRET, "Publicaremos su nombre en el tablón de anuncios"),
    (SECRET, "Le visitará el cobrador del frac"),
]
ALLOWED = [
    "Podremos ejercitar las acciones legales que nos asisten",
    "Transcurrido ese plazo podremos acudir a los tribunales",
    "Antes de encomendar el asunto a nuestros abogados",
    "Sin embargo, puede proponer un calendario de pagos",
    "Este requerimiento le constituye en mora e interrumpe la prescripción",
    "artículos 1100 y 1973 del Código Civil",
    "Ley Orgánica 1/2025, de 2 de enero",
    "podrán comunicarse a los sistemas de información crediticia ASNEF-Equifax",
    "artículo 20 de la Ley Orgánica 3/2018",
    "por sí o por medio de abogado",
    "Puede solicitarnos por escrito un aplazamiento",
    "contestaremos en un plazo máximo de quince días",
    "Todo pago parcial se recibirá con reserva expresa de los intereses devengados",
    "artículo 6.1.b del RGPD",
    "acceso, rectificación y los demás derechos",
    "Total reclamado: 650,00 €",
    "Dispone de diez días para pagarlo",
    "las siguientes cantidades, líquidas, vencidas y exigibles",
    "Reclamación extrajudicial",
    "Reclamación extra-judicial",
    "Factura F/2026/0042, vencida el 05/10/2026",
    "IBAN ES91 2100 0418 4502 0005 1332",
    "Departamento de Administración",
    "La autoridad de control es la AEPD",
    "Recibo de octubre",
    "Por orden de la Dirección",
    "Interés legal del dinero más dos puntos",
    "indemnización por costes de cobro",
    "Le rogamos proceda a su abono a la mayor brevedad posible",
    "Si ya ha realizado el pago, por favor ignore este mensaje",
    "Procedimiento de pago: transferencia",
    "el auto escuela",
    "Residencia Los Olmos",
    "Contrato de alojamiento firmado el 1 de septiembre",
    "Nos dirigimos a usted porque consta como garante",
    "We may take the legal action open to us",
    "we may go to court",
    "Payment reminder",
    "You may ask us in writing for a deferment",
    "Embarque y desembarque",
    "Le atenderá nuestra compañera Ana",
]
OPEN = [
    "Su deuda",
    "Requerimiento de pago",
    "Último aviso",
    "Inclusión en ASNEF",
    "Cliente moroso",
    "Acciones legales",
    "Recibo impagado",
    "Final notice",
]
OPAQUE = ["Recordatorio de pago - octubre 2026", "Su cuenta con Los Olmos - F/42"]


@tagged("post_install", "-at_install", "post_install_l10n")
class TestWording(SpainCommon):
    """What is kept out of what natural persons read in Spain."""

    def _found(self, body, regime="consumer", **more):
        rules = self.rules.with_context(lang="en_US")
        return rules._text_objections(Wording(body, **more), regime, TODAY)

    def test_the_table_of_what_is_refused(self):
        self.assertGreaterEqual(len(REFUSED), 40)
        for article, body in REFUSED:
            with self.subTest(body=body):
                articles = [one.article for one in self._found(body)]
                self.assertTrue(any(article in one for one in articles), articles)

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
                closed = self._found("", subject=words, open_subject=False)
                self.assertFalse(closed)
        for words in OPAQUE:
            self.assertFalse(self._found("", subject=words))

    def test_whom_it_protects(self):
        for regime in ("consumer", "small_business", "unknown"):
            self.assertTrue(self._found("Juzgado", regime))
        for regime in ("company", "public"):
            self.assertFalse(self._found("Juzgado y delito", regime))
