"""Customers who are to be debited and have signed nothing: somebody is asked."""

from ..common.words import QUIET
from .choice import MandateChooser, say_choice

BATCH = 1000


class MandateTasks:
    """One task for each debtor of a company that pays by direct debit, owes something
    that is not paid, and has no mandate that may be debited."""

    def __init__(self, env, company, today):
        self.env, self.company, self.today = env, company, today

    def raise_all(self):
        """Raise the tasks that are not raised yet: a debtor is asked about once, until
        a mandate of its became valid."""
        for debtors in self._debtors():
            missing = self._missing(self._open_moves(debtors.partner_id))
            self._raise(debtors, missing)

    def _debtors(self):
        debtors = self.env["cobranza.debtor"].search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id.cobranza_direct_debit", "=", True),
                ("mandate_asked_on", "=", False),
            ],
            order="id",
        )
        for start in range(0, len(debtors), BATCH):
            yield debtors[start : start + BATCH]

    def _open_moves(self, partners):
        return self.env["account.move"].search_fetch(
            self.env["account.move"]._cobranza_domain_to_debit(self.company, partners),
            ["commercial_partner_id", "currency_id"],
        )

    def _missing(self, moves):
        """{partner id: why, in words} of those that nothing may be debited from."""
        wanted = {
            (move.commercial_partner_id.id, move.currency_id.name) for move in moves
        }
        choices = MandateChooser(self.env, self.company, self.today).choices(wanted)
        return {
            partner: say_choice(self.env, choice)
            for (partner, _currency), choice in choices.items()
            if not choice.candidate
        }

    def _raise(self, debtors, missing):
        debtors = debtors.filtered(lambda debtor: debtor.partner_id.id in missing)
        if not debtors:
            return
        debtors.mapped("display_name")  # each activity asks for its own
        nobodys = debtors.filtered(lambda debtor: not debtor.user_id.active)
        someone = nobodys[0]._task_owner() if nobodys else None
        kind = self.env.ref("mail.mail_activity_data_todo").id
        model = self.env["ir.model"]._get_id("cobranza.debtor")
        summary = self.env._("Direct debit without a mandate")
        vals_list = [
            {
                "res_model_id": model,
                "res_id": debtor.id,
                "activity_type_id": kind,
                "summary": summary,
                "note": missing[debtor.partner_id.id],
                "user_id": (debtor.user_id.filtered("active") or someone).id,
                "date_deadline": self.today,
                "automated": True,
            }
            for debtor in debtors
        ]
        debtors._through_gate().with_context(**QUIET).write(
            {"mandate_asked_on": self.today}
        )
        # tasks are raised for others, and without an e-mail for each
        self.env["mail.activity"].sudo().with_context(**QUIET).create(vals_list)
