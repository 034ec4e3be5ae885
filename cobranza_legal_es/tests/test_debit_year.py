"""The year of a student who pays the residence by direct debit, told from outside: what
users press, what leaves by mail, what the page and the bank's list say."""

import base64
import csv
import io
import re
from ast import literal_eval
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

from lxml import html
from PIL import Image

from odoo import Command
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.cobranza_legal.models.position.words import figure_rows
from odoo.addons.cobranza_legal.tests.common.demo_figures import FORM, rows_of
from odoo.addons.cobranza_legal.tests.common.smtp_sink import body_of, smtp_sink

from .common import SpainCommon

IBAN = "ES7921000813610123456789"
FEE = 600
FIGURES = ("overdue", "not_due", "charges", "loose")


def picture():
    image = io.BytesIO()
    Image.new("RGB", (200, 60), "white").save(image, "PNG")
    return base64.b64encode(image.getvalue()).decode()


def plain(node):
    text = html.fromstring(node).xpath("string(.)") if isinstance(node, str) else node
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


class DebitYearCommon(SpainCommon, HttpCase):
    """A residence whose contracts agree on two days of notice, and a student."""

    freeze_time = freeze_time("2025-12-15 12:00:00", tick=True)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everybody = cls.env.ref("base.group_user")
        group = cls.env.ref("cobranza_legal.group_direct_debit")
        everybody.implied_ids = [Command.link(group.id)]
        cls.company.write(
            {
                "cobranza_creditor_identifier": "ES11000B12345674",
                "cobranza_mode": "automatic",
                "cobranza_bank_guard_days": 0,
                "cobranza_policy_id": cls.residence.id,
            }
        )
        cls.collector, cls.accountant = cls._role("collector"), cls._role("accountant")
        cls.company.cobranza_user_id = cls.collector
        cls.student.with_company(cls.company).cobranza_direct_debit = True
        cls.account = cls.env["res.partner.bank"].create(
            {"partner_id": cls.student.id, "acc_number": IBAN}
        )

    @classmethod
    @contextmanager
    def at(cls, day, hour=12):
        """The world at an hour (UTC) of a day, from when its clock runs."""
        with freeze_time(f"{day} {hour:02}:00:00", tick=True):
            cls.env.invalidate_all()
            yield
            cls.env.flush_all()
        cls.env.invalidate_all()

    def _cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"cobranza_legal.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _mails(self):
        """What the sending cron hands over to the mail server: [message]."""
        self.sink.messages.clear()
        self._cron("send")
        return list(self.sink.messages)

    def _mail(self):
        """(subject, text) of the only mail that leaves, to the student."""
        [message] = self._mails()
        self.assertIn("lucia@example.com", message["To"])
        return str(message["Subject"]), plain(body_of(message))

    # -- what users do -----------------------------------------------------------------

    def _draft(self, **vals):
        return (
            self.env["cobranza.mandate"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.student.id,
                    "bank_account_id": self.account.id,
                    "notice_agreed": True,
                    "notice_days": 2,
                    **vals,
                }
            )
        )

    def _signed(self):
        """A mandate signed on the debtor's page, by the link of a mail."""
        mandate = self._draft()
        mandate.action_request()
        mandate.action_send()
        _subject, text = self._mail()
        path = re.search(r"/my/collections/\S+", text).group()
        page = html.fromstring(self.url_open(path).text)
        [link] = page.xpath("//a[contains(@href, '/sign/')]/@href")
        words = self.url_open(link).text
        for said in (mandate.reference, "ES11000B12345674", IBAN[-4:], "ocho semanas"):
            self.assertIn(said, words)
        self.env.invalidate_all()
        self.assertEqual(mandate.state, "requested")
        shown = mandate.document_hash
        self.assertIn(shown, words)
        answer = self.make_jsonrpc_request(
            f"{link}/{shown}/{'n' * 24}",
            {"name": "Lucía Gómez Prado", "signature": picture()},
        )
        self.assertTrue(answer.get("force_refresh"), answer)
        self.env.invalidate_all()
        self.assertEqual(mandate.state, "valid")
        return mandate

    def _fee(self, due):
        """The invoice of a month, issued four days before it is due."""
        due = date.fromisoformat(due)
        issued = due - timedelta(days=4)
        return self._invoice(str(due), FEE, self.student, invoice_date=str(issued))

    def _batch(self, until):
        batch = self.env["cobranza.debit.batch"].with_user(self.accountant)
        batch = batch.create({"scheme": "core", "due_until": until})
        batch.action_fill()
        return batch

    def _prepare(self, move, told):
        """The debit of an invoice, of which a mail of ``told`` tells the debtor."""
        with self.at(told):
            batch = self._batch(move.invoice_date_due)
            debit = batch.debit_ids
            self.assertEqual(debit.move_id, move, batch.left_out)
            batch.action_notify()
            subject, text = self._mail()
            self.assertIn("adeudo", subject)
            self.env.invalidate_all()
            self.assertEqual(debit.state, "notified")
            self.assertEqual(str(debit.notified_on), told)
            for said in (
                move.name,
                "600,00",
                debit.collect_on.strftime("%d/%m/%Y"),
                debit.mandate_id.reference,
                "ES11000B12345674",
            ):
                self.assertIn(said, text)
        return debit

    def _present(self, debit):
        """The list of the bank on its last day, as the accountant downloads it."""
        batch = debit.batch_id.with_user(self.accountant)
        terms = self.company._cobranza_debit_terms("core")
        day = str(terms.submit_by(debit.collect_on))
        with self.at(day):
            batch.action_present()
            self.env.flush_all()
            self.authenticate(self.accountant.login, self.accountant.login)
            answer = self.url_open(batch.action_download()["url"])
            self.authenticate(None, None)
            self.assertEqual(answer.status_code, 200)
            text = answer.content.decode("utf-8-sig")
            [row] = csv.DictReader(io.StringIO(text))
            self.assertEqual(row["collect_on"], str(debit.collect_on))
            self.assertEqual(row["amount"], "600.00")
            self.assertEqual(row["account"], IBAN)
            self.assertEqual(row["mandate"], debit.mandate_id.reference)
            self.assertEqual(row["document"], debit.document)
            self.assertEqual(debit.state, "presented")
            self._same_everywhere(owed=debit.amount)
        return debit

    def _bank(self, day, amount, matched=None, label="Remesa de adeudos"):
        """A line of the bank's statement on the receivable, matched with an item."""
        account = self.company_data["default_account_receivable"]
        with self.at(str(day)):
            line = self.env["account.bank.statement.line"].create(
                {
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "date": day,
                    "payment_ref": label,
                    "partner_id": self.student.id,
                    "amount": amount,
                    "counterpart_account_id": account.id,
                }
            )
            item = line.move_id.line_ids.filtered(lambda one: one.account_id == account)
            if matched:
                (item | matched).reconcile()
        return item

    def _collected(self, debit, day=None):
        """The bank pays in; the upkeep of the night finds the debit paid."""
        self._bank(day or debit.collect_on, FEE, debit.move_line_id)
        with self.at(str((day or debit.collect_on) + timedelta(days=1))):
            self._cron("upkeep")
            self.assertEqual(debit.state, "paid")
            self.assertTrue(debit.money_line_ids)

    def _month(self, due, told, collected=None):
        """One month without surprises."""
        with self.at(told):
            move = self._fee(due)
        debit = self._prepare(move, told)
        self.assertEqual(str(debit.collect_on), collected or due)
        self._present(debit)
        self._collected(debit)
        with self.at(str(debit.collect_on + timedelta(days=2))):
            self._same_everywhere(owed=0)
        return debit

    def _back(self, debits, code, day, **vals):
        """The collector records what the bank says of these debits."""
        with self.at(str(day)):
            dialog = (
                self.env["cobranza.debit.back"]
                .with_user(self.collector)
                .create(
                    {
                        "debit_ids": [Command.set(debits.ids)],
                        "code": code,
                        "day": day,
                        **vals,
                    }
                )
            )
            dialog.action_confirm()

    def _follow_up(self, day):
        """The run and the mails of a day."""
        with self.at(day):
            self._cron("follow_up")
            return [plain(body_of(one)) for one in self._mails()]

    # -- what is seen ------------------------------------------------------------------

    @property
    def debtor(self):
        return self.env["cobranza.debtor"].search(
            [("partner_id", "=", self.student.id)]
        )

    def _debt(self, move):
        return self.env["cobranza.debt"].search([("move_id", "=", move.id)])

    def _tasks(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "cobranza.debtor"),
                ("res_id", "=", self.debtor.id),
            ]
        )

    def _at_risk(self, name):
        """What a filter of the list of debits shows the accountant."""
        debits = self.env["cobranza.debit"].with_user(self.accountant)
        arch = debits.get_view(view_type="search")["arch"]
        [domain] = html.fromstring(arch).xpath(f"//filter[@name='{name}']/@domain")
        return debits.search(literal_eval(domain))

    def _same_everywhere(self, owed=None, charges=0, loose=0):
        """Form, statement and page say the same four figures, and the ledger what is
        owed but for charges."""
        self.env.flush_all()
        self.env.invalidate_all()
        debtor = self.debtor.with_context(lang="es_ES")
        today = self.company._cobranza_today()
        euro = self.company.currency_id
        figures = debtor.sudo()._figures()[debtor.id].get(euro.id)
        rows = figure_rows(debtor.env, figures, today) if figures else []
        expected = [row[1:] for row in rows] if figures and figures.says else []
        [form] = debtor.with_user(self.collector).read([*FORM.values()])
        for key, name in FORM.items():
            self.assertEqual(form[name], float(getattr(figures, key, 0)), name)
        told = [
            [(label, Decimal(str(amount))) for _key, label, amount in one["summary"]]
            for one in debtor.sudo()._statement()
        ]
        self.assertEqual(told, [expected] if expected else [])
        debtor.sudo()._portal_link()
        self.env.flush_all()
        answer = self.url_open(debtor.sudo()._portal_path())
        self.assertEqual(answer.status_code, 200)
        keys = ("overdue", "not_due", "charges", "loose", "total")
        classes = " or ".join(f"@class='o_cp_figure_{key}'" for key in keys)
        parts = html.fromstring(answer.text).find_class("o_cp_total")
        said = [rows_of(part, f".//tr[{classes}]", "es_ES") for part in parts]
        said = [one for one in said if any(amount for _label, amount in one)]
        self.assertEqual(said, [expected] if expected else [])
        self.env.invalidate_all()
        open_items = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.student.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        ledger = sum(open_items.mapped("amount_residual"))
        self.assertEqual(form["total"] - form["charge_amount"], ledger)
        if owed is not None:
            self.assertEqual(ledger, owed)
            self.assertEqual(form["charge_amount"], charges)
            self.assertEqual(form["credit_amount"], loose)
        return form


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDebitYear(DebitYearCommon):
    def test_a_year(self):
        with smtp_sink(self.env) as self.sink:
            self.mandate = self._signed()
            self._same_everywhere(owed=0)
            self._month("2026-01-05", "2026-01-02")
            self._month("2026-02-05", "2026-02-02")
            self._no_funds_once()
            # Easter: the banks work again on Tuesday
            self._month("2026-04-05", "2026-04-01", "2026-04-07")
            # told a day too late: the day moves
            self._month("2026-05-05", "2026-05-04", "2026-05-06")
            self._no_funds_twice()
            self._good_again()
            self._month("2026-08-05", "2026-08-03")
            refunded, promise = self._promised()
            self._month("2026-10-05", "2026-10-01")
            self._refunded(refunded, promise)
            self._revoked()

    def _no_funds_once(self):
        """March: AM04, presented once more from D+5 on, which pays."""
        with self.at("2026-03-02"):
            move = self._fee("2026-03-05")
        debit = self._present(self._prepare(move, "2026-03-02"))
        before = self._tasks()
        self._back(debit, "AM04", date(2026, 3, 9))
        self.assertEqual(debit.state, "returned")
        self.assertEqual(len(self._tasks() - before), 1)
        again = self.env["cobranza.debit"].search([("parent_id", "=", debit.id)])
        self.assertEqual(again.state, "planned")
        self.assertEqual(again.collect_on, date(2026, 3, 11))
        self.assertEqual(self.mandate.state, "valid")
        with self.at("2026-03-09"):
            self._same_everywhere(owed=FEE)
        again = self._prepare(move, "2026-03-09")
        self.assertEqual(again.parent_id, debit)
        self.assertEqual(self._follow_up("2026-03-11"), [])
        debt = self._debt(move)
        self._present(again)
        self.assertEqual(self._follow_up("2026-03-12"), [])
        debt = self._debt(move)
        self.assertEqual(debt.reason, "direct_debit")
        self._collected(again, date(2026, 3, 13))
        self.assertTrue(debt.settled)
        with self.at("2026-03-14"):
            self._same_everywhere(owed=0)

    def _no_funds_twice(self):
        """June: twice without funds. Nothing more is debited, the debtor is asked for a
        transfer."""
        with self.at("2026-06-02"):
            move = self._fee("2026-06-05")
        debit = self._present(self._prepare(move, "2026-06-02"))
        self._back(debit, "AM04", date(2026, 6, 9))
        self.assertEqual(self.mandate.state, "valid")
        again = self._present(self._prepare(move, "2026-06-09"))
        self.assertEqual(again.number, 2)
        before = self._tasks()
        self._back(again, "AM04", date(2026, 6, 15))
        self.assertEqual(again.state, "returned")
        self.assertEqual(len(self._tasks() - before), 1)
        self.assertEqual(self.mandate.state, "suspended")
        self.assertEqual(self.mandate.stop_reason, "returned")
        later = self.env["cobranza.debit"].search([("parent_id", "=", debit.id)])
        self.assertEqual(later, again)
        [letter] = self._follow_up("2026-06-16")
        self.assertIn(move.name, letter)
        self.assertIn("ES91 2100 0418 4502 0005 1332", letter)
        self.assertEqual(self._debt(move).level, 1)
        with self.at("2026-06-16"):
            self._same_everywhere(owed=FEE)
        item = move.line_ids.filtered("date_maturity")
        self._bank(date(2026, 6, 18), FEE, item, "Transferencia de Lucía")
        with self.at("2026-06-19"):
            self._cron("upkeep")
            self.assertTrue(self._debt(move).settled)
            self._same_everywhere(owed=0)

    def _good_again(self):
        """July: left out until somebody says why the mandate is good again."""
        with self.at("2026-07-01"):
            move = self._fee("2026-07-05")
            batch = self._batch(move.invoice_date_due)
            self.assertFalse(batch.debit_ids)
            self.assertIn(move.name, batch.left_out)
            batch.action_cancel()
            act = self.mandate.with_user(self.collector).action_resume()
            self._dialog(act, reason="Hay fondos otra vez, según la deudora")
            self.assertEqual(self.mandate.state, "valid")
        debit = self._prepare(move, "2026-07-01")
        self.assertEqual(debit.collect_on, date(2026, 7, 6))
        self._present(debit)
        self._collected(debit)

    def _dialog(self, action, **vals):
        model = self.env[action["res_model"]].with_user(self.collector)
        model.with_context(**action["context"]).create(vals).action_confirm()

    def _promised(self):
        """September: presented late, and promised on the phone meanwhile; kept."""
        with self.at("2026-09-01"):
            move = self._fee("2026-09-05")
        [letter] = self._follow_up("2026-09-11")
        self.assertIn(move.name, letter)
        debt = self._debt(move)
        debit = self._prepare(move, "2026-09-14")
        self.assertEqual(debit.collect_on, date(2026, 9, 16))
        with self.at("2026-09-14"):
            promise = (
                self.env["cobranza.promise"]
                .with_user(self.collector)
                .create(
                    {
                        "debtor_id": debt.debtor_id.id,
                        "debt_ids": [Command.set(debt.ids)],
                        "amount": FEE,
                        "promised_on": debit.collect_on,
                        "made_on": "2026-09-14",
                    }
                )
            )
        self.assertEqual(self._follow_up("2026-09-15"), [])
        self.assertIn(debt.reason, ("promised", "direct_debit"))
        self._present(debit)
        self._collected(debit)
        self.assertEqual(promise.result, "kept")
        self.assertTrue(debt.settled)
        return debit, promise

    def _refunded(self, debit, promise):
        """Forty days later the student has September refunded."""
        day = debit.collect_on + timedelta(days=40)
        move, debt = debit.move_id, self._debt(debit.move_id)
        episode = debt.episode
        with self.at(str(day)):
            self.assertIn(debit, self._at_risk("refundable"))
        before = self._tasks()
        self._back(debit, "MD06", day, note="Orden de devolución")
        self.assertEqual(debit.state, "refunded")
        self.assertEqual(len(self._tasks() - before), 1)
        with self.at(str(day)):
            self.assertNotIn(debit, self._at_risk("refundable"))
            self.assertNotIn(debit, self._at_risk("contingent"))
        self.assertEqual(promise.result, "broken")
        self.assertFalse(debt.settled)
        self.assertEqual(self.mandate.state, "valid")
        money = debit.money_line_ids
        with self.at(str(day)):
            # until the bank's line is booked its money is there, matched with nothing
            self._same_everywhere(owed=0, loose=FEE)
        self._bank(day, -FEE, money, "Devolución de adeudo")
        with self.at(str(day)):
            self._same_everywhere(owed=FEE)
        undone = self.env["cobranza.settlement.undone"].search(
            [("debt_id", "=", debt.id)]
        )
        self.assertEqual(undone.debit_id, debit)
        [letter] = self._follow_up("2026-10-28")
        self.assertIn("ES91 2100 0418 4502 0005 1332", letter)
        self.assertFalse(debt.settled)
        # the policy says that what was settled starts again
        self.assertEqual((debt.reason, debt.level), ("entered", 1))
        self.assertEqual(debt.episode, episode + 1)
        with self.at("2026-10-28"):
            batch = self._batch(move.invoice_date_due)
            self.assertFalse(batch.debit_ids)
            self.assertIn(move.name, batch.left_out)
            batch.action_cancel()
        item = move.line_ids.filtered("date_maturity")
        self._bank(date(2026, 10, 29), FEE, item, "Transferencia de Lucía")
        with self.at("2026-10-30"):
            self._cron("upkeep")
            self.assertTrue(debt.settled)
            self.assertEqual(promise.result, "broken")
            self.assertEqual(debit.state, "refunded")
            self._same_everywhere(owed=0)

    def _revoked(self):
        """The eleventh debit. Then the debtor writes that it takes its mandate back:
        the next fee has none, somebody is asked for one, the letter for a transfer."""
        self._month("2026-11-05", "2026-11-03")
        with self.at("2026-12-01"):
            move = self._fee("2026-12-05").with_user(self.accountant)
            self.assertEqual(move.cobranza_mandate_id, self.mandate)
            self.assertFalse(move.cobranza_mandate_missing)
            self._write("Revoco mi orden de domiciliación.")
            written = self.debtor.contact_ids.filtered(
                lambda one: one.channel == "portal" and one.activity_id
            )
            task = written.sorted("id")[-1].activity_id
            self.assertEqual(task.user_id, self.collector)
            self._cron("upkeep")
            self.assertFalse(self._missing())
            act = self.mandate.with_user(self.collector).action_revoke()
            self._dialog(act, code="debtor", reason="Lo pide en su página")
            self.assertEqual(self.mandate.state, "revoked")
            self.env.invalidate_all()
            self.assertTrue(move.cobranza_to_debit)
            self.assertFalse(move.cobranza_mandate_id)
            self.assertTrue(move.cobranza_mandate_missing)
            domain = [("cobranza_mandate_missing", "=", True)]
            self.assertEqual(move.search(domain), move)
            batch = self._batch("2026-12-31")
            self.assertFalse(batch.debit_ids)
            self.assertIn(
                f"{move.name} · {self.debtor.partner_id.name}: ", batch.left_out
            )
            batch.action_cancel()
        for day in ("2026-12-02", "2026-12-03"):
            with self.at(day):
                self._cron("upkeep")
                self.assertEqual(len(self._missing()), 1, day)
        self.assertEqual(self._missing().user_id, self.collector)
        self.assertEqual(self._follow_up("2026-12-10"), [])
        [letter] = self._follow_up("2026-12-11")
        self.assertIn(move.name, letter)
        self.assertIn("ES91 2100 0418 4502 0005 1332", letter)
        with self.at("2026-12-11"):
            self._same_everywhere(owed=FEE)
        debits = self.env["cobranza.debit"].search(
            [("mandate_id", "=", self.mandate.id)]
        )
        self.assertEqual(len(debits), 13)
        self.assertEqual(len(debits.move_id), 11)
        self.assertEqual(
            {state: len(mine) for state, mine in debits.grouped("state").items()},
            {"paid": 9, "returned": 3, "refunded": 1},
        )
        self.assertEqual(self.mandate.first_used_on, date(2026, 1, 5))
        self.assertEqual(self.mandate.last_used_on, date(2026, 11, 5))
        self.assertEqual(len(self._debt(move)), 1)

    def _missing(self):
        debtor = self.debtor.with_user(self.collector)
        label = debtor.env._("Direct debit without a mandate")
        return self._tasks().filtered(lambda one: one.summary == label)

    def _write(self, text):
        """The form of the page with which the debtor writes."""
        self.debtor.sudo()._portal_link()
        self.env.flush_all()
        path = self.debtor.sudo()._portal_path()
        page = html.fromstring(self.url_open(path).text)
        [form] = page.xpath("//form[contains(@action, '/send/message#')]")
        hidden = form.xpath(".//input[@type='hidden']")
        data = {one.get("name"): one.get("value") for one in hidden}
        answer = self.url_open(
            f"{path}/send/message",
            data={**data, "text": text},
            files={"files": ("", b"")},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 303, answer.text)
        self.env.invalidate_all()


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDebitTerms(DebitYearCommon):
    """The days around each term of a debit."""

    def setUp(self):
        super().setUp()
        self.mandate = self._draft()
        self.mandate._sign(date(2025, 12, 15), "Madrid", "import")

    def _told(self, due, told):
        with self.at(told):
            move = self._fee(due)
            debit = self._batch(due).debit_ids
            debit._tell(date.fromisoformat(told))
        self.assertEqual(debit.move_id, move)
        return debit

    def _debited(self, due="2026-03-05", told="2026-03-02"):
        debit = self._told(due, told)
        terms = self.company._cobranza_debit_terms("core")
        with self.at(str(terms.submit_by(debit.collect_on))):
            debit.batch_id.action_present()
        return debit

    def test_two_days_of_notice(self):
        for told, day in (
            ("2026-03-02", "2026-03-05"),
            ("2026-03-03", "2026-03-05"),
            ("2026-03-04", "2026-03-06"),
        ):
            with self.subTest(told):
                debit = self._told("2026-03-05", told)
                self.assertEqual(str(debit.collect_on), day)
                debit.move_id.cobranza_no_debit = True
                debit._take_out("Test")

    def test_presented_again_from_five_to_fifteen_days_after(self):
        for back, day in (
            ("2026-03-06", "2026-03-10"),  # D+5
            ("2026-03-09", "2026-03-11"),
            ("2026-03-18", "2026-03-20"),  # D+15
            ("2026-03-19", None),
        ):
            with self.subTest(back):
                debit = self._debited()
                self._back(debit, "AM04", date.fromisoformat(back))
                again = self.env["cobranza.debit"].search(
                    [("parent_id", "=", debit.id)]
                )
                self.assertEqual(str(again.collect_on), str(day or False))
                again._take_out("Test")
                debit.move_id.cobranza_no_debit = True
                if self.mandate.state == "suspended":
                    self.mandate._resume("Test")

    def test_it_is_covered_until_it_may_no_longer_come_back(self):
        debit = self._debited()
        self.assertEqual(debit.return_until, date(2026, 3, 12))
        with smtp_sink(self.env) as self.sink:
            for day, mails in (("2026-03-11", 0), ("2026-03-12", 0), ("2026-03-13", 1)):
                self.assertEqual(len(self._follow_up(day)), mails, day)

    def test_the_money_is_at_risk_for_eight_weeks(self):
        debit = self._debited()
        self._collected(debit)
        self.assertEqual(debit.refund_until, date(2026, 4, 30))
        for day, risk in (("2026-04-29", 1), ("2026-04-30", 1), ("2026-05-01", 0)):
            with self.at(day):
                self.assertEqual(len(self._at_risk("refundable")), risk, day)
                self.assertEqual(self._at_risk("contingent"), debit)
        for day, risk in (("2027-04-05", 1), ("2027-04-06", 0)):
            with self.at(day):
                self.assertEqual(len(self._at_risk("contingent")), risk, day)

    def test_a_refund_by_the_banks_line_first(self):
        self._refund("bank", "return")

    def test_a_refund_by_the_return_first(self):
        self._refund("return", "bank")

    def test_a_refund_whose_line_is_matched_with_the_payment_first(self):
        self._refund("match", "return")

    def test_a_refund_whose_line_is_matched_with_the_payment_last(self):
        self._refund("return", "match")

    def _refund(self, *steps):
        """Whatever is booked first, the fee is owed once, and asked for."""
        debit = self._debited()
        with smtp_sink(self.env) as self.sink:
            self.assertEqual(self._follow_up("2026-03-11"), [])
        self.assertEqual(self._debt(debit.move_id).reason, "direct_debit")
        self._collected(debit, date(2026, 3, 11))
        day, money = date(2026, 4, 14), debit.money_line_ids
        for step in steps:
            if step == "return":
                self._back(debit, "MD06", day)
            elif step == "bank":
                self._bank(day, -FEE, label="Devolución")
            else:
                with self.at(str(day)):
                    money.remove_move_reconcile()
                self._bank(day, -FEE, money, label="Devolución")
        with smtp_sink(self.env) as self.sink:
            self._follow_up("2026-04-15")
        with self.at("2026-04-15"):
            form = self._same_everywhere()
            self.assertEqual(form["total"], FEE)
            self.assertEqual(form["overdue"] - form["credit_amount"], FEE)
        debt = self._debt(debit.move_id)
        self.assertEqual(len(debt), 1)
        self.assertFalse(debt.settled)
        self.assertEqual(debit.state, "refunded")
        others = self.env["cobranza.debt"].search(
            [("debtor_id", "=", self.debtor.id), ("id", "!=", debt.id)]
        )
        self.assertFalse(others.filtered(lambda one: not one.settled))
        undone = self.env["cobranza.settlement.undone"].search(
            [("debt_id", "=", debt.id)]
        )
        self.assertEqual(undone.debit_id, debit)
        self.assertNotIn(debt.reason, ("covered", "direct_debit"))
