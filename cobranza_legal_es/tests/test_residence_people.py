from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict

from .residence import NOON, ResidenceCommon, read_golden
from .test_listing import ListingCommon

DUE = "2026-05-05"
EVENING = "18:00:00"
RUN = {
    # days late: in the evening, suspension, register, case, whether a suit is open
    16: ("proposed", False, False, False),
    17: ("noticed", False, False, False),
    30: ("noticed", False, False, False),
    31: ("in_force", "draft", "draft", False),
    34: ("in_force", "demanded", "draft", False),
    36: ("in_force", "running", "draft", False),
    46: ("in_force", "running", "draft", False),
    47: ("in_force", "submitted", "draft", False),
    61: ("in_force", "submitted", "review", False),
    62: ("in_force", "submitted", "open", False),
    63: ("in_force", "submitted", "open", False),
    64: ("in_force", "submitted", "open", True),
    70: ("in_force", "submitted", "open", True),
}
ACTS = {
    15: "call",
    16: "post_certified_letter",
    17: "announce_suspension",
    20: "receive_letters",
    31: "post_burofax",
    33: "receive_burofax",
    34: "demand_for_the_register",
    36: "receive_demand",
    47: "report",
    61: "hand_over",
    62: "open_case",
}
"""{days late: what people do, a method}"""


@tagged("post_install", "-at_install", "post_install_l10n")
class TestResidencePeople(ResidenceCommon, ListingCommon):
    """Seventy days of the residence in which people do what its levels ask for: the
    suspension, the burofax and the negotiation that it opens, the credit register, and
    the case of a lawyer; then the student pays."""

    last_day = 70
    levels_only = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cases = cls.env.ref("cobranza_legal.group_legal_cases")
        cls.env.ref("base.group_user").implied_ids = [Command.link(cases.id)]
        cls.upkeep = cls.env.ref("cobranza_legal.ir_cron_upkeep")
        cls.lawyer = cls._role("all_lawyer")

    @classmethod
    def _owed(cls, *amounts, **vals):
        """Nothing of before: the replay makes the invoice."""
        return cls.env["cobranza.debt"]

    def days_that_matter(self):
        return sorted({*super().days_that_matter(), *ACTS, *RUN, self.last_day})

    def people(self, number, day):
        self.debts = self._debts(self.move)
        self.debtor = self.debts.debtor_id
        if act := ACTS.get(number):
            with freeze_time(f"{day} {NOON}"):
                self.env.invalidate_all()
                getattr(self, act)()
        self.tick(self.upkeep, f"{day} {EVENING}")
        if number in RUN:
            with freeze_time(f"{day} {EVENING}"):
                self.assertEqual(self.standing(), RUN[number], f"day {number}")

    def standing(self):
        case = self.debtor.case_ids
        suit = "monitorio" in {
            way.procedure.code
            for way in (CaseVerdict(case).ways() if case else ())
            if way.standing == "open"
        }
        suspension, listing = self.debtor.suspension_ids, self.debtor.listing_ids
        return (suspension.state, listing.state, case.state, suit)

    # -- what people do ----------------------------------------------------------------

    def contact(self, purpose):
        return self.debtor.contact_ids.filtered(lambda c: c.text_purpose == purpose)

    def certify(self, contact, *kinds):
        for kind in kinds:
            contact._add_events(
                kind, "Correos", fields.Datetime.now(), attachment_id=self._proof().id
            )

    def call(self):
        self.contact("call_script")._complete(outcome="no_answer")

    def post_certified_letter(self):
        self.contact("certified_letter")._complete(event="posted")

    def announce_suspension(self):
        suspension = self.debtor.suspension_ids
        suspension.write({"services": "Wifi y gimnasio", "essential": "no"})
        suspension.action_notify()
        suspension.notice_contact_id.sudo()._complete(event="posted")

    def receive_letters(self):
        self.certify(self.contact("certified_letter"), "delivered")
        self.certify(self.contact("suspension_notice"), "delivered")

    def post_burofax(self):
        self.contact("burofax")._complete(event="posted")

    def receive_burofax(self):
        self.certify(self.contact("burofax"), "delivered", "content_certified")

    def demand_for_the_register(self):
        self._demanded(self.debts)

    def receive_demand(self):
        self.certify(self.contact("register_demand"), "delivered")

    def report(self):
        self._approve(self.debtor.listing_ids)
        self.env["cobranza.listing.file"]._make(self.member)

    def hand_over(self):
        self.debtor.case_ids._hand_over_to(self.lawyer, self.env["res.partner"])

    def open_case(self):
        self.debtor.case_ids.with_user(self.lawyer).action_open()

    # -- the story ---------------------------------------------------------------------

    def test_from_the_due_date_to_the_case_and_its_payment(self):
        happened, _left, _messages = self.replay(DUE)
        expected = read_golden("residence.csv")
        expected[61]["effect"] = ""  # its case is there since the burofax
        self.assertEqual(happened, expected)
        self.assertEqual(self.debts.reason, "in_case")
        self.assertEqual(self.debtor.negotiation_ids.debt_ids, self.debts)
        self.assertEqual(self.debtor.case_ids.debt_ids, self.debts)
        drafts = [self.debtor[name] for name in ("suspension_ids", "listing_ids")]
        self.assertEqual([len(one) for one in drafts], [1, 1], "a level repeated one")
        self._pay(self.move, self.move.amount_residual, "2026-07-15")
        with self.at("2026-07-15"):
            self.env.cr.flush()  # what comes before the commit
        suspension, listing = drafts
        self.assertEqual(suspension.state, "lifted")
        self.assertEqual(self._told(listing), [("remove", 0, "2026-07-15")])
        self.assertEqual(self.debts.reason, "settled")
