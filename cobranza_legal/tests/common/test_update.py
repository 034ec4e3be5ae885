import importlib.util
from datetime import date
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import file_path

from .base import FrozenCase

MIGRATIONS = "cobranza_legal/migrations"


def migrate(cr, name, version="19.0.1.3.0"):
    path = file_path(f"{MIGRATIONS}/{version}/{name}.py")
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.migrate(cr, "19.0.1.2.0")


@tagged("post_install", "-at_install")
class TestUpdate(FrozenCase):
    """An update of a database that has the names of an earlier version."""

    def _columns(self, table):
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        return {name for (name,) in self.env.cr.fetchall()}

    def _filter(self, model, domain):
        return self.env["ir.filters"].create(
            {"name": model, "model_id": model, "domain": domain}
        )

    def test_renamed_fields_keep_their_values_and_saved_filters(self):
        used = self._filter("cobranza.debtor", "[('check_on', '=', False)]")
        other = self._filter("res.partner", "[('check_on', '=', False)]")
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE cobranza_debtor RENAME COLUMN review_on TO check_on"
        )
        for _time in range(2):
            migrate(self.env.cr, "pre-names")
            self.assertIn("review_on", self._columns("cobranza_debtor"))
            self.assertNotIn("check_on", self._columns("cobranza_debtor"))
        self.env.invalidate_all()
        self.assertEqual(used.domain, "[('review_on', '=', False)]")
        self.assertEqual(other.domain, "[('check_on', '=', False)]")

    def test_nothing_of_the_removed_cron_stays(self):
        self.env.cr.execute(
            "SELECT model_id FROM ir_act_server WHERE id = %s",
            [self.env.ref("cobranza_legal.ir_cron_send").ir_actions_server_id.id],
        )
        [(model,)] = self.env.cr.fetchall()
        cron = self.env["ir.cron"].create(
            {"name": "Exchange", "model_id": model, "state": "code", "code": "pass"}
        )
        action = cron.ir_actions_server_id
        names = {"ir_cron_exchange": cron, "ir_cron_exchange_ir_actions_server": action}
        self.env["ir.model.data"].create(
            [
                {
                    "module": "cobranza_legal",
                    "name": name,
                    "model": record._name,
                    "res_id": record.id,
                    "noupdate": True,
                }
                for name, record in names.items()
            ]
        )
        self.env.flush_all()
        for _time in range(2):
            migrate(self.env.cr, "pre-carriers")
        self.env.invalidate_all()
        self.assertFalse(cron.exists() or action.exists())
        found = self.env["ir.model.data"].search(
            [("module", "=", "cobranza_legal"), ("name", "in", list(names))]
        )
        self.assertFalse(found)

    def test_tables_and_filters_of_removed_models_go(self):
        cr = self.env.cr
        cr.execute("CREATE TABLE cobranza_hold_release (id int PRIMARY KEY)")
        cr.execute(
            """CREATE TABLE cobranza_hold_cobranza_hold_release_rel (
               release_id int REFERENCES cobranza_hold_release ON DELETE CASCADE)"""
        )
        cr.execute(
            """INSERT INTO ir_filters (name, model_id, domain, context, sort)
               VALUES ('Old', 'cobranza.session', '[]', '{}', '[]') RETURNING id"""
        )
        [(old,)] = cr.fetchall()
        kept = self._filter("cobranza.debtor", "[]")
        self.env.flush_all()
        for _time in range(2):
            migrate(cr, "pre-leftovers")
        self.assertFalse(self._columns("cobranza_hold_release"))
        self.assertFalse(self._columns("cobranza_hold_cobranza_hold_release_rel"))
        self.env.invalidate_all()
        self.assertEqual((kept + kept.browse(old)).exists(), kept)

    def test_who_asked_may_not_answer_requests_made_before(self):
        partner = self.env["res.partner"].create({"name": "Asked"})
        debtor = self.env["cobranza.debtor"].create(
            {"partner_id": partner.id, "company_id": self.env.company.id}
        )
        approval = self.env["cobranza.approval"]._ask(debtor, "other", "A reason")
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM cobranza_approval_involved_rel")
        for _time in range(2):
            migrate(self.env.cr, "post-approval")
        self.env.invalidate_all()
        everybody = approval.sudo().with_context(active_test=False)
        self.assertEqual(everybody.involved_user_ids, self.env.user)

    def test_the_debt_statement_keeps_what_hangs_from_it_under_its_new_name(self):
        ref, cr = self.env.ref, self.env.cr
        kept = {
            name: ref(f"cobranza_legal.{name}")
            for name in (
                "debt_statement_style",
                "action_report_debt_statement",
                "action_cobranza_debt_statement",
                "model_cobranza_debt_statement",
                "access_cobranza_debt_statement_collector",
            )
        }
        parent = kept["debt_statement_style"]
        view = self.env["ir.ui.view"].create(
            {
                "name": "Own",
                "type": "qweb",
                "key": "own.debt_statement",
                "arch": """<t t-name="own">
                    <t t-call="cobranza_legal.debt_statement_law"/>
                    <p class="o_debt_statement_sum">The law of liquidation</p></t>""",
            }
        )
        arch = view.arch_db
        self.env.flush_all()
        self._as_before(view)
        for _time in range(2):
            migrate(cr, "pre-debt-statement", "19.0.1.4.0")
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        for name, record in kept.items():
            self.assertEqual(ref(f"cobranza_legal.{name}"), record)
        model = "cobranza.debt.statement"
        report = kept["action_report_debt_statement"]
        self.assertEqual(report.model, model)
        self.assertEqual(report.report_name, "cobranza_legal.debt_statement")
        self.assertEqual(kept["action_cobranza_debt_statement"].res_model, model)
        self.assertEqual(kept["model_cobranza_debt_statement"].model, model)
        self.assertEqual(parent.key, "cobranza_legal.debt_statement_style")
        self.assertEqual(view.arch_db, arch)
        self.assertFalse(self._columns("cobranza_liquidation"))

    def _as_before(self, view):
        """The names that 19.0.1.3.0 has in a database."""
        cr = self.env.cr
        cr.execute("CREATE TABLE cobranza_liquidation (id int PRIMARY KEY)")
        for query in (
            """UPDATE ir_model_data SET name = replace(name, %(new)s, %(old)s)
                WHERE module = 'cobranza_legal' AND name LIKE '%%debt\\_statement%%'""",
            """UPDATE ir_ui_view SET key = replace(key, %(new)s, %(old)s)
                WHERE key LIKE 'cobranza\\_legal.debt\\_statement%%'""",
            """UPDATE ir_act_report_xml SET model = 'cobranza.liquidation',
                      report_name = 'cobranza_legal.liquidation'
                WHERE model = 'cobranza.debt.statement'""",
            """UPDATE ir_act_window SET res_model = 'cobranza.liquidation'
                WHERE res_model = 'cobranza.debt.statement'""",
            """UPDATE ir_model SET model = 'cobranza.liquidation'
                WHERE model = 'cobranza.debt.statement'""",
        ):
            cr.execute(query, {"old": "liquidation", "new": "debt_statement"})
        cr.execute(
            """UPDATE ir_ui_view
                  SET arch_db = replace(arch_db::text, %s, %s)::jsonb WHERE id = %s""",
            ["debt_statement", "liquidation", view.id],
        )

    def test_holds_for_what_covers_itself_now_hold_on_as_decisions_of_ours(self):
        for reason, words, script, version in (
            (
                *("direct_debit", "Direct debit presented"),
                *("post-direct-debit", "19.0.1.5.0"),
            ),
            ("agreement", "Payment agreement running", "post-agreements", "19.0.1.6.0"),
        ):
            with self.subTest(reason):
                self._hold_on(reason, words, script, version)

    def _hold_on(self, reason, words, script, version):
        partner = self.env["res.partner"].create({"name": reason})
        company = self.env.company.root_id
        self.env["res.lang"]._activate_lang("en_US")
        self.env.company.partner_id.lang = "en_US"
        debtor = self.env["cobranza.run"]._ensure_debtors(company, partner)
        hold = self.env["cobranza.hold"].create(
            {"debtor_id": debtor.id, "note": "Sent on Monday"}
        )
        bare = self.env["cobranza.hold"].create({"debtor_id": debtor.id})
        used = self._filter("cobranza.hold", f"[('reason', '=', '{reason}')]")
        web = self._filter("cobranza.hold", f'[("reason", "=", "{reason}")]')
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cobranza_hold SET reason = %s WHERE id = ANY(%s)",
            [reason, [hold.id, bare.id]],
        )
        self.env.invalidate_all()
        for _time in range(2):
            migrate(self.env.cr, script, version)
        self.env.invalidate_all()
        self.assertEqual(hold.reason, "internal")
        self.assertEqual(hold.state, "open")
        self.assertEqual(hold.note, f"Sent on Monday\n{words}")
        self.assertEqual(bare.note, words)
        self.assertEqual(used.domain, "[('reason', '=', 'internal')]")
        self.assertEqual(web.domain, '[("reason", "=", "internal")]')
        today = company._cobranza_today()
        self.assertTrue(
            self.env["cobranza.hold"]._blocking(company, debtor.ids, today).debtors
        )

    def test_objections_of_before_have_a_day_on_which_they_are_answered(self):
        """That of the law where it comes first, else the company's; what was typed
        stays, and what is closed is as it was."""
        company = self.env.company.root_id
        partner = self.env["res.partner"].create({"name": "Objects"})
        debtor = self.env["cobranza.run"]._ensure_debtors(company, partner)
        company.cobranza_portal_answer_days = 15
        debt = self.env["cobranza.debt"].sudo()._through_gate()
        debt = debt.create(
            {
                "debtor_id": debtor.id,
                "company_id": company.id,
                "partner_id": partner.id,
                "currency_id": company.currency_id.id,
            }
        )
        self.env.flush_all()
        ids = {}
        for name, state, typed in (
            ("bare", "open", None),
            ("typed", "open", "2026-10-12"),
            ("late", "open", "2026-12-31"),
            ("closed", "rejected", None),
        ):
            self.env.cr.execute(
                """INSERT INTO cobranza_dispute (debtor_id, company_id, debt_id, state,
                          reason, amount, opened_on, answer_on, user_id)
                   VALUES (%s, %s, %s, %s, 'price', 1, '2026-10-10', %s, %s)
                   RETURNING id""",
                [debtor.id, company.id, debt.id, state, typed, self.env.uid],
            )
            [(ids[name],)] = self.env.cr.fetchall()
        disputes = self.env["cobranza.dispute"].browse(ids.values())
        law = (date(2026, 10, 20), "Law 3")
        with patch.object(type(disputes), "_answer_term", lambda *args: law):
            for _time in range(2):
                migrate(self.env.cr, "end-disputes", "19.0.1.7.0")
        self.env.invalidate_all()
        found = {
            name: str(disputes.browse(number).answer_on or "")
            for name, number in ids.items()
        }
        self.assertEqual(
            found,
            {
                "bare": "2026-10-20",
                "typed": "2026-10-12",
                "late": "2026-10-20",
                "closed": "",
            },
        )
        bare = disputes.browse(ids["bare"])
        self.assertEqual(bare.answer_article, "Law 3")
        self.assertEqual(str(bare.received_on), "2026-10-10")
