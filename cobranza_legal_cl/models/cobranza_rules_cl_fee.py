from odoo import models

from odoo.addons.cobranza_legal.kernel.fees import FeeSchedule, Tier

from . import law

FREE_PURPOSES = ("free_notice", "reminder", "sms_reminder", "call_script")


class CobranzaRulesCl(models.AbstractModel):
    """The collection fee of Ley 19.496 art. 37 and the free notice that it presumes."""

    _inherit = "cobranza.rules.cl"

    def _fee_schedule(self, regime, on, table):
        """Progressive ceiling in UF of the day ``on``, once the waiting days are over;
        None for companies and public bodies. Ley 19.496 art. 37.

        MissingValue names the day whose UF is not known: nothing is carried forward.
        """
        if regime not in law.PROTECTED:
            return None
        rates = [table.number(law.FEE_RATE, on, key) for key in "123"]
        limits = [table.number(law.FEE_TIER, on, key) for key in "12"]
        tiers = zip([*limits, None], rates, strict=True)
        return FeeSchedule(
            tiers=tuple(Tier(up_to, rate) for up_to, rate in tiers),
            unit_value=table.number(law.UF, on),
            wait_days=int(table.number(law.FEE_WAIT, on)),
            reduction=table.number_or_none(law.FEE_PENALTY, on) or 0,
            currency="CLP",
            article=law.ARTICLE_37,
        )

    def _fee_blockers(self, debts, on):
        """{debt id: message}: the terms were not informed at contracting, or (mode
        "incurred") there is no proof of costs. Ley 19.496 art. 37, letter f)."""
        result = super()._fee_blockers(debts, on)
        for debt in debts:
            message = self._terms_missing(debt)
            if message:
                result[debt.id] = message
        if self.env.company.l10n_cl_fee_mode == "incurred":
            proven = self.env["cobranza.charge"]._l10n_cl_costs_left(debts, on)
            for debt in debts:
                if debt.id not in result and proven[debt.debtor_id.id] <= 0:
                    result[debt.id] = self.env._(
                        "No proven collection costs of %s are left to charge.",
                        debt.debtor_id.display_name,
                    )
        return result

    def _terms_article(self):
        """Ley 19.496, art. 37: informed when contracting."""
        return law.ARTICLE_37

    def _protected_regimes(self):
        """Consumers and small businesses, and whom nobody has classified."""
        return law.PROTECTED

    def _free_notice_proof(self, debts, on):
        """{debt id: contact}: the first free contact about this instalment that
        reached the debtor within the days after its due date ("gestión útil").

        Ley 19.496 art. 37: "dentro de los primeros quince días siguientes a cada
        vencimiento impago"; no such days before 2013, and then nothing is proven.
        """
        table = self.env.company._cobranza_legal_table(on, on)
        days = table.number_or_none(law.FEE_USEFUL_DAYS, on) or 0
        # evidence does not depend on who assesses
        lines = self.env["cobranza.contact.line"].sudo()
        found = lines.search(
            [
                ("debt_id", "in", debts.ids),
                ("contact_id.state", "=", "sent"),
                ("contact_id.direction", "=", "outbound"),
                ("contact_id.text_purpose", "in", FREE_PURPOSES),
                "|",
                ("level_id", "=", False),
                ("level_id.charge", "=", False),
            ]
        )
        received = self._received_on(found.contact_id)
        result = {}
        for line in found.sorted(lambda one: (one.contact_id.sent_at, one.id)):
            debt, day = line.debt_id, received.get(line.contact_id.id)
            due = debt.date_maturity or debt.original_due_date
            if day and 1 <= (day - due).days <= days:
                result.setdefault(debt.id, line.contact_id)
        return result
