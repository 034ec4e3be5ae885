from odoo import api, fields, models
from odoo.exceptions import UserError


class CobranzaSharedMixin(models.AbstractModel):
    """A record without a company serves all companies that use it: it is changed,
    archived or deleted only by who works in all of them.

    Whoever uses it is found when somebody wants to change it, not stored: companies
    that never collected by it need not be asked.
    """

    _name = "cobranza.shared.mixin"
    _inherit = "cobranza.gate.mixin"
    _description = "Shared by companies"

    shared_with = fields.Char(
        compute="_compute_shared_with",
        compute_sudo=True,
        help="Companies that use this record too and in which you do not work.",
    )

    def _compute_shared_with(self):
        for record in self:
            others = record._foreign_companies()
            record.shared_with = ", ".join(others.mapped("name")) or False

    def _using_companies(self):
        """Companies, as superuser, that use these records and share them; none for a
        record that belongs to one company."""
        raise NotImplementedError

    def _foreign_companies(self):
        """Those of them in which the user does not work."""
        return self.sudo()._using_companies() - self.env.user.sudo().company_ids

    def _way_out(self):
        """What whoever may not change the record can do, in words."""
        return self.env._(
            "Ask a collection manager who works in all of them to change it."
        )

    def _check_shared(self):
        """UserError that names the other companies when the user may not change one of
        these records. Code that runs as superuser, and updates of addons, may."""
        if self.env.su:
            return
        for record in self:
            record._check_companies(record._foreign_companies())

    def _check_companies(self, companies):
        """UserError when the user does not work in one of these ``companies`` that use
        this record."""
        if not self.env.su:
            others = companies.sudo() - self.env.user.sudo().company_ids
            if others:
                raise UserError(
                    self.env._(
                        "%(record)s is shared: %(companies)s use it too, and you do "
                        "not work there. %(way_out)s",
                        record=self.display_name,
                        companies=", ".join(others.mapped("name")),
                        way_out=self._way_out(),
                    )
                )

    @api.model
    def _companies_of(self, countries):
        """Collecting companies, as superuser, whose law is of one of these countries;
        of any country when there is none."""
        groups = self.env["cobranza.debtor"].sudo()._read_group([], ["company_id"])
        found = self.env["res.company"].sudo().union(*(one for (one,) in groups))
        if not countries:
            return found
        return found.filtered(lambda one: one._cobranza_jurisdictions() in countries)

    def write(self, vals):
        if not self._is_through_gate():
            self.check_access("write")
            self._check_shared()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_shared(self):
        self._check_shared()
