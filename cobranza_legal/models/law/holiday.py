from datetime import date

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .holiday_library import LibraryMissing, library_holidays
from .place import plain

ORIGINS = [
    ("shipped", "Comes with the addon"),
    ("library", "Added from the library"),
    ("manual", "Added by hand"),
]


class CobranzaHoliday(models.Model):
    _name = "cobranza.holiday"
    _inherit = ["cobranza.shared.mixin", "cobranza.traced.mixin"]
    _description = "Holiday"
    _order = "date, country_id, region, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    date = fields.Date(required=True)
    country_id = fields.Many2one("res.country", required=True, ondelete="cascade")
    region = fields.Char(
        help="ISO 3166-2 code of the subdivision without the country; empty nationwide."
    )
    place = fields.Char(help="Municipalities, separated by commas; empty: all of them.")
    purpose = fields.Selection(
        [("public", "Everybody"), ("bank", "Banks only"), ("court", "Courts only")],
        required=True,
        default="public",
    )
    _traced = ("date", "country_id", "region", "place", "purpose", "active")

    origin = fields.Selection(
        ORIGINS, required=True, default="manual", readonly=True, copy=False
    )

    _day_uniq = models.UniqueIndex(
        "(country_id, date, purpose, origin, COALESCE(region, ''), "
        "COALESCE(place, ''))",
        "This holiday exists already.",
    )

    def _touched(self):
        """Debtors of companies of these countries for whom something is planned."""
        return SQL(
            """id IN (SELECT c.debtor_id FROM cobranza_contact c
                        JOIN res_company o ON o.id = c.company_id
                        JOIN res_partner p ON p.id = o.partner_id
                       WHERE c.state = 'planned'
                         AND (o.account_fiscal_country_id = ANY(%(countries)s)
                              OR p.country_id = ANY(%(countries)s)))""",
            countries=self.country_id.ids,
        )

    @api.model
    def _region(self, state):
        """The region code of a ``res.country.state``, "" when unknown.

        Countries whose states are smaller than the regions that set holidays override.
        """
        return (state.code or "").removeprefix(f"{state.country_id.code}-")

    @api.model
    def _regions(self, states):
        """The codes of the regions of these states, each once."""
        return tuple(sorted({self._region(one) for one in states} - {""}))

    @api.model
    def _days(self, country, regions=(), purpose="public", place=None):
        """(frozenset of days, first, last): the holidays of a country and of
        ``regions``, a region's code or several.

        ``first`` and ``last`` bound the years that are known; None when none is.
        Holidays for everybody always count, those of ``purpose`` (bank, court) as well.
        Local ones count when they name the municipality ``place``; all of them when
        it is None, none when it is empty.
        """
        regions = (regions,) if isinstance(regions, str) else tuple(regions)
        place = None if place is None else plain(place)
        return self._days_of(country.id, regions, purpose, place)

    @api.model
    def _local_years(self, country, regions=()):
        """{municipality, as ``place.plain`` gives it: (its name, the years of which
        holidays of it are known)}, of a country and of ``regions``."""
        return self._local_years_of(country.id, tuple(regions))

    @api.model
    # gate 4: holidays are the country's, the same for every company
    @tools.ormcache("country_id", "regions")
    def _local_years_of(self, country_id, regions):
        # the same for every user: a date is no secret
        found = self.sudo().search_fetch(
            [
                ("country_id", "=", country_id),
                ("region", "in", [*regions, "", False]),
                ("purpose", "in", ["public", "court"]),
                ("place", "not in", ["", False]),
            ],
            ["date", "place"],
        )
        places = {}
        for one in found:
            for name in one.place.split(","):
                years = places.setdefault(plain(name), (name.strip(), set()))[1]
                years.add(one.date.year)
        return {key: (name, frozenset(own)) for key, (name, own) in places.items()}

    @api.model
    # gate 4: holidays are the country's, the same for every company
    @tools.ormcache("country_id", "regions", "purpose", "place")
    def _days_of(self, country_id, regions, purpose, place):
        # the same for every user: a date is no secret
        found = self.sudo().search_fetch(
            [
                ("country_id", "=", country_id),
                ("region", "in", [*regions, "", False]),
                ("purpose", "in", ["public", purpose]),
            ],
            ["date", "place", "region", "origin"],
        )
        days = frozenset(one.date for one in found if one._is_in(place))
        years = {
            one.date.year for one in found if one.origin != "manual" and not one.region
        }
        first = min(years, default=None)
        last = first
        while last and last + 1 in years:
            last += 1
        if not first:
            return days, None, None
        return days, date(first, 1, 1), date(last, 12, 31)

    def _is_in(self, place):
        if not self.place or place is None:
            return True
        return place in [plain(one) for one in self.place.split(",")]

    @api.model
    def _library_vals(self, country, years):
        """Values of the holidays that the library knows. Countries refine them."""
        return [
            {
                "country_id": country.id,
                "date": one.day,
                "region": one.region,
                "purpose": one.purpose,
                "name": one.name,
                "origin": "library",
            }
            for one in library_holidays(country.code, years)
        ]

    @api.model
    def _add_years(self, country, last_year):
        """Add the years after the last known one, to ``last_year``."""
        _days, _first, last = self._days(country)
        first_year = last.year + 1 if last else self.env.company._cobranza_today().year
        if last_year < first_year:
            raise UserError(
                self.env._(
                    "The holidays of %(country)s are known until %(year)s already.",
                    country=country.name,
                    year=first_year - 1,
                )
            )
        years = range(first_year, last_year + 1)
        try:
            made = self._through_gate().create(self._library_vals(country, years))
            return made.with_env(self.env)
        except LibraryMissing as error:
            raise UserError(
                self.env._(
                    "Adding years needs the Python library “holidays” on the server: "
                    "pip install holidays. You can also add holidays by hand."
                )
            ) from error
        except KeyError as error:
            raise UserError(
                self.env._("The library has no holidays of %s.", country.name)
            ) from error

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        if self._is_shipping():
            for vals in vals_list:
                vals.setdefault("origin", "shipped")
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        shipped = self.filtered(lambda holiday: holiday.origin == "shipped")
        if shipped and set(vals) - {"active"} and not self._is_shipping():
            raise UserError(shipped[0]._frozen_message())
        self.env.registry.clear_cache()
        return super().write(vals)

    def _using_companies(self):
        return self._companies_of(self.country_id)

    def _frozen_message(self):
        return self.env._(
            "%s comes with the addon and is not edited. Archive it and add another.",
            self.display_name,
        )

    @api.ondelete(at_uninstall=True)
    def _unlink_own(self):
        # a client can send the flag of an uninstallation, but cannot be superuser
        if self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        for one in self:
            if one.origin == "shipped":
                raise UserError(one._frozen_message())

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
