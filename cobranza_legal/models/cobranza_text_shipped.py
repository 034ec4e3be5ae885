from markupsafe import Markup

from odoo import models

from .shipped_file import shipped_records, shipped_values

KEY = ("purpose", "country_id", "regime", "lang")


class CobranzaText(models.Model):
    """A newer version of the text that one's own started from."""

    _name = "cobranza.text"
    _inherit = ["cobranza.text", "cobranza.shipped.mixin"]

    def _same_key(self):
        """All versions of this text, archived ones too, newest first."""
        domain = [
            (name, "=", self[name].id if name == "country_id" else self[name])
            for name in KEY
        ]
        texts = self.with_context(active_test=False)
        return texts.search(domain, order="version desc, id desc")

    def _shipped_origin(self):
        """Versions of a user have no external id: that of the shipped one counts."""
        shipped = self._same_key().filtered(lambda one: one.law or one.starter)
        return super(CobranzaText, shipped[0])._shipped_origin() if shipped else None

    def _newer_version(self):
        """Only the version that is used or prepared is asked about; those of the law
        come by themselves."""
        newest = self._same_key().filtered("active")[:1]
        if self.law or self._origin != newest:
            return False
        return super()._newer_version()

    def _shipped_content(self):
        module, name = self._shipped_origin()
        node = shipped_records(module)[name]
        values = shipped_values(self.sudo().env, module, node)
        return {name: values.get(name) for name in ("name", "subject", "body")}

    def _newer_rows(self):
        shipped = self._shipped_content()
        clean = self._fields["body"].convert_to_cache(shipped["body"], self)
        return [
            {
                "mine": self.subject,
                "shipped": shipped["subject"],
                "same": self.subject == shipped["subject"],
            },
            {
                "mine": Markup(self.body),
                "shipped": Markup(clean),
                "same": self.body == clean,
            },
        ]

    def action_take_shipped(self):
        """A draft with the shipped words, to be read and approved."""
        self.ensure_one()
        newer = self.newer_version
        draft = self.copy(self._shipped_content())
        draft._through_gate().origin_version = newer
        return draft._get_records_action()
