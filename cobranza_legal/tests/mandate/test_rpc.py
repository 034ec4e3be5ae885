import base64
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..common.mandate import OTHER_IBAN
from .test_debit import ReturnCommon

TABLES = (
    *("cobranza_mandate", "cobranza_mandate_amendment", "cobranza_debit"),
    *("cobranza_debit_batch", "cobranza_contact", "cobranza_cost", "cobranza_dispute"),
    *("cobranza_signature", "res_partner_bank"),
)
"""What a refused act leaves as it was, to the last column."""


WORK = frozenset({"collector", "manager", "accountant"})
BOOKS = frozenset({"manager", "accountant"})
READ = WORK | {"all_lawyer", "approver"}
ALL = READ | {"lawyer", "internal", "portal", "stranger"}
"""Roles; the stranger is a manager of another company."""


OPENS = {
    "cobranza.mandate": (
        *("action_sign", "action_amend", "action_suspend", "action_revoke"),
        *("action_resume", "action_view_customer", "action_view_debits"),
        *("action_view_invoices", "action_view_letters"),
    ),
    "cobranza.debit": ("action_come_back", "action_evidence"),
    "cobranza.debit.batch": ("action_told", "action_view_debits"),
    "cobranza.debtor": ("action_view_mandates", "action_view_debits"),
    "res.partner": ("action_cobranza_mandates",),
}
"""Buttons that open a dialog or a list, which asks for rights itself."""


@tagged("post_install", "-at_install")
class TestMandateRpc(ReturnCommon):
    """Every button and dialog of mandates and debits, called as a client calls it, as
    every role: it does what the role may do, or refuses and leaves all as it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._role(role) for role in (*READ, "lawyer")}
        for name, groups in (
            ("internal", "base.group_user"),
            ("portal", "base.group_portal"),
        ):
            cls.users[name] = new_test_user(
                cls.env,
                login=f"{name} of mandates",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
        other = cls.setup_other_company()["company"]
        cls.users["stranger"] = new_test_user(
            cls.env,
            login="stranger of mandates",
            groups="cobranza_legal.group_collection_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with cls.at("2026-11-23"):
            cls._make_world()

    @classmethod
    def _make_world(cls):
        """A mandate in each state that a button starts from, a batch in preparation,
        one that is ready, one that was presented, and debits that came back."""
        cls.company.sudo()._through_gate().write({"cobranza_mode": "confirm"})
        cls.mandate.debtor_id.sudo().write({"regime": "company"})
        cls.mandate._through_gate().write({"notice_agreed": True, "notice_days": 2})
        cls.draft, cls.asked = cls._mandate(), cls._mandate()
        cls.asked.action_request()
        cls.halted = cls._valid()
        cls.halted._stop("suspended", "debtor", "")
        cls.returned, cls.presented = cls._sent("unknown"), cls._sent()
        cls.failed = cls._sent("T_ERROR")
        cls._bill("2026-12-01", 70)
        cls.batch = cls._batch("2026-12-10")
        cls.planned = cls.batch.debit_ids.filtered(lambda one: one.state == "planned")
        cls._bill("2026-11-25", 80)
        cls.ready = cls._batch("2026-11-25")
        cls.ready.debit_ids._tell(date(2026, 11, 23))
        cls.empty = cls._batch(fill=False)
        cls.mandate.debtor_id._judge_if_marked()
        cls.env.flush_all()

    @classmethod
    def _sent(cls, code=None):
        """A debit of 2026-11-20 that was presented, and came back."""
        with cls.at("2026-11-16"):
            move = cls._bill("2026-11-20", 60, invoice_date="2026-11-01")
            batch = cls._batch("2026-11-20")
            debit = batch.debit_ids.filtered(lambda one: one.move_id == move)
            debit._tell(date(2026, 11, 16))
        with cls.at("2026-11-19"):
            batch.action_present()
        if code:
            debit._come_back(code, date(2026, 11, 23))
        return debit

    # -- how it is called --------------------------------------------------------------

    def _state(self):
        self.env.flush_all()
        rows = {}
        for table in TABLES:
            query = SQL(
                "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY id), '')) "
                "FROM %s t",
                SQL.identifier(table),
            )
            rows[table] = self.env.execute_query(query)[0][0]
        return rows

    def _call(self, user, model, method, *args):
        own = self.env[model].with_user(user).sudo(False)
        return call_kw(own, method, list(args), {})

    def _dialog(self, user, model, vals):
        number = self._call(user, model, "create", vals)
        method = "action_import" if model.endswith("import") else "action_confirm"
        self._call(user, model, method, [number])

    def _try(self, role, act):
        """Whether the server does ``act`` for a role, and whether anything changed;
        nothing stays."""
        self.env.flush_all()
        with self.cr.savepoint(flush=False) as savepoint, mute_logger("odoo.sql_db"):
            before = self._state()
            try:
                with self.cr.savepoint():
                    act(self.users[role])
                    self.env.flush_all()
                done = True
            except (AccessError, UserError) as error:
                self.assertTrue(str(error))
                done = False
            self.env.invalidate_all()
            changed = self._state() != before
            savepoint.rollback()
        self.env.invalidate_all()
        return done, changed

    def _expect(self, name, act, allowed, changes=True, roles=ALL):
        for role in sorted(roles):
            with self.subTest(act=name, role=role):
                done, changed = self._try(role, act)
                self.assertEqual(done, role in allowed)
                self.assertEqual(changed, bool(changes and done))

    # -- buttons -----------------------------------------------------------------------

    def _buttons(self):
        """(records, method, roles that may, whether it changes anything)."""
        return (
            (self.draft, "action_request", WORK, True),
            (self.asked, "action_draft", WORK, True),
            (self.asked, "action_view_document", READ, False),
            (self.empty, "action_fill", BOOKS, True),
            (self.batch, "action_notify", BOOKS, True),
            (self.ready, "action_present", BOOKS, True),
            (self.presented.batch_id, "action_download", READ, False),
            (self.batch, "action_cancel", BOOKS, True),
            (self.planned, "action_take_out", WORK, True),
            (self.failed, "action_answered", WORK, True),
            (self.returned, "action_again", WORK, True),
        )

    def test_buttons(self):
        with self.at("2026-11-23"):
            for records, method, allowed, changes in self._buttons():
                model = records._name
                self._expect(
                    f"{model}.{method}",
                    lambda user, model=model, method=method, ids=records.ids: (
                        self._call(user, model, method, ids)
                    ),
                    allowed,
                    changes,
                )

    def test_buttons_that_open_something_change_nothing(self):
        for model, methods in OPENS.items():
            own = {
                "cobranza.debtor": self.mandate.debtor_id,
                "res.partner": self.partner_a,
            }
            record = own.get(model) or self.env[model].search([], limit=1)
            for method in methods:
                for role in sorted(ALL):
                    with self.subTest(model=model, method=method, role=role):
                        done, changed = self._try(
                            role,
                            lambda user, model=model, method=method, ids=record.ids: (
                                self._call(user, model, method, ids)
                            ),
                        )
                        self.assertFalse(changed)
                        self.assertTrue(done or role not in READ)

    def test_every_button_is_tried(self):
        tried = {(one[0]._name, one[1]) for one in self._buttons()}
        tried |= {(model, name) for model, names in OPENS.items() for name in names}
        tried.add(("cobranza.debit", "action_open_document"))
        tried.add(("cobranza.mandate", "action_send"))  # test_mandate_signing
        tried.add(("cobranza.mandate", "action_evidence"))  # test_mandate_evidence
        home = "odoo.addons.cobranza_legal.models.mandate."
        for model in ("cobranza.mandate", "cobranza.debit", "cobranza.debit.batch"):
            own = {
                (model, name)
                for cls in type(self.env[model]).__mro__
                if cls.__module__.startswith(home)
                for name in vars(cls)
                if name.startswith("action_")
            }
            self.assertFalse(own - tried, "not tried")

    def test_the_document_of_a_debit_is_opened_by_who_sees_it(self):
        for role in sorted(ALL):
            with self.subTest(role):
                done, changed = self._try(
                    role,
                    lambda user: self._call(
                        user, "cobranza.debit", "action_open_document", self.planned.ids
                    ),
                )
                self.assertFalse(changed)
                self.assertEqual(done, role in READ)

    # -- dialogs -----------------------------------------------------------------------

    def _dialogs(self):
        """(model, values, roles that may)."""
        scan = base64.b64encode(b"scan").decode()
        account = self._account(self.partner_a, OTHER_IBAN)
        table = base64.b64encode(
            f"reference;customer;signed_on\nT-1;{self.partner_b.name};2026-01-01".encode()
        ).decode()

        def act(name, mandate):
            return (
                "cobranza.mandate.act",
                {
                    "act": name,
                    "mandate_ids": [(6, 0, mandate.ids)],
                    "code": "debtor",
                    "reason": "Said so",
                },
                WORK,
            )

        return (
            (
                "cobranza.mandate.sign",
                {"mandate_id": self.draft.id, "day": "2026-11-20", "file": scan},
                WORK,
            ),
            (
                "cobranza.mandate.amend",
                {
                    "mandate_id": self.mandate.id,
                    "reference": "NEW-1",
                    "bank_account_id": account.id,
                    "reason": "Moved",
                },
                WORK,
            ),
            act("suspend", self.mandate),
            act("revoke", self.mandate),
            act("resume", self.halted),
            (
                "cobranza.debit.told",
                {"batch_id": self.batch.id, "day": "2026-11-23"},
                BOOKS,
            ),
            (
                "cobranza.debit.back",
                {
                    "debit_ids": [(6, 0, self.presented.ids)],
                    "code": "unknown",
                    "day": "2026-11-23",
                    "cost": 3,
                    "file": scan,
                    "filename": "bank.pdf",
                },
                WORK,
            ),
            ("cobranza.mandate.import", {"file": table}, {"manager"}),
        )

    def test_dialogs(self):
        with self.at("2026-11-23"):
            for model, vals, allowed in self._dialogs():
                # the stranger imports into its own company
                roles = ALL - {"stranger"} if model.endswith("import") else ALL
                self._expect(
                    f"{model} {vals.get('act', '')}",
                    lambda user, model=model, vals=vals: self._dialog(
                        user, model, dict(vals)
                    ),
                    allowed,
                    roles=roles,
                )

    def test_a_batch_is_made_by_who_keeps_the_books(self):
        vals = {"scheme": "core", "due_until": "2026-12-31"}
        with self.at("2026-11-23"):
            self._expect(
                "create",
                lambda user: self._call(user, "cobranza.debit.batch", "create", vals),
                BOOKS | {"stranger"},
            )

    def test_a_mandate_is_made_for_customers_that_are_seen(self):
        vals = {"partner_id": self.partner_a.id, "scheme": "core"}
        with self.at("2026-11-23"):
            self._expect(
                "create",
                lambda user: self._call(user, "cobranza.mandate", "create", vals),
                WORK | {"stranger"},
            )

    # -- what no button does -----------------------------------------------------------

    def test_private_methods_are_not_called(self):
        for record, method, args in (
            (self.presented, "_come_back", ["unknown", "2026-11-23"]),
            (self.presented, "_know_return", [1]),
            (self.presented, "_through_gate", []),
            (self.mandate, "_stop", ["revoked", "debtor", ""]),
            (self.mandate, "_sign", ["2026-11-20", "", "hand"]),
            (self.batch, "_present", []),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                self._call(
                    self.users["manager"], record._name, method, record.ids, *args
                )

    def test_what_is_readonly_is_not_written(self):
        readonly = {
            "cobranza.mandate": ("state", "signed_on", "account_number", "expires_on"),
            "cobranza.debit": ("state", "amount", "return_code", "foreign_returns"),
            "cobranza.debit.batch": ("state", "presented_on", "left_out", "name"),
        }
        values = {
            "state": "presented",
            "amount": 1,
            "return_code": "unknown",
            **dict.fromkeys(("signed_on", "expires_on", "presented_on"), "2020-01-01"),
        }
        for model, names in readonly.items():
            record = self.env[model].search([], limit=1)
            for name in names:
                vals = {name: values.get(name, "forged")}
                if model == "cobranza.mandate" and name == "state":
                    vals = {"state": "valid"}
                self._expect(
                    f"{model}.{name}",
                    lambda user, model=model, ids=record.ids, vals=vals: self._call(
                        user, model, "write", ids, vals
                    ),
                    set(),
                )

    def test_amendments_and_signed_mandates_are_not_deleted(self):
        amendment = self.mandate._amend("Moved", reference="NEW-2")
        for record in (amendment, self.mandate, self.asked, self.presented):
            self._expect(
                f"unlink of {record._name}",
                lambda user, record=record: self._call(
                    user, record._name, "unlink", record.ids
                ),
                set(),
            )
        self._expect(
            "unlink of a draft",
            lambda user: self._call(user, "cobranza.mandate", "unlink", self.draft.ids),
            {"manager"},
        )
