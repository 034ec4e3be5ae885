"""Debits that were presented, and of which neither money nor a return is known."""

from datetime import date

from odoo import api, fields, models
from odoo.tools import format_date

from ...kernel.periods import ONE_DAY


class CobranzaDebit(models.Model):
    """What is done about debits of which the bank says nothing.

    They cover their debts until their return days are over, by the interbank rules of
    the scheme. Then the debts go on as their policies say, unless the bank's entries
    are too old to tell; the debits stay presented, so that their items are not debited
    twice, and somebody is asked once.
    """

    _inherit = "cobranza.debit"

    @api.model
    def _bank_blind(self, company, today):
        """(newest bank entry, first day) of ``company``: debits collected from that day
        on may have been paid without our knowing. All of them where the bank is older
        than the company's limit. (False, None): none, as nobody waits for the bank
        (limit 0) or no bank is kept here at all."""
        days = company.cobranza_bank_guard_days
        newest = days > 0 and self.env["cobranza.contact"]._newest_bank_day(company)
        if not newest:
            return False, None
        fresh = fields.Date.subtract(today, days=days)
        return newest, date.min if newest < fresh else newest + ONE_DAY

    def _is_silent(self, today):
        """Whether it was presented and comes back no more, and nobody has said that it
        did or was paid."""
        return bool(
            self.state == "presented"
            and self.return_until
            and self.return_until < today
        )

    def _ask_early(self, today):
        """These debits are with the bank, and their items were paid before their day by
        other means: somebody is asked once to take them back in time."""
        self._through_gate().write({"early_on": today})
        self._ask(
            self.env._("Paid before its direct debit"),
            self.env._(
                "Take the debit back from the bank before its day, or the debtor pays "
                "twice."
            ),
        )

    def _ask_silent(self, today):
        """Ask once what became of these debits, naming the batch and the ways out."""
        self._through_gate().write({"asked_on": today})
        for company, debits in self.grouped("company_id").items():
            newest, blind = self._bank_blind(company, today)
            way = self.env._(
                "Match the payment if it came; record that the debit came back, or "
                "that the money never came. Until then it is not debited again."
            )
            if blind and max(debits.mapped("collect_on")) >= blind:
                way = self.env._(
                    "The newest bank entry is of %(day)s: bring the bank up to date "
                    "first. %(way)s",
                    day=format_date(self.env, newest),
                    way=way,
                )
            debits._ask(
                self.env._("A direct debit neither was paid nor came back"), way
            )


class CobranzaWhy(models.AbstractModel):
    """Which debit a debt waits for."""

    _inherit = "cobranza.why"

    def _details_debits(self, debt, row, credit):
        lines = debt.move_line_id | debt.former_line_ids
        # sudo: who sees the debt may know what covers it
        debits = self.env["cobranza.debit"].sudo()
        found = debits.search(
            [("move_line_id", "in", lines.ids), ("state", "=", "presented")]
        )
        return [
            " · ".join(filter(None, (debit.display_name, debit.batch_id.name)))
            for debit in found
        ]
