import xmlrpc.client

from odoo.tests import HttpCase, tagged

from ..common.case import CaseCommon

READ = ("debt", "charge", "contact", "dispute", "promise", "hold")
"""Models of which a lawyer sees what is about own debts."""


@tagged("post_install", "-at_install")
class TestCaseHttp(CaseCommon, HttpCase):
    """A lawyer with two of five debts, from outside: XML-RPC, files and reports."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._opened()
        cls.foreign = cls.debts - cls.mine
        day = {"date_from": "2026-12-01", "debtor_id": cls.debtor.id}
        for debt in (cls.mine[0], cls.foreign[0]):
            hold = {**day, "debt_ids": [(6, 0, debt.ids)]}
            cls.env["cobranza.hold"].create(hold)
            cls.env["cobranza.dispute"].create(
                {"debtor_id": cls.debtor.id, "debt_id": debt.id, "reason": "price"}
            )

    def _call(self, model, method, *args, **named):
        """By XML-RPC, as the lawyer; rolled back with the test."""
        password = "portiaxx"
        uid = self.lawyer.id
        return self.xmlrpc_object.execute_kw(
            self.env.cr.dbname, uid, password, model, method, args, named
        )

    def _about(self, model):
        """Ids of the records about the two debts, as the superuser knows them."""
        records = self.env[f"cobranza.{model}"].sudo().search([])
        if model == "debt":
            return set(self.mine.ids)
        found = set()
        for one in records:
            if model == "contact":
                debts = one.line_ids.debt_id
            else:
                debts = one.debt_ids if "debt_ids" in one._fields else one.debt_id
            if debts and debts <= self.mine:
                found.add(one.id)
        return found

    def test_reading_by_rpc(self):
        for model in READ:
            name = f"cobranza.{model}"
            with self.subTest(model):
                found = self._call(name, "search_read", [], fields=["id"])
                found = {row["id"] for row in found}
                self.assertLessEqual(found, self._about(model))
                [total] = self._call(name, "formatted_read_group", [], [], ["__count"])
                self.assertEqual(total["__count"], len(found))
                named = self._call(name, "name_search", "")
                self.assertLessEqual({row[0] for row in named}, found)
        debts = self._call("cobranza.debt", "search", [])
        self.assertEqual(set(debts), set(self.mine.ids))

    def test_what_is_not_its_own_is_refused_by_rpc(self):
        for method, args in (
            ("read", (["document"],)),
            ("export_data", (["document"],)),
            ("web_read", ({"document": {}},)),
            ("action_print_invoice", ()),
        ):
            with self.subTest(method), self.assertRaises(xmlrpc.client.Fault):
                self._call("cobranza.debt", method, self.foreign.ids[:1], *args)
        for model in ("account.move", "account.move.line", "account.payment"):
            with self.subTest(model), self.assertRaises(xmlrpc.client.Fault):
                self._call(model, "search_read", [], fields=["id"])

    def test_the_invoice_of_own_debts_and_of_no_other(self):
        move = self.mine[0].move_id
        self.env["ir.attachment"].create(
            {
                "name": "sent.pdf",
                "raw": b"%PDF as it was sent",
                "res_model": move._name,
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.env.invalidate_all()
        self.authenticate("portia", "portiaxx")
        answer = self.url_open(f"/collections/invoice/{self.mine[0].id}")
        self.assertEqual(answer.content, b"%PDF as it was sent")
        never_sent = self.url_open(f"/collections/invoice/{self.mine[1].id}")
        self.assertEqual(never_sent.status_code, 200)
        self.assertIn(self.mine[1].document, never_sent.text)
        for debt in (self.foreign[0].id, 999999999):
            answer = self.url_open(f"/collections/invoice/{debt}")
            self.assertEqual(answer.status_code, 404)
        move = self.foreign[0].move_id
        for url in (
            f"/report/pdf/account.report_invoice/{move.id}",
            f"/report/pdf/cobranza_legal.contact_log/{move.id}",
        ):
            self.assertNotIn(b"%PDF", self.url_open(url).content[:4])
        self.authenticate(None, None)
        answer = self.url_open(f"/collections/invoice/{self.mine[0].id}")
        self.assertNotEqual(answer.content[:4], b"%PDF")

    def test_files_of_own_debts_and_of_no_other(self):
        files = self.env["ir.attachment"]
        own, other = (
            files.create(
                {
                    "name": "proof.txt",
                    "raw": b"proof",
                    "res_model": "cobranza.debt",
                    "res_id": debt.id,
                }
            )
            for debt in (self.mine[0], self.foreign[0])
        )
        self.env.flush_all()
        self.authenticate("portia", "portiaxx")
        answer = self.url_open(f"/web/content/{own.id}")
        self.assertEqual((answer.status_code, answer.content), (200, b"proof"))
        answer = self.url_open(f"/web/content/{other.id}")
        self.assertNotEqual(answer.content, b"proof")

    def test_mails_files_and_reports_of_own_cases_and_of_no_other(self):
        theirs = self._handed(debts=self.foreign[:1], lawyers=self.other)
        mails = self.env["cobranza.case.mail"].sudo()
        found = {}
        for case in (self.case, theirs):
            mail = mails._through_gate().create(
                {
                    "case_id": case.id,
                    "received_on": "2026-11-20 10:00:00",
                    "sender": "x@x.example",
                    "subject": f"About {case.name}",
                    "digest": case.name,
                }
            )
            mail._attach((), b"as it arrived")
            found[case] = mail
        self.env.flush_all()
        own, other = found[self.case], found[theirs]
        name = "cobranza.case.mail"
        seen = self._call(name, "search_read", [], fields=["subject"])
        self.assertEqual([row["id"] for row in seen], own.ids)
        [total] = self._call(name, "formatted_read_group", [], [], ["__count"])
        self.assertEqual(total["__count"], 1)
        self.assertFalse(self._call(name, "name_search", theirs.name))
        for method, args in (
            ("read", (["body"],)),
            ("export_data", (["subject"],)),
            ("web_read", ({"body": {}},)),
            ("action_file", ()),
            ("action_discard", ()),
            ("action_original", ()),
        ):
            with self.subTest(method), self.assertRaises(xmlrpc.client.Fault):
                self._call(name, method, other.ids, *args)
        for vals in ({"subject": "x"}, {"state": "filed"}, {"vouched": True}):
            with self.subTest(vals), self.assertRaises(xmlrpc.client.Fault):
                self._call(name, "write", own.ids, vals)
        for method in ("action_progress", "action_mails", "action_stage"):
            with self.subTest(method), self.assertRaises(xmlrpc.client.Fault):
                self._call("cobranza.case", method, theirs.ids)
        day = self._call("cobranza.case.day", "get_day")
        self.assertEqual([card["id"] for card in day["cases"]], self.case.ids)
        files = [{"name": "a.txt", "content": "YQ=="}]
        with self.assertRaises(xmlrpc.client.Fault):
            self._call("cobranza.case.day", "drop_files", theirs.id, files)
        self.authenticate("portia", "portiaxx")
        for mail, status in ((own, 200), (other, 404)):
            answer = self.url_open(f"/web/content/{mail.original_id.id}")
            self.assertEqual(answer.status_code, status)
        url = f"/report/pdf/cobranza_legal.case_progress/{theirs.id}"
        self.assertNotIn(b"%PDF", self.url_open(url).content[:4])
