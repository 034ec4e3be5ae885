import hashlib

from odoo import models
from odoo.exceptions import UserError


class CobranzaContactEvent(models.Model):
    """The files of events: each event has its own, with the hash that it had when the
    event was written down."""

    _inherit = "cobranza.contact.event"

    def _own_files(self, vals_list):
        """Give every event its own file, and the SHA-256 of it, whatever was said."""
        for vals in vals_list:
            vals.pop("file_hash", None)
            file = self.env["ir.attachment"].browse(vals.get("attachment_id"))
            if not file:
                continue
            if not self._is_through_gate():
                file.check_access("read")
            if not file.sudo().raw:
                raise UserError(
                    self.env._("“%s” is empty: it proves nothing.", file.name)
                )
            file = self._own_file(file, vals["contact_id"])
            vals["attachment_id"] = file.id
            vals["file_hash"] = hashlib.sha256(file.raw).hexdigest()

    def _own_file(self, file, contact_id):
        """A file of the contact: its own, one that nothing else has, or a copy."""
        place = ("cobranza.contact", contact_id)
        # sudo: what belongs to the contact is not asked of who adds the event
        file = file.sudo()
        if (file.res_model, file.res_id) == place:
            return file.with_env(self.env)
        values = {"res_model": place[0], "res_id": place[1], "res_field": False}
        values |= {"public": False, "access_token": False}
        if file.res_id or file.res_field:
            file = file.copy({**values, "name": file.name, "raw": file.raw})
        else:
            file.write(values)
        return file.with_env(self.env)
