from unittest.mock import patch

from odoo import Command

from .base import MONDAY, CobranzaCommon


class WithoutEntry:
    """Payments as accounting apps make them, of which no entry exists."""

    @classmethod
    def _without_entry(cls, amount, move, state="in_process", day="2026-10-10"):
        """A payment without an entry, of a document, in a state."""
        as_accounting = patch.object(
            cls.registry["account.move"],
            "_get_invoice_in_payment_state",
            lambda _move: "in_payment",
        )
        with as_accounting:
            payment = cls.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": cls.partner_a.id,
                    "amount": amount,
                    "date": day,
                    "journal_id": cls.company_data["default_journal_bank"].id,
                    "invoice_ids": [Command.set(move.ids)],
                }
            )
            payment.outstanding_account_id = False
            payment.action_post()
            if state == "paid":
                payment.action_validate()
            cls.env.flush_all()
        assert not payment.move_id
        assert payment.state == state
        return payment


class BookingCommon(WithoutEntry, CobranzaCommon):
    """Money and entries, booked in the ways that Odoo offers."""

    @classmethod
    def _receivable(cls, moves):
        """The items of these entries that debtors owe or have."""
        return moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )

    @classmethod
    def _match(cls, *moves):
        cls._receivable(cls.env["account.move"].union(*moves)).reconcile()

    @classmethod
    def _payment(cls, amount, day=MONDAY, move=None, kind="inbound", **vals):
        """A posted payment of the partner, matched with ``move`` if there is one."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": kind,
                "partner_type": "customer",
                "partner_id": cls.partner_a.id,
                "amount": amount,
                "date": day,
                "journal_id": cls.company_data["default_journal_bank"].id,
                **vals,
            }
        )
        payment.action_post()
        if move:
            cls._match(move, payment.move_id)
        return payment

    @classmethod
    def _bank_line(cls, amount, day=MONDAY, **vals):
        """The entry of a line of the bank that somebody booked on the receivable."""
        return (
            cls.env["account.bank.statement.line"]
            .create(
                {
                    "journal_id": cls.company_data["default_journal_bank"].id,
                    "date": day,
                    "amount": amount,
                    "payment_ref": "bank line",
                    "partner_id": cls.partner_a.id,
                    "counterpart_account_id": cls.company_data[
                        "default_account_receivable"
                    ].id,
                    **vals,
                }
            )
            .move_id
        )

    @classmethod
    def _entry(cls, amount, day="2026-09-01", **vals):
        """A general entry that the partner owes, or for a negative amount has."""
        other = cls.company_data["default_account_revenue"].id
        account = cls.company_data["default_account_receivable"].id
        item = {
            "account_id": account,
            "partner_id": cls.partner_a.id,
            "balance": amount,
            **vals,
        }
        entry = cls.env["account.move"].create(
            {
                "date": day,
                "journal_id": cls.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(item),
                    Command.create({"account_id": other, "balance": -amount}),
                ],
            }
        )
        entry.action_post()
        return entry
