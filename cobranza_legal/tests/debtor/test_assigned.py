import io
import zipfile

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..common.web_client import WebClient
from .assigned import HIDDEN, SECRET, SEEN, AssignedCommon

DAY = "2026-11-23"


@tagged("post_install", "-at_install")
class TestAssigned(AssignedCommon, HttpCase):
    """A lawyer who works on two of the five debts of a debtor sees these two."""

    def _secrets(self):
        """What nothing that the lawyer gets may contain."""
        amounts = [*HIDDEN, sum(HIDDEN), sum(SEEN + HIDDEN), 11166.51]
        words = [SECRET, *self.others.mapped("document")]
        for amount in amounts:
            words += [f"{amount:.2f}", f"{amount:,.2f}"]
        return words

    def _check_silent(self, answer, what):
        said = str(answer)
        for word in self._secrets():
            self.assertNotIn(word, said, what)

    def _models(self):
        for name, model in self.env.registry.items():
            ours = model._original_module == "cobranza_legal"
            if ours and not (model._abstract or model._transient):
                yield self.env[name].with_user(self.lawyer)

    def _export(self, records, name):
        """What comes out, if anything does: Odoo refuses names of hidden records."""
        try:
            return records.export_data(["id", name])
        except AccessError:
            return ""

    def _readable(self, model, name):
        field = model._fields[name]
        if not field.relational:
            return True
        comodel = self.env[field.comodel_name]
        return comodel.with_user(self.lawyer).has_access("read")

    def _of_debtor(self, model):
        """The records of the debtor that the lawyer finds."""
        self.env.invalidate_all()
        return model.search([])

    def test_of_the_orm_every_model_tells_the_two_debts_only(self):
        for model in self._models():
            if not model.has_access("read"):
                continue
            found = self._of_debtor(model)
            self.env.invalidate_all()
            known = model.fields_get(attributes=["type"])
            names = [name for name in known if self._readable(model, name)]
            self._check_silent(found.read(names), model._name)
            for name in names:
                if model._fields[name].exportable:
                    self._check_silent(self._export(found, name), model._name)
            self._check_silent(model.name_search("", limit=1000), model._name)
            sums = [
                f"{name}:sum"
                for name, field in model._fields.items()
                if field.store and field.type in ("monetary", "float") and name in names
                if field.aggregator
            ]
            groups = model.formatted_read_group([], [], ["__count", *sums])
            self._check_silent(groups, model._name)

    def test_by_id_nothing_else_is_read_either(self):
        for model in self._models():
            if "debtor_id" not in model._fields or not model.has_access("read"):
                continue
            hidden = model.sudo().search([]) - self._of_debtor(model)
            for record in hidden.sudo(False):
                with self.assertRaises(AccessError, msg=record):
                    record.read(["id", "debtor_id"])

    def test_the_totals_of_the_debtor_are_of_the_two(self):
        debtor = self.debtor.with_user(self.lawyer)
        with self.at(DAY):
            self.assertAlmostEqual(debtor.overdue, sum(SEEN), 2)
            self.assertEqual(debtor.debt_count, 2)
            due = sum(self.mine.charge_ids.mapped("amount_due"))
            self.assertAlmostEqual(debtor.charge_amount, due, 2)
            self.assertEqual(debtor.credit_amount, 0)
            self.assertAlmostEqual(debtor.total, sum(SEEN) + due, 2)
            above = [("overdue", ">", sum(SEEN) + 1)]
            self.assertFalse(debtor.search(above))
            self.assertEqual(debtor.search([("overdue", ">", sum(SEEN) - 1)]), debtor)
            self.assertGreater(self.debtor.overdue, sum(SEEN) + 1)
        for name in ("priority", "priority_parts", "priority_words"):
            with self.assertRaises(AccessError):
                debtor.read([name])
        self.assertEqual(debtor.search([], order="priority desc"), debtor)
        self.assertFalse(debtor.next_debtor())

    def test_a_contact_about_all_five_is_seen_as_the_lines_of_the_two(self):
        lawyer = self.env["cobranza.contact.line"].with_user(self.lawyer)
        lines = lawyer.search([])
        self.assertTrue(lines)
        self.assertEqual(lines.debt_id.ids, self.mine.ids)
        self.assertTrue(all(lines.mapped("channel")))
        contact = lines.sudo().contact_id[:1]
        self.assertEqual(len(contact.line_ids), 5)
        with self.assertRaises(AccessError):
            contact.with_user(self.lawyer).read(["amount"])
        self.others._assign(self.lawyer)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(contact.with_user(self.lawyer).read(["amount"]))

    def test_papers_are_about_the_two(self):
        debtor = self.debtor.with_user(self.lawyer)
        reports = self.env["ir.actions.report"].with_user(self.lawyer)
        with self.at(DAY):
            html = reports._render_qweb_html(
                "cobranza_legal.action_report_statement", debtor.ids
            )[0].decode()
            self._check_silent(html, "statement")
            self.assertIn(self.mine[0].document, html)
            statements = self.env["cobranza.debt.statement"].with_user(self.lawyer)
            one = statements.create({"debtor_id": debtor.id, "on": DAY})
            self._check_silent(one.preview, "debt statement")
            self.assertIn(self.mine[1].document, one.preview)
            with self.assertRaises(AccessError):
                statements.create(
                    {"debtor_id": debtor.id, "debt_ids": [Command.set(self.debts.ids)]}
                )
            with self.assertRaises(AccessError):
                one.debt_ids = self.others.with_user(self.lawyer)

    def test_the_export_of_the_log_is_about_the_two(self):
        exports = self.env["cobranza.log.export"].with_user(self.lawyer)
        values = {"debtor_id": self.debtor.id, "reason": "x", "lang": "en_US"}
        stream = io.BytesIO()
        with self.at(DAY):
            exports.create(values)._write_zip(stream)
        archive = zipfile.ZipFile(stream)
        for name in archive.namelist():
            if not name.endswith(".pdf"):
                self._check_silent(archive.read(name).decode(), name)
        entries = exports.create(values)._sections()
        self._check_silent(entries, "sections")

    def test_messages_and_files_of_the_debtor_stay_hidden(self):
        debtor = self.debtor.with_user(self.lawyer)
        messages = self.env["mail.message"].with_user(self.lawyer)
        about = [("model", "=", "cobranza.debtor"), ("res_id", "=", debtor.id)]
        self._check_silent(messages.search(about).mapped("body"), "messages")
        files = self.env["ir.attachment"].with_user(self.lawyer)
        here = [("res_model", "=", "cobranza.debtor"), ("res_id", "=", debtor.id)]
        self.assertNotIn(self.file.id, files.search(here).ids)
        with self.assertRaises(AccessError):
            self.file.with_user(self.lawyer).read(["raw"])
        self.others._assign(self.lawyer)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn(self.file.id, files.search(here).ids)
        self.assertTrue(self.file.with_user(self.lawyer).read(["raw"]))

    def test_the_web_client_and_the_routes_tell_the_two(self):
        self.lawyer.sudo().password = self.lawyer.login
        self.authenticate(self.lawyer.login, self.lawyer.login)
        for url in (
            f"/web/content/{self.file.id}",
            f"/report/html/cobranza_legal.statement/{self.debtor.id}",
        ):
            answer = self.url_open(url)
            self._check_silent(answer.text, url)
        client = WebClient(self.lawyer)
        with self.at(DAY):
            screen = client.open("cobranza_legal.action_cobranza_debtor", search=False)
            self._check_silent(screen.form(self.debtor.id), "form")

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_decides_the_work_assigns_it_and_it_is_written_down(self):
        for role in ("manager", "all_lawyer"):
            dialog = (
                self.env["cobranza.assign"]
                .with_user(self.users[role])
                .with_context(active_model="cobranza.debt", active_ids=self.others.ids)
                .create({})
            )
            self.assertEqual(dialog.debt_ids.ids, self.others.ids)
            dialog.user_ids = self.lawyer
            dialog.action_assign()
            self.assertIn(self.lawyer, self.others.assigned_user_ids)
            self.others._assign(self.env["res.users"])
        row = self.env["cobranza.history"].search([], order="id desc", limit=1)
        self.assertIn(self.others[0].document, row.change)
        self.assertIn(self.lawyer.name, row.change)
        for role in ("lawyer", "collector", "approver", "accountant"):
            with self.assertRaises(AccessError):
                self.env["cobranza.assign"].with_user(self.users[role]).create({})

    def test_nobody_is_assigned_who_has_not_the_company(self):
        other = self.setup_other_company()["company"]
        self.lawyer.sudo().write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        dialog = self.env["cobranza.assign"].create(
            {
                "debt_ids": [Command.set(self.mine.ids)],
                "user_ids": [Command.set(self.lawyer.ids)],
            }
        )
        with self.assertRaisesRegex(UserError, "give them the company"):
            dialog.action_assign()

    def test_a_debt_of_charges_is_of_who_works_on_its_principal(self):
        charge = self.mine[0].charge_ids[:1]
        vals = charge._prepare_bill_debt(self.mine[0].move_line_id, 1)
        self.assertEqual(vals["assigned_user_ids"], [Command.set(self.lawyer.ids)])
