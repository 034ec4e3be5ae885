"""What a demo's company provides for bad debts."""

from datetime import timedelta

from odoo import Command

FIRST_RUN = 370
"""Days ago of the first run: what it provided for in whole may be written off."""


class Provisions:
    def switch_on_provisions(self):
        """As in the settings."""
        group = self.env.ref("cobranza_legal.group_provisions")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]

    def assess(self, customer, percent, reason):
        """The manager judges that so much of what a customer owes will be lost."""
        manager = self.user("manager")
        assessments = self.env["cobranza.provision.assessment"].with_user(manager)
        return assessments.create(
            {
                "debtor_id": self.debtor(customer).id,
                "percent": percent,
                "reason": reason,
                "since": self.last_close(),
            }
        )

    def insure(self, customer, insurer, number, covered, days):
        return self.env["cobranza.credit.insurance"].create(
            {
                "debtor_id": self.debtor(customer).id,
                "insurer_id": insurer.id,
                "policy_number": number,
                "covered": covered,
                "declare_days": days,
                "since": self.ago(365),
                "user_id": self.user("collector").id,
            }
        )

    def last_close(self):
        """The last day of the month before this one."""
        return self.today.replace(day=1) - timedelta(days=1)

    def provide(self):
        """The accountant booked a first run a year ago, and the last month."""
        for day in (self.ago(FIRST_RUN), self.last_close()):
            run = self._computed(day)
            run.action_create_accounts()
            run.action_post()
        return run

    def provide_today(self):
        """Worked out only."""
        return self._computed(self.today)

    def _computed(self, day):
        runs = self.env["cobranza.provision.run"].with_user(self.user("accountant"))
        run = runs.create({"company_id": self.company.id, "day": day})
        run.action_compute()
        return run

    # -- write-offs --------------------------------------------------------------------

    def ask_write_off(self, customer, note, report, declared):
        """All that a customer owes is given up: the lawyer, who has had its debts for
        half a year, declares them uncollectible; finance is asked to approve."""
        with self.on(180):
            self.hand_over(customer)
        offs = self.env["cobranza.write.off"].with_user(self.user("accountant"))
        debts = self.debtor(customer).debt_ids.filtered(lambda one: not one.settled)
        write_off = offs.create(
            {
                "company_id": self.company.id,
                "day": self.today,
                "note": note,
                "line_ids": [Command.create({"debt_id": debt.id}) for debt in debts],
                "file_ids": self.paper(report, self.customers[customer].name),
            }
        )
        write_off.action_request()
        write_off.with_user(self.user("lawyer"))._declare(declared)
        return write_off

    def write_off(self, *args):
        """The same, approved by the manager and booked."""
        write_off = self.ask_write_off(*args)
        approval = self.env["cobranza.approval"].search(
            [("res_model", "=", write_off._name), ("res_id", "=", write_off.id)]
        )
        approval.with_user(self.user("manager"))._answer(True, "")
        write_off.invalidate_recordset()
        write_off.action_post()
        return write_off

    # -- tax of unpaid invoices --------------------------------------------------------

    def watch_tax(self):
        """As every night."""
        self.env["cobranza.vat.relief"]._follow(self.company, self.today)

    def take_tax_back(self, document, days, proof):
        """The tax of a document that was claimed so many days ago, as the law asks."""
        reliefs = self.env["cobranza.vat.relief"].with_user(self.user("accountant"))
        move = self.documents[document]
        relief = reliefs.search([("move_id", "=", move.id), ("ground", "=", "unpaid")])
        file = self.paper(proof, f"{move.partner_id.name}: {move.name}")
        relief.write({"typed_proof_on": self.ago(days), "proof_file_ids": file})
        dialog = reliefs.env["cobranza.vat.relieve"].create(
            {
                "relief_ids": [Command.set(relief.ids)],
                "day": self.today,
                "books_say_it": True,
                "none_secured": True,
            }
        )
        dialog.action_confirm()
        return relief
