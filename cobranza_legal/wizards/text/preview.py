from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...kernel.message import plain_text, sms_size
from ...models.common.rows import Row
from ...models.contact.wording import TypedText
from ...models.text.text import MergeError, render_html, render_plain

WIDTHS = {"desktop": "720px", "mobile": "360px"}


FRAME = Markup(
    '<iframe sandbox="" style="width:%s;max-width:100%%;height:640px;'
    'border:1px solid #999;background:#fff;" srcdoc="%s"></iframe>'
)


class CobranzaTextPreview(models.TransientModel):
    """A text as the debtor will see it: an e-mail, a message or a letter, with the data
    of a debtor or with examples."""

    _name = "cobranza.text.preview"
    _inherit = "cobranza.dialog.mixin"
    _description = "Text as the debtor will see it"

    text_id = fields.Many2one(
        "cobranza.text",
        string="This text",
        compute="_compute_text",
        store=True,
        readonly=False,
    )
    purpose = Row("cobranza.text.purpose")
    debtor_id = fields.Many2one("cobranza.debtor", help="Empty: with example data.")
    lang = fields.Selection(selection="_selection_lang", string="Language")
    shape = fields.Selection(
        [("email", "E-mail"), ("message", "SMS or message"), ("letter", "Letter")],
        required=True,
        default=lambda self: self._default_shape(),
    )
    width = fields.Selection(
        [("desktop", "Computer"), ("mobile", "Phone")], required=True, default="desktop"
    )
    subject = fields.Char(compute="_compute_seen")
    seen = fields.Html(compute="_compute_seen", sanitize=False)
    plain = fields.Text(compute="_compute_seen")
    size = fields.Char(compute="_compute_seen")
    objections = fields.Text(compute="_compute_seen")

    @api.model
    def _default_shape(self):
        """As the channel ``preview_channel`` of the context carries texts, else as the
        purpose ``preview_purpose`` is read; an e-mail if neither is given."""
        code = self.env.context.get("preview_channel")
        channel = self.env["cobranza.channel"]._row(code)
        if channel is not None:
            by_machine = channel._class_kind == "remote" and not channel._is_printed
            kind = "email" if by_machine else "letter"
            return "message" if channel._is_plain else kind
        purpose = self.env.context.get("preview_purpose")
        on_screen = self.env["cobranza.text.purpose"]._is(purpose, "screen")
        return "message" if on_screen else "email"

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    @api.depends("purpose", "debtor_id", "lang")
    def _compute_text(self):
        """The text that the debtor would get today, unless one was chosen."""
        company = self.env.company
        rules = company._cobranza_rules()
        for one in self.filtered("purpose"):
            debtor = one.debtor_id
            lang = one.lang or (debtor and debtor._lang()) or rules._text_lang()
            regime = debtor.regime or "consumer"
            today = company._cobranza_today()
            key = (one.purpose, regime, rules._country(), lang, today)
            one.text_id = self.env["cobranza.text"]._choose(*key)

    @api.depends("text_id", "debtor_id", "shape", "width", "lang")
    def _compute_seen(self):
        for one in self:
            one.subject = one.seen = one.plain = one.size = one.objections = False
            if not one.text_id:
                continue
            said = one._said()
            one.subject, one.objections = said["subject"], one._objections(said)
            if one.shape == "email":
                one.seen = FRAME % (WIDTHS[one.width], str(said["body"]))
            elif one.shape == "message":
                one.plain = plain_text(said["body"])
                one.size = one._size(one.plain)

    def _size(self, words):
        size = sms_size(words)
        return self.env._(
            "%(parts)s SMS, %(units)s characters", parts=size.parts, units=size.units
        )

    # -- what is said --------------------------------------------------------------

    def _contact(self):
        """A contact that is nowhere: it claims what the debtor owes today."""
        debtor, text = self.debtor_id, self.text_id
        company = debtor.company_id or self.env.company
        claims = debtor.debt_ids._claimable() if debtor else {}
        debts = debtor.debt_ids.filtered(lambda debt: debt.id in claims)
        debts = debts.filtered(lambda debt: debt.currency_id == debts[:1].currency_id)
        rows = [(debt, *map(float, claims[debt.id][:2])) for debt in debts]
        return self.env["cobranza.contact"].new(
            {
                "company_id": company.id,
                "debtor_id": debtor.id,
                "currency_id": (debts.currency_id or company.currency_id).id,
                "channel": {"letter": "letter"}.get(self.shape, "email"),
                "text_purpose": text.purpose,
                "state": "planned",
                "amount": sum(amount - credit for _debt, amount, credit in rows),
                "amount_credit": sum(credit for _debt, _amount, credit in rows),
                "line_ids": [
                    Command.create(
                        {"debt_id": debt.id, "amount": gross, "amount_credit": credit}
                    )
                    for debt, gross, credit in rows
                ],
            }
        )

    def _said(self):
        """{lang, subject, body} with the debtor's data, or examples. What cannot be
        merged is told in the body."""
        text = self.text_id.with_company(self.debtor_id.company_id or self.env.company)
        spoken = self.with_context(lang=self._spoken_lang(text))
        try:
            values = self._values(spoken, text)
            subject = render_plain(text.subject, values)
            body = render_html(text.body, values)
        except (MergeError, UserError) as error:
            words = str(error)
            if isinstance(error, MergeError):
                words = text._merge_message(error)
            subject, body = False, Markup("<p>%s</p>") % words
        return {"lang": spoken.env.lang, "subject": subject, "body": body}

    def _values(self, spoken, text):
        if not self.debtor_id:
            return text.with_context(lang=spoken.env.lang)._samples()
        template = f"{text.subject or ''} {text.body or ''}"
        said = {"cobranza_template": template, "cobranza_text_lang": text.lang}
        return spoken.with_context(**said)._contact()._merge_values()

    def _spoken_lang(self, text):
        lang = self.lang or (self.debtor_id and self.debtor_id._lang()) or text.lang
        like = lang if lang[:2] == text.lang[:2] else text.lang
        return self.env["cobranza.debtor"]._installed_lang(like)

    def _objections(self, said):
        """What the law has against these words for this debtor, or for whom the text
        serves."""
        text, debtor = self.text_id, self.debtor_id
        if not debtor:
            return text.objections
        found = TypedText(debtor).objections(
            said["subject"],
            said["body"],
            open_subject=text._wording().open_subject,
            open_body=text._wording().open_body,
        )
        return "\n".join(text._objection_words(one) for one in found)

    # -- the letter ----------------------------------------------------------------

    def action_letter(self):
        """The letter as it will be printed."""
        self.ensure_one()
        report = self.env.ref("cobranza_legal.action_report_text_preview")
        return report.report_action(self, config=False)

    def _letter_content(self):
        """The letter's content, in the shape that its template asks for."""
        text, debtor = self.text_id, self.debtor_id
        recipient = debtor and debtor._recipient()
        if not recipient:
            samples = text._spoken()._samples()
            recipient = self.env["res.partner"].new({"name": samples["debtor_name"]})
        words = f"{text.name} v{text.version}"
        said = {"courtesy": False, "recipient": recipient, "text": words}
        return {**self._said(), **said}

    def _document_title(self):
        return self.text_id.display_name
