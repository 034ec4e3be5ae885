from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel.errors import KernelError
from ...kernel.mandate import clean_identifier, identifier_problem
from ..common.words import say_error
from ..company.company import INTERNAL

ALARM_DAYS = 60
"""Days before a mandate expires for want of use on which somebody is asked."""
AGAIN_FROM, AGAIN_UNTIL = 5, 15
"""Days after the first debit between which it is presented once more."""
LOOK_DAYS = 10


LAW_MEMO = "cobranza_debit_law"
"""Context key: the ``LawMemo`` of an act that reads the law for many debits."""


class LawMemo:
    """What was read of the law within one act."""

    def __init__(self):
        self.known = {}

    @classmethod
    def of(cls, env):
        """That of the act under way; of nothing where there is none. No client can hand
        one in."""
        memo = env.context.get(LAW_MEMO)
        return memo if isinstance(memo, cls) else cls()


class ResCompany(models.Model):
    _inherit = "res.company"

    cobranza_creditor_identifier = fields.Char(
        string="Creditor identifier",
        groups=INTERNAL,
        help="By which banks know who debits. It is made of the tax number.",
    )
    cobranza_mandate_alarm_days = fields.Integer(
        string="Warn before a mandate expires",
        default=ALARM_DAYS,
        groups=INTERNAL,
    )

    cobranza_debit_again_from = fields.Integer(
        string="Second presentation from", default=AGAIN_FROM, groups=INTERNAL
    )
    cobranza_debit_again_until = fields.Integer(
        string="Second presentation until", default=AGAIN_UNTIL, groups=INTERNAL
    )
    cobranza_debit_look_days = fields.Integer(
        string="Ask what became of a debit after",
        default=LOOK_DAYS,
        groups=INTERNAL,
        help="Banking days, where the scheme does not say how long a debit may come "
        "back.",
    )

    _cobranza_debit_again = models.Constraint(
        "CHECK (cobranza_debit_again_from BETWEEN 1 AND cobranza_debit_again_until "
        "AND cobranza_debit_look_days > 0)",
        "The second presentation comes after the first, and ends after it begins.",
    )
    _cobranza_mandate_alarm = models.Constraint(
        "CHECK (cobranza_mandate_alarm_days >= 0)",
        "The days of the warning are not negative.",
    )

    @api.constrains("cobranza_creditor_identifier")
    def _check_cobranza_creditor_identifier(self):
        for company in self:
            problem = company._cobranza_identifier_problem()
            if problem:
                raise ValidationError(problem)

    def _cobranza_identifier_problem(self):
        """What is wrong with the creditor identifier of this company, in words; empty
        when nothing is, or it has none."""
        text = clean_identifier(self.cobranza_creditor_identifier)
        if not text:
            return ""
        form = self._cobranza_rules()._creditor_form(self)
        code = identifier_problem(text, form.country, form.length, form.national)
        return self._cobranza_identifier_words(code, text)

    def _cobranza_identifier_words(self, code, text):
        """What ``kernel.mandate.identifier_problem`` found wrong with ``text``."""
        form = self._cobranza_rules()._creditor_form(self)
        words = {
            "shape": self.env._(
                "%s is no creditor identifier: two letters of the country, two check "
                "digits, three characters of business code, the national number.",
                text,
            ),
            "country": self.env._(
                "%(text)s: the creditor identifier begins with %(country)s.",
                text=text,
                country=form.country,
            ),
            "length": self.env._(
                "%(text)s has %(found)s characters; a creditor identifier has "
                "%(length)s here.",
                text=text,
                found=len(text),
                length=form.length,
            ),
            "digits": self.env._("%s: the check digits are wrong.", text),
            "number": self.env._(
                "%(text)s is not made of the tax number of %(company)s, %(vat)s.",
                text=text,
                company=self.name,
                vat=form.national,
            ),
        }
        return words.get(code, "")

    def _cobranza_mandate_schemes(self, day=None):
        """{code: ``kernel.mandate.Scheme``} of this company on a day (today), in the
        order in which they are proposed. UserError that names a legal value that
        lacks."""
        day = day or self._cobranza_today()
        known, key = LawMemo.of(self.env).known, (self.id, day)
        if key not in known:
            rules = self._cobranza_rules()
            try:
                table = self._cobranza_legal_table(day, day)
                schemes = rules._mandate_schemes(day, table)
            except KernelError as error:
                raise UserError(say_error(self.env, error)) from error
            known[key] = {scheme.code: scheme for scheme in schemes}
        return known[key]

    def _cobranza_debit_terms(self, scheme, day=None):
        """``kernel.debit.DebitTerms`` of a scheme of this company on a day (today).
        UserError that names a legal value that lacks."""
        day = day or self._cobranza_today()
        known, key = LawMemo.of(self.env).known, (self.id, day, scheme)
        if key not in known:
            rules = self._cobranza_rules()
            try:
                table = self._cobranza_legal_table(day, day)
                known[key] = rules._debit_terms(scheme, day, table)
            except KernelError as error:
                raise UserError(say_error(self.env, error)) from error
        return known[key]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_cobranza_direct_debit = fields.Boolean(
        "Direct debit",
        implied_group="cobranza_legal.group_direct_debit",
    )
    cobranza_debit_by_identifier = fields.Boolean(
        compute="_compute_cobranza_debit_terms",
        help="A scheme of the company's country asks for its identifier.",
    )
    cobranza_debit_expires = fields.Boolean(
        compute="_compute_cobranza_debit_terms",
        help="Mandates of a scheme of the company's country expire for want of use.",
    )
    cobranza_creditor_identifier = fields.Char(
        related="company_id.cobranza_creditor_identifier", readonly=False
    )
    cobranza_mandate_alarm_days = fields.Integer(
        related="company_id.cobranza_mandate_alarm_days", readonly=False
    )
    cobranza_debit_again_from = fields.Integer(
        related="company_id.cobranza_debit_again_from", readonly=False
    )
    cobranza_debit_again_until = fields.Integer(
        related="company_id.cobranza_debit_again_until", readonly=False
    )
    cobranza_debit_look_days = fields.Integer(
        related="company_id.cobranza_debit_look_days", readonly=False
    )

    @api.depends("company_id")
    def _compute_cobranza_debit_terms(self):
        for settings in self:
            try:
                schemes = settings.company_id._cobranza_mandate_schemes().values()
            except UserError:
                schemes = None  # a legal value lacks: the settings open all the same
            settings.cobranza_debit_by_identifier = schemes is None or any(
                one.has_file for one in schemes
            )
            settings.cobranza_debit_expires = schemes is None or any(
                one.dormant_months for one in schemes
            )
