from odoo import api, fields, models
from odoo.tools.parse_version import parse_version

from .shipped_file import shipped_records, shipped_version


class CobranzaShippedMixin(models.AbstractModel):
    """A record of the user that started from one that an addon ships.

    When the installed code ships a newer version, both are shown side by side and the
    user says which is to stay.
    """

    _name = "cobranza.shipped.mixin"
    _description = "Started from a shipped record"

    origin_version = fields.Char(
        readonly=True, help="Version of the shipped content it started from."
    )
    kept_version = fields.Char(
        readonly=True,
        copy=False,
        help="The newest shipped version that was looked at and not taken.",
    )
    newer_version = fields.Char(compute="_compute_newer_version")
    newer_html = fields.Html(compute="_compute_newer_html", sanitize=False)

    def _shipped_origin(self):
        """(module, name) of the shipped record behind this one, or None."""
        self.ensure_one()
        # who may see the record may know where it comes from
        rows = self.env["ir.model.data"].sudo()
        domain = [("model", "=", self._name), ("res_id", "=", self._origin.id)]
        for row in rows.search(domain):
            if row.name in shipped_records(row.module):
                return row.module, row.name
        return None

    @api.depends("origin_version", "kept_version")
    def _compute_newer_version(self):
        for record in self:
            record.newer_version = record._newer_version()

    def _newer_version(self):
        """The shipped version that this record has not seen yet, or False."""
        origin = self.origin_version and self._shipped_origin()
        shipped = origin and shipped_version(*origin)
        seen = [one for one in (self.origin_version, self.kept_version) if one]
        newer = shipped and parse_version(shipped) > max(map(parse_version, seen))
        return shipped if newer else False

    @api.depends("newer_version")
    @api.depends_context("lang")
    def _compute_newer_html(self):
        for record in self:
            rows = record._newer_rows() if record.newer_version else ()
            record.newer_html = rows and self.env["ir.qweb"]._render(
                "cobranza_legal.shipped_compare", {"rows": rows}
            )

    def _newer_rows(self):
        """[{mine, shipped, same}]: Markup or text of each part, side by side."""
        raise NotImplementedError

    def action_keep_mine(self):
        """Leave the record as it is until a still newer version is shipped."""
        for record in self.filtered("newer_version"):
            record._through_gate().kept_version = record.newer_version

    def action_take_shipped(self):
        raise NotImplementedError
