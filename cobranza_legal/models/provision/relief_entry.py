"""The entries of a tax relief: the tax against what the customer owes, and nothing
else, least of all a sale."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...kernel.vat_relief import split
from ..common.money import to_decimal, unit

CODE = "RECT"
"""Of the journal that is made where the company has none: the law wants a series of
their own for what rectifies invoices."""


READERS = (
    "cobranza_legal.group_collector,cobranza_legal.group_accountant,"
    "cobranza_legal.group_approver"
)


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
        lines = self._taxes()
        weights = [to_decimal(-one.balance) for one in lines]
        step = unit(self.own)
        found = []
        parts = zip(
            lines, split(tax, weights, step), split(base, weights, step), strict=True
        )
        for line, amount, part in parts:
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
