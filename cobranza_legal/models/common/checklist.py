"""Which documents lack, of many customers or debts at once."""

from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

FILED = ("received", "checked")
"""States of a file in which nobody is asked for it while it is good."""

READ_OF_DEBTORS = ["partner_id", "regime", "payer_id", "terms_informed_on"]
"""Fields of debtors by which their documents are judged."""

WAIVED = "not_applicable"
"""The state in which nobody is asked for it at all."""

OPEN = [
    ("nature", "=", "principal"),
    ("settled", "=", False),
    ("void_reason", "=", False),
]
"""Domain of the debts whose documents are asked for."""


class Asked(NamedTuple):
    """A row of a checklist, as plain values."""

    id: int
    code: str
    source: str
    required: bool


class DocumentChecklist:
    """The checklists of one company on one day. ``env`` is any: it reads as superuser,
    what is of this company and nothing else, in a number of queries that does not grow
    with the customers or debts that are asked about.

    Nothing is stored of what lacks: a document lacks while its row of the checklist is
    asked for and neither a file of it is good nor what stands elsewhere says so.
    """

    def __init__(self, env, company, day=None):
        self.company = company._cobranza_creditor()
        # whatever the screen shows, what was archived asks for nothing
        context = {**env.context, "active_test": True}
        self.env = env(su=True, context=context)
        self.day = day or self.company._cobranza_today()
        self.rules = self.company.with_env(self.env)._cobranza_rules()
        self._known = {}

    def asked(self, regime, title=None):
        """[Asked] of the customers of a regime; with a title, of such debts."""
        key = (regime, title)
        if key not in self._known:
            rows = self.rules._document_checklist(regime, title)
            self._known[key] = [
                Asked(row.id, row.code, row.source, row.required) for row in rows
            ]
        return self._known[key]

    # -- customers ---------------------------------------------------------------------

    def of_partners(self, partner_ids):
        """{id of a commercial partner: [id of a type]} of what is required of them
        before any debt and lacks; those of whom nothing lacks are left out."""
        return _lacking(self.standing(partner_ids))

    def standing(self, partner_ids, debtors=None):
        """{id of a commercial partner: {Asked: state}} of all that is asked of it, a
        state of ``cobranza.document``. ``debtors``: those of these partners, where they
        are known."""
        ids = list(partner_ids)
        if debtors is None:
            debtors = self._debtors(ids)
        debtors = {one.partner_id.id: one for one in debtors}
        regimes = {partner: one.regime for partner, one in debtors.items()}
        others = [one for one in ids if one not in debtors]
        if others:
            people = self.env["res.partner"].browse(others)
            regimes |= self.rules._debtor_regime(people)
        asked = {partner: self.asked(regimes[partner]) for partner in ids}
        sources = {row.source for rows in asked.values() for row in rows} - {"file"}
        found = {
            source: self._derived(source, ids, regimes, debtors) for source in sources
        }
        present = self._present(Domain("debt_id", "=", False), "debtor_id", debtors)
        return {
            partner: {
                row: self._state(row, found, partner, present.get(partner, ()))
                for row in rows
            }
            for partner, rows in asked.items()
        }

    @staticmethod
    def _state(row, found, key, present):
        if row.code in present:
            return "received"
        return found.get(row.source, {}).get(key, "missing")

    def _debtors(self, partner_ids):
        return (
            self.env["cobranza.debtor"]
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("company_id", "=", self.company.id),
                    ("partner_id", "in", partner_ids),
                ],
                READ_OF_DEBTORS,
            )
        )

    def _present(self, domain, name, debtors=None):
        """{id: {code of a type}} of the files that are there, by the record in the
        field ``name``; with ``debtors`` by the partner of the debtor. By code, since of
        the rows of one code another may stand tomorrow."""
        domain &= Domain("company_id", "=", self.company.id)
        good = Domain("expires_on", "=", False) | Domain("expires_on", ">=", self.day)
        domain &= (Domain("state", "in", FILED) & good) | Domain("state", "=", WAIVED)
        owners = None
        if debtors is not None:
            owners = {one.id: partner for partner, one in debtors.items()}
            domain &= Domain("debtor_id", "in", list(owners))
        found = {}
        groups = self.env["cobranza.document"]._read_group(domain, [name, "type_id"])
        for record, kind in groups:
            key = owners[record.id] if owners is not None else record.id
            found.setdefault(key, set()).add(kind.code)
        return found

    def _derived(self, source, ids, regimes, debtors):
        """{partner id: state} of those of whom something else says so."""
        own = getattr(self, f"_by_{source}", None)
        if own:
            return own(ids, regimes, debtors)
        blocks = self.env["cobranza.block"]
        names = {
            row.code
            for block in blocks._live_blocks()
            for row in (block._rows_of("cobranza.document.source"))
        }
        if source not in names:  # of a block that is switched off, or gone
            return dict.fromkeys(ids, "not_applicable")
        found = {}
        for block in blocks._live_blocks():
            found |= block._documents_satisfied(source, self.company, ids, self.day)
        return found

    def _by_terms(self, ids, regimes, debtors):
        """As what charges need: ``cobranza.rules._terms_unknown``."""
        found = {}
        known = self.env["cobranza.debtor"].browse(one.id for one in debtors.values())
        if known:
            known.fetch(["terms_file_ids"])
        for partner in ids:
            debtor = debtors.get(partner)
            if not self.rules._terms_needed_of(regimes[partner]):
                found[partner] = "not_applicable"
            elif debtor and not self.rules._terms_unknown(debtor):
                found[partner] = "checked"
        return found

    def _by_payer(self, ids, _regimes, debtors):
        """Nobody else pays, as far as we know; or who pays can be reached."""
        found = {}
        for partner in ids:
            payer = partner in debtors and debtors[partner].payer_id
            if not payer:
                found[partner] = "not_applicable"
            elif payer.email or payer.phone:
                found[partner] = "checked"
        return found

    # -- debts -------------------------------------------------------------------------

    def of_debts(self, domain):
        """{id of a debt: [id of a type]} of what is required of the open debts of a
        domain, and lacks."""
        return _lacking(self.standing_of_debts(domain)[0])

    def standing_of_debts(self, domain):
        """({id of a debt: {Asked: state}}, {id of a debt: id of its debtor}) of the
        open debts of a domain."""
        domain = Domain(domain) & Domain(OPEN)
        domain &= Domain("company_id", "=", self.company.id)
        debts = self.env["cobranza.debt"].search_fetch(
            domain, ["debtor_id", "title", "move_id"], order="id"
        )
        debtors = debts.debtor_id
        if debtors:
            debtors.fetch(["regime"])
        present = self._present(Domain("debt_id", "in", debts.ids), "debt_id")
        debts.move_id.fetch(["move_type", "state"])
        posted = self._posted(debts.move_id)
        result = {}
        for debt in debts:
            found = {"entry": {debt.id: "checked"} if debt.move_id.id in posted else {}}
            result[debt.id] = {
                row: self._state(row, found, debt.id, present.get(debt.id, ()))
                for row in self.asked(debt.debtor_id.regime, debt._known_title())
            }
        return result, {debt.id: debt.debtor_id.id for debt in debts}

    @staticmethod
    def _posted(moves):
        """Ids of those of these that are posted invoices."""
        kinds = ("out_invoice", "out_receipt")
        return {
            move.id
            for move in moves
            if move.state == "posted" and move.move_type in kinds
        }

    # -- debtors -----------------------------------------------------------------------

    def of_debtors(self, debtors):
        """{id of a debtor: [id of a type]} of what lacks of the customers and of their
        open debts, each once."""
        debtors = debtors.with_env(self.env)
        debtors.fetch(READ_OF_DEBTORS)
        partners = {one.partner_id.id: one.id for one in debtors}
        lacking = _lacking(self.standing(partners, debtors))
        result = {partners[partner]: types for partner, types in lacking.items()}
        standing, owners = self.standing_of_debts([("debtor_id", "in", debtors.ids)])
        for debt, types in _lacking(standing).items():
            known = result.setdefault(owners[debt], [])
            known += [one for one in types if one not in known]
        return result

    # -- whom the filters ask about ----------------------------------------------------

    def customers(self):
        """Ids of the commercial partners that are customers of this company."""
        domain = Domain("customer_rank", ">", 0) | Domain(
            "cobranza_debtor_ids", "any", [("company_id", "=", self.company.id)]
        )
        domain &= Domain("company_id", "in", [*self.company._cobranza_tree(), False])
        domain &= Domain("parent_id", "=", False) | Domain("is_company", "=", True)
        return self.env["res.partner"].search(domain).ids

    def names(self, env, ids):
        """The names of these types, in the language of ``env``."""
        kinds = self.env["cobranza.document.type"].with_context(
            lang=env.context.get("lang"), active_test=False
        )
        return ", ".join(kinds.browse(ids).mapped("name"))


def _lacking(standing):
    found = {
        key: [
            row.id for row, state in rows.items() if row.required and state == "missing"
        ]
        for key, rows in standing.items()
    }
    return {key: ids for key, ids in found.items() if ids}


def creditors(env):
    """The companies that claim for those that the user works in now."""
    return {company._cobranza_creditor() for company in env.companies}


def among(alias, column, ids):
    """SQL by which a list is grouped: whether ``column`` is one of ``ids``."""
    return SQL("(%s = ANY(%s))", SQL.identifier(alias, column), list(ids))


def truth(domain_of, positive):
    """The domain of those for whom a computed flag is ``positive``."""
    return domain_of if positive else ~domain_of
