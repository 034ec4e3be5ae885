from datetime import date

from lxml import etree

from odoo.tests import tagged

from .test_debit import ReturnCommon

OURS = (
    *("cobranza.mandate", "cobranza.mandate.amendment", "cobranza.debit"),
    *("cobranza.debit.batch", "cobranza.settlement.undone"),
)
"""Models whose rows the switch leaves as they are."""


WORDS = ("mandate", "debit_count", "no_debit", "direct_debit")
"""What the names of the block's fields and buttons contain."""


SCREENS = {
    "cobranza.debtor": "cobranza_legal.view_cobranza_debtor_form",
    "res.partner": "base.view_partner_form",
    "account.move": "account.view_move_form",
}


@tagged("post_install", "-at_install")
class TestSwitch(ReturnCommon):
    """Direct debit is switched off, on and off again in a company that uses it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(
            cls.registry["ir.cron"],
            "_commit_progress",
            lambda *_args, **_values: float("inf"),
        )
        cls.cron = cls.env.ref("cobranza_legal.ir_cron_send")
        cls.company.write(
            {
                "email": "claims@creditor.example.com",
                "cobranza_mode": "automatic",
                "cobranza_bank_guard_days": 0,
            }
        )
        cls.partner_a.email = "debtor@customer.example.com"

    def _every_state(self):
        """Debits in every state on 2026-11-23, {state: debit}; the one that is planned
        waits for its letter."""
        self.mandate._through_gate().write({"notice_agreed": True, "notice_days": 2})
        found = {}
        with self.at("2026-11-09"):
            past = {
                name: self._bill("2026-11-12", 100, invoice_date="2026-10-20")
                for name in ("paid", "returned", "refunded", "own", "cancelled")
            }
            past["presented"] = self._bill("2026-11-16", 100, invoice_date="2026-10-20")
            batch = self._batch("2026-11-20")
            batch.debit_ids._tell(date(2026, 11, 9))
        by_move = {debit.move_id: debit for debit in batch.debit_ids}
        found |= {name: by_move[move] for name, move in past.items()}
        with self.at("2026-11-10"):
            found["cancelled"].action_take_out()
        with self.at("2026-11-11"):
            batch.action_present()
        with self.at("2026-11-12"):
            self._pay(found["paid"].move_id, "2026-11-12")
            payment = self._pay(found["refunded"].move_id, "2026-11-12")
        self._upkeep("2026-11-13")
        self._back(found["returned"], "unknown", "2026-11-16")
        self._back(found["refunded"], "T_REFUND", "2026-11-16")
        self._pay_back(payment, "2026-11-16")
        self._back(found["own"], "T_ERROR", "2026-11-16")
        with self.at("2026-11-20"):
            told = self._bill("2026-12-01", 100)
            waits = self._bill("2026-12-02", 100)
            batch = self._batch("2026-12-10")
        by_move = {debit.move_id: debit for debit in batch.debit_ids}
        found |= {"notified": by_move[told], "planned": by_move[waits]}
        with self.at("2026-11-20"):
            found["notified"]._tell(date(2026, 11, 20))
            batch.action_notify()
        self.assertTrue(found["planned"].notice_contact_id.released)
        self.mandate.debtor_id._judge_if_marked()
        own = found["own"]
        self.assertEqual((own.state, own.own_error), ("returned", True))
        for state, debit in found.items():
            if state != "own":
                self.assertEqual(debit.state, state)
        return found

    def _pay_back(self, payment, day):
        """The bank's entry for the money that it took back."""
        entry = payment.move_id if "move_id" in payment else payment
        credit = entry.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        cash = self.company_data["default_journal_bank"].default_account_id
        receivable = {"account_id": credit.account_id.id, "balance": -credit.balance}
        receivable["partner_id"] = credit.partner_id.id
        back = self._book(day, receivable, (cash, credit.balance))
        (credit | back.line_ids[0]).reconcile()

    def _snapshot(self):
        """{(model, id): stored values} of what the block keeps."""
        self.env.invalidate_all()
        result = {}
        for name in OURS:
            model = self.env[name].sudo().with_context(active_test=False)
            stored = [
                key
                for key, field in model._fields.items()
                if field.store and not field.type.endswith("2many")
            ]
            for row in model.search([]).read(stored, load=None):
                result[name, row.pop("id")] = row
        return result

    def _seen(self, user):
        """Name of the block's menu, below which all others stand, and of what screens
        of others show of it."""
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        menus = self.env["ir.ui.menu"].with_user(user)
        visible = menus.browse(menus._visible_menu_ids())
        root = self.env.ref("cobranza_legal.menu_direct_debit")
        found = {menu.name for menu in root if menu in visible}
        for model, screen in SCREENS.items():
            view = self.env.ref(screen)
            own = self.env[model].with_user(user).sudo(False)
            if not own.has_access("read"):
                continue
            arch = own.get_view(view.id, "form")["arch"]
            names = {node.get("name", "") for node in etree.fromstring(arch).iter("*")}
            found |= {one for one in names if any(word in one for word in WORDS)}
        return found

    def _nightly(self, day):
        with self.at(day):
            self.env["cobranza.debtor"].sudo()._cron_upkeep()

    def _send(self, day):
        with self.at(day), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def test_nothing_is_seen_while_it_is_off(self):
        users = [self._role(role) for role in ("collector", "manager", "accountant")]
        on = [self._seen(user) for user in users]
        self.assertTrue(all(on))
        self._switch(False)
        for user in users:
            self.assertFalse(self._seen(user), user.login)
        self._switch(True)
        self.assertEqual([self._seen(user) for user in users], on)

    def test_off_nothing_runs_and_nothing_is_lost(self):
        debits = self._every_state()
        self.company.cobranza_document_tasks = 0  # no task of others
        activities = self.env["mail.activity"].sudo()
        self._switch(False)
        before, tasks = self._snapshot(), activities.search_count([])
        for day in ("2026-11-24", "2026-12-15", "2027-03-01"):
            self._nightly(day)
            self.assertEqual(self._snapshot(), before, day)
        self.assertEqual(activities.search_count([]), tasks)
        self._switch(True)
        self.assertEqual(self._snapshot(), before)
        self._nightly("2026-12-15")
        self.assertEqual(debits["notified"].state, "cancelled")  # its day has passed
        self.assertTrue(debits["presented"].asked_on)
        after = self._snapshot()
        self._switch(False)
        self._nightly("2026-12-16")
        self.assertEqual(self._snapshot(), after)

    def test_what_is_with_the_bank_is_not_asked_for_while_it_is_off(self):
        debits = self._every_state()
        self._run("2026-11-21")
        names = ("presented", "own", "returned")
        debts = {name: self._debts(debits[name].move_id) for name in names}
        on = {name: debt.reason for name, debt in debts.items()}
        self.assertEqual(on["presented"], "direct_debit")
        self.assertEqual(on["own"], "direct_debit")
        self.assertNotEqual(on["returned"], "direct_debit")
        levels = {name: debt.level_id for name, debt in debts.items()}
        self._switch(False)
        for switch in (False, True, False):
            self._switch(switch)
            self._run("2026-11-23")
            for name in ("presented", "own"):
                self.assertEqual(debts[name].reason, "direct_debit", (switch, name))
                self.assertEqual(debts[name].level_id, levels[name])
        # the return days are over: it is asked for; our own error still is not
        self._run("2026-11-24")
        self.assertNotEqual(debts["presented"].reason, "direct_debit")
        self.assertEqual(debts["own"].reason, "direct_debit")

    def test_its_letters_wait_until_it_is_on_again(self):
        debit = self._every_state()["planned"]
        contact = debit.notice_contact_id
        self._switch(False)
        self._send("2026-11-24")
        self.env.invalidate_all()
        self.assertEqual(contact.state, "planned")
        self.assertTrue(contact.released)
        self.assertIn("switched off", contact.waiting_note)
        self._switch(True)
        self.assertFalse(contact._missing().get(contact.id))
        contact._through_gate()._set_state("sending")
        # what is noted of a letter that left does not depend on the switch
        self._switch(False)
        with self.at("2026-11-25"):
            contact._through_gate()._set_state("sent", sent_at="2026-11-25 12:00:00")
        self.assertEqual(debit.state, "notified")
        contact._add_events("bounced", "Mail server")
        self.assertEqual(debit.state, "planned")
