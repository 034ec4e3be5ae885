"""Data about what is time-barred: where the law has them erased, it is proposed."""

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

A_DAY = 20
"""Debtors of whom the manager is asked in one night: an old book buries nobody."""


LOOKED_AT = 1000
"""Debts among which they are looked for."""


class CobranzaErasure(models.Model):
    """Erasures that the law asks for, not a person."""

    _inherit = "cobranza.erasure"

    @api.model
    def _daily(self, company, today):
        """Propose to erase what is kept about claims that are time-barred, where the
        law asks for it: once for each of them, some debtors a night. Where something
        else keeps it the manager is told what."""
        article = company._cobranza_barred_erasure(today)
        law = article and company._cobranza_retention(today)
        if not law:
            return
        debts = self.env["cobranza.debt"]
        domain = debts._domain_barred(today)
        domain &= Domain("company_id", "=", company.id)
        domain &= Domain("barred_told_of", "=", False)
        barred = debts.search(domain, limit=LOOKED_AT, order="debtor_id, id")
        groups = barred._gone_for_good().grouped("debtor_id")
        for debtor, gone in list(groups.items())[:A_DAY]:
            self._propose_barred(debtor, gone, today, law, article)
            # sudo: marks of the engine's own
            for day, own in gone.sudo().grouped("claimable_until").items():
                own.write({"barred_told_of": day})

    @api.model
    def _propose_barred(self, debtor, barred, today, law, article):
        """``law``: the retention of the log, which is kept as long as it says."""
        lines = [
            self.env._(
                "%(debt)s: time-barred since %(day)s.",
                debt=debt.display_name,
                day=format_date(self.env, debt.claimable_until),
            )
            for debt in barred
        ]
        refusals = debtor._retention_refusals()
        if not refusals:
            cutoff = today - relativedelta(years=law.years)
            reason = self.env._(
                "Time-barred: %s", ", ".join(barred.mapped("display_name"))
            )
            if self._propose(debtor, cutoff, reason, article):
                return
            refusals = [
                self.env._(
                    "Contacts are kept %(years)s years (%(article)s).",
                    years=law.years,
                    article=law.article,
                )
            ]
        debtor.company_id._cobranza_ask_manager(
            debtor,
            self.env._("Time-barred: the law asks to erase its data"),
            [
                *lines,
                self.env._("The law: %s.", article),
                self.env._("What keeps them for now:"),
                *refusals,
                self.env._("The books keep the invoice until it is written off."),
            ],
        )
