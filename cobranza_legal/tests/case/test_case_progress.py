import io

from reportlab.pdfgen.canvas import Canvas

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from ..common.agency import AgencyCommon
from ..common.case import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseProgress(CaseCommon):
    """The report of how far a case is."""

    _pay = classmethod(AgencyCommon._pay.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.at("2026-11-20"):
            cls.case = cls._opened()

    def _words(self, case=None):
        case = case or self.case
        html = self.env["ir.actions.report"]._render_qweb_html(
            "cobranza_legal.action_report_case_progress", case.ids
        )[0]
        return html.decode()

    def _act(self, summary, **vals):
        acts = self.env["cobranza.case.act"].with_user(self.lawyer)
        vals = {"case_id": self.case.id, "day": "2026-11-20", **vals}
        return acts.create({"summary": summary, **vals})

    def test_what_it_says(self):
        with self.at("2026-11-25"):
            self._pay(self.moves[0], 40, "2026-11-24")
            progress = self.env["cobranza.case.progress"]._of(self.case)
            self.assertEqual(self.case.recovered, 40)
            self.assertEqual(
                sum(row[1] for row in progress.claimed()), self.case.amount
            )
            self.assertIsNone(progress.budget())
            self.case.write({"suit_lawyer": 500, "suit_agent": 100})
            progress = self.env["cobranza.case.progress"]._of(self.case)
            self.assertEqual(progress.budget(), 600)
            words = self._words()
        self.assertIn(self.case.name, words)
        self.assertIn("No deadline and no hearing is known.", words)

    def test_only_its_own_report_is_titled_as_the_progress_of_the_case(self):
        """Whatever else is printed of a case has its own name."""
        reports = self.env["ir.actions.report"]
        own = self.env.ref("cobranza_legal.action_report_case_progress")
        other = reports.create(
            {
                "name": "Cover of the file",
                "model": "cobranza.case",
                "report_type": "qweb-pdf",
                "report_name": "somebody.cover",
            }
        )
        for report, title in (
            (own, f"Progress report {self.case.name}"),
            (other, f"Cover of the file · {self.case.display_name}"),
        ):
            page = io.BytesIO()
            canvas = Canvas(page)
            canvas.drawString(100, 100, "x")
            canvas.save()
            found = reports._finished(report, self.case, page)
            titled = PdfReader(io.BytesIO(found.getvalue()))
            self.assertEqual(titled.metadata.title, title)

    def test_nothing_confidential_and_only_what_is_new(self):
        self._act("Called the debtor", kind="call")
        self._act("They offered 70", confidential=True)
        with self.at("2026-11-25"):
            words = self._words()
            self.assertIn("Called the debtor", words)
            self.assertNotIn("They offered 70", words)
            printed = self.case.with_user(self.lawyer)
            printed.with_context(force_report_rendering=True).action_progress()
            act = self.case.act_ids.filtered(lambda one: one.kind == "report")
            self.assertTrue(act.file_ids.raw.startswith(b"%PDF"))
            self.assertEqual(act.user_id, self.lawyer)
            self.assertEqual(str(act.day), "2026-11-25")
            self._act("Filed it", kind="writing")
            words = self._words()
        self.assertNotIn("Called the debtor", words)
        self.assertIn("Filed it", words)

    def test_it_is_in_the_language_of_the_company_that_reads_it(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.company.partner_id.lang = "es_ES"
        self.assertEqual(self.case.with_context(lang="en_US")._paper_lang(), "es_ES")

    def test_a_mail_is_told_of_by_its_sender_only(self):
        mail = (
            self.env["cobranza.case.mail"]
            .sudo()
            .create(
                {
                    "case_id": self.case.id,
                    "received_on": "2026-11-20 10:00:00",
                    "sender": "portia@belmont.example",
                    "subject": "They offered 70",
                    "digest": "x",
                }
            )
        )
        mail._file(None)
        words = self._words()
        self.assertIn("portia@belmont.example", words)
        self.assertNotIn("They offered 70", words)

    def test_other_lawyers_have_no_report(self):
        for act in (
            lambda: self.case.with_user(self.other).action_progress(),
            lambda: (
                self.env["ir.actions.report"]
                .with_user(self.other)
                ._render_qweb_html(
                    "cobranza_legal.action_report_case_progress", self.case.ids
                )
            ),
        ):
            with self.assertRaises(UserError):
                act()

    def test_what_lawyers_write_down_is_not_of_others(self):
        self.case._hand_over_to(self.other, self.env["res.partner"])
        with self.assertRaises(UserError):
            self._act("x", file_ids=[Command.create({"name": "x", "raw": b"x"})])
