import hashlib

from odoo import models
from odoo.fields import Domain

BATCH = 100
SHOWN = 50


class CobranzaContact(models.Model):
    """Whether what is kept is still what was sent."""

    _inherit = "cobranza.contact"

    def _verify(self):
        """{contact id: [message]} of the entries whose text or files are not those
        that were hashed; what was erased has nothing left to compare."""
        found = {}
        for start in range(0, len(self), BATCH):
            batch = self[start : start + BATCH]
            for contact in batch.filtered(lambda one: not one.erased_on):
                problems = [*contact._verify_text(), *contact._verify_files()]
                if problems:
                    found[contact.id] = problems
            batch.attachment_id.invalidate_recordset(["raw", "datas"], flush=False)
        return found

    def _verify_text(self):
        if self.content_hash and not self._verify_hash():
            yield self.env._("The text is not the one that was sent.")
        if self.outcome_hash and self.outcome_hash != self._outcome_digest():
            yield self.env._("The outcome is not the one that was written down.")
        former = self.env["res.partner"].sudo().browse(self.recipient_ref)
        if self.recipient_ref and former != self.recipient_id and former.exists():
            yield self.env._("The recipient is not the one that was written to.")

    def _verify_files(self):
        """Files of the contact and of its events against their hashes."""
        # whoever reads the contact may verify it; the content is not given away
        kept = [(self.attachment_id.sudo(), self.file_hash)]
        kept += [(one.attachment_id.sudo(), one.file_hash) for one in self.event_ids]
        for file, digest in kept:
            if not digest:
                continue
            if hashlib.sha256(file.raw or b"").hexdigest() != digest:
                yield self.env._(
                    "The file %s is not the one that was kept.", file.name or "–"
                )

    def action_verify(self):
        """Recompute the hashes of these entries and say what differs."""
        made = self.filtered("content_hash")
        found = made._verify()
        erased = made.filtered("erased_on")
        lines = [
            self.env._(
                "%s entries are as they were sent.", len(made - erased) - len(found)
            )
        ]
        if erased:
            lines.append(self.env._("%s entries were erased.", len(erased)))
        for contact in made.browse(list(found)[:SHOWN]):
            lines.append(f"{contact.display_name}: {' '.join(found[contact.id])}")
        return self._say_verified(lines, danger=bool(found))

    def _say_verified(self, lines, danger):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Some entries differ")
                if danger
                else self.env._("The log is intact"),
                "message": "\n".join(lines),
                "type": "danger" if danger else "success",
                "sticky": True,
            },
        }


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    def action_view_log(self):
        """Everything that was said to this debtor and heard from it."""
        action = self._action_related("cobranza_legal.action_contact_log")
        made = Domain("debtor_id", "=", self.id) & Domain("sent_at", "!=", False)
        return {**action, "domain": list(made)}
