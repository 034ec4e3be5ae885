from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.common.gate import CONTEXT_KEY, GATE
from .base import untracked_terms
from .contact import MONDAY, ContactCommon
from .evidence import EvidenceWorld

REFUSED = (UserError, AccessError, ValidationError)
EVIDENCE = {
    *("cobranza.debtor", "cobranza.debt", "cobranza.contact", "cobranza.contact.line"),
    *("cobranza.contact.event", "cobranza.charge", "cobranza.promise"),
    *("cobranza.dispute", "cobranza.hold", "cobranza.opt.out", "cobranza.history"),
    *("cobranza.privacy.request", "cobranza.approval", "cobranza.run"),
    *("cobranza.text", "cobranza.parameter", "cobranza.parameter.value"),
    *("cobranza.policy", "cobranza.policy.level", "cobranza.rate.source"),
    *("cobranza.settlement", "cobranza.settlement.undone", "cobranza.cost"),
}


@tagged("post_install", "-at_install")
class TestGate(EvidenceWorld):
    """What is declared readonly is written by code only, whoever asks by RPC."""

    # -- every field of every model ----------------------------------------------------

    def test_no_stored_model_of_ours_is_without_the_gate(self):
        gate = self.env.registry["cobranza.gate.mixin"]
        loose = [one._name for one in self._models() if not isinstance(one, gate)]
        self.assertEqual(loose, [])

    def test_no_role_writes_any_of_them(self):
        tried = set()
        for model in self._models():
            sample = self._sample(model)
            for role, user in self.users.items():
                own = sample.with_user(user).sudo(False)
                if not sample or not own.browse().has_access("write"):
                    continue
                for name, field in self._kept(model):
                    value = self._other(field, sample)
                    if value is None:
                        continue
                    tried.add(model._name)
                    with self.subTest(model=model._name, field=name, role=role):
                        self._try(own, sample, name, value)
        self.assertGreaterEqual(len(tried), 10)

    def _try(self, own, sample, name, value):
        before = sample[name]
        try:
            with self.cr.savepoint():
                own.write({name: value})
                self.env.flush_all()
        except REFUSED:
            self.env.invalidate_all()
            return
        self.env.invalidate_all()
        self.assertEqual(sample[name], before)

    def test_no_role_creates_with_any_of_them(self):
        for model in self._models():
            sample = self._sample(model)
            for role, user in self.users.items():
                own = model.with_user(user).sudo(False)
                if not sample or not own.has_access("create"):
                    continue
                base = self._base(sample)
                for name, field in self._kept(model):
                    value = self._other(field, sample)
                    if not value or name in model._given:
                        continue
                    with self.subTest(model=model._name, field=name, role=role):
                        self.assertTrue(self._refuses(own, {**base, name: value}))
                        self.assertFalse(self._forges(own, base, name, value))

    def _refuses(self, own, vals):
        try:
            with self.cr.savepoint(), mute_logger("odoo.sql_db"):
                own.create(vals)
        except (*REFUSED, IntegrityError):
            return True
        finally:
            self.env.invalidate_all()
        return False

    def _forges(self, own, base, name, value):
        """Whether a default in the context of a client decides this field."""
        usual = self._created(own, base, name)
        context = {f"default_{name}": value}
        found = self._created(own.with_context(**context), base, name)
        if own._fields[name].type == "datetime":  # usually now
            return bool(found) and found.year == 2001
        if own._fields[name].type.endswith("2many"):  # of another record
            return len(found or ()) != len(usual or ())
        return found is not None and found != usual

    def _created(self, own, base, name):
        """What this field is in a record that is made of ``base``; None if it may not
        be made."""
        try:
            with self.cr.savepoint() as savepoint, mute_logger("odoo.sql_db"):
                found = own.create(base).sudo()[name]
                savepoint.rollback()
        except (*REFUSED, IntegrityError):
            found = None
        self.env.invalidate_all()
        return found

    def test_all_that_is_evidence_is_tried(self):
        for name in sorted(EVIDENCE):
            if name not in (
                "cobranza.settlement",
                "cobranza.settlement.undone",
                "cobranza.rate.source",
            ):
                self.assertTrue(self._sample(self.env[name]), name)
            self.assertTrue(
                any(True for _one in self._kept(self.env[name]))
                or name
                in {
                    "cobranza.policy",
                    "cobranza.history",
                    "cobranza.contact.line",
                },
                name,
            )

    # -- what people did with it ------------------------------------------------------

    def test_nobody_lifts_a_restriction_behind_the_request(self):
        hold = self.request.hold_ids.with_user(self.users["collector"])
        other = self._debtor(self.partner_b)
        for vals in (
            {"privacy_request_id": False},
            {"debtor_id": other.id},
            {"date_to": MONDAY},
            {"state": "released"},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                hold.write(vals)
        with self.assertRaises(UserError):
            hold._release("because")
        self.assertEqual(hold.state, "open")

    def test_who_answers_writes_what_the_buttons_write(self):
        collector = self.users["collector"]
        with self.at(MONDAY):
            self.dispute.with_user(collector)._answer("rejected", "It was agreed")
            self.promise.with_user(collector)._cancel("paid in kind")
            self.hold.with_user(collector)._release("over")
        self.assertEqual(self.dispute.outcome, "It was agreed")
        self.assertEqual(str(self.promise.closed_on), MONDAY)
        self.assertEqual(self.hold.released_by_id, collector)

    def test_a_client_cannot_send_the_gate(self):
        own = self.promise.with_user(self.users["collector"])
        for fake in (True, "GATE", {}, [1]):
            with self.assertRaises(UserError):
                own.with_context(**{CONTEXT_KEY: fake}).write({"result": "kept"})
        own.with_context(**{CONTEXT_KEY: GATE}).write({"result": "kept"})
        self.assertEqual(self.promise.result, "kept")

    def test_a_copy_begins_anew(self):
        manager = self.users["manager"]
        self.dispute.sudo()._answer("rejected", "It was agreed")
        forged = {"outcome": "forged", "opened_on": "2001-01-01"}
        with self.at(MONDAY):
            [vals] = self.dispute.with_user(manager).copy_data(forged)
        self.assertFalse({"outcome", "opened_on", "closed_on", "state"} & set(vals))

    def test_the_engine_pays_nothing_for_it(self):
        debtors = self.debtor.sudo()
        debtors.fetch(["review_on"])
        self.env.flush_all()
        with self.assertQueryCount(1):
            debtors.write({"review_on": fields.Date.to_date("2030-01-01")})
            debtors.flush_recordset(["review_on"])


@tagged("post_install", "-at_install")
class TestSilence(ContactCommon):
    """What takes a debtor or a matter out of the process leaves who, when and why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role("collector")
        cls.manager = cls._role("manager")

    def setUp(self):
        super().setUp()
        self.debt = self._contact(self._invoice()).line_ids.debt_id
        self.debtor = self.debt.debtor_id

    def _dispute(self, **vals):
        values = {"debtor_id": self.debtor.id, "debt_id": self.debt.id}
        with self.at(MONDAY):
            return self.env["cobranza.dispute"].create(
                {**values, "reason": "price", "description": "Too much", **vals}
            )

    def _file(self, name, user=None):
        files = self.env["ir.attachment"].with_user(user or self.env.user)
        return files.create({"name": name, "raw": b"x"}).with_env(self.env)

    def _history(self, record):
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["cobranza.history"].sudo().search(domain)

    # -- archiving ---------------------------------------------------------------------

    def test_nobody_leaves_the_process_without_a_reason(self):
        own = self.debtor.with_user(self.collector)
        for vals in ({"active": False}, {"active": False, "lang": "en_US"}):
            with self.assertRaisesRegex(UserError, "buttons only"):
                own.write(vals)
        action = own.action_archive()
        self.assertTrue(own.active)
        wizards = self.env[action["res_model"]].with_user(self.collector)
        wizards = wizards.with_context(**action["context"])
        wizards.create({"reason": "Wound up"}).action_confirm()
        self.assertFalse(self.debtor.active)
        [row] = self._history(self.debtor)[:1]
        self.assertEqual((row.change, row.reason), ("Archived", "Wound up"))
        self.assertEqual(row.user_id, self.collector)
        with self.assertRaisesRegex(UserError, "buttons only"):
            own.write({"active": True})
        own.action_unarchive()
        self.assertTrue(self.debtor.active)
        self.assertEqual(self._history(self.debtor)[:1].change, "Taken up again")

    def test_who_may_not_write_does_not_archive(self):
        lawyer = self._role("all_lawyer")
        with self.assertRaises(AccessError):
            self.debtor.with_user(lawyer)._set_active(False, "x")

    def test_what_a_judgement_is_made_from_is_tracked(self):
        loose = untracked_terms(self.env, "cobranza.debtor", "")
        self.assertEqual(loose, {"active"})  # it has its reason

    # -- evidence ----------------------------------------------------------------------

    def test_the_evidence_of_a_closed_dispute_is_kept(self):
        first = self._file("first.txt")
        second = self._file("second.txt", self.collector)
        dispute = self._dispute(attachment_ids=[Command.set(first.ids)])
        with self.at(MONDAY):
            dispute._answer("rejected", "It was agreed")
        own = dispute.with_user(self.collector)
        for commands in ([Command.clear()], [Command.unlink(first.id)]):
            refused = self.assertRaisesRegex(UserError, "evidence is kept")
            with refused, self.cr.savepoint():
                own.write({"attachment_ids": commands})
            self.env.invalidate_all()
        for act in (first.unlink, lambda: first.write({"raw": b"other"})):
            with self.assertRaisesRegex(UserError, "is evidence"), self.cr.savepoint():
                act()
        own.write({"attachment_ids": [Command.link(second.id)]})
        self.assertEqual(dispute.attachment_ids, first | second)
        self.assertEqual(second.res_id, dispute.id)

    def test_what_is_deleted_leaves_a_row_and_what_is_closed_stays(self):
        dispute = self._dispute()
        name = dispute.display_name
        with self.at(MONDAY):
            promise = self.env["cobranza.promise"].create(
                {
                    "debtor_id": self.debtor.id,
                    "debt_ids": [Command.set(self.debt.ids)],
                    "amount": 10,
                    "promised_on": "2026-11-30",
                }
            )
        for record in (dispute, promise):
            record.with_user(self.manager).unlink()
            row = self._history(record)[:1]
            self.assertIn("Deleted", row.change)
            self.assertEqual(row.user_id, self.manager)
        self.assertIn(name, self._history(dispute)[:1].change)
        closed = self._dispute()
        with self.at(MONDAY):
            closed._answer("withdrawn", "By phone")
        with self.assertRaisesRegex(UserError, "not deleted"):
            closed.with_user(self.manager).unlink()

    def test_words_of_the_debtor_do_not_change_without_a_row(self):
        with self.at(MONDAY):
            opt_out = self.env["cobranza.opt.out"].create(
                {"debtor_id": self.debtor.id, "channel": "call", "reason": "No calls"}
            )
        opt_out.with_user(self.collector).reason = "Calls are fine"
        self.assertIn("No calls", self._history(opt_out)[:1].change)

    # -- erasing -----------------------------------------------------------------------

    def test_only_what_was_over_before_the_day_is_erased(self):
        old, new = self._file("old.txt"), self._file("new.txt")
        both = self._file("both.txt")
        first = self._dispute(attachment_ids=[Command.set((old | both).ids)])
        with self.at(MONDAY):
            first._answer("rejected", "It was agreed")
        second = self._dispute(
            attachment_ids=[Command.set((new | both).ids)], new_fact="A second photo"
        )
        promises = self.env["cobranza.promise"]
        for day, amount in ((MONDAY, 10), ("2026-12-20", 11)):
            with self.at(day):
                promise = promises.create(
                    {
                        "debtor_id": self.debtor.id,
                        "debt_ids": [Command.set(self.debt.ids)],
                        "amount": amount,
                        "promised_on": "2026-12-24",
                        "note": "By phone",
                    }
                )
                promise._cancel("made in error")
                promises |= promise
        with self.at(MONDAY):
            hold = self.env["cobranza.hold"].create(
                {"debtor_id": self.debtor.id, "note": "Ill"}
            )
        with self.at("2026-12-20"):
            second._answer("rejected", "Again")
            hold._release("over")
            self.debtor._erase_matters(fields.Date.to_date("2026-12-01"), "Law 1")
        self.assertFalse(first.description or first.outcome or first.attachment_ids)
        self.assertFalse(old.exists())
        self.assertEqual(second.outcome, "Again")
        self.assertEqual(second.attachment_ids.exists(), new | both)
        self.assertEqual(promises.mapped("note"), [False, "By phone"])
        self.assertEqual(hold.note, "Ill")

    def test_a_file_that_a_contact_keeps_stays_where_its_readers_find_it(self):
        with self.at(MONDAY):
            contact = self.env["cobranza.contact"]._log(
                {
                    "debtor_id": self.debtor.id,
                    "channel": "call",
                    "direction": "inbound",
                    "sent_at": "2026-12-20 10:00:00",
                }
            )
        file, loose = self._file("both.txt"), self._file("alone.txt")
        contact._add_events("answered", "Debtor's page", attachment_id=file.id)
        dispute = self._dispute(attachment_ids=[Command.set((file | loose).ids)])
        with self.at(MONDAY):
            dispute._answer("rejected", "It was agreed")
        with self.at("2026-12-20"):
            self.debtor._erase_matters(fields.Date.to_date("2026-12-01"), "Law 1")
        self.assertFalse(dispute.attachment_ids.exists() | loose.exists())
        self.env.invalidate_all()
        self.assertEqual(file.with_user(self.collector).raw, b"x")
        self.assertEqual((file.res_model, file.res_id), (contact._name, contact.id))
        with self.at("2027-12-20"):
            contact._erase(fields.Date.to_date("2027-12-01"), "Law 1")
        self.assertFalse(file.exists())
