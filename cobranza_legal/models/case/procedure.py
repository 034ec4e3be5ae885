from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...kernel.procedure import Procedure
from ..common.money import to_decimal
from ..common.rows import Row

NATURES = [
    ("payment_order", "Payment order"),
    ("declaratory", "Declaratory suit"),
    ("executive", "Execution of a title"),
    ("preparatory", "Prepares a title"),
    ("notarial", "Before a notary"),
    ("administrative", "Against a public body"),
]


LAWYER = [
    ("never", "Not needed"),
    ("above", "Above an amount"),
    ("always", "Always"),
]


class CobranzaProceedingType(models.Model):
    """A procedure by which debts may be claimed, and what it asks for: one row for each
    span of days in which its figures hold."""

    _name = "cobranza.proceeding.type"
    _inherit = "cobranza.catalog.mixin"
    _description = "Procedure"
    _order = "sequence, valid_from desc, id"

    article = fields.Char()
    help_text = fields.Text("What to know", translate=True)
    nature = fields.Selection(NATURES, required=True, default="declaratory")
    valid_from = fields.Date(help="Empty: since ever.")
    valid_until = fields.Date("Valid until", help="Last day. Empty: without end.")
    titles = fields.Char(
        help="Codes of what proves the debts that it admits, with commas. Empty: any."
    )
    titles_words = fields.Char("Admits", compute="_compute_titles_words")
    any_amount_titles = fields.Char(
        help="Codes of titles for which the amounts below do not count."
    )
    claim_kinds = fields.Char(
        help="Codes of the kinds of claims that it is for, with commas. Empty: any."
    )
    above = fields.Float("Claims above", digits=(16, 2))
    up_to = fields.Float("Claims up to", digits=(16, 2), help="0: without limit.")
    unit_code = fields.Char(
        "Amounts in units of",
        help="Code of the legal value of one unit, such as that of the UTM. Empty: in "
        "the currency of the country.",
    )
    of_consumer = fields.Boolean("Against consumers")
    of_small_business = fields.Boolean("Against small businesses")
    of_company = fields.Boolean("Against companies")
    of_public = fields.Boolean("Against public bodies", default=False)
    of_unknown = fields.Boolean("Against who is unknown")
    only_after = fields.Boolean(
        "Only after another",
        help="It follows from a stage of another proceeding of the case, such as a "
        "judgment.",
    )
    same_court = fields.Boolean(
        "Before the court that judged",
        help="It enforces a judgment before the court that gave it, while the law lets "
        "that be asked for there.",
    )
    undisputed = fields.Boolean(
        "Only what is undisputed", help="Not of what the debtor disputes or contests."
    )
    abroad = fields.Boolean(
        "Across a border", help="Only against who lives in another country."
    )
    lawyer = fields.Selection(LAWYER, required=True, default="always")
    lawyer_above = fields.Float("Lawyer above", digits=(16, 2))
    fee = fields.Float("Court fee", digits=(16, 2), help="That a company pays.")
    fee_free_up_to = fields.Float("No fee up to", digits=(16, 2))
    negotiation = fields.Boolean(
        "Negotiation before", help="It has to be tried before the claim is filed."
    )
    action = Row(
        "cobranza.claim.action",
        string="Lost with",
        default="ordinary",
        required=True,
        help="The action whose limitation closes it.",
    )

    _dates = models.Constraint(
        "CHECK (valid_until IS NULL OR valid_from IS NULL "
        "OR valid_until >= valid_from)",
        "A procedure ends after it began.",
    )
    _amounts = models.Constraint(
        "CHECK (above >= 0 AND up_to >= 0 AND lawyer_above >= 0 AND fee >= 0 "
        "AND fee_free_up_to >= 0)",
        "Amounts are not negative.",
    )
    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(country_id, 0), COALESCE(company_id, 0), "
        "COALESCE(valid_from, '0001-01-01')) WHERE active",
        "There is a procedure of this code that begins on that day already.",
    )

    @api.depends("titles")
    @api.depends_context("lang")
    def _compute_titles_words(self):
        titles = self.env["cobranza.debt.title"]
        for kind in self:
            names = [titles._label(code) for code in kind._codes("titles")]
            kind.titles_words = ", ".join(names) or self.env._("Any title")

    @api.constrains("titles", "any_amount_titles", "unit_code")
    def _check_codes(self):
        known = set(self.env["cobranza.debt.title"]._by_code())
        for kind in self:
            named = {*kind._codes("titles"), *kind._codes("any_amount_titles")}
            if named - known:
                raise ValidationError(
                    self.env._(
                        "%(procedure)s: nobody knows the titles %(codes)s. Known: "
                        "%(known)s.",
                        procedure=kind.name,
                        codes=", ".join(sorted(named - known)),
                        known=", ".join(sorted(known)),
                    )
                )
            code = kind.unit_code
            # sudo: legal values are everybody's
            values = self.env["cobranza.parameter"].sudo()
            if code and not values.search_count([("code", "=", code)], limit=1):
                raise ValidationError(
                    self.env._(
                        "%(procedure)s: there is no legal value of the code %(code)s.",
                        procedure=kind.name,
                        code=code,
                    )
                )

    # -- which are open ----------------------------------------------------------------

    @api.model
    def _on(self, company, day):
        """The procedures of a company and of the law of its country that are in force
        on a day: of the rows of one code that of the company stands, else that of the
        country, else that which is for any."""
        country = company._cobranza_rules()._country()
        domain = Domain("valid_from", "=", False) | Domain("valid_from", "<=", day)
        domain &= Domain("valid_until", "=", False) | Domain("valid_until", ">=", day)
        return self._standing(company, country, domain)

    def _enforces_judgment(self):
        """Whether what it executes was decided in another proceeding."""
        self.ensure_one()
        return self.only_after and self.nature == "executive"

    def _kernel(self, table, day):
        """``kernel.procedure.Procedure`` with amounts in the currency of the country.
        MissingValue for a unit whose value nobody knows on the day; ``table``: the
        ``LegalTable`` of that day."""
        self.ensure_one()
        one = table.number(self.unit_code, day) if self.unit_code else to_decimal(1)
        above, up_to = to_decimal(self.above) * one, to_decimal(self.up_to) * one
        lawyer = {
            "never": None,
            "above": to_decimal(self.lawyer_above) * one,
            "always": to_decimal(0),
        }
        return Procedure(
            self.code,
            titles=frozenset(self._codes("titles")),
            any_amount=frozenset(self._codes("any_amount_titles")),
            above=above or None,
            up_to=up_to or None,
            lawyer_above=lawyer[self.lawyer],
            fee=to_decimal(self.fee),
            free_up_to=to_decimal(self.fee_free_up_to) or None,
        )
