import csv
import hashlib
import io

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.cobranza_legal.tests.common.queries import listed
from odoo.addons.cobranza_legal.tests.common.refusals import Refusals

from .common import SpainCommon

DUE = "2026-09-05"
TODAY = "2026-11-23"
REASONS = {
    "party": "no tax number",
    "membership": "No membership of ASNEF-Equifax",
    "minimum": "less than",
    "dispute": "disputes it",
    "suit": "before an authority",
    "agreement": "payment agreement runs",
    "insolvency": "Insolvency proceedings",
    "death": "has died",
    "privacy": "erase or block",
    "warning": "names ASNEF-Equifax",
    "demand": "No demand of payment",
}


class ListingCommon(Refusals, SpainCommon):
    """A member of ASNEF, whose student was warned and asked in time for 650."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env.user.lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.company.write(
            {
                "cobranza_mode": "automatic",
                "cobranza_bank_guard_days": 0,
                "l10n_es_credit_registers": "ASNEF-Equifax",
            }
        )
        everybody = cls.env.ref("base.group_user")
        group = cls.env.ref("cobranza_legal.group_registers")
        everybody.implied_ids = [Command.link(group.id)]
        cls.member = cls._member()
        cls.approver = new_test_user(
            cls.env,
            login="approver_es_listing",
            groups="cobranza_legal.group_approver",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.debt = cls._owed(650)

    @classmethod
    def _member(cls, register="es_asnef", **vals):
        vals = {"number": "M-1", "since": "2026-01-01", **vals}
        files = [Command.create({"name": "agreement.pdf", "raw": b"%PDF-1.4"})]
        return cls.env["cobranza.register.membership"].create(
            {
                "register": register,
                "company_id": cls.company.id,
                "agreement_file_ids": files,
                **vals,
            }
        )

    @classmethod
    def _owed(cls, *amounts, partner=None, due=DUE):
        moves = cls.env["account.move"].union(
            *(
                cls._invoice(
                    due, amount, partner or cls.student, invoice_date="2026-08-06"
                )
                for amount in amounts
            )
        )
        cls._run("2026-10-10")
        return cls._debts(moves)

    def _asked(self, debt, sent="2026-10-20", received="2026-10-22"):
        """The demand that names the register, received; its term ends ten days after,
        11-01."""
        contact = self._letter(debt, f"{sent} 09:00:00", "register_demand")
        if received:
            self._happens(contact, "delivered", f"{received} 09:00:00")
        return contact

    def _demanded(self, debts):
        """A letter besides those of levels that asks for these and names the register,
        posted now."""
        values = {
            "level_id": debts.level_id.id,
            "text_purpose": "register_demand",
            "planned_at": fields.Datetime.now(),
            "waiting": "not_automatic",
        }
        contact = self.env["cobranza.contact"]._create_extra(
            debts.debtor_id, "burofax", debts, debts._claimable(), values
        )
        contact.sudo()._complete(event="posted")
        return contact

    @classmethod
    def _listing(cls, debt=None, **vals):
        debt = debt or cls.debt
        return cls.env["cobranza.listing"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_id": debt.id,
                "register": "es_asnef",
                **vals,
            }
        )

    def _approve(self, listings):
        listings.action_ask()
        asked = self.env["cobranza.approval"].search(
            [("res_model", "=", "cobranza.listing"), ("state", "=", "asked")]
        )
        asked.with_user(self.approver)._answer(True)

    def _submitted(self, debt=None, day=TODAY):
        debt = debt or self.debt
        self._asked(debt)
        with self.at(day):
            listing = self._listing(debt)
            self._approve(listing)
            self.file = self.env["cobranza.listing.file"]._make(self.member)
        return listing

    def _file(self):
        return self.env["ir.attachment"].create({"name": "answer.csv", "raw": b"ok"})

    def _answer(self, listing, answer, day, reason=""):
        with self.at(day):
            dialog = self.env["cobranza.listing.result"].create(
                {
                    "act": "answer",
                    "listing_ids": [Command.set(listing.ids)],
                    "answer": answer,
                    "day": day,
                    "reason": reason,
                    "file_ids": [Command.set(self._file().ids)],
                }
            )
            dialog.action_confirm()

    def _visible(self, debt=None):
        listing = self._submitted(debt)
        self._answer(listing, "accepted", "2026-11-24")
        self._night("2026-12-24")
        self.assertEqual(listing.state, "visible")
        return listing

    def _night(self, day):
        model = self.env["cobranza.listing"].sudo()
        with self.at(day):
            today = self.company._cobranza_today()
            while due := model._upkeep_due(self.company, today, 100):
                due._upkeep(today)
            self.env["cobranza.block.listing"].sudo()._daily(self.company, today)

    def _told(self, listing):
        """What still has to be told: (kind, amount, by when)."""
        waiting = listing.entry_ids.filtered(lambda one: one.state == "pending")
        return [(one.kind, one.amount, str(one.due_on)) for one in waiting]

    def _unmet(self, listing):
        return {*listing._judged()[listing.id].unmet} - {"approval"}

    def _rows(self, file):
        content = file.attachment_id.raw
        self.assertEqual(hashlib.sha256(content).hexdigest(), file.file_hash)
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@tagged("post_install", "-at_install", "post_install_l10n")
class TestListing(ListingCommon):
    """A debt is reported to a register of Spain: every guard, every exit."""

    def test_from_the_draft_to_its_removal(self):
        listing = self._listing()
        self.assertEqual(listing.state, "draft")
        contact = self._letter(self.debt, "2026-11-02 09:00:00", "register_demand")
        with self.at("2026-11-03"):
            listing.action_judge()
            self.assertEqual(listing.state, "demanded")
        self._happens(contact, "delivered", "2026-11-04 09:00:00")
        with self.at("2026-11-05"):
            listing.action_judge()
            self.assertEqual(listing.state, "running")
        self._night("2026-11-14")
        self.assertEqual(listing.state, "running")
        self._night("2026-11-15")
        self.assertEqual(listing.state, "eligible")
        with self.at(TODAY):
            self._approve(listing)
            self.assertEqual(listing.state, "approved")
            self.assertEqual(self._told(listing), [("add", 650, TODAY)])
            file = self.env["cobranza.listing.file"]._make(self.member)
        [row] = self._rows(file)
        self.assertEqual(row["tax_number"], "ES12345678Z")
        self.assertEqual((row["amount"], row["action"]), ("650.00", "add"))
        # T29
        self.assertEqual(listing.state, "submitted")
        self.assertEqual(str(listing.blocked_until), "2026-12-23")
        self.assertEqual(str(listing.purge_on), "2031-09-05")
        self._answer(listing, "accepted", "2026-11-24")
        self.assertEqual(listing.state, "blocked")
        self._night("2026-12-23")
        self.assertEqual(listing.state, "blocked")
        self._night("2026-12-24")
        self.assertEqual(listing.state, "visible")
        self._pay(self.debt.move_id, 650, "2026-12-28")
        with self.at("2026-12-28"):
            self.env.cr.flush()
            self.assertEqual(listing.state, "removal_requested")
            self.assertEqual(self._told(listing), [("remove", 0, "2026-12-28")])
            self.env["cobranza.listing.file"]._make(self.member)
        self._answer(listing, "removed", "2026-12-29")
        self.assertEqual(
            (listing.state, str(listing.ended_on)), ("removed", "2026-12-29")
        )

    # -- guards ------------------------------------------------------------------------

    def test_t28_the_principal_of_each_debt_reaches_fifty(self):
        small, just, *pair = self._owed(49.99, 50, 30, 30, partner=self.client)
        found = {}
        for debt in (small, just, *pair):
            self._asked(debt)
            found[debt] = self._unmet(self._listing(debt))
        self.assertEqual(
            list(found.values()), [{"minimum"}, set(), {"minimum"}, {"minimum"}]
        )

    def test_interest_and_charges_are_no_principal(self):
        [debt] = self._owed(45, partner=self.client)
        self._charge(debt, amount=40)
        self._asked(debt)
        self.assertEqual(self._unmet(self._listing(debt)), {"minimum"})

    def _break(self, code):
        debtor = self.debt.debtor_id
        if code == "party":
            self.student.vat = False
        elif code == "membership":
            self.member.until = "2026-11-01"
        elif code == "minimum":
            self._pay(self.debt.move_id, 600.01, TODAY)
        elif code == "dispute":
            self.env["cobranza.dispute"].create(
                {"debtor_id": debtor.id, "debt_id": self.debt.id, "reason": "quality"}
            )
        elif code == "suit":
            debtor.authority_claim_on = TODAY
        elif code == "agreement":
            self._agree()
        elif code == "insolvency":
            debtor.insolvent_on = TODAY
        elif code == "death":
            debtor.deceased_on = TODAY
        elif code == "privacy":
            self.env["cobranza.privacy.request"].create(
                {"kind": "erasure", "partner_id": self.student.id}
            )

    def _agree(self):
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": self.debt.debtor_id.id,
                "debt_ids": [Command.set(self.debt.ids)],
                "requested_on": TODAY,
                "requested_by": "page",
                "first_on": "2026-12-23",
                "count": 2,
            }
        )
        agreement._through_gate().write({"state": "active", "signed_on": TODAY})
        self.debt.debtor_id._redecide_later()
        return agreement

    def test_each_guard_refuses_alone_and_says_why(self):
        self._asked(self.debt)
        listing = self._listing()
        self.assertEqual(self._unmet(listing), set())
        codes = ("party", "membership", "minimum", "dispute", "suit", "agreement")
        for code in (*codes, "insolvency", "death", "privacy"):
            with self.subTest(code=code), self.env.cr.savepoint() as savepoint:
                self._break(code)
                self.env.cr.flush()
                self.assertEqual(self._unmet(listing), {code})
                with self.refuses(UserError, REASONS[code]) as _:
                    listing.action_ask()
                savepoint.rollback()
                self.env.invalidate_all()

    def _sued(self, code="monitorio"):
        """The debt is claimed by a suit that was served."""
        about = {
            "debtor_id": self.debt.debtor_id.id,
            "debt_ids": [Command.set(self.debt.ids)],
        }
        case = self.env["cobranza.case"].create(about)
        case._through_gate().state = "open"
        kind = self.env.ref(f"cobranza_legal_es.procedure_{code}")
        suit = self.env["cobranza.proceeding"].create(
            {"case_id": case.id, "type_id": kind.id}
        )
        stage = self.env.ref(f"cobranza_legal_es.stage_{code}_served")
        values = {"state": "filed", "filed_on": TODAY, "stage_on": TODAY}
        suit._through_gate().write({**values, "stage_id": stage.id})
        return suit.sudo()

    def _came_to(self, suit, stage, day=TODAY):
        with self.at(day):
            stage = self.env.ref(f"cobranza_legal_es.stage_{stage}")
            suit._advance(stage, suit.company_id._cobranza_today(), "Said so")
            self.env.cr.flush()

    def test_a_claim_that_the_debtor_opposes_bars_the_register(self):
        """LOPDGDD, art. 20.1.b: from the opposition, whatever goes on from it, until it
        is over; and not any more when the stage is undone."""
        self._asked(self.debt)
        with self.at(TODAY):
            listing = self._listing()
            suit = self._sued()
            self.env.cr.flush()
        self.assertEqual(listing.state, "eligible")
        self._came_to(suit, "monitorio_opposed")
        self.assertEqual(listing.state, "suspended")
        self.assertIn("contests it before a court", listing.state_reason)
        self._came_to(suit, "monitorio_served")
        self.assertEqual(listing.state, "eligible")
        self._came_to(suit, "monitorio_opposed")
        verbal = self.env.ref("cobranza_legal_es.procedure_verbal_2024")
        child = suit.create(
            {"case_id": suit.case_id.id, "type_id": verbal.id, "parent_id": suit.id}
        )
        with self.at(TODAY):
            stage = self.env.ref("cobranza_legal_es.stage_verbal_contested")
            values = {"filed_on": TODAY, "stage_on": TODAY, "stage_id": stage.id}
            child._set_state("filed", **values)
            suit._finish("continued", suit.company_id._cobranza_today())
            child._on_stage(stage.browse(), suit.company_id._cobranza_today())
            self.env.cr.flush()
        self.assertEqual(listing.state, "suspended")
        self._came_to(child, "verbal_judgment")
        self.assertEqual(listing.state, "suspended")
        self._came_to(child, "verbal_firm")
        self.assertEqual(listing.state, "eligible")

    def test_what_a_register_knows_is_removed_when_it_is_opposed(self):
        listing = self._visible()
        suit = self._sued()
        self._came_to(suit, "monitorio_opposed", "2026-12-28")
        self.assertEqual(listing.state, "removal_requested")
        self.assertEqual(self._told(listing), [("remove", 650, "2026-12-28")])

    def test_warning_and_demand_refuse_alone(self):
        file = [Command.create({"name": "contract", "raw": b"x"})]
        listing = self._listing(contract_on="2026-01-01", contract_file_ids=file)
        self.assertEqual(self._unmet(listing), {"demand"})
        self.assertEqual(listing.state, "warned")
        other = self._owed(200)
        self._letter(
            other, "2026-10-20 09:00:00", "certified_letter", "certified_letter"
        )
        contact = other.contact_line_ids.contact_id.sorted("id")[-1]
        self._happens(contact, "delivered", "2026-10-22 09:00:00")
        listing = self._listing(other)
        self.assertEqual(self._unmet(listing), {"warning"})
        # the debtor is warned when asked to pay: the letter of before did not warn
        with self.at("2026-11-16"):
            contact = self._demanded(other)
        self._happens(contact, "delivered", "2026-11-18 09:00:00")
        self.assertEqual(self._unmet(listing), {"demand"})

    def test_all_guards_are_told_in_one_message(self):
        for code in ("party", "membership", "dispute", "suit", "insolvency", "death"):
            self._break(code)
        self._break("privacy")
        listing = self._listing()
        with self.assertRaises(UserError) as caught:
            listing.action_ask()
        message = str(caught.exception)
        self.assertIn(listing.name, message)
        told = ("party", "membership", "dispute", "suit", "insolvency", "death")
        for code in (*told, "privacy", "warning", "demand"):
            self.assertIn(REASONS[code], message, code)
        self.assertIn("LOPDGDD", message)

    def test_rai_takes_bills_of_firms_from_banks(self):
        self._member("es_rai")
        debt = self._owed(400, partner=self.client)
        listing = self._listing(debt, register="es_rai")
        self.assertLessEqual({"register", "membership"}, self._unmet(listing))

    def test_another_person_approves(self):
        self.company.cobranza_approve_alone = True
        self.env.user.group_ids |= self.env.ref("cobranza_legal.group_approver")
        self._asked(self.debt)
        listing = self._listing()
        listing.action_ask()
        with self.refuses(UserError, "another approver"):
            listing.approval_ids._answer(True, "I know the case")
        self.assertFalse(listing.approved_on)

    def test_what_changes_takes_the_approval_away(self):
        self._asked(self.debt)
        listing = self._listing()
        self._approve(listing)
        self._break("dispute")
        self.env.cr.flush()
        self.assertEqual(listing.state, "suspended")
        self.assertFalse(listing.approved_on)
        self.assertEqual(self._told(listing), [])
        with self.refuses(UserError, "nothing has to be told"):
            self.env["cobranza.listing.file"]._make(self.member)
        with self.at("2026-11-24"):
            self.debt.dispute_ids._answer("rejected", "It was delivered")
            self.env.cr.flush()
        self.assertEqual(listing.state, "eligible")

    # -- exits -------------------------------------------------------------------------

    def test_one_cent_is_told_the_same_day_and_once(self):
        listing = self._visible()
        self._pay(self.debt.move_id, 0.01, "2026-12-28")
        for _again in range(2):
            with self.at("2026-12-28"):
                self.env.cr.flush()
            self._night("2026-12-28")
            self.assertEqual(self._told(listing), [("update", 649.99, "2026-12-28")])
        self.assertEqual(len(self.member.activity_ids), 1)
        with self.at("2026-12-28"):
            [row] = self._rows(self.env["cobranza.listing.file"]._make(self.member))
        self.assertEqual((row["action"], row["amount"]), ("update", "649.99"))
        self.assertEqual(listing.reported, 649.99)
        self._night("2026-12-29")
        self.assertEqual(self._told(listing), [])
        self.assertFalse(self.member.activity_ids)

    def test_each_exit_asks_for_the_removal_once(self):
        listing = self._visible()
        exits = ("dispute", "agreement", "insolvency", "death", "privacy", "party")
        for code in exits:
            with self.subTest(code=code), self.env.cr.savepoint() as savepoint:
                with self.at("2026-12-28"):
                    self._break(code)
                    self.env.cr.flush()
                    if code == "party":
                        self.env.invalidate_all()
                        listing.action_judge()
                self.assertEqual(listing.state, "removal_requested", code)
                told = self._told(listing)
                self.assertEqual([one[0] for one in told], ["remove"])
                self._night("2026-12-28")
                self._night("2026-12-29")
                self.assertEqual(self._told(listing), told)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_five_years_and_unmatched_money(self):
        listing = self._visible()
        with self.at("2026-12-28"):
            self._prepay(50, "2026-12-28", self.student)
            self.env.cr.flush()
        self.assertEqual(self._told(listing), [("update", 600, "2026-12-28")])
        self._night("2031-09-04")
        self.assertEqual(listing.state, "visible")
        self._night("2031-09-05")
        self.assertEqual(listing.state, "removal_requested")
        self.assertEqual([one[0] for one in self._told(listing)], ["remove"])

    def test_a_merge_keeps_the_report_and_another_number_ends_it(self):
        twin = self._partner("Lucía Gómez", vat="ES12345678Z")
        debts = self._owed(100, partner=twin)
        listing = self._visible()
        source, target = self.debt.debtor_id, debts.debtor_id
        with self.at("2026-12-28"):
            source.sudo()._merge_into(target.sudo())
            self.env.cr.flush()
        self.assertEqual(listing.state, "visible")
        with self.at("2026-12-28"):
            listing.partner_id.vat = "ES87654321X"
            listing.action_judge()
        self.assertEqual(listing.state, "removal_requested")
        self.assertIn("does not answer", listing.removal_reason)

    def test_a_rejection_is_typed_with_its_file_and_reason(self):
        listing = self._submitted()
        with self.refuses(UserError, "Say why"):
            self._answer(listing, "rejected", "2026-11-24")
        self._answer(listing, "rejected", "2026-11-24", "Wrong number")
        self.assertEqual(
            (listing.state, listing.state_reason), ("rejected", "Wrong number")
        )
        [answer] = listing.answer_ids
        self.assertEqual(answer.file_hash, hashlib.sha256(b"ok").hexdigest())
        with self.refuses(UserError, "asked nothing"):
            self._answer(listing, "removed", "2026-11-25")

    def test_what_was_submitted_stays(self):
        listing = self._submitted()
        with self.refuses(UserError, "closed"):
            listing.unlink()
        with self.refuses(UserError, "evidence"):
            self.file.sudo().unlink()
        refusals = self.debt.debtor_id._retention_refusals()
        self.assertTrue([one for one in refusals if listing.name in one])

    def test_registers_are_not_switched_off_while_they_know_a_debt(self):
        self._submitted()
        settings = self.env["res.config.settings"].create(
            {"group_cobranza_registers": False}
        )
        with self.refuses(UserError, "credit registers"):
            settings.set_values()

    # -- proposals, scale --------------------------------------------------------------

    def test_the_level_makes_a_draft_instead_of_a_task(self):
        debts = self.env["cobranza.debtor"].sudo()
        debtor, debt = self.debt.debtor_id.id, self.debt.id
        found = {(debtor, "propose_listing", "Register"): [debt]}
        day = self.company._cobranza_today()
        self.assertFalse(debts._raise_effects(found, day))
        listing = self.debt.listing_ids
        self.assertEqual((listing.register, listing.state), ("es_asnef", "draft"))
        debts._raise_effects(found, day)
        self.assertEqual(len(self.debt.listing_ids), 1)
        self.member.until = "2026-11-01"
        other = self._owed(80, partner=self.client)
        found = {(other.debtor_id.id, "propose_listing", "Register"): other.ids}
        self.assertEqual(len(debts._raise_effects(found, day)), 1)

    def test_two_hundred_are_judged_with_bounded_queries(self):
        def judge(listings):
            self.env.flush_all()
            self.env.invalidate_all()
            with listed(self.env.cr) as queries:
                listings._judge(self.company._cobranza_today())
                self.env.flush_all()
            return len(queries)

        account = self.company_data["default_account_receivable"]
        sales = self.company_data["default_account_revenue"]
        owed = {
            "account_id": account.id,
            "partner_id": self.client.id,
            "date_maturity": DUE,
            "balance": 100,
        }
        entry = self._book("2026-08-06", *([owed] * 200), (sales, -20000))
        entry.line_ids.no_followup = False
        debts = self._follow(entry, "2026-10-10")
        self.assertEqual(len(debts), 200)
        listings = self.env["cobranza.listing"]._draft(debts)
        few = judge(listings[:3])
        many = judge(listings)
        self.assertLessEqual(many, few + 12)
        self.assertEqual(set(listings.mapped("state")), {"draft"})
