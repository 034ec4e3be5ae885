import base64
import csv
import io
from datetime import date

from odoo import api, fields, models

from ...kernel.typed import write_number
from ...models.common.files import download_url
from .parameter_import import LONG, NO_RULE


class CobranzaParameter(models.Model):
    """A file of legal values that the import reads again."""

    _inherit = "cobranza.parameter"

    def action_export(self):
        """Download the values in force of these parameters, of all without any."""
        parameters = self or self.search([("value_ids", "!=", False)])
        wizard = self.env["cobranza.parameter.export"].create(
            {"parameter_ids": parameters.ids}
        )
        return {
            "type": "ir.actions.act_url",
            "url": download_url(wizard, "file", wizard.filename),
            "target": "download",
        }

    def _csv_text(self):
        """Lines ``code;key;date_from;date_to;value;source`` of what is in force on each
        day, corrections included."""
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(LONG)
        table = self._legal_table(date.min, date.max)
        keys = self.env["cobranza.parameter.value"]._read_group(
            [("parameter_id", "in", self.ids), ("superseded_by_id", "=", False)],
            ["parameter_id", "key"],
        )
        series = {(parameter.code, key or "") for parameter, key in keys}
        periods = {one.code for one in self if one.validity == "period"}
        for code, key in sorted(series):
            for row in table.series(code, key).rows:
                value = NO_RULE if row.value is None else write_number(row.value)
                last = row.last if code in periods and row.last else ""
                source = " ".join(row.source.split())
                writer.writerow([code, key, row.first, last, value, source])
        return stream.getvalue()


class CobranzaParameterExport(models.TransientModel):
    _name = "cobranza.parameter.export"
    _inherit = "cobranza.dialog.mixin"
    _description = "Export of legal values"

    parameter_ids = fields.Many2many("cobranza.parameter")
    file = fields.Binary(compute="_compute_file")
    filename = fields.Char(compute="_compute_file")

    @api.depends("parameter_ids")
    def _compute_file(self):
        for wizard in self:
            text = wizard.parameter_ids._csv_text()
            # with a mark, by which spreadsheets know UTF-8
            wizard.file = base64.b64encode(text.encode("utf-8-sig"))
            wizard.filename = "legal_values.csv"
