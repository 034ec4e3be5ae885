from odoo import models

from odoo.addons.cobranza_legal.kernel.calendars import WorkCalendar

from .spain import CANARY_ISLANDS, nif_kind

COURT_CLOSED = (((8, 1), (8, 31)), ((12, 24), (1, 6)))
"""LEC art. 130.2: August, and 24 December to 6 January."""


class CobranzaRulesEs(models.AbstractModel):
    """Spain: who is protected, where and when."""

    _name = "cobranza.rules.es"
    _inherit = "cobranza.rules"
    _description = "Collection rules of Spain"

    def _country(self):
        # env.ref would ask the database each time
        country = self.env["ir.model.data"]._xmlid_to_res_id("base.es")
        return self.env["res.country"].browse(country)

    def _text_lang(self):
        return "es_ES"

    def _default_policy(self):
        policy = self.env.ref(
            "cobranza_legal_es.policy_residence", raise_if_not_found=False
        )
        return policy if policy and policy.active else super()._default_policy()

    def _timezone(self, partner):
        """The Canary Islands keep their own hour."""
        if partner.country_id.code not in (False, "ES"):
            return super()._timezone(partner)
        if partner.state_id.code in CANARY_ISLANDS:
            return "Atlantic/Canary"
        if partner.country_id:
            return "Europe/Madrid"
        return super()._timezone(partner)

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

    def _calendar(self, purpose, place, on):
        """National holidays and those of the place's autonomous community; courts also
        rest in August and at Christmas (LEC art. 130)."""
        holidays = self.env["cobranza.holiday"]
        region = holidays._region(place) if place else ""
        kind = "court" if purpose == "court" else "public"
        days, first, last = holidays._days(self._country(), region, kind)
        return WorkCalendar(
            holidays=days,
            first=first,
            last=last,
            closed=COURT_CLOSED if purpose == "court" else (),
        )
