"""What the write-offs of every chart have in common."""

from odoo import Command

from .provision import ProvisionStories


class WriteOffStories(ProvisionStories):
    """Helpers about write-offs of ``cls.company``: asked for by an accountant, declared
    by a lawyer, approved by an approver."""

    def _people(self):
        """{role: user}, made once for a test."""
        if not hasattr(self, "people"):
            roles = ("accountant", "all_lawyer", "approver")
            self.people = {role: self._role(role) for role in roles}
        return self.people

    def _draft(self, debts, ground="exhausted", day="2026-11-23", evidence=True):
        vals = {
            "company_id": self.company.id,
            "day": day,
            "line_ids": [
                Command.create({"debt_id": debt.id, "ground": ground}) for debt in debts
            ],
        }
        if evidence:
            file = {"name": "report.pdf", "raw": b"nothing found"}
            vals["file_ids"] = [Command.create(file)]
        accountant = self._people()["accountant"]
        return self.env["cobranza.write.off"].with_user(accountant).create(vals)

    def _declared(self, write_off):
        write_off.action_request()
        lawyer = self._people()["all_lawyer"]
        write_off.with_user(lawyer)._declare("Nothing can be collected")

    def _approved(self, write_off):
        self._declared(write_off)
        approver = self._people()["approver"]
        self._approval(write_off).with_user(approver)._answer(True, "Agreed")
        self.env.invalidate_all()

    def _approval(self, write_off):
        return self.env["cobranza.approval"].search(
            [("res_model", "=", write_off._name), ("res_id", "=", write_off.id)],
            order="id desc",
            limit=1,
        )

    def _written_off(self, debts, *args, **kwargs):
        """A posted write-off of debts."""
        write_off = self._draft(debts, *args, **kwargs)
        self._approved(write_off)
        write_off.action_post()
        self.env.invalidate_all()
        return write_off

    def _kinds(self, debt):
        found = self.env["cobranza.settlement"].search([("debt_id", "=", debt.id)])
        return {(one.kind, one.amount) for one in found}
