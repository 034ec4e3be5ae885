from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import hmac

SCOPE = "cobranza.portal.hit"


class Limit(NamedTuple):
    """At most ``hits`` in the last ``seconds``."""

    hits: int
    seconds: int


LIMITS = {
    "page": Limit(120, 600),
    "miss": Limit(30, 3600),
    "act": Limit(20, 3600),
}
"""Of one address or one link: pages and files opened, links that open nothing, and
forms sent."""


class CobranzaPortalHit(models.Model):
    """Who knocked at the debtors' pages, to limit how often; kept for a day.

    Rows are only added, so that workers do not wait for each other. Neither addresses
    nor tokens are kept: ``source`` is a keyed hash of them.
    """

    _name = "cobranza.portal.hit"
    _inherit = "cobranza.gate.mixin"
    _description = "Visit of the debtor's page"
    _log_access = False
    _order = "id"
    _rec_name = "kind"

    kind = fields.Char(required=True)
    source = fields.Char(required=True)
    moment = fields.Datetime(required=True, default=fields.Datetime.now)

    _source_idx = models.Index("(source, kind, moment)")

    @api.model
    def _allow(self, kind, *sources):
        """Count a hit of each of ``sources``; False when one of them has too many.

        What is refused is not counted, so that nobody is locked out for ever and the
        table stays small.
        """
        hits = [hmac(self.env(su=True), SCOPE, source) for source in sources]
        if any(self._is_full(kind, source) for source in hits):
            return False
        self.create([{"kind": kind, "source": source} for source in hits])
        return True

    @api.model
    def _is_blocked(self, kind, source):
        """Whether ``source`` has too many hits of a kind; nothing is counted."""
        return self._is_full(kind, hmac(self.env(su=True), SCOPE, source))

    def _is_full(self, kind, source):
        limit = LIMITS[kind]
        since = fields.Datetime.now() - timedelta(seconds=limit.seconds)
        domain = [("source", "=", source), ("kind", "=", kind), ("moment", ">", since)]
        return self.search_count(domain, limit=limit.hits) >= limit.hits

    @api.autovacuum
    def _gc_hits(self):
        before = fields.Datetime.now() - timedelta(days=1)
        self.sudo().search([("moment", "<", before)]).unlink()
