from odoo import models
from odoo.tools import LazyTranslate

from ..common.approval import ApprovalKind
from .listing import KIND, LIVE, REPORTED
from .privacy import MATTERS

_lt = LazyTranslate(__name__)


EFFECT = "propose_listing"
"""Of levels of a policy."""


APPROVALS = (
    ApprovalKind(KIND, _lt("Report a debt to a credit register"), never_alone=True),
)


class CobranzaBlockListing(models.AbstractModel):
    """Credit registers: what is reported to them, and what they have to be told."""

    _name = "cobranza.block.listing"
    _inherit = "cobranza.block"
    _description = "Registers"

    _switch = "cobranza_legal.group_registers"

    def _stays_on_because(self):
        """What changes about a debt that a register knows has to be told the same
        day."""
        # sudo: of every company, for the switch is one for all
        known = self.env["cobranza.listing"].sudo()
        count = known.search_count([("state", "in", (*REPORTED, "removal_requested"))])
        return count and self.env._(
            "%s debts are in credit registers: ask for their removal and record the "
            "answers before you switch registers off.",
            count,
        )

    def _rows_of(self, registry):
        return {"cobranza.approval.kind": APPROVALS}.get(registry, ())

    def _upkept(self):
        return ("cobranza.listing",)

    def _daily(self, company, today):
        self.env["cobranza.listing"]._remind_due(company, today)

    def _debtors_judged(self, debtors):
        self.env["cobranza.listing"]._judge_of(debtors)

    def _propose(self, effect, debts_of):
        if effect != EFFECT:
            return super()._propose(effect, debts_of)
        ids = [debt for debts in debts_of.values() for debt in debts]
        listings = self.env["cobranza.listing"]
        listings._draft(self.env["cobranza.debt"].browse(ids))
        known = [("debt_id", "in", ids), ("state", "in", LIVE)]
        return set(listings.search(known).debt_id.ids)

    def _personal_matters(self):
        return MATTERS

    def _refusals_of_erasure(self, debtor, today):
        yield from debtor.listing_ids._refusals_of_erasure()

    def _is_to_erase(self, debtor, cutoff):
        return bool(debtor.listing_ids._over_before(cutoff))

    def _erase_matters(self, debtor, cutoff, why):
        over = debtor.listing_ids._over_before(cutoff)
        begin = debtor.company_id._cobranza_midnight(cutoff)
        files = over._erase(debtor.company_id._cobranza_today())
        files = files.filtered(lambda file: file.create_date < begin)
        # what hangs from a record by its place alone is its evidence
        files.write({"res_model": False, "res_id": False})
        self.env.flush_all()
        files._cobranza_erase(cutoff, why, debtor.company_id)
