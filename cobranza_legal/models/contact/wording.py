from lxml import html
from markupsafe import Markup, escape

from odoo.exceptions import UserError

from ...kernel.wording import Wording

ENVELOPED = ("paper", "voice", "task")
"""Kinds of channel whose subject others do not read."""


QUOTES = "//blockquote | //*[@data-o-mail-quote] | //*[@data-o-mail-quote-container]"


def without_quotes(body):
    """The HTML of a message without what it quotes of the debtor's."""
    if not body:
        return ""
    tree = html.fragment_fromstring(str(body), create_parent="div")
    for quote in tree.xpath(QUOTES):
        quote.drop_tree()
    return html.tostring(tree, encoding="unicode")


class TypedText:
    """A text that is about to be sent to one debtor, checked by the rules of its
    country."""

    def __init__(self, debtor):
        self.debtor = debtor
        self.env = debtor.env

    def objections(self, subject, body, *, open_subject=True, open_body=False):
        """The objections of the rules to a subject and a body (HTML), of which others
        can read what is open. Names and addresses of the debtor's people are none."""
        debtor, company = self.debtor, self.debtor.company_id
        said = Wording(
            str(body or ""), subject or "", open_subject, open_body, self._own_names()
        )
        rules = company._cobranza_rules()
        return rules._text_objections(said, debtor.regime, company._cobranza_today())

    def check_typed(self, channel, values):
        """UserError when what is about to be written to people outside by ``channel``,
        with these ``values`` of ``message_post``, says what the law forbids. Whatever
        it quotes was said before."""
        body = values.get("body") or ""
        body = Markup(body) if values.get("body_is_html") else escape(body)
        subject = values.get("subject") or ""
        found = self.objections(
            subject if subject != self.debtor.display_name else "",
            without_quotes(body),
            open_subject=channel == "email",
            open_body=self.env[f"cobranza.channel.{channel}"]._on_screen,
        )
        if found:
            texts = self.env["cobranza.text"]
            raise UserError(
                self.env._(
                    "This message may not go to %(debtor)s:\n%(reasons)s",
                    debtor=self.debtor.display_name,
                    reasons="\n".join(texts._objection_words(one) for one in found),
                )
            )

    def _own_names(self):
        # sudo: people of the debtor, whoever writes to them
        debtor = self.debtor.sudo()
        people = debtor._permitted_people() | debtor.partner_id
        one_line = self.env["cobranza.contact"]._one_line
        names = [
            text
            for one in people
            for text in (one.name, one.street, one.city, one_line(one))
            if text
        ]
        return tuple(dict.fromkeys(names))
