"""What the documents of debts say about claiming them: an early payment discount that
was taken in time, an invoice that nothing shows to have reached the debtor.

Set-based and by journal item, so that it holds for debts and for items that become
debts today alike.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from odoo.tools import SQL

from ..common.payers import PAID_ON, PAYERS, PAYS

ZERO = Decimal(0)


SENT_STATES = {
    "edi_state": ("sent",),
    "peppol_move_state": ("processing", "done"),
    "l10n_cl_dte_status": ("accepted", "objected", "manual"),
    "l10n_es_edi_facturae_xml_id": (),
}
"""{field of an invoice of other addons: its values once it was delivered}; no values:
any. Fields that are not installed, or not stored, are not asked."""

IN_TIME = """
    SELECT r.debit_move_id, sum(r.debit_amount_currency)::text
      FROM %(payers)s
      JOIN account_move_line l ON l.id = r.debit_move_id
     WHERE l.id = ANY(%(lines)s) AND %(pays)s AND %(paid_on)s <= l.discount_date
     GROUP BY r.debit_move_id
"""

NEVER_SENT = """
    SELECT l.id
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
     WHERE l.id = ANY(%(lines)s::int[]) AND m.move_type = 'out_invoice'
       AND m.is_move_sent IS NOT TRUE
       AND %(judged)s
       %(unsent)s
       AND NOT EXISTS (SELECT 1 FROM cobranza_debt d
                        WHERE d.move_id = m.id
                          AND (d.sent_on IS NOT NULL
                               OR EXISTS (
                                   SELECT 1 FROM cobranza_contact_line i
                                     JOIN cobranza_contact t ON t.id = i.contact_id
                                    WHERE i.debt_id = d.id AND t.state = 'sent'
                                      AND t.direction = 'outbound')))
"""

FRESH = """
    (m.cobranza_posted_on <= %(day)s AND m.cobranza_posted_on > %(day)s - %(days)s::int)
"""

SENDER = """
    m.invoice_date >= (SELECT min(s.invoice_date) FROM account_move s
                        WHERE s.company_id = %(company)s AND s.is_move_sent
                          AND s.move_type = 'out_invoice' AND s.state = 'posted'
                          AND s.invoice_date >= %(day)s - 365)
"""


@dataclass(slots=True)
class DocumentStops:
    """``taken``: journal items whose discount was taken in time; ``discounts``: {item:
    what it is less while its discount may still be taken}; ``unsent``: items of
    invoices that nothing shows to have reached the debtor."""

    taken: set[int] = field(default_factory=set)
    discounts: dict[int, Decimal] = field(default_factory=dict)
    unsent: set[int] = field(default_factory=set)


def read_document_stops(company, items, day, dust):
    """The ``DocumentStops`` of these items (of ``PositionReader``) of one company on a
    day; two queries. ``dust``: {currency id: what is too small to ask for}."""
    result = DocumentStops()
    if items:
        _read_discounts(result, company.env, items, day, dust)
        result.unsent = never_sent(company, [item.line for item in items], day)
    return result


def _read_discounts(result, env, items, day, dust):
    granted = [item for item in items if item.discount_on]
    paid = _paid_in_time(env, [item.line for item in granted])
    for item in granted:
        spare = dust.get(item.currency, ZERO)
        asked = item.original - item.discount
        if paid.get(item.line, ZERO) + spare >= asked and (
            item.open <= item.discount + spare
        ):
            result.taken.add(item.line)
        elif item.discount_on >= day:
            result.discounts[item.line] = item.discount


def _paid_in_time(env, lines):
    """{journal item: what was paid of it until the last day of its discount}."""
    if not lines:
        return {}
    query = SQL(IN_TIME, payers=PAYERS, pays=PAYS, paid_on=PAID_ON, lines=lines)
    return {line: Decimal(amount) for line, amount in env.execute_query(query)}


def never_sent(company, lines, day):
    """Ids of those of these journal items whose invoice was never sent, as far as the
    company lets us judge by it; see ``cobranza_sent_check``."""
    check = company.cobranza_sent_check
    if check == "never":
        return set()
    judged = SQL("TRUE")
    if check != "always":
        values = {"day": day, "days": company.cobranza_sent_days}
        fresh = SQL(FRESH, **values)
        sender = SQL(SENDER, company=company.id, day=day)
        judged = SQL("(%s OR %s)", fresh, sender)
    query = SQL(
        NEVER_SENT, lines=list(lines), judged=judged, unsent=_unsent(company.env)
    )
    return {line for (line,) in company.env.execute_query(query)}


def _unsent(env):
    """Conditions that no other addon has delivered the invoice ``m``."""
    found = []
    for name, values in SENT_STATES.items():
        known = env["account.move"]._fields.get(name)
        if not known or not known.store or not known.column_type:
            continue
        column = SQL.identifier("m", name)
        if values:
            found.append(
                SQL("AND (%s IS NULL OR %s NOT IN %s)", column, column, values)
            )
        else:
            found.append(SQL("AND %s IS NULL", column))
    return SQL(" ").join(found) if found else SQL()
