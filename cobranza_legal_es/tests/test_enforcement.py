from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.kernel.judgment import Part

from .common import SpainCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestEnforcementSpain(SpainCommon):
    """Measures, judgments and what courts bring by the LEC."""

    def _case(self, *amounts, due="2025-12-05"):
        about = {"due": due, "partner": self.client, "invoice_date": "2025-11-05"}
        moves = [self._invoice(amount=one, **about) for one in amounts]
        self._run("2026-02-20")
        debts = self._debts(self.env["account.move"].union(*moves))
        case = self.env["cobranza.case"].create(
            {"debtor_id": debts.debtor_id.id, "debt_ids": [Command.set(debts.ids)]}
        )
        case._through_gate().state = "open"
        return case, moves

    def _judgment(self, case, granted, day, **vals):
        file = [Command.create({"name": "sentencia.pdf", "raw": b"x"})]
        judgment = self.env["cobranza.judgment"].create(
            {"case_id": case.id, "day": day, "file_ids": file, **vals}
        )
        for line in judgment.line_ids:
            line.granted = granted.get(line.part, 0)
        judgment.action_give()
        return judgment

    def test_the_acceptance_case(self):
        """Claimed 10,000, later 4,000 paid, credit note 500, costs 60: claimed stays,
        owed 5,500, costs apart, interest on what was granted."""
        with self.clock("2026-02-20 12:00:00"):
            case, [move] = self._case(10000)
        claimed = case.amount
        with self.clock("2026-03-01 12:00:00"):
            judgment = self._judgment(
                case,
                {"principal": 10000, "costs": 60},
                "2026-03-01",
                costs_awarded=True,
            )
        self._pay(move, 4000, "2026-04-01")
        with self.at("2026-04-01"):
            self._credit(move, 500)
        with self.clock("2026-04-30 12:00:00"):
            on = date(2026, 4, 30)
            owed = case._judgment_on(on)._owed(on)
            self.assertEqual(case.amount, claimed)
            self.assertEqual(judgment.owed_principal, 5500)
            self.assertEqual(judgment.owed_costs, 60)
            # 31 days on 10,000 and 29 on 5,500 at 5.25 %
            self.assertEqual(judgment.owed_interest, 67.53)
            self.assertEqual(owed.without_costs.amount, Decimal("5567.53"))
            self.assertIn("LEC, art. 576", judgment.owed_words)
            self.assertEqual(judgment.ceiling, 1670.25)

    def _credit(self, move, amount):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": "2026-04-01"})
        )
        wizard.refund_moves()
        credit = wizard.new_move_ids
        credit.invoice_line_ids.price_unit = amount
        credit.action_post()
        lines = (credit | move).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.filtered(lambda line: not line.reconciled).reconcile()

    def test_interest_since_a_judgment(self):
        """T13: 265 days at legal interest plus two points."""
        with self.clock("2026-03-01 12:00:00"):
            case, _moves = self._case(5000)
            judgment = self._judgment(case, {"principal": 5000}, "2026-03-01")
        with self.clock("2026-11-21 12:00:00"):
            self.assertEqual(judgment.owed_interest, 190.58)
        with self.clock("2027-01-02 12:00:00"):
            self.assertEqual(judgment.owed, 0)
            self.assertIn("es.interest.legal", judgment.owed_words)

    def test_the_terms_of_a_firm_judgment(self):
        """LEC arts. 518 and 548: in Madrid, firm on 2026-11-23, the twenty days end on
        2026-12-23 and it may be enforced from 2027-01-07, for five years."""
        with self.clock("2026-11-23 12:00:00"):
            case, _moves = self._case(5000)
            judgment = self._judgment(case, {"principal": 5000}, "2026-11-20")
            judgment._become_firm(date(2026, 11, 23))
        self.assertEqual(str(judgment.voluntary_until), "2026-12-23")
        self.assertEqual(str(judgment.enforceable_from), "2027-01-07")
        self.assertEqual(str(judgment.enforceable_until), "2031-11-23")
        self.assertIn("LEC, art. 548", judgment.calendar_words)
        for day, told in (("2030-11-22", 0), ("2030-11-23", 1), ("2030-11-24", 1)):
            with self.at(day):
                self.env["cobranza.judgment"]._tell_alarm(
                    self.company, date.fromisoformat(day)
                )
            self.assertEqual(len(judgment.activity_ids), told, day)

    def test_where_nobody_knows_the_court_the_latest_calendar_holds(self):
        with self.clock("2026-11-23 12:00:00"):
            case, _moves = self._case(5000)
            case.court_state_id = False
            judgment = self._judgment(case, {"principal": 5000}, "2026-11-20")
            judgment._become_firm(date(2026, 11, 23))
        self.assertGreaterEqual(str(judgment.voluntary_until), "2026-12-23")

    def test_the_decree_of_an_unopposed_payment_order_needs_no_wait(self):
        order = self.env.ref("cobranza_legal_es.proceeding_type_monitorio", False)
        order = order or self.env["cobranza.proceeding.type"].search(
            [("code", "=", "monitorio")], limit=1
        )
        with self.clock("2026-11-23 12:00:00"):
            case, _moves = self._case(5000)
            suit = self.env["cobranza.proceeding"].create(
                {"case_id": case.id, "type_id": order.id}
            )
            judgment = self._judgment(
                case,
                {"principal": 5000},
                "2026-11-20",
                kind="decree",
                proceeding_id=suit.id,
            )
            judgment._become_firm(date(2026, 11, 23))
        self.assertFalse(judgment.voluntary_until)
        self.assertEqual(str(judgment.enforceable_from), "2026-11-23")

    def test_what_a_realisation_pays(self):
        """LEC art. 654.3: principal before default interest, costs last."""
        with self.clock("2026-11-23 12:00:00"):
            case, _moves = self._case(1000)
            granted = {"principal": 1000, "interest": 50, "default": 100, "costs": 80}
            self._judgment(case, granted, "2026-11-23", costs_awarded=True)
            money = self.env["cobranza.realisation"].create(
                {"case_id": case.id, "amount": 1100}
            )
        self.assertEqual(
            {one.part: one.computed for one in money.line_ids if one.computed},
            {"interest": 50, "principal": 1000, "default": 50},
        )
        self.assertEqual(money.article, "LEC, art. 654.3")

    def test_wages_by_the_steps_over_the_minimum_wage(self):
        """T27."""
        with self.clock("2026-11-23 12:00:00"):
            case, _moves = self._case(1000)
            measure = self.env["cobranza.measure"].create(
                {"case_id": case.id, "asset": "Nómina", "asset_kind": "wages"}
            )
            for net, attached in (
                (1221, 0),
                (2000, 233.70),
                (3000, 645.30),
                (5000, 1796.40),
                (8000, 4330.65),
            ):
                measure.wage_net = net
                self.assertEqual(measure.wage_attached, attached)
            measure.write({"wage_net": 1200, "wage_other": 1800})
            self.assertEqual(measure.wage_attached, 645.30)
            self.assertIn("LEC, art. 607", measure.wage_words)
            measure.write({"wage_net": 5000, "wage_other": 0, "wage_extra": True})
            self.assertEqual(measure.wage_attached, 790.60)
            self.company.l10n_es_wage_extra = "floor"
            measure.invalidate_recordset()
            self.assertEqual(measure.wage_attached, 1046.40)
            measure.write({"wage_extra": False, "wage_reduction": 10})
            self.company.l10n_es_wage_reduction = "share"
            measure.invalidate_recordset()
            self.assertEqual(measure.wage_attached, 1616.76)
            with self.assertRaises(ValidationError):
                measure.wage_reduction = 30

    def test_a_reduction_is_judged_by_the_law_not_by_what_it_leaves(self):
        with self.clock("2026-11-23 12:00:00"):
            case, _moves = self._case(1000)
            about = {"case_id": case.id, "asset": "Nómina", "asset_kind": "wages"}
            measure = self.env["cobranza.measure"].create(
                {**about, "wage_net": 1221, "wage_reduction": 10}
            )
            self.assertEqual(measure.wage_attached, 0)
            late = self.env["cobranza.measure"].create({**about, "wage_reduction": 30})
            with self.assertRaises(ValidationError):
                late.wage_net = 3000

    def test_a_year_without_a_minimum_wage_says_so(self):
        with self.clock("2027-02-01 12:00:00"):
            case, _moves = self._case(1000)
            measure = self.env["cobranza.measure"].create(
                {
                    "case_id": case.id,
                    "asset": "Nómina",
                    "asset_kind": "wages",
                    "wage_net": 3000,
                }
            )
            self.assertEqual(measure.wage_attached, 0)
            self.assertIn("es.smi[month]", measure.wage_words)

    def test_a_measure_before_the_suit_opens_the_deadline_to_sue(self):
        """LEC art. 730.2: twenty court days from 2026-11-23; nobody knows the court, so
        that no local holiday puts it off."""
        with self.clock("2026-11-23 12:00:00"):
            case, _moves = self._case(1000)
            measure = self.env["cobranza.measure"].create(
                {
                    "case_id": case.id,
                    "kind": "precautionary_attachment",
                    "asset": "Cuenta",
                    "asset_kind": "money",
                    "before_suit": True,
                }
            )
            measure._step("asked", date(2026, 11, 20))
            measure._step("ordered", date(2026, 11, 23))
            deadline = self.env["cobranza.deadline"].search([("case_id", "=", case.id)])
        self.assertEqual(str(deadline.due_on), "2026-12-22")
        self.assertEqual(deadline.article, "LEC, art. 730.2")

    def test_the_order_of_attachment(self):
        order = self.rules._asset_order(date(2026, 11, 23))
        self.assertLess(order.rank("movable"), order.rank("real_estate"))
        self.assertLess(order.rank("real_estate"), order.rank("wages"))
        self.assertEqual(order.article, "LEC, art. 592.2")
        parts, _article = self.rules._realisation_order(date(2026, 11, 23))
        self.assertEqual(parts[0], Part.INTEREST)
