from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..kernel.errors import KernelError


class CobranzaPrivacyRequest(models.Model):
    """By when a request is answered: the term of the law, and its one extension."""

    _inherit = "cobranza.privacy.request"

    def _term(self):
        """``PrivacyTerm`` of this request, None when no law is known."""
        if not (self.kind and self.received_on and self.company_id):
            return None
        day = self.received_on
        table = self.company_id._cobranza_legal_table(day, day)
        return self.company_id._cobranza_rules()._privacy_terms(self.kind, day, table)

    @api.depends("kind", "received_on", "company_id", "extended")
    def _compute_deadline(self):
        for request in self:
            try:
                term = request._term()
                request.article = term.article if term else False
                request.deadline = term and request._deadline_by(term)
            except KernelError:  # a legal value or the holidays are not known
                request.article = False
                request.deadline = request.received_on

    def _deadline_by(self, term):
        rules = self.company_id._cobranza_rules()
        nowhere = self.env["res.country.state"]
        calendar = rules._calendar("contact", nowhere, self.received_on)
        return term.deadline(self.received_on, calendar, self.extended)

    def action_extend(self):
        """Take the longer term of the law, once, before the first one is over."""
        self.check_access("write")
        for request in self:
            request._expect_received()
            term = request._term()
            today = request.company_id._cobranza_today()
            if not (term and term.extensible) or request.extended:
                raise UserError(
                    self.env._("%s cannot be extended.", request.display_name)
                )
            if request.deadline < today:
                raise UserError(
                    self.env._(
                        "The term of %(request)s ended on %(day)s.",
                        request=request.display_name,
                        day=format_date(self.env, request.deadline),
                    )
                )
            if not (request.extension_reason or "").strip():
                raise UserError(self.env._("Write why the answer takes longer."))
            request._through_gate().write({"extended": True})
            request._remind()
        return True
