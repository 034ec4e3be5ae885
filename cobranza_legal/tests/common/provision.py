"""What the provisions of every chart have in common."""

from odoo.exceptions import UserError


class ProvisionStories:
    """Helpers about runs of ``cls.company``, as an accountant."""

    def _provide(self, day, post=True):
        """A run of a day, posted."""
        run = self.env["cobranza.provision.run"].create(
            {"company_id": self.company.id, "day": day}
        )
        run.action_compute()
        if post:
            run.action_post()
        return run

    def _accounts(self):
        return self.company._cobranza_provision_accounts()

    def _balance(self, role, day=None):
        """What stands on the account of a role, up to a day."""
        account = self._accounts()[role]
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        if day:
            domain.append(("date", "<=", day))
        [[total]] = self.env["account.move.line"]._read_group(
            domain, [], ["balance:sum"]
        )
        return round(total, 2)

    def _sides(self, move):
        """[(code of the account, balance)] of an entry."""
        lines = move.line_ids.sorted(lambda one: (one.account_id.code, one.balance))
        return [(one.account_id.code, one.balance) for one in lines]

    def _assert_refused(self, words, action):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            action()
        self.assertIn(words, str(caught.exception))
        self.env.invalidate_all()
