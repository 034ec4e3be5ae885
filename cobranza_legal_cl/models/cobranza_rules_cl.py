import logging

import pytz

from odoo import models

from odoo.addons.cobranza_legal.kernel.calendars import WorkCalendar
from odoo.addons.cobranza_legal.kernel.errors import MissingValue
from odoo.addons.cobranza_legal.kernel.published import NeededSeries

from . import law

_logger = logging.getLogger(__name__)

SUNDAY = frozenset({6})
MAINLAND = "America/Santiago"
STATE_ZONES = {
    "CL-MA": ("America/Punta_Arenas",),
    # of its own since 2025, at the hours of Magallanes; unknown to older tz databases
    "CL-AI": ("America/Coyhaique", "America/Punta_Arenas"),
}
EASTER_ISLAND = "Pacific/Easter"
EASTER_PLACES = ("isla de pascua", "rapa nui", "hanga roa")
END_CONSUMER = "3"


class CobranzaRulesCl(models.AbstractModel):
    """Chile: Ley 19.496 (consumers), 20.416 (small businesses), 19.983 (invoices)."""

    _name = "cobranza.rules.cl"
    _inherit = "cobranza.rules"
    _description = "Collection rules of Chile"

    def _default_policy(self):
        """The policy made for art. 37: free notice, call, demand from day 21."""
        own = self.env.ref("cobranza_legal_cl.policy_cl", raise_if_not_found=False)
        return own or super()._default_policy()

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

    def _timezone(self, partner):
        """Magallanes, Aysén and Isla de Pascua have their own; elsewhere Santiago.

        Abroad: the neutral answer.
        """
        if partner.country_id and partner.country_id.code != "CL":
            return super()._timezone(partner)
        place = (partner.city or "").lower()
        if any(name in place for name in EASTER_PLACES):
            return EASTER_ISLAND
        zones = STATE_ZONES.get(partner.state_id.code, ())
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

    def _calendar(self, purpose, place, on):
        """Monday to Saturday without feriados, those of the region of ``place``
        included, whatever the purpose. CPC arts. 59 and 66."""
        holidays = self.env["cobranza.holiday"]
        region = holidays._region(place) if place else ""
        kind = "court" if purpose == "court" else "public"
        days, first, last = holidays._days(self._country(), region, kind)
        return WorkCalendar(holidays=days, weekend=SUNDAY, first=first, last=last)
