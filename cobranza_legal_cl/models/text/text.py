"""Words that Ley 19.496, art. 37, keeps out of what is written to protected debtors.

Papers that look judicial: since Ley 19.659 (27-12-1999). Consequences of proceedings
that were not started, commercial registers, and what lets others know of the debt: Ley
21.062 (08-01-2018). Any reference to a court's writing, decision or act: Ley 21.320
(20-04-2021).
"""

from datetime import date

from markupsafe import Markup

from odoo import api, models

from odoo.addons.cobranza_legal.kernel.wording import PAY_ONLY, Term

from ..law import law

LOOK_FROM, SUIT_FROM, ACT_FROM = date(1999, 12, 27), date(2018, 1, 8), date(2021, 4, 20)


SENTENCES = (
    "no constituye un procedimiento que persiga la ejecución de los bienes del deudor",
    "no constituye un procedimiento que persiga la ejecución de sus bienes",
    "No es un procedimiento que persiga la ejecución de sus bienes",
    "is not a proceeding that seeks to enforce against the debtor's property",
    "is not a proceeding that seeks to enforce against your property",
    "No mencione juicios, embargos ni registros de morosidad.",
    "Do not mention lawsuits, seizures or registers of defaulters.",
)
"""Inc. 8, as it has to be said, and what the collector is told not to say."""


LAWFUL = (
    "sin embargo",
    "extra judicial",
    "a su juicio",
    "a nuestro juicio",
    "a juicio de",
    "Rol Único Tributario",
)


LOOK = """notificac* judicial*|notificad* judicial*|citacion*|cedulon*
cedula de notificac*|en lo principal|otrosi*|s j l|us iltma|vistos y considerando
proveyendo|cumplase|rol n|rol no|rol nro|rol numero|rol c|rol causa|causa rol
escudo de chile|escudo nacional|escudo|poder judicial|juzgado*|receptor*
ministro de fe|bajo apercib*|apercibim*|coat of arms|summons*|subpoena*|writ of"""


SUIT = """demanda*|demande|demanden|demandemos|demando|embarg*|remate*|rematar*
juicio*|judicial*|judicializ*|prejudicial*|pre judicial*|querell*|accion legal
acciones legales|accion* civil*|via legal|tribunal*|litig*|lanzamiento|incautac*
incautar*|fuerza publica|ejecucion de los bienes|ejecucion de sus bienes
ejecutar* sus bienes|titulo ejecutivo|cobranza ejecutiva|merito ejecutivo
retiro de especies|descerraj*|medida* precautoria*|lawsuit*|sue|sued|suing|court
courts|judge*|seiz*|garnish*|foreclos*|bailiff*|litigation|legal action*
legal proceeding*|take legal steps|enforcement of your property"""


REGISTER = """dicom|boletin*|equifax|sinacofi|transunion|registro* comercial*
informe* comercial*|antecedentes comerciales|registro* de moros*|registro* moros*
listado* de moros*|lista de moros*|moroso* publico*|credit bureau*|credit register*
register* of defaulters|defaulters list|blacklist*"""


ACT = """sentencia*|exhorto*|mandamiento*|emplaza*|comparec*|escrito judicial
corte de apelaciones|corte suprema|auto de prueba|actuacion judicial|court order*
court ruling*|court decision*"""


CRIME = """delito*|estafa*|carcel|denuncia penal|accion* penal*|via penal|policia*
carabineros|fiscalia|crime|criminal|prison|jail|police|fraud"""


OTHERS = """avis* a su empleador|inform* a su empleador|comunic* a su empleador
contact* a su empleador|avis* a su familia|inform* a su familia|inform* a sus vecinos
avis* a sus vecinos|contact* a sus familiares|inform* a sus familiares
inform* a su jefe|llam* a su trabajo|tell your employer|inform your employer
contact your employer|tell your family|tell your neighbours"""


OPEN = """deuda*|deudor*|mora|moros*|cobranza*|impag*|vencid*|adeuda*|pago pendiente
pendiente de pago|saldo pendiente|debt*|overdue|unpaid|arrears|collection|default"""


def _table(reason, words, since, law_name, *, outside=False):
    article = f"{law.ARTICLE_37} ({law_name})"
    phrases = words.replace("\n", "|").split("|")
    return [Term(one, reason, article, since, outside) for one in phrases]


TERMS = (
    *_table("look", LOOK, LOOK_FROM, "Ley 19.659"),
    *_table("suit", SUIT, SUIT_FROM, "Ley 21.062"),
    *_table("register", REGISTER, SUIT_FROM, "Ley 21.062"),
    *_table("act", ACT, ACT_FROM, "Ley 21.320"),
    *_table("crime", CRIME, SUIT_FROM, "Ley 21.062"),
    *_table("others", OTHERS, LOOK_FROM, "Ley 19.659"),
    *_table("open", OPEN, SUIT_FROM, "Ley 21.062", outside=True),
    *(Term(one, "creditor", law.ARTICLE_39_B, LOOK_FROM) for one in PAY_ONLY),
)


MERGE_FIELDS = {
    "l10n_cl_debts": Markup("<p>Factura 42 · 05-10-2026 · $ 1.000.000</p>"),
    "l10n_cl_interest": Markup("<p>No se cobran intereses.</p>"),
    "l10n_cl_fee": Markup("<p>Gastos de cobranza: $ 68.162</p>"),
    "l10n_cl_payment": Markup("<p>Transferencia a la cuenta 123456.</p>"),
    "l10n_cl_channels": Markup("cobranza@example.com"),
}
"""What art. 37 orders every communication to say, with a sample for the preview."""


ENGLISH = {
    "l10n_cl_debts": Markup("<p>Invoice 42 · 05-10-2026 · $ 1.000.000</p>"),
    "l10n_cl_interest": Markup("<p>No interest is charged.</p>"),
    "l10n_cl_fee": Markup("<p>Collection fees: $ 68.162</p>"),
    "l10n_cl_payment": Markup("<p>Transfer to the account 123456.</p>"),
    "l10n_cl_channels": Markup("cobranza@example.com"),
}


class CobranzaText(models.Model):
    _inherit = "cobranza.text"

    @api.model
    def _merge_fields(self):
        return (*super()._merge_fields(), *MERGE_FIELDS)

    def _samples(self):
        own = ENGLISH if (self.lang or "")[:2] == "en" else MERGE_FIELDS
        return {**super()._samples(), **own}
