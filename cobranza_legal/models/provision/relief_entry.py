"""The entries of a tax relief: the tax against what the customer owes, and nothing
else, least of all a sale."""

from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...kernel.money import round_to
from ...kernel.vat_relief import ZERO, split
from ..common.money import to_decimal, unit

CODE = "RECT"
"""Of the journal that is made where the company has none: the law wants a series of
their own for what rectifies invoices."""


READERS = (
    "cobranza_legal.group_collector,cobranza_legal.group_accountant,"
    "cobranza_legal.group_approver"
)


class TaxRow(NamedTuple):
    """A tax of an invoice before a rectification, and what that changes: amounts in the
    currency of the company."""

    tax: str
    base_before: Decimal
    base: Decimal
    tax_before: Decimal
    amount: Decimal

    @property
    def base_after(self):
        return self.base_before + self.base

    @property
    def tax_after(self):
        return self.tax_before + self.amount


class AccountMove(models.Model):
    _inherit = "account.move"

    cobranza_relief_id = fields.Many2one(
        "cobranza.vat.relief",
        "Tax relief",
        groups=READERS,
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )


def customers_tax(entry):
    """What an entry of a relief makes the customer owe more, Decimal."""
    items = entry.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    )
    return sum((to_decimal(one.balance) for one in items), ZERO)


class ReliefEntry:
    """Books for one relief, as its user: whoever does it has the right to book."""

    def __init__(self, relief):
        relief.ensure_one()
        self.relief, self.env = relief, relief.env
        self.company = relief.company_id
        self.move = relief.move_id
        self.currency = self.move.currency_id
        self.own = relief.currency_id

    def relieve(self, day, owes):
        """The posted entry that takes the tax back. Where the debtor owes the base only
        it is taken off the invoice, else it is matched with nothing."""
        relief = self.relief
        ref = self.env._(
            "%(code)s rectifies %(document)s",
            code=relief.code or "",
            document=self.move.name,
        ).strip()
        items = self._items()
        tax, base = to_decimal(relief.tax), to_decimal(relief.base)
        lines = self._tax_lines(tax, base)
        credits_ = self._customer_lines(items, -tax)
        entry = self._book(day, ref, lines + credits_)
        if owes == "base":
            self._match(entry, items)
        return entry

    def raise_again(self, day, amount):
        """The posted entry by which so much tax is owed again. What was taken off the
        invoice is owed by the customer again."""
        relief = self.relief
        ref = self.env._("Tax raised again: %s", self.move.name)
        tax = to_decimal(relief.tax)
        base = to_decimal(relief.base) * amount / tax
        credits_ = relief.entry_id.line_ids.filtered(self._is_customers)
        if relief.owes == "base":
            # what settled a part of the invoice is undone, so that it is open again
            credits_.remove_move_reconcile()
        lines = self._tax_lines(-amount, -base)
        debits = self._customer_lines(credits_, amount)
        entry = self._book(day, ref, lines + debits)
        self._match(entry, credits_)
        return entry

    # -- items -------------------------------------------------------------------------

    def _is_customers(self, line):
        return line.account_id.account_type == "asset_receivable"

    def _items(self):
        """The open items of the invoice, on the accounts on which they stand now."""
        debts = self.env["cobranza.debt"].sudo()  # sudo: where a debt stands
        found = debts.search(
            [
                ("move_id", "=", self.move.id),
                ("nature", "=", "principal"),
                ("void_reason", "=", False),
            ]
        )
        lines = found.move_line_id.sudo(False).filtered(
            lambda line: not line.reconciled and line.parent_state == "posted"
        )
        if not lines:
            lines = self.move.line_ids.filtered(
                lambda line: self._is_customers(line) and not line.reconciled
            )
        if not lines:
            raise UserError(self.env._("Nothing of %s is open.", self.move.name))
        if not self.relief.one_instalment:
            return lines
        return lines.filtered(lambda line: line.date_maturity == self.relief.start_on)

    def _taxes(self):
        """The tax items of the invoice whose tax comes back."""
        rules = self.company._cobranza_rules()
        lines = self.move.line_ids.filtered("tax_line_id")
        return rules._vat_relief_taxes(lines)

    def _by_tax(self, tax, base):
        """[(tax item of the invoice, its part of ``tax``, that of ``base``)]: each tax
        by what it came to, and each base by what it was charged on."""
        lines, step = self._taxes(), unit(self.own)
        taxes = [to_decimal(-one.balance) for one in lines]
        bases = [abs(to_decimal(one.tax_base_amount)) for one in lines]
        bases = bases if any(bases) else taxes
        parts = split(tax, taxes, step), split(base, bases, step)
        return list(zip(lines, *parts, strict=True))

    def rows(self, entry):
        """[``TaxRow``] of an entry of this relief: what each tax of the invoice was
        before it, and what it changes."""
        before = self._entries_before(entry)
        changed = self._change(entry)
        earlier = [self._change(one) for one in before]
        rows = []
        for place, (line, tax, base) in enumerate(self._by_tax(*changed)):
            past = [self._by_tax(*one)[place] for one in earlier]
            rows.append(
                TaxRow(
                    line.tax_line_id.tax_group_id.name or line.tax_line_id.name,
                    abs(to_decimal(line.tax_base_amount))
                    + sum((one[2] for one in past), ZERO),
                    base,
                    to_decimal(-line.balance) + sum((one[1] for one in past), ZERO),
                    tax,
                )
            )
        return rows

    def _entries_before(self, entry):
        """The entries of all reliefs of the invoice that were made before this one."""
        # sudo: of the same invoice
        reliefs = self.env["cobranza.vat.relief"].sudo()
        entries = reliefs.search([("move_id", "=", self.move.id)]).move_ids
        return entries.filtered(lambda one: one.state == "posted" and one.id < entry.id)

    def _change(self, entry):
        """(tax, base) by which an entry changes those of the invoice: negative where
        it takes tax back."""
        relief = entry.sudo().cobranza_relief_id
        tax = customers_tax(entry)
        whole = to_decimal(relief.tax)
        base = to_decimal(relief.base) * tax / whole if whole else ZERO
        return tax, round_to(base, unit(self.own))

    def _foreign(self, amount):
        """An amount of the company in the currency of the invoice, at its rate."""
        if self.currency == self.own:
            return amount
        total = to_decimal(self.move.amount_total_signed)
        rate = to_decimal(self.move.amount_total_in_currency_signed) / total
        return to_decimal(self.currency.round(float(amount * rate)))

    def _line(self, amount, **vals):
        return {
            "balance": float(amount),
            "amount_currency": float(self._foreign(amount)),
            "currency_id": self.currency.id,
            **vals,
        }

    def _tax_lines(self, tax, base):
        """The items of the tax, with the boxes of returns for rectified sales, and two
        that carry its base there and are nothing together."""
        found = []
        for line, amount, part in self._by_tax(tax, base):
            tags = self._tags(line, "tax")
            found.append(self._line(amount, account_id=line.account_id.id, **tags))
            tags = self._tags(line, "base")
            if tags and part and line.tax_line_id.amount:
                name = self.env._("Base of the rectified tax")
                about = {"account_id": line.account_id.id, "name": name}
                found.append(self._line(part, **about, **tags))
                found.append(self._line(-part, **about))
        return found

    @staticmethod
    def _tags(line, kind):
        rows = line.tax_line_id.refund_repartition_line_ids.filtered(
            lambda row: row.repartition_type == kind
        )
        if kind == "tax":
            factor = line.tax_repartition_line_id.factor_percent
            rows = rows.filtered(lambda row: row.factor_percent == factor)
        tags = rows[:1].tag_ids
        return {"tax_tag_ids": [Command.set(tags.ids)]} if tags else {}

    def _customer_lines(self, items, amount):
        """The items of the customer, on the accounts of ``items``, by what is open of
        each. They ask the debtor for nothing."""
        weights = [abs(to_decimal(one.amount_residual)) for one in items]
        parts = split(amount, weights, unit(self.own))
        return [
            self._line(
                part,
                account_id=item.account_id.id,
                partner_id=item.partner_id.id,
                no_followup=True,
            )
            for item, part in zip(items, parts, strict=True)
            if part
        ]

    def _match(self, entry, items):
        """Match the items of the customer with those of an entry on their account."""
        for line in entry.line_ids.filtered(self._is_customers):
            other = items.filtered(
                lambda one, line=line: (
                    one.account_id == line.account_id
                    and one.partner_id == line.partner_id
                    and not one.reconciled
                )
            )
            if other:
                (line | other).reconcile()

    # -- booking -----------------------------------------------------------------------

    def _book(self, day, ref, lines):
        journal = self._journal()
        self.company._cobranza_check_locks(day, journal)
        commands = [Command.create({"name": ref, **one}) for one in lines]
        moves = self.env["account.move"].with_company(self.company)
        entry = moves.create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": day,
                "ref": ref,
                "line_ids": commands,
            }
        )
        # sudo: what an entry is for is not edited
        entry.sudo().cobranza_relief_id = self.relief.id
        entry._post(soft=False)
        return entry

    def _journal(self):
        """That of the settings, else the one that was made before, else a new one: a
        series of their own."""
        # sudo: which journal a company uses; the accountant asks for entries, not for a
        # journal
        company = self.company.sudo()
        found = company.cobranza_vat_journal_id
        if not found:
            journals = self.env["account.journal"].sudo().with_company(company)
            domain = [("code", "=", CODE), ("company_id", "=", company.id)]
            found = journals.search(domain, limit=1) or journals.create(
                {
                    "name": self.env._("Rectifications of tax"),
                    "code": CODE,
                    "type": "general",
                    "company_id": company.id,
                }
            )
            company.cobranza_vat_journal_id = found
        return found.sudo(self.env.su)
