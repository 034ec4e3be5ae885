from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from ..law import law
from ..text.text import MERGE_FIELDS

SCALE = (
    "{0} % de la parte de la deuda hasta {low} UF, {1} % de la parte que excede de "
    "{low} y llega a {high} UF, y {2} % de la parte que excede de {high} UF"
)
"""The words of the law."""


SCALE_EN = (
    "{0} % of the part of the debt up to {low} UF, {1} % of the part over {low} and up "
    "to {high} UF, and {2} % of the part over {high} UF"
)


class CobranzaContact(models.Model):
    """The parts of a letter that Ley 19.496 art. 37 orders: what is owed and why, the
    interest, the fee with its UF, how to pay and whom to ask."""

    _inherit = "cobranza.contact"

    def _merge_values(self):
        return {**dict.fromkeys(MERGE_FIELDS, ""), **super()._merge_values()}

    def _l10n_cl_merge_values(self, values):
        """{merge field: part of the letter, as Markup} of a creditor in Chile."""
        protected = self.debtor_id.regime in law.PROTECTED
        interest, fees = (self._l10n_cl_charges(kind) for kind in ("interest", "fee"))
        parts = {
            "debts": {"lines": self._l10n_cl_lines()},
            "interest": {
                "charges": interest,
                "commissions": self._l10n_cl_charges("commission"),
                "others": self._l10n_cl_others(),
            },
            "fee": {
                "charges": fees,
                "uf": self._l10n_cl_uf(fees),
                "scale": self._l10n_cl_scale(fees),
            },
            "payment": {
                "protected": protected,
                "code": values["payment_qr"],
                "methods": self._payment().methods.words,
                "left": self._payment().transfer,
            },
        }
        if self.company_id.phone or self.company_id.email:
            parts["channels"] = {}
        found = {}
        for name, more in parts.items():
            template = f"cobranza_legal_cl.letter_{name}{self._l10n_cl_suffix()}"
            found[f"l10n_cl_{name}"] = self._render_block(template, **more)
        return found

    def _l10n_cl_suffix(self):
        """Which of the shipped parts a text has: by its own language."""
        lang = self.env.context.get("cobranza_text_lang") or ""
        return "_en" if lang[:2] == "en" else ""

    def _wanted_fields(self):
        """How to pay holds by which method, and the code to scan but on a screen of a
        phone."""
        wanted = super()._wanted_fields()
        if "l10n_cl_payment" in wanted:
            wanted.add("payment_method")
        spoken = self.env["cobranza.text.purpose"]._is(self.text_purpose, "spoken")
        if "l10n_cl_payment" in wanted and not spoken:
            wanted.add("payment_qr")
        return wanted

    def _l10n_cl_lines(self):
        return self.line_ids.sorted(lambda line: (self._due(line.debt_id), line.id))

    def _l10n_cl_document(self, debt):
        """The document as the debtor knows it, with its instalment among several."""
        terms = debt.move_id.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        if len(terms) < 2:
            return debt.document
        word = "instalment" if self._l10n_cl_suffix() else "cuota"
        return f"{debt.document}, {word} {debt.instalment_no}"

    def _l10n_cl_charges(self, kind):
        return self._charges().filtered(lambda charge: charge.kind == kind)

    def _l10n_cl_others(self):
        """[(charge, name of its kind)] of what the letter tells in no part of its
        own."""
        kind = self.env["cobranza.charge"]._fields["kind"]
        names = dict(kind._description_selection(self.env))
        own = ("interest", "fee", "commission")
        charges = self._charges().filtered(lambda charge: charge.kind not in own)
        return [(charge, names[charge.kind]) for charge in charges]

    def _l10n_cl_uf(self, fees):
        """[(day, value of the UF)] that these fees rest on."""
        used = {
            (fields.Date.to_date(value["day"]), _chilean(value["value"]))
            for fee in fees
            for value in fee.values or ()
            if value["code"] == law.UF
        }
        return sorted(used)

    def _l10n_cl_scale(self, fees):
        """The tiers that these fees were assessed with: "9 % hasta 10 UF, …"."""
        used = {
            (value["code"], value["key"]): Decimal(value["value"])
            for value in fees[:1].values or ()
            if value["code"] in (law.FEE_RATE, law.FEE_TIER)
        }
        if not used:
            return ""
        rates = [f"{used[law.FEE_RATE, key] * 100:f}" for key in "123"]
        rates = [_chilean(rate.rstrip("0").rstrip(".")) for rate in rates]
        low, high = (_chilean(f"{used[law.FEE_TIER, key]:f}") for key in "12")
        words = SCALE_EN if self._l10n_cl_suffix() else SCALE
        return words.format(*rates, low=low, high=high)

    def _l10n_cl_first_told(self):
        """Those of these contacts, none of them on paper, by which the debtor heard of
        some debt first, and of which no letter has told since. One query."""
        self.flush_model()
        paper = self.env["cobranza.rules"]._channel_codes("paper")
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT c.id
                     FROM cobranza_contact c
                     JOIN cobranza_contact_line l ON l.contact_id = c.id
                    WHERE c.id = ANY(%(ids)s) AND c.channel <> ALL(%(paper)s)
                      AND coalesce(c.outcome, '') <> ALL(%(unheard)s)
                      AND NOT EXISTS (
                          SELECT 1 FROM cobranza_contact_line k
                            JOIN cobranza_contact o ON o.id = k.contact_id
                           WHERE k.debt_id = l.debt_id AND k.episode = l.episode
                             AND o.id <> c.id AND o.direction = 'outbound'
                             AND o.state IN ('sent', 'in_doubt')
                             AND coalesce(o.outcome, '') <> ALL(%(unheard)s)
                             AND (o.channel = ANY(%(paper)s)
                                  OR (o.sent_at, o.id) < (c.sent_at, c.id)))
                    ORDER BY c.id""",
                ids=self.ids,
                paper=list(paper),
                unheard=self.env["cobranza.outcome"]._where(heard=False),
            )
        )
        return self.browse(row[0] for row in rows)


def _chilean(number):
    """A plain decimal as it is written in Chile: 27205.11 is 27.205,11."""
    whole, _point, part = number.partition(".")
    whole = f"{int(whole):,}".replace(",", ".")
    return f"{whole},{part}" if part else whole
