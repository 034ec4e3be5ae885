import hashlib
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import consteq, format_date, hmac

from ..common.deletion import delete_before
from .acts import PageAct
from .page import DebtorPage
from .token import TOKEN, new_token

SCOPE = "cobranza.portal.hit"


class Limit(NamedTuple):
    """At most ``hits`` in the last ``seconds``."""

    hits: int
    seconds: int


LIMITS = {
    "miss": Limit(30, 3600),
    "act": Limit(20, 3600),
}
"""Links of one address that open nothing, and forms sent by one link. Whoever holds a
valid link is never kept from the page."""


class CobranzaDebtor(models.Model):
    """The debtor's own page: who may open it, and its doors to ``DebtorPage`` (what it
    says) and ``PageAct`` (what a debtor does there).

    It opens to whoever holds the link of a letter while it is valid, and to the portal
    users of the debtor. The ``access_token`` of Odoo's portal opens nothing of a
    debtor: it knows neither expiry nor revocation.
    """

    _inherit = "cobranza.debtor"

    portal_token = fields.Char(copy=False, groups=fields.NO_ACCESS)
    portal_key = fields.Char(
        copy=False,
        groups=fields.NO_ACCESS,
        help="SHA-256 of the token: what is searched for, so that the time of a search "
        "tells nothing about the token.",
    )
    portal_until = fields.Date(copy=False, groups=fields.NO_ACCESS)
    portal_link_ids = fields.One2many(
        "cobranza.portal.link", "debtor_id", copy=False, groups=fields.NO_ACCESS
    )
    portal_status = fields.Char(
        compute="_compute_portal_status", compute_sudo=True, string="Link of the page"
    )

    _portal_until_set = models.Constraint(
        "CHECK (portal_key IS NULL OR portal_until IS NOT NULL)",
        "A link of the debtor's page is valid until some day.",
    )
    _portal_key_uniq = models.UniqueIndex("(portal_key) WHERE portal_key IS NOT NULL")

    @api.depends("portal_token", "portal_until")
    @api.depends_context("lang")
    def _compute_portal_status(self):
        for debtor in self:
            until = debtor.portal_token and debtor.portal_until
            day = format_date(self.env, until) if until else ""
            if not until:
                debtor.portal_status = self.env._("No link is open")
            elif until < debtor.company_id._cobranza_today():
                debtor.portal_status = self.env._("Expired on %s", day)
            else:
                debtor.portal_status = self.env._("Open until %s", day)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for debtor in self:
            debtor.access_url = f"/my/collections/{debtor.id}"
        return result

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        """The chatter opens to nobody by a token or a signed hash of Odoo's portal."""
        for name in ("hash", "pid", "token"):
            kwargs.pop(name, None)
        return super()._get_thread_with_access(thread_id, **kwargs)

    # -- the link --------------------------------------------------------------------

    def _portal_link(self):
        """Absolute address of the debtor's page, with the token that opens it.

        Each letter that carries it makes it valid for ``cobranza_portal_days`` more. A
        link that has expired is never valid again: the next letter has a new one.
        """
        self.ensure_one()
        # sudo: the token is for the debtor, no user reads it
        debtor = self.sudo()
        today = debtor.company_id._cobranza_today()
        until = today + timedelta(days=debtor.company_id.cobranza_portal_days)
        values = {}
        if not debtor.portal_token or debtor.portal_until < today:
            values = self._portal_new_token()
        if values or debtor.portal_until < until:
            debtor.write({**values, "portal_until": until})
        return f"{debtor.get_base_url()}{debtor._portal_path()}"

    @api.model
    def _portal_new_token(self):
        token = new_token()
        return {"portal_token": token, "portal_key": self._portal_digest(token)}

    @staticmethod
    def _portal_digest(token):
        return hashlib.sha256(token.encode()).hexdigest()

    def _portal_path(self):
        """Path of the page for whoever comes with the link."""
        return f"/my/collections/{self.sudo().portal_token}"

    def _portal_revoke(self, reason):
        """No link that was sent opens the page any more; the next letter has a new one.
        Portal users of the debtor still see it."""
        # sudo: nobody writes tokens
        for debtor in self.sudo():
            debtor.write(
                {"portal_token": False, "portal_key": False, "portal_until": False}
            )
            debtor.portal_link_ids.write({"key": False, "until": False})
            change = self.env._("The link of the debtor's page was revoked")
            debtor._log_act(change, reason)
            debtor.message_post(
                body=self.env._(
                    "The link of the debtor's page was revoked: %s", reason
                ),
                author_id=self.env.user.partner_id.id,
            )

    # -- who comes -------------------------------------------------------------------

    @api.model
    def _portal_by_token(self, token):
        """The debtor whose page a valid ``token`` opens, as superuser; else none."""
        if not TOKEN.fullmatch(token or ""):
            return self.browse()
        # sudo: the token is the right to see this debtor and no other
        key = self._portal_digest(token)
        debtor = self.sudo().search([("portal_key", "=", key)])
        if not debtor:
            debtor = self.env["cobranza.portal.link"].sudo()._debtor_of(key)
            return debtor._portal_own() if debtor else self.browse()
        if not consteq(debtor.portal_token, token):
            return self.browse()
        if debtor.portal_until < debtor.company_id._cobranza_today():
            return self.browse()
        return debtor._portal_own()

    @api.model
    def _portal_of_user(self, user):
        """The debtors whose pages a logged-in user sees: those of its own commercial
        partner, unless it only enjoys what somebody else owes for."""
        partner = user.partner_id
        # sudo: portal users read no debtor but through the page
        debtors = self.sudo().search(
            [("partner_id", "=", partner.commercial_partner_id.id)]
        )
        return debtors.filtered(lambda debtor: partner in debtor._permitted_people())

    @api.model
    def _portal_number(self, user, number):
        """The debtor of a logged-in user with this number, or that into which it was
        merged; else none."""
        own = self._portal_of_user(user)
        found = own.filtered(lambda one: one.id == number)
        return found or own.filtered(
            lambda one: number in one.portal_link_ids.mapped("former_id")
        )

    def _portal_own(self):
        """This debtor in its company only, and in its own language."""
        company = self.company_id
        return self.with_company(company).with_context(
            allowed_company_ids=company.ids, lang=self._installed_lang()
        )

    # -- the page, on a debtor as _portal_own gives it ---------------------------------

    def _portal_page(self):
        """``DebtorPage`` of today. Nothing is written."""
        return DebtorPage(self)

    def _portal_debts(self):
        """The debts of the page, oldest first."""
        return DebtorPage(self).debts()

    def _portal_ref(self, kind, record):
        """Reference of a document or debt of this page."""
        return DebtorPage(self).ref(kind, record)

    def _portal_files(self):
        """{reference: PortalFile} of everything that this debtor may download."""
        return DebtorPage(self).files()

    def _portal_act(self, code, values, uploads, ref):
        """The contact that logs a form of the page: see ``PageAct.send``."""
        return PageAct(self).send(code, values, uploads, ref)

    def _portal_done(self, ref):
        """The contact of a form that was sent with ``ref``, empty if none was."""
        return PageAct(self).done(ref)


class CobranzaPortalHit(models.Model):
    """Who knocked at the debtors' pages, to limit how often; kept for a day
    and until it ends.

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

    def _is_full(self, kind, source):
        limit = LIMITS[kind]
        since = fields.Datetime.now() - timedelta(seconds=limit.seconds)
        domain = [("source", "=", source), ("kind", "=", kind), ("moment", ">", since)]
        return self.search_count(domain, limit=limit.hits) >= limit.hits

    @api.autovacuum
    def _gc_hits(self):
        cutoff = (fields.Datetime.now() - timedelta(days=1)).date()
        hits = self.sudo().search([("moment", "<", cutoff)])
        why = self.env._("Visits are counted for a day")
        delete_before(hits, cutoff, why, "moment")
