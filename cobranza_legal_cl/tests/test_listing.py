from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.cobranza_legal.kernel.wording import Wording
from odoo.addons.cobranza_legal.tests.common.refusals import Refusals

from .common import ChileCommon

NEVER = (
    *("electricity", "water", "telephone", "gas", "highway", "education", "health"),
    *("indap", "renegotiated", "unemployment"),
)


@tagged("post_install", "-at_install", "post_install_l10n")
class TestListingChile(Refusals, ChileCommon):
    """What may never be reported, consent and instrument, and seven working days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        group = cls.env.ref("cobranza_legal.group_registers")
        cls.env.ref("base.group_user").implied_ids = [Command.link(group.id)]
        files = [Command.create({"name": "agreement.pdf", "raw": b"%PDF-1.4"})]
        cls.member = cls.env["cobranza.register.membership"].create(
            {
                "register": "cl_dicom",
                "company_id": cls.company.id,
                "number": "77",
                "since": "2026-01-01",
                "agreement_file_ids": files,
            }
        )
        cls.approver = new_test_user(
            cls.env,
            login="approver_cl_listing",
            groups="cobranza_legal.group_approver",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.firm = cls._business()
        cls.moves = cls._bill(500000, "2026-10-05", cls.firm) | cls._bill(
            300000, "2026-10-05"
        )
        cls._run("2026-11-20")
        cls.debt, cls.own = cls._debts(cls.moves)

    def _listing(self, debt, **vals):
        values = {"debtor_id": debt.debtor_id.id, "debt_id": debt.id}
        values |= {"register": "cl_dicom", **vals}
        return self.env["cobranza.listing"].create(values)

    def _unmet(self, listing):
        unmet = listing._judged()[listing.id].unmet
        return {code: one.why for code, one in unmet.items() if code != "approval"}

    def test_a_business_is_reported_once_somebody_says_what_it_owes(self):
        listing = self._listing(self.debt)
        self.assertEqual(self._unmet(listing), {"origin": "unknown"})
        self.assertEqual(listing.state, "draft")
        listing.origin = "cl_trade"
        self.assertEqual(self._unmet(listing), {})
        self.assertEqual(listing.state, "eligible")

    def test_what_is_never_reported(self):
        listing = self._listing(self.debt)
        for code in NEVER:
            listing.origin = f"cl_{code}"
            self.assertEqual(self._unmet(listing), {"origin": "barred"}, code)
        with self.refuses(UserError, "never reported (Ley 19.628, art. 17)"):
            listing.action_ask()

    def test_of_a_person_consent_and_an_instrument_are_asked(self):
        listing = self._listing(self.own, origin="cl_decree")
        self.assertEqual(
            self._unmet(listing), {"consent": "none", "instrument": "none"}
        )
        files = [Command.create({"name": "consent.pdf", "raw": b"x"})]
        listing.write({"consent_on": "2026-01-05", "consent_file_ids": files})
        self.assertEqual(self._unmet(listing), {"instrument": "none"})
        self.own.sudo().title = "promissory_note"
        self.assertEqual(self._unmet(listing), {})

    def test_what_was_agreed_anew_is_never_reported(self):
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": self.debt.debtor_id.id,
                "debt_ids": [Command.set(self.debt.ids)],
                "requested_by": "page",
                "first_on": "2026-12-23",
                "count": 2,
            }
        )
        state = {"state": "accelerated", "signed_on": "2026-11-23"}
        agreement._through_gate().write(state)
        listing = self._listing(self.debt, origin="cl_trade")
        self.assertEqual(self._unmet(listing), {"origin": "renegotiated"})

    def _visible(self):
        listing = self._listing(self.debt, origin="cl_trade")
        listing.action_ask()
        listing.approval_ids.with_user(self.approver)._answer(True)
        self.env["cobranza.listing.file"]._make(self.member)
        self.assertFalse(listing.blocked_until)
        file = self.env["ir.attachment"].create({"name": "ok", "raw": b"ok"})
        day = self.company._cobranza_today()
        listing._answered("accepted", day, "", file)
        self.assertEqual(listing.state, "visible")
        return listing

    def test_a_payment_is_told_within_seven_working_days(self):
        listing = self._visible()
        with self.at("2026-12-04"):
            self._register_payment(
                self.moves[0], amount=500000, payment_date="2026-12-04"
            )
            self.env.cr.flush()
        self.assertEqual(listing.state, "removal_requested")
        waiting = listing.entry_ids.filtered(lambda one: one.state == "pending")
        self.assertEqual(
            [(one.kind, str(one.due_on)) for one in waiting],
            [("remove", "2026-12-14")],
        )

    def test_a_register_of_another_country_is_refused(self):
        with self.refuses(ValidationError, "no register of the country"):
            self._listing(self.debt, register="other")

    def test_letters_to_the_protected_are_silent_about_registers(self):
        day = self.company._cobranza_today()
        for row in self.env["cobranza.register"]._by_code().values():
            for name in row.names if row.code.startswith("cl_") else ():
                said = Wording(f"Su deuda se informará a {name}")
                found = self.rules._text_objections(said, "consumer", day)
                self.assertIn("commercial registers", str(found), name)
                self.assertFalse(self.rules._text_objections(said, "company", day))
