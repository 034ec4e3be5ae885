"""A client that names a file, a person or a record of ours which its user may not read
gets nothing of it: no export, letter or screen of ours shows it."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .base import CobranzaCommon


@tagged("post_install", "-at_install")
class TestNamedRecords(CobranzaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._invoice()
        cls._run("2026-10-12")
        cls.debt = cls._debts(cls.move)
        cls.debtor = cls.debt.debtor_id
        cls.collector = cls._role("manager")
        # the private file of somebody who has nothing to do with it
        cls.clerk = new_test_user(cls.env, login="clerk", groups="base.group_user")
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "payslip.txt",
                "raw": b"4711",
                "res_model": "res.users.settings",
                "res_id": cls.clerk.res_users_settings_id.id
                or cls.env["res.users.settings"].create({"user_id": cls.clerk.id}).id,
            }
        )
        cls.other = cls.setup_other_company()["company"]
        cls.stranger = cls.env["res.partner"].create(
            {"name": "Of another company", "company_id": cls.other.id}
        )

    def _own(self, name="own.txt"):
        files = self.env["ir.attachment"].with_user(self.collector)
        return files.create({"name": name, "raw": b"proof"})

    def _linked(self, file):
        """{model: values of a record that names a file}, as the forms make them."""
        link, debtor = [Command.link(file.id)], {"debtor_id": self.debtor.id}
        return {
            "cobranza.dispute": {
                **debtor,
                "debt_id": self.debt.id,
                "reason": "price",
                "attachment_ids": link,
            },
            "cobranza.opt.out": {
                **debtor,
                "source": "letter",
                "channel": "call",
                "attachment_ids": link,
            },
            "cobranza.obligor": {
                **debtor,
                "partner_id": self.partner_b.id,
                "attachment_ids": link,
            },
            "cobranza.cost": {
                **debtor,
                "kind": "returned_debit",
                "day": "2026-10-12",
                "description": "Bank",
                "amount": 5,
                "attachment_ids": link,
            },
        }

    def _file_fields(self, model):
        """The fields in which people name files."""
        return [
            name
            for name, field in self.env[model]._fields.items()
            if field.comodel_name == "ir.attachment"
            and field.type == "many2many"
            and field.store
            and not field.readonly
        ]

    def _try(self, model, vals):
        self.env.invalidate_all()
        records = self.env[model].with_user(self.collector)
        given = {name: one for name, one in vals.items() if name in records._fields}
        given |= dict.fromkeys(self._file_fields(model), vals["attachment_ids"])
        return records.create(given)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_a_file_that_the_user_may_not_open_is_evidence_of_nothing(self):
        self.assertFalse(self.file.with_user(self.collector).has_access("read"))
        for model, vals in self._linked(self.file).items():
            with self.subTest(model), self.assertRaises(AccessError):
                self._try(model, vals)
        for model, vals in self._linked(self._own()).items():
            record = self._try(model, vals)
            for name in self._file_fields(model):
                with self.subTest(model, field=name), self.assertRaises(AccessError):
                    record.write({name: [Command.link(self.file.id)]})
                with self.assertRaises(AccessError):
                    record.write({name: [Command.set(self.file.ids)]})

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nor_when_an_update_says_that_it_is_another(self):
        mine = self.env["cobranza.dispute"].with_user(self.collector)
        mine = mine.create(self._linked(self._own())["cobranza.dispute"])
        place = {"res_model": mine._name, "res_id": mine.id, "res_field": False}
        commands = [
            Command.update(self.file.id, place),
            Command.update(self.file.id, {**place, "res_model": self.debtor._name}),
            Command.link(self.file.id),
        ]
        self.env.invalidate_all()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            mine.write({"attachment_ids": commands})
        self.env.invalidate_all()
        self.assertEqual(self.file.res_model, "res.users.settings")

    def test_nor_by_the_default_of_a_context(self):
        vals = self._linked(self.file)["cobranza.dispute"]
        links = vals.pop("attachment_ids")
        disputes = self.env["cobranza.dispute"].with_user(self.collector)
        with self.assertRaises(AccessError):
            disputes.with_context(default_attachment_ids=links).create(vals)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_letters_go_to_nobody_of_another_company(self):
        debtor = self.debtor.with_user(self.collector)
        for name in ("payer_id", "dunning_contact_id", "representative_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                debtor.write({name: self.stranger.id})
        obligors = self.env["cobranza.obligor"].with_user(self.collector)
        with self.assertRaises(AccessError):
            obligors.create({"debtor_id": debtor.id, "partner_id": self.stranger.id})
        debtor.payer_id = self.partner_b

    def test_what_is_named_already_stays_when_the_rest_is_written(self):
        self.debtor.sudo().beneficiary_ids = self.stranger | self.partner_b
        debtor = self.debtor.with_user(self.collector)
        kept = (self.stranger | self.partner_b).ids
        debtor.write({"beneficiary_ids": [Command.set(kept)]})
        debtor.write({"beneficiary_ids": [Command.unlink(self.partner_b.id)]})
        self.assertEqual(debtor.sudo().beneficiary_ids, self.stranger)

    def test_what_a_command_would_write_does_not_pass_for_what_is_kept(self):
        own = self._own()
        [kept] = {own.raw}
        for model in ("cobranza.dispute", "cobranza.opt.out"):
            change = [Command.update(own.id, {"raw": b"other"})]
            records = self.env[model].with_user(self.collector)
            own.flush_recordset()
            records._check_named({"attachment_ids": change})
            self.assertEqual(own.with_user(self.collector).raw, kept, model)
