import importlib.util

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
