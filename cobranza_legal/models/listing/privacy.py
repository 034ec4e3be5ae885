"""How long reports to registers are kept whole, and what is left of them afterwards."""

from odoo import models
from odoo.fields import Command

OVER = ("removed", "rejected", "cancelled")


GONE = ("reported_number", "reported_name", "reported_address", "note")


MATTERS = {
    "credit_registers": (
        "listing_ids",
        (
            *("name", "register", "state", "debt_id", "due_on", "submitted_on"),
            *("blocked_until", "purge_on", "reported", "reported_number"),
            *("reported_name", "reported_address", "removal_reason", "ended_on"),
            *("origin", "consent_on", "contract_on", "note", "erased_on"),
        ),
    ),
    "told_to_registers": (
        "listing_ids.entry_ids",
        ("kind", "amount", "reason", "decided_on", "due_on", "state", "sent_on"),
    ),
    "answers_of_registers": (
        "listing_ids.answer_ids",
        ("answer", "day", "reason", "file_hash"),
    ),
}
"""As ``privacy.data.MATTERS``."""


class CobranzaListing(models.Model):
    """What stays of reports that are over."""

    _inherit = "cobranza.listing"

    def _refusals_of_erasure(self):
        """[message] of those that are not over: what the register knows is proven until
        it is gone."""
        for one in self:
            if one.state not in OVER:
                yield self.env._("Report to a credit register: %s.", one.display_name)

    def _over_before(self, day):
        """Those that were over before a day and are whole still."""
        return self.filtered(
            lambda one: (
                one.state in OVER
                and not one.erased_on
                and one.ended_on
                and one.ended_on < day
            )
        )

    def _erase(self, today):
        """Who was reported, and the files of these, go; amounts, days, hashes and
        reasons of the register stay. Returns the files that are to be erased."""
        files = self.consent_file_ids | self.contract_file_ids
        answers, told = self.answer_ids, self.entry_ids.file_id
        values = {name: False for name in GONE}
        values |= {
            "consent_file_ids": [Command.clear()],
            "contract_file_ids": [Command.clear()],
            "erased_on": today,
        }
        self._through_gate().write(values)
        self._forget_changes()
        # a file tells of many people: it goes when the last of them does
        shared = told.filtered(
            lambda one: one.entry_ids.listing_id.filtered(lambda own: not own.erased_on)
        )
        whole = answers.attachment_id
        others = self.env["cobranza.listing.answer"].search(
            [("attachment_id", "in", whole.ids), ("id", "not in", answers.ids)]
        )
        kept = others.filtered(lambda one: not one.listing_id.erased_on).attachment_id
        gone = answers.filtered(lambda one: one.attachment_id not in kept)
        files |= gone.attachment_id | (told - shared).attachment_id
        gone._through_gate().write({"attachment_id": False})
        (told - shared)._through_gate().write({"attachment_id": False})
        return files
