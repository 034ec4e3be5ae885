"""How long mandates and debits are kept whole, and what is left of them afterwards."""

from odoo import fields, models
from odoo.fields import Command
from odoo.tools import format_date

OVER = ("exhausted", "expired", "revoked")
"""States of mandates by which nothing is debited."""

GONE = (
    *("account_number", "bank_account_id", "signed_place", "note", "state_reason"),
    *("document_subject", "document_body", "document_file_id", "signed_file_id"),
)


class CobranzaMandate(models.Model):
    """How long a mandate is kept whole, and what stays of it."""

    _inherit = "cobranza.mandate"

    erased_on = fields.Datetime(readonly=True, copy=False)
    erased_reason = fields.Char("Erased because", readonly=True, copy=False)

    def _refusals_of_erasure(self, today):
        """[message] of the mandates that may still be debited, or whose debits may
        still be taken back: the creditor proves until then what was signed."""
        for mandate in self:
            if mandate.state not in OVER:
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

    def _over_before(self, begin):
        """Those of these mandates with which nothing happened from a moment on."""
        return self.filtered(
            lambda mandate: (
                mandate.state in OVER
                and not mandate.erased_on
                and not any(row.moment >= begin for row in mandate.history_ids)
            )
        )

    def _erase(self, cutoff, why):
        """Accounts, words, signatures and what was said of these mandates, which were
        over before the day ``cutoff``, go; their files, which are to be erased too."""
        if not self:
            return self.env["ir.attachment"]
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", False),
            ]
        )
        files |= self.file_ids | self.document_file_id | self.signed_file_id
        self.signature_ids._erase(why)
        self.amendment_ids.filtered(lambda row: row.kind == "account").write(
            {"old": False, "new": False}
        )
        self.amendment_ids.write({"reason": why})
        self.write(
            {
                **dict.fromkeys(GONE, False),
                "file_ids": [Command.clear()],
                "erased_on": fields.Datetime.now(),
                "erased_reason": why,
            }
        )
        self._erase_said(cutoff, why)
        return files

    def _erase_said(self, cutoff, why):
        """Of the history stays what was changed, without from what to what; the chatter
        goes."""
        self._forget_changes()
        said = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("date", "<", self.company_id._cobranza_midnight(cutoff)),
            ]
        )
        said._cobranza_erase(cutoff, why, self.company_id)


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
