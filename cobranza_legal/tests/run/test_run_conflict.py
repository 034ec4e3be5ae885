from unittest.mock import patch

from psycopg2 import errors as pg

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.run import run as cobranza_run
from ..common.base import CobranzaCommon

DAY = "2026-10-20"


@tagged("post_install", "-at_install")
class TestRunConflict(CobranzaCommon):
    """Two runs at once make the same debtor or the same run: the second goes on."""

    def setUp(self):
        super().setUp()
        self.engine = self.env["cobranza.run"].sudo().with_company(self.company)

    def _blind(self, method, looks, model="cobranza.run"):
        """The run's reading finds nothing so many times, as in an old snapshot."""
        run = self.env.registry["cobranza.run"]
        found = getattr(run, method)
        seen = []

        def look(records, *args, **kwargs):
            seen.append(args)
            if len(seen) <= looks:
                return self.env[model].browse()
            return found(records, *args, **kwargs)

        return patch.object(run, method, look)

    def test_a_debtor_that_another_run_has_just_made_is_taken(self):
        debtor = self.engine._ensure_debtors(self.company, self.partner_a)
        partners = self.partner_a | self.partner_b
        blind = self._blind("_find_debtors", 1, "cobranza.debtor")
        with blind, mute_logger("odoo.sql_db"):
            found = self.engine._ensure_debtors(self.company, partners)
        self.assertEqual(found.partner_id, partners)
        self.assertIn(debtor, found)

    def test_a_run_that_another_process_has_just_opened_is_taken(self):
        with self.at(DAY):
            run = self.engine._get_or_open(self.company)
            blind = self._blind("search", 1)
            with blind, mute_logger("odoo.sql_db"):
                self.assertEqual(self.engine._get_or_open(self.company), run)

    def test_what_our_snapshot_cannot_see_asks_for_a_new_one(self):
        self.engine._ensure_debtors(self.company, self.partner_a)
        blind = self._blind("_find_debtors", 99, "cobranza.debtor")
        with (
            blind,
            mute_logger("odoo.sql_db"),
            self.assertRaises(pg.SerializationFailure),
        ):
            self.engine._ensure_debtors(self.company, self.partner_a)

    def _cron_meeting(self, times):
        """The run of the day, whose batch meets another transaction so many times."""
        self._invoice(due="2026-10-05")
        process = self.env.registry["cobranza.run"]._process_batch
        met = []

        def meet(run, partner_ids, scope):
            met.append(partner_ids)
            if len(met) <= times:
                raise pg.SerializationFailure("another was first")
            return process(run, partner_ids, scope)

        with (
            patch.object(self.env.registry["cobranza.run"], "_process_batch", meet),
            self.at(DAY),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("cobranza_legal.ir_cron_follow_up").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["cobranza.run"].search([("company_id", "=", self.company.id)])

    def test_a_batch_that_meets_another_transaction_is_done_again(self):
        run = self._cron_meeting(2)
        self.assertEqual((run.state, run.trouble_count), ("done", 0))
        self.assertEqual(run.opened_count, 1)

    def test_a_batch_that_always_does_waits_for_the_next_time(self):
        run = self._cron_meeting(99)
        self.assertEqual((run.state, run.trouble_count), ("draft", 0))

    def test_what_the_company_follows_is_read_once_for_all_batches(self):
        for partner in (self.partner_a, self.partner_b):
            self._invoice(due="2026-10-05", partner=partner)
        run = self.env.registry["cobranza.run"]
        read, process = run._scope, run._process_batch
        scopes, used = [], []

        def look(records, company):
            scopes.append(read(records, company))
            return scopes[-1]

        def note(records, partner_ids, scope):
            used.append(scope)
            return process(records, partner_ids, scope)

        with (
            patch.object(cobranza_run, "BATCH", 1),
            patch.object(run, "_scope", look),
            patch.object(run, "_process_batch", note),
        ):
            self.assertEqual(self._run(DAY).opened_count, 2)
        self.assertEqual(len(scopes), 1)
        self.assertEqual([id(one) for one in used], [id(scopes[0])] * 2)
