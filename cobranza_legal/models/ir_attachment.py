import base64

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .cobranza_state_mixin import CONTEXT_KEY, GATE

BYTES = {"raw", "datas", "db_datas", "store_fname"}
FROZEN = {
    *BYTES,
    *("name", "mimetype", "type", "url", "public"),
    *("res_model", "res_id", "res_field", "company_id"),
}


class IrAttachment(models.Model):
    """The files of a contact are evidence, whoever they hang from and whoever asks:
    other addons delete files as superuser on behalf of any user."""

    _inherit = "ir.attachment"

    def _cobranza_evidence(self):
        """The files among these that a contact keeps."""
        # whoever touches the file need not read contacts
        env = self.sudo().env
        found = self.browse()
        for model in ("cobranza.contact", "cobranza.contact.event"):
            rows = env[model].search(Domain("attachment_id", "in", self.ids))
            found |= self & rows.attachment_id.sudo(self.env.su)
        closed = Domain("state", "!=", "open")
        disputes = env["cobranza.dispute"].search(
            closed & Domain("attachment_ids", "in", self.ids)
        )
        opt_outs = env["cobranza.opt.out"].search(
            Domain("attachment_ids", "in", self.ids)
        )
        for matters in (disputes, opt_outs):
            found |= self & matters.attachment_ids.sudo(self.env.su)
        return found | self._cobranza_posted()

    def _cobranza_posted(self):
        """Files of messages that people sent from the chatter of a debtor."""
        # sudo: whoever touches the file need not read debtors
        files = self.sudo().filtered(lambda one: one.res_model == "cobranza.debtor")
        if not files:
            return self.browse()
        messages = (
            self.sudo()
            .env["mail.message"]
            .search(
                [("model", "=", "cobranza.debtor"), ("attachment_ids", "in", files.ids)]
            )
        )
        return self & messages._cobranza_evidence().attachment_ids.sudo(self.env.su)

    def _cobranza_check_evidence(self, vals=None):
        """UserError when one of these files is evidence and is deleted or, by ``vals``,
        changed. Ours are sorted out first: of the files of others nothing is read."""
        if not self or self.env.context.get(CONTEXT_KEY) is GATE:
            return
        files = self._cobranza_evidence()
        if vals is not None:
            files = files.filtered(lambda file: file._cobranza_changes(vals))
        if files:
            raise UserError(
                self.env._(
                    "%s is evidence and is kept as it is.",
                    files.sudo()[0].name,
                )
            )

    def _cobranza_changes(self, vals):
        """Whether these values are other than what is kept: moving the file between
        disk and database writes the same bytes again."""
        self.ensure_one()
        file, names = self.sudo(), FROZEN & set(vals)  # sudo: a comparison only
        if names & {"db_datas", "store_fname"}:
            return True
        for name in names:
            old, new = file.raw if name in BYTES else file[name], vals[name]
            if name == "datas":
                try:
                    new = base64.b64decode(new or b"")
                except ValueError:  # no base64: in any case not what is kept
                    return True
            if (new or False) != (getattr(old, "id", old) or False):
                return True
        return False

    def write(self, vals):
        if FROZEN & set(vals):
            self._cobranza_check_evidence(vals)
        return super().write(vals)

    def unlink(self):
        self._cobranza_check_evidence()
        return super().unlink()
