from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.cobranza_legal.kernel.errors import MissingValue
from odoo.addons.cobranza_legal.kernel.tax_loss import (
    HUNDRED,
    Ground,
    TaxVerdict,
    deducted,
)
from odoo.addons.cobranza_legal.models.common.money import unit
from odoo.addons.cobranza_legal.models.provision.tax import claims_of
from odoo.addons.cobranza_legal.models.rules.charge import ChartAccount

DAYS = "cl.tax.loss_days"
SCALE = "sii"
"""Code of the percentages that the SII has published."""

EXPENSE = ChartAccount(
    "410260", "410260", "Gasto estimación incobrables", (), "expense"
)


ACCOUNTS = {
    "allowance": ChartAccount(
        "120190", "120190", "(-) Estimación deudores incobrables", (), "asset_current"
    ),
    "charge": EXPENSE,
    "release": EXPENSE,
    "doubtful": ChartAccount(
        "120110", "120110", "Deudores morosos", ("account_120110",), "asset_receivable"
    ),
    "sued": ChartAccount(
        "120120",
        "120120",
        "Deudores en gestión judicial",
        ("account_120120",),
        "asset_receivable",
    ),
    "loss": ChartAccount(
        "410265", "410265", "Castigo deudores incobrables", (), "expense"
    ),
    "recovery": ChartAccount(
        "320250",
        "320250",
        "Recupero de deudores incobrables",
        ("account_320250",),
        "income",
    ),
}


class CobranzaRulesCl(models.AbstractModel):
    """Allowance for bad debts in Chile."""

    _inherit = "cobranza.rules.cl"

    def _provision_accounts(self):
        """No chart brings the allowance nor its expense: a button creates them. What is
        released lowers the expense. The tax of what is not paid stays owed (DL 825),
        so that it is in the base."""
        return ACCOUNTS

    def _write_off_uses_allowance(self):
        """The allowance first, the rest to 410265."""
        return True

    def _write_off_notes(self):
        return [
            self.env._(
                "Ley sobre Impuesto a la Renta, art. 31, fourth paragraph, N° 4; "
                "Circular 24 of 2008 (SII)."
            ),
            self.env._(
                "It changes no VAT: DL 825 knows no relief for it, and no credit note "
                "is made."
            ),
        ]

    def _write_off_evidence(self, debts, on):
        """LIR art. 31 inc. 4 N° 4 a, Circular 24 of 2008: what was done to collect, by
        what the client owes in all; asked for by the rows of
        ``cobranza.provision.tier``."""
        asked = _Exhausted(debts.company_id, on)
        words = {claim.key: asked.words(claim) for claim in claims_of(debts, on)}
        return {debt: [text] for debt, text in words.items() if text}

    def _vat_relief_answer(self, company):
        """DL 825: the tax stays owed; art. 27 ter alone lets creditors in a
        reorganisation impute or recover it."""
        # sudo: a setting of the creditor
        if company.sudo().l10n_cl_creditor_in_reorganisation:
            return self.env._(
                "DL 825, art. 27 ter: a creditor in a reorganisation may impute or "
                "recover the tax of unpaid invoices. It is asked for at the SII; "
                "nothing is booked here."
            )
        return self.env._(
            "No relief: the tax of unpaid invoices stays owed (DL 825; art. 27 ter is "
            "for creditors in a reorganisation only)."
        )

    # -- first category ----------------------------------------------------------------

    def _tax_facts(self):
        return frozenset({"contacts", "sales"})

    def _tax_allowance(self, claims, on):
        """LIR art. 31 inc. 4 N° 4: by the percentages of the SII (c) or by more than
        365 days (b), as the company has chosen, what strangers owe; else the evidence
        that lacks to write it off (a). An allowance that is not booked is deducted of
        nothing."""
        company = self.env.company.sudo()  # sudo: settings that only a manager reads
        by_scale = company.l10n_cl_tax_route == "percentages"
        asked = _Asked(company, on)
        return {
            claim.key: self._l10n_cl_tax_verdict(
                claim, on, asked, by_scale, company.l10n_cl_tax_with_vat
            )
            for claim in claims
        }

    def _l10n_cl_tax_verdict(self, claim, on, asked, by_scale, with_tax):
        if claim.related:
            why = self.env._(
                "Related party: neither by days nor by percentages (LIR, art. 31 N° 4)"
            )
            return TaxVerdict(why=why, lacking=asked.words(claim))
        grounds = asked.grounds(claim, by_scale)
        found = deducted(claim, grounds, on, asked.step, with_tax)
        if not found.ground:
            why = self.env._("Not deductible yet (LIR, art. 31 N° 4)")
            return TaxVerdict(why=why, lacking=asked.words(claim))
        percent = found.ground.percent
        if by_scale:
            why = self.env._(
                "%(percent)s %% by the scale of the SII (LIR, art. 31 N° 4 c)",
                percent=f"{percent.normalize():f}",
            )
        else:
            why = self.env._(
                "More than %s days since it fell due (LIR, art. 31 N° 4 b)", asked.days
            )
        lacking = asked.words(claim) if percent < HUNDRED else ""
        return TaxVerdict(found.amount, found.ground.since, why, lacking)


class _Exhausted:
    """What has to be there on a day before a debt is written off because every means is
    exhausted: by the rows of the company, read once."""

    def __init__(self, company, on):
        self.env, self.on = company.env, on
        self.table = company._cobranza_legal_table(on, on)
        self.tiers = self.env["cobranza.provision.tier"]._of_day(company, on)

    def words(self, claim):
        """What lacks about a claim, or the legal value without which nobody knows;
        empty: nothing."""
        try:
            tier = self.tiers._of_amount(
                claim.whole, lambda code: self.table.number(code, self.on)
            )
        except MissingValue as error:
            return self.env._(
                "To write it off (LIR, art. 31 N° 4 a): the value of %(code)s on "
                "%(day)s, by which the evidence is told.",
                code=error.code,
                day=format_date(self.env, self.on),
            )
        missing = tier._missing(claim) if tier else []
        if not missing:
            return ""
        return self.env._(
            "To write it off (LIR, art. 31 N° 4 a): %s.", "; ".join(missing)
        )


class _Asked(_Exhausted):
    """What the law of a day is asked of many claims, read once."""

    def __init__(self, company, on):
        super().__init__(company, on)
        self.step = unit(company.currency_id)
        self.days = int(self.table.number(DAYS, on))
        scales = self.env["cobranza.provision.scale"].search(
            Domain("code", "=", SCALE)
            & Domain("country_id", "=", company._cobranza_rules()._country().id)
            & Domain("company_id", "=", False)
            & Domain("valid_from", "<=", on),
            order="valid_from desc",
            limit=1,
        )
        self.scale = scales and scales._scale()

    def grounds(self, claim, by_scale):
        """[``Ground``] of a claim against a stranger."""
        if not by_scale:
            return [Ground("days", claim.due + timedelta(self.days + 1))]
        bucket = self.scale and self.scale.bucket(claim.days(self.on))
        if not bucket:
            return []
        since = claim.due + timedelta(bucket.first)
        return [Ground("percentage", since, bucket.percent)]
