"""Documents that lack: the responsible of the debtor is asked, once for all of them."""

from datetime import timedelta

from odoo.tools import html2plaintext

from ..common.checklist import READ_OF_DEBTORS, DocumentChecklist
from ..common.words import QUIET

KIND = "cobranza_legal.mail_activity_documents"


AGAIN = timedelta(days=30)
"""How long nobody is asked again after somebody said that it was done."""


class DocumentTasks:
    """One task for each debtor of a company of whom something required lacks, so many
    new ones a day as the company says, the most urgent debtors first; it is done when
    nothing lacks any more."""

    def __init__(self, env, company, today):
        self.env, self.company, self.today = env, company, today

    def run(self):
        """Raise, renew and close the tasks of today. It may be run again."""
        debtors = self.env["cobranza.debtor"].search_fetch(
            [("company_id", "=", self.company.id)], [*READ_OF_DEBTORS, "user_id"]
        )
        if not debtors:
            return
        checklist = DocumentChecklist(self.env, self.company, self.today)
        lacking = checklist.of_debtors(debtors)
        tasks = self._tasks(debtors)
        tasks.filtered(lambda one: one.res_id not in lacking).action_done()
        asked = tasks.filtered(lambda one: one.res_id in lacking).grouped("res_id")
        notes = self._notes(checklist, lacking)
        for number, own in asked.items():
            if html2plaintext(own[0].note or "").strip() != notes[number]:
                own.note = notes[number]
        rest = debtors.filtered(lambda one: one.id in lacking and one.id not in asked)
        self._raise(self._unasked(rest), notes)

    def _notes(self, checklist, lacking):
        """{id of a debtor: what lacks, in words}; each list of types is put into words
        once."""
        words = {}
        for types in lacking.values():
            key = tuple(types)
            if key not in words:
                words[key] = checklist.names(self.env, types)
        return {number: words[tuple(types)] for number, types in lacking.items()}

    def _activities(self):
        # sudo: tasks are raised for others, and without an e-mail for each
        return self.env["mail.activity"].sudo().with_context(**QUIET)

    def _kind(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(KIND, raise_if_not_found=True)

    def _domain(self, debtors):
        return [
            ("res_model", "=", "cobranza.debtor"),
            ("res_id", "in", debtors.ids),
            ("activity_type_id", "=", self._kind()),
        ]

    def _tasks(self, debtors):
        return self._activities().search(self._domain(debtors))

    def _unasked(self, debtors):
        """Those of whom nobody has said lately that it was done, as many as today's
        number, the first of ``debtors`` before the others."""
        most = self.company.cobranza_document_tasks
        if not (debtors and most):
            return debtors.browse()
        done = self._activities().with_context(active_test=False)
        lately = [("active", "=", False), ("date_done", ">", self.today - AGAIN)]
        groups = done._read_group([*self._domain(debtors), *lately], ["res_id"])
        answered = {number for (number,) in groups}
        return debtors.filtered(lambda one: one.id not in answered)[:most]

    def _raise(self, debtors, notes):
        if not debtors:
            return
        debtors.mapped("display_name")  # each activity asks for its own
        owners = debtors._task_owners()
        model = self.env["ir.model"]._get_id("cobranza.debtor")
        kind = self._kind()
        summary = self.env._("Documents are missing")
        self._activities().create(
            [
                {
                    "res_model_id": model,
                    "res_id": debtor.id,
                    "activity_type_id": kind,
                    "summary": summary,
                    "note": notes[debtor.id],
                    "user_id": owners[debtor].id,
                    "date_deadline": self.today,
                    "automated": True,
                }
                for debtor in debtors
            ]
        )

    @classmethod
    def close(cls, env, debtors):
        """Close the tasks of those of these debtors of whom nothing lacks any more;
        nothing is looked at where nobody was asked."""
        for company, own in debtors.grouped("company_id").items():
            tasks = cls(env, company, company._cobranza_today())._tasks(own)
            if tasks:
                asked = own.browse(set(tasks.mapped("res_id")))
                lacking = DocumentChecklist(env, company).of_debtors(asked)
                tasks.filtered(
                    lambda one, known=lacking: one.res_id not in known
                ).action_done()
