from markupsafe import Markup

from odoo import fields, models


class CobranzaContact(models.Model):
    """A few words in the debtor's language before a text that is in another one."""

    _inherit = "cobranza.contact"

    courtesy = fields.Html(
        readonly=True,
        copy=False,
        sanitize=False,
        help="The page before a letter that is not in the debtor's language.",
    )

    def _courtesy_note(self, text):
        """What this is and whom to ask, for a debtor whose language the text lacks; in
        English where the suite does not speak it. Empty if it is not needed."""
        wanted = self._lang()
        if text.lang[:2] == wanted[:2]:
            return Markup()
        languages = self.env["res.lang"].with_context(active_test=False)
        name = languages.search([("code", "=", text.lang)], limit=1).name or text.lang
        company = self.company_id
        spoken = self.with_context(lang=self._spoken_lang(wanted)).env
        paragraphs = [
            spoken._(
                "This is a message from %(company)s about amounts that are unpaid in "
                "its books. It is written in this language: %(language)s.",
                company=company.name,
                language=name,
            ),
            spoken._(
                "If you do not understand it, or have questions, please ask us before "
                "you do anything else: %s.",
                ", ".join(
                    part
                    for part in (company.name, company.phone, company.email)
                    if part
                ),
            ),
        ]
        return Markup().join(Markup("<p>%s</p>") % one for one in paragraphs)

    def _spoken_lang(self, wanted):
        """The language wanted, or one like it, if it is installed; else English."""
        company = self.company_id or self.env.company
        found = company._cobranza_lang(wanted)
        if found.partition("_")[0] == wanted.partition("_")[0]:
            return found
        return company._cobranza_lang("en_US")

    def _with_courtesy(self, text, values):
        """The rendered ``values`` of a text with its courtesy note: a page before what
        is on paper, a paragraph before what is read on a screen, nothing in what is
        spoken by our own people."""
        note, kind = self._courtesy_note(text), self._channel_model()._class_kind
        if kind == "paper":
            return {**values, "courtesy": note or False}
        if note and kind == "remote":
            return {**values, "body": note + Markup("<hr/>") + values["body"]}
        return values
