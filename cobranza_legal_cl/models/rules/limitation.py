from odoo import models
from odoo.tools import LazyTranslate

from odoo.addons.cobranza_legal.kernel.limitation import Reach, Term, TermRow
from odoo.addons.cobranza_legal.models.limitation.kinds import ClaimKind

from ..law import law
from ..text import text as wording

_lt = LazyTranslate(__name__)


KINDS = (
    ClaimKind("commercial", _lt("Chile: commercial obligations")),
    ClaimKind("ordinary", _lt("Chile: other obligations")),
    ClaimKind("professional", _lt("Chile: fees of professionals")),
    ClaimKind("retail", _lt("Chile: goods sold at retail")),
    ClaimKind("services", _lt("Chile: services by the piece or periodic, lodging")),
)


BUSINESS = ("commercial", "ordinary")
"""Kinds that a claim against a company or a public body may be of."""


SHORT = ("professional", "retail", "services")
"""CC arts. 2521 and 2522: a term granted makes them ordinary ones (2523)."""


ACKNOWLEDGED = frozenset(
    (
        *("acknowledgement", "acknowledgement_deed", "executive_title", "suit"),
        "other",
    )
)
"""CC arts. 2503 and 2518."""


TITLED = frozenset({"executive_title", "suit"})
"""Only a title of CPC 434 makes the executive action begin anew."""


SUED = frozenset({"suit"})


SUSPENDED = frozenset({"suspension"})
"""The renegotiation of a person's debts: Ley 20.720 art. 264."""


EXECUTIVE = {
    "invoice": ("invoice", TITLED, False),
    "bill": ("bill", SUED, True),
    "cheque": ("cheque", SUED, False),
    "deed": ("executive", TITLED, False),
}
"""{title: (key of its term, what moves it, whether only against whom it was done)}; Ley
18.092 art. 100: interrupted only against who is notified."""


class CobranzaClaimKind(models.AbstractModel):
    _inherit = "cobranza.claim.kind"

    def _rows(self):
        return (*super()._rows(), *KINDS)


class CobranzaRulesCl(models.AbstractModel):
    """Chile: when the executive and the ordinary action are time-barred, what
    interrupts that, and against whom."""

    _inherit = "cobranza.rules.cl"

    def _claim_kinds(self):
        return tuple(kind.code for kind in KINDS)

    def _limitation(self, debts):
        """The executive action of the title: one year of an invoice from its due date
        (Ley 19.983 art. 10), a bill (Ley 18.092 art. 98) and a cheque from its protest
        (DFL 707 art. 34), else three (CC 2515); and the ordinary one: four years of
        commercial obligations (CCom 822), five of others (CC 2515), two of professional
        fees, one of retail and services (CC 2521, 2522)."""
        if not debts:
            return {}
        days = [one._due_on() for one in debts]
        company = debts.company_id
        table = company._cobranza_legal_table(min(days), company._cobranza_today())
        stated = debts._stated_kinds()
        return {
            debt.id: list(self._terms_of(debt, day, table, stated[debt.id]))
            for debt, day in zip(debts, days, strict=True)
        }

    def _terms_of(self, debt, start, table, stated):
        company = debt.company_id
        for title in debt._titles():
            if title in EXECUTIVE:
                key, acts, personal = EXECUTIVE[title]
                # a cheque whose protest nobody has written down: the earlier day
                protested = debt.protested_on if title == "cheque" else None
                first = protested or start
                alone = {"personal": personal}
                yield self._term(
                    table, "executive", key, first, acts | SUSPENDED, **alone
                )
        paid = {"part_payment"} if company.cobranza_payment_interrupts else set()
        asked = {"claim"} if company.l10n_cl_requirement_interrupts else set()
        for kind in self._kinds_of(debt, stated):
            acts = ACKNOWLEDGED | SUSPENDED | paid
            if kind not in SHORT:
                yield self._term(table, "ordinary", kind, start, acts)
                continue
            after = self._term(table, "ordinary", "ordinary", start, ()).rows
            turned = {"turned_by": frozenset({"term_granted"}), "after": after}
            yield self._term(table, "ordinary", kind, start, acts | asked, **turned)

    def _kinds_of(self, debt, stated):
        known = [kind for kind in self._claim_kinds() if kind in stated]
        if known:
            return known
        protected = debt.debtor_id.regime in law.PROTECTED
        return self._claim_kinds() if protected else BUSINESS

    def _term(self, table, action, kind, start, acts, **values):
        rows = [row for row in table.series(law.LIMITATION, kind).rows if row.value]
        return Term(
            action,
            kind,
            start,
            tuple(TermRow(row.first, int(row.value)) for row in rows),
            frozenset(acts),
            article=rows[-1].article if rows else "",
            **values,
        )

    def _act_reach(self, kind):
        """Those who answer for the whole are reached, nobody else (CC 2519)."""
        alone = ("insolvency", "other", "suspension")
        return Reach.OWN if kind in alone else Reach.SOLIDARY

    def _suit_interrupts(self, procedure):
        """A claim that was not served interrupts nothing (CC 2503 N° 1), a bill only
        against whom it was notified (Ley 18.092 art. 100); what only prepares the
        execution is not taken for a suit, which is the strict reading. Withdrawn or
        abandoned it has interrupted nothing (CC 2503 N° 2)."""
        return super()._suit_interrupts(procedure)

    def _court_words(self):
        """The sentence of Ley 19.496 art. 37, and what collectors are told not to say,
        threaten nobody."""
        terms, allowed = super()._court_words()
        return terms, (*allowed, *wording.SENTENCES)
