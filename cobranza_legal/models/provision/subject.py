from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CobranzaProvisionSubjectMixin(models.AbstractModel):
    """What is known of one debt, or of all that a debtor owes, from a day on: its heirs
    have ``debtor_id``, ``debt_id``, ``company_id``, ``since`` and ``until``."""

    _name = "cobranza.provision.subject.mixin"
    _inherit = "cobranza.gate.mixin"
    _description = "What is known of a debt or a debtor"
    _check_company_auto = True

    @api.constrains("debtor_id", "debt_id")
    def _check_debt(self):
        for one in self:
            if one.debt_id and one.debt_id.debtor_id != one.debtor_id:
                raise ValidationError(
                    self.env._("Choose a debt of %s.", one.debtor_id.display_name)
                )

    @api.model
    def _in_force(self, company, day):
        """Those of a company that hold on a day, the latest last."""
        domain = Domain("company_id", "=", company.id) & Domain("since", "<=", day)
        domain &= Domain("until", "=", False) | Domain("until", ">=", day)
        return self.search(domain, order="since, id")
