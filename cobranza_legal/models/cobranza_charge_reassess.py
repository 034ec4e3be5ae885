from odoo import api, models

from .assessment import Assessment
from .cobranza_charge import STANDING


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
            for fees in self._fee_groups(lost).values():
                bases = {one.debt_id.id: one._base_charged() for one in fees}
                new |= self._reassess_group(rules, fees, reason, lost, bases)
        return new

    def _fee_groups(self, fees):
        """{key: fees} of every base that these are part of: those that stand, are
        waived, or that a settlement took away."""
        domain = [
            ("group_key", "in", fees.mapped("group_key")),
            ("company_id", "in", fees.company_id.ids),
            ("kind", "=", "fee"),
            "|",
            ("state", "!=", "reversed"),
            ("outdated", "=", True),
        ]
        known = self.sudo().search(domain, order="id") if fees else self
        found = known.filtered("outdated")
        known -= found - found._events(found.debt_id)
        return known.grouped("group_key")

    def _reassess_group(self, rules, fees, reason, lost, bases):
        """Reverse the assessed fees of one base and charge what is still allowed on
        ``bases`` {debt id: amount}, less the ``lost`` proofs.

        A waived fee stays waived. What comes to nothing may be charged again when its
        base comes back.
        """
        company = rules.env.company
        open_ones = fees.filtered(lambda fee: fee.state != "waived")
        live = open_ones.filtered(lambda fee: fee.state in STANDING)
        # first, so that what limits a fee no longer counts the one that is judged again
        live._withdraw(reason)
        live.flush_recordset()
        drafts, done = self._fees_again(company, rules, fees, lost, bases)
        found = {fee.debt_id.id: fee for fee in open_ones}
        drafts = [draft for draft in drafts if draft["debt_id"] in found]
        for draft in drafts:
            former = found[draft["debt_id"]]
            draft["level_id"] = former.level_id.id
            draft["run_id"] = former.run_id.id
            draft["group_key"] = former.group_key
            draft["origin_id"] = (former.origin_id or former).id
        charges = self.sudo().create(drafts)
        charges._log(self.env._("Assessed again"), reason)
        gone = open_ones.filtered(lambda fee: fee.debt_id not in charges.debt_id)
        gone._through_gate().outdated = True
        (open_ones - gone)._through_gate().outdated = False
        if not done:
            gone.debt_id.write({"charge_stale": True})
        return charges

    def _fees_again(self, company, rules, fees, lost, bases):
        """(drafts of the whole base on its own day, without the lost proofs; whether
        the law could be asked)."""
        on = fees[0].assessed_on
        due = {one: one.date_maturity or one.original_due_date for one in fees.debt_id}
        bases = {fee.debt_id: bases[fee.debt_id.id] for fee in fees}
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
        parameters = self.env["cobranza.parameter"].sudo()
        parameters._report_missing(company, work.missing.values())
        return work.drafts, bool(schedule)
