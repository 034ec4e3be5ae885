from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.cobranza_legal.kernel.duties import FollowUpDuty
from odoo.addons.cobranza_legal.models.res_company import INTERNAL

from . import law

UNHEARD = ("no_answer", "wrong_number", "third_party")
"""Outcomes of calls in which the debtor was told nothing."""


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_cl_written_copy = fields.Selection(
        [
            ("letter", "Always a letter"),
            ("email", "By e-mail to whom has proven to receive it"),
        ],
        string="Information in writing",
        default="letter",
        required=True,
        help="Ley 19.496, art. 37: whoever does not answer gets it in writing.",
        groups=INTERNAL,
        tracking=True,
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_cl_written_copy = fields.Selection(
        related="company_id.l10n_cl_written_copy", readonly=False
    )


class CobranzaRulesCl(models.AbstractModel):
    """What a collection obliges to afterwards."""

    _inherit = "cobranza.rules.cl"

    def _follow_up_duties(self, contacts):
        """Also: the information in writing to the protected who stay silent, so many
        days after the first contact about a debt was delivered (after it was made,
        where nothing proves its delivery), unless a letter about the debt has left.

        Once for each debt. Ley 19.496 art. 37, by Ley 21.062: since 8 January 2018.
        """
        found = super()._follow_up_duties(contacts)
        protected = contacts.filtered(
            lambda one: one.debtor_id.regime in law.PROTECTED and one.sent_at
        )
        first = protected._l10n_cl_first_told()
        if not first:
            return found
        days = [one._local_day(one.sent_at) for one in first]
        table = self.env.company._cobranza_legal_table(min(days), max(days))
        for contact, sent in zip(first, days, strict=True):
            wait = table.number_or_none(law.WRITTEN_INFO, sent)
            if not wait:
                continue
            told = contact.received_on or sent
            found.setdefault(contact.id, []).append(
                FollowUpDuty(
                    key="written_info",
                    due_on=told + timedelta(days=int(wait)),
                    channel=self._written_channel(contact),
                    purpose="reminder",
                    article=law.ARTICLE_37,
                    condition="silence",
                )
            )
        return found

    def _written_channel(self, contact):
        """A letter; by setting an e-mail to an address that has proven to work."""
        proven = contact.channel == "email" and contact.received_on
        if proven and self.env.company.l10n_cl_written_copy == "email":
            return "email"
        return "letter"


class CobranzaContact(models.Model):
    _inherit = "cobranza.contact"

    def _l10n_cl_first_told(self):
        """Those of these contacts, none of them on paper, by which the debtor heard of
        some debt first, and of which no letter has told since. One query."""
        self.flush_model()
        paper = self.env["cobranza.rules"]._channel_codes("paper")
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT c.id
                     FROM cobranza_contact c
                     JOIN cobranza_contact_line l ON l.contact_id = c.id
                    WHERE c.id = ANY(%(ids)s) AND c.channel <> ALL(%(paper)s)
                      AND coalesce(c.outcome, '') <> ALL(%(unheard)s)
                      AND NOT EXISTS (
                          SELECT 1 FROM cobranza_contact_line k
                            JOIN cobranza_contact o ON o.id = k.contact_id
                           WHERE k.debt_id = l.debt_id AND k.episode = l.episode
                             AND o.id <> c.id AND o.direction = 'outbound'
                             AND o.state IN ('sent', 'in_doubt')
                             AND coalesce(o.outcome, '') <> ALL(%(unheard)s)
                             AND (o.channel = ANY(%(paper)s)
                                  OR (o.sent_at, o.id) < (c.sent_at, c.id)))
                    ORDER BY c.id""",
                ids=self.ids,
                paper=list(paper),
                unheard=list(UNHEARD),
            )
        )
        return self.browse(row[0] for row in rows)
