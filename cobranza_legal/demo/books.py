"""Terms, entries and payments of a company's books, made from few words.

The demo and the tests build with them: what is shown was booked as what is proved. Days
are dates or ISO strings; ``vals`` are values of the record, and win.
"""

from odoo import Command


def make_term(company, name, days, step=1):
    """A payment term in parts, so many ``days`` after the invoice: even shares in whole
    ``step`` per cent, the last one takes the rest."""
    part = 100 // len(days) // step * step
    shares = [part] * (len(days) - 1)
    shares.append(100 - sum(shares))
    lines = [
        Command.create({"value": "percent", "value_amount": share, "nb_days": day})
        for share, day in zip(shares, days, strict=True)
    ]
    values = {"name": name, "company_id": company.id, "line_ids": lines}
    return company.env["account.payment.term"].create(values)


def make_entry(journal, day, rows, **vals):
    """A posted entry of these rows, each the values of an item."""
    entry = journal.env["account.move"].create(
        {
            "journal_id": journal.id,
            "date": day,
            "line_ids": [Command.create(row) for row in rows],
            **vals,
        }
    )
    entry.action_post()
    return entry


def receive(partner, amount, day, **vals):
    """Money of a customer, posted in the bank and matched with nothing."""
    payment = partner.env["account.payment"].create(
        payment_values(partner, amount, day, **vals)
    )
    payment.action_post()
    return payment


def payment_values(partner, amount, day, **vals):
    return {
        "payment_type": "inbound",
        "partner_type": "customer",
        "partner_id": partner.commercial_partner_id.id,
        "amount": amount,
        "date": day,
        **vals,
    }


def open_receivables(moves):
    """The items of documents or payments that can still be matched."""
    return moves.line_ids.filtered(
        lambda item: item.account_type == "asset_receivable" and not item.reconciled
    )
