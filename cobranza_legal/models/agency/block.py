from odoo import models
from odoo.tools import SQL, LazyTranslate

from ..common.reason import ReasonRow
from ..policy.level import LevelEffect
from .figures import DIMENSIONS, INDICATORS
from .notice import UNTOLD
from .placement import LIVE
from .privacy import MATTERS
from .rows import IN_AGENCY

_lt = LazyTranslate(__name__)


REASONS = (
    ReasonRow(
        IN_AGENCY,
        _lt("With a collection agency"),
        _lt("A collection agency asks for it: the ladder leaves it alone."),
        details="covered",
        keeps_data=True,
        tone="info",
    ),
)


EFFECT = "hand_over_agency"
"""Of levels of a policy."""


EFFECTS = (LevelEffect(EFFECT, _lt("Hands over to an agency")),)


COVERED = """
    SELECT r.cobranza_debt_id, p.until, NULL::int, NULL::date
      FROM cobranza_placement p
      JOIN cobranza_placement_debt_rel r ON r.cobranza_placement_id = p.id
     WHERE r.cobranza_debt_id = ANY(%s) AND p.state = 'placed'
       AND (p.until IS NULL OR p.until >= %s)
"""


class CobranzaBlockAgency(models.AbstractModel):
    """Collection agencies: debts that somebody else collects for us."""

    _name = "cobranza.block.agency"
    _inherit = "cobranza.block"
    _description = "Collection agencies"

    _switch = "cobranza_legal.group_agencies"
    _dialogs = ("cobranza.agency.handover",)

    def _stays_on_because(self):
        """A payment to us has to be told the same day to the agency that has the
        debt, and so has that it is to stop."""
        # sudo: of every company, for the switch is one for all
        known = self.env["cobranza.placement"].sudo()
        count = known.search_count([("state", "=", "placed")])
        if count:
            return self.env._(
                "%s handovers are with collection agencies: take them back before you "
                "switch agencies off.",
                count,
            )
        notices = self.env["cobranza.placement.notice"].sudo()
        count = notices.search_count([("state", "in", UNTOLD)])
        return count and self.env._(
            "%s notices wait to be told to collection agencies: tell them before you "
            "switch agencies off.",
            count,
        )

    def _rows_of(self, registry):
        rows = {
            "cobranza.decision.reason": REASONS,
            "cobranza.level.effect": EFFECTS,
            "cobranza.kpi.dimension": DIMENSIONS,
            "cobranza.kpi.indicator": INDICATORS,
        }
        return rows.get(registry, ())

    def _upkept(self):
        return "cobranza.placement", "cobranza.placement.notice"

    def _daily(self, company, today):
        self.env["cobranza.placement.notice"]._look_for_failures(company)

    def _covering(self, debt_ids, day):
        self.env["cobranza.placement"].flush_model(["state", "debt_ids", "until"])
        query = SQL(COVERED, list(debt_ids), day)
        return query, lambda rows: {row[0]: (IN_AGENCY, row[1]) for row in rows}

    def _debtors_judged(self, debtors):
        self.env["cobranza.placement"]._compare_of(debtors)

    def _propose(self, effect, debts_of):
        if effect != EFFECT:
            return super()._propose(effect, debts_of)
        ids = [debt for debts in debts_of.values() for debt in debts]
        placements = self.env["cobranza.placement"]
        placements._draft(self.env["cobranza.debt"].browse(ids))
        known = [("debt_ids", "in", ids), ("state", "in", LIVE)]
        return {*placements.search(known).debt_ids.ids} & {*ids}

    def _personal_matters(self):
        return MATTERS

    def _refusals_of_erasure(self, debtor, today):
        yield from debtor.placement_ids._refusals_of_erasure()

    def _is_to_erase(self, debtor, cutoff):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        return bool(debtor.placement_ids._over_before(begin))

    def _erase_matters(self, debtor, cutoff, why):
        begin = debtor.company_id._cobranza_midnight(cutoff)
        files = debtor.placement_ids._over_before(begin)._erase(why)
        # what hangs from a record by its place alone is its evidence
        files.write({"res_model": False, "res_id": False})
        self.env.flush_all()
        files._cobranza_erase(cutoff, why, debtor.company_id)
