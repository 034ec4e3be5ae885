from odoo import api, fields, models
from odoo.fields import Domain


class CobranzaNegotiationCriterion(models.Model):
    """What the courts of a place ask of a negotiation before a lawsuit.

    Countries ship what is published; a company adds what its lawyers know. Where no row
    is, the strictest reading holds: everybody who owes the whole was invited, about all
    of the debts.
    """

    _name = "cobranza.negotiation.criterion"
    _inherit = "cobranza.catalog.mixin"
    _description = "Courts' criterion about negotiations"
    _order = "country_id, state_id, valid_from desc, id"

    state_id = fields.Many2one(
        "res.country.state",
        "Courts of",
        ondelete="restrict",
        domain="[('country_id', '=?', country_id)]",
        help="Empty: of all places of the country that have no row of their own.",
    )
    valid_from = fields.Date(help="Empty: since ever.")
    article = fields.Char("Source")
    everybody = fields.Boolean(
        "All who owe the whole are invited",
        default=True,
        help="Else it is enough that the debtor was.",
    )
    later_debts = fields.Boolean(
        "Also for later instalments",
        help="Periodic payments that fell due after the invitation need no invitation "
        "of their own while a claim may be filed after the first one.",
    )
    help_text = fields.Text("What to know", translate=True)

    _place_uniq = models.UniqueIndex(
        "(code, COALESCE(state_id, 0), COALESCE(country_id, 0), "
        "COALESCE(company_id, 0), COALESCE(valid_from, '0001-01-01')) WHERE active",
        "There is a criterion of this code for these courts already.",
    )

    @api.model
    def _of_court(self, company, state, day):
        """The criterion that the courts of ``state`` follow on a day, the company's own
        before that of the country, of the place before that for all, the latest; empty
        where nobody knows one."""
        country = company._cobranza_rules()._country()
        domain = Domain("company_id", "in", (company.id, False))
        domain &= Domain("country_id", "in", (country.id, False))
        domain &= Domain("state_id", "in", (state.id, False))
        domain &= Domain("valid_from", "=", False) | Domain("valid_from", "<=", day)
        return self.search(domain).sorted(
            lambda one: (
                bool(one.state_id),
                bool(one.company_id),
                one.valid_from or fields.Date.to_date("1900-01-01"),
            )
        )[-1:]
