"""How long handovers to agencies are kept whole, and what is left of them."""

from odoo import fields, models

from .placement import LIVE

MATTERS = {
    "collection_agencies": (
        "placement_ids",
        (
            *("name", "agency_id", "state", "debt_ids", "amount", "currency_id"),
            *("placed_on", "until", "ended_on", "outcome", "note", "erased_on"),
        ),
    ),
    "told_to_agencies": (
        "placement_ids.notice_ids",
        ("kind", "debt_id", "owed", "currency_id", "reason", "state", "told_on"),
    ),
}
"""As ``privacy.data.MATTERS``."""


class CobranzaPlacement(models.Model):
    """What stays of handovers that are over."""

    _inherit = "cobranza.placement"

    def _refusals_of_erasure(self):
        """[message] of those that are not over."""
        for one in self.filtered(lambda one: one.state in LIVE):
            yield self.env._("With a collection agency: %s.", one.display_name)

    def _over_before(self, begin):
        """Those that were over before a moment and are whole still."""
        return self.filtered(
            lambda one: (
                one.state in ("ended", "cancelled")
                and not one.erased_on
                and not any(row.moment >= begin for row in one.history_ids)
            )
        )

    def _erase(self, why):
        """What was written about these goes; numbers, days, amounts and the outcome
        stay. Returns the files, which are to be erased too. Run through the gate."""
        self.write(
            {
                "note": False,
                "state_reason": False,
                "erased_on": fields.Datetime.now(),
                "erased_reason": why,
            }
        )
        self.notice_ids.write({"reason": False})
        self._forget_changes()
        # a file tells of many people: it goes when the last of them does
        whole = self.file_ids.filtered(
            lambda file: all(one.erased_on for one in file.placement_ids)
        )
        files = whole.attachment_id
        whole.write({"attachment_id": False, "report": False})
        return files
