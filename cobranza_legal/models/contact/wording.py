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
    country.

    ``told``: the partners who read it; by default the debtor. ``debts``: what it is
    about; None: about none in particular, so it may be about all that is open."""

    def __init__(self, debtor, told=None, debts=None):
        self.debtor = debtor
        self.env = debtor.env
        self.told = told or debtor.partner_id
        self.debts = debts

    def objections(self, subject, body, *, open_subject=True, open_body=False):
        """The objections of the rules to a subject and a body (HTML), of which others
        can read what is open. Names and addresses of the debtor's people are none."""
        debtor, company = self.debtor, self.debtor.company_id
        said = Wording(
            str(body or ""), subject or "", open_subject, open_body, self._own_names()
        )
        rules, on = company._cobranza_rules(), company._cobranza_today()
        found = rules._text_objections(said, debtor.regime, on)
        # what is always forbidden is said once
        known = {one.words for one in found}
        more = rules._barred_objections(said, debtor.regime, on)
        more = [one for one in more if one.words not in known]
        return [*found, *more] if more and self._is_about_barred() else found

    def barred_objections(self, subject, body):
        """The objections to words about what cannot be claimed in court any more."""
        debtor, company = self.debtor, self.debtor.company_id
        said = Wording(str(body or ""), subject or "", names=self._own_names())
        rules, on = company._cobranza_rules(), company._cobranza_today()
        found = rules._barred_objections(said, debtor.regime, on)
        return found if found and self._is_about_barred() else []

    def _is_about_barred(self):
        """Whether something that it may be about is time-barred against somebody who
        reads it."""
        # sudo: what is barred does not depend on who writes
        debtor, debts = self.debtor.sudo(), self.debts
        if debts is None:
            debts = debtor.debt_ids.filtered(
                lambda debt: not (debt.settled or debt.void_reason)
            )
        gone = debts._barred_against()
        own = debtor._own_people()
        people = {
            (debtor.partner_id if person <= own else person).id for person in self.told
        }
        return any(people & barred for barred in gone.values())

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
        self._refuse(found)

    def check_barred(self, values):
        """UserError when what is about to be written with these ``values`` of
        ``message_post`` threatens with a court whoever cannot be sued any more."""
        body = values.get("body") or ""
        body = Markup(body) if values.get("body_is_html") else escape(body)
        said = without_quotes(body)
        self._refuse(self.barred_objections(values.get("subject"), said))

    def _refuse(self, found):
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
