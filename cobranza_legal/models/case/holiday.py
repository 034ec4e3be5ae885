from odoo import api, models
from odoo.exceptions import UserError

from ..law.place import plain


class CobranzaHoliday(models.Model):
    """Deadlines are counted by holidays."""

    _inherit = "cobranza.holiday"

    @api.model
    def _places_with(self, country, region, city):
        """What the rows of a country and a region carry as municipalities, of those
        that name ``city``, alone or with others, however it is written."""
        groups = self._read_group(
            [
                ("country_id", "=", country.id),
                ("region", "in", [region, "", False]),
                ("place", "not in", ["", False]),
            ],
            ["place"],
        )
        wanted = plain(city)
        return [
            place
            for (place,) in groups
            if wanted in [plain(one) for one in place.split(",")]
        ]

    def _judge_touched(self, before=None):
        """Deadlines that run in companies of these countries are counted again, too."""
        result = super()._judge_touched(before)
        if self.env.registry.ready and self:
            companies = self._companies_of(self.country_id)
            # sudo: whoever enters a holiday need not see cases
            running = self.env["cobranza.deadline"].sudo()
            running = running.search(
                [("company_id", "in", companies.ids), ("state", "=", "open")]
            )
            running._count_later()
        return result


class CobranzaCourt(models.Model):
    """The local holidays of a court."""

    _inherit = "cobranza.court"

    def action_holidays(self):
        """The holidays of the municipality of the court; new ones are of it. Whoever
        has them in a file imports them there. UserError without a municipality."""
        self.ensure_one()
        if not self.city:
            raise UserError(
                self.env._("%s: say in which municipality it is.", self.display_name)
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_holiday"
        )
        holidays = self.env["cobranza.holiday"]
        region = holidays._region(self.state_id)
        places = holidays._places_with(self.country_id, region, self.city)
        return {
            **action,
            "name": self.env._("Holidays of %s", self.city),
            "domain": [
                ("country_id", "=", self.country_id.id),
                ("region", "in", [region, "", False]),
                ("place", "in", [*places, self.city]),
            ],
            "context": {
                "default_country_id": self.country_id.id,
                "default_region": region,
                "default_place": self.city,
                "default_purpose": "public",
            },
        }

    def action_import_holidays(self):
        """The dialog that takes them from a file."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_court_holidays"
        )
        return {**action, "context": {"default_court_id": self.id}}
