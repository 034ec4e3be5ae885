from odoo import models
from odoo.tools import format_date

from odoo.addons.cobranza_legal.kernel.periods import add_months
from odoo.addons.cobranza_legal.kernel.tax_loss import (
    Ground,
    TaxGeneral,
    TaxVerdict,
    deducted,
    general,
)
from odoo.addons.cobranza_legal.kernel.vat_relief import INSOLVENCY
from odoo.addons.cobranza_legal.models.common.money import unit
from odoo.addons.cobranza_legal.models.provision.rules import LOSS
from odoo.addons.cobranza_legal.models.rules.charge import ChartAccount

from .relief import ARTICLE, ARTICLES, has_other_tax, place, relief_law

MONTHS = "es.tax.loss_months"
SMALL = "es.tax.small_turnover"
GENERAL = "es.tax.general_percent"
AGE, INSOLVENT, CHARGED, SUED = "age", "insolvent", "charged", "sued"
PUBLIC, UNKNOWN = "public", "unknown"

ACCOUNTS = {
    "allowance": ChartAccount(
        "490",
        "490000",
        "Deterioro de valor de créditos por operaciones comerciales",
        ("account_common_mainland_490",),
        "liability_current",
    ),
    "charge": ChartAccount(
        "694",
        "694000",
        "Pérdidas por deterioro de créditos por operaciones comerciales",
        ("account_common_mainland_694",),
        "expense_other",
    ),
    "release": ChartAccount(
        "794",
        "794000",
        "Reversión del deterioro de créditos por operaciones comerciales",
        ("account_common_mainland_794",),
        "income",
    ),
    "doubtful": ChartAccount(
        "436",
        "436000",
        "Clientes de dudoso cobro",
        ("account_common_436",),
        "asset_receivable",
    ),
    LOSS: ChartAccount(
        "650",
        "650000",
        "Pérdidas de créditos comerciales incobrables",
        ("account_full_650", "account_pymes_650", "account_coop_650"),
        "expense_other",
    ),
}


ASSOCIATIONS = frozenset({"es_assec", "es_canary_assoc"})
"""Charts of entities without profit, in which 650 is aid that they give."""


LOSS_OF_ASSOCIATIONS = ChartAccount(
    "655",
    "655000",
    "Pérdidas de créditos derivados de la actividad incobrables",
    ("account_assoc_655",),
    "expense",
)


WITHOUT_TERM = frozenset({"insolvency"})
"""PGC, account 650: a firm insolvency is written off when it is known."""


class CobranzaRulesEs(models.AbstractModel):
    """Impairment of trade credits in Spain."""

    _inherit = "cobranza.rules.es"

    def _provision_accounts(self):
        """PGC (RD 1514/2007) and PGC de Pymes (RD 1515/2007): 694 to 490, 490 to 794,
        436 for the balance, 650 for what is written off, 655 of associations. The
        charts of the Canary Islands lack the first three. No account is named for what
        is paid after all."""
        # sudo: which chart a company has is no secret
        chart = self.env.company.sudo().root_id.chart_template
        if chart in ASSOCIATIONS:
            return {**ACCOUNTS, LOSS: LOSS_OF_ASSOCIATIONS}
        return ACCOUNTS

    def _provision_frees_tax(self):
        """LIVA art. 80: the tax may come back, if its terms are kept."""
        return True

    def _write_off_without_term(self):
        return WITHOUT_TERM

    def _write_off_notes(self):
        return [
            self.env._(
                "Accounting: Plan General de Contabilidad (RD 1514/2007, RD "
                "1515/2007), accounts %s, 490 and 794.",
                self._provision_accounts()[LOSS].prefix,
            ),
            self.env._(
                "It does not change the VAT of the invoices: that is rectified, if at "
                "all, within the terms of art. 80 of Ley 37/1992."
            ),
        ]

    def _vat_relief_law(self, company, on):
        """LIVA art. 80.Tres and Cuatro, in the wording of Ley 31/2022."""
        company = company.sudo()  # sudo: settings of the creditor
        return relief_law(
            company._cobranza_legal_table(on, on),
            on,
            company._cobranza_turnover_of(on.year - 1),
            company.l10n_es_vat_term,
            ARTICLE if has_other_tax(company) else "",
        )

    def _vat_relief_answer(self, company):
        """LIVA art. 80; in the Canary Islands, Ceuta and Melilla other taxes and other
        rules."""
        # sudo: where the creditor is
        if has_other_tax(company.sudo()):
            return self.env._(
                "Other rules: here IGIC or IPSI is charged, of which the relief of "
                "LIVA, art. 80, does not speak."
            )
        return ARTICLE

    def _vat_relief_taxes(self, lines):
        """Output tax (477) that was charged; what was withheld (473) is none."""

        def is_output(line):
            # a code is of a company, not of the account
            account = line.account_id.with_company(line.company_id)
            return (account.code or "").startswith("477") and (
                line.tax_line_id.amount > 0
            )

        return lines.filtered(is_output)

    def _vat_relief_notes(self, relief, raises):
        """RD 1619/2012, art. 15; RIVA, art. 24.1."""
        article = relief.article or ARTICLES[relief.ground]
        if raises:
            return [
                self.env._(
                    "Rectifying invoice (RD 1619/2012, art. 15): the base that was "
                    "reduced is raised again (%s).",
                    article,
                ),
            ]
        if relief.ground == INSOLVENCY:
            why = self.env._(
                "Rectifying invoice (RD 1619/2012, art. 15): the base is reduced "
                "because insolvency proceedings of the recipient were opened after the "
                "tax fell due (%s).",
                article,
            )
        else:
            why = self.env._(
                "Rectifying invoice (RD 1619/2012, art. 15): the base is reduced "
                "because the invoice was claimed and is unpaid in whole or in part "
                "(%s).",
                article,
            )
        return [
            why,
            self.env._(
                "It is no payment and forgives nothing: what the recipient owes is "
                "said in the letters about the debt."
            ),
            self.env._(
                "It is sent to the recipient (RIVA, art. 24.1) and notified to the tax "
                "office by %s.",
                format_date(self.env, relief.notify_by),
            ),
        ]

    def _vat_relief_places(self, partners, ground):
        """LIVA art. 80.Cinco.2.ª: not established in the territory of the tax."""
        spain = self.env.ref("base.es")
        union = self.env.ref("base.europe").country_ids
        found = {
            one.id: place(one, spain, union, ground == INSOLVENCY) for one in partners
        }
        return {key: value for key, value in found.items() if value}

    # -- corporate tax -----------------------------------------------------------------

    def _tax_allowance(self, claims, on):
        """LIS art. 13.1: six months since the due date, insolvency proceedings, a
        charge of hiding assets, a claim before a court or in arbitration. Not of public
        bodies unless it is claimed, nor of related parties unless they are in
        liquidation; and only what is booked (art. 11.3)."""
        company = self.env.company
        table = company._cobranza_legal_table(on, on)
        months = int(table.number(MONTHS, on))
        step = unit(company.currency_id)
        return {
            claim.key: self._l10n_es_tax_verdict(claim, on, months, step)
            for claim in claims
        }

    def _l10n_es_tax_verdict(self, claim, on, months, step):
        grounds = [Ground(AGE, add_months(claim.due, months))]
        for code, day in (
            (INSOLVENT, claim.insolvent_on),
            (CHARGED, claim.charged_on),
            (SUED, claim.sued_on),
        ):
            if day:
                grounds.append(Ground(code, day))
        barred, since = self._l10n_es_tax_barred(claim, on)
        if barred:
            return TaxVerdict(why=barred[0], lacking=barred[1])
        found = deducted(claim, grounds, on, step)
        if not found.ground:
            lacking = self.env._(
                "From %(day)s on, %(months)s months after it fell due; before, only "
                "insolvency proceedings or a claim before a court or in arbitration.",
                day=format_date(self.env, grounds[0].since),
                months=months,
            )
            why = self.env._("Not deductible yet (LIS, art. 13.1)")
            return TaxVerdict(why=why, lacking=lacking, general=True)
        lacking = ""
        if not claim.allowance:
            lacking = self.env._("Nothing is booked for it (LIS, art. 11.3).")
        elif claim.regime == UNKNOWN:
            lacking = self.env._(
                "Say of which regime the debtor is: what public bodies owe is not "
                "deductible."
            )
        return TaxVerdict(
            found.amount,
            max(found.ground.since, since) if since else found.ground.since,
            self._l10n_es_tax_why(found.ground.code, months),
            lacking,
        )

    def _l10n_es_tax_barred(self, claim, on):
        """((why, what lacks) or None, the day on which the bar fell or None)."""
        if claim.regime == PUBLIC and not (claim.sued_on and claim.sued_on <= on):
            why = self.env._("Owed by a public body (LIS, art. 13.1)")
            return (
                why,
                self.env._(
                    "A claim before a court or in arbitration about the debt or its "
                    "amount."
                ),
            ), None
        opened = claim.liquidated_on and claim.liquidated_on <= on
        if claim.related and not opened:
            why = self.env._("Owed by a related party (LIS, art. 13.1)")
            return (why, self.env._("The opening of its liquidation.")), None
        days = [
            claim.sued_on if claim.regime == PUBLIC else None,
            claim.liquidated_on if claim.related else None,
        ]
        return None, max(filter(None, days), default=None)

    def _l10n_es_tax_why(self, code, months):
        if code == AGE:
            return self.env._("%s months since it fell due (LIS, art. 13.1)", months)
        if code == INSOLVENT:
            return self.env._("Insolvency proceedings (LIS, art. 13.1)")
        if code == CHARGED:
            return self.env._("Charged with hiding assets (LIS, art. 13.1)")
        return self.env._("Claimed before a court or in arbitration (LIS, art. 13.1)")

    def _tax_general(self, remaining, booked, on):
        """LIS art. 104: a company below the turnover of art. 101 in the year before may
        deduct 1 % of the debtors that art. 13.1 does not cover one by one."""
        company = self.env.company.sudo()  # sudo: settings that only a manager reads
        if not company.cobranza_tax_general:
            return None
        first = company.compute_fiscalyear_dates(on)["date_from"]
        year = first.year - 1
        turnover = company._cobranza_turnover_of(year)
        if turnover is None:
            words = self.env._(
                "State the turnover of %s in the settings (LIS, art. 101).", year
            )
            return TaxGeneral(lacking=words)
        table = company._cobranza_legal_table(on, on)
        step = unit(company.currency_id)
        if turnover >= table.number(SMALL, on):
            words = self.env._(
                "The turnover of %s is too high for it (LIS, art. 101).", year
            )
            return TaxGeneral(lacking=words)
        percent = table.number(GENERAL, on)
        return TaxGeneral(
            general(remaining, booked, percent, step),
            self.env._(
                "%(percent)s %% of what the other debtors owe (LIS, art. 104)",
                percent=f"{percent.normalize():f}",
            ),
        )
