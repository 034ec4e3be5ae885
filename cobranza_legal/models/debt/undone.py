from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..common.deletion import discard
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
    redone_on = fields.Date(
        readonly=True,
        string="Done again on",
        help="Day from which it settled the debt again; empty: it does not.",
    )
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
        "(partial_no, debt_id, kind) WHERE redone_on IS NULL",
        "This settlement was undone already.",
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

    def _explain(self):
        """[what became of each of these settlements, in words]."""
        labels = dict(self._fields["reason"]._description_selection(self.env))
        return [one._explain_one(labels[one.reason]) for one in self.sorted("id")]

    def _explain_one(self, reason):
        known = {
            "entry": self.document or "",
            "amount": format_amount(self.env, self.amount_currency, self.currency_id),
            "paid": format_date(self.env, self.date),
            "undone": format_date(self.env, self.undone_on),
            "debt": self.debt_id.display_name,
        }
        if self.redone_on:
            return self.env._(
                "%(entry)s, %(amount)s of %(paid)s on %(debt)s: undone on %(undone)s, "
                "done again on %(again)s.",
                **known,
                again=format_date(self.env, self.redone_on),
            )
        return self.env._(
            "%(entry)s, %(amount)s of %(paid)s on %(debt)s: undone on %(undone)s. "
            "%(reason)s.",
            **known,
            reason=reason,
        )

    def write(self, vals):
        if not (self.env.su and self._is_through_gate()):
            raise UserError(self.env._("What was undone is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self._is_through_gate():
            raise UserError(self.env._("What was undone is never deleted."))

    def _discardable(self):
        """What this transaction has undone and does again."""
        return self.browse(self.env.cr.precommit.data.get(FRESH, ())) & self

    @api.model
    def _read(self, partials, debts=None):
        """[settlement values] of reconciliations that are about to go: what their debts
        were settled by, also where the entry is a draft already, as one that is being
        cancelled. Transfers settle nothing and are not remembered, nor what is written
        down already. ``debts``: those of their items, where they are known."""
        if debts is None:
            debts = of_chain(self.env["cobranza.debt"], partials.debit_move_id)
        if not debts:
            return []
        rows = self.sudo()._written_of(partials)
        known = rows._in_force(partials)
        known = {(one.partial_no, one.debt_id.id, one.kind) for one in known}
        return [
            vals
            for vals in self._prepare(partials, debts, rows)
            if (vals["partial_no"], vals["debt_id"], vals["kind"]) not in known
        ]

    @api.model
    def _written_of(self, partials):
        """What is written down of these reconciliations, done again or not."""
        names = ["partial_no", "debt_id", "kind", "redone_on", "return_line_id"]
        return self.search_fetch([("partial_no", "in", partials.ids)], names)

    def _in_force(self, partials):
        """Of ``_written_of`` these reconciliations, which are still there, what holds:
        the item by which the payment came back is posted, or its entry settles nothing.
        What does not hold any more is noted as done again."""
        rows = self.filtered(lambda row: not row.redone_on)
        by_id = {partial.id: partial for partial in partials.sudo()}
        holds = rows.filtered(
            lambda row: (
                row.return_line_id.parent_state == "posted"
                or not by_id[row.partial_no]._cobranza_pays()
            )
        )
        (rows - holds)._redo()
        return holds

    @api.model
    def _follow_entries(self, partials):
        """The entries of these reconciliations, which stay, or the items by which their
        payments came back, are posted now or are no more: write down what settles
        nothing any more, and what does again."""
        if not partials:
            return
        vals_list = self.sudo()._read(
            partials.filtered(lambda one: not one._cobranza_pays())
        )
        self._keep(vals_list)
        self.sudo()._written_of(partials)._in_force(partials)

    def _redo(self):
        """These settlements are done again, from today on; those that were undone in
        this transaction never were."""
        fresh = self.env.cr.precommit.data.get(FRESH, set())
        gone = self.filtered(lambda row: row.id in fresh)
        ids = set(gone.ids)
        discard(gone._through_gate())
        fresh -= ids
        for company, rows in (self - gone).grouped("company_id").items():
            rows._through_gate().redone_on = company._cobranza_today()

    def _prepare(self, partials, debts, written=None):
        """[values] of what these reconciliations have settled of ``debts``;
        ``written``: ``_written_of`` them, where it is known."""
        if written is None:
            written = self.sudo()._written_of(partials)
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
        # what was never posted has never settled anything
        rows = rows.filtered(
            lambda row: row.move_id.state == "posted" or row.move_id.posted_before
        )
        made = written.exists()._made_on(partials, rows.company_id)
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
                "made_on": made[row.partial_id.id, row.company_id],
                "move_id": row.move_id.id,
                "document": row.move_id.name,
            }
            for row in rows
        ]

    def _made_on(self, partials, companies):
        """{(reconciliation id, company): day since which it has settled its debts}, by
        what is written down of it, these rows."""
        again, made = {}, {}
        for row in self.filtered("redone_on"):
            known = again.get(row.partial_no, row.redone_on)
            again[row.partial_no] = max(known, row.redone_on)
        for company in companies:
            for one in partials.sudo():
                day = company._cobranza_local(one.create_date).date()
                made[one.id, company] = max(day, again.get(one.id) or day)
        return made

    @api.model
    def _keep(self, vals_list, debts=None):
        """Write down what was undone a moment ago; ``vals_list`` of ``_read``.
        ``debts``: those of its debts that are still there, where they are known."""
        if not vals_list:
            return self.browse()
        entries = self.env["account.move"].browse({one["move_id"] for one in vals_list})
        left = set(entries.exists().ids)
        if debts is None:
            debts = self.env["cobranza.debt"].sudo()
            debts = debts.browse({one["debt_id"] for one in vals_list}).exists()
        there = set(debts.ids)
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
            if vals["debt_id"] in there
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
        """What was undone is done again: the same entry on the same debt, up to the
        same amount."""
        rows = self.sudo().search(
            [
                ("move_id", "in", partials.credit_move_id.move_id.ids),
                ("redone_on", "=", False),
                ("return_line_id", "=", False),
            ]
        )
        if not rows:
            return
        numbers = partials.sudo().browse(rows.mapped("partial_no"))
        there = set(numbers.exists().ids)  # of entries that are not posted
        for undone in rows.filtered(lambda row: row.partial_no not in there):
            lines = undone.debt_id.line_ids
            again = partials.filtered(
                lambda one, undone=undone, lines=lines: (
                    one.debit_move_id in lines
                    and one.credit_move_id.move_id == undone.move_id
                    and one._cobranza_pays()
                )
            )
            amount = sum(again.mapped("debit_amount_currency"))
            if again:
                undone._redo_part(amount)

    def _redo_part(self, amount):
        """So much of this settlement is done again, in the debt's currency."""
        left = self.currency_id.round(self.amount_currency - amount)
        if left <= 0:
            self._redo()
            return
        share = left / self.amount_currency
        own = self.company_currency_id.round(self.amount * share)
        part = {"amount_currency": amount, "amount": self.amount - own}
        done = self.copy_data(part)
        self._through_gate().write({"amount_currency": left, "amount": own})
        if self.id not in self.env.cr.precommit.data.get(FRESH, set()):
            today = self.company_id._cobranza_today()
            self._through_gate().create([{**one, "redone_on": today} for one in done])

    @api.model
    def _known_then(self, debts, day):
        """The settlements of ``debts`` that settled them on ``day`` and were undone
        after it: {debt id: [undone rows]}, oldest first. Run as superuser."""
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
        undone = self.env["cobranza.settlement.undone"].sudo()
        then = undone._known_then(debts, day)
        later = undone.search([("debt_id", "in", debts.ids), ("redone_on", ">", day)])
        later = {(one.debt_id, one.move_id) for one in later}
        rows = [
            *settlements.search(domain).filtered(
                lambda one: (one.debt_id, one.move_id) not in later
            ),
            *(row for own in then.values() for row in own),
        ]
        for row in sorted(rows, key=lambda one: (one.date, one.move_id.id or 0)):
            found = (row.kind, row.amount_currency, row.amount, row.date, row.move_id)
            result[row.debt_id.id].append(found)
        return result
