from datetime import timedelta

from odoo import api, fields, models


class CobranzaDocumentCustody(models.Model):
    """What a deposit at a court means for the proceedings of the debt."""

    _inherit = "cobranza.document.custody"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        for row in rows.filtered(lambda one: one.kind == "deposited"):
            row._end_deposits()
        return rows

    def _end_deposits(self):
        """Whoever has to deposit the originals of a suit has done it with the last
        one; one that was late stays missed."""
        self.ensure_one()
        # sudo: it follows from the deposit, whoever works on the case
        cases = self.sudo().document_id.debt_id.case_ids
        for one in cases.deadline_ids.filtered("deposits"):
            in_time = one.state == "open" or (
                one.state == "missed" and self.day <= one._last_day()
            )
            if in_time and not one.proceeding_id._papers_to_deposit():
                one._end_done(self.day, self.court)


class CobranzaProceeding(models.Model):
    """Originals on paper that are deposited at the court where it is filed."""

    _inherit = "cobranza.proceeding"

    def _papers_to_deposit(self):
        """The titles on paper of its debts that are not at a court. As superuser."""
        self.ensure_one()
        papers = self.case_id.debt_ids.document_ids.filtered("paper")
        return papers.filtered(
            lambda one: (
                one.state != "not_applicable"
                and one.custody not in ("deposited", "given_back")
            )
        )

    def _open_deposit(self):
        """Where the law wants the originals at the court, somebody has to deposit them:
        by the day of filing, or as many days later as the company says."""
        for one in self.sudo():  # sudo: it follows from the filing, whoever files
            article = one.company_id._cobranza_rules()._title_deposit(one.type_id)
            papers = one._papers_to_deposit() if article else ()
            if not papers:
                continue
            names = ", ".join(papers.mapped("display_name"))
            one.deadline_ids.create(
                {
                    "proceeding_id": one.id,
                    "name": self.env._("Deposit the original at the court: %s", names),
                    "article": article,
                    "deposits": True,
                    "number": 1 + one.company_id.cobranza_deposit_days,
                    "unit": "natural_day",
                    "from_receipt": False,
                    "start_on": one.filed_on - timedelta(days=1),
                    "who": "us",
                    "user_id": one.user_id.id,
                }
            )


class CobranzaDeadline(models.Model):
    """Deadlines by which originals are deposited."""

    _inherit = "cobranza.deadline"

    deposits = fields.Boolean(
        "Deposit of originals",
        readonly=True,
        copy=False,
        help="It ends when the last title on paper is deposited at the court.",
    )
