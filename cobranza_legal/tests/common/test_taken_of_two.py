import re
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from . import test_two_companies
from .agency import AgencyCommon
from .charging import ChargeCommon
from .queries import listed
from .refusals import Refusals
from .suspension import POST

DAY, NEXT = "2026-11-23", "2026-11-24"
NOON = f"{DAY} 12:00:00"
BLOCKS = ("agencies", "legal_cases")
NUMBERS = re.compile(r"nextval|FROM \"ir_sequence\"")


@tagged("post_install", "-at_install")
class TestTakenOfTwo(Refusals, ChargeCommon):
    """What takes debts off the ladder, asked about two companies in one call: one
    partner owes to both, and in the country of the second one it is tomorrow already
    (``NOON``)."""

    _invoice_of = classmethod(test_two_companies.TestTwoCompanies._invoice_of.__func__)
    _pairs = test_two_companies.TestTwoCompanies._pairs
    _agency = classmethod(AgencyCommon._agency.__func__)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        data = cls.setup_other_company(name="Sister Ltd")
        cls.sister = data["company"]
        cls.sister.partner_id.tz = "Pacific/Auckland"
        cls.sister.account_fiscal_country_id = cls.env.ref("base.nz")
        cls.both = cls.company | cls.sister
        cls.env.user.company_ids |= cls.both
        allowed = {"allowed_company_ids": cls.both.ids}
        cls.env = cls.env(context={**cls.env.context, **allowed})
        cls.both = cls.both.with_env(cls.env)
        cls.books = dict(zip(cls.both, (cls.company_data, data), strict=True))
        everybody = cls.env.ref("base.group_user")
        for name in BLOCKS:
            group = cls.env.ref(f"cobranza_legal.group_{name}")
            everybody.implied_ids = [Command.link(group.id)]
        rules = cls.registry["cobranza.rules"]
        cls.startClassPatcher(
            patch.object(
                rules,
                "_delivery_rules",
                lambda _rules, channel, _on: POST if "letter" in channel else None,
            )
        )
        cls.moves = cls.env["account.move"]
        for company, amount in zip(cls.both, (1100, 2200), strict=True):
            company.write(
                {
                    "cobranza_policy_id": cls.policy.id,
                    "cobranza_mode": "automatic",
                    "cobranza_sent_check": "never",
                }
            )
            cls.moves |= cls._invoice_of(company, amount)
            cls._run("2026-11-20", company)
        cls.debts = cls._debts(cls.moves)
        cls.debtors = cls.debts.debtor_id
        cls.debtors.write({"regime": "company", "regime_stated": True})
        cls.agencies = cls.env["cobranza.agency"].union(
            *(cls._agency(company, company.name) for company in cls.both)
        )

    def _each(self, records, field):
        """The values of a field, of the first company and of the second one."""
        found = self._pairs(records)
        return [str(found[company][field]) for company in self.both]

    def test_handed_to_a_lawyer_and_closed_each_on_its_own_day(self):
        lawyer = new_test_user(
            self.env,
            login="portia",
            groups="cobranza_legal.group_lawyer_own",
            company_id=self.company.id,
            company_ids=[Command.set(self.both.ids)],
        )
        self.sister.cobranza_case_rights_days = 10
        with freeze_time(NOON):
            cases = self.env["cobranza.case"]._draft(self.debts)
            self.assertEqual(self._each(cases, "claimed_on"), [DAY, NEXT])
            self.assertEqual(self._each(cases, "amount"), ["1100.0", "2200.0"])
            cases._hand_over_to(lawyer, self.env["res.partner"])
            self.assertEqual(self._each(cases, "handed_on"), [DAY, NEXT])
            for company, case in self._pairs(cases).items():
                self.assertEqual(case.activity_ids.user_id, lawyer)
                self.assertEqual(case.debt_ids.company_id, company)
            theirs = cases.with_user(lawyer).with_context(
                allowed_company_ids=self.both.ids
            )
            theirs.action_open()
            self.assertEqual(self._each(cases, "opened_on"), [DAY, NEXT])
            self.assertEqual(self._each(cases, "amount_now"), ["1100.0", "2200.0"])
            cases._end("taken_back", "We go on ourselves")
            self.assertEqual(self._each(cases, "closed_on"), [DAY, NEXT])
            ends = ["2026-12-23", "2026-12-04"]
            self.assertEqual(self._each(cases, "rights_until"), ends)

    def test_handed_to_its_agency_and_taken_back_each_on_its_own_day(self):
        with freeze_time(NOON):
            placements = self.env["cobranza.placement"]._draft(self.debts)
            for company, one in self._pairs(placements).items():
                self.assertEqual(one.agency_id.company_id, company)
            files = placements._place()
            self.assertEqual(self._each(placements, "placed_on"), [DAY, NEXT])
            for company, file in self._pairs(files).items():
                self.assertEqual(file.placement_ids.company_id, company)
            self.assertEqual(self._each(placements, "amount_now"), ["1100.0", "2200.0"])
            placements._take_back("taken_back", "We go on ourselves")
            self.assertEqual(self._each(placements, "ended_on"), [DAY, NEXT])
            notices = placements.notice_ids
            self.assertEqual(set(notices.mapped("kind")), {"stop"})
            for company, notice in self._pairs(notices).items():
                self.assertEqual(notice.agency_id.company_id, company)

    def test_announced_and_not_pursued_each_on_its_own_day(self):
        self.partner_a.write(
            {"street": "1 High Street", "city": "Springfield", "zip": "1000"}
        )
        with freeze_time(NOON):
            debts_of = {one.debtor_id.id: one.ids for one in self.debts}
            suspensions = self.env["cobranza.suspension"]._draft(debts_of)
            suspensions.write(
                {"services": "The gym", "essential": "no", "channel": "letter"}
            )
            self.assertEqual(self._each(suspensions, "check_on"), [DAY, NEXT])
            for one in suspensions:
                one.action_notify()
            notices = suspensions.notice_contact_id
            for company, notice in self._pairs(notices).items():
                self.assertEqual(notice.debtor_id.company_id, company)
            suspensions._drop("A mistake")
            self.assertEqual(set(suspensions.mapped("state")), {"dropped"})
            self.assertEqual(self._each(suspensions, "ended_on"), [DAY, NEXT])
            self.assertEqual(set(notices.mapped("state")), {"cancelled"})

    def test_a_meeting_of_tomorrow_has_come_where_it_is_tomorrow(self):
        with freeze_time(NOON):
            negotiations = self.env["cobranza.negotiation"].create(
                [
                    {"debtor_id": one.debtor_id.id, "debt_ids": [Command.set(one.ids)]}
                    for one in self.debts
                ]
            )
            with self.refuses(ValidationError, "has not come"):
                negotiations.meeting_on = NEXT
            self._pairs(negotiations)[self.sister].meeting_on = NEXT
            negotiations.ended_on = DAY
            negotiations.action_ended()
            self.assertEqual(set(negotiations.mapped("state")), {"ended"})
            negotiations.action_agreed()
            self.assertEqual(set(negotiations.mapped("state")), {"agreed"})

    def test_levels_of_both_make_drafts_in_one_call(self):
        with freeze_time(NOON):
            for effect, field in (
                ("hand_over_agency", "placement_ids"),
                ("hand_over", "case_ids"),
                ("propose_suspension", "suspension_ids"),
            ):
                found = {
                    (one.debtor_id.id, effect, "It"): one.ids for one in self.debts
                }
                tasks = self.env["cobranza.debtor"]._raise_effects(found, DAY)
                self.assertFalse(tasks, effect)
                self.assertEqual(len(self._pairs(self.debtors[field])), 2, effect)

    def test_many_are_drafted_with_as_many_queries_as_few(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Debtor {number}"} for number in range(9)]
        )
        moves = self._invoices(partners)
        self._run("2026-11-20")
        by_debtor = list(self._debts(moves).grouped("debtor_id").items())
        for effect in ("hand_over_agency", "hand_over"):
            counts = []
            for chosen in (by_debtor[:1], by_debtor[1:3], by_debtor[3:]):
                found = {(one.id, effect, "It"): own.ids for one, own in chosen}
                self.env.flush_all()
                self.env.invalidate_all()
                with self.at(DAY), listed(self.env.cr) as queries:
                    self.env["cobranza.debtor"]._raise_effects(found, DAY)
                    self.env.flush_all()
                asked = [one for one in queries.asked if not NUMBERS.search(one[1])]
                counts.append(asked)
            few, many = counts[1:]
            # the number of each is taken one by one
            self.assertEqual(len(few), len(many), f"{few}\n----\n{many}")
            models = {"hand_over": "case", "hand_over_agency": "placement"}
            drafts = self.env[f"cobranza.{models[effect]}"].search([])
            self.assertEqual(set(drafts.mapped("amount")), {1000})
            drafts.action_cancel()
