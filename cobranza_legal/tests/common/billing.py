from odoo import fields

from ...demo.books import make_entry
from .charging import ChargeCommon

EVERY_KIND = (
    "fee",
    "compensation",
    "interest",
    "commission",
    "cost",
    "penalty",
    "indexation",
)


class BillingCommon(ChargeCommon):
    """Charges of every kind, and forms that bill them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.income = cls.company_data["default_account_revenue"]
        cls.misc = cls.company_data["default_journal_misc"]
        cls.receivable = cls.company_data["default_account_receivable"]

    @classmethod
    def _form(cls, kind, form="entry", basis="law", **vals):
        journal = cls.company_data[
            "default_journal_misc" if form == "entry" else "default_journal_sale"
        ]
        model = cls.env["cobranza.charge.form"].sudo()
        known = model.search(
            [
                ("company_id", "=", cls.company.id),
                ("kind", "=", kind),
                ("basis", "=", basis),
            ]
        )
        vals = {
            "form": form,
            "journal_id": journal.id,
            "account_id": cls.income.id,
            **vals,
        }
        if known:
            known.write(vals)
            return known
        common = {"company_id": cls.company.id, "kind": kind, "basis": basis}
        return model.create({**common, **vals})

    @classmethod
    def _opened(cls, day="2026-10-20", **vals):
        """(document, its debt), opened by the run of a day."""
        move = cls._invoice(**{"due": "2026-10-05", "amount": 1000, **vals})
        cls._run(day)
        return move, cls._debts(move)

    @classmethod
    def _bill_on(cls, day, charges, **vals):
        with cls.at(day):
            return charges._bill(**vals)

    def _items(self, move):
        """[(account code, debit, credit)] of a document."""
        rows = [
            (line.account_id.code, line.debit, line.credit) for line in move.line_ids
        ]
        return sorted(rows)

    def _balanced(self, moves):
        for move in moves:
            self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0)

    def _settle(self, line, amount):
        """A payment by an entry of the bank."""
        bank = self.company_data["default_journal_bank"]
        move = make_entry(
            bank,
            fields.Date.today(),
            [
                {
                    "account_id": line.account_id.id,
                    "partner_id": line.partner_id.id,
                    "credit": amount,
                },
                {"account_id": bank.default_account_id.id, "debit": amount},
            ],
        )
        own = move.line_ids.filtered(lambda item: item.account_id == line.account_id)
        (own | line).reconcile()
        return move
