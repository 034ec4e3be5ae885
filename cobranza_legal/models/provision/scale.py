from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...kernel.provision import BadScale, Scale
from ..position.words import days_label


class CobranzaProvisionScale(models.Model):
    """How much of a debt is provided for by the days since it fell due.

    Countries ship what is published or usual; a company adds its own. Dated: of rows of
    one code the latest that is in force on the day of a run stands.
    """

    _name = "cobranza.provision.scale"
    _inherit = "cobranza.catalog.mixin"
    _description = "Scale of provisions"
    _order = "country_id, sequence, valid_from desc, id"

    buckets = fields.Char(
        required=True,
        help="Days past due from which on, and the percentage, such as "
        "91: 25; 181: 50; 271: 75; 366: 100. Before the first day nothing is "
        "provided.",
    )
    words = fields.Text("What it provides", compute="_compute_words")
    valid_from = fields.Date(help="Empty: since ever.")
    article = fields.Char("Legal basis")
    leaves_out_related = fields.Boolean(
        "Not for related parties",
        help="Nothing is provided by this scale for debtors that are related parties.",
    )
    help_text = fields.Text("What to know", translate=True)

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(country_id, 0), COALESCE(company_id, 0), "
        "COALESCE(valid_from, '0001-01-01')) WHERE active",
        "There is a scale of this code from this day already.",
    )

    @api.constrains("buckets")
    def _check_buckets(self):
        for row in self:
            try:
                row._scale()
            except BadScale as error:
                raise ValidationError(
                    self.env._(
                        "%(scale)s: “%(text)s” cannot be read. Write the day and the "
                        "percentage from 0 to 100 with a colon, days that rise, parted "
                        "by semicolons.",
                        scale=row.display_name,
                        text=error.text,
                    )
                ) from error

    @api.depends("buckets")
    def _compute_words(self):
        for row in self:
            try:
                buckets = row._scale().buckets
            except BadScale:
                buckets = ()
            row.words = "\n".join(
                f"{row._bucket_words(one)}: {one.percent.normalize():f} %"
                for one in buckets
            )

    def _scale(self):
        """The kernel ``Scale``; BadScale."""
        self.ensure_one()
        return Scale.parse(self.buckets)

    @api.model
    def _bucket_words(self, bucket):
        """A kernel ``Bucket`` in words; None: what the scale does not reach."""
        if bucket is None:
            return self.env._("Below the scale")
        return days_label(self.env, bucket.first, bucket.last)

    @api.model
    def _of_day(self, company, day):
        """The scale of a company on a day: that of the settings, else the first of its
        country; of its code the latest in force. UserError where there is none."""
        country = company._cobranza_rules()._country()
        domain = Domain("valid_from", "=", False) | Domain("valid_from", "<=", day)
        own = company.sudo().cobranza_provision_scale_id
        if own:
            domain &= Domain("code", "=", own.code)
        elif country:
            domain &= Domain("country_id", "=", country.id) | Domain(
                "company_id", "=", company.id
            )
        rows = self.search(
            domain
            & Domain("company_id", "in", (company.id, False))
            & Domain("country_id", "in", (country.id, False))
        )
        if not rows:
            raise UserError(
                self.env._(
                    "%(company)s has no scale of provisions on %(day)s. Add one under "
                    "Accounting, Provisions, Scales of provisions.",
                    company=company.name,
                    day=format_date(self.env, day),
                )
            )
        code = own.code or rows.sorted(lambda row: (row.sequence, row.id))[0].code
        return rows.filtered(lambda row: row.code == code).sorted(
            lambda row: (
                bool(row.company_id),
                row.valid_from or fields.Date.to_date("1900-01-01"),
            )
        )[-1:]
