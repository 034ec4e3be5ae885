from datetime import date

from odoo import api, models, tools


class CobranzaText(models.Model):
    _inherit = "cobranza.text"

    @api.model
    def _choose(self, purpose, regime, country, lang, on):
        """The text for a purpose on a day, empty if there is none.

        The jurisdiction's own texts go before the neutral ones and those of the regime
        before those of any; ``unknown`` is read as a consumer. Then the debtor's
        language, else the jurisdiction's; then the newest version in force.
        """
        own = self.env.company._cobranza_rules()._text_lang()
        key = (purpose, regime or "", country.id, lang or "", own, on)
        return self.browse(self._choose_id(*key))

    @api.model
    @tools.ormcache("purpose", "regime", "country_id", "lang", "own_lang", "on")
    def _choose_id(self, purpose, regime, country_id, lang, own_lang, on):
        regimes = {"unknown": ["unknown", "consumer"]}.get(regime, [regime])
        domain = [
            ("purpose", "=", purpose),
            ("country_id", "in", [country_id, False]),
            ("regime", "in", [*regimes, False]),
            *("|", ("valid_from", "=", False), ("valid_from", "<=", on)),
            *("|", "|", ("law", "=", True), ("starter", "=", True)),
            ("approved_on", "!=", False),
        ]
        # a letter is the same whoever triggers it
        texts = self.sudo().search(domain)

        def rank(text):
            return (
                bool(text.country_id),
                (text.regime in regimes) + (text.regime == regime),
                self._lang_rank(text.lang, lang, own_lang),
                text.valid_from or date.min,
                text.version,
                text.id,
            )

        return max(texts, key=rank).id if texts else False

    @api.model
    def _lang_rank(self, lang, wanted, own):
        """How well a text's language fits: the debtor's, its relatives, the own."""
        order = [wanted, wanted[:2], own, own[:2], "en"]
        fits = [lang == one or (len(one) == 2 and lang[:2] == one) for one in order]
        return len(order) - fits.index(True) if True in fits else 0
