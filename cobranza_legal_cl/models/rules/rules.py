import logging

import pytz

from odoo import models

from odoo.addons.cobranza_legal.kernel.calendars import WorkCalendar
from odoo.addons.cobranza_legal.kernel.dunning import Reason
from odoo.addons.cobranza_legal.kernel.errors import MissingValue, NoSuchRule
from odoo.addons.cobranza_legal.kernel.privacy import LogRetention, PrivacyTerm
from odoo.addons.cobranza_legal.kernel.published import NeededSeries
from odoo.addons.cobranza_legal.models.case.block import IN_SUIT
from odoo.addons.cobranza_legal.models.common.reason import BARRED
from odoo.addons.cobranza_legal.models.debt.cover import INSTRUMENT
from odoo.addons.cobranza_legal.models.law.place import places_of
from odoo.addons.cobranza_legal.models.rules.rules import Right

from ..law import law

_logger = logging.getLogger(__name__)


SUNDAY = frozenset({6})


MAINLAND = "America/Santiago"


STATE_ZONES = {
    "CL-MA": ("America/Punta_Arenas",),
    # of its own since 2025, at the hours of Magallanes; unknown to older tz databases
    "CL-AI": ("America/Coyhaique", "America/Punta_Arenas"),
}


PLACES = "cobranza_legal_cl/data/place.csv"
"""The region of each commune, with its time zone where it is not the region's; and of
towns that addresses name in place of their commune."""


EASTER_ISLAND, EASTER_REGION = "Pacific/Easter", "CL-VS"


END_CONSUMER = "3"


ALL = {
    Reason.INSOLVENT.value: "Ley 20.720, arts. 57, 135 y 264: los procedimientos "
    "concursales suspenden las ejecuciones individuales",
    BARRED.value: "Código Civil, arts. 2515, 2521 a 2523; Código de Comercio, art. "
    "822; Ley 19.983, art. 10",
    INSTRUMENT.value: "Ley 18.092, art. 12: girar, aceptar o transferir una letra no "
    "extingue por sí solo la deuda de origen",
}


PROTECTED = {
    Reason.SUED.value: f"{law.ARTICLE_37}, inc. 14: emplazado el deudor, cesa la "
    "cobranza extrajudicial",
    IN_SUIT.value: f"{law.ARTICLE_37}, inc. 14: emplazado el deudor, cesa la "
    "cobranza extrajudicial",
    Reason.INSOLVENT.value: f"{law.ARTICLE_37}, inc. 14: iniciado un procedimiento "
    "concursal, cesa la cobranza extrajudicial; " + ALL[Reason.INSOLVENT.value],
    Reason.AUTHORITY_CLAIM.value: f"{law.ARTICLE_37}, inc. 15: el tribunal puede "
    "suspender la cobranza a petición del Sernac o del deudor",
    Reason.DISPUTED.value: f"{law.ARTICLE_37}, inc. 10: principio de veracidad; "
    "ninguna ley paraliza la cobranza por la sola objeción",
    Reason.CONTACT_LIMIT.value: f"{law.ARTICLE_37}, incs. 11 y 12: número, días y "
    "horas de los contactos",
}


ADVISED = 5
"""Years after which the log is proposed for erasure where a company chose nothing."""


class CobranzaRulesCl(models.AbstractModel):
    """The law of Chile: Ley 19.496 (consumers), 20.416 (small businesses), 19.983
    (invoices), 19.628 (personal data). Incisos of art. 37 as in the printed law, which
    counts that of the shop windows as the second.
    """

    _name = "cobranza.rules.cl"
    _inherit = "cobranza.rules"
    _description = "Collection rules of Chile"

    def _default_policy(self):
        """The policy made for art. 37: free notice, call, demand from day 21."""
        own = self.env.ref("cobranza_legal_cl.policy_cl", raise_if_not_found=False)
        return own or super()._default_policy()

    def _ledger_accounts(self, purpose):
        """Of l10n_cl: cheques (110410) and bills (110440) in portfolio; protested
        documents (110450), which are no receivable. It has no account of bad debts."""
        return {
            "instrument": ("account_11410", "account_110440"),
            "protested": ("account_110450",),
        }.get(purpose, ())

    def _country(self):
        """Chile."""
        # env.ref would ask the database every time
        data = self.env["ir.model.data"]
        country_id = data._xmlid_to_res_id("base.cl", raise_if_not_found=True)
        return self.env["res.country"].browse(country_id)

    def _needed_series(self):
        """The UF, which is known from the 9th for the days from the 10th on: of today
        and tomorrow. The interest of late invoices, published on the day from which it
        runs: of today."""
        return (
            NeededSeries(law.UF, "", ahead=2),
            NeededSeries(law.INTEREST_CURRENT, law.INVOICE_SEGMENT, ahead=0),
        )

    def _text_lang(self):
        """Spanish of Chile."""
        return "es_CL"

    def _places(self, partner):
        """The region of the address and that of its commune, both where they differ;
        all regions when neither is known. Abroad: none, so that national feriados
        hold."""
        country = self._country()
        if partner.country_id and partner.country_id != country:
            return partner.state_id.browse()
        regions = country.state_ids
        codes = {row["state"] for row in places_of(PLACES, partner.city)}
        own = partner.state_id & regions
        own |= regions.filtered(lambda region: region.code in codes)
        return own or regions

    def _timezones(self, partner):
        """Magallanes, Aysén and Isla de Pascua have their own; elsewhere Santiago. All
        of those where the commune and the region leave it open: the island is in the
        region of Valparaíso.

        Abroad: the neutral answer.
        """
        if partner.country_id and partner.country_id != self._country():
            return super()._timezones(partner)
        communes = places_of(PLACES, partner.city)
        told = {row["state"] for row in communes}
        zones = {row["zone"] or self._zone(row["state"]) for row in communes}
        for code in self._places(partner).mapped("code"):
            if code not in told:
                zones.add(self._zone(code))
                zones |= {EASTER_ISLAND} if code == EASTER_REGION else set()
        likely = self._zone(partner.state_id.code)
        return tuple(sorted(zones, key=lambda zone: (zone != likely, zone)))

    @staticmethod
    def _zone(region):
        """The time zone of the mainland of a region."""
        zones = STATE_ZONES.get(region, ())
        known = [zone for zone in zones if zone in pytz.all_timezones_set]
        return known[0] if known else MAINLAND

    # -- who is protected ------------------------------------------------------------

    def _debtor_regime(self, partners):
        """{partner id: regime}: what was stated, else consumer unless yearly sales
        above the limit of small businesses are known.

        Ley 19.496 art. 1 N° 1; Ley 20.416 arts. 2 and 9 N° 2 (25,000 UF).
        """
        today = self.env.company._cobranza_today()
        table = self.env.company._cobranza_legal_table(today, today)
        try:
            limit = table.number(law.MAX_SALES, today, "small")
        except MissingValue as error:
            # contacts are saved, and unknown is protected most
            _logger.warning("Sales cannot be judged: %s", error)
            limit = None
        return {one.id: self._regime(one, limit) for one in partners}

    def _regime(self, partner, limit):
        partner = partner.commercial_partner_id
        if partner.l10n_cl_collection_regime:
            return partner.l10n_cl_collection_regime
        sales = partner.l10n_cl_annual_sales_uf
        # an end consumer who sells for millions contradicts himself: protect him
        if sales <= 0 or partner.l10n_cl_sii_taxpayer_type == END_CONSUMER:
            return "consumer"
        if limit is None:
            return "unknown"
        return "company" if sales > limit else "small_business"

    def _regime_hints(self):
        """What is stated, the yearly sales, and end consumers."""
        return frozenset(
            {
                "l10n_cl_collection_regime",
                "l10n_cl_annual_sales_uf",
                "l10n_cl_sii_taxpayer_type",
            }
        )

    # -- working days ----------------------------------------------------------------

    def _calendar(self, purpose, place, on, city=None):
        """Monday to Saturday without feriados, those of the regions of ``place``
        included, whatever the purpose. CPC arts. 59 and 66."""
        holidays = self.env["cobranza.holiday"]
        regions = holidays._regions(place)
        kind = "court" if purpose == "court" else "public"
        days, first, last = holidays._days(self._country(), regions, kind, city)
        return WorkCalendar(holidays=days, weekend=SUNDAY, first=first, last=last)

    def _reason_articles(self, regime, on):
        """Ley 19.496 art. 37 for consumers and small businesses (Ley 20.416 art. 9
        N° 2); Ley 20.720 for everybody."""
        found = {**super()._reason_articles(regime, on), **ALL}
        return {**found, **PROTECTED} if regime in law.PROTECTED else found

    def _log_retention(self, on, table):
        """Two years from each contact (Ley 19.496 art. 37 inc. 13)."""
        years = int(table.number(law.LOG_YEARS, on))
        article = f"{law.ARTICLE_37}, inc. 13"
        return LogRetention(years, max(ADVISED, years), article)

    def _answer_term(self, via, regime, on, table):
        """Claims that come through the Sernac, in so many natural days; no law gives a
        term for an objection to the creditor itself."""
        if via != "authority":
            return None
        answer = table.get(law.ANSWER_DAYS, on)
        if answer.value is None:
            return None
        return PrivacyTerm(days=int(answer.value), article=answer.article)

    def _barred_erasure(self, on, table):
        """Ley 19.628 art. 17, from the day of Ley 21.719: data about obligations that
        are time-barred (read in a summary only: the strict reading)."""
        try:
            table.number(law.LEY_21719, on)
        except NoSuchRule:
            return ""
        return "Ley 19.628, art. 17, texto de la Ley 21.719"

    def _privacy_terms(self, kind, on, table):
        """Ley 19.628: no term was read in the law of today, so the strictest holds;
        from the day of Ley 21.719, 30 natural days, extended once, and 2 working days
        to block."""
        try:
            table.number(law.LEY_21719, on)
        except NoSuchRule:
            return self._privacy_working(table, on, "answer_19628")
        if kind == "restriction":
            return self._privacy_working(table, on, "block")
        answer = table.get(law.PRIVACY_DAYS, on, "answer")
        more = table.number(law.PRIVACY_DAYS, on, "more")
        return PrivacyTerm(
            days=int(answer.value), more_days=int(more), article=answer.article
        )

    def _privacy_working(self, table, on, key):
        value = table.get(law.PRIVACY_DAYS, on, key)
        return PrivacyTerm(days=int(value.value), working=True, article=value.article)

    def _debtor_rights(self, regime, on):
        """Ley 19.496, arts. 37 and 39 B: consumers, small companies and whoever nobody
        has classified."""
        rights = super()._debtor_rights(regime, on)
        if regime not in self._protected_regimes():
            return rights
        return [
            Right(
                self.env._(
                    "This communication is not a proceeding that seeks the enforcement "
                    "of the debtor's assets."
                ),
                "Ley 19.496, art. 37",
            ),
            Right(
                self.env._(
                    "You may pay the creditor directly, whoever collects the debt."
                ),
                law.ARTICLE_39_B,
            ),
            Right(
                self.env._(
                    "You may have all the information on this collection in writing; "
                    "if you do not ask for it, it is sent to you after 15 days."
                ),
                "Ley 19.496, art. 37",
            ),
            Right(
                self.env._(
                    "You are called or visited once a week at most, and written to "
                    "twice, on working days from 8 to 20 hours."
                ),
                "Ley 19.496, art. 37",
            ),
            *rights,
        ]
