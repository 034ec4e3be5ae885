from psycopg2 import Error as DatabaseError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.common.gate import OURS
from .base import MONDAY
from .evidence import EvidenceWorld

REFUSED = (UserError, AccessError, ValidationError, ValueError, DatabaseError)
OTHERS = {
    "internal": "base.group_user",
    "books": "account.group_account_manager",
    "system": "base.group_system,cobranza_legal.group_collection_manager,"
    "account.group_account_manager",
    "portal": "base.group_portal",
}
"""Users besides those of our roles: without a role, and with Odoo's highest ones."""
DOORS = {
    "write": "write",
    "save": "write",
    "import of changes": "write",
    "create": "create",
    "copy": "create",
    "import": "create",
}
"""{door of the web client: right that it needs}."""


class RpcCommon(EvidenceWorld):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, groups in OTHERS.items():
            cls.users[name] = new_test_user(
                cls.env,
                login=f"{name} by rpc",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )

    def _call(self, user, model, method, *args, **kwargs):
        """What the server answers to a client, None when it refuses; nothing stays."""
        own = self.env[model].with_user(user).sudo(False)
        with self.cr.savepoint() as savepoint, mute_logger("odoo.sql_db"):
            try:
                found = call_kw(own, method, list(args), kwargs)
                self.env.flush_all()
                return self._seen(model, method, found)
            except REFUSED:
                return None
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _seen(self, model, method, found):
        """{id: values of readonly fields} as they are in the database now."""
        self.env.invalidate_all()
        records = self.env[model].sudo().with_context(active_test=False)
        if method == "load":
            found = found["ids"] or []
        if method in ("write", "web_save"):
            found = self.sample.ids
        found = [found] if isinstance(found, int) else list(found)
        return records.browse(found)[:1].read(self.names, load=None)


@tagged("post_install", "-at_install", "slow")
class TestGateByRpc(RpcCommon):
    """Each readonly field, by each door of the web client, as every role."""

    def _guarded(self):
        """(sample, what a user would give to make another, names of its readonly
        fields) of all that is ours."""
        draft = self._invoice(post=False)
        payment = {"partner_id": self.partner_a.id, "amount": 7}
        line = {
            "move_id": draft.id,
            "account_id": self.invoice.line_ids[0].account_id.id,
        }
        for sample, base in (
            (self.company, {"name": "New"}),
            (self.env["account.payment"].create(payment), payment),
            (draft.line_ids[:1], line),
        ):
            own = [
                name
                for name, field in self._kept(sample)
                if (field._module or "").startswith(OURS)
            ]
            yield sample.sudo(), base, own
        for model in self._models():
            sample = self._sample(model)
            if sample:
                names = [name for name, _field in self._kept(model)]
                yield sample, self._base(sample), names

    def test_no_door_is_open_to_any_role(self):
        tried = 0
        for sample, base, names in self._guarded():
            self.sample, self.names = sample, names
            forged = {
                name: value
                for name in names
                if (value := self._other(sample._fields[name], sample))
                and not sample._fields[name].type.endswith("2many")
            }
            for role, user in self.users.items():
                for door, needs in DOORS.items():
                    own = sample.with_user(user).sudo(False)
                    # who may do nothing of the kind tries them all at once
                    each = [{name: value} for name, value in forged.items()]
                    for vals in each if own.browse().has_access(needs) else [forged]:
                        tried += len(vals)
                        with self.subTest(
                            model=sample._name, fields=[*vals], role=role, door=door
                        ):
                            self._knock(user, sample, door, base, vals)
        self.assertGreater(tried, 8000)

    def _arguments(self, sample, door, base, vals):
        """(method, arguments) of what the web client sends."""
        if door == "write":
            return "write", [sample.ids, vals]
        if door == "save":
            return "web_save", [sample.ids, vals, {}]
        if door == "copy":
            return "copy", [sample.ids, vals]
        if door == "create":
            return "create", [[{**base, **vals}]]
        fields = sample._fields
        if door == "import of changes":
            given = {"id": sample.id, **vals}
        else:
            given = {**base, **vals}
        given = {
            ".id"
            if name == "id"
            else f"{name}/.id"
            if fields[name].relational
            else name: str(value)
            for name, value in given.items()
            if value and not fields[name].type.endswith("2many")
        }
        return "load", [[*given], [[*given.values()]]]

    def _knock(self, user, sample, door, base, vals):
        method, args = self._arguments(sample, door, base, vals)
        before = sample.read([*vals], load=None)[0]
        for row in self._call(user, sample._name, method, *args) or ():
            for name, value in vals.items():
                if row["id"] == sample.id:
                    self.assertEqual(row[name], before[name])
                elif name not in sample._given:
                    self.assertNotEqual(str(row[name] or ""), str(value))

    def test_what_a_new_record_has_anyway_may_be_given(self):
        collector = self.users["collector"]
        vals = {"debtor_id": self.debtor.id, "debt_id": self.debt.id}
        self.dispute.sudo()._answer("withdrawn", "By phone")
        with self.at(MONDAY):
            own = self.env["cobranza.dispute"].with_user(collector)
            usual = {"state": "open", "opened_on": MONDAY, "outcome": False}
            [made] = call_kw(
                own, "create", [[{**vals, "reason": "price", **usual}]], {}
            )
        self.assertEqual(own.browse(made).state, "open")

    def test_what_odoo_adds_to_its_own_models_is_its_own(self):
        system = self.users["system"]
        company = self.company.with_user(system)
        company.write({"name": "Renamed Ltd", "cobranza_bank_guard_days": 4})
        with self.assertRaisesRegex(UserError, "cannot be edited"):
            company.write({"cobranza_live_on": MONDAY})
        with self.assertRaisesRegex(UserError, "cannot be edited"):
            company.create({"name": "New", "cobranza_live_on": MONDAY})
        payments = self.env["account.payment"].with_user(self.users["books"])
        payment = payments.create({"partner_id": self.partner_a.id, "amount": 7})
        payment.amount = 8
        self.assertFalse(payment.copy().sudo().cobranza_debtor_id)

    def test_every_model_of_odoo_with_a_readonly_field_of_ours_is_guarded(self):
        guard = self.env.registry["cobranza.guest.mixin"]
        for model in self.env.values():
            if model._abstract or model._transient or model._name.startswith("cobr"):
                continue
            own = {
                name
                for name, field in self._kept(model)
                if (field._module or "").startswith(OURS)
                and not (field.compute or field.related)
            }
            self.assertTrue(not own or isinstance(model, guard), (model, own))


@tagged("post_install", "-at_install")
class TestSettingsOfACompany(RpcCommon):
    """What we keep on a company is for people of the house."""

    def test_portal_users_read_no_setting_of_ours_by_any_door(self):
        portal = self.users["portal"]
        company = self.env["res.company"].with_user(portal).sudo(False)
        self.assertTrue(call_kw(company, "read", [self.company.ids, ["name"]], {}))
        ours = [
            name
            for name, field in company._fields.items()
            if (field._module or "").startswith(OURS)
        ]
        self.assertGreater(len(ours), 30)
        shown = call_kw(company, "fields_get", [], {})
        self.assertFalse(set(ours) & set(shown))
        ids = self.company.ids
        for name in ours:
            for method, args in (
                ("read", [ids, [name]]),
                ("web_read", [ids, {name: {}}]),
                ("search_read", [[("id", "in", ids)], [name]]),
                ("search_count", [[(name, "=", self._value(name))]]),
                ("export_data", [ids, [name]]),
                ("formatted_read_group", [[], [name]]),
                ("search_read", [[("id", "in", ids)], ["id"], 0, 1, name]),
            ):
                with self.subTest(name=name, method=method):
                    self.assertTrue(self._refuses_to_say(company, method, args))

    def _value(self, name):
        value = self.company.sudo()[name]
        if self.company._fields[name].relational:
            return value.ids[:1] or 1
        return value or "1"

    def _refuses_to_say(self, company, method, args):
        try:
            with self.cr.savepoint():
                call_kw(company, method, args, {})
        except REFUSED:
            return True
        return False
