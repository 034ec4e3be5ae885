"""Words that are kept out of what is written to natural persons in Spain.

No statute lists them. They follow from the duty of confidentiality (RGPD, art. 5.1.f)
and from the crimes of harassment and coercion (Código Penal, arts. 172 ter and 173): no
letter that looks judicial, no threat of the criminal law, nothing told to others. That
the creditor may go to court, once it may, is lawful and has to be said.
"""

from odoo import api, models

from odoo.addons.cobranza_legal.kernel.wording import Term

SECRET = "RGPD, art. 5.1.f"


PENAL = "Código Penal, arts. 172 ter y 173"


LAWFUL = ("sin embargo", "extra judicial")


LOOK = """juzgado*|notificac* judicial*|citacion judicial*|requerimiento judicial*
cedula de citac*|cedula de notificac*|cedula de emplaz*|providencia*
diligencia de orden*|decreto de admis*|auto de admis*|auto despachando|mandamiento*
autos n|autos no|autos numero|n de autos|procedimiento n|procedimiento no
administracion de justicia|ministerio de justicia|letrado de la administracion
secretario judicial|comision judicial|procurador*|escudo de espana|escudo
orden de embargo|embarg*|desahuci*|lanzamiento|bajo apercib*|emplazamiento|comparecer*
en nombre del rey|sentencia*|subasta*|agente judicial|court order*|bailiff*|summons*
subpoena*|coat of arms|seizure of|seize your"""


CRIME = """delito*|estafa*|apropiacion indebida|denuncia penal|denunciar*|querell*
via penal|accion penal|acciones penales|responsabilidad penal|policia*|guardia civil
carcel|prision|antecedentes penales|criminal|crime|fraud|police|prison|jail"""


OTHERS = """inform* a su empresa|avis* a su empresa|comunic* a su empresa
llam* a su empresa|inform* a su jefe|inform* a sus padres|avis* a sus padres
llam* a sus padres|inform* a su familia|avis* a su familia|inform* a sus vecinos
avis* a sus vecinos|inform* a sus companeros|publicar* su nombre|lista publica
tablon de anuncios|cobrador* del frac|tell your employer|inform your employer
tell your parents|inform your parents|tell your family|publish your name"""


OPEN = """deuda*|deudor*|moros*|impag*|fichero*|asnef*|badexcug*|reclamacion*
requerimiento*|ultimo aviso*|acciones legales|abogad*|judicial*|adeuda*|vencid*|debt*
overdue|unpaid|arrears|default*|final notice|demand for payment|lawyer*|legal action*"""


def _table(reason, words, article, *, outside=False):
    phrases = words.replace("\n", "|").split("|")
    return [Term(one, reason, article, None, outside) for one in phrases]


TERMS = (
    *_table("look", LOOK, PENAL),
    *_table("crime", CRIME, PENAL),
    *_table("others", OTHERS, SECRET),
    *_table("open", OPEN, SECRET, outside=True),
)


REGISTER = "ASNEF-Equifax"


class CobranzaText(models.Model):
    _inherit = "cobranza.text"

    @api.model
    def _merge_fields(self):
        return (*super()._merge_fields(), "register_warning")

    def _samples(self):
        contacts = self.env["cobranza.contact"]
        registers = self.env.company.l10n_es_credit_registers or REGISTER
        words = contacts._l10n_es_register_words(registers)
        return {**super()._samples(), "register_warning": words}
