"""Direct debits in Spain, by the law that is shipped: their days, what follows from
every reason of a return."""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import SpainCommon

IBAN = "ES9121000418450200051332"
PLAIN = {"unknown", "never_came"}
ACTIONS = {
    # code: (again, mandate, our error, account closed, dispute, deceased)
    "AM04": (True, "valid", False, False, False, False),
    "AC01": (False, "suspended", False, False, False, False),
    "RC01": (False, "suspended", False, False, False, False),
    "AC04": (False, "revoked", False, True, False, False),
    "AC06": (False, "suspended", False, False, False, False),
    "AC13": (False, "revoked", False, False, False, False),
    "AG01": (False, "suspended", False, False, False, False),
    "AG02": (False, "valid", True, False, False, False),
    "AM05": (False, "valid", True, False, False, False),
    "DUPL": (False, "valid", True, False, False, False),
    "BE04": (False, "valid", True, False, False, False),
    "BE05": (False, "valid", True, False, False, False),
    "MD01": (False, "suspended", False, False, True, False),
    "MD02": (False, "valid", True, False, False, False),
    "FF01": (False, "valid", True, False, False, False),
    "FF05": (False, "valid", True, False, False, False),
    "MD06": (False, "valid", False, False, False, False),
    "MD07": (False, "revoked", False, False, False, True),
    "MS02": (False, "valid", False, False, False, False),
    "MS03": (True, "valid", False, False, False, False),
    "SL01": (False, "valid", False, False, False, False),
    "FRAD": (False, "suspended", False, False, True, False),
    "CNOR": (False, "valid", False, False, False, False),
    "DNOR": (False, "valid", False, False, False, False),
    "RR01": (False, "valid", True, False, False, False),
    "RR02": (False, "valid", True, False, False, False),
    "RR03": (False, "valid", True, False, False, False),
    "RR04": (False, "valid", False, False, False, False),
}


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDebitEs(SpainCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everybody = cls.env.ref("base.group_user")
        group = cls.env.ref("cobranza_legal.group_direct_debit")
        everybody.implied_ids = [Command.link(group.id)]
        cls.company.cobranza_creditor_identifier = "ES11000B12345674"

    def _debited(self, partner, notice=None):
        """A customer who pays by direct debit, and its mandate."""
        partner.with_company(self.company).cobranza_direct_debit = True
        account = self.env["res.partner.bank"].create(
            {"partner_id": partner.id, "acc_number": IBAN}
        )
        agreed = {} if notice is None else {"notice_agreed": True}
        mandate = self.env["cobranza.mandate"].create(
            {
                "partner_id": partner.id,
                "bank_account_id": account.id,
                "notice_days": notice or 0,
                **agreed,
            }
        )
        mandate._sign(date(2026, 1, 10), "Madrid", "import")
        return mandate

    def _debit(self, move, told):
        """The debit of an invoice, told on a day and presented in time."""
        with self.at(str(told)):
            batch = self.env["cobranza.debit.batch"].create(
                {"scheme": "core", "due_until": move.invoice_date_due}
            )
            batch.action_fill()
            debit = batch.debit_ids
            self.assertEqual(debit.move_id, move)
            debit._tell(told)
        return self._present(batch)

    def _present(self, batch):
        debit = batch.debit_ids
        terms = self.company._cobranza_debit_terms("core")
        with self.at(str(terms.submit_by(debit.collect_on))):
            batch.action_present()
        self.assertEqual(debit.state, "presented")
        return debit

    def test_the_days_of_the_sheet(self):
        self._debited(self.student)
        move = self._invoice("2026-12-23", 500, self.student, invoice_date="2026-11-20")
        debit = self._debit(move, date(2026, 12, 9))
        self.assertEqual(debit.notify_by, date(2026, 12, 9))
        self.assertEqual(debit.presented_on, date(2026, 12, 22))
        self.assertEqual(debit.return_until, date(2026, 12, 31))
        self.assertEqual(debit.refund_until, date(2027, 2, 17))
        self.assertEqual(debit.unauthorised_until, date(2028, 1, 23))
        terms = self.company._cobranza_debit_terms("b2b")
        self.assertEqual(terms.return_until(date(2026, 12, 23)), date(2026, 12, 29))

    def test_every_reason_has_its_action(self):
        codes = self.env["cobranza.debit.return.code"]._by_code()
        self.assertEqual(set(codes), PLAIN | set(ACTIONS))
        for code, expected in ACTIONS.items():
            with self.subTest(code):
                self.assertEqual(self._what_follows(code), expected)

    def _what_follows(self, code):
        partner = self._partner(f"Cliente {code}", email=f"{code}@example.com")
        mandate = self._debited(partner, notice=2)
        move = self._invoice("2026-11-02", 500, partner, invoice_date="2026-10-01")
        debit = self._debit(move, date(2026, 10, 20))
        self._run("2026-11-05")
        before = debit.debtor_id.activity_ids
        with self.at("2026-11-05"):
            debit._come_back(code, date(2026, 11, 5))
        self.assertEqual(debit.state, "refunded" if code == "MD06" else "returned")
        self.assertEqual(len(debit.debtor_id.activity_ids - before), 1)
        again = self.env["cobranza.debit"].search([("parent_id", "=", debit.id)])
        if again:
            self.assertEqual(again.collect_on, date(2026, 11, 9))  # 11-07 is a Saturday
            again._take_out("Test")
        disputes = self.env["cobranza.dispute"].search(
            [("debtor_id", "=", debit.debtor_id.id)]
        )
        own_error = debit.own_error
        debit.action_answered()  # BE05 keeps the company from presenting others
        move.cobranza_no_debit = True
        return (
            bool(again),
            mandate.state,
            own_error,
            not mandate.bank_account_id.active,
            bool(disputes),
            bool(debit.debtor_id.deceased_on),
        )

    def test_what_concerns_more_than_one_debit(self):
        codes = self.env["cobranza.debit.return.code"]
        self.assertEqual(codes._where(blocks=True), ["BE05"])
        self.assertEqual(codes._where(same_account=True), ["AC01", "AC04"])
