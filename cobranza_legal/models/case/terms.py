from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...kernel.lawyer_fees import LawyerTerms
from ..common.money import to_decimal, unit

MONEY = "cobranza_legal.group_collection_manager,cobranza_legal.group_accountant"
"""Who sees what was agreed with lawyers."""


class CobranzaLawyerTerms(models.Model):
    """What a lawyer or a law firm takes for a case: a fixed fee and one percentage of
    what is recovered, within bounds. What was agreed for one case goes before."""

    _name = "cobranza.lawyer.terms"
    _inherit = "cobranza.traced.mixin"
    _description = "Terms of a lawyer"
    _order = "partner_id, valid_from desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _traced = (
        *("partner_id", "case_id", "fixed", "share", "least", "most"),
        *("valid_from", "valid_until"),
    )

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Lawyer or firm", required=True, ondelete="restrict", index=True
    )
    case_id = fields.Many2one(
        "cobranza.case",
        "For one case",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="Empty: for all cases that are handed over to it.",
    )
    valid_from = fields.Date(help="For cases handed over from this day. Empty: ever.")
    valid_until = fields.Date(help="Last day. Empty: without end.")
    fixed = fields.Monetary("Fixed fee", help="For each case.")
    share = fields.Float("Of recoveries", help="Percent of what is recovered.")
    least = fields.Monetary("At least")
    most = fields.Monetary("At most", help="0: no limit.")
    note = fields.Text()

    _amounts = models.Constraint(
        "CHECK (COALESCE(fixed, 0) >= 0 AND COALESCE(least, 0) >= 0 "
        "AND COALESCE(most, 0) >= 0 AND COALESCE(share, 0) BETWEEN 0 AND 100)",
        "Fees are not negative, and a percentage is from 0 to 100.",
    )
    _bounds = models.Constraint(
        "CHECK (COALESCE(most, 0) = 0 OR most >= COALESCE(least, 0))",
        "The most is not less than the least.",
    )
    _dates = models.Constraint(
        "CHECK (valid_until IS NULL OR valid_from IS NULL "
        "OR valid_until >= valid_from)",
        "Terms end after they began.",
    )

    @api.constrains("partner_id", "case_id", "valid_from", "valid_until", "company_id")
    def _check_one_at_a_time(self):
        for one in self:
            same = self.search(
                [
                    ("id", "!=", one.id),
                    ("company_id", "=", one.company_id.id),
                    ("partner_id", "=", one.partner_id.id),
                    ("case_id", "=", one.case_id.id),
                ]
            )
            clash = same.filtered(lambda other, one=one: one._overlaps(other))
            if clash:
                raise ValidationError(
                    self.env._(
                        "%s has other terms for some of these days.",
                        one.partner_id.display_name,
                    )
                )

    def _overlaps(self, other):
        first = max(self.valid_from or date.min, other.valid_from or date.min)
        last = min(self.valid_until or date.max, other.valid_until or date.max)
        return first <= last

    def _kernel(self):
        """``kernel.lawyer_fees.LawyerTerms``, in the currency of the company."""
        self.ensure_one()
        currency = self.company_id.currency_id
        return LawyerTerms(
            currency.name,
            fixed=to_decimal(self.fixed),
            share=to_decimal(self.share) / 100,
            floor=to_decimal(self.least),
            cap=to_decimal(self.most) or None,
            rounding_unit=unit(currency),
        )

    @api.model
    def _of_cases(self, cases):
        """{case: the terms that hold for it}: those of the case before those of its
        firm or of its first lawyer, by the day of the handover. As superuser."""
        people = cases.firm_id | cases.lawyer_ids.partner_id
        people |= people.commercial_partner_id
        found = self.search(
            Domain("company_id", "in", cases.company_id.ids)
            & Domain("partner_id", "in", people.ids)
            & (Domain("case_id", "=", False) | Domain("case_id", "in", cases.ids))
        )
        return {case: found._for_case(case) for case in cases}

    def _for_case(self, case):
        company = case.company_id or self.env.company
        day = case.handed_on or company._cobranza_today()
        lawyers = case.lawyer_ids[:1].partner_id
        order = [*case.firm_id, *lawyers, *lawyers.commercial_partner_id]
        mine = self.filtered(
            lambda one: (
                one.company_id == case.company_id
                and one.case_id in (case, case.browse())
                and one.partner_id in order
                and (not one.valid_from or one.valid_from <= day)
                and (not one.valid_until or one.valid_until >= day)
            )
        )
        return mine.sorted(lambda one: (not one.case_id, order.index(one.partner_id)))[
            :1
        ]
