from odoo import api, fields, models
from odoo.fields import Domain

from ..common.money import to_decimal


class CobranzaProvisionTier(models.Model):
    """What has to be there before a debt counts as uncollectible, by what the debtor
    owes in all: the less, the less is asked for.

    Countries ship what is published; a company adds its own. Dated: of rows of one code
    the latest that is in force stands.
    """

    _name = "cobranza.provision.tier"
    _inherit = "cobranza.catalog.mixin"
    _description = "Evidence that a debt is uncollectible"
    _order = "country_id, sequence, valid_from desc, id"

    upto = fields.Float(
        "Owed up to",
        digits=(16, 2),
        help="By the debtor in all, in the unit. 0: without limit.",
    )
    unit_code = fields.Char(
        "Unit",
        help="Code of the legal value by which the limit is multiplied. Empty: the "
        "currency of the company.",
    )
    valid_from = fields.Date(help="Empty: since ever.")
    article = fields.Char("Legal basis")
    needs_contact = fields.Boolean(
        "Asked to pay", help="A letter or a call that has left and claims the debt."
    )
    needs_demand = fields.Boolean(
        "Demand received", help="It is proven that a demand has reached the debtor."
    )
    needs_suit = fields.Boolean("Claimed in court")
    needs_ceased = fields.Boolean(
        "No more sales", help="Nothing was sold to the debtor after the debt fell due."
    )
    help_text = fields.Text("What to know", translate=True)

    _upto = models.Constraint("CHECK (upto >= 0)", "The limit is not negative.")
    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(country_id, 0), COALESCE(company_id, 0), "
        "COALESCE(valid_from, '0001-01-01')) WHERE active",
        "There is a row of this code from this day already.",
    )

    @api.model
    def _of_day(self, company, day):
        """The rows of a company on a day, the smallest limit first: of one code the
        company's own before that of the country, then the latest in force."""
        country = company._cobranza_rules()._country()
        rows = self.search(
            Domain("company_id", "in", (company.id, False))
            & Domain("country_id", "in", (country.id, False))
            & (Domain("valid_from", "=", False) | Domain("valid_from", "<=", day))
        )
        latest = {}
        first = fields.Date.to_date("1900-01-01")
        for row in rows.sorted(
            lambda one: (bool(one.company_id), one.valid_from or first)
        ):
            latest[row.code] = row
        found = self.union(*latest.values())
        return found.sorted(lambda one: (not one.upto, one.upto))

    @api.model
    def _of_amount(self, amount, unit):
        """That of these rows, as ``_of_day`` gives them, which holds for what a debtor
        owes; ``unit(code)`` is the value of a unit. Empty: none."""
        for row in self:
            worth = unit(row.unit_code) if row.unit_code and row.upto else 1
            if not row.upto or amount <= to_decimal(row.upto) * worth:
                return row
        return self.browse()

    def _missing(self, claim):
        """[words] of the evidence that lacks about a kernel ``TaxClaim``."""
        self.ensure_one()
        asked = (
            (
                self.needs_contact and not claim.contacted,
                self.env._("a letter or a call that asks for it"),
            ),
            (
                self.needs_demand and not claim.received,
                self.env._("a demand whose reception is proven"),
            ),
            (
                self.needs_suit and not claim.sued_on,
                self.env._("a claim before a court"),
            ),
            (
                self.needs_ceased
                and claim.last_sale_on
                and claim.last_sale_on > claim.due,
                self.env._("no more sales to the customer"),
            ),
        )
        return [words for lacks, words in asked if lacks]
