from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.rows import Row
from ..common.transaction import now
from .chain import of_chain
from .settlement import EVERY_ENTRY

FRESH = "cobranza_legal.undone"
"""Key of what this transaction has undone."""


REASONS = [
    ("returned", "Returned by another entry"),
    ("deleted", "Its entry was deleted"),
    ("cancelled", "Its entry was cancelled"),
    ("draft", "Its entry is a draft again"),
    ("rejected", "The payment was rejected"),
    ("reversed", "Its entry was reversed"),
    ("unmatched", "It was taken off the debt"),
]


class CobranzaSettlementUndone(models.Model):
    """What had settled a debt and does so no more: payments that bounced, and all that
    somebody took off again. Append-only: Odoo deletes its reconciliations, and with
    them the memory that somebody had paid.

    Why is not written down but read from the entry when asked: it is known only later,
    and may change.
    """

    _name = "cobranza.settlement.undone"
    _inherit = "cobranza.gate.mixin"
    _description = "Settlement that was undone"
    _order = "undone_on desc, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, index=True, ondelete="cascade"
    )
    debtor_id = fields.Many2one(related="debt_id.debtor_id")
    partial_no = fields.Integer(
        required=True, readonly=True, string="Number of the reconciliation"
    )
    kind = Row("cobranza.settlement.kind", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    amount = fields.Monetary(readonly=True, currency_field="company_currency_id")
    amount_currency = fields.Monetary(readonly=True)
    date = fields.Date(required=True, readonly=True, string="Paid on")
    made_on = fields.Date(
        required=True,
        readonly=True,
        string="Booked on",
        help="Day on which it was booked on the debt.",
    )
    undone_on = fields.Date(required=True, readonly=True, string="Undone on")
    user_id = fields.Many2one("res.users", readonly=True, string="Undone by")
    move_id = fields.Many2one(
        "account.move",
        readonly=True,
        ondelete="set null",
        string="Settled by",
        index="btree_not_null",
    )
    document = fields.Char(readonly=True, string="Entry")
    return_line_id = fields.Many2one(
        "account.move.line",
        readonly=True,
        ondelete="set null",
        string="Owed again on",
        index="btree_not_null",
        help="The item by which the payment came back while it stays on the debt.",
    )
    reason = fields.Selection(REASONS, compute="_compute_reason", compute_sudo=True)

    _partial_uniq = models.UniqueIndex(
        "(partial_no, debt_id, kind)", "This settlement was undone already."
    )

    def _compute_reason(self):
        for undone in self:
            undone.reason = undone._why()

    def _why(self):
        """A key of ``REASONS``, by what the entries say now."""
        entry = self.move_id
        if self.return_line_id.parent_state == "posted":
            return "returned"
        if not entry:
            return "deleted"
        if entry.state != "posted":
            return "draft" if entry.state == "draft" else "cancelled"
        if entry.origin_payment_id.state == "rejected":
            return "rejected"
        if entry.reversal_move_ids.filtered(lambda one: one.state == "posted"):
            return "reversed"
        return "unmatched"

    def write(self, vals):
        if not (self.env.su and self._is_through_gate()):
            raise UserError(self.env._("What was undone is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self._is_through_gate():
            raise UserError(self.env._("What was undone is never deleted."))

    @api.model
    def _read(self, partials):
        """[settlement values] of reconciliations that are about to go: what their debts
        were settled by, also where the entry is a draft already, as one that is being
        cancelled. Transfers settle nothing and are not remembered."""
        debts = of_chain(self.env["cobranza.debt"], partials.debit_move_id)
        return self._prepare(partials, debts) if debts else []

    def _prepare(self, partials, debts):
        settlements = self.env["cobranza.settlement"].sudo()
        kinds = settlements._kinds(carries=False, came_back=False)
        rows = settlements.with_context(**{EVERY_ENTRY: True}).search_fetch(
            [
                ("debt_id", "in", debts.ids),
                ("partial_id", "in", partials.ids),
                ("kind", "in", kinds),
            ],
            order="id",
        )
        made = {one.id: one.create_date for one in partials.sudo()}
        return [
            {
                "company_id": row.company_id.id,
                "debt_id": row.debt_id.id,
                "partial_no": row.partial_id.id,
                "kind": row.kind,
                "currency_id": row.currency_id.id,
                "amount": row.amount,
                "amount_currency": row.amount_currency,
                "date": row.date,
                "made_on": row.company_id._cobranza_local(
                    made[row.partial_id.id]
                ).date(),
                "move_id": row.move_id.id,
                "document": row.move_id.name,
            }
            for row in rows
        ]

    @api.model
    def _keep(self, vals_list):
        """Write down what was undone a moment ago; ``vals_list`` of ``_read``."""
        if not vals_list:
            return self.browse()
        entries = self.env["account.move"].browse({one["move_id"] for one in vals_list})
        left = set(entries.exists().ids)
        debts = set(
            self.env["cobranza.debt"]
            .sudo()
            .browse({one["debt_id"] for one in vals_list})
            .exists()
            .ids
        )
        moment = now(self.env)
        companies = self.env["res.company"].sudo()
        rows = [
            {
                **vals,
                "move_id": vals["move_id"] in left and vals["move_id"],
                "undone_on": companies.browse(vals["company_id"])
                ._cobranza_local(moment)
                .date(),
                "user_id": self.env.uid,
            }
            for vals in vals_list
            if vals["debt_id"] in debts
        ]
        # sudo: whoever unreconciles need not see debts
        undone = self.sudo().create(rows)
        fresh = self.env.cr.precommit.data.setdefault(FRESH, set())
        fresh.update(undone.ids)
        return undone

    @api.model
    def _remember(self, partials, debts, day, line):
        """Write down that ``line`` took back on ``day`` what these reconciliations,
        which stay, had settled."""
        vals_list = [
            {
                **vals,
                "undone_on": day,
                "user_id": self.env.uid,
                "return_line_id": line.id,
            }
            for vals in self._prepare(partials, debts)
        ]
        return self.sudo().create(vals_list)

    @api.model
    def _matched_again(self, partials):
        """Forget what this transaction has undone and done again: the same entry on
        the same debt, up to the same amount."""
        fresh = self.env.cr.precommit.data.get(FRESH)
        if not fresh:
            return
        for undone in self.sudo().browse(fresh).exists():
            lines = undone.debt_id.line_ids
            again = partials.filtered(
                lambda one, undone=undone, lines=lines: (
                    one.debit_move_id in lines
                    and one.credit_move_id.move_id == undone.move_id
                )
            )
            amount = sum(again.mapped("debit_amount_currency"))
            left = undone.currency_id.round(undone.amount_currency - amount)
            if again and left <= 0:
                undone._through_gate().unlink()
                fresh.discard(undone.id)
            elif again:
                share = left / undone.amount_currency
                own = undone.company_currency_id.round(undone.amount * share)
                undone._through_gate().write({"amount_currency": left, "amount": own})

    @api.model
    def _known_then(self, debts, day):
        """The settlements of ``debts`` that were undone after ``day`` and were on their
        debts on it: what was known then and is not in the ledger any more.

        {debt id: [undone rows]}, oldest first. A past day has two figures: by the
        ledger now, which is the position of that day, and as known then, which is the
        same with the amounts of these rows taken off. Run as superuser.
        """
        rows = self.search(
            [
                ("debt_id", "in", debts.ids),
                ("date", "<=", day),
                ("made_on", "<=", day),
                ("undone_on", ">", day),
            ],
            order="date, id",
        )
        return {debt.id: own for debt, own in rows.grouped("debt_id").items()}


class CobranzaDebt(models.Model):
    """What had settled a debt once."""

    _inherit = "cobranza.debt"

    undone_ids = fields.One2many(
        "cobranza.settlement.undone", "debt_id", string="Settlements undone"
    )

    @api.model
    def _settlements_known_then(self, debt_ids, day):
        """{debt id: [(kind, amount, amount in company currency, paid on, entry)]} of
        the settlements as they were known on ``day``, in the debt's currency: those of
        the ledger until that day, and those that were undone after it."""
        debts = self.sudo().browse(debt_ids)
        result = {debt: [] for debt in debts.ids}
        settlements = self.env["cobranza.settlement"].sudo()
        domain = [
            ("debt_id", "in", debts.ids),
            ("date", "<=", day),
            ("kind", "in", settlements._kinds(carries=False)),
        ]
        undone = self.env["cobranza.settlement.undone"].sudo()._known_then(debts, day)
        rows = [
            *settlements.search(domain),
            *(r for own in undone.values() for r in own),
        ]
        for row in sorted(rows, key=lambda one: (one.date, one.move_id.id or 0)):
            found = (row.kind, row.amount_currency, row.amount, row.date, row.move_id)
            result[row.debt_id.id].append(found)
        return result
