from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError

from .cobranza_channel_base import NotDelivered, SessionUnavailable
from .merge_text import render_html, render_plain


class CobranzaText(models.Model):
    """A sample letter to oneself, before anything goes to a debtor."""

    _inherit = "cobranza.text"

    @api.model
    def _sample_of(self, company):
        """The text of the first e-mail of the company's policy, as a consumer gets it
        in the jurisdiction's language. UserError when the policy has none."""
        policy = company._cobranza_default_policy()
        level = policy.level_ids.filtered(
            lambda one: one.channel == "email" and one.text_purpose
        )[:1]
        rules = company._cobranza_rules()
        text = self._choose(
            level.text_purpose,
            "consumer",
            rules._country(),
            rules._text_lang(),
            company._cobranza_today(),
        )
        if not level or not text:
            raise UserError(
                self.env._(
                    "The policy “%s” sends no e-mail, so there is no sample to send.",
                    policy.name,
                )
            )
        return text

    @api.model
    def _send_sample(self, company, address):
        """Send that text, with example values and the company's own identity."""
        text = self.with_company(company)._sample_of(company)
        contact = self.env["cobranza.contact"].new({"company_id": company.id})
        own = {name: value for name, value in contact._merge_company().items() if value}
        values = {**text._merge_fields(), **own}
        note = Markup("<p><em>%s</em></p>") % self.env._(
            "Sample with example figures, sent only to you."
        )
        channel = self.env["cobranza.channel.email"]
        server = channel._server(company)
        message = server._build_email__(
            email_from=channel._sender(company),
            email_to=[address],
            subject=render_plain(text.subject, values),
            body=note + render_html(text.body, values),
            subtype="html",
        )
        try:
            session = channel._open_session(company)
            channel._deliver((server, message), session)
            channel._close_session(session)
        except (SessionUnavailable, NotDelivered) as error:
            raise UserError(
                self.env._("The sample could not be sent: %s", error)
            ) from error
