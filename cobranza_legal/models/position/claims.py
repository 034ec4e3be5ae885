"""What is claimed of debts that somebody else takes in hand: a lawyer, an agency."""

from collections import defaultdict

from odoo import api, fields, models

from ...kernel.dunning import ZERO
from ...kernel.money import round_to
from ...kernel.owed import netted, spread
from ...kernel.position import COST, INTEREST
from ..common.deletion import discard
from ..common.money import to_decimal, unit
from .ledger import LedgerReader
from .reader import PositionReader
from .statement import accruing_of

BURDENS = ("interest", "fees", "costs")
"""Fields of a line that tell charges."""


def read_claims(debts, on):
    """{debt id: {field of a line: value}} of what is owed of these debts, of any number
    of debtors of one company, on ``on``, today or later: principal, late interest until
    that day, other charges and costs. As the position of each debtor tells it, with a
    fixed number of queries. Run as superuser."""
    if not debts:
        return {}
    env, company, debtors = debts.env, debts.company_id, debts.debtor_id
    run = env["cobranza.run"].with_company(company)
    book = run._book(company, on).collect(debtors.ids)
    principals = LedgerReader(debtors).principals(on)
    parts = {
        one.id: {
            "principal": to_decimal(principals[one.id].open),
            **dict.fromkeys(BURDENS, ZERO),
        }
        for one in debts
        if one.id in principals
    }
    for debt, kind, amount in charges_of(env, book, debts, set(principals)):
        if debt in parts:
            parts[debt][burden_of(kind)] += amount
    return {
        debt: {
            **{name: float(value) for name, value in own.items()},
            "due_on": principals[debt].due,
            "amount": float(sum(own.values())),
        }
        for debt, own in parts.items()
    }


def charges_of(env, book, debts, principals):
    """(debt id, kind, amount) of what stands of the charges of these debts on the day
    of the ``Book``, and of what would be charged on it, in the currency of each debt.
    ``principals``: ids on which something may accrue. Run as superuser."""
    currencies = {one.id: one.currency_id for one in debts}
    for draft in accruing_of(env, book, principals, spared=True).drafts:
        currency = currencies.get(draft["debt_id"])
        if currency and currency.id == draft["currency_id"]:
            owed = round_to(to_decimal(draft["amount"]), unit(currency))
            yield draft["debt_id"], draft["kind"], owed
    standing = env["cobranza.charge"]._standing_on(debts.debtor_id, book.today)
    standing = standing.filtered(
        lambda one: currencies.get(one.debt_id.id) == one.currency_id
    )
    owed = standing._owed_on(book.today)
    for one in standing:
        yield one.debt_id.id, one.kind, round_to(owed[one.id], unit(one.currency_id))


def burden_of(kind):
    """The field of a line that tells a charge of this kind."""
    return {INTEREST: "interest", COST: "costs"}.get(kind, "fees")


def read_net(env, company, debts, on):
    """{debt id: (what is open of its principal in its currency, in the company's)}, net
    of the money of its debtor that is not matched yet; nothing for what is paid. By the
    one reader of open items, for all debts of a company at once. Run as superuser."""
    # of a debtor that was merged, the items may be another contact's still
    people = debts.partner_id | debts.move_line_id.partner_id.commercial_partner_id
    items = PositionReader(env, company, on).items(people)
    groups, found = defaultdict(list), {}
    for item in items:
        groups[item.partner, item.currency].append(item)
    for group in groups.values():
        left = netted(group)
        shares = spread(left, {})
        for item in left:
            if item.debt and item.is_debit and item.open:
                rate = item.open_company / item.open
                net = item.open - shares[item.line].covered
                found[item.debt] = net, net * rate
    return found


class CobranzaClaimMixin(models.AbstractModel):
    """Debts of one debtor that somebody else takes in hand: numbered, with what was
    claimed of each beside what is owed now. Its heirs have ``debt_ids`` and
    ``line_ids``, of a model with ``cobranza.claim.line.mixin``, and a sequence of their
    own name."""

    _name = "cobranza.claim.mixin"
    _inherit = "cobranza.followup.item.mixin"
    _description = "Debts that somebody else takes in hand"

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        "Claimed in all",
        readonly=True,
        copy=False,
        help="In the currency of the company, at the rate of the day of the claim.",
    )
    amount_now = fields.Monetary("Owed now", compute="_compute_amount_now")
    claimed_on = fields.Date(
        "Worked out on",
        readonly=True,
        copy=False,
        help="Interest is claimed until this day.",
    )

    @api.depends(
        lambda self: ("line_ids.amount_now",) if "line_ids" in self._fields else ()
    )
    def _compute_amount_now(self):
        for record in self:
            record.amount_now = record._in_company(
                {row: row.amount_now for row in record.line_ids}
            )

    def _in_company(self, amounts):
        """The sum of {record with a currency: amount} in the currency of the company,
        at the rate of the day of the claim."""
        self.ensure_one()
        company = self.company_id
        if not amounts:
            return 0
        day = self.claimed_on or company._cobranza_today()
        return sum(
            one.currency_id._convert(amount, company.currency_id, company, day)
            for one, amount in amounts.items()
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            # sudo: whoever prepares them need not own the sequence
            sequence = self.env["ir.sequence"].sudo().with_company(record.company_id)
            record._through_gate().name = sequence.next_by_code(self._name)
        records._claim()
        return records

    def _read_claims(self, on):
        """Hook: {debt id: {field of a line: value}} of what is owed of the debts of
        these, of one company, on ``on``. A fixed number of queries. Run as
        superuser."""
        return read_claims(self.debt_ids, on)

    def _claim(self):
        """Work out anew what is claimed of these, until today. A fixed number of
        queries for each company."""
        # sudo: made by what is owed, whatever the user's rights
        for company, mine in self.sudo().grouped("company_id").items():
            mine._claim_on(company._cobranza_today())

    def _claim_on(self, today):
        discard(self.line_ids)
        found = self._read_claims(today)
        field = self._fields["line_ids"]
        rows = self.env[field.comodel_name]._through_gate()
        rows = rows.create(
            [
                {
                    field.inverse_name: record.id,
                    "debt_id": debt.id,
                    **found.get(debt.id, {}),
                }
                for record in self
                for debt in record.debt_ids
            ]
        )
        self._through_gate().claimed_on = today
        own = rows.grouped(lambda one: one._whole())
        for record in self:
            record._through_gate().amount = record._in_company(
                {row: row.amount for row in own.get(record, ())}
            )


class CobranzaClaimLineMixin(models.AbstractModel):
    """One debt of these, as it is claimed: worked out while it is prepared, frozen when
    it is taken in hand. What is owed of it now stands beside it."""

    _name = "cobranza.claim.line.mixin"
    _inherit = "cobranza.gate.mixin"
    _description = "Debt that is claimed"

    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one(related="debt_id.currency_id", store=True)
    due_on = fields.Date("Due", readonly=True)
    principal = fields.Monetary(readonly=True)
    interest = fields.Monetary("Late interest", readonly=True)
    fees = fields.Monetary("Other charges", readonly=True)
    costs = fields.Monetary(readonly=True)
    amount = fields.Monetary("Claimed", readonly=True)
    amount_now = fields.Monetary(
        "Owed now",
        compute="_compute_amount_now",
        help="Principal and charges of today, whatever was claimed.",
    )

    def _whole(self):
        """Hook: the records whose lines these are."""
        raise NotImplementedError

    @api.depends("debt_id.amount_residual_currency")
    def _compute_amount_now(self):
        self.amount_now = 0
        # sudo: who sees it may know what is owed of its debts
        mine = self.grouped(lambda one: one._whole().sudo().company_id)
        for company, lines in mine.items():
            found = lines._whole().sudo()._read_claims(company._cobranza_today())
            for line in lines:
                line.amount_now = found.get(line.debt_id.id, {}).get("amount", 0)
