from typing import ClassVar

from odoo import fields, models

KINDS = [
    ("cash", "Cash"),
    ("credit_note", "Credit note"),
    ("write_off", "Write-off"),
    ("transfer", "Transfer"),
    ("returned_debit", "Returned payment"),
    ("set_off", "Set-off"),
]


COLLECTING = ("cash", "set_off")
"""The kinds by which a debtor really pays."""


SETTLEMENTS = """
WITH chain AS NOT MATERIALIZED (
    SELECT id AS debt_id, move_line_id AS line_id
      FROM cobranza_debt WHERE move_line_id IS NOT NULL
    UNION
    SELECT debt_id, line_id FROM cobranza_debt_former_line_rel
)
SELECT p.id, chain.debt_id, p.id AS partial_id, p.company_id,
       debit.currency_id, COALESCE(paid.date, credit.date) AS date, credit.move_id,
       p.amount, p.debit_amount_currency AS amount_currency,
       CASE
         WHEN EXISTS (
             SELECT 1 FROM chain other
               JOIN account_move_line carried ON carried.id = other.line_id
              WHERE other.debt_id = chain.debt_id
                AND carried.move_id = credit.move_id
                AND carried.id <> debit.id) THEN 'transfer'
         WHEN move.move_type = 'out_refund'
           OR move.reversed_entry_id = debit.move_id THEN 'credit_note'
         WHEN EXISTS (
             SELECT 1 FROM account_move back
              WHERE back.reversed_entry_id = move.id
                AND back.state = 'posted') THEN 'returned_debit'
         WHEN move.origin_payment_id IS NOT NULL
           OR move.statement_line_id IS NOT NULL
           OR journal.type IN ('bank', 'cash', 'credit') THEN 'cash'
         WHEN EXISTS (
             SELECT 1 FROM account_move_line side
               JOIN account_account account ON account.id = side.account_id
              WHERE side.move_id = move.id
                AND account.account_type = 'liability_payable')
             THEN 'set_off'
         ELSE 'write_off'
       END AS kind
  FROM chain
  JOIN account_move_line debit ON debit.id = chain.line_id
  JOIN account_partial_reconcile p ON p.debit_move_id = debit.id
  JOIN account_move_line credit ON credit.id = p.credit_move_id
  JOIN account_move move ON move.id = credit.move_id
  JOIN account_journal journal ON journal.id = move.journal_id
  LEFT JOIN account_payment paid ON paid.id = move.origin_payment_id
"""


class CobranzaSettlement(models.Model):
    """Every partial reconciliation of a debt's chain, classified.

    The only source for promises, agreements, recoveries, indicators and provisions.
    """

    _name = "cobranza.settlement"
    _inherit = "cobranza.gate.mixin"
    _description = "Settlement of a debt"
    _auto = False
    _order = "date desc, id desc"
    _depends: ClassVar = {
        "cobranza.debt": ["move_line_id", "former_line_ids"],
        "account.partial.reconcile": ["debit_move_id", "credit_move_id", "amount"],
        "account.move.line": ["move_id", "account_id", "date"],
        "account.move": ["move_type", "state", "reversed_entry_id"],
        "account.payment": ["date"],
    }

    debt_id = fields.Many2one("cobranza.debt", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True, currency_field="company_currency_id")
    amount_currency = fields.Monetary(readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    partial_id = fields.Many2one("account.partial.reconcile", readonly=True)
    move_id = fields.Many2one("account.move", readonly=True, string="Settled by")

    @property
    def _table_query(self):
        """Debts' items as debit side of partials; the other side tells the kind.

        The day is that of the payment, where its entry had to be booked later. A
        transfer is a settlement by an entry that carries the debt on. A payment that
        was reversed without being taken off the debt is a returned one.
        """
        return SETTLEMENTS
