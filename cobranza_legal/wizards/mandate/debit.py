from odoo import api, fields, models

from ...models.common.files import safe_name, uploaded
from ...models.common.rows import Row


class CobranzaDebitTold(models.TransientModel):
    """On which day the debtors of a batch were told by other means."""

    _name = "cobranza.debit.told"
    _inherit = "cobranza.dialog.mixin"
    _description = "Debtors told of their debits"

    batch_id = fields.Many2one("cobranza.debit.batch", required=True, readonly=True)
    day = fields.Date(
        "Told on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )

    def action_confirm(self):
        self.ensure_one()
        self.batch_id._expect_draft()
        self.batch_id.debit_ids._tell(self.day)
        return {"type": "ir.actions.act_window_close"}


class CobranzaDebitBack(models.TransientModel):
    """Why debits came back, when, and what the bank charges for it."""

    _name = "cobranza.debit.back"
    _inherit = "cobranza.dialog.mixin"
    _description = "Debits that came back"

    debit_ids = fields.Many2many("cobranza.debit", string="Debits", required=True)
    code = Row("cobranza.debit.return.code", string="Because", required=True)
    consequences = fields.Text("What follows", compute="_compute_consequences")
    takes_cost = fields.Boolean(compute="_compute_consequences")
    day = fields.Date(
        "Came back on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    note = fields.Char("What the bank says")
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost = fields.Monetary("Cost of the bank for each")
    file = fields.Binary("Proof of the bank", attachment=False)
    filename = fields.Char()
    any_paid = fields.Boolean(compute="_compute_any_paid")
    keep = fields.Boolean(
        "Paid by other means",
        help="The debtor paid by itself what the debits had to collect: the payments "
        "that their items are matched with stay.",
    )

    @api.depends("debit_ids.company_id")
    def _compute_company_id(self):
        """That of the debits, in whose currency the cost is; of several, the user's."""
        for dialog in self:
            companies = dialog.debit_ids.company_id
            dialog.company_id = companies if len(companies) == 1 else self.env.company

    @api.depends("code")
    def _compute_consequences(self):
        """What recording the return does by itself, and what somebody is asked to
        do."""
        codes = self.env["cobranza.debit.return.code"]
        for dialog in self:
            row = codes._row(dialog.code)
            dialog.takes_cost = not row or not (row.own_error or row.no_fee)
            dialog.consequences = "\n".join(dialog._what_follows(row)) if row else False

    def _what_follows(self, row):
        told = {
            "again": self.env._(
                "It is presented once more, if the notice leaves a day for it."
            ),
            "funds": self.env._("The second time, its mandate is suspended."),
            "account": self.env._("Its account is archived."),
            "same_account": self.env._("So is what else was signed for that account."),
            "dispute": self.env._("A dispute of the debt is opened."),
            "deceased": self.env._("The debtor is noted down as deceased."),
            "own_error": self.env._(
                "Nothing is asked of the debtor until the error is mended or the debit "
                "presented again."
            ),
            "blocks": self.env._(
                "Nothing else is presented until a collection manager says that it is "
                "mended."
            ),
        }
        mandates = {
            "suspended": self.env._("Its mandate is suspended."),
            "revoked": self.env._("Its mandate is revoked."),
        }
        first = [mandates[row.mandate]] if row.mandate else []
        follows = [words for name, words in told.items() if getattr(row, name)]
        task = self.env._("To do: %s", self.env._(row.task))
        return [*first, *follows, task]

    @api.depends("debit_ids.state")
    def _compute_any_paid(self):
        for dialog in self:
            debits = dialog.debit_ids
            found = debits.filtered(lambda debit: debit.state == "paid")
            # sudo: whoever records returns need not keep the books
            dialog.any_paid = bool(found or debits.sudo()._settled())

    def action_confirm(self):
        self.ensure_one()
        self.debit_ids._come_back(
            self.code,
            self.day,
            self.note,
            self.cost if self.takes_cost else 0,
            self._own_file(),
            self.keep,
        )
        return {"type": "ir.actions.act_window_close"}

    def _own_file(self):
        """The proof, as a file of the first debit."""
        files = self.env["ir.attachment"]
        if not self.file:
            return files
        # sudo: whoever records a return need not be allowed to attach files to it
        return files.sudo().create(
            {
                "name": safe_name(self.filename or self.env._("Proof")),
                "raw": uploaded(self),
                "res_model": "cobranza.debit",
                "res_id": self.debit_ids[:1].id,
            }
        )
