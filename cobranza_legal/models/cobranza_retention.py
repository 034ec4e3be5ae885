from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

LOOK_AGAIN = timedelta(days=30)
"""What keeps a log is looked at again after these days."""
OPEN_CONTACTS = ("draft", "planned", "sending")


class CobranzaDebtor(models.Model):
    """Debtors whose log has been kept as long as the law and the company want."""

    _inherit = "cobranza.debtor"

    log_check_on = fields.Date(
        readonly=True,
        copy=False,
        help="Whether the log has reached its end is looked at again on this day.",
    )
    erasure_ids = fields.One2many("cobranza.erasure", "debtor_id")

    @api.model
    def _upkeep_models(self):
        return [*super()._upkeep_models(), "cobranza.debtor", "cobranza.erasure"]

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Debtors whose oldest contact is older than what is kept, and whose log has
        not been looked at since ``log_check_on``."""
        law = company._cobranza_retention(today)
        if not law:
            return self.browse()
        years = law.chosen(company.cobranza_log_years)
        oldest = today - relativedelta(years=years)
        asleep = Domain("log_check_on", "=", False) | Domain(
            "log_check_on", "<=", today
        )
        debtors = self.with_context(active_test=False)
        domain = Domain("company_id", "=", company.id) & asleep
        domain &= Domain(
            "contact_ids",
            "any",
            [("sent_at", "<", oldest), ("erased_on", "=", False)],
        )
        return debtors.search(domain, limit=limit, order="id")

    def _upkeep(self, today):
        """Propose what has reached its end; the rest is looked at again later."""
        for company, debtors in self.grouped("company_id").items():
            law = company._cobranza_retention(today)
            years = law.chosen(company.cobranza_log_years)
            for debtor in debtors:
                debtor._look_at_log(today, law, years)

    def _look_at_log(self, today, law, years):
        end = law.until(self._log_closed_on(), years)
        # looked at again even while it waits for an answer
        self.log_check_on = max(today + LOOK_AGAIN, end)
        if end >= today or self._retention_refusals():
            return
        self.env["cobranza.erasure"]._propose(
            self,
            today - relativedelta(years=years),
            self.env._("Kept %(years)s years after everything was closed", years=years),
            law.article,
        )

    def _log_closed_on(self):
        """The last day on which something happened with this debtor."""
        self.ensure_one()
        # the whole history counts, whoever looks
        debtor = self.sudo()
        days = [
            one._local_day(one.sent_at) for one in debtor.contact_ids if one.sent_at
        ]
        settlements = self.env["cobranza.settlement"].sudo()
        rows = settlements.search([("debt_id", "in", debtor.debt_ids.ids)], limit=1)
        days += rows.mapped("date")
        days += [one.closed_on for one in debtor.dispute_ids if one.closed_on]
        return max(days, default=self.company_id._cobranza_today())

    def _retention_refusals(self, besides=None):
        """[message] of everything that keeps the log of this debtor whole: claims,
        limitation and matters that are open. ``besides`` is the privacy request that
        asks. Countries and later parts of the suite add theirs."""
        self.ensure_one()
        debtor = self.sudo()  # what another person of the company works on counts
        return [
            *debtor._refusals_of_debts(),
            *debtor._refusals_of_matters(besides),
            *debtor._refusals_of_claims(),
            *debtor._refusals_of_privacy(besides),
        ]

    def _refusals_of_debts(self):
        for debt in self.debt_ids:
            if not (debt.settled or debt.void_reason):
                yield self.env._(
                    "%s is open: the claim and its limitation run.", debt.display_name
                )
        if self.charge_ids.filtered("amount_due"):
            yield self.env._("Charges are owed.")

    def _refusals_of_matters(self, besides):
        if self.contact_ids.filtered(lambda one: one.state in OPEN_CONTACTS):
            yield self.env._("Contacts are planned.")
        for label, records in (
            (self.env._("Open dispute"), self.dispute_ids),
            (self.env._("Open promise"), self.promise_ids),
            (self.env._("Open hold"), self._holds_besides(besides)),
        ):
            for record in records.filtered(lambda one: one.state == "open"):
                yield f"{label}: {record.display_name}."

    def _holds_besides(self, request):
        """The holds, without those of the request that asks."""
        return self.hold_ids.filtered(
            lambda one: not request or one.privacy_request_id != request
        )

    def _refusals_of_claims(self):
        for name in ("authority_claim_on", "sued_on", "insolvent_on"):
            if self[name]:
                label = self._fields[name]._description_string(self.env)
                yield self.env._(
                    "%(situation)s since %(day)s.",
                    situation=label,
                    day=fields.Date.to_string(self[name]),
                )

    def _refusals_of_privacy(self, besides):
        others = self.env["cobranza.privacy.request"].search(
            [("debtor_ids", "in", self.ids), ("state", "=", "received")]
        )
        for request in others - (besides or others.browse()):
            yield self.env._("Open request: %s.", request.display_name)
