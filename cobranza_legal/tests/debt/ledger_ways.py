"""The ways in which Odoo Community and two addons of the OCA book one fact.

``scripts/test_stories`` installs ``account_payment_return`` and
``account_reconcile_oca``; where they are missing exactly what they write is written
here, as of their versions 19.0.1.0.0 (``payment.return.action_confirm``) and 19.0.1.1.1
(``_reconcile_bank_line_edit``).
"""

from odoo import Command


class LedgerWays:
    """Builders of entries for a test case of ours with a company and ``partner_a``."""

    @property
    def bank(self):
        return self.company_data["default_journal_bank"]

    @property
    def misc(self):
        return self.company_data["default_journal_misc"]

    @property
    def receivable(self):
        return self.company_data["default_account_receivable"]

    @classmethod
    def _account(cls, code, kind, name="Test"):
        return cls.env["account.account"].create(
            {
                "code": code,
                "name": f"{name} {code}",
                "account_type": kind,
                "reconcile": kind not in ("expense", "income", "asset_cash"),
            }
        )

    def _owed(self, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_id == self.receivable and line.balance > 0
        )

    def _entry(self, day, *lines, journal=None, post=True):
        """An entry of (account, balance) or (account, balance, more values)."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": (journal or self.misc).id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": self.partner_a.id,
                            **(more[0] if more else {}),
                        }
                    )
                    for account, balance, *more in lines
                ],
            }
        )
        if post:
            entry.action_post()
        return entry

    def _match(self, debit, entry):
        credit = entry.line_ids.filtered(
            lambda line: line.account_id == debit.account_id and line.balance < 0
        )
        (debit | credit).reconcile()

    # -- money in ----------------------------------------------------------------------

    def _loose_payment(self, amount, day, kind="inbound", partner=None, **vals):
        payment = self.env["account.payment"].create(
            {
                "payment_type": kind,
                "partner_type": "customer",
                "partner_id": (partner or self.partner_a).id,
                "amount": amount,
                "date": day,
                "journal_id": self.bank.id,
                **vals,
            }
        )
        payment.action_post()
        return payment

    def _pay_by_wizard(self, move, amount, day):
        return self._register_payment(move, amount=amount, payment_date=day).move_id

    def _pay_and_match(self, move, amount, day):
        payment = self._loose_payment(amount, day)
        self._match(self._owed(move), payment.move_id)
        return payment.move_id

    def _pay_by_bank_line(self, move, amount, day):
        line = self._bank_line(amount, day)
        self._reconcile_line(line, self.receivable, -amount, self._owed(move))
        return line.move_id

    def _pay_by_entry(self, move, amount, day):
        cash = self.bank.default_account_id
        entry = self._entry(day, (cash, amount), (self.receivable, -amount))
        self._match(self._owed(move), entry)
        return entry

    def _bank_line(self, amount, day):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": day,
                "payment_ref": "bank",
                "partner_id": self.partner_a.id,
                "amount": amount,
            }
        )

    def _reconcile_line(self, line, account, balance, counterpart=None, *more):
        """What ``account_reconcile_oca`` writes: the suspense item goes, items with the
        chosen accounts come on the posted entry, and are reconciled."""
        if hasattr(line, "_reconcile_bank_line_edit"):
            return self._reconcile_line_oca(line, account, balance, counterpart, *more)
        _liquidity, suspense, other = line._seek_for_lines()
        move = line.move_id
        container = {"records": move, "self": move}
        made = self.env["account.move.line"]
        with move._check_balanced(container):
            move.with_context(
                skip_account_move_synchronization=True,
                force_delete=True,
                skip_invoice_sync=True,
                skip_readonly_check=True,
            ).write({"line_ids": [Command.delete(one.id) for one in suspense + other]})
            for target, value in ((account, balance), *more):
                made |= made.with_context(
                    check_move_validity=False, skip_invoice_sync=True
                ).create(
                    {
                        "move_id": move.id,
                        "account_id": target.id,
                        "partner_id": self.partner_a.id,
                        "balance": value,
                    }
                )
        if counterpart:
            (counterpart | made[:1]).reconcile()
        return made[:1]

    def _reconcile_line_oca(self, line, account, balance, counterpart, *more):
        data = [
            {
                "kind": "other",
                "account_id": [target.id, target.name],
                "partner_id": [self.partner_a.id, self.partner_a.name],
                "debit": max(0, value),
                "credit": max(0, -value),
            }
            for target, value in ((account, balance), *more)
        ]
        if counterpart:
            data[0]["counterpart_line_ids"] = counterpart.ids
        line._reconcile_bank_line_edit(data)
        return line.move_id.line_ids.filtered(
            lambda one: one.account_id == account and one.balance == balance
        )

    # -- money back --------------------------------------------------------------------

    def _credit_of(self, entry):
        return entry.line_ids.filtered(
            lambda line: line.account_id == self.receivable and line.balance < 0
        )

    def _back_by_bank_line(self, entry, amount, day):
        self._reconcile_line(self._bank_line(-amount, day), self.receivable, amount)

    def _back_by_bank_line_undone(self, entry, amount, day):
        """Taken off first, then matched with the bank's debit."""
        credit = self._credit_of(entry)
        credit.remove_move_reconcile()
        self._reconcile_line(
            self._bank_line(-amount, day), self.receivable, amount, credit
        )

    def _back_by_bank_line_undone_later(self, entry, amount, day):
        """The bank's debit comes first and is matched with the payment afterwards."""
        line = self._bank_line(-amount, day)
        debit = self._reconcile_line(line, self.receivable, amount)
        credit = self._credit_of(entry)
        credit.remove_move_reconcile()
        (debit | credit).reconcile()

    def _back_by_outbound_payment(self, entry, amount, day):
        self._loose_payment(amount, day, "outbound")

    def _back_by_reversal(self, entry, amount, day):
        entry._reverse_moves([{"date": day}], cancel=True)

    def _back_by_reversal_matched(self, entry, amount, day):
        self._credit_of(entry).remove_move_reconcile()
        entry._reverse_moves([{"date": day}], cancel=True)

    def _back_by_entry(self, entry, amount, day):
        """By hand in the bank's journal."""
        cash = self.bank.default_account_id
        self._entry(day, (self.receivable, amount), (cash, -amount), journal=self.bank)

    def _back_by_cancel(self, entry, amount, day):
        entry.origin_payment_id.action_cancel()

    def _back_by_unmatch(self, entry, amount, day):
        """Unreconciled, and the payment deleted."""
        self._credit_of(entry).remove_move_reconcile()
        entry.origin_payment_id.action_draft()
        entry.origin_payment_id.unlink()

    def _back_by_reject(self, entry, amount, day):
        entry.origin_payment_id.action_reject()

    def _back_by_draft(self, entry, amount, day):
        entry.origin_payment_id.action_draft()

    def _back_by_payment_return(self, entry, amount, day):
        if "payment.return" in self.env:
            back = self.env["payment.return"].create(
                {
                    "journal_id": self.bank.id,
                    "date": day,
                    "line_ids": [
                        Command.create(
                            {
                                "partner_id": self.partner_a.id,
                                "move_line_ids": [
                                    Command.set(self._credit_of(entry).ids)
                                ],
                                "amount": amount,
                            }
                        )
                    ],
                }
            )
            back.action_confirm()
            return
        move = self.env["account.move"].create(
            {"move_type": "entry", "journal_id": self.bank.id, "date": day}
        )
        items = self.env["account.move.line"].with_context(check_move_validity=False)
        credit = self._credit_of(entry)
        cash = self.bank.default_account_id
        item = {"move_id": move.id, "partner_id": self.partner_a.id}
        debit = items.create(
            {**item, "account_id": self.receivable.id, "debit": amount}
        )
        credit.remove_move_reconcile()
        items.create({**item, "account_id": cash.id, "credit": amount})
        move._post()
        (credit | debit).reconcile()
