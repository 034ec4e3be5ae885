from typing import ClassVar

from odoo import api, fields, models

from ..common.rows import Row

COUNTS = """
    {entry}.state = 'posted'
    AND NOT EXISTS (SELECT 1 FROM account_payment refused
                     WHERE refused.id = {entry}.origin_payment_id
                       AND refused.state IN ('rejected', 'canceled'))
"""
"""Condition on an entry: a reconciliation with it settles something. Odoo keeps the
reconciliations of entries that go back to draft, and the entries of payments that are
rejected."""


EVERY_ENTRY = "cobranza_every_entry"
"""Context key: also what entries settle that are no longer posted."""


SIDES = """
    SELECT CASE
             WHEN side.account_id IN (
                 SELECT account_id FROM cobranza_company_instrument_rel
                  WHERE company_id IN (p.company_id, root.id)) THEN 'instrument'
             WHEN account.account_type IN ('asset_cash', 'liability_credit_card')
               OR side.account_id = paid.outstanding_account_id
               OR journal.type IN ('bank', 'cash', 'credit')
                  AND account.account_type = 'asset_current' THEN 'cash'
             WHEN account.account_type = 'liability_payable' THEN 'set_off'
             WHEN side.account_id
                  = root.account_journal_early_pay_discount_loss_account_id
               THEN 'discount'
             WHEN side.account_id IN (root.expense_currency_exchange_account_id,
                                      root.income_currency_exchange_account_id)
               THEN 'exchange'
             WHEN side.account_id IN (
                 SELECT account_id FROM cobranza_company_loss_rel
                  WHERE company_id IN (p.company_id, root.id)) THEN 'write_off'
             WHEN EXISTS (
                 SELECT 1 FROM account_cash_rounding r
                  WHERE side.account_id IN (
                      (r.loss_account_id ->> root.id::text)::int,
                      (r.profit_account_id ->> root.id::text)::int)) THEN 'rounding'
             WHEN side.tax_line_id IS NULL THEN 'other'
           END AS kind, side.balance AS weight
      FROM account_move_line side
      JOIN account_account account ON account.id = side.account_id
     WHERE whole.kind IS NULL AND side.move_id = move.id AND side.balance > 0
"""
"""What the entry that settles was paid with, by its accounts: a tax goes with what it
is the tax of, which is no money."""


SETTLEMENTS = """
WITH chain AS NOT MATERIALIZED (
    SELECT id AS debt_id, move_line_id AS line_id
      FROM cobranza_debt WHERE move_line_id IS NOT NULL
    UNION
    SELECT debt_id, line_id FROM cobranza_debt_former_line_rel
)
SELECT p.id::bigint * 100 + part.slot AS id,
       chain.debt_id, p.id AS partial_id, owed.company_id,
       debit.currency_id, COALESCE(paid.date, credit.date) AS date, credit.move_id,
       part.amount, part.amount_currency, part.kind
  FROM chain
  JOIN cobranza_debt owed ON owed.id = chain.debt_id
  JOIN account_move_line debit ON debit.id = chain.line_id
  JOIN account_partial_reconcile p ON p.debit_move_id = debit.id
  JOIN account_move_line credit ON credit.id = p.credit_move_id
  JOIN account_move move ON move.id = credit.move_id
  JOIN account_journal journal ON journal.id = move.journal_id
  JOIN res_company company ON company.id = p.company_id
  JOIN res_company root
    ON root.id = split_part(company.parent_path, '/', 1)::int
  JOIN res_currency own ON own.id = root.currency_id
  JOIN res_currency foreign_one ON foreign_one.id = debit.currency_id
  LEFT JOIN account_payment paid ON paid.id = move.origin_payment_id
  LEFT JOIN LATERAL (
      SELECT taker.id AS line_id
        FROM cobranza_settlement_undone undone
        JOIN account_move_line taker ON taker.id = undone.return_line_id
       WHERE undone.partial_no = p.id AND undone.redone_on IS NULL
         AND taker.parent_state = 'posted'
       LIMIT 1
  ) back ON TRUE
  CROSS JOIN LATERAL (
      SELECT CASE
         {records}
         WHEN back.line_id IS NOT NULL THEN
             CASE WHEN EXISTS (SELECT 1 FROM chain other
                                WHERE other.debt_id = chain.debt_id
                                  AND other.line_id = back.line_id)
                  THEN 'returned_debit' ELSE 'returned_apart' END
         WHEN EXISTS (
             SELECT 1 FROM chain other
               JOIN account_move_line carried ON carried.id = other.line_id
              WHERE other.debt_id = chain.debt_id
                AND carried.move_id = credit.move_id
                AND carried.id <> debit.id) THEN 'transfer'
         WHEN move.move_type = 'out_refund'
           OR move.reversed_entry_id = debit.move_id THEN 'credit_note'
         WHEN EXISTS (
             SELECT 1 FROM account_partial_reconcile rate
              WHERE rate.exchange_move_id = move.id) THEN 'exchange'
       END AS kind
  ) whole
  CROSS JOIN LATERAL (
      SELECT kind, slot,
             {share} AS amount, {share_currency} AS amount_currency
        FROM (
            SELECT kind, slot, sum(weight) AS weight,
                   sum(sum(weight)) OVER () AS total
              FROM (
                  SELECT COALESCE(
                             kind,
                             max(kind) FILTER (WHERE kind NOT IN ('cash', 'set_off'))
                                       OVER (),
                             'other') AS kind, weight
                    FROM (
                        SELECT whole.kind, 1 AS weight WHERE whole.kind IS NOT NULL
                        UNION ALL {sides}
                        UNION ALL SELECT 'other', 0
                    ) side
              ) side
              JOIN (VALUES {slots}) AS known(code, slot) ON known.code = kind
             GROUP BY kind, slot
        ) side
       WHERE weight > 0 OR total = 0 AND kind = 'other'
  ) part
 WHERE {counts}
"""


SHARE = """
    CASE WHEN total = 0 THEN {whole}
         WHEN row_number() OVER (ORDER BY weight DESC, slot) > 1
         THEN round({whole} * weight / total, {unit}.decimal_places)
         ELSE {whole} - COALESCE(
             sum(round({whole} * weight / total, {unit}.decimal_places))
                 OVER (ORDER BY weight DESC, slot
                       ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0)
    END
"""
"""Parts that add up: the largest one takes what rounding leaves."""


class CobranzaSettlement(models.Model):
    """Every partial reconciliation of a debt's chain, classified: one row for each kind
    of what it was settled with.

    The only source for promises, agreements, recoveries, indicators and provisions.
    """

    _name = "cobranza.settlement"
    _inherit = "cobranza.gate.mixin"
    _description = "Settlement of a debt"
    _auto = False
    _order = "date desc, id desc"
    _depends: ClassVar = {
        "cobranza.debt": ["move_line_id", "former_line_ids"],
        "account.partial.reconcile": [
            "debit_move_id",
            "credit_move_id",
            "amount",
            "debit_amount_currency",
            "exchange_move_id",
        ],
        "account.move.line": ["move_id", "account_id", "date", "balance"],
        "account.move": ["move_type", "state", "reversed_entry_id"],
        "account.payment": ["date", "state", "outstanding_account_id"],
        "account.account": ["account_type"],
        "cobranza.settlement.undone": ["partial_no", "redone_on", "return_line_id"],
        "res.company": [
            "cobranza_instrument_account_ids",
            "cobranza_loss_account_ids",
            "account_journal_early_pay_discount_loss_account_id",
            "expense_currency_exchange_account_id",
            "income_currency_exchange_account_id",
        ],
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
    kind = Row("cobranza.settlement.kind", readonly=True)
    tone = fields.Char(compute="_compute_tone")
    partial_id = fields.Many2one("account.partial.reconcile", readonly=True)
    move_id = fields.Many2one("account.move", readonly=True, string="Settled by")

    @api.depends("kind")
    def _compute_tone(self):
        kinds = self.env["cobranza.settlement.kind"]
        for settlement in self:
            row = kinds._row(settlement.kind)
            settlement.tone = row.tone if row else ""

    @property
    def _table_query(self):
        """Debts' items as debit side of partials; the other side tells the kind. A
        match with an entry that is not posted settles nothing.

        The day is that of the payment, where its entry had to be booked later. A
        transfer is a settlement by an entry that carries the debt on. A payment that
        came back without being taken off the debt is a returned one. What an entry
        that is neither was paid with is read from its accounts, part by part. What is
        not posted, and a payment that was rejected, settles nothing.
        """
        every = self.env.context.get(EVERY_ENTRY)
        kinds = self.env["cobranza.settlement.kind"]._by_code().values()
        slots = ", ".join(f"('{kind.code}', {kind.slot:d})" for kind in kinds)
        return SETTLEMENTS.format(
            sides=SIDES,
            slots=slots,
            counts="TRUE" if every else COUNTS.format(entry="move"),
            share=SHARE.format(whole="p.amount", unit="own"),
            share_currency=SHARE.format(
                whole="p.debit_amount_currency", unit="foreign_one"
            ),
            records="\n".join(
                f"WHEN {condition} THEN '{kind}'"
                for kind, condition in self._sql_records()
            ),
        )

    @api.model
    def _sql_records(self):
        """[(code of a kind, SQL condition)] of what records of ours say about a
        reconciliation ``p`` of the items ``debit`` and ``credit``, settled by the entry
        ``move``: of code alone, the first that holds. Blocks say theirs."""
        blocks = self.env["cobranza.block"]._blocks()
        return [row for block in blocks for row in block._settlement_records()]

    @api.model
    def _kinds(self, **wanted):
        """The codes of the kinds whose rows have these attributes."""
        return self.env["cobranza.settlement.kind"]._where(**wanted)
