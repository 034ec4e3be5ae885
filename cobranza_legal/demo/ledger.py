"""Invoices, payments and what else a demo has in its books."""

from datetime import timedelta

from odoo import Command

from .books import (
    make_entry,
    make_term,
    open_receivables,
    payment_values,
    receive,
)
from .tables import read_table


class Ledger:
    bank_fee = ()
    """(label, amount) of the bank's own fee, its newest entry."""
    openings = ()
    """(customer, amount, days late, whether somebody has taken the old item on)"""
    opening_label = ""
    opened = 380
    """The books begin so many days ago."""

    def journal(self, kind):
        domain = [("company_id", "=", self.company.id), ("type", "=", kind)]
        return self.env["account.journal"].search(domain, limit=1)

    def make_rates(self):
        """Three months of made-up rates of the foreign currencies."""
        for name, rate in self.currencies.items():
            currency = self.env.ref(f"base.{name}")
            currency.active = True
            for days, factor in ((800, 0.97), (180, 0.99), (90, 1.01), (30, 1)):
                self.env["res.currency.rate"].create(
                    {
                        "currency_id": currency.id,
                        "company_id": self.company.id,
                        "name": self.ago(days),
                        "inverse_company_rate": rate * factor,
                    }
                )

    # -- documents -------------------------------------------------------------------

    def document_rows(self):
        """Rows of ``documents.csv``: ref, customer, days late today (negative: not yet
        due), days of credit ("30", or "30/60/90" in parts), net amount, currency, label
        and what was paid ("all", or an amount)."""
        rows = read_table(self.path("documents.csv"))
        for row in rows:
            first = int(row["credit"].split("/")[0])
            row["issued"] = self.ago(int(row["late"]) + first)
        return rows

    def make_documents(self):
        """Customer invoices in the order of their days, and their payments."""
        rows = sorted(self.document_rows(), key=lambda row: row["issued"])
        moves = self.env["account.move"].create([self._invoice(row) for row in rows])
        moves._post(soft=False)
        moves.is_move_sent = True
        self.documents = {
            row["document"]: move for row, move in zip(rows, moves, strict=True)
        }
        self.pay(
            (move, row["paid"], self._day_of_payment(row["document"], move, no))
            for no, (row, move) in enumerate(zip(rows, moves, strict=True))
            if row["paid"]
        )

    def _invoice(self, row):
        partner = self.customers[row["customer"]]
        currency = self.company.currency_id
        if row["currency"]:
            currency = self.env.ref(f"base.{row['currency']}")
        line = {
            "name": row["label"],
            "quantity": 1,
            "price_unit": float(row["net"]),
            "tax_ids": [Command.set(self.tax(partner).ids)],
        }
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": row["issued"],
            "currency_id": currency.id,
            "invoice_line_ids": [Command.create(line)],
            "narration": row.get("note") or False,
            **self.credit(row),
            **self.document_values(partner, "invoice"),
        }

    def tax(self, partner):
        """The sale taxes of what a customer buys."""
        home = partner.country_id == self.company.country_id
        return self.company.account_sale_tax_id if home else self.env["account.tax"]

    def document_values(self, partner, kind):
        """What the country needs on an invoice or a refund."""
        return {}

    def credit(self, row):
        days = [int(part) for part in row["credit"].split("/")]
        if len(days) > 1:
            return {"invoice_payment_term_id": self.term(days).id}
        due = row["issued"] + timedelta(days=days[0])
        return {"invoice_payment_term_id": False, "invoice_date_due": due}

    def term(self, days):
        name = "/".join(map(str, days))
        terms = self.env["account.payment.term"]
        found = terms.search(
            [("name", "=", name), ("company_id", "=", self.company.id)]
        )
        return found or make_term(self.company, name, days)

    # -- money -----------------------------------------------------------------------

    def pay(self, payments):
        """Bank payments from (invoice, "all" or amount, day), matched."""
        payments = list(payments)
        values = [
            payment_values(
                move.partner_id,
                move.amount_residual if amount == "all" else float(amount),
                day,
                currency_id=move.currency_id.id,
                journal_id=self.journal("bank").id,
                memo=move.name,
            )
            for move, amount, day in payments
        ]
        made = self.env["account.payment"].create(values)
        made.action_post()
        plan = [
            open_receivables(move | payment.move_id)
            for (move, _amount, _day), payment in zip(payments, made, strict=True)
        ]
        self.env["account.move.line"]._reconcile_plan(plan)
        return made

    def pay_in_advance(self, customer, amount, days, memo):
        """Money of a customer that nobody has matched."""
        return receive(
            self.customers[customer],
            amount,
            self.ago(days),
            currency_id=self.company.currency_id.id,
            journal_id=self.journal("bank").id,
            memo=memo,
        )

    def _day_of_payment(self, document, move, number):
        """That of its direct debit, or a few days around the due date, never after
        yesterday."""
        debited = self.debited_on(document, move)
        if debited:
            return debited
        day = move.invoice_date_due + timedelta(days=number % 6 - 2)
        return max(move.invoice_date, min(day, self.ago(1)))

    def bounce(self, document, paid, returned):
        """A payment that came back: the debt is open again, in the new episode that the
        run between the two days would have begun."""
        move = self.documents[document]
        payment = self.pay([(move, "all", self.ago(paid))])
        open_receivables(payment.move_id).remove_move_reconcile()
        values = {"date": self.ago(returned), "ref": move.name}
        payment.move_id._reverse_moves([values], cancel=True)
        start = dict.fromkeys(
            ("level", "level_id", "level_since", "step_dropped"), False
        )
        move.sudo().cobranza_debt_ids.write({**start, "level": 0, "episode": 2})

    def credit_note(self, document, reason, days, net=None):
        """Cancels the invoice, or a ``net`` amount of it; matched with it."""
        move = self.documents[document]
        values = {
            "invoice_date": self.ago(days),
            "date": self.ago(days),
            "ref": reason,
            **self.document_values(move.partner_id, "credit_note"),
        }
        if net is None:
            return move._reverse_moves([values], cancel=True)
        note = move._reverse_moves([values])
        note.invoice_line_ids.price_unit = net
        note.action_post()
        return note

    def make_openings(self):
        """Balances of another system in a general journal."""
        rows = []
        for customer, amount, late, followed in self.openings:
            partner = self.customers[customer]
            row = {
                "account_id": partner.property_account_receivable_id.id,
                "partner_id": partner.id,
                "name": self.opening_label,
                "debit": amount,
                "date_maturity": self.ago(late),
                "no_followup": not followed,
            }
            rows.append(row)
        equity = self.company.get_unaffected_earnings_account()
        total = sum(opening[1] for opening in self.openings)
        rows.append(
            {"account_id": equity.id, "name": self.opening_label, "credit": total}
        )
        day = self.ago(self.opened)
        make_entry(self.journal("general"), day, rows, ref=self.opening_label)

    def write_bank_fees(self):
        """The bank is up to date until yesterday."""
        label, amount = self.bank_fee
        for days in (31, 1):
            self.env["account.bank.statement.line"].create(
                {
                    "journal_id": self.journal("bank").id,
                    "date": self.ago(days),
                    "payment_ref": label,
                    "amount": -amount,
                }
            )

    def set_charge_forms(self):
        """How the accountant bills charges, as the country proposes it."""
        self.env["cobranza.charge.form"]._create_missing(self.company)
