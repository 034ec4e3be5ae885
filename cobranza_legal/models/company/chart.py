from odoo import models


class AccountChartTemplate(models.AbstractModel):
    """A chart that is loaded brings the accounts of cheques, bills and bad debts."""

    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        result = super()._post_load_data(template_code, company, template_data)
        (company or self.env.company)._cobranza_fill_accounts()
        return result
