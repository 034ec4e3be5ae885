import csv
from collections import defaultdict
from contextlib import contextmanager
from decimal import Decimal

from odoo import Command
from odoo.tests import freeze_time


class LifeMixin:
    """A case from its invoice to its end, over a frozen clock: what the books say on
    the days of a table that was written before the code."""

    @contextmanager
    def on(self, day):
        """Everything inside happens at noon of a day."""
        with freeze_time(f"{day} 16:00:00"):
            self.env.invalidate_all()
            yield self.company._cobranza_today()
            self.env.flush_all()
        self.env.invalidate_all()

    @staticmethod
    def expected(path):
        """{day: {account: balance}} of a table."""
        found = defaultdict(dict)
        with open(path, encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found[row["day"]][row["account"]] = Decimal(row["balance"])
        return dict(found)

    def trial_balance(self, day):
        """{account: balance} of what was posted until a day; those of the bank
        together."""
        self.env.flush_all()
        groups = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ],
            ["account_id"],
            ["balance:sum"],
        )
        found = defaultdict(Decimal)
        digits = Decimal(1).scaleb(-self.company.currency_id.decimal_places)
        for account, balance in groups:
            bank = account.account_type == "asset_cash" or account in self.transit
            name = "bank" if bank else account.code
            found[name] += Decimal(str(balance)).quantize(digits)
        return {code: balance for code, balance in found.items() if balance}

    @property
    def transit(self):
        """Accounts of payments that wait for their statement."""
        lines = self.env["account.payment.method.line"].search(
            [("journal_id.company_id", "=", self.company.id)]
        )
        return lines.payment_account_id

    def account(self, code):
        domain = [("code", "=", code)]
        return self.env["account.account"].search(domain, limit=1)

    def sold(self, partner, amount, tax, day, due, code):
        """A posted invoice with a tax, of a service."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Service",
                            "price_unit": amount,
                            "tax_ids": [Command.set(tax.ids)],
                            "account_id": self.account(code).id,
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    def bought(self, partner, amount, tax, day, code, number):
        """A posted bill of somebody who works for the case."""
        move = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": partner.id,
                "invoice_date": day,
                "date": day,
                "ref": number,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": number,
                            "price_unit": amount,
                            "tax_ids": [Command.set(tax.ids)],
                            "account_id": self.account(code).id,
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    def paid(self, move, amount, day):
        payment = self._register_payment(move, amount=amount, payment_date=day)
        self.env.cr.flush()
        return payment

    def stage(self, proceeding, code):
        found = proceeding._stages().filtered(lambda one: one.code == code)
        self.assertTrue(found, code)
        return found

    def file(self, name):
        return [Command.create({"name": name, "raw": b"%PDF-1.4 x"})]

    def compare(self, path):
        for day, expected in self.expected(path).items():
            self.assertEqual(self.trial_balance(day), expected, day)
