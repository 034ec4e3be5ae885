from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.misc import formatLang

from ...demo.books import open_receivables
from ...kernel.dunning import Claim
from ..common.base import CobranzaCommon
from ..common.refusals import Refusals


@tagged("post_install", "-at_install")
class TestDispute(Refusals, CobranzaCommon):
    """What is disputed is not claimed; the rest goes on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice(amount=1000)
        cls.other = cls._invoice(amount=300, partner=cls.partner_b)
        cls._run("2026-10-10")
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id

    def _dispute(self, **vals):
        values = {
            "debtor_id": self.debtor.id,
            "debt_id": self.debt.id,
            "reason": "price",
            "opened_on": "2026-10-10",
        }
        if "amount" in vals:
            values["whole"] = False
        # the day on which it was opened is nobody's to say
        disputes = self.env["cobranza.dispute"]._through_gate()
        return disputes.create({**values, **vals}).with_env(self.env)

    def _disputed(self):
        return self.env["cobranza.dispute"]._disputed_amounts(self.debt.ids)

    def test_a_whole_dispute_takes_the_open_amount(self):
        dispute = self._dispute()
        self.assertEqual(dispute.amount, 1000)
        self.assertEqual(self._disputed(), {self.debt.id: (Decimal(1000), True)})

    def test_partial_disputes_add_up(self):
        self._dispute(amount=200)
        self._dispute(amount=300.5)
        self.assertEqual(self._disputed(), {self.debt.id: (Decimal("500.5"), False)})

    def test_more_than_what_is_open_and_undisputed_is_refused_with_the_way_out(self):
        self._dispute(amount=800)
        with self.assertRaises(ValidationError) as error:
            self._dispute(amount=200.01)
        amounts = (self._format(amount) for amount in (200, 200.01))
        for part in (self.move.name, *amounts, "Lower the amount"):
            self.assertIn(part, str(error.exception))
        self._dispute(amount=200)

    def _format(self, amount):
        return formatLang(self.env, amount, currency_obj=self.debt.currency_id)

    def test_the_debt_of_another_debtor_is_refused(self):
        with self.refuses(ValidationError, "is not a debt of"):
            self._dispute(debt_id=self._debts(self.other).id)

    def test_an_answer_before_the_dispute_is_refused(self):
        with self.refuses(ValidationError, "cannot be due before"):
            self._dispute(answer_on="2026-10-09")

    def test_a_settled_debt_cannot_be_disputed(self):
        with self.at("2026-10-12"):
            self._register_payment(self.move, amount=1000, payment_date="2026-10-12")
        with self.refuses(ValidationError, "is settled"):
            self._dispute()

    def test_the_run_stops_a_whole_dispute_and_claims_the_rest_of_a_part(self):
        dispute = self._dispute()
        self._run("2026-10-11")
        self.assertEqual(self.debt.reason, "disputed")
        dispute._answer("withdrawn", "a misunderstanding")
        self._dispute(amount=400)
        with self.at("2026-10-12"):
            claim = self.debt._claimable()
        self.assertEqual(claim[self.debt.id], Claim(Decimal(600), Decimal(0)))

    def test_a_rejected_dispute_lets_the_debt_go_on(self):
        self._dispute()._answer("rejected", "delivered on the 3rd, signed")
        self.assertFalse(self._disputed())

    def test_an_upheld_dispute_counts_until_its_credit_note(self):
        dispute = self._dispute(amount=250)
        with self.at("2026-10-12"):
            dispute._answer("upheld", "we invoiced the old price")
        self.assertEqual(self._disputed()[self.debt.id], (Decimal(250), False))
        self.assertIn("Credit note", self.debtor.activity_ids.summary)
        with self.at("2026-10-13"):
            self._credit_note(250)
        self.assertFalse(self._disputed())

    def _credit_note(self, amount):
        note = self._reverse_invoice(self.move)
        note.invoice_date = "2026-10-13"
        note.invoice_line_ids.price_unit = amount
        note.action_post()
        open_receivables(note | self.move).reconcile()

    def test_closing_keeps_the_outcome_and_the_evidence(self):
        file = self.env["ir.attachment"].create({"name": "mail.txt", "raw": b"wrong"})
        dispute = self._dispute(attachment_ids=file.ids)
        self.assertEqual((file.res_model, file.res_id), (dispute._name, dispute.id))
        with self.at("2026-10-12"):
            dispute._answer("rejected", "proof of delivery sent")
        self.assertEqual(dispute.outcome, "proof of delivery sent")
        self.assertEqual(str(dispute.closed_on), "2026-10-12")
        dispute.invalidate_recordset(["history_ids"])
        self.assertEqual(dispute.history_ids[0].reason, "proof of delivery sent")
        with self.refuses(UserError, "closed and kept"):
            dispute.amount = 1
        with self.assertRaises(UserError):
            dispute._answer("upheld", "second thoughts")

    def test_to_a_closed_dispute_files_are_only_added_whoever_tries_and_however(self):
        files = self.env["ir.attachment"]
        kept = files.create({"name": "mail.txt", "raw": b"wrong"})
        dispute = self._dispute(attachment_ids=kept.ids, whole=False, amount=900)
        open_ = self._dispute(whole=False, amount=1)
        loose = files.create({"name": "late.txt", "raw": b"later"})
        with self.at("2026-10-12"):
            dispute._answer("rejected", "proof of delivery sent")
        placed = files.create(
            {"name": "x", "raw": b"x", "res_model": dispute._name, "res_id": dispute.id}
        )
        roles = [self._role(one) for one in ("collector", "manager", "accountant")]
        system = new_test_user(self.env, "admin of files", "base.group_system")
        system.group_ids |= self.env.ref("cobranza_legal.group_collection_manager")
        for user in (*roles, system):
            own, file = dispute.with_user(user), kept.with_user(user)
            for act in (
                lambda own=own: own.write({"attachment_ids": [Command.clear()]}),
                lambda own=own: own.write(
                    {"attachment_ids": [Command.unlink(kept.id)]}
                ),
                lambda own=own: own.write(
                    {"attachment_ids": [Command.delete(kept.id)]}
                ),
                lambda own=own: own.write({"attachment_ids": [Command.set(loose.ids)]}),
                lambda own=own: own.write(
                    {"attachment_ids": [Command.update(kept.id, {"raw": b"y"})]}
                ),
                lambda own=own: own.unlink(),
                lambda own=own: own.debtor_id.unlink(),
                lambda file=file: file.unlink(),
                lambda file=file: file.write({"raw": b"other"}),
                lambda file=file: file.write({"name": "other.txt"}),
                lambda file=file: file.write({"res_id": open_.id}),
                lambda file=file: file.write({"res_id": False, "res_model": False}),
                lambda user=user: placed.with_user(user).unlink(),
                lambda user=user: placed.with_user(user).write({"res_id": open_.id}),
            ):
                with self.assertRaises(UserError):
                    act()
                self.env.invalidate_all()
                self.assertEqual(dispute.attachment_ids, kept)
                self.assertEqual((kept.raw, placed.raw), (b"wrong", b"x"))
        collector = roles[0]
        loose = files.with_user(collector).create({"name": "late.txt", "raw": b"later"})
        dispute.with_user(collector).write({"attachment_ids": [Command.link(loose.id)]})
        self.assertEqual(dispute.attachment_ids, kept | loose)
        with self.assertRaises(UserError):
            loose.with_user(collector).unlink()

    def test_a_colleague_reads_the_evidence(self):
        file = self.env["ir.attachment"].create({"name": "mail.txt", "raw": b"wrong"})
        self._dispute(attachment_ids=file.ids)
        reader = self._role("collector")
        self.assertEqual(file.with_user(reader).raw, b"wrong")

    def test_every_change_wakes_the_debtor_up(self):
        dispute = self._dispute(amount=100)
        for change in (
            lambda: dispute.write({"amount": 120}),
            lambda: dispute._answer("rejected", "no"),
            self._dispute,
        ):
            self.debtor._forget_touches(self.company)  # as if it were committed
            self.debtor.sudo().review_on = "2027-01-01"
            self.debtor.flush_recordset()
            change()
            self.assertFalse(self.debtor.review_on)

    def test_a_collector_opens_and_answers_on_the_screen(self):
        collector = self._role("collector")
        model = self.env["cobranza.dispute"].with_user(collector)
        form = Form(model.with_context(default_debtor_id=self.debtor.id))
        form.debt_id = self.debt
        form.reason = "quality"
        form.via = "phone"
        dispute = form.save()
        self.assertEqual((dispute.amount, dispute.user_id), (1000, collector))
        action = dispute.action_answer()
        dialog = self.env[action["res_model"]].with_user(collector)
        form = Form(dialog.with_context(**action["context"]))
        form.outcome, form.reason = "rejected", "sound"
        form.save().action_confirm()
        self.assertEqual(dispute.state, "rejected")

    def test_an_accountant_reads_disputes_and_changes_none(self):
        dispute = self._dispute().with_user(self._role("accountant"))
        self.assertEqual(dispute.reason, "price")
        with self.assertRaises(AccessError):
            dispute.amount = 10
        with self.assertRaises(AccessError):
            dispute._answer("rejected", "not mine to say")

    # -- what was answered -------------------------------------------------------------

    def _rejected(self):
        with self.at("2026-10-11"):
            self._dispute()._answer("rejected", "It was agreed")

    def _by(self, role, **vals):
        values = {"debtor_id": self.debtor.id, "debt_id": self.debt.id}
        disputes = self.env["cobranza.dispute"].with_user(self._role(role))
        return disputes.create({**values, "reason": "price", **vals})

    def test_what_was_rejected_is_disputed_again_by_a_manager_with_what_is_new(self):
        self._rejected()
        with self.refuses(ValidationError, "10/11/2026"):
            self._by("collector", new_fact="A photo")
        for said in ({}, {"new_fact": " "}):
            with self.refuses(ValidationError, "says what is new"):
                self._by("manager", **said)
            self.env["res.users"].search([("login", "ilike", "manager_")]).unlink()
        again = self._by("manager", new_fact="A photo")
        self.assertTrue(again.is_again)
        self.assertEqual(self._disputed(), {self.debt.id: (Decimal(1000), True)})

    def test_an_open_dispute_is_not_moved_to_what_was_rejected(self):
        self._rejected()
        other = self._invoice(amount=50)
        self._run("2026-10-12")
        collector = self._role("collector")
        dispute = self.env["cobranza.dispute"].with_user(collector)
        dispute = dispute.create(
            {
                "debtor_id": self.debtor.id,
                "debt_id": self._debts(other).id,
                "reason": "price",
            }
        )
        self.assertFalse(dispute.is_again)
        with self.refuses(ValidationError, "says what is new"):
            dispute.debt_id = self.debt

    def test_who_withdrew_may_object_again(self):
        self._dispute()._answer("withdrawn", "By phone")
        self.assertFalse(self._by("collector").is_again)

    def test_a_call_about_what_was_rejected_is_logged_and_asks_a_manager(self):
        self._rejected()
        collector = self._role("collector")
        wizard = self.env["cobranza.contact.outcome"].with_user(collector)
        with self.at("2026-10-13"):
            wizard.create(
                {
                    "debtor_id": self.debtor.id,
                    "made_at": "2026-10-13 11:00:00",
                    "outcome": "disputes",
                    "dispute_reason": "price",
                    "debt_ids": [Command.set(self.debt.ids)],
                    "note": "Insists",
                }
            ).action_confirm()
        self.assertFalse(self.debt.dispute_ids.filtered(lambda d: d.state == "open"))
        self.assertIn("was rejected", self.debtor.contact_ids[:1].outcome_note)
        task = self.debtor.activity_ids.filtered(
            lambda one: "Objects again" in (one.summary or "")
        )
        self.assertTrue(
            task.user_id.has_group("cobranza_legal.group_collection_manager")
        )
        self.assertIn("Insists", task.note)
