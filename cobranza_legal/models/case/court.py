from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel.errors import UnclearText
from ...kernel.table import read_cell
from ...kernel.typed import read_day
from ..common.csv_file import say_cell

COLUMNS = ("name",)
OPTIONAL = ("city", "state", "email", "phone", "docket_url", "valid_from", "note")
"""Columns of a table of courts; ``state`` is a name or a code, ``valid_from`` the day
since which it is called so."""


class CobranzaCourt(models.Model):
    """A court, a notary or a public body before which debts are claimed."""

    _name = "cobranza.court"
    _inherit = ["cobranza.shared.mixin", "cobranza.traced.mixin"]
    _description = "Court"
    _order = "name, id"

    name = fields.Char(required=True, help="As it is called today.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company uses it."
    )
    country_id = fields.Many2one(
        "res.country",
        required=True,
        default=lambda self: self.env.company.account_fiscal_country_id,
    )
    state_id = fields.Many2one(
        "res.country.state",
        string="Province or region",
        domain="[('country_id', '=', country_id)]",
    )
    city = fields.Char(
        "Municipality of its seat",
        help="Its local holidays count. Empty: unknown, none counts.",
    )
    email = fields.Char()
    phone = fields.Char()
    docket_url = fields.Char(
        "Where dockets are looked up",
        help="A page of the court. It opens in the browser; nothing is read from it.",
    )
    name_ids = fields.One2many(
        "cobranza.court.name",
        "court_id",
        "Names by day",
        help="Where it was or will be called otherwise: documents name it as it was "
        "called on their day.",
    )
    note = fields.Text()

    _traced = ("name", "active", "company_id", "country_id", "state_id", "city")

    @api.constrains("docket_url")
    def _check_docket_url(self):
        for court in self.filtered("docket_url"):
            if not court.docket_url.lower().startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._(
                        "“%s” is no address of a page: it begins with https://.",
                        court.docket_url,
                    )
                )

    def _name_on(self, day):
        """As it was called on a day."""
        self.ensure_one()
        known = [
            one for one in self.name_ids if not one.valid_from or one.valid_from <= day
        ]
        if known:
            return max(known, key=CobranzaCourtName._begin).name
        return self.name

    def _rename(self, day):
        """Those that are called otherwise from now on."""
        for court in self:
            name = court._name_on(day)
            if name != court.name:
                court.name = name

    @api.model
    def _refresh_names(self, company, today):
        """Courts that a company uses and that are called otherwise since today or
        earlier."""
        courts = self.search(
            [
                ("company_id", "in", (company.id, False)),
                ("name_ids.valid_from", "<=", today),
            ]
        )
        courts._rename(today)

    def _action_docket(self):
        """The page where its dockets are looked up. UserError without one."""
        if not self.docket_url:
            raise UserError(
                self.env._(
                    "The page where dockets are looked up is not known: write it down "
                    "on the court."
                )
            )
        return {"type": "ir.actions.act_url", "url": self.docket_url, "target": "new"}

    def action_open_docket(self):
        self.ensure_one()
        return self._action_docket()

    # -- import ------------------------------------------------------------------------

    @api.model
    def _import_rows(self, company, country, rows):
        """Make the courts of ``rows``, [(line number, {column: text})], of a country:
        (courts, [(line number, what was done or why not, whether it was)]). A court
        that is known gets what the table says of it."""
        self.check_access("create")
        made, report = self.browse(), []
        states = self.env["res.country.state"].search([("country_id", "=", country.id)])
        names = {row["name"].strip() for _number, row in rows}
        known = self.search(
            [
                ("company_id", "in", (company.id, False)),
                ("country_id", "=", country.id),
                ("name", "in", sorted(names)),
            ]
        )
        taken = {(one.name, (one.city or "").casefold()): one for one in known}
        for number, row in rows:
            try:
                with self.env.cr.savepoint():
                    court, new = self._import_row(company, country, states, row, taken)
            except (UserError, UnclearText) as problem:
                unclear = isinstance(problem, UnclearText)
                words = say_cell(self.env, problem) if unclear else str(problem)
                report.append((number, words, False))
                continue
            taken[court.name, (court.city or "").casefold()] = court
            made |= court
            words = self.env._("made") if new else self.env._("it was there: completed")
            report.append((number, f"{court.display_name}: {words}", True))
        return made, report

    def _import_row(self, company, country, states, row, taken):
        cells = {name: (text or "").strip() for name, text in row.items()}
        if not cells["name"]:
            raise UserError(self.env._("the name is missing."))
        values = {
            name: cells[name]
            for name in ("city", "email", "phone", "docket_url", "note")
            if cells.get(name)
        }
        if cells.get("state"):
            values["state_id"] = self._import_state(states, cells["state"]).id
        if cells.get("valid_from"):
            day = read_cell(row, "valid_from", read_day)
            values["name_ids"] = [
                fields.Command.create({"name": cells["name"], "valid_from": day})
            ]
        court = taken.get((cells["name"], cells.get("city", "").casefold()))
        if court:
            values.pop("name_ids", None)
            court.write(values)
            return court, False
        place = {"company_id": company.id, "country_id": country.id}
        return self.create({"name": cells["name"], **place, **values}), True

    def _import_state(self, states, text):
        wanted = text.casefold()
        found = states.filtered(
            lambda one: wanted in (one.name.casefold(), one.code.casefold())
        )
        if len(found) != 1:
            raise UserError(self.env._("no region is called “%s”.", text))
        return found

    def _using_companies(self):
        shared = self.filtered(lambda row: not row.company_id and row._origin)
        if not shared:
            return self.env["res.company"].sudo()
        return self._companies_of(shared.country_id)

    @api.depends("name", "city")
    def _compute_display_name(self):
        for court in self:
            seat = court.city if court.city and court.city not in court.name else ""
            court.display_name = f"{court.name} ({seat})" if seat else court.name


class CobranzaCourtName(models.Model):
    """How a court is called since a day."""

    _name = "cobranza.court.name"
    _inherit = "cobranza.logged.mixin"
    _description = "Name of a court"
    _order = "court_id, valid_from desc, id desc"

    court_id = fields.Many2one(
        "cobranza.court", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="court_id.company_id", store=True)
    name = fields.Char(required=True)
    valid_from = fields.Date("Since", help="Empty: since ever.")

    _day_uniq = models.UniqueIndex(
        "(court_id, COALESCE(valid_from, '0001-01-01'))",
        "It has a name since that day already.",
    )

    def _begin(self):
        """The day by which names are sorted."""
        return self.valid_from or fields.Date.to_date("1900-01-01")

    @api.model_create_multi
    def create(self, vals_list):
        names = super().create(vals_list)
        names.court_id._check_shared()
        names._tell()
        return names

    def write(self, vals):
        self.court_id._check_shared()
        result = super().write(vals)
        self.court_id._check_shared()
        self._tell()
        return result

    def unlink(self):
        courts = self.court_id
        courts._check_shared()
        for one in self:
            one.court_id._log(self.env._("Name taken away: %s", one.name))
        result = super().unlink()
        courts._rename(self.env.company._cobranza_today())
        return result

    def _tell(self):
        """The history of the court, and what it is called today."""
        for one in self:
            since = str(one.valid_from or "–")
            one.court_id._log(self.env._("Called “%s”", one.name), since)
        self.court_id._rename(self.env.company._cobranza_today())
