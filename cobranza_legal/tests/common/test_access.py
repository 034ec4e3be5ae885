import csv
from collections import defaultdict
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.misc import file_open

from .charging import ChargeCommon
from .mandate import CORE

OPERATIONS = {"create": "create", "read": "read", "update": "write", "delete": "unlink"}
GROUPS = {
    "collector": "group_collector",
    "manager": "group_collection_manager",
    "lawyer_own": "group_lawyer_own",
    "lawyer_all": "group_lawyer_all",
    "accountant": "group_accountant",
    "approver": "group_approver",
}


PARENTS = (
    *("debtor_id", "contact_id", "agreement_id", "policy_id", "debt_id"),
    *("case_id", "placement_id"),
)
"""Fields by which a record without a company belongs to one."""


def read_matrix():
    with file_open("cobranza_legal/tests/common/access_matrix.csv") as file:
        return list(csv.DictReader(file))


@tagged("post_install", "-at_install")
class TestAccess(ChargeCommon):
    """Who may do what: one table, and nobody sees another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._only(role) for role in GROUPS}

    @classmethod
    def _only(cls, role, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=f"{role}_{company.id}_access",
            groups=f"cobranza_legal.{GROUPS[role]}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _own_models(self, *, transient=True):
        for name, model in self.env.registry.items():
            ours = model._original_module == "cobranza_legal"
            if ours and not model._abstract and (transient or not model._transient):
                yield name

    # -- roles -----------------------------------------------------------------------

    def test_every_role_has_the_rights_of_the_matrix_and_no_more(self):
        wrong = []
        for row in read_matrix():
            model = self.env[row["model"]].with_user(self.users[row["role"]])
            for column, operation in OPERATIONS.items():
                if model.has_access(operation) != (row[column] == "1"):
                    wrong.append((row["role"], row["model"], operation))
        self.assertFalse(wrong)

    def test_the_matrix_has_a_row_for_every_role_and_model(self):
        rows = {(row["role"], row["model"]) for row in read_matrix()}
        expected = {(role, name) for name in self._own_models() for role in GROUPS}
        self.assertFalse(expected - rows)

    def test_only_managers_delete(self):
        deleting = {
            row["role"]
            for row in read_matrix()
            if row["delete"] == "1" and not self.env[row["model"]]._transient
        }
        self.assertEqual(deleting, {"manager"})

    def test_portal_and_public_users_read_nothing(self):
        portal = new_test_user(self.env, login="debtor", groups="base.group_portal")
        for user in (portal, self.env.ref("base.public_user")):
            for name in self._own_models():
                model = self.env[name].with_user(user)
                self.assertFalse(model.has_access("read"), name)

    def test_every_model_has_an_access_row_and_a_company_rule(self):
        rules = defaultdict(str)
        for rule in self.env["ir.rule"].sudo().search([("groups", "=", False)]):
            rules[rule.model_id.model] += rule.domain_force or ""
        access = self.env["ir.model.access"].sudo().search([])
        with_access = set(access.mapped("model_id.model"))
        for name in self._own_models():
            self.assertIn(name, with_access)
        for name in self._own_models(transient=False):
            if self._company_path(name):
                self.assertIn("company_ids", rules[name], name)

    def _company_path(self, name):
        """How a record of a model belongs to a company; "" when it does not."""
        model = self.env[name]
        if "company_id" in model._fields:
            return "company_id"
        for parent in PARENTS:
            if parent in model._fields:
                return f"{parent}.company_id"
        return ""

    def test_the_four_privileges_combine_in_one_user(self):
        groups = [self.env.ref(f"cobranza_legal.{name}") for name in GROUPS.values()]
        privileges = {group.privilege_id for group in groups}
        self.assertEqual(len(privileges), 4)
        categories = {one.category_id for one in privileges}
        self.assertEqual(len(categories), 1)
        admin = self.env.ref("base.user_admin")
        for group in groups:
            self.assertIn(admin, group.user_ids)
        user = self.users["collector"]
        user.group_ids |= self.users["accountant"].group_ids
        self.assertTrue(user.has_group("cobranza_legal.group_collector"))
        self.assertTrue(user.has_group("account.group_account_user"))

    def test_collectors_and_lawyers_have_no_accounting_group(self):
        for role in ("collector", "manager", "lawyer_own", "lawyer_all", "approver"):
            names = self.users[role].all_group_ids.mapped("full_name")
            self.assertFalse([name for name in names if "Accounting Feat" in name])
            for group in ("group_account_readonly", "group_account_invoice"):
                self.assertFalse(self.users[role].has_group(f"account.{group}"), role)

    # -- records ---------------------------------------------------------------------

    def _book(self):
        """One record at least of every model that belongs to a company."""
        move = self._invoice(amount=1000)
        self._run("2026-10-10")
        debt = self._debts(move)
        debtor = debt.debtor_id
        common = {"debtor_id": debtor.id}
        self.env["cobranza.hold"].create({**common, "date_from": "2026-12-01"})
        proof = [Command.create({"name": "bill.pdf", "raw": b"x"})]
        cost = {**common, "description": "Letter", "amount": 9, "attachment_ids": proof}
        self.env["cobranza.cost"].create(cost)
        with self.law(fee=self.schedule()):
            charges, _refused = self._assess_on("2026-10-30", debt)
        charges._waive("above the limit")
        self.env["cobranza.dispute"].create(
            {**common, "debt_id": debt.id, "reason": "price"}
        )
        self.env["cobranza.promise"].create(
            {
                **common,
                "debt_ids": debt.ids,
                "amount": 10,
                "made_on": "2026-10-10",
                "promised_on": "2026-12-20",
            }
        )
        self.env["cobranza.opt.out"].create(common)
        self._guarantee(debtor, self.partner_b)
        self._book_documents(debtor)
        lifted = {"lift_gap": True, "reason": "Agreed"}
        contact = debt.contact_line_ids.contact_id[:1]
        debtor.regime = "company"
        self.env["cobranza.contact.override"].create(
            {"contact_id": contact.id, **lifted}
        )
        self._register_payment(move, amount=100, payment_date="2026-10-30")
        back = self._register_payment(move, amount=50, payment_date="2026-10-30")
        back.action_cancel()
        debt.contact_line_ids.contact_id._add_events("answered", "test")
        self._ask_privacy(debtor)
        self.policy.company_id = self.company
        self.env["cobranza.charge.form"].action_create_missing()
        euro = {"currency_id": self.company.currency_id.id, "amount": 2}
        self.env["cobranza.dust"].create(euro)
        lateness = self.env["cobranza.late"].sudo()
        lateness._put_down(self.company, [(None, None, None, None, debt.id)])
        self._book_paper()
        self._book_debit(debt)
        links = self.env["cobranza.portal.link"].sudo()
        links.create({"debtor_id": debtor.id, "former_id": 1})
        self.env["cobranza.leave"]._begin("ceded", debt)
        day = date(2026, 1, 1)
        self.env["cobranza.deletion"]._note(links, day, "Old", self.company)
        self._book_mandate(debtor)
        proof = [Command.create({"name": "deed.pdf", "raw": b"x"})]
        told = {"kind": "acknowledgement", "day": "2026-10-10", "debt_ids": debt.ids}
        told["attachment_ids"] = proof
        self.env["cobranza.interruption"].create({**common, **told})
        achieved = {"kind": "mora", "standing": "no", "why": "no_effect"}
        effects = self.env["cobranza.contact.effect"].sudo()
        effects.create({"contact_id": contact.id, **achieved})
        self._book_agreement(debt)
        self._book_case(debt)
        self._book_suspension(debt)
        self._book_listing(debt)
        self._book_agency(debt)
        self._book_provision(debt)
        self._book_figures()
        return debtor

    def _book_figures(self):
        """What was measured of a day."""
        figures = self.env["cobranza.kpi"].sudo().with_company(self.company)
        figures._take(self.company, date(2026, 10, 31))
        target = {"company_id": self.company.id, "code": "dso", "value": 40}
        self.env["cobranza.kpi.target"].create(target)
        reports = self.env["cobranza.kpi.report"].sudo().with_company(self.company)
        reports._make_month(self.company, date(2026, 10, 1))

    def _book_provision(self, debt):
        """A run that is computed, an assessment and an insurance."""
        own = {"code": "own", "name": "Own", "company_id": self.company.id}
        scale = {**own, "buckets": "1: 50"}
        self.env["cobranza.provision.scale"].create(scale)
        self.env["cobranza.provision.tier"].create(own)
        about = {"debtor_id": debt.debtor_id.id, "debt_id": debt.id}
        judged = {**about, "percent": 50, "reason": "x"}
        self.env["cobranza.provision.assessment"].create(judged)
        self.env["cobranza.credit.insurance"].create(
            {**about, "insurer_id": self.partner_b.id, "covered": 10}
        )
        run = (
            self.env["cobranza.provision.run"]
            .sudo()
            .create({"company_id": self.company.id})
        )
        run.sudo(False).action_compute()
        line = Command.create({"debt_id": debt.id})
        write_off = self.env["cobranza.write.off"].create(
            {"company_id": self.company.id, "line_ids": [line]}
        )
        paid = {"line_id": write_off.line_ids.id, "day": "2026-11-23", "amount": 1}
        self.env["cobranza.write.off.recovery"].sudo().create(paid)
        spans = {"start_on": "2026-01-01", "opens_on": "2027-01-01"}
        relief = {"move_id": debt.move_id.id, "ground": "unpaid", **spans}
        relief |= {"closes_on": "2027-07-01", "debtor_id": debt.debtor_id.id}
        reliefs = self.env["cobranza.vat.relief"].sudo()
        reliefs.create({"company_id": self.company.id, **relief})

    def _book_agency(self, debt):
        """A handover with what an agency is told, and its file."""
        agency = self.env["cobranza.agency"].create(
            {
                "partner_id": self.partner_b.id,
                "company_id": self.company.id,
                "since": "2026-01-01",
                "contract_file_ids": [Command.create({"name": "x", "raw": b"x"})],
            }
        )
        placement = self.env["cobranza.placement"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_ids": [Command.set(debt.ids)],
                "agency_id": agency.id,
            }
        )
        file = {"name": "F", "kind": "out", "agency_id": agency.id}
        self.env["cobranza.agency.file"].sudo().create(file)
        told = {"kind": "stop", "decided_on": "2026-11-23"}
        notices = self.env["cobranza.placement.notice"].sudo()
        notices.create({"placement_id": placement.id, **told})

    def _book_case(self, debt):
        """A case with an act, and a negotiation with somebody invited."""
        about = {"debtor_id": debt.debtor_id.id, "debt_ids": [Command.set(debt.ids)]}
        own = {"code": "own", "name": "Own", "company_id": self.company.id}
        kind = self.env["cobranza.proceeding.type"].create(own)
        case = self.env["cobranza.case"].create(about)
        case._write_down("note", "x")
        mail = {"case_id": case.id, "received_on": "2026-11-23 10:00:00"}
        self.env["cobranza.case.mail"].sudo().create({**mail, "digest": "x"})
        stage = self.env["cobranza.proceeding.stage"].create(
            {**own, "procedure_code": "own"}
        )
        term = {**own, "stage_id": stage.id, "number": 3}
        self.env["cobranza.proceeding.term"].create(term)
        court = {"name": "x", "company_id": self.company.id}
        court = self.env["cobranza.court"].create(court)
        self.env["cobranza.court.name"].create({"name": "x", "court_id": court.id})
        suit = {"case_id": case.id, "type_id": kind.id}
        suit = self.env["cobranza.proceeding"].create(suit)
        self.env["cobranza.insolvency.claim"].create({**about, "case_id": case.id})
        self.env["cobranza.lawyer.terms"].create(
            {"partner_id": debt.partner_id.id, "company_id": self.company.id}
        )
        self.env["cobranza.case.later"].sudo().create(
            {
                "case_id": case.id,
                "debt_id": debt.id,
                "currency_id": debt.currency_id.id,
                "found_on": "2026-11-23",
            }
        )
        self.env["cobranza.suit.defendant"].sudo().create(
            {
                "proceeding_id": suit.id,
                "partner_id": debt.partner_id.id,
                "sued_on": "2026-11-23",
            }
        )
        asset = {"case_id": case.id, "asset": "x", "asset_kind": "money"}
        self.env["cobranza.measure"].create(asset)
        self.env["cobranza.judgment"].create({"case_id": case.id})
        self.env["cobranza.realisation"].create({"case_id": case.id, "amount": 1})
        until = {"name": "x", "number": 3, "start_on": "2026-11-20"}
        until = self.env["cobranza.deadline"].create(
            {**until, "proceeding_id": suit.id}
        )
        until._extend(2, "court_day", "x", self.env["ir.attachment"])
        hearing = {"proceeding_id": suit.id, "starts_at": "2026-12-10 10:00:00"}
        self.env["cobranza.hearing"].create(hearing)
        self.env["cobranza.proceeding.preference"].create(
            {**own, "procedure_code": "own"}
        )
        lawyer = {"partner_id": debt.partner_id.id, "company_id": self.company.id}
        self.env["cobranza.power"].create(lawyer)
        self.env["cobranza.negotiation.criterion"].create(
            {"code": "own", "name": "Own", "company_id": self.company.id}
        )
        self.env["cobranza.petition.kind"].create({**own, "body": "x"})
        party = [Command.create({"partner_id": debt.partner_id.id})]
        self.env["cobranza.negotiation"].create({**about, "party_ids": party})

    def _book_suspension(self, debt):
        about = {"debtor_id": debt.debtor_id.id, "debt_ids": [Command.set(debt.ids)]}
        self.env["cobranza.suspension"].create(about)

    def _book_listing(self, debt):
        """A report with everything that hangs from it."""
        rules = type(self.env["cobranza.rules"])
        company, day = self.company.id, "2026-11-23"
        with patch.object(rules, "_credit_registers", lambda _rules: ("other",)):
            member = self.env["cobranza.register.membership"].create(
                {"register": "other", "company_id": company, "since": day}
            )
            listing = self.env["cobranza.listing"].create(
                {
                    "register": "other",
                    "debtor_id": debt.debtor_id.id,
                    "debt_id": debt.id,
                }
            )
        file = {"name": "F", "register": "other", "membership_id": member.id}
        rows = {
            "entry": {"kind": "add", "decided_on": day, "due_on": day},
            "answer": {"answer": "accepted", "day": day},
        }
        self.env["cobranza.listing.file"].sudo().create({**file, "company_id": company})
        for name, vals in rows.items():
            model = self.env[f"cobranza.listing.{name}"].sudo()
            model.create({"listing_id": listing.id, **vals})

    def _book_agreement(self, debt):
        """A draft by terms of the company, and what a guarantor said of it."""
        self.env["cobranza.agreement.policy"].create(
            {"name": "Own", "company_id": self.company.id}
        )
        agreement = self.env["cobranza.agreement"].create(
            {
                "debtor_id": debt.debtor_id.id,
                "debt_ids": [Command.set(debt.ids)],
                "requested_by": "page",
                "grounds": "Later",
                "given_ids": [Command.create({"due_on": "2026-12-30"})],
            }
        )
        self.env["cobranza.agreement.paper"].sudo().create(
            {
                "agreement_id": agreement.id,
                "debtor_id": debt.debtor_id.id,
                "user_id": self.env.uid,
                "purpose": "agreement_settled",
                "written_on": "2026-10-30",
            }
        )
        self.env["cobranza.agreement.consent"].sudo().create(
            {
                "agreement_id": agreement.id,
                "obligor_id": debt.debtor_id.obligor_ids[:1].id,
                "consented_on": "2026-10-30",
                "user_id": self.env.uid,
            }
        )

    def _book_documents(self, debtor):
        """An own row of the checklist, a document of it, and where its original is."""
        kind = self.env["cobranza.document.type"].create(
            {
                "code": "own",
                "name": "Own",
                "company_id": self.company.id,
                "paper": True,
            }
        )
        document = (
            self.env["cobranza.document"]
            .sudo()
            .create({"debtor_id": debtor.id, "type_id": kind.id})
        )
        document._move_original("received", self.company._cobranza_today())

    def _book_mandate(self, debtor):
        """A mandate that was signed on the debtor's page, and amended."""
        rules = type(self.env["cobranza.rules"])
        with patch.object(rules, "_mandate_schemes", lambda *_args: (CORE,)):
            mandate = self.env["cobranza.mandate"].create(
                {"debtor_id": debtor.id, "scheme": "core"}
            )
        self.env["cobranza.mandate.amendment"].sudo().create(
            {
                "mandate_id": mandate.id,
                "kind": "reference",
                "day": "2026-10-30",
                "reason": "x",
                "user_id": self.env.uid,
            }
        )
        self.env["cobranza.signature"].sudo().create(
            {
                "company_id": self.company.id,
                "debtor_id": debtor.id,
                "res_model": mandate._name,
                "res_id": mandate.id,
                "name": "x",
                "image": b"eA==",
                "moment": "2026-10-30 12:00:00",
                "way": "link",
                "document_hash": "x",
            }
        )

    def _book_debit(self, debt):
        """A debit of a batch, by a mandate."""
        rules = type(self.env["cobranza.rules"])
        with patch.object(rules, "_mandate_schemes", lambda *_args: (CORE,)):
            mandate = self.env["cobranza.mandate"].create(
                {"debtor_id": debt.debtor_id.id, "scheme": "core"}
            )
            batch = self.env["cobranza.debit.batch"].create(
                {"scheme": "core", "due_until": "2026-12-31"}
            )
        line = debt.move_line_id
        self.env["cobranza.debit"].sudo().create(
            {
                "batch_id": batch.id,
                "debtor_id": debt.debtor_id.id,
                "mandate_id": mandate.id,
                "scheme": "core",
                "move_line_id": line.id,
                "document": debt.document,
                "currency_id": debt.currency_id.id,
                "amount": line.amount_residual_currency,
                "due_on": "2026-10-05",
                "collect_on": "2026-12-23",
            }
        )

    def _book_paper(self):
        """What certified letters need."""
        provider = self.env["cobranza.provider"].create({"name": "Post"})
        own = {"provider_id": provider.id}
        batches = self.env["cobranza.dispatch"].sudo()
        batches.create({**own, "company_id": self.company.id})
        answers = self.env["cobranza.dispatch.answer"].sudo()
        header = b"id;tracking;event;date;price;evidence"
        answers._read_file(provider, "a.csv", header + b"\nx")

    def _ask_privacy(self, debtor):
        """A request about the data of a debtor and a proposal to erase its log."""
        request = {"kind": "access", "partner_id": debtor.partner_id.id}
        self.env["cobranza.privacy.request"].create(request)
        call = {"debtor_id": debtor.id, "channel": "call", "sent_at": "2020-01-01"}
        self.env["cobranza.contact"]._log(call)
        self.env["cobranza.erasure"]._propose(debtor, "2099-01-01", "x", "y")

    def test_nobody_sees_the_records_of_another_company(self):
        self._book()
        other = self.setup_other_company()["company"]
        strangers = {role: self._only(role, other) for role in GROUPS}
        for name in self._own_models(transient=False):
            path = self._company_path(name)
            if not path:
                continue
            domain = [(path, "=", self.company.id)]
            records = self.env[name].sudo().search(domain)
            self.assertTrue(records, f"no record of {name} in this test")
            for role, user in strangers.items():
                model = self.env[name].with_user(user)
                if model.has_access("read"):
                    self.assertFalse(model.search(domain), (name, role))
                    with self.assertRaises(AccessError):
                        records[0].with_user(user).check_access("read")

    def test_a_lawyer_of_own_cases_sees_only_what_is_assigned(self):
        debtor = self._book()
        own, every = self.users["lawyer_own"], self.users["lawyer_all"]
        names = ("debtor", "debt", "charge", "contact", "promise", "settlement")
        for name in names:
            model = self.env[f"cobranza.{name}"]
            self.assertFalse(model.with_user(own).search([]), name)
            self.assertTrue(model.with_user(every).search([]), name)
        debtor.user_id = own  # who is responsible need not be assigned
        self.env.flush_all()
        for name in names:
            self.assertFalse(self.env[f"cobranza.{name}"].with_user(own).search([]))
        debtor.debt_ids._assign(own)
        self.env.flush_all()
        for name in names:
            self.assertTrue(self.env[f"cobranza.{name}"].with_user(own).search([]))
        debtor.debt_ids._assign(self.env["res.users"])
        own.group_ids |= self.users["collector"].group_ids
        self.assertTrue(self.env["cobranza.debtor"].with_user(own).search([]))

    def test_a_lawyer_sees_the_debts_that_it_is_assigned_to_and_no_others(self):
        debtor = self._book()
        own = self.users["lawyer_own"]
        debt, other = debtor.debt_ids[:1], debtor.debt_ids[1:]
        if not other:
            self._invoice(due="2026-10-01")
            self._run("2026-11-24")
            other = debtor.debt_ids - debt
        debt._assign(own)
        self.env.flush_all()
        self.assertEqual(debtor.assigned_user_ids, own)
        seen = self.env["cobranza.debt"].with_user(own).search([])
        self.assertEqual(seen.ids, debt.ids)
        self.assertTrue(debtor.with_user(own).read(["display_name"]))
        for name in ("charge", "contact", "settlement"):
            model = self.env[f"cobranza.{name}"]
            link = "line_ids.debt_id" if name == "contact" else "debt_id"
            expected = model.search([(link, "in", debt.ids)])
            found = model.with_user(own).search([(link, "in", debtor.debt_ids.ids)])
            self.assertEqual(found.ids, expected.ids, name)
        with self.assertRaises(UserError):
            debt.with_user(self.users["collector"]).write(
                {"assigned_user_ids": [(5, 0, 0)]}
            )
        debt._assign(self.env["res.users"])
        self.env.flush_all()
        self.assertFalse(debtor.assigned_user_ids)
        self.assertFalse(self.env["cobranza.debt"].with_user(own).search([]))

    def test_a_collector_reads_invoices_and_payments_and_changes_none(self):
        move = self._invoice()
        payment = self._register_payment(move, amount=100)
        collector = self.users["collector"]
        records = [move, move.line_ids, payment, move.journal_id]
        records.append(move.line_ids.matched_credit_ids)
        for record in records:
            own = record.with_user(collector)
            self.assertTrue(own.read(["display_name"]), record)
            self.assertFalse(own.has_access("write"), record)
        with self.assertRaises(AccessError):
            move.with_user(collector).button_draft()
        for role in ("lawyer_all", "approver"):
            with self.assertRaises(AccessError):
                move.with_user(self.users[role]).read(["name"])

    def test_a_collector_reads_no_payment_of_suppliers_nor_of_other_companies(self):
        """Wages are paid to people who are suppliers to Odoo."""
        bill = self._invoice(move_type="in_invoice", amount=700)
        paid = self._register_payment(bill)
        journal = self.company_data["default_journal_bank"]
        line = {"journal_id": journal.id, "date": "2026-11-02"}
        wage = self.env["account.bank.statement.line"].create(
            {**line, "payment_ref": "Wages of November", "amount": -900}
        )
        payable = bill.line_ids.filtered(
            lambda line: line.account_type == "liability_payable"
        )
        matched = payable.matched_debit_ids
        self.assertTrue(matched)
        hidden = [paid, wage, matched, paid.move_id, bill]
        hidden.append(payable.full_reconcile_id)
        for record in filter(None, hidden):
            own = record.with_user(self.users["collector"])
            self.assertFalse(own.search([("id", "=", record.id)]), record)
            with self.assertRaises(AccessError):
                own.read(["display_name"])
        accountant = self.users["accountant"]
        for record in filter(None, hidden):
            self.assertTrue(record.with_user(accountant).read(["display_name"]))

    def test_a_collector_opens_the_invoice_and_the_payment(self):
        move = self._invoice()
        payment = self._register_payment(move, amount=100)
        for record in (move, payment):
            self.assertTrue(Form(record.with_user(self.users["collector"])))

    def test_every_role_opens_the_screens_it_may_read(self):
        views = [(False, kind) for kind in ("list", "form", "search")]
        for name in self._own_models(transient=False):
            for role, user in self.users.items():
                model = self.env[name].with_user(user)
                if model.has_access("read"):
                    self.assertTrue(model.get_views(views), (name, role))
