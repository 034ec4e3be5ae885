from odoo import models

from odoo.addons.cobranza_legal.kernel.calendars import WorkCalendar
from odoo.addons.cobranza_legal.kernel.dunning import Reason
from odoo.addons.cobranza_legal.kernel.privacy import LogRetention, PrivacyTerm
from odoo.addons.cobranza_legal.models.common.reason import BARRED
from odoo.addons.cobranza_legal.models.debt.cover import INSTRUMENT
from odoo.addons.cobranza_legal.models.law.place import read_places
from odoo.addons.cobranza_legal.models.rules.rules import Right

from ..law.spain import CANARY_ISLANDS, nif_kind, province_digits

PLACES = "cobranza_legal_es/data/place.csv"
"""The province of each two digits with which postal codes begin."""


MAINLAND, CANARY = "Europe/Madrid", "Atlantic/Canary"


CONTACT_ARTICLE = (
    "Ninguna ley fija horas ni número de gestiones: política de la empresa, a la luz "
    "del TRLGDCU, art. 96.2, y de la LGTel, art. 66.1.b, para llamadas comerciales."
)


COURT_CLOSED = (((8, 1), (8, 31)), ((12, 24), (1, 6)))
"""LEC art. 130.2: August, and 24 December to 6 January."""


ALL = {
    Reason.INSOLVENT.value: "TRLC, art. 28.1.4.º: un mes desde la publicación para "
    "comunicar el crédito; art. 152: el concurso suspende el devengo de intereses",
    Reason.CONTACT_LIMIT.value: CONTACT_ARTICLE,
    BARRED.value: "Código Civil, arts. 1964.2, 1966, 1967 y 1973; CCCat, arts. 121-20 "
    "y 121-21",
    INSTRUMENT.value: "Código Civil, art. 1170: la entrega de pagarés, letras u otros "
    "documentos mercantiles solo paga cuando se realizan; entretanto la acción queda "
    "en suspenso",
}


CONSUMERS = {
    Reason.DISPUTED.value: "TRLGDCU, art. 21.3: la reclamación del consumidor se "
    "contesta en 15 días",
    Reason.AUTHORITY_CLAIM.value: "Ley 10/2025, art. 13.8: la reclamación ante una "
    "entidad de resolución alternativa suspende el cobro (empresas de su ámbito, "
    "art. 2); TRLGDCU, art. 21.3: contestación en 15 días",
}


ANSWER = "es.answer.days"


LIMITATION, LOG, PRIVACY = "es.limitation.years", "es.log.years", "es.privacy.months"


CLAIMS = ("personal", "lodging")


PRIVACY_ARTICLE = "LOPDGDD, art. 32; Código Civil, arts. 1964.2 y 1967"


PRIVATE = ("consumer", "unknown")


class CobranzaRulesEs(models.AbstractModel):
    """The law of Spain: who is protected, where and when; why a debt is left alone;
    limitation, blocked evidence and the terms of the RGPD; the rights of debtors.
    """

    _name = "cobranza.rules.es"
    _inherit = "cobranza.rules"
    _description = "Collection rules of Spain"

    def _country(self):
        # env.ref would ask the database each time
        country = self.env["ir.model.data"]._xmlid_to_res_id("base.es")
        return self.env["res.country"].browse(country)

    def _text_lang(self):
        return "es_ES"

    def _ledger_accounts(self, purpose):
        """PGC: 4310 and 4311, bills in portfolio and discounted (4315, unpaid ones, is
        a receivable and followed by itself); 650, 655 in charts of associations."""
        return {
            "instrument": ("account_common_4310", "account_common_4311"),
            "loss": (
                *("account_full_650", "account_pymes_650", "account_coop_650"),
                "account_assoc_655",
            ),
        }.get(purpose, ())

    def _default_policy(self):
        policy = self.env.ref(
            "cobranza_legal_es.policy_residence", raise_if_not_found=False
        )
        return policy if policy and policy.active else super()._default_policy()

    def _places(self, partner):
        """The province of the address and that of its postal code, both where they
        differ; all of Spain when neither is known. Abroad: none, so that national
        holidays hold."""
        country = self._country()
        if partner.country_id and partner.country_id != country:
            return partner.state_id.browse()
        provinces = country.state_ids
        own = partner.state_id & provinces
        found = read_places(PLACES).get(province_digits(partner.zip))
        if found and found["state"] != own.code:
            code = found["state"]
            own |= provinces.filtered(lambda province: province.code == code)
        return own or provinces

    def _timezones(self, partner):
        """The Canary Islands keep their own hour: theirs, that of Madrid, or both
        where the province is not known."""
        if partner.country_id and partner.country_id != self._country():
            return super()._timezones(partner)
        zones = {
            CANARY if place.code in CANARY_ISLANDS else MAINLAND
            for place in self._places(partner)
        }
        likely = CANARY if partner.state_id.code in CANARY_ISLANDS else MAINLAND
        return tuple(sorted(zones, key=lambda zone: zone != likely))

    def _debtor_regime(self, partners):
        """By tax number and kind of contact; what does not fit is unknown.

        TRLGDCU art. 3: consumers are natural persons outside a business and entities
        without profit. A person's number on a company is a self-employed one.
        """
        return {partner.id: self._regime_of(partner) for partner in partners}

    def _regime_hints(self):
        return frozenset({"vat", "is_company", "country_id", "parent_id"})

    def _protected_regimes(self):
        """Whom Ley 3/2004 does not cover."""
        return ("consumer", "unknown")

    def _regime_of(self, partner):
        kind = nif_kind(partner.vat)
        if kind == "public":
            return "public"
        if kind == "not_for_profit":
            return "consumer"
        if kind == "company":
            return "company"
        if not partner.is_company:
            return "consumer"
        if kind == "person":
            return "small_business"
        foreign = partner.country_id and partner.country_id.code != "ES"
        return "company" if foreign and partner.vat else "unknown"

    def _calendar(self, purpose, place, on, city=None):
        """National holidays and those of the autonomous community, of each where the
        place may be in several; courts also rest in August and at Christmas (LEC art.
        130)."""
        holidays = self.env["cobranza.holiday"]
        regions = holidays._regions(place)
        kind = "court" if purpose == "court" else "public"
        days, first, last = holidays._days(self._country(), regions, kind, city)
        return WorkCalendar(
            holidays=days,
            first=first,
            last=last,
            closed=COURT_CLOSED if purpose == "court" else (),
        )

    def _reason_articles(self, regime, on):
        """TRLC for everybody; TRLGDCU and Ley 10/2025 for consumers and for whom
        nobody has classified."""
        found = {**super()._reason_articles(regime, on), **ALL}
        return {**found, **CONSUMERS} if regime in ("consumer", "unknown") else found

    def _log_retention(self, on, table):
        """One year more than the longest limitation of a claim (Código Civil), and not
        less than evidence is kept blocked (LOPDGDD art. 32)."""
        barred = max(table.number(LIMITATION, on, key) for key in CLAIMS)
        after = table.number(LOG, on, "after")
        years = int(max(barred + after, table.number(LOG, on, "evidence")))
        return LogRetention(years, years, PRIVACY_ARTICLE)

    def _privacy_terms(self, kind, on, table):
        """One month, two more when it is complex (RGPD art. 12.3), for every kind."""
        answer = table.get(PRIVACY, on, "answer")
        more = table.number(PRIVACY, on, "extension")
        return PrivacyTerm(
            months=int(answer.value), more_months=int(more), article=answer.article
        )

    def _answer_term(self, via, regime, on, table):
        """Claims of consumers, and of whom nobody has classified, in so many natural
        days (TRLGDCU art. 21.3, by Ley 10/2025)."""
        if regime not in PRIVATE:
            return None
        answer = table.get(ANSWER, on)
        if answer.value is None:
            return None
        return PrivacyTerm(days=int(answer.value), article=answer.article)

    def _debtor_rights(self, regime, on):
        """TRLGDCU art. 21.3 for consumers; RGPD arts. 15 to 21 for natural persons."""
        rights = super()._debtor_rights(regime, on)
        if regime in PRIVATE:
            rights += [
                Right(
                    self.env._("A claim of yours is answered within 15 days."),
                    "TRLGDCU, art. 21.3",
                ),
                Right(
                    self.env._(
                        "You have the rights of access, rectification, erasure, "
                        "objection and restriction over your personal data."
                    ),
                    "RGPD, arts. 15 a 21",
                ),
            ]
        return rights
