from odoo import fields, models
from odoo.exceptions import UserError

from ...kernel.errors import UnclearText
from ...kernel.typed import read_day
from ...models.common.csv_file import read_file, say_cell
from ...models.common.files import uploaded
from ...models.law.place import plain


class CobranzaCourtHolidays(models.TransientModel):
    """The local holidays of a court's municipality from a file. All or nothing: with
    one bad line no day is added; days that are there already stay as they are."""

    _name = "cobranza.court.holidays"
    _inherit = "cobranza.dialog.mixin"
    _description = "Local holidays from a file"

    court_id = fields.Many2one("cobranza.court", required=True)
    city = fields.Char(related="court_id.city")
    file = fields.Binary(string="CSV file", required=True, attachment=False)
    filename = fields.Char()

    def action_import(self):
        self.ensure_one()
        holidays = self.env["cobranza.holiday"]
        holidays.check_access("create")
        court = self.court_id
        vals = {
            "country_id": court.country_id.id,
            "region": holidays._region(court.state_id) or False,
            "place": court.city,
            "purpose": "public",
        }
        known = holidays.search(
            [
                ("country_id", "=", vals["country_id"]),
                ("place", "not in", ("", False)),
                ("region", "in", (vals["region"], False, "")),
            ]
        )
        place = plain(court.city)
        known = known.filtered(lambda one: one._is_in(place)).mapped("date")
        rows = {}
        for line, day, name in self._read():
            if day in rows:
                raise UserError(self.env._("Line %s: that day is there twice.", line))
            rows[day] = name
        new = {day: name for day, name in rows.items() if day not in known}
        holidays.create(
            [{**vals, "date": day, "name": name} for day, name in new.items()]
        )
        return court.action_holidays()

    def _read(self):
        """[(line, day, name)] of the file. UserError that names the line."""
        if not self.court_id.city:
            raise UserError(
                self.env._(
                    "%s: say in which municipality it is.", self.court_id.display_name
                )
            )
        found = []
        for line, row in read_file(self.env, uploaded(self), ("date",), ("name",)):
            try:
                day = read_day(row["date"])
            except UnclearText as error:
                error.column = "date"
                words = say_cell(self.env, error)
                raise UserError(
                    self.env._("Line %(line)s: %(why)s", line=line, why=words)
                ) from error
            found.append((line, day, row["name"] or self.env._("Local holiday")))
        if not found:
            raise UserError(self.env._("The file has no days."))
        return found
