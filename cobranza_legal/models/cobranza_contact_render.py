import hashlib
import json
import uuid

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_domain_extract


class CobranzaContact(models.Model):
    """What a contact says: the text, merged in the debtor's language."""

    _inherit = "cobranza.contact"

    def _current_text(self):
        """The text of this contact's purpose today, empty if there is none."""
        self.ensure_one()
        texts = self.env["cobranza.text"].with_company(self.company_id)
        if not self.text_purpose:
            return texts
        rules = self.company_id._cobranza_rules()
        return texts._choose(
            self.text_purpose,
            self.debtor_id.regime,
            rules._country(),
            self._lang(),
            self.company_id._cobranza_today(),
        )

    def _text_key(self):
        """Contacts of one key have the same text today."""
        debtor = self.debtor_id
        return (self.company_id, self.text_purpose, debtor.regime, self._lang())

    def _no_text_message(self):
        labels = dict(self._fields["text_purpose"]._description_selection(self.env))
        return self.env._(
            "There is no approved text “%(purpose)s” for %(debtor)s (%(lang)s).",
            purpose=labels.get(self.text_purpose, "-"),
            debtor=self.debtor_id.display_name,
            lang=self._lang(),
        )

    def _text_lang(self, text):
        """The installed language in which figures and dates of ``text`` are written."""
        lang = self._lang()
        return self.debtor_id._installed_lang(
            lang if text.lang[:2] == lang[:2] else text.lang
        )

    def _render(self):
        """{text_id, lang, subject, body, and the courtesy of a letter} as they would
        leave now.

        UserError when there is no text, or it cannot be merged.
        """
        self.ensure_one()
        text = self._current_text()
        if not text:
            if self._channel_model()._needs_text:
                raise UserError(self._no_text_message())
            return {"text_id": False, "lang": self.debtor_id._lang()}
        lang = self._text_lang(text)
        template = f"{text.subject or ''} {text.body or ''}"
        said = {"cobranza_template": template, "cobranza_text_lang": text.lang}
        spoken = self.with_context(lang=lang, **said)
        merged = spoken._merge_values()
        subject, body = text._render(merged)
        self._check_filled(text, merged)
        values = {"text_id": text.id, "lang": lang, "subject": subject, "body": body}
        return self._with_courtesy(text, values)

    def _frozen_values(self):
        """Everything that is frozen when the contact leaves now."""
        recipient = self._current_recipient()
        values = {
            **self._render(),
            "recipient_id": recipient.id,
            "address": self._channel_model()._address(recipient) or False,
        }
        return {**values, "content_hash": self._content_hash(values)}

    def _letter_content(self):
        """{lang, subject, body, courtesy, recipient, text} of the letter: as frozen,
        else as it would be now."""
        self.ensure_one()
        names = ("lang", "subject", "body", "courtesy")
        said = {name: self[name] for name in names}
        text = self.text_id
        if not self.content_hash:
            said = self._render()
            text = text.browse(said["text_id"])
        words = text and f"{text.name} v{text.version}"
        return {**said, "recipient": self._current_recipient(), "text": words}

    def _content_text(self, values):
        """What was said, to whom and about how much, in the form that is hashed."""
        content = {
            "channel": self.channel,
            "recipient": values["recipient_id"],
            "address": values["address"] or "",
            "subject": values.get("subject") or "",
            "body": str(values.get("body") or ""),
            "currency": self.currency_id.name or "",
            "claims": sorted(
                (
                    line.debt_id.id,
                    line.level,
                    f"{line.amount:.6f}",
                    f"{line.amount_credit:.6f}",
                )
                for line in self.line_ids
            ),
        }
        if values.get("courtesy"):
            content["courtesy"] = str(values["courtesy"])
        return json.dumps(content, sort_keys=True, ensure_ascii=False)

    def _content_hash(self, values):
        """SHA-256 of ``_content_text``."""
        return hashlib.sha256(self._content_text(values).encode()).hexdigest()

    def _verify_hash(self):
        """Whether the frozen content is still what was sent."""
        return self.content_hash == self._content_hash(self._said_values())

    def _new_attempt(self):
        """A Message-ID that nobody else has."""
        company = self.company_id
        sender = self.env["cobranza.channel.email"]._sender(company)
        domain = email_domain_extract(sender) or "localhost"
        return f"<{uuid.uuid4().hex}.{self.id}.cobranza@{domain}>"
