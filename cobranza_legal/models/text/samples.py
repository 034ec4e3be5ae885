from datetime import timedelta

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..channel.channel import NotDelivered, SessionUnavailable
from ..common.money import amount_words, say_figures
from .text import render_html, render_plain

LATE = 49


RATE = 10


class CobranzaText(models.Model):
    """What a text looks like before anything goes to a debtor: the preview, and a
    sample letter to oneself."""

    _inherit = "cobranza.text"

    def _spoken(self):
        """This text in a context of its own language, as letters are merged."""
        lang = self.env.company._cobranza_lang(self.lang)
        return self.with_context(lang=lang)

    def _samples(self):
        """{merge field: example} in the context's language: the company's own data,
        and an invented debtor with one late document. Countries add theirs."""
        contact = self.env["cobranza.contact"].new({"company_id": self.env.company.id})
        own = {**contact._merge_company(), **contact._merge_payment()}
        invented = {
            "company_vat": "12345678",
            "company_address": self.env._("1 High Street, Springfield"),
            "company_phone": "+00 555 0100",
            "company_email": "accounts@example.com",
            "iban": "XX00 0000 0000 0000",
            "bank_name": self.env._("Example Bank"),
            "debtor_name": "María Pérez",
            "debtor_vat": "87654321",
            "debtor_address": self.env._("2 Low Street, Springfield"),
            "contact_name": "María Pérez",
            "salutation": contact._salutation_of("María Pérez", False),
            "legal_terms": Markup("<p>%s</p>")
            % self.env._("(What the law says of late payment, where it applies.)"),
        }
        own = {name: value for name, value in own.items() if value}
        page = f"{self.get_base_url()}/my/collections/1"
        paying = {"portal_url": page, "payment_qr": contact._payment_code(page)}
        found = {**invented, **own, **paying, **self._sample_claim(contact)}
        found |= self.env["cobranza.agreement"]._samples()
        found |= self.env["cobranza.dispute"]._samples()
        found |= self.env["cobranza.suspension"]._samples()
        found["payment_method"] = contact._payment().say_transfer(
            found["iban"], found["reference"]
        )
        for block in self.env["cobranza.block"]._blocks():
            found |= block._samples_of_texts(self)
        return found

    def _sample_claim(self, contact):
        company, say = contact.company_id, contact._format_amount
        today = company._cobranza_today()
        due = today - timedelta(days=LATE)
        currency = company.currency_id
        amount = 1234.56 if currency.decimal_places else 1234560
        interest = currency.round(amount * RATE / 100 * LATE / 365)
        claim = {
            "document": f"F/{due.year}/0042",
            "due_date": contact._format_date(due),
            "days_late": str(LATE),
            "amount": say(amount),
        }
        formula = f"{amount} × {RATE}% × {LATE}/365"
        return {
            **claim,
            "today": contact._format_date(today),
            "reference": claim["document"],
            "month": format_date(self.env, due, date_format="MMMM"),
            "year": str(due.year),
            "deadline": contact._format_date(contact._deadline(today)),
            "amount_words": amount_words(currency, amount),
            "total": say(amount + interest),
            "debts_table": self._sample_debts(contact, claim),
            "charges_table": self._sample_charges(
                contact, claim["document"], formula, say(interest)
            ),
        }

    def _sample_debts(self, contact, claim):
        row = {
            "document": claim["document"],
            "due": claim["due_date"],
            "late": claim["days_late"],
            "original": claim["amount"],
            "open": claim["amount"],
        }
        return contact._render_block(
            "cobranza_legal.debts_table",
            rows=[row],
            credit=False,
            claimed=claim["amount"],
        )

    def _sample_charges(self, contact, document, formula, amount):
        kind = self.env["cobranza.charge"]._fields["kind"]
        row = {
            "kind": dict(kind._description_selection(self.env))["interest"],
            "document": document,
            "formula": say_figures(self.env, formula),
            "article": "…",
            "amount": amount,
        }
        return contact._render_block("cobranza_legal.charges_table", charges=[row])

    @api.model
    def _sample_of(self, company):
        """The text of the first e-mail of the company's policy, as a consumer gets it
        in the jurisdiction's language. UserError when the policy has none."""
        policy = company._cobranza_default_policy()
        level = policy.level_ids.filtered(
            lambda level: level.channel == "email" and level.text_purpose
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
        text = self.with_company(company)._sample_of(company)._spoken()
        values = text._samples()
        note = Markup("<p><em>%s</em></p>") % text.env._(
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
