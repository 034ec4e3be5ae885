from odoo import api, models

from ..kernel.money import round_to
from .assessment import Assessment
from .bridge import to_decimal, unit


class CobranzaCharge(models.Model):
    """A fee whose proof fails later, as by a late bounce, is assessed again."""

    _inherit = "cobranza.charge"

    @api.model
    def _reassess(self, contacts):
        """Judge again the fees that these contacts prove; the new charges.

        A fee that another notice proves only changes its proof. Otherwise all fees of
        its base are reversed, and assessed anew with the values of their own day.
        """
        # sudo: delivery events arrive from mail servers and from any collector
        fees = self.sudo().search(
            [
                ("proof_contact_id", "in", contacts.ids),
                ("kind", "=", "fee"),
                ("state", "!=", "reversed"),
            ]
        )
        new = self.browse()
        for company, group in fees.grouped("company_id").items():
            rules = company._cobranza_rules()
            proofs = rules._free_notice_proof(group.debt_id, company._cobranza_today())
            lost = group.browse()
            for fee in group:
                proof = proofs.get(fee.debt_id.id)
                if not proof:
                    lost |= fee
                elif proof != fee.proof_contact_id:
                    fee._through_gate().proof_contact_id = proof
                    fee._log(self.env._("Proven by another notice"))
            reason = self.env._("The free notice is no longer proven")
            for key in sorted(set(lost.mapped("group_key"))):
                new |= self._reassess_group(rules, key, reason, lost)
        return new

    def _reassess_group(self, rules, key, reason, lost=(), bases=None):
        """Reverse the assessed fees of one base and charge what is still allowed: less
        the ``lost`` proofs, on other ``bases`` {debt id: amount} where some are given.
        A waived fee stays waived.
        """
        company = rules.env.company
        domain = [("group_key", "=", key), ("company_id", "=", company.id)]
        domain += [("kind", "=", "fee"), ("state", "!=", "reversed")]
        fees = self.sudo().search(domain, order="id")
        live = fees.filtered(lambda fee: fee.state == "assessed")
        if not live:
            return live
        # first, so that what limits a fee no longer counts the one that is judged again
        live._set_state("reversed", reason)
        live.flush_recordset()
        drafts = self._fees_again(company, rules, fees, lost, bases or {})
        found = {fee.debt_id.id: fee for fee in live}
        drafts = [draft for draft in drafts if draft["debt_id"] in found]
        for draft in drafts:
            former = found[draft["debt_id"]]
            draft["level_id"] = former.level_id.id
            draft["run_id"] = former.run_id.id
            draft["group_key"] = f"{key}+{fees[-1].id}"
        charges = self.sudo().create(drafts)
        charges._log(self.env._("Assessed again"), reason)
        return charges

    def _fees_again(self, company, rules, fees, lost, changed):
        """Drafts of the whole base on its own day, without the lost proofs and with
        the bases that have ``changed``."""
        on = fees[0].assessed_on
        due = {one: one.date_maturity or one.original_due_date for one in fees.debt_id}
        bases = {
            fee.debt_id: changed.get(
                fee.debt_id.id, round_to(to_decimal(fee.base), unit(fee.currency_id))
            )
            for fee in fees
        }
        bases = {debt: base for debt, base in bases.items() if base > 0}
        table = company._cobranza_legal_table(min(due.values()), on)
        work = Assessment(company, rules, on, table, bases, due)
        regime = fees[0].debtor_id.regime
        schedule, values = self._ask_law(work, "_fee_schedule", fees.debt_id, regime)
        if schedule:
            proofs = {
                fee.debt_id.id: fee.proof_contact_id
                for fee in fees
                if fee.proof_contact_id and fee not in lost
            }
            self._draft_fee(work, bases, schedule, values, proofs)
        return work.drafts
