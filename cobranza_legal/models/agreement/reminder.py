"""Reminders before an instalment and after it: planned by the nightly judgement, sent
through the gate of contacts as any other letter."""

from odoo import fields

BEFORE, AFTER = "agreement_reminder", "agreement_missed"
"""Purposes of the mails before and after the day of an instalment."""


REMINDED = ("active",)
"""States in which reminders are sent: of what is broken the notice of breach tells."""


class Reminders:
    """Plans the reminders of running agreements of one company on a day.

    ``days`` before an instalment and after it are settings of the company, 0: none.
    Each row keeps the day on which it was reminded, in the transaction that plans the
    mail: killed and run again, nothing is sent twice. What is paid, or over, before the
    mail has left is cancelled. A fixed number of queries for all, but for what is
    cancelled.
    """

    def __init__(self, company, today):
        # sudo: instalments and mails of the engine are nobody's to write
        company = company.sudo()
        self.env, self.company, self.today = company.env, company, today
        self.days = {
            BEFORE: company.cobranza_agreement_before,
            AFTER: company.cobranza_agreement_after,
        }

    def next_look(self, rows):
        """Days to come on which one of these unpaid rows is to be reminded."""
        for row in rows:
            for day in (self._before(row), self._after(row)):
                if day and day > self.today:
                    yield day

    def _before(self, row):
        days = self.days[BEFORE]
        return days > 0 and fields.Date.subtract(row.due_on, days=days)

    def _after(self, row):
        days = self.days[AFTER]
        return days > 0 and fields.Date.add(row.due_on, days=days)

    def plan(self, unpaid):
        """Plan what is due of the ``unpaid`` rows of {agreement: rows}, and cancel what
        has nothing to tell any more."""
        unpaid = {one.sudo(): rows.sudo() for one, rows in unpaid.items()}
        self._cancel(unpaid)
        vals_list = []
        contacts = self.env["cobranza.contact"]
        for agreement, rows in unpaid.items():
            if agreement.state not in REMINDED:
                continue
            for purpose, field, due in (
                (BEFORE, "reminded_on", self._due_before(rows)),
                (AFTER, "warned_on", self._due_after(rows)),
            ):
                if due:
                    due._through_gate().write({field: self.today})
                    vals_list.append(
                        contacts._letter_vals(
                            agreement.debtor_id,
                            purpose,
                            agreement_id=agreement.id,
                            automatic=True,
                        )
                    )
        return contacts._through_gate().create(vals_list)

    def _due_before(self, rows):
        return rows.filtered(
            lambda row: (
                not row.reminded_on
                and (day := self._before(row))
                and day <= self.today <= row.due_on
            )
        )

    def _due_after(self, rows):
        """One that was never warned of; of those that came due long ago, as where the
        setting is new, one letter tells of all."""
        return rows.filtered(
            lambda row: (
                not row.warned_on
                and (day := self._after(row))
                and row.due_on < day <= self.today
            )
        )

    def _cancel(self, unpaid):
        """Mails that are planned still and tell of nothing now."""
        planned = self.env["cobranza.contact"].search(
            [
                ("agreement_id", "in", [one.id for one in unpaid]),
                ("text_purpose", "in", (BEFORE, AFTER)),
                ("state", "in", ("draft", "planned", "failed")),
            ]
        )
        for contact in planned:
            rows = unpaid[contact.agreement_id]
            if contact.agreement_id.state not in REMINDED or not told_of(
                rows, contact.text_purpose, self.today
            ):
                words = self.env._("Nothing is to be reminded any more")
                contact._set_state("cancelled", words)


def told_of(unpaid, purpose, today):
    """The rows of which a reminder of a purpose tells on a day: those that were missed,
    or the next one to come."""
    if purpose == AFTER:
        return unpaid.filtered(lambda row: row.due_on < today)
    coming = unpaid.filtered(lambda row: row.due_on >= today)
    return coming.sorted("number")[:1]
