from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...models.company.company import INTERNAL
from .billing import BillingCommon
from .web_client import WebClient

USERS = {
    "billing": "account.group_account_invoice,base.group_allow_export",
    "accountant": "account.group_account_user,base.group_allow_export",
    "auditor": "account.group_account_readonly,base.group_allow_export",
    "sales": "base.group_partner_manager,base.group_user,base.group_allow_export",
    "internal": "base.group_user,base.group_allow_export",
    "portal": "base.group_portal",
}
"""People of Odoo who have no right of ours."""
PRINTED = "cobranza_bill_note"
"""Printed on a document by whoever prints it."""
ODOOS = {"sale_order_count"}
"""Fields of Odoo's that we only let count for everybody."""
STAFF = {*USERS} - {"portal"}
BOOKS = {"billing", "accountant"}
READERS = {*BOOKS, "auditor"}
NOBODY = set()
DAY = "2026-11-02"
INVOICES = "account.action_move_out_invoice_type"
ACTS = {}
"""{what somebody does: (function of a client and the world, who may by Odoo alone)}.

Nothing in them is ours: the right answers were taken from Odoo without our addons.
"""


def act(who):
    def keep(function):
        ACTS[function.__name__] = (function, who)
        return function

    return keep


class World:
    """What there is to be opened and changed; records as the superuser sees them."""


# -- to look ---------------------------------------------------------------------------


def opens(client, action, *records):
    opened = client.open(f"account.{action}", forms=0, search=False)
    for record in records:
        assert record.id in opened.ids, f"{record} is not in the list of {action}"
        opened.form(record.id)


@act(READERS)
def open_invoices(client, world):
    opens(client, "action_move_out_invoice_type", world.invoice, world.bill_of_charge)


@act(READERS)
def open_credit_notes(client, world):
    opens(client, "action_move_out_refund_type", world.refund)


@act(READERS)
def open_bills(client, world):
    opens(client, "action_move_in_invoice_type", world.bill)


@act(READERS)
def open_entries(client, world):
    opens(client, "action_move_journal_line", world.entry)


@act(READERS)
def open_items(client, world):
    client.open("account.action_account_moves_all", search=False)


@act(READERS)
def open_customer_payments(client, world):
    opens(client, "action_account_payments", world.payment)


@act(READERS)
def open_vendor_payments(client, world):
    client.open("account.action_account_payments_payable", search=False)


@act(READERS)
def open_statements(client, world):
    client.open("account.action_bank_statement_tree", search=False)


@act(BOOKS)
def open_bank_line(client, world):
    form = client.form("account.bank.statement.line")
    form.form(world.bank_line.id)


@act(STAFF)
def open_customers(client, world):
    opens(client, "res_partner_action_customer", world.partner)


@act(STAFF)
def open_contacts(client, world):
    opened = client.views("base.action_partner_form")
    opened.form(world.partner.id)
    opened.form(world.contact.id)


@act(STAFF)
def open_tags(client, world):
    client.open("base.action_partner_category_form", search=False)


@act({*READERS, "portal"})
def read_invoices(client, world):
    """As a portal user may, by RPC."""
    spec = {"name": {}, "amount_residual": {}, "payment_state": {}}
    found = client.call("account.move", "web_search_read", [], spec)
    assert world.invoice.id in [one["id"] for one in found["records"]]


# -- to export -------------------------------------------------------------------------


def exports(client, action, records, *more):
    """The columns of the list and some of relations."""
    opened = client.views(action)
    shown = [name for name in opened.spec("list") if name != "activity_ids"]
    rows = opened.export(["id", "display_name", *shown, *more], records.ids)
    assert len(rows) >= len(records)


@act(READERS)
def export_invoices(client, world):
    exports(client, INVOICES, world.invoice, "line_ids/account_id")


@act(READERS)
def export_bills_and_entries(client, world):
    exports(client, "account.action_move_journal_line", world.bill | world.entry)


@act(READERS)
def export_items(client, world):
    exports(client, "account.action_account_moves_all", world.invoice.line_ids)


@act(READERS)
def export_payments(client, world):
    exports(client, "account.action_account_payments", world.payment)


@act(READERS)
def export_bank_lines(client, world):
    names = ["id", "date", "payment_ref", "amount", "partner_id/name", "move_id/name"]
    client.call(
        "account.bank.statement.line", "export_data", world.bank_line.ids, names
    )


@act(STAFF)
def export_partners(client, world):
    names = ["id", "name", "email", "category_id/name", "parent_id/name"]
    people = world.partner | world.contact
    client.call("res.partner", "export_data", people.ids, names)


# -- to make ---------------------------------------------------------------------------


def makes(client, action, values):
    opened = client.views(f"account.{action}")
    filled = opened.form()
    kept = {
        name: filled[name]
        for name in ("move_type", "date", "payment_type", "partner_type")
        if filled.get(name)
    }
    filled = opened.change({**kept, **values}, values)
    assert "value" in filled
    return opened, opened.save({**kept, **values})


def line(price, account=None):
    values = {"name": "Goods", "quantity": 1, "price_unit": price, "tax_ids": []}
    return Command.create({**values, **({"account_id": account.id} if account else {})})


def document(world, price):
    return {
        "partner_id": world.partner.id,
        "invoice_date": DAY,
        "invoice_line_ids": [line(price)],
    }


@act(BOOKS)
def make_and_post_an_invoice(client, world):
    opened, made = makes(client, "action_move_out_invoice_type", document(world, 120))
    opened.press("action_post", [made["id"]])
    opened.form(made["id"])


@act(BOOKS)
def make_and_post_a_bill(client, world):
    opened, made = makes(client, "action_move_in_invoice_type", document(world, 70))
    opened.press("action_post", [made["id"]])
    opened.form(made["id"])


@act({"accountant"})
def make_and_post_an_entry(client, world):
    receivable, other = world.accounts
    lines = [
        Command.create(
            {"account_id": account.id, "partner_id": world.partner.id, **amounts}
        )
        for account, amounts in (
            (receivable, {"debit": 50, "credit": 0}),
            (other, {"debit": 0, "credit": 50}),
        )
    ]
    opened, made = makes(
        client, "action_move_journal_line", {"date": DAY, "line_ids": lines}
    )
    opened.press("action_post", [made["id"]])
    opened.form(made["id"])


@act(BOOKS)
def make_and_post_a_payment(client, world):
    values = {"partner_id": world.partner.id, "amount": 30, "date": DAY}
    opened, made = makes(client, "action_account_payments", values)
    opened.press("action_post", [made["id"]])
    opened.form(made["id"])
    opened.press("action_draft", [made["id"]])
    opened.press("action_cancel", [made["id"]])


@act(BOOKS)
def make_and_post_a_vendor_payment(client, world):
    values = {"partner_id": world.partner.id, "amount": 30, "date": DAY}
    opened, made = makes(client, "action_account_payments_payable", values)
    opened.press("action_post", [made["id"]])


@act({"accountant"})
def make_and_match_a_bank_line(client, world):
    form = client.form("account.bank.statement.line")
    made = form.save(
        {
            "journal_id": world.bank.id,
            "date": DAY,
            "payment_ref": "Paid",
            "partner_id": world.partner.id,
            "amount": 10,
        }
    )
    form.save({"payment_ref": "Paid by transfer"}, made["id"])
    form.delete([made["id"]])


@act(BOOKS)
def copy_an_invoice(client, world):
    client.call("account.move", "copy", world.invoice.ids)


# -- to change -------------------------------------------------------------------------


@act(BOOKS)
def edit_and_post_a_draft_invoice(client, world):
    opened = client.views(INVOICES)
    opened.save({"ref": "Order 1", "narration": "Thanks"}, world.draft.id)
    opened.press("action_post", world.draft.ids)
    opened.form(world.draft.id)


@act(BOOKS)
def edit_a_posted_invoice(client, world):
    opened = client.views(INVOICES)
    opened.save({"payment_reference": "REF-1"}, world.invoice.id)
    opened.form(world.invoice.id)


@act(BOOKS)
def register_a_payment(client, world):
    opened = client.views(INVOICES)
    action = opened.press("action_register_payment", world.invoice.ids)
    context = {**action["context"], "active_model": "account.move"}
    context |= {"active_ids": world.invoice.ids}
    wizard = client.form("account.payment.register", context=context)
    filled = wizard.form()
    assert filled["amount"]
    made = wizard.save({"payment_date": DAY, "amount": 100})
    wizard.press("action_create_payments", [made["id"]])
    opened.form(world.invoice.id)


@act(BOOKS)
def match_a_payment_and_undo_it(client, world):
    opened = client.views(INVOICES)
    credit = world.payment.move_id.line_ids.filtered("account_id.reconcile")
    credit = credit.filtered(lambda line: line.account_type == "asset_receivable")
    opened.call("js_assign_outstanding_line", world.invoice.ids, credit.id)
    opened.form(world.invoice.id)
    world.env.invalidate_all()
    partial = credit.matched_debit_ids
    opened.call("js_remove_outstanding_partial", world.invoice.ids, partial.id)
    opened.form(world.invoice.id)


@act(BOOKS)
def reconcile_items(client, world):
    lines = (world.invoice | world.payment.move_id).line_ids
    lines = lines.filtered(lambda line: line.account_type == "asset_receivable")
    client.call("account.move.line", "reconcile", lines.ids)
    client.call("account.move.line", "remove_move_reconcile", lines.ids)


@act(BOOKS)
def reverse_an_invoice(client, world):
    context = {"active_model": "account.move", "active_ids": world.invoice.ids}
    wizard = client.form("account.move.reversal", context=context)
    wizard.form()
    made = wizard.save(
        {"reason": "Returned", "journal_id": world.invoice.journal_id.id}
    )
    wizard.press("reverse_moves", [made["id"]])


@act(BOOKS)
def reset_to_draft_and_delete(client, world):
    opened = client.views(INVOICES)
    opened.press("button_draft", world.last.ids)
    opened.form(world.last.id)
    opened.delete(world.last.ids)


@act(BOOKS)
def reset_to_draft_and_cancel(client, world):
    opened = client.views(INVOICES)
    opened.press("button_draft", world.invoice.ids)
    opened.press("button_cancel", world.invoice.ids)
    opened.form(world.invoice.id)


@act(BOOKS)
def reset_the_invoice_of_a_charge_to_draft_and_cancel_it(client, world):
    opened = client.views(INVOICES)
    opened.press("button_draft", world.bill_of_charge.ids)
    opened.form(world.bill_of_charge.id)
    opened.press("button_cancel", world.bill_of_charge.ids)


@act(BOOKS)
def pay_the_invoice_of_a_charge(client, world):
    context = {"active_model": "account.move"}
    context |= {"active_ids": world.bill_of_charge.ids}
    wizard = client.form("account.payment.register", context=context)
    made = wizard.save({"payment_date": DAY})
    wizard.press("action_create_payments", [made["id"]])


@act(BOOKS)
def change_the_due_date(client, world):
    due = world.invoice.line_ids.filtered("date_maturity")
    client.call("account.move.line", "write", due.ids, {"date_maturity": "2026-12-24"})


# -- to delete -------------------------------------------------------------------------


@act(BOOKS)
def delete_a_draft_invoice(client, world):
    client.call("account.move", "unlink", world.draft.ids)


@act(BOOKS)
def delete_a_draft_bill(client, world):
    client.call("account.move", "unlink", world.draft_bill.ids)


@act(BOOKS)
def delete_a_draft_entry(client, world):
    client.call("account.move", "unlink", world.draft_entry.ids)


@act(BOOKS)
def delete_a_draft_payment(client, world):
    client.call("account.payment", "unlink", world.draft_payment.ids)


@act({"accountant"})
def delete_a_bank_line(client, world):
    client.call("account.bank.statement.line", "unlink", world.bank_line.ids)


# -- people ----------------------------------------------------------------------------


@act({"sales"})
def make_change_archive_and_delete_a_partner(client, world):
    opened = client.views("base.action_partner_form")
    opened.form()
    made = opened.save({"name": "New", "is_company": True})
    child = opened.save({"name": "Child", "parent_id": made["id"]})
    opened.save({"is_company": False, "email": "new@example.com"}, made["id"])
    opened.press("action_archive", [child["id"]])
    opened.delete([child["id"]])
    opened.delete([made["id"]])


@act({"sales"})
def change_a_partner(client, world):
    opened = client.views("base.action_partner_form")
    opened.save(
        {
            "name": "Renamed",
            "vat": False,
            "is_company": False,
            "category_id": [Command.link(world.tag.id)],
            "country_id": world.country.id,
        },
        world.partner.id,
    )
    opened.save({"parent_id": False}, world.contact.id)


@act({"sales"})
def archive_a_partner(client, world):
    client.call("res.partner", "action_archive", world.partner.ids)


@act({"sales"})
def change_a_tag(client, world):
    opened = client.views("base.action_partner_category_form")
    opened.save({"name": "Tagged"}, world.tag.id)


@act({"sales"})
def merge_partners(client, world):
    context = {"active_model": "res.partner", "active_ids": world.twins.ids}
    wizard = client.form("base.partner.merge.automatic.wizard", context=context)
    wizard.form()
    made = wizard.save({"dst_partner_id": world.twins[0].id})
    client.call(wizard.model, "action_merge", [made["id"]], context=context)


@act({"sales"})
def write_a_note_on_a_partner(client, world):
    client.call("res.partner", "message_post", world.partner.ids, body="Called")


@tagged("post_install", "-at_install")
class TestStrangers(BillingCommon):
    """Whoever has no right of ours works in Odoo as if we were not installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {name: cls._stranger(name) for name in USERS}
        cls.world = world = World()
        world.env = cls.env
        world.company, world.partner = cls.company, cls.partner_a
        cls.users["portal"].partner_id.parent_id = cls.partner_a
        world.contact = cls._partner("Contact", parent_id=cls.partner_a.id)
        world.twins = cls._partner("Twin", is_company=True)
        world.twins |= cls._partner("Twin 2", is_company=True)
        world.tag = cls.env["res.partner.category"].create({"name": "Tag"})
        world.country = cls.env.ref("base.fr")
        data = cls.company_data
        world.bank = data["default_journal_bank"]
        world.accounts = (
            data["default_account_receivable"],
            data["default_account_revenue"],
        )
        cls._documents()
        cls._collect()
        cls.env.flush_all()

    @classmethod
    def _stranger(cls, name):
        return new_test_user(
            cls.env,
            login=f"stranger_{name}",
            groups=USERS[name],
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _partner(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, **values})

    @classmethod
    def _documents(cls):
        world = cls.world
        world.invoice = cls._invoice()
        world.draft = cls._invoice(post=False)
        world.bill = cls._invoice(move_type="in_invoice")
        world.draft_bill = cls._invoice(move_type="in_invoice", post=False)
        world.refund = cls._invoice(move_type="out_refund", amount=20)
        world.entry = cls._move_balance(40)
        world.draft_entry = cls._move_balance(60)
        world.draft_entry.button_draft()
        bank = {"journal_id": world.bank.id}
        world.payment = cls._prepay(25, DAY, world.partner, **bank)
        world.draft_payment = cls._prepay(15, DAY, world.partner, **bank)
        world.draft_payment.action_draft()
        world.bank_line = cls.env["account.bank.statement.line"].create(
            {
                "journal_id": world.bank.id,
                "date": DAY,
                "payment_ref": "Incoming",
                "partner_id": world.partner.id,
                "amount": 12,
            }
        )

    @classmethod
    def _move_balance(cls, amount):
        """A posted entry of the partner's account against another one."""
        partner = {"partner_id": cls.world.partner.id}
        receivable, other = cls.world.accounts
        return cls._book(
            DAY,
            {**partner, "account_id": receivable.id, "debit": amount},
            {**partner, "account_id": other.id, "credit": amount},
        )

    @classmethod
    def _collect(cls):
        """The invoices are collected: debts, contacts, a charge and its invoice."""
        world = cls.world
        cls._run("2026-10-25")
        cls._form("compensation", "invoice")
        charge = cls._charge(cls._debts(world.invoice))
        world.bill_of_charge = charge._bill(draft=False)
        world.last = cls._invoice(amount=300)
        with cls.at("2026-11-20"):
            cls._run("2026-11-20")

    # -- what they see of ours -------------------------------------------------------

    def _ours(self, model):
        """Our fields on a model of Odoo."""
        return {
            name
            for name, field in self.env[model]._fields.items()
            if field._module and field._module.startswith("cobranza_legal")
        } - ODOOS

    def test_no_field_of_ours_is_shown_to_who_has_no_right(self):
        for model in self.env:
            ours = not model.startswith("cobranza.") and self._ours(model)
            # the form of the settings opens for administrators only
            if not ours or model == "res.config.settings":
                continue
            for login, user in self.users.items():
                shown = {*self.env[model].with_user(user).fields_get()} & ours
                if login != "portal":  # settings are no secret in the house
                    known = self.env[model]._fields
                    shown = {one for one in shown if known[one].groups != INTERNAL}
                self.assertFalse(shown - {PRINTED}, (model, login))

    def test_a_copy_takes_no_field_that_not_everybody_reads(self):
        copied = [
            f"{model}.{name}"
            for model in self.env
            if not model.startswith("cobranza.")
            for name in self._ours(model)
            if (field := self.env[model]._fields[name]).copy
            and field.groups not in (None, INTERNAL)
        ]
        self.assertFalse(copied)

    def test_portal_users_read_no_setting_of_ours(self):
        company = self.company.with_user(self.users["portal"])
        self.assertTrue(company.read(["name"]))
        ours = self._ours("res.company")
        self.assertIn("cobranza_mode", ours)
        for name in ours:
            with self.assertRaises(AccessError):
                company.read([name])
        with self.assertRaises(AccessError):
            company.search([("cobranza_mode", "=", "proposal")])

    def test_a_change_of_a_file_of_odoo_reads_no_file(self):
        file = self.env["ir.attachment"].create({"name": "x", "raw": b"big"})
        with patch.object(
            self.env.registry["ir.attachment"],
            "_file_read",
            side_effect=AssertionError("the file was read"),
        ):
            self.env.invalidate_all()
            file.write({"raw": b"bigger"})
        self.assertEqual(file.raw, b"bigger")

    # -- what they do ---------------------------------------------------------------

    def _try(self, function, user):
        """(whether it works, why not). What was done is undone."""
        point = self.env.cr.savepoint()
        try:
            function(WebClient(user), self.world)
        except UserError as error:
            return False, str(error)
        except Exception as error:  # noqa: BLE001 whatever it is, it is told
            return None, repr(error)
        finally:
            point.close(rollback=True)
            self.env.invalidate_all(flush=False)
        return True, ""

    def test_strangers_do_what_odoo_lets_them_do_and_no_more(self):
        wrong = {}
        for name, (function, who) in ACTS.items():
            for login, user in self.users.items():
                works, why = self._try(function, user)
                if works is not (login in who):
                    wrong[f"{login}: {name}"] = why or "is not refused"
        self.assertFalse(wrong, "\n".join(f"{k}: {v}" for k, v in wrong.items()))
