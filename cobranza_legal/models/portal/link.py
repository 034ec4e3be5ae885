from odoo import api, fields, models


class CobranzaPortalLink(models.Model):
    """A link to a debtor's page that was sent for a debtor that has been merged into
    this one: what a letter says goes on being true."""

    _name = "cobranza.portal.link"
    _inherit = "cobranza.gate.mixin"
    _description = "Former link of a debtor's page"
    _log_access = False
    _rec_name = "key"

    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, ondelete="cascade", index=True
    )
    key = fields.Char(help="SHA-256 of the token. Empty: no link was open.")
    until = fields.Date(help="Last day of the link.")
    former_id = fields.Integer(
        required=True,
        index=True,
        help="Number of the debtor that was merged, by which its portal users came.",
    )

    _key_uniq = models.UniqueIndex("(key) WHERE key IS NOT NULL")
    _until_set = models.Constraint(
        "CHECK (key IS NULL OR until IS NOT NULL)", "A link is valid until some day."
    )

    @api.model
    def _debtor_of(self, key):
        """The debtor that a link with this hash of its token opens today, if any."""
        link = self.search([("key", "=", key)])
        debtor = link.debtor_id
        if debtor and link.until >= debtor.company_id._cobranza_today():
            return debtor
        return debtor.browse()

    @api.autovacuum
    def _gc_links(self):
        """Links whose last day has passed open nothing; a day more for the zones."""
        over = [("until", "<", "today -1d")]
        self.sudo().search(over).write({"key": False, "until": False})
