from pathlib import Path

from odoo import Command
from odoo.tests import tagged

from odoo.addons.cobranza_legal.models.case.verdict import CaseVerdict
from odoo.addons.cobranza_legal.tests.common.life import LifeMixin

from .common import ChileCommon

TABLE = Path(__file__).parent / "fixtures" / "life.csv"


@tagged("post_install_l10n", "post_install", "-at_install")
class TestLifeChile(LifeMixin, ChileCommon):
    """Notice of the invoice, executive suit, attachment, and a settlement in three
    instalments that are paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("cobranza_legal.group_lawyer_all")
        cls.court = cls.env["cobranza.court"].create(
            {"name": "1er Juzgado Civil de Santiago", "city": "Santiago"}
        )
        cls.client = cls._person(
            "Ferretería del Sur Ltda.",
            "76201998-1",
            is_company=True,
            l10n_cl_sii_taxpayer_type="1",
        )
        cls._debtor(cls.client, regime="company", regime_stated=True)
        cls.receptor = cls._person(
            "Receptora Judicial", "77123456-9", l10n_cl_sii_taxpayer_type="1"
        )
        cls.lawyer = cls._person(
            "Estudio Rojas", "78654321-5", l10n_cl_sii_taxpayer_type="1"
        )
        cls.company_data["default_journal_purchase"].l10n_latam_use_documents = False
        cls.taxes = cls.company.account_sale_tax_id, cls.company.account_purchase_tax_id
        cls.env["cobranza.agreement.policy"].create(
            {
                "name": "Avenimientos",
                "company_id": cls.company.id,
                "valid_from": "2020-01-01",
                "months": 6,
                "share": 25,
                "missed": 2,
                "cure_days": 10,
            }
        )

    def test_a_life(self):
        case = self._sell()
        notice = self._notify(case)
        self._execute(notice)
        self._settle(case)
        self.compare(TABLE)

    def _sell(self):
        with self.on("2025-11-05"):
            self.move = self.sold(
                self.client,
                1_000_000,
                self.taxes[0],
                "2025-11-05",
                "2025-12-05",
                "310120",
            )
        with self.on("2026-02-20"):
            self._run("2026-02-20")
        debts = self._debts(self.move)
        debts.sudo().title = "invoice"
        with self.on("2026-02-23"):
            case = self.env["cobranza.case"].create(
                {
                    "debtor_id": debts.debtor_id.id,
                    "debt_ids": [Command.set(debts.ids)],
                }
            )
            case._hand_over_to(self.env.user, self.env["res.partner"])
            case.action_open()
            self.env["cobranza.power"].create(
                {
                    "partner_id": self.lawyer.id,
                    "title": "cl_patrocinio",
                    "case_id": case.id,
                    "valid_from": "2026-02-23",
                    "company_id": self.company.id,
                }
            )
        return case

    def _notify(self, case):
        # what documents lack has its own tests
        self.patch(CaseVerdict, "_missing_documents", lambda _verdict: [])
        with self.on("2026-03-02") as day:
            kind = self.env.ref("cobranza_legal_cl.procedure_invoice_notice")
            notice = self.env["cobranza.proceeding"]._begin(case, kind)
            notice._file(day, self.court, "C-321-2026")
        with self.on("2026-03-06") as day:
            notice._advance(self.stage(notice, "ordered"), day)
        with self.on("2026-03-20") as day:
            notice._advance(self.stage(notice, "notified"), day)
            # three days of Ley 19.983, art. 5 d), Monday to Saturday
            self.assertIn(
                "2026-03-24", notice.deadline_ids.mapped(lambda one: str(one.due_on))
            )
            bill = self.bought(
                self.receptor,
                60_000,
                self.env["account.tax"],
                "2026-03-20",
                "410155",
                "B-1",
            )
            self._cost(case, bill, "receptor", 60_000)
        with self.on("2026-04-06") as day:
            notice._advance(self.stage(notice, "certified"), day)
        return notice

    def _cost(self, case, move, kind, amount):
        self.env["cobranza.cost"].create(
            {
                "debtor_id": case.debtor_id.id,
                "case_id": case.id,
                "debt_ids": [Command.set(case.debt_ids.ids)],
                "kind": kind,
                "day": move.invoice_date,
                "description": move.ref,
                "amount": amount,
                "vendor_bill_id": move.id,
                "attachment_ids": self.file("boleta.pdf"),
            }
        )

    def _execute(self, notice):
        case = notice.case_id
        with self.on("2026-04-20") as day:
            kind = notice._next_types(day)
            self.assertEqual(kind.code, "executive")
            suit = notice._begin(case, kind, notice)
            suit._file(day, self.court)
            self.assertEqual(suit.docket, "C-321-2026")
            suit._advance(self.stage(suit, "ordered"), day)
        with self.on("2026-05-15") as day:
            suit._advance(self.stage(suit, "required"), day)
            # eight days, Monday to Saturday, 21 May left out (CPC arts. 459, 462, 66)
            self.assertIn(
                "2026-05-26",
                suit.deadline_ids.mapped(lambda one: str(one.due_on)),
            )
        with self.on("2026-06-10") as day:
            suit._advance(self.stage(suit, "attached"), day)
            measure = self.env["cobranza.measure"].create(
                {
                    "case_id": case.id,
                    "proceeding_id": suit.id,
                    "asset": "Camioneta",
                    "asset_kind": "movable",
                    "value": 3_000_000,
                }
            )
            measure._step("asked", day)
            measure._step("ordered", day)
            bill = self.bought(
                self.lawyer, 120_000, self.taxes[1], "2026-06-10", "410155", "F-9"
            )
            self._cost(case, bill, "lawyer", 120_000)

    def _settle(self, case):
        with self.on("2026-07-15") as day:
            agreement = self.env["cobranza.agreement"].create(
                {
                    "debtor_id": case.debtor_id.id,
                    "debt_ids": [Command.set(case.debt_ids.ids)],
                    "requested_on": "2026-07-14",
                    "grounds": "Avenimiento ante el tribunal",
                    "first_on": "2026-08-05",
                    "count": 3,
                    "working_day": "same",
                    "file_ids": self.file("solicitud.pdf"),
                }
            )
            agreement.action_request()
            agreement.action_offer()
            agreement._sign(day, "hand")
            measures = case.measure_ids
            measures._step("released", day, "Avenimiento")
            last = case.proceeding_ids.filtered(lambda one: one.state == "filed")
            last._finish("settled", day, "Avenimiento en tres cuotas")
            case._end("settled", "Avenimiento en tres cuotas")
            self.assertEqual(case.state, "closed")
        for day, amount in (
            ("2026-08-05", 396_667),
            ("2026-09-04", 396_667),
            ("2026-10-05", 396_666),
        ):
            with self.on(day):
                self.paid(self.move, amount, day)
        with self.on("2026-10-06"):
            self.assertTrue(case.debt_ids.settled)
            self.assertEqual(agreement.state, "completed")
