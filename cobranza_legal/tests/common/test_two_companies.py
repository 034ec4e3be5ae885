from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...kernel.dunning import Reason
from ...models.contact.obstacles import SendVerdict
from .charging import ChargeCommon

DAY = "2026-11-20"
NOON = f"{DAY} 12:00:00"


@tagged("post_install", "-at_install")
class TestTwoCompanies(ChargeCommon):
    """Each engine, asked about records of two companies in one call, keeps them apart:
    one partner owes to both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = cls.setup_other_company(name="Sister Ltd")
        cls.other = cls.data["company"]
        cls.both = cls.company | cls.other
        cls.env.user.company_ids |= cls.both
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.both.ids}
        )
        cls.both = cls.both.with_env(cls.env)
        cls.books = {cls.company: cls.company_data, cls.other: cls.data}
        cls.policy = cls.policy.with_env(cls.env)
        cls.policy.level_ids[0].write({"channel": "letter", "text_purpose": "reminder"})
        cls.other.cobranza_policy_id = cls.policy
        cls.moves = cls.env["account.move"]
        for company, amount in ((cls.company, 1100), (cls.other, 2200)):
            cls.moves |= cls._invoice_of(company, amount)
            cls._run(DAY, company)
        cls.debts = cls._debts(cls.moves)
        cls.debtors = cls.debts.debtor_id

    @classmethod
    def _invoice_of(cls, company, amount):
        moves = cls.env["account.move"].with_company(company)
        line = {"name": "x", "price_unit": amount, "tax_ids": False}
        line["account_id"] = cls.books[company]["default_account_revenue"].id
        move = moves.create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.partner_a.id,
                "invoice_date": "2026-09-01",
                "invoice_date_due": "2026-10-05",
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        move.action_post()
        return move.with_env(cls.env)

    def _pairs(self, records):
        """{company: record}, one of each."""
        found = records.grouped("company_id")
        self.assertEqual(set(found), set(self.both))
        return found

    def test_each_company_has_its_own_debtor_of_one_partner(self):
        self.assertEqual(len(self._pairs(self.debtors)), 2)
        self.assertEqual(self.debtors.partner_id, self.partner_a)
        with self.at(DAY):
            totals = {one.company_id: one.total for one in self.debtors}
            self.assertEqual(totals, {self.company: 1100, self.other: 2200})
            claims = self.debts._claimable()
            wanted = {debt.id: debt.original_amount for debt in self.debts}
            found = {debt: float(claim[0]) for debt, claim in claims.items()}
            self.assertEqual(found, wanted)

    def test_money_of_one_company_covers_nothing_of_the_other(self):
        payment = self.env["account.payment"].with_company(self.other)
        payment.create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner_a.id,
                "amount": 5000,
                "date": DAY,
                "journal_id": self.data["default_journal_bank"].id,
            }
        ).action_post()
        with self.at(DAY):
            claims = self.debts._claimable()
            self.assertEqual(
                set(claims), set(self._pairs(self.debts)[self.company].ids)
            )
            credits = self.env["cobranza.run"]._read_credits(self.debtors)
            self.assertEqual(set(credits), {self._pairs(self.debtors)[self.other].id})

    def test_charges_are_assessed_settled_and_billed_by_company(self):
        with self.law(fee=self.schedule()):
            charges, refused = self._assess_on("2026-11-21", self.debts)
        self.assertFalse(refused)
        for company, charge in self._pairs(charges).items():
            self.assertEqual(charge.debt_id.company_id, company)
        journals = self.env["cobranza.charge.form"]
        for company in self.both:
            revenue = self.books[company]["default_account_revenue"]
            journals.with_company(company).action_create_missing()
            forms = journals.search(
                [("company_id", "=", company.id), ("kind", "=", "fee")]
            )
            journal = self.books[company]["default_journal_misc"]
            forms.write({"form": "entry", "account_id": revenue.id})
            forms.journal_id = journal
        with self.at("2026-11-22"):
            charges._bill(self.company._cobranza_today())
        for company, charge in self._pairs(charges).items():
            self.assertEqual(charge.state, "billed")
            self.assertEqual(charge.bill_move_id.company_id, company)

    def test_settlements_of_both_in_one_call(self):
        """A fault of before: the reasons of the second company were lost."""
        with self.law(fee=self.schedule()):
            charges, _refused = self._assess_on("2026-11-21", self.debts)
            reasons = dict.fromkeys(self.debts, "Moved")
            new = self.env["cobranza.charge"]._recompute_after_settlement(
                self.debts, reasons
            )
        for company, group in self._pairs(charges | new).items():
            self.assertEqual(group.debt_id.company_id, company)
        lines = self.debts.move_line_id
        partials = self.env["account.partial.reconcile"]
        values = []
        for line in lines:
            company = line.company_id
            entry = self._entry_against(line, self.books[company])
            amount = line.amount_residual
            values.append(
                {
                    "amount": amount,
                    "debit_amount_currency": amount,
                    "credit_amount_currency": amount,
                    "debit_move_id": line.id,
                    "credit_move_id": entry.id,
                }
            )
        partials.create(values)
        self.assertTrue(all(self.debts.mapped("settled")))
        for company, rows in self._pairs(self.debts.settlement_ids).items():
            self.assertEqual(rows.debt_id.company_id, company)

    def _entry_against(self, line, books):
        own = {"partner_id": self.partner_a.id}
        back = {**own, "account_id": line.account_id.id, "credit": line.debit}
        bank = {"account_id": books["default_account_revenue"].id, "debit": line.debit}
        entry = self.env["account.move"].with_company(line.company_id)
        entry = entry.create(
            {
                "journal_id": books["default_journal_misc"].id,
                "date": DAY,
                "line_ids": [Command.create(back), Command.create(bank)],
            }
        )
        entry.action_post()
        return entry.line_ids.filtered("credit")

    def test_contacts_are_planned_released_and_held_by_the_mode_of_their_company(self):
        contacts = self.debts.contact_line_ids.contact_id
        for company, contact in self._pairs(contacts).items():
            self.assertEqual(contact.line_ids.debt_id.company_id, company)
            self.assertEqual(contact.debtor_id.company_id, company)
        self.other.cobranza_mode = "confirm"
        with self.assertRaisesRegex(UserError, self.company.name):
            contacts.action_release()
        self._pairs(contacts)[self.other].action_release()
        self.assertEqual(contacts.filtered("released").company_id, self.other)

    def test_reasons_and_positions_of_both_are_their_own(self):
        with self.at(DAY):
            for company, debt in self._pairs(self.debts).items():
                amount = f"{debt.original_amount:,.0f}"
                other = (self.debts - debt).original_amount
                said = str(debt.why)
                self.assertNotIn(f"{other:,.0f}", said, company.name)
                day = company._cobranza_today()
                position = debt.debtor_id._position(day)
                self.assertEqual(
                    float(sum(one.total for one in position.sections)),
                    debt.original_amount,
                    amount,
                )
            reports = self.env["ir.actions.report"]
            html = reports._render_qweb_html(
                "cobranza_legal.action_report_statement", self.debtors.ids
            )[0].decode()
        for document in self.debts.mapped("document"):
            self.assertIn(document, html)

    def test_approvals_and_privacy_are_asked_for_in_the_company_of_the_record(self):
        with self.law(fee=self.schedule()):
            charges, _refused = self._assess_on("2026-11-21", self.debts)
        charges._waive("Both")
        approvals = self.env["cobranza.approval"].search([("state", "=", "asked")])
        for company, approval in self._pairs(approvals).items():
            self.assertEqual(approval.debtor_id.company_id, company)
        requests = self.env["cobranza.privacy.request"]
        for company in self.both:
            requests |= requests.create(
                {
                    "kind": "objection",
                    "partner_id": self.partner_a.id,
                    "company_id": company.id,
                    "deadline": "2026-12-20",
                }
            )
        for company, request in self._pairs(requests).items():
            self.assertEqual(request._own_debtors().company_id, company)

    def test_letters_of_two_companies_never_share_a_batch(self):
        provider = self.env["cobranza.provider"].create(
            {"name": "Post of the sister", "company_id": self.other.id}
        )
        contacts = self.debts.contact_line_ids.contact_id
        with self.assertRaises(UserError):
            contacts._hand_over_to(provider)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_letters_are_posted_by_a_carrier_of_the_company_that_writes_them(self):
        providers = self._pairs(
            self.env["cobranza.provider"].create(
                [
                    {"name": f"Post of {company.name}", "company_id": company.id}
                    for company in self.both
                ]
            )
        )
        contacts = self._pairs(self.debts.contact_line_ids.contact_id)
        for company, contact in contacts.items():
            other = (self.both - company).ensure_one()
            with self.assertRaisesRegex(UserError, "choose a carrier"):
                contact._set_tracking({"provider_id": providers[other].id})
            contact._set_tracking({"provider_id": providers[company].id, "price": 3})
            self.assertEqual(contact.provider_id, providers[company])
            currency = providers[company].currency_id
            self.assertEqual(contact.cost_currency_id, currency)

    def _released_mails(self):
        """The first contact of both, by e-mail, released whatever the mode."""
        contacts = self.debts.contact_line_ids.contact_id
        contacts._through_gate().write(
            {
                "channel": "email",
                "released": True,
                "planned_at": f"{DAY} 09:00:00",
                "automatic": True,
            }
        )
        return contacts

    def test_one_sending_of_both_keeps_the_mode_sender_and_words_of_each(self):
        contacts = self._pairs(self._released_mails())
        self.other.partner_id.email = "sister@example.com"
        self.company.partner_id.email = "own@example.com"
        self.other.cobranza_mode = "automatic"
        for company in self.both:
            channel = contacts[company]._channel_model()
            self.assertIn(company.partner_id.email, channel._sender(company))
            values = contacts[company].with_env(self.env)._render()
            self.assertIn(company.name, str(values), company.name)
            other = (self.both - company).name
            self.assertNotIn(other, str(values), company.name)
        verdict = SendVerdict(self.debts.contact_line_ids.contact_id, every=True)
        codes = {
            company: {one.code for one in verdict.found[contact.id]}
            for company, contact in contacts.items()
        }
        self.assertIn(Reason.PROPOSAL.value, codes[self.company])
        self.assertNotIn(Reason.PROPOSAL.value, codes[self.other])

    def test_limits_of_one_company_are_none_of_the_other(self):
        debtors = self._pairs(self.debtors)
        self.other.cobranza_mode = "automatic"
        self.other.partner_id.tz = self.company.partner_id.tz
        self.debtors.tz = self.company.partner_id.tz
        call = {"channel": "call", "sent_at": f"{DAY} 10:00:00"}
        made = {**call, "debtor_id": debtors[self.company].id}
        self.env["cobranza.contact"]._log(made)
        noon = fields.Datetime.to_datetime(f"{DAY} 12:00:00")
        with self.at(DAY):
            self.assertTrue(debtors[self.company]._limit_warning("call", noon))
            self.assertFalse(debtors[self.other]._limit_warning("call", noon))

    def test_the_upkeep_of_both_leaves_each_its_own(self):
        holds = self.env["cobranza.hold"]
        for debtor in self.debtors:
            hold = {"debtor_id": debtor.id, "date_from": "2026-11-01"}
            holds |= holds.create({**hold, "date_to": "2026-11-21"})
        model = holds.sudo()
        today = self.company._cobranza_today().replace(day=25)
        due = model._upkeep_due(self.other, today, 10)
        self.assertEqual(due.company_id, self.other)
        holds._upkeep(today)  # whoever asks for more than one company's
        self.assertEqual(set(holds.mapped("state")), {"expired"})
        for name in self.env["cobranza.debtor"]._upkeep_models():
            for company in self.both:
                found = self.env[name].sudo()._upkeep_due(company, today, 50)
                owners = found.company_id if "company_id" in found._fields else company
                self.assertLessEqual(owners, company, name)

    def test_erasures_of_both_are_kept_by_the_law_of_each(self):
        old = {"channel": "call", "sent_at": "2015-11-20 10:00:00"}
        for debtor in self.debtors:
            self.env["cobranza.contact"]._log({**old, "debtor_id": debtor.id})
        erasures = self.env["cobranza.erasure"]
        for company, debtor in self._pairs(self.debtors).items():
            cutoff = fields.Date.to_date("2016-01-01")
            one = erasures._propose(debtor, cutoff, "Old", "Law 1")
            self.assertEqual(one.company_id, company)
            self.assertEqual(one.contact_count, 1)
            erasures |= one
        for company, erasure in self._pairs(erasures).items():
            found = self.env["cobranza.contact"].search(erasure._contact_domain())
            self.assertEqual(found.company_id, company)

    def test_with_one_company_ticked_nothing_of_the_other_is_touched(self):
        one = [self.company.id]
        manager = self._role("manager")
        manager.sudo().company_ids = self.both
        env = self.env(
            user=manager, context={**self.env.context, "allowed_company_ids": one}
        )
        env.invalidate_all()
        debtors = env["cobranza.debtor"].search([])
        self.assertEqual(debtors.company_id.ids, one)
        other = (self.debtors - debtors.with_env(self.env)).with_env(env)
        contacts = self.debts.contact_line_ids.contact_id.with_env(env)
        for act in (
            lambda: other.action_new_hold() and other.read(["total"]),
            lambda: env["cobranza.hold"].create({"debtor_id": other.id}),
            lambda: contacts.action_release(),
            lambda: contacts.action_cancel(),
            lambda: contacts._hand_over_to(env["cobranza.provider"]),
            lambda: env["cobranza.posting"].create(
                {"contact_ids": [Command.set(contacts.ids)]}
            ),
            lambda: env["cobranza.debt.statement"].create({"debtor_id": other.id}),
            lambda: env["cobranza.contact"]._log(
                {"debtor_id": other.id, "channel": "call", "sent_at": NOON}
            ),
            lambda: other.action_send_statement(),
            lambda: other.action_call(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                act()

    def test_a_message_about_a_record_of_another_company_is_no_contact_there(self):
        collector = self._role("collector")
        self.assertEqual(collector.company_ids, self.company)
        move = self._pairs(self.moves)[self.other]
        before = self.env["cobranza.contact"].search([])
        threads = self.env["mail.thread"].with_user(collector)
        try:
            threads.message_notify(
                model="account.move",
                res_id=move.id,
                partner_ids=self.partner_a.ids,
                body="Pay",
                subject="Pay",
            )
        except UserError as error:
            self.assertNotIn(move.name, str(error))
        made = self.env["cobranza.contact"].search([]) - before
        self.assertNotIn(self.other, made.company_id)

    def test_one_dialog_about_both_keeps_the_day_and_the_currency_of_each(self):
        self.other.partner_id.tz = "Pacific/Auckland"
        dialogs = self.env["cobranza.reason"]
        with self.at(DAY):
            dialogs.create(
                {
                    "act": "sent",
                    "record_ids": self.debts.ids,
                    "reason": "By post",
                    "moment": f"{DAY} 11:30:00",
                }
            ).action_confirm()
        days = {one.company_id: str(one.sent_on) for one in self.debts}
        self.assertEqual(days, {self.company: DAY, self.other: "2026-11-21"})
        francs = self.env.ref("base.CHF")
        francs.active = True
        third = self.env["res.company"].create(
            {"name": "Of another currency", "currency_id": francs.id}
        )
        debtor = (
            self.env["cobranza.debtor"]
            .sudo()
            .create({"partner_id": self.partner_b.id, "company_id": third.id})
        )
        dialogs = dialogs.with_context(allowed_company_ids=(self.both | third).ids)
        dialog = dialogs.new({"act": "archive", "record_ids": debtor.ids})
        self.assertEqual(dialog.currency_id, francs)
        with self.assertRaisesRegex(UserError, "one debtor at a time"):
            self.debts._keep_cost(fields.Date.to_date(DAY), "Bank", 5, None)

    def test_the_shadow_month_counts_one_company(self):
        reports = self.env["cobranza.shadow.report"]
        for company, debtor in self._pairs(self.debtors).items():
            with self.at(DAY):
                action = reports.with_company(company).action_open()
            report = reports.browse(action["res_id"])
            self.assertEqual(report.company_id, company)
            self.assertLessEqual(set(report.line_ids.debtor_ids), set(debtor))

    def test_lawsuits_and_insolvencies_of_two_companies_in_one_call(self):
        cases = self.env["cobranza.case"].create(
            [
                {"debtor_id": one.debtor_id.id, "debt_ids": [Command.set(one.ids)]}
                for one in self.debts
            ]
        )
        kind = self.env["cobranza.proceeding.type"].create(
            {"code": "own", "name": "Own"}
        )
        suits = self.env["cobranza.proceeding"].create(
            [{"case_id": one.id, "type_id": kind.id} for one in cases]
        )
        with self.at(DAY):
            cases._set_state("review", handed_on=DAY)
            cases._set_state("open", opened_on=DAY)
            suits._set_state("filed", filed_on=DAY)
            who = suits.defendant_ids
            self.assertEqual(set(self._pairs(who)), set(self.both))
            self._pairs(suits)[self.other]._serve(
                self._pairs(who)[self.other], fields.Date.to_date(DAY)
            )
            found = self.env["cobranza.interruption"].search([("kind", "=", "suit")])
            self.assertEqual(found.company_id, self.other)
            sued = {one.company_id: bool(one.sued_on) for one in self.debtors}
            self.assertEqual(sued, {self.company: False, self.other: True})
            self.debtors.insolvent_on = DAY
            claims = self.env["cobranza.insolvency.claim"].sudo()
            for company in self.both:
                claims._follow(company, fields.Date.to_date(DAY))
            found = self._pairs(claims.search([]))
            self.assertEqual(
                {company: one.amount for company, one in found.items()},
                {self.company: 1100, self.other: 2200},
            )
