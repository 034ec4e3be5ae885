"""What the tax on profits lets be deducted of what a run provides for, and the facts
about debts that it asks for."""

from collections import defaultdict

from odoo.tools import SQL

from ...kernel.provision import at_risk
from ...kernel.tax_loss import ZERO, TaxClaim
from ..common.money import to_decimal
from ..position.reader import PositionReader

LIQUIDATION = "liquidation"

CONTACTED = """
    SELECT l.debt_id, array_agg(DISTINCT c.id)
      FROM cobranza_contact_line l JOIN cobranza_contact c ON c.id = l.contact_id
     WHERE l.debt_id = ANY(%s) AND c.state = 'sent' AND c.sent_at::date <= %s
     GROUP BY l.debt_id
"""


SALES = """
    SELECT commercial_partner_id, max(invoice_date) FROM account_move
     WHERE commercial_partner_id = ANY(%s) AND company_id = ANY(%s)
       AND move_type = 'out_invoice' AND state = 'posted' AND invoice_date <= %s
     GROUP BY commercial_partner_id
"""


def owed_in_all(items, risk):
    """{partner: what it owes in the currency of the company} of ``items`` by journal
    item and ``risk`` as kernel ``at_risk``."""
    found = defaultdict(lambda: ZERO)
    for line, (_open, own) in risk.items():
        found[items[line].partner] += own
    return found


def claims_of(debts, on):
    """[``TaxClaim``] of debts of one company on a day, under their ids, as far as the
    evidence that they are uncollectible is told by them: a fixed number of queries. As
    superuser."""
    company, env = debts.company_id, debts.env
    partners = debts.debtor_id.partner_id
    everything = PositionReader(env, company, on).items(partners)
    items = {item.line: item for item in everything}
    whole = owed_in_all(items, at_risk(everything))
    pursued = Pursued(company, on, debts.ids, partners.ids)
    sued = {}
    for block in env["cobranza.block"]._blocks():
        sued |= block._claimed_since(debts.ids, on)
    return [
        TaxClaim(
            key=debt.id,
            due=debt._due_on() or on,
            open=to_decimal(debt.amount_residual),
            whole=whole[debt.debtor_id.partner_id.id],
            sued_on=sued.get(debt.id),
            **pursued.about(debt.id, debt.debtor_id.partner_id.id),
        )
        for debt in debts
    ]


class Pursued:
    """Which debts were asked for up to a day, of which it is proven that a demand has
    arrived, and when something was last sold to whom: as far as the law of the company
    asks (``_tax_facts``), for all at once. As superuser."""

    def __init__(self, company, day, debts, partners):
        self.env, self.day = company.env, day
        self.contacted, self.received, self.sales = {}, set(), {}
        facts = company._cobranza_rules()._tax_facts()
        if "contacts" in facts:
            self._read_contacts(list(debts))
        if "sales" in facts:
            query = SQL(SALES, list(partners), company._cobranza_tree(), day)
            self.sales = dict(self.env.execute_query(query))

    def about(self, debt, partner):
        """What a ``TaxClaim`` says of a debt of a commercial partner, by name."""
        return {
            "last_sale_on": self.sales.get(partner),
            "contacted": debt in self.contacted,
            "received": debt in self.received,
        }

    def _read_contacts(self, debts):
        for model in ("cobranza.contact", "cobranza.contact.line"):
            self.env[model].flush_model()
        query = SQL(CONTACTED, debts, self.day)
        self.contacted = dict(self.env.execute_query(query))
        ids = {one for some in self.contacted.values() for one in some}
        contacts = self.env["cobranza.contact"].browse(ids)
        proven = {
            one.id
            for one in contacts
            if one.received_on and one.received_on <= self.day
        }
        self.received = {
            debt for debt, some in self.contacted.items() if not proven.isdisjoint(some)
        }


class TaxReader:
    """Asks the law of a company about the lines of a ``ProvisionReader``, all at once:
    ``items`` by journal item, ``risk`` as kernel ``at_risk``. As superuser."""

    def __init__(self, reader, items, risk):
        self.reader, self.items, self.risk = reader, items, risk
        self.env, self.company, self.day = reader.env, reader.company, reader.day
        self.rules = self.company._cobranza_rules()
        self.general = {}

    def judge(self, lines):
        """Add what is deductible to the values of lines, and set ``general``."""
        by_item = {one.get("move_line_id"): one for one in lines if one.get("target")}
        claims = self._claims(by_item)
        verdicts = self.rules._tax_allowance(claims, self.day) if claims else {}
        for line in lines:
            verdict = verdicts.get(line.get("move_line_id"))
            if not line.get("target") or not verdict:
                continue
            line |= {
                "tax_deductible": verdict.amount,
                "tax_difference": line["target"] - verdict.amount,
                "tax_since": verdict.since,
                "tax_why": verdict.why,
                "tax_lacking": verdict.lacking,
            }
        self.general = self._general(claims, verdicts)

    def _general(self, claims, verdicts):
        remaining = booked = ZERO
        for claim in claims:
            verdict = verdicts.get(claim.key)
            if verdict and verdict.general:
                remaining += claim.open
                booked += claim.allowance - verdict.amount
        found = self.rules._tax_general(remaining, booked, self.day)
        return {
            "tax_general": float(found.amount) if found else 0.0,
            "tax_general_why": found and (found.lacking or found.why),
        }

    # -- the facts ---------------------------------------------------------------------

    def _claims(self, lines):
        """[``TaxClaim``] of what is open: of the lines, and of all else where a
        general allowance is chosen."""
        wanted = set(lines) & set(self.risk)
        if self.company.cobranza_tax_general:
            wanted = set(self.risk) - {
                line for line in self.risk if self.items[line].debt in self.reader.ceded
            }
        items = [self.items[line] for line in self.risk if line in wanted]
        self._read_facts(items)
        whole = owed_in_all(self.items, self.risk)
        return [
            self._claim(item, lines.get(item.line), whole[item.partner])
            for item in items
        ]

    def _claim(self, item, line, whole):
        reader = self.reader
        debtor = reader.debtors.get(item.partner)
        insolvent = debtor.insolvent_on if debtor else None
        liquidated = insolvent and debtor.insolvency_kind == LIQUIDATION
        return TaxClaim(
            key=item.line,
            due=item.due,
            open=self.risk[item.line][1],
            allowance=line["target"] if line else ZERO,
            tax_share=self.shares.get(item.move, ZERO),
            whole=whole,
            regime=debtor.regime if debtor else "unknown",
            related=bool(debtor and debtor.related_party),
            insolvent_on=insolvent or None,
            liquidated_on=insolvent if liquidated else None,
            sued_on=reader.sued_since.get(item.debt),
            charged_on=(debtor and debtor.charged_on) or None,
            **self.pursued.about(item.debt, item.partner),
        )

    def _read_facts(self, items):
        self.shares = self.reader.tax_shares({item.move for item in items})
        debts = [item.debt for item in items if item.debt]
        partners = {item.partner for item in items if item.partner}
        self.pursued = Pursued(self.company, self.day, debts, partners)
