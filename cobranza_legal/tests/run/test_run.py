from odoo.tests import tagged

from ..common.base import CobranzaCommon


@tagged("post_install", "-at_install")
class TestRun(CobranzaCommon):
    """What the run decides, and that it decides it once."""

    def test_nothing_opens_before_the_first_level_is_reached(self):
        move = self._invoice(due="2026-10-05")
        self._run("2026-10-09")
        self.assertFalse(self._debts(move))
        self._run("2026-10-10")
        self.assertEqual(self._debts(move).level, 1)

    def test_a_level_before_the_due_date_opens_the_debt_early(self):
        self.company.cobranza_policy_id = self._policy((-3, {}), (5, {}))
        move = self._invoice(due="2026-10-05")
        self._run("2026-10-02")
        with self.at("2026-10-04"):
            debt = self._debts(move)
            self.assertEqual((debt.level, debt.days_late), (1, 0))

    def test_a_second_run_of_the_day_changes_nothing(self):
        self._invoice(due="2026-10-05")
        self._invoice(due="2026-09-05", partner=self.partner_b)
        self._run("2026-10-20")
        before = self._snapshot()
        self._run("2026-10-20")
        self.assertEqual(self._snapshot(), before)

    def _snapshot(self):
        debts = self.env["cobranza.debt"].search([])
        fields = ["level", "level_id", "level_since", "reason", "next_on", "episode"]
        contacts = self.env["cobranza.contact"].search_count([])
        return debts.read(fields), contacts

    def test_old_debts_enter_at_the_first_level_without_a_burst(self):
        move = self._invoice(due="2026-01-05", invoice_date="2026-01-01")
        for day, level in (("2026-10-20", 1), ("2026-10-21", 2), ("2026-10-22", 3)):
            self._run(day)
            # in proposal mode the first act has not been released: nothing moves on
            self.assertEqual(self._debts(move).level, 1, (day, level))
        self.assertEqual(len(self.env["cobranza.contact"].search([])), 1)

    def test_old_debts_may_enter_at_the_level_of_their_age(self):
        self.policy.entry = "age"
        move = self._invoice(due="2026-10-01")
        self._run("2026-10-20")
        self.assertEqual(self._debts(move).level, 2)
        self.assertEqual(len(self._debts(move).contact_line_ids), 1)

    def test_the_policy_of_the_invoice_beats_partner_tag_and_company(self):
        policies = [self._policy((1, {}), name=name) for name in "ITP"]
        invoice, tag, partner = policies
        tags = self.env["res.partner.category"].create(
            [{"name": "A", "cobranza_policy_id": tag.id}]
        )
        moves = self.env["account.move"]
        for vals in (
            {"cobranza_policy_id": invoice.id},
            {},
        ):
            moves |= self._invoice(due="2026-10-05", **vals)
        self.partner_a.cobranza_policy_id = partner
        self.partner_b.category_id = tags
        moves |= self._invoice(due="2026-10-05", partner=self.partner_b)
        third = self.env["res.partner"].create({"name": "Third"})
        moves |= self._invoice(due="2026-10-05", partner=third)
        self._run("2026-10-20")
        reasons = self._debts(moves).mapped("policy_reason")
        self.assertEqual(reasons, ["invoice", "partner", "category", "company"])

    def test_the_tag_with_the_lowest_sequence_wins(self):
        late = self._policy((1, {}), name="late", sequence=20)
        soon = self._policy((1, {}), name="soon", sequence=5)
        tags = self.env["res.partner.category"].create(
            [
                {"name": "A", "cobranza_policy_id": late.id},
                {"name": "B", "cobranza_policy_id": soon.id},
            ]
        )
        self.partner_a.category_id = tags
        move = self._invoice(due="2026-10-05")
        self._run("2026-10-20")
        self.assertEqual(self._debts(move).policy_id, soon)

    def test_a_new_policy_takes_the_debt_at_its_last_level_that_is_not_later(self):
        move = self._invoice(due="2026-10-05")
        self._run("2026-10-10")
        self._release()
        self._run("2026-10-20")
        self.assertEqual(self._debts(move).level, 2)
        other = self._policy((1, {}), (10, {}), (14, {}), (60, {}))
        self.partner_a.cobranza_policy_id = other
        self._run("2026-10-21")
        debt = self._debts(move)
        self.assertEqual((debt.policy_id, debt.level), (other, 3))
        self.assertEqual(len(debt.contact_line_ids), 2)

    def _release(self):
        self.company._cobranza_switch("confirm")
        self.env["cobranza.contact"].search(
            [("state", "=", "planned")]
        ).action_release()

    def test_archiving_a_level_never_moves_a_debt_down(self):
        move = self._invoice(due="2026-10-05")
        self._run("2026-10-10")
        self._release()
        self._run("2026-10-20")
        debt = self._debts(move)
        self.assertEqual(debt.level, 2)
        debt.level_id.active = False
        self.assertEqual(debt.level, 1)
        self._release()
        self._run("2026-11-10")
        self.assertEqual(debt.level_id.days, 30)

    def test_one_contact_for_a_debtor_keeps_each_debt_at_its_own_level(self):
        self.policy.entry = "age"
        first = self._invoice(due="2026-10-14", amount=100)
        second = self._invoice(due="2026-10-01", amount=200)
        self._run("2026-10-20")
        contact = self.env["cobranza.contact"].search([])
        self.assertEqual(len(contact), 1)
        self.assertEqual(contact.amount, 300)
        self.assertEqual(contact.level_id, self._debts(second).level_id)
        self.assertEqual(sorted(contact.line_ids.mapped("level")), [1, 2])
        self.assertEqual(self._debts(first).level, 1)

    def test_two_currencies_are_two_contacts(self):
        other = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        self._invoice(due="2026-10-05", amount=100)
        self._invoice(due="2026-10-05", amount=100, currency_id=other.id)
        self._run("2026-10-20")
        contacts = self.env["cobranza.contact"].search([])
        self.assertEqual(
            sorted(contacts.mapped("currency_id.name")),
            sorted([self.company.currency_id.name, "CHF"]),
        )

    def test_the_minimum_is_the_debtors_total_at_todays_rate(self):
        other = self.setup_other_currency(
            "CHF", rates=[("2020-01-01", 2.0), ("2026-10-15", 0.5)]
        )
        policy = self._policy((5, {"minimum": 150}))
        self.company.cobranza_policy_id = policy
        move = self._invoice(due="2026-10-05", amount=100, currency_id=other.id)
        self._run("2026-10-10")
        debt = self._debts(move)
        self.assertEqual((debt.level, debt.reason), (0, "below_minimum"))
        self._run("2026-10-20")
        self.assertEqual(debt.reason, "entered")
        self.assertEqual(debt.level, 1, "100 CHF are 200 at the rate of the day")

    def test_opening_balances_wait_for_the_first_day_assistant(self):
        entry = self._opening_entry(500)
        self._run("2026-10-20")
        self.assertFalse(self._debts(entry))
        wizard = self.env["cobranza.first.day"].create({})
        self.assertEqual((wizard.line_count, wizard.line_amount), (1, 500))
        wizard.action_include()
        self._run("2026-10-20")
        self.assertEqual(self._debts(entry).level, 1)

    def _opening_entry(self, amount):
        receivable = self.company_data["default_account_receivable"]
        equity = self.company_data["default_account_revenue"]
        owed = {
            "account_id": receivable.id,
            "partner_id": self.partner_b.id,
            "balance": amount,
            "date_maturity": "2026-08-01",
        }
        return self._book("2026-08-01", owed, (equity, -amount))

    def test_the_run_counts_its_book_by_reason(self):
        self._invoice(due="2026-10-05")
        blocked = self._invoice(due="2026-10-05", partner=self.partner_b)
        blocked.action_toggle_block_payment()
        run = self._run("2026-10-20")
        self.assertEqual(run.state, "done")
        self.assertEqual(run.counts, {"entered": 1, "blocked_payment": 1})
        self.assertEqual(
            (run.debtor_count, run.opened_count, run.moved_count), (2, 2, 1)
        )

    def test_sql_and_orm_write_the_same_rows(self):
        move = self._invoice(due="2026-10-05")
        twin = self._invoice(due="2026-10-05")
        self._run("2026-10-20")
        by_sql, twin_debt = self._debts(move), self._debts(twin)
        skipped = {"id", "move_id", "move_line_id", "document"}
        columns = [
            name
            for name, field in by_sql._fields.items()
            if field.store and field.column_type and name not in skipped
        ]
        vals = twin_debt.read(columns, load=False)[0]
        line = twin_debt.move_line_id
        twin_debt.contact_line_ids.contact_id._set_state("cancelled")
        self.env.cr.execute("DELETE FROM cobranza_contact_line")
        self.env.cr.execute("DELETE FROM cobranza_debt WHERE id = %s", [twin_debt.id])
        self.env.invalidate_all()
        by_orm = (
            self.env["cobranza.debt"]
            .sudo()
            .create(
                {
                    **vals,
                    "move_id": twin.id,
                    "move_line_id": line.id,
                    "document": twin.name,
                }
            )
        )
        ours = by_sql.read(columns, load=False)[0]
        theirs = by_orm.read(columns, load=False)[0]
        stamps = {"id", "create_date", "write_date", "create_uid", "write_uid"}
        for name in set(columns) - stamps:
            self.assertEqual(ours[name], theirs[name], name)
