from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

ASKED_OF = {
    "consumer": "of_consumer",
    "small_business": "of_small_business",
    "company": "of_company",
    "public": "of_public",
    "unknown": "of_unknown",
}
"""{regime: field that says whether the row is for debtors of it}."""


class CobranzaCatalogMixin(models.AbstractModel):
    """A row of a list that countries ship and companies add to: documents that are
    asked for, procedures.

    Rows that an addon ships are of the law of its country, or of nobody's: they are not
    edited but archived, and copied to be changed. Own rows are the company's, and stand
    in the place of those of the same ``code``.
    """

    _name = "cobranza.catalog.mixin"
    _inherit = ["cobranza.shared.mixin", "cobranza.jurisdiction.mixin"]
    _description = "Row of a catalogue"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=50)
    company_id = fields.Many2one("res.company", index=True)
    origin = fields.Char(
        "Comes with",
        readonly=True,
        copy=False,
        help="The addon that ships it. Empty: added by hand.",
    )
    of_consumer = fields.Boolean("Of consumers", default=True)
    of_small_business = fields.Boolean("Of small businesses", default=True)
    of_company = fields.Boolean("Of companies", default=True)
    of_public = fields.Boolean("Of public bodies", default=True)
    of_unknown = fields.Boolean("Of customers whose regime is unknown", default=True)

    def _check_shipped(self):
        """UserError when one of these came with an addon."""
        for row in self:
            if row.origin and not (self._is_shipping() or self._is_through_gate()):
                raise UserError(
                    self.env._(
                        "%s comes with the addon and is not edited. Archive it and "
                        "duplicate it to change the copy.",
                        row.display_name,
                    )
                )

    def write(self, vals):
        self.check_access("write")
        if set(vals) - {"active"}:
            self._check_shipped()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_own(self):
        # a client can send the flag of an uninstallation, but cannot be superuser
        if not (self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG)):
            self._check_shipped()

    def copy_data(self, default=None):
        """The copy is the company's own, and may be changed."""
        found = super().copy_data(default)
        company = self.env.company._cobranza_creditor()
        for vals in found:
            vals.setdefault("name", self.name)
            vals |= {"company_id": company.id, "active": True}
        return found

    def _codes(self, name):
        """The codes that are listed in a field of one row."""
        self.ensure_one()
        return [one.strip() for one in (self[name] or "").split(",") if one.strip()]

    def _using_companies(self):
        shared = self.filtered(lambda row: not row.company_id and row._origin)
        if not shared:
            return self.env["res.company"].sudo()
        return self._companies_of(shared.country_id)

    def _is_for(self, regime):
        """Whether the row is for debtors of a regime."""
        self.ensure_one()
        return self[ASKED_OF[regime]]

    @api.model
    def _standing(self, company, country, domain=Domain.TRUE):
        """The active rows of a domain: of those of one code that of the company stands,
        else that of the country, else that which is for any. In their order."""
        domain &= Domain("company_id", "in", (company.id, False))
        domain &= Domain("country_id", "in", (country.id, False))
        standing = {}
        for row in self.search_fetch(domain).sorted(
            lambda row: (bool(row.company_id), bool(row.country_id))
        ):
            standing[row.code] = row
        return self.union(*standing.values()).sorted()
