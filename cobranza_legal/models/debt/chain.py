"""On which journal item a debt is owed now, whatever is booked about it.

A debt follows its money: to the item of a cheque or bill that was taken for it, to the
item by which a payment came back, and back to an earlier item that is open again.
"""

import logging
from collections import defaultdict
from typing import NamedTuple

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..common.payers import BANKS
from ..common.transaction import CONCURRENCY, apart
from ..common.words import QUIET

_logger = logging.getLogger(__name__)


class Carried(NamedTuple):
    """Id of the debtor of a debt, whether several items have carried the debt, and
    whether a settlement of it was undone."""

    debtor: int
    moved: bool
    undone: bool


def read_chain(debts, lines):
    """{debt id: ``Carried``} of the debts that these journal items carry or have
    carried; also for users who may not read them. ``debts`` is the model."""
    if not lines.ids:
        return {}
    debts.flush_model(["debtor_id", "move_line_id", "former_line_ids"])
    debts.env["cobranza.settlement.undone"].flush_model(["debt_id", "redone_on"])
    rows = debts.env.execute_query(
        SQL(
            """SELECT d.id, d.debtor_id,
                      EXISTS (SELECT 1 FROM cobranza_debt_former_line_rel f
                               WHERE f.debt_id = d.id),
                      EXISTS (SELECT 1 FROM cobranza_settlement_undone u
                               WHERE u.debt_id = d.id AND u.redone_on IS NULL)
                 FROM (SELECT id FROM cobranza_debt
                        WHERE move_line_id = ANY(%(lines)s)
                        UNION
                       SELECT debt_id FROM cobranza_debt_former_line_rel
                        WHERE line_id = ANY(%(lines)s)) known
                 JOIN cobranza_debt d ON d.id = known.id
                ORDER BY d.id""",
            lines=lines.ids,
        )
    )
    return {debt: Carried(*known) for debt, *known in rows}


def of_chain(debts, lines):
    """The debts that these journal items carry or have carried, as superuser."""
    return debts.sudo().browse(read_chain(debts, lines))


def moved_of_chain(debts, lines):
    """Those of ``of_chain`` that several items have carried: few, of many lines."""
    found = read_chain(debts, lines)
    return debts.sudo().browse(debt for debt, one in found.items() if one.moved)


class Chain:
    """What carries debts on. ``env`` of whoever books; it acts as superuser, because
    whoever may book an entry need not see debts."""

    def __init__(self, env):
        self.env = env(su=True)
        self.debts = self.env["cobranza.debt"]
        self._accounts = {}

    def safely(self, lines, act):
        """Do ``act``, which takes this chain, as a whole or not at all: a fault of ours
        keeps nobody from booking these items. It is logged, and their debtors are
        judged again by the upkeep. Returns whether it was done."""
        try:
            with apart(self.env):
                act(self)
        except CONCURRENCY:
            raise
        except Exception:
            _logger.exception("The debts of the items %s cannot be followed", lines.ids)
            partners = lines.exists().sudo().partner_id.commercial_partner_id
            debtors = self.env["cobranza.debtor"].search(
                [("partner_id", "in", partners.ids)]
            )
            self.env["cobranza.debtor"]._judge_in_batches(dict.fromkeys(debtors.ids))
            return False
        return True

    # -- cheques and bills -------------------------------------------------------------

    def follow(self, partials, debts):
        """Carry those ``debts`` on that these reconciliations moved to the account of a
        cheque or bill, or from it to a followed account.

        One item that takes one whole debt carries it on. An item that takes several
        debts, or part of one, is a debt of its own from then on. The debts whose money
        is on another item now come back.
        """
        carried = self.debts.browse()
        partials = partials.sudo()
        by_line = {debt.move_line_id: debt for debt in debts}
        taken = defaultdict(list)
        for partial in partials:
            debt = by_line.get(partial.debit_move_id)
            entry = partial.credit_move_id.move_id
            if debt and debt.nature == "principal" and entry.state == "posted":
                taken[entry, debt.partner_id].append((partial, debt))
        for (entry, partner), found in taken.items():
            owed = self._owed_items(entry)
            targets = owed and self._targets(entry, owed, partner)
            if not targets:
                debts = [debt for _one, debt in found]
                self._tell_unnamed(entry, owed, partner, debts)
                continue
            for partial, debt in found:
                if not self._may_go(debt, targets):
                    continue
                line = self._alone(targets, partial, found)
                if line and debt.move_line_id.reconciled:
                    self._carry(debt, line)
                    targets -= line
                    carried |= debt
            for line in targets:
                rest = [debt for _one, debt in found if debt not in carried]
                if rest and self._may_go(rest[0], line):
                    self._open_apart(line, self.debts.union(*rest), line.date)
        return carried

    def _owed_items(self, entry):
        """The open debit items of an entry on which something may be owed."""
        lines = entry.line_ids.filtered(
            lambda line: line.balance > 0 and not line.reconciled
        )
        if not lines:
            return lines
        wanted = self._told(entry.company_id)
        return lines.filtered(lambda line: line.account_id in wanted)

    def _targets(self, entry, owed, partner):
        """Those of the ``owed`` items of an entry that may carry a debt of a commercial
        partner on and are no debt yet: those of the partner first, then those that name
        nobody else who pays by this entry."""
        lines = owed - self.debts._of_lines(owed).move_line_id
        own = lines.filtered(lambda line: self._is_of(line, partner))
        return own + self._of_nobody_else(entry, lines - own, partner).filtered(
            self._may_be_named
        )

    @staticmethod
    def _of_nobody_else(entry, lines, partner):
        """Those of these items of an entry that name nobody who pays by it."""
        payers = entry.line_ids.filtered(lambda line: line.balance < 0).partner_id
        payers = payers.commercial_partner_id - partner
        return lines.filtered(
            lambda line: line.partner_id.commercial_partner_id not in payers
        )

    def _tell_unnamed(self, entry, owed, partner, debts):
        """A task for whoever keeps the books, when the item of a cheque or bill would
        carry these debts on but names somebody else or nobody, and may not be changed:
        they look paid."""
        if not owed:
            return
        wanted = entry.company_id._cobranza_instrument_accounts()
        lines = owed.filtered(
            lambda line: line.account_id in wanted and not self._is_of(line, partner)
        )
        lines = self._of_nobody_else(entry, lines, partner)
        if not lines or debts[0].move_line_id.account_id in wanted:
            return
        debtor = debts[0].debtor_id.with_context(**QUIET)
        debtor.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=debtor._accountant().id,
            summary=self.env._("A cheque or bill names nobody"),
            note=self.env._(
                "%(entry)s takes %(documents)s, but its item names another partner "
                "or none, and the entry cannot be changed any more: the debts look "
                "paid. Transfer the item by an entry of an open period that names the "
                "debtor.",
                entry=entry.display_name,
                documents=", ".join(debt.display_name for debt in debts),
            ),
        )

    def _told(self, company):
        """The accounts of a company on which something may be owed, read once."""
        if company not in self._accounts:
            self._accounts[company] = company._cobranza_owed_accounts()
        return self._accounts[company]

    @staticmethod
    def _is_of(line, partner):
        return line.partner_id.commercial_partner_id == partner

    @staticmethod
    def _may_be_named(line):
        """Whether the partner of an item may still be written: neither is its entry
        secured nor its period closed."""
        if line.move_id.inalterable_hash:
            return False
        try:
            line.move_id._check_fiscal_lock_dates()
        except UserError:
            return False
        return True

    def _take_over(self, line, debt, values):
        """Write on an item what it takes over from that of a debt. Entries that are
        secured or of a closed period refuse even the partner that they have."""
        if not self._is_of(line, debt.partner_id):
            values["partner_id"] = debt.partner_id.id
        line.write(values)

    @staticmethod
    def _may_go(debt, lines):
        """Whether a debt goes on there: to a cheque or bill, or from one."""
        instruments = debt.company_id._cobranza_instrument_accounts()
        old = debt.move_line_id.account_id
        return bool(old in instruments or lines.account_id & instruments)

    @staticmethod
    def _alone(targets, partial, found):
        """The item that takes what this reconciliation took, and nothing else."""
        amount, line = partial.debit_amount_currency, partial.debit_move_id
        same = targets.filtered(
            lambda one: (
                one.currency_id == line.currency_id
                and not one.currency_id.compare_amounts(one.amount_currency, amount)
            )
        )
        return same[:1]

    def _carry(self, debt, line):
        """Hang the whole debt on ``line``. Its own due date stays; that of a cheque or
        bill is the day until which it covers the debt."""
        due, old = debt._due_on(), debt.move_line_id
        on_paper = line.account_id in debt.company_id._cobranza_instrument_accounts()
        values = {"no_followup": old.no_followup}
        if not on_paper:
            values["date_maturity"] = due
        self._take_over(line, debt, values)
        debt.write(
            {
                "former_line_ids": [
                    fields.Command.link(old.id),
                    fields.Command.unlink(line.id),
                ],
                "move_line_id": line.id,
                "kept_due_date": due if on_paper else False,
                "protested_on": False if on_paper else debt.protested_on,
                "void_reason": False,
            }
        )

    def _open_apart(self, line, debts, due):
        """``line`` is owed for several ``debts`` or for a part of one: a debt of its
        own, at the lowest of their levels, due at the latest of their days but not
        before ``due``, until which they have borne their own interest."""
        first = debts.sorted(lambda debt: (debt.level, debt.id))[:1]
        kept = max([due, *(debt._due_on() for debt in debts)])
        apart = self.debts._open_from(line, first.partner_id, self._next_number(line))
        on_paper = line.account_id in line.company_id._cobranza_instrument_accounts()
        left_out = any(debts.move_line_id.mapped("no_followup"))
        self._take_over(line, apart, {"no_followup": left_out})
        apart.write(
            {
                "original_due_date": kept,
                "kept_due_date": kept if on_paper else False,
                "level": first.level,
                "level_id": first.level_id.id,
                "level_since": first.level_since,
                "policy_id": first.policy_id.id,
                "policy_reason": first.policy_reason,
                "episode": max(debts.mapped("episode")),
            }
        )
        if not on_paper:
            line.date_maturity = kept
        return apart

    @staticmethod
    def _next_number(line):
        return (
            max(line.move_id.cobranza_debt_ids.mapped("instalment_no"), default=0) + 1
        )

    # -- payments that come back -------------------------------------------------------

    def take_returns(self, lines):
        """Find, among these debit items of banks and reversals, those by which a
        payment of a debt came back, remember the settlements that they undo, and owe
        the debts on them again; returns the debts.

        A reversal names its payment; of a bank's line or a payment to the customer it
        is the newest one of the same amount until its day, unless unallocated credits
        of the customer explain it: then it pays them back.
        """
        owed = self.debts.browse()
        for line in lines.sudo().sorted("id"):
            if self._may_return(line):
                partials = self._returned(line)
                if partials:
                    owed |= self._owe_again(line, partials)
        return owed

    def _may_return(self, line):
        entry = line.move_id
        return (
            entry.state == "posted"
            and line.balance > 0
            and not line.reconciled
            and line.partner_id
            and (line.journal_id.type in BANKS or entry.reversed_entry_id)
            and not entry.is_invoice(include_receipts=True)
            and line.account_id in line.company_id._cobranza_followed_accounts()
            and not self.debts.search_count([("move_line_id", "=", line.id)], limit=1)
        )

    def _returned(self, line):
        """The reconciliations of debts with the payment that ``line`` takes back."""
        entry = line.move_id
        if entry.reversed_entry_id:
            credits = entry.reversed_entry_id.line_ids
        else:
            credits = self._payments_like(line)
        for credit in credits.filtered(lambda one: one.balance < 0):
            partials = credit.matched_debit_ids
            debts = of_chain(self.debts, partials.debit_move_id)
            own = debts.line_ids
            found = partials.filtered(lambda one, own=own: one.debit_move_id in own)
            if found and self._is_money(found, debts) and not self._gone(found):
                return found
        return self.env["account.partial.reconcile"]

    def _is_money(self, partials, debts):
        """Whether debts were really paid by these reconciliations."""
        settlements = self.env["cobranza.settlement"]
        domain = [
            ("debt_id", "in", debts.ids),
            ("partial_id", "in", partials.ids),
            ("kind", "in", settlements._kinds(collects=True)),
        ]
        return bool(settlements.search_count(domain, limit=1))

    def _payments_like(self, line):
        partner = line.partner_id.commercial_partner_id
        domain = [
            ("company_id", "=", line.company_id.id),
            ("partner_id.commercial_partner_id", "=", partner.id),
            ("account_id", "in", line.company_id._cobranza_followed_accounts().ids),
            ("parent_state", "=", "posted"),
            ("currency_id", "=", line.currency_id.id),
            ("balance", "<", 0),
        ]
        items = self.env["account.move.line"].search(
            [*domain, ("date", "<=", line.date)], order="date desc, id desc"
        )
        left = self.debts._read_open(items).values()
        loose = sum(amount for _own, amount in left)
        compare = line.currency_id.compare_amounts
        if compare(-loose, line.amount_residual_currency) >= 0:
            return items.browse()
        return items.filtered(
            lambda one: not compare(-one.amount_currency, line.amount_currency)
        )

    def _gone(self, partials):
        """Whether what these reconciliations settled was taken back already."""
        return bool(self.env["cobranza.settlement.undone"]._in_force(partials))

    def _owe_again(self, line, partials):
        debts = of_chain(self.debts, partials.debit_move_id)
        undone = self.env["cobranza.settlement.undone"]._remember(
            partials, debts, line.date, line
        )
        if not undone:
            return debts.browse()
        whole = sum(partials.mapped("debit_amount_currency"))
        same = not line.currency_id.compare_amounts(whole, line.amount_currency)
        if len(debts) == 1 and same and debts.move_line_id.reconciled:
            self._carry(debts, line)
            line.no_followup = False
        else:
            apart = self._open_apart(line, debts, line.date)
            apart.episode += 1
            line.no_followup = False
        debts._money_moved()
        debts.debtor_id._redecide_later()
        self.env["cobranza.charge"]._mark_stale(debts)
        return debts

    # -- back to an item that is open again --------------------------------------------

    def step_back(self, lines, undone=frozenset()):
        """Debts whose item is paid or not posted any more, while one that had carried
        them is open again, are owed there; returns them. So are those that the entry of
        an ``undone`` reconciliation carried on: {(debit item, entry)}."""
        back = self.debts.browse()
        for debt in moved_of_chain(self.debts, lines):
            last = self._open_again(debt, undone)
            if last:
                self._step_to(debt, last)
                back |= debt
        return back

    def come_back(self, debts):
        """These debts, whose item was deleted, are owed on the last one that had
        carried them; returns them."""
        back = self.debts.browse()
        for debt in debts.sudo().filtered(lambda debt: not debt.move_line_id):
            posted = debt.former_line_ids.filtered(
                lambda one: one.parent_state == "posted"
            )
            last = posted.sorted("id")[-1:]
            if last:
                self._step_to(debt, last)
                back |= debt
        return back

    @staticmethod
    def _step_to(debt, line):
        """Hang a debt on an earlier item of its own."""
        older = debt.former_line_ids.filtered(lambda one: one.id < line.id)
        debt.write(
            {
                "former_line_ids": [fields.Command.set(older.ids)],
                "move_line_id": line.id,
                "kept_due_date": False,
                "void_reason": False,
            }
        )

    @staticmethod
    def _open_again(debt, undone):
        """The earlier item on which a debt is owed again; empty if it stays."""
        line, former = debt.move_line_id, debt.former_line_ids
        posted = former.filtered(lambda one: one.parent_state == "posted")
        open_ones = posted.filtered(lambda one: not one.reconciled)
        if line.parent_state != "posted":
            found = open_ones or posted
        elif line.reconciled:
            found = open_ones
        else:
            found = open_ones.filtered(lambda one: (one.id, line.move_id.id) in undone)
        return found.sorted("id")[-1:]
