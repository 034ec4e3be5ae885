from datetime import date
from pathlib import Path

from odoo import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict
from odoo.addons.cobranza_legal.tests.common.life import LifeMixin

from .common import SpainCommon

TABLE = Path(__file__).parent / "fixtures" / "life.csv"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLifeSpain(LifeMixin, SpainCommon):
    """Demand, negotiation, payment order, opposition, verbal suit, judgment,
    enforcement, a part of the money, and an end as uncollectible with nothing written
    off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("cobranza_legal.group_lawyer_all")
        cls.company.write({"cobranza_mode": "automatic", "cobranza_bank_guard_days": 0})
        cls.court = cls.env["cobranza.court"].create(
            {
                "name": "Juzgado de Primera Instancia n.º 7 de Madrid",
                "city": "Madrid",
                "state_id": cls.env.ref("base.state_es_m").id,
            }
        )
        cls.lawyer = cls._partner("Abogada Pérez", is_company=True)
        cls.env["cobranza.power"].create(
            {
                "partner_id": cls.lawyer.id,
                "valid_from": "2024-01-01",
                "company_id": cls.company.id,
            }
        )
        cls.taxes = cls.company.account_sale_tax_id, cls.company.account_purchase_tax_id

    def test_a_life(self):
        case = self._sell_and_demand()
        suit = self._sue(case)
        enforcement = self._win(suit)
        self._recover_a_part(case, enforcement)
        self._give_up(case)
        self.compare(TABLE)

    def _sell_and_demand(self):
        with self.on("2025-01-02"):
            self.move = self.sold(
                self.client, 10000, self.taxes[0], "2025-01-02", "2025-01-31", "705000"
            )
        with self.on("2025-02-10"):
            self.paid(self.move, 2100, "2025-02-10")
        with self.on("2025-04-06"):
            self._run("2025-04-06")
        debts = self._debts(self.move)
        self.assertEqual(debts.debtor_id.regime, "company")
        contact = self._letter(debts, "2025-04-07 10:00:00")
        self._happens(contact, "delivered", "2025-04-08 10:00:00")
        self._happens(contact, "content_certified", "2025-04-09 10:00:00")
        with self.on("2025-05-12"):
            self.env["cobranza.negotiation"]._gather(self.company)
            case = self.env["cobranza.case"].create(
                {
                    "debtor_id": debts.debtor_id.id,
                    "debt_ids": [Command.set(debts.ids)],
                }
            )
            case._hand_over_to(self.env.user, self.env["res.partner"])
            case.action_open()
        return case

    def _sue(self, case):
        # what documents lack has its own tests
        self.patch(CaseVerdict, "_missing_documents", lambda _verdict: [])
        with self.on("2025-05-20") as day:
            # interest goes on, what is claimed does not
            self.assertGreater(case.amount_now, case.amount)
            order = self.env.ref("cobranza_legal_es.procedure_monitorio")
            suit = self.env["cobranza.proceeding"]._begin(case, order)
            early = date(2025, 5, 8)
            self.assertIn("2025", "".join(suit._filing_problems(early)))
            suit._file(day, self.court, "412/2025")
            self.assertEqual(suit.filed_principal, 10000)
            self.assertTrue(suit.filed_interest > 0)
            none = self.env["account.tax"]
            council = self.council
            fee = self.bought(council, 100, none, "2025-05-20", "631000", "696-1")
            bill = self.bought(
                self.lawyer, 600, self.taxes[1], "2025-05-20", "623000", "A-1"
            )
            for move, kind, amount in ((fee, "court_fee", 100), (bill, "lawyer", 600)):
                self._cost(case, move, kind, amount)
        with self.on("2025-06-02") as day:
            suit._advance(self.stage(suit, "admitted"), day)
        with self.on("2025-06-20") as day:
            suit._advance(self.stage(suit, "served"), day)
            terms = suit.deadline_ids.filtered(lambda one: one.state == "open")
            self.assertIn("debtor", terms.mapped("who"))
        with self.on("2025-07-10") as day:
            suit._advance(self.stage(suit, "opposed"), day)
            verbal = suit._next_types(day)
            self.assertEqual(verbal.code, "verbal")
            found = suit._begin(case, verbal, suit)
            found._file(day, self.court)
            self.assertEqual(found.docket, "412/2025")
        self.assertEqual((suit.state, suit.outcome), ("ended", "continued"))
        return found

    def _cost(self, case, move, kind, amount):
        cost = self.env["cobranza.cost"].create(
            {
                "debtor_id": case.debtor_id.id,
                "case_id": case.id,
                "debt_ids": [Command.set(case.debt_ids.ids)],
                "kind": kind,
                "day": move.invoice_date,
                "description": move.ref,
                "amount": amount,
                "vendor_bill_id": move.id,
                "attachment_ids": self.file("bill.pdf"),
            }
        )
        self.assertFalse(cost.charge_ids)

    def _win(self, suit):
        case = suit.case_id
        with self.on("2025-10-01") as day:
            suit._advance(self.stage(suit, "evidence"), day)
        with self.on("2025-11-10") as day:
            judgment = self.env["cobranza.judgment"].create(
                {
                    "case_id": case.id,
                    "proceeding_id": suit.id,
                    "day": day,
                    "costs_awarded": True,
                    "file_ids": self.file("sentencia.pdf"),
                }
            )
            judgment.action_grant_all()
            judgment.action_give()
            suit._advance(self.stage(suit, "judgment"), day)
        with self.on("2025-12-10") as day:
            judgment._become_firm(day)
            suit._advance(self.stage(suit, "firm"), day)
        self.assertEqual(str(judgment.enforceable_until), "2030-12-10")
        # 20 court days after 2025-12-10, Christmas left out (LEC arts. 130 and 548)
        self.assertEqual(str(judgment.voluntary_until), "2026-01-21")
        self.judgment = judgment
        with self.on("2026-02-02") as day:
            self.assertEqual(suit._next_types(day).code, "enforcement")
            found = suit._begin(case, suit._next_types(day), suit)
            found._file(day, self.court, "55/2026")
        self.assertEqual(case.phase, "enforcement")
        return found

    def _recover_a_part(self, case, enforcement):
        with self.on("2026-03-02") as day:
            for code in ("ordered", "searched", "attached"):
                enforcement._advance(self.stage(enforcement, code), day)
            measure = self.env["cobranza.measure"].create(
                {
                    "case_id": case.id,
                    "proceeding_id": enforcement.id,
                    "asset": "Cuenta corriente",
                    "asset_kind": "money",
                    "value": 4000,
                }
            )
            measure._step("asked", day)
            measure._step("ordered", day)
        with self.on("2026-05-15") as day:
            money = self.env["cobranza.realisation"].create(
                {
                    "case_id": case.id,
                    "measure_id": measure.id,
                    "day": day,
                    "amount": 4000,
                    "file_ids": self.file("mandamiento.pdf"),
                }
            )
            money.action_done()
            pays = {one.part: one.computed for one in money.line_ids if one.computed}
            self.assertEqual(pays, {"principal": 4000})  # LEC art. 654.3
            self.paid(self.move, 4000, "2026-05-15")
        with self.on("2026-05-16"):
            self.env["cobranza.realisation"]._name_payments(self.company)
            self.assertTrue(money.payment_id)
            self.assertEqual(self.judgment.owed_principal, 6000)
            self.assertEqual(case.recovered, 4000)
            self.assertEqual(case.debt_ids.amount_residual, 6000)

    def _give_up(self, case):
        with self.on("2026-10-30") as day:
            bill = self.bought(
                self.lawyer, 150, self.taxes[1], "2026-10-30", "623000", "A-2"
            )
            self._cost(case, bill, "procurador", 150)
            last = case.proceeding_ids.filtered(lambda one: one.state == "filed")
            last._finish("archived", day, "Sin bienes conocidos")
            case._end("uncollectible", "Sin bienes conocidos")
            self.assertEqual((case.state, case.phase), ("closed", "over"))
            self.assertEqual(case.cost_total, 850)
            self.assertFalse(case.debt_ids.settled)
