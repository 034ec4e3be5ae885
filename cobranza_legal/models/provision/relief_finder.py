"""Which unpaid invoices may give the tax back, until when, and what stands against it:
facts of a company on a day, by a fixed number of queries for any number of them."""

from collections import defaultdict
from decimal import Decimal

from odoo.tools import SQL

from ...kernel.vat_relief import (
    INSOLVENCY,
    UNPAID,
    ZERO,
    Unpaid,
    blockers,
    insolvency_window,
    part,
    starts,
    unpaid_window,
)
from ..common.money import to_decimal, unit
from ..position.reader import PositionReader

HUNDRED = Decimal(100)


PROOFS = """
    SELECT DISTINCT ON (d.move_id) d.move_id, e.day, e.contact_id
      FROM cobranza_contact_effect e
      JOIN cobranza_contact_line l ON l.contact_id = e.contact_id
      JOIN cobranza_debt d ON d.id = l.debt_id
     WHERE e.kind = 'vat_proof' AND e.standing = 'yes' AND e.day <= %s
       AND d.move_id = ANY(%s)
     ORDER BY d.move_id, e.day, e.contact_id
"""
"""To claim one instalment is enough."""


class ReliefFinder:
    """Of one creditor, its branches included. As superuser; ``law`` is that of the day,
    None where there is no relief."""

    def __init__(self, company, day):
        self.company = company.sudo().root_id.with_company(company.sudo().root_id)
        self.env, self.day = self.company.env, day
        self.rules = self.company._cobranza_rules()
        self.law = self.rules._vat_relief_law(self.company, day)
        self.step = unit(self.company.currency_id)

    def found(self, partners=None):
        """{(invoice id, ground, start): values of ``cobranza.vat.relief``} of what is
        overdue; of commercial ``partners`` (ids), or of the whole book."""
        if not self.law:
            return {}
        items = PositionReader(self.env, self.company, self.day).items(partners)
        by_move = defaultdict(list)
        for item in items:
            if item.kind == "invoice" and item.is_debit and item.partner:
                by_move[item.move].append(item)
        late = {
            move: own
            for move, own in by_move.items()
            if any(item.due < self.day for item in own)
        }
        if not late:
            return {}
        self._read(late)
        result = {}
        for move in self.moves:
            debtor = self.debtors.get(late[move.id][0].partner)
            if debtor:
                for values in self._of_move(move, late[move.id], debtor):
                    key = move.id, values["ground"], values["start_on"]
                    result[key] = values
        return result

    # -- facts -------------------------------------------------------------------------

    def _read(self, late):
        env, day = self.env, self.day
        self.moves = env["account.move"].browse(late)
        self.moves.fetch(
            [
                *("invoice_date", "date", "delivery_date", "taxable_supply_date"),
                *("invoice_date_due", "amount_total_signed", "commercial_partner_id"),
            ]
        )
        partners = [items[0].partner for items in late.values()]
        domain = [("company_id", "=", self.company.id), ("partner_id", "in", partners)]
        names = ["partner_id", "regime", "related_party", "insolvent_on"]
        found = env["cobranza.debtor"].search_fetch(domain, names)
        self.debtors = {one.partner_id.id: one for one in found}
        debts = [item.debt for items in late.values() for item in items if item.debt]
        self._read_taxes()
        self._read_proofs(debts)
        self.published = {}
        for block in env["cobranza.block"]._blocks():
            for debtor, on in block._insolvency_published(found).items():
                self.published[debtor] = min(on, self.published.get(debtor, on))
        about = [("debt_ids", "in", debts), ("state", "in", ("active", "breached"))]
        agreed = env["cobranza.agreement"].search(about).debt_ids
        self.agreed = set(agreed.move_id.ids)
        insured = env["cobranza.credit.insurance"]._in_force(self.company, day)
        self.insured = {
            ("debt", one.debt_id.id)
            if one.debt_id
            else ("debtor", one.debtor_id.id): to_decimal(one.covered) / HUNDRED
            for one in insured
        }
        people = self.moves.commercial_partner_id
        self.places = {
            ground: self.rules._vat_relief_places(people, ground)
            for ground in (UNPAID, INSOLVENCY)
        }

    def _read_taxes(self):
        """Base and tax of each invoice, as far as it may come back."""
        lines = self.env["account.move.line"]
        domain = [("move_id", "in", self.moves.ids), ("tax_line_id", "!=", False)]
        names = ["move_id", "tax_line_id", "account_id", "balance"]
        own = self.rules._vat_relief_taxes(lines.search_fetch(domain, names))
        self.taxes = defaultdict(lambda: ZERO)
        for line in own:
            self.taxes[line.move_id.id] -= to_decimal(line.balance)
        domain = [
            ("move_id", "in", list(self.taxes)),
            ("tax_ids", "in", own.tax_line_id.ids),
            ("display_type", "=", "product"),
        ]
        rows = lines._read_group(domain, ["move_id"], ["balance:sum"])
        self.bases = {move.id: -to_decimal(round(total, 6)) for move, total in rows}

    def _read_proofs(self, debts):
        self.env["cobranza.contact.effect"].flush_model()
        rows = self.env.execute_query(SQL(PROOFS, self.day, self.moves.ids))
        self.proofs = {move: (day, contact) for move, day, contact in rows}
        sued = set()
        for block in self.env["cobranza.block"]._blocks():
            sued |= block._claimed_in_court(debts, self.day)
        self.sued = set(self.env["cobranza.debt"].browse(sued).move_id.ids)
        reliefs = self.env["cobranza.vat.relief"]
        known = reliefs.search_fetch(
            [("move_id", "in", self.moves.ids)],
            ["move_id", "ground", "start_on", "secured", "typed_proof_on"],
        )
        self.known = {one._key(): one for one in known}

    # -- one invoice -------------------------------------------------------------------

    def _of_move(self, move, items, debtor):
        devengo = (
            move.delivery_date
            or move.taxable_supply_date
            or move.invoice_date
            or move.date
        )
        dues = {item.due for item in items} | {move.invoice_date_due or devengo}
        for start, days in starts(devengo, dues):
            own = [item for item in items if item.due in days or start == devengo]
            if start != devengo:
                own = [item for item in own if item.due < self.day]
            if not own:
                continue
            for ground in (UNPAID, INSOLVENCY):
                if ground == UNPAID or debtor.insolvent_on:
                    values = self._values(move, own, debtor, ground, start)
                    yield {**values, "one_instalment": start != devengo}

    def _window(self, ground, start, debtor):
        if ground == UNPAID:
            return unpaid_window(start, self.law, self.day)
        published = self.published.get(debtor.id) or debtor.insolvent_on
        return insolvency_window(published, self.law)

    def _proof(self, move, known):
        """(day or None, contact id, words) of how it was claimed; None: it was not."""
        if known and known.typed_proof_on and known.typed_proof_on <= self.day:
            return known.typed_proof_on, False, self.env._("Proof added by hand")
        if move in self.proofs:
            day, contact = self.proofs[move]
            name = self.env["cobranza.contact"].browse(contact).display_name
            return day, contact, name
        if move in self.sued:
            return None, False, self.env._("Claimed in court")
        return None

    def _covered(self, item, debtor):
        found = self.insured.get(("debt", item.debt))
        return found or self.insured.get(("debtor", debtor.id), ZERO)

    def _values(self, move, items, debtor, ground, start):
        law = self.law
        known = self.known.get((move.id, ground, start))
        window = self._window(ground, start, debtor)
        open_ = sum((item.open_company for item in items), ZERO)
        covered = sum(
            (item.open_company * self._covered(item, debtor) for item in items), ZERO
        )
        public = debtor.regime in law.public
        proof = self._proof(move.id, known)
        if public and not (known and known.typed_proof_on):
            proof = None  # its certificate takes the place of a claim
        unpaid = Unpaid(
            ground,
            start,
            window,
            open_,
            to_decimal(move.amount_total_signed),
            self.bases.get(move.id, ZERO),
            self.taxes.get(move.id, ZERO),
            debtor.regime,
            covered / open_ if open_ else ZERO,
            to_decimal(known.secured) if known else ZERO,
            self.places[ground].get(move.commercial_partner_id.id, ""),
            debtor.related_party,
            move.id in self.agreed,
            bool(proof),
            debtor.insolvent_on or None,
        )
        base, tax = part(unpaid, self.step)
        day, contact, words = proof or (False, False, False)
        return {
            "company_id": self.company.id,
            "debtor_id": debtor.id,
            "move_id": move.id,
            "ground": ground,
            "start_on": start,
            "opens_on": window.opens,
            "closes_on": window.closes,
            "open": float(open_),
            "base": float(base),
            "tax": float(tax),
            "blocked": ",".join(blockers(unpaid, law, self.step)),
            "proof_on": day or False,
            "proof_contact_id": contact or False,
            "proof_words": words or False,
            "code": law.codes.get(ground, ""),
            "article": law.articles.get(ground, ""),
        }
