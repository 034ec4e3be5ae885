"""How long mandates and debits are kept whole, and what is left of them afterwards."""

from odoo import models
from odoo.fields import Command
from odoo.tools import format_date


class CobranzaMandate(models.Model):
    """How long a mandate is kept whole, and what stays of it."""

    _inherit = "cobranza.mandate"

    _over = ("exhausted", "expired", "revoked")
    _personal = ("account_number", "bank_account_id", "signed_place", "note")

    def _refusals_of_erasure(self, today):
        """[message] of the mandates that may still be debited, or whose debits may
        still be taken back: the creditor proves until then what was signed."""
        for mandate in self:
            if mandate.state not in mandate._over:
                yield self.env._("Open mandate: %s.", mandate.display_name)
                continue
            until = mandate._disputable_until(today)
            if until and until >= today:
                yield self.env._(
                    "%(mandate)s: a debit may be taken back as unauthorised until "
                    "%(day)s.",
                    mandate=mandate.display_name,
                    day=format_date(self.env, until),
                )

    def _disputable_until(self, today):
        """The last day on which a debit by this mandate may be taken back as one that
        nobody authorised; None where there is none."""
        debits = self.env["cobranza.debit"].search(
            [("mandate_id", "=", self.id), ("unauthorised_until", "!=", False)],
            order="unauthorised_until desc",
            limit=1,
        )
        days = [debits.unauthorised_until]
        scheme = self.company_id._cobranza_mandate_schemes(today).get(self.scheme)
        if scheme and self.last_used_on:
            days.append(scheme.unauthorised_until(self.last_used_on))
        return max(filter(None, days), default=None)

    def _erase(self, cutoff, why):
        """``_erase_document``, and the accounts that were amended."""
        self.amendment_ids.filtered(lambda row: row.kind == "account").write(
            {"old": False, "new": False}
        )
        self.amendment_ids.write({"reason": why})
        return self._erase_document(cutoff, why)


class CobranzaDebit(models.Model):
    """What stays of debits: what the books say too."""

    _inherit = "cobranza.debit"

    def _refusals_of_erasure(self):
        for debit in self.filtered(
            lambda one: one.state in ("planned", "notified", "presented")
        ):
            yield self.env._("Open direct debit: %s.", debit.display_name)

    def _erase(self, cutoff, begin):
        """What the bank and we said of debits before the day ``cutoff`` goes; their
        files that are older than its ``begin``, which are to be erased too."""
        old = self.filtered(
            lambda one: (
                one.collect_on < cutoff
                and one.state in ("paid", "returned", "refunded", "cancelled")
            )
        )
        files = old.return_file_ids.filtered(lambda file: file.create_date < begin)
        old.write(
            {
                "return_note": False,
                "note": False,
                "return_file_ids": [Command.unlink(file.id) for file in files],
            }
        )
        return files
