from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from .block import PURPOSE


class CobranzaContact(models.Model):
    """The letter that tells a debtor of debits to come. It claims nothing, and passes
    the gate of all contacts; leaving late, it moves the day of the debit."""

    _inherit = "cobranza.contact"

    @api.model
    def _plan_debit_notices(self, debits):
        """One released letter for each debtor of ``debits``; as superuser."""
        own = self.sudo()
        channel = self.env["cobranza.channel.email"]
        groups = debits.grouped(lambda debit: (debit.debtor_id, debit.currency_id))
        contacts = own._through_gate().create(
            [
                {
                    "company_id": debtor.company_id.id,
                    "debtor_id": debtor.id,
                    "currency_id": currency.id,
                    "channel": "email",
                    "text_purpose": PURPOSE,
                    "state": "planned",
                    "planned_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    **own._notice_recipient(debtor, channel),
                }
                for debtor, currency in groups
            ]
        )
        for contact, mine in zip(contacts, groups.values(), strict=True):
            mine._through_gate().write({"notice_contact_id": contact.id})
        contacts = contacts.with_env(own.env)
        contacts.action_release()
        return contacts

    @staticmethod
    def _notice_recipient(debtor, channel):
        lawyer = debtor.represented_on and debtor.representative_id
        recipient = lawyer or debtor._recipient()
        return {
            "recipient_id": recipient.id,
            "recipient_chosen": bool(lawyer),
            "address": channel._address(recipient) or False,
        }

    def _merge_debits(self):
        # sudo: whoever reads the letter reads what it says
        debits = self.env["cobranza.debit"].sudo()
        debits = debits.search(
            [("notice_contact_id", "=", self.id), ("state", "!=", "cancelled")],
            order="collect_on, id",
        )
        today = self._letter_day()
        rows = Markup().join(
            Markup("<li>%s: %s · %s</li>")
            % (
                debit.document,
                formatLang(self.env, debit.amount, currency_obj=debit.currency_id),
                format_date(self.env, debit._told_day(today)),
            )
            for debit in debits
        )
        return {
            "debit_list": Markup("<ul>%s</ul>") % rows,
            "debit_total": self._format_amount(sum(debits.mapped("amount"))),
            "debit_mandate": ", ".join(debits.mandate_id.mapped("reference")),
            "debit_creditor": ", ".join(
                filter(None, debits.mandate_id.mapped("creditor_identifier"))
            ),
        }


class CobranzaDebit(models.Model):
    """How its debtor is told."""

    _inherit = "cobranza.debit"

    def _told_day(self, day):
        """The day of the debit that a letter of ``day`` names."""
        return self._day_if_told(day) if self.state == "planned" else self.collect_on

    @api.model
    def _noticed(self, contacts):
        """These letters have left: their debits move to the days that they name."""
        debits = self.search(
            [
                ("notice_contact_id", "in", contacts.ids),
                ("state", "=", "planned"),
            ]
        )
        for day, mine in (
            debits._with_law_memo()
            .grouped(lambda debit: debit.notice_contact_id._letter_day())
            .items()
        ):
            mine._move_days(day)
            mine._set_state("notified", None, notified_on=day)

    @api.model
    def _notice_bounced(self, contacts):
        """These letters did not arrive: their debtors have to be told again."""
        debits = self.search(
            [
                ("notice_contact_id", "in", contacts.ids),
                ("state", "=", "notified"),
            ]
        )
        debits._set_state(
            "planned",
            self.env._("Its notice did not arrive"),
            notified_on=False,
            notice_contact_id=False,
        )
