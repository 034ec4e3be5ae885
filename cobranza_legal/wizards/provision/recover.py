from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.provision.rules import RECOVERY
from ...models.provision.write_off import ACCOUNTANT


class CobranzaWriteOffRecover(models.TransientModel):
    """Register what was paid of a debt after it was written off: by an entry of a bank
    or cash journal, or out of a payment that is in the books already and pays nothing.
    It is income; the debt stays written off."""

    _name = "cobranza.write.off.recover"
    _inherit = "cobranza.dialog.mixin"
    _description = "Recovery of a write-off"

    line_id = fields.Many2one(
        "cobranza.write.off.line", "Debt", required=True, readonly=True
    )
    company_id = fields.Many2one(related="line_id.company_id")
    partner_id = fields.Many2one(related="line_id.partner_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    written_off = fields.Monetary(related="line_id.amount")
    recovered = fields.Monetary(
        related="line_id.recovered", string="Paid before this payment"
    )
    day = fields.Date(
        "Paid on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    payment_line_id = fields.Many2one(
        "account.move.line",
        "Payment in the books",
        domain="[('partner_id.commercial_partner_id', '=', partner_id), "
        "('account_id.account_type', '=', 'asset_receivable'), "
        "('parent_state', '=', 'posted'), ('reconciled', '=', False), "
        "('balance', '<', 0), ('company_id', '=', company_id)]",
        help="A payment of the customer that is matched with nothing. Empty: the money "
        "is booked now.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Bank or cash",
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
        compute="_compute_journal",
        store=True,
        readonly=False,
    )
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False)
    note = fields.Char()

    @api.model
    def _ask(self, debt):
        """The action that opens the dialog for a debt. UserError for one that is not
        written off."""
        line = debt.write_off_line_ids.filtered(lambda one: one.state == "posted")
        if not line:
            raise UserError(self.env._("%s is not written off.", debt.display_name))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Paid after all"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_line_id": line[0].id},
        }

    @api.depends("line_id")
    def _compute_journal(self):
        for dialog in self:
            journals = self.env["account.journal"]
            domain = [
                *journals._check_company_domain(dialog.company_id),
                ("type", "in", ("bank", "cash")),
            ]
            dialog.journal_id = dialog.company_id and journals.search(domain, limit=1)

    @api.depends("payment_line_id")
    def _compute_amount(self):
        for dialog in self:
            open_ = -dialog.payment_line_id.amount_residual
            left = dialog.line_id.amount - dialog.line_id.recovered
            dialog.amount = min(open_, left) if dialog.payment_line_id else left

    def action_register(self):
        """Book it, and open the entry."""
        self.ensure_one()
        return self._recover().move_id.get_formview_action()

    def _recover(self):
        """The recovery. UserError where the company has no account for it, for a day to
        come, and for more than was written off."""
        if not self.env.user.has_group(ACCOUNTANT):
            raise AccessError(self.env._("Only accountants register payments."))
        line, company = self.line_id, self.company_id
        line.write_off_id._expect("posted")
        self._check_amount()
        accounts = company._cobranza_check_accounts((RECOVERY,))
        income = accounts[RECOVERY]
        journal, source = self._source()
        words = self.env._("Paid after all: %s", line.display_name)
        money = {"partner_id": line.partner_id.id, "no_followup": True}
        move = company._cobranza_book_entry(
            journal,
            self.day,
            words,
            [
                {"account_id": source.id, "balance": self.amount, **money},
                {"account_id": income.id, "balance": -self.amount, **money},
            ],
        )
        paid = self.payment_line_id
        if paid:
            debit = move.line_ids.filtered(lambda one: one.balance > 0)
            (paid + debit).reconcile()
        # sudo: what was paid is written by this dialog alone
        made = (
            self.env["cobranza.write.off.recovery"]
            .sudo()
            .create(
                {
                    "line_id": line.id,
                    "day": self.day,
                    "amount": self.amount,
                    "note": self.note,
                    "user_id": self.env.uid,
                    "move_id": move.id,
                }
            )
        )
        debt = line.debt_id
        amount = self.currency_id.format(self.amount)
        said = self.env._("Paid after it was written off: %s", amount)
        self.env["cobranza.history"]._append([(debt, said, self.note)])
        return made.sudo(self.env.su)

    def _check_amount(self):
        compare = self.currency_id.compare_amounts
        left = self.line_id.amount - self.line_id.recovered
        if compare(self.amount, 0) <= 0 or compare(self.amount, left) > 0:
            raise UserError(
                self.env._(
                    "Say how much was paid: more than nothing, and at most %s.",
                    self.currency_id.format(left),
                )
            )
        if self.day > self.company_id._cobranza_today():
            raise UserError(self.env._("That day has not come yet."))
        paid = self.payment_line_id
        if paid and compare(self.amount, -paid.amount_residual) > 0:
            raise UserError(
                self.env._(
                    "%(payment)s has %(left)s left.",
                    payment=paid.display_name,
                    left=self.currency_id.format(-paid.amount_residual),
                )
            )
        if paid and paid.currency_id != self.currency_id:
            raise UserError(self.env._("%s is in another currency.", paid.display_name))

    def _source(self):
        """(journal of the entry, account that it takes the money from)."""
        if self.payment_line_id:
            journal = self.company_id._cobranza_provision_journal()
            return journal, self.payment_line_id.account_id
        if not self.journal_id:
            raise UserError(self.env._("Choose the journal of the bank or the cash."))
        methods = self.journal_id._get_available_payment_method_lines("inbound")
        account = methods[:1].payment_account_id or self.journal_id.default_account_id
        if not account:
            raise UserError(
                self.env._("%s has no account.", self.journal_id.display_name)
            )
        return self.journal_id, account
