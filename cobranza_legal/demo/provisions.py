"""What a demo's company provides for bad debts."""

from datetime import timedelta

from odoo import Command


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
        """The accountant books the last month; today is worked out only."""
        runs = self.env["cobranza.provision.run"].with_user(self.user("accountant"))
        run = runs.create({"company_id": self.company.id, "day": self.last_close()})
        run.action_compute()
        run.action_create_accounts()
        run.action_post()
        now = runs.create({"company_id": self.company.id, "day": self.today})
        now.action_compute()
        return run
