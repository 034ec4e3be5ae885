"""What the documents of debts say about claiming them: an early payment discount that
was taken in time, an invoice that nothing shows to have reached the debtor.

Set-based and by journal item, so that it holds for debts and for items that become
debts today alike.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from odoo.tools import SQL

SENT_STATES = {
    "edi_state": ("sent",),
    "peppol_move_state": ("processing", "done"),
    "l10n_cl_dte_status": ("accepted", "objected", "manual"),
    "l10n_es_edi_facturae_xml_id": (),
}
"""{field of an invoice of other addons: its values once it was delivered}; no values:
any. Fields that are not installed, or not stored, are not asked."""

DISCOUNTS = """
    SELECT l.id, (l.amount_currency - l.discount_amount_currency)::text,
           l.discount_date >= %(day)s,
           l.amount_residual_currency::text, l.currency_id,
           l.discount_amount_currency::text,
           (SELECT COALESCE(sum(p.debit_amount_currency), 0)
              FROM account_partial_reconcile p
              JOIN account_move_line c ON c.id = p.credit_move_id
              JOIN account_move b ON b.id = c.move_id
              LEFT JOIN account_payment y ON y.id = b.origin_payment_id
             WHERE p.debit_move_id = l.id AND c.parent_state = 'posted'
               AND COALESCE(y.date, c.date) <= l.discount_date)::text
      FROM account_move_line l
     WHERE l.id = ANY(%(lines)s::int[]) AND l.discount_date IS NOT NULL
       AND l.amount_currency > l.discount_amount_currency
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


def read_document_stops(company, lines, day, dust):
    """The ``DocumentStops`` of these journal items (ids) of one company on a day; two
    queries. ``dust``: {currency id: what is too small to ask for}."""
    result = DocumentStops()
    if not lines:
        return result
    _read_discounts(result, company.env, lines, day, dust)
    result.unsent = never_sent(company, lines, day)
    return result


def _read_discounts(result, env, lines, day, dust):
    query = SQL(DISCOUNTS, lines=list(lines), day=day)
    for row in env.execute_query(query):
        line, discount, may_take, left, currency, asked, paid = row
        discount, left, asked = Decimal(discount), Decimal(left), Decimal(asked)
        spare = dust.get(currency, Decimal(0))
        if Decimal(paid) + spare >= asked and left <= discount + spare:
            result.taken.add(line)
        elif may_take:
            result.discounts[line] = discount


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
