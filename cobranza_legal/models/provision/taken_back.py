"""Entries of ours that somebody takes back in the ledger, beside our buttons."""

from collections import defaultdict

from ...kernel.provision import ZERO
from ..common.money import to_decimal


def reversals(entry):
    """The posted entries that were made to take an entry back."""
    return entry.reversal_move_ids.filtered(lambda one: one.state == "posted")


def is_whole(entry, back):
    """Whether the entries ``back`` take back all that ``entry`` has booked, account by
    account and customer by customer."""
    sums = defaultdict(lambda: ZERO)
    for item in (entry | back).line_ids:
        key = item.account_id, item.partner_id.commercial_partner_id
        sums[key] += to_decimal(item.balance)
    return bool(back) and not any(sums.values())


def stands(entry):
    """Whether an entry is in the books and was not taken back in whole."""
    return entry.state == "posted" and not is_whole(entry, reversals(entry))


def match_back(items, back):
    """Match what ``items`` had settled with what takes that back, so that it is owed as
    before."""
    free = back.line_ids
    (items | free).remove_move_reconcile()
    for item in items:
        twin = free.filtered(
            lambda one, item=item: (
                one.account_id == item.account_id
                and one.partner_id == item.partner_id
                and one.currency_id == item.currency_id
                and one.amount_currency == -item.amount_currency
            )
        )[:1]
        if twin:
            free -= twin
            (item + twin).reconcile()
