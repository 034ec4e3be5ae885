"""Who is sued in a proceeding: the debtor and who answers with it, or these alone."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..common.deletion import discard


class CobranzaProceeding(models.Model):
    """Against whom it goes. What stops executions against a debtor in insolvency
    proceedings does not stop those against who answers beside it."""

    _inherit = "cobranza.proceeding"

    spares_debtor = fields.Boolean(
        "Not against the debtor",
        help="Only those who answer beside the debtor are sued, such as solidary "
        "guarantors: its insolvency proceedings do not stop that.",
    )
    may_spare = fields.Boolean(
        "Somebody else answers alone", compute="_compute_may_spare", compute_sudo=True
    )

    @api.depends("case_id.obligor_ids")
    def _compute_may_spare(self):
        for one in self:
            day = (one.company_id or self.env.company)._cobranza_today()
            one.may_spare = bool(
                one.case_id and one.case_id.obligor_ids._answering_alone(day)
            )

    @api.constrains("spares_debtor", "case_id")
    def _check_spares_debtor(self):
        for one in self.filtered(lambda row: row.spares_debtor and not row.filed_on):
            # sudo: whoever works on the case knows from whom it claims
            case, day = one.case_id.sudo(), one.company_id._cobranza_today()
            if not case.obligor_ids._answering_alone(day):
                raise ValidationError(
                    self.env._(
                        "%s: nobody from whom it claims may be sued without the "
                        "debtor. Say on the case who answers for its debts as a "
                        "solidary debtor or guarantor.",
                        case.display_name,
                    )
                )

    def _people(self, day=None):
        """Those against whom it goes. As superuser."""
        self.ensure_one()
        case = self.case_id
        if self.spares_debtor:
            return case.obligor_ids._answering_alone(
                day or self.company_id._cobranza_today()
            ).partner_id
        return case.partner_id | case.obligor_ids.partner_id

    def _change_opponents(self):
        """Who is sued has changed: the debtor leaves its opponents, or comes back."""
        for one in self:
            # sudo: they are proposed, whoever prepares it
            mine = one.sudo()
            people = mine._people()
            gone = mine.party_ids.filtered(
                lambda row, mine=mine, people=people: (
                    row.capacity == "opponent"
                    and row.partner_id == mine.case_id.partner_id
                    and row.partner_id not in people
                )
            )
            discard(gone._through_gate())
            one._add_opponents()
