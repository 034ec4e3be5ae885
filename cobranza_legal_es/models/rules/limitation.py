from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.kernel.limitation import Reach, Term, TermRow
from odoo.addons.cobranza_legal.models.limitation.kinds import ClaimKind

from ..law.spain import REGIONS
from .rules import LIMITATION

_lt = LazyTranslate(__name__)


CATALONIA = REGIONS["CT"]


KINDS = (
    ClaimKind("personal", _lt("Spain: sales to traders, services, other contracts")),
    ClaimKind("periodic", _lt("Spain: rents and periodic payments")),
    ClaimKind("lodging", _lt("Spain: lodging, teaching, sales to non-traders")),
    ClaimKind("freight", _lt("Spain: land freight")),
    ClaimKind(
        "catalan_short",
        _lt("Catalonia: periodic payments, services, sales to consumers"),
    ),
    ClaimKind("catalan", _lt("Catalonia: everything else")),
)


UNKNOWN = ("personal", "lodging")
"""Kinds that a claim may be of which nobody has said anything: whether somebody lodges,
teaches or sells to one who is no trader, no record tells."""


ACTS = frozenset(
    (
        *("claim", "acknowledgement", "acknowledgement_deed", "executive_title"),
        *("suit", "insolvency", "other"),
    )
)
"""CC art. 1973; TRLC art. 155."""


SUSPENDED = frozenset({"suspension"})


BILL = frozenset({"suit"})


REACH = {
    "acknowledgement_deed": Reach.ALL,
    "suit": Reach.ALL,
    "insolvency": Reach.OWN,
    "other": Reach.OWN,
    "suspension": Reach.OWN,
}


class CobranzaClaimKind(models.AbstractModel):
    _inherit = "cobranza.claim.kind"

    def _rows(self):
        return (*super()._rows(), *KINDS)


class CobranzaRulesEs(models.AbstractModel):
    """Spain: when claims are time-barred, what interrupts that, and against whom."""

    _inherit = "cobranza.rules.es"

    def _claim_kinds(self):
        return tuple(kind.code for kind in KINDS)

    def _limitation(self, debts):
        """Personal actions five years (fifteen before Ley 42/2015), rents and periodic
        payments five, lodging, teachers and sales to non-traders three, land freight
        one; Catalonia ten and three; bills three against the acceptor, besides. Counted
        from the due date. CC 1964.2, 1966, 1967; Ley 15/2009 79; CCCat 121-20 and
        121-21; LCCh 88."""
        if not debts:
            return {}
        days = [one._due_on() for one in debts]
        company = debts.company_id
        table = company._cobranza_legal_table(min(days), company._cobranza_today())
        paid = {"part_payment"} if company.cobranza_payment_interrupts else set()
        stated = debts._stated_kinds()
        return {
            debt.id: list(self._terms_of(debt, day, table, ACTS | paid, stated))
            for debt, day in zip(debts, days, strict=True)
        }

    def _terms_of(self, debt, start, table, moved, stated):
        for kind in self._kinds_of(debt, stated[debt.id]):
            # a written claim only suspends it (Ley 15/2009 art. 79), until a day that
            # a person writes down
            freight = kind == "freight"
            acts = (moved - {"claim"}) | SUSPENDED if freight else moved
            yield self._term(table, "ordinary", kind, start, acts)
        if "bill" in debt._titles():
            yield self._term(table, "executive", "bill", start, BILL, personal=True)

    def _kinds_of(self, debt, stated):
        known = [kind for kind in self._claim_kinds() if kind in stated]
        if known:
            return known
        states = (debt.partner_id | debt.company_id.partner_id).state_id.mapped("code")
        catalan = set(states) & set(CATALONIA)
        return ("catalan_short", *UNKNOWN) if catalan else UNKNOWN

    def _term(self, table, action, kind, start, acts, **values):
        rows = [row for row in table.series(LIMITATION, kind).rows if row.value]
        return Term(
            action,
            kind,
            start,
            tuple(TermRow(row.first, int(row.value) * 12) for row in rows),
            frozenset(acts),
            article=rows[-1].article if rows else "",
            **values,
        )

    def _suit_interrupts(self, procedure):
        """The exercise of the action before a court interrupts it, from the day on
        which the claim is filed (CC 1973). A suit that was withdrawn is taken to have
        interrupted nothing, which is the strict reading."""
        return "filed"

    def _later_debts_join(self, procedure):
        """Instalments of what is claimed that fall due later are added: to a
        declaratory claim of periodic payments (LEC 220) and to an enforcement (LEC
        578). A payment order is for what is due when it is asked for (LEC 812)."""
        articles = {"declaratory": "LEC, art. 220", "executive": "LEC, art. 578"}
        return articles.get(procedure.nature, "")

    def _act_reach(self, kind):
        """Solidary debtors and heirs are reached (CC 1974); a guarantor only when the
        debtor is sued or acknowledged in a public deed (1975); nobody else by the
        debtor's insolvency (TRLC 155)."""
        return REACH.get(kind, Reach.SOLIDARY)
