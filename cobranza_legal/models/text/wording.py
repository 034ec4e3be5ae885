from odoo import api, fields, models, tools

from ...kernel.wording import Wording, says
from ..rules.rules import REGIMES
from .text import fields_of


class CobranzaText(models.Model):
    """What a text may not say and what it has to, for every regime that it serves."""

    _inherit = "cobranza.text"

    objections = fields.Text(
        compute="_compute_objections",
        help="Words that the law keeps out of this text, and what it lacks.",
    )

    def _law_rules(self):
        """The rules by which this text is judged: of its jurisdiction, else those of
        the company."""
        name = f"cobranza.rules.{(self.country_id.code or '').lower()}"
        if self.country_id and name in self.env:
            return self.env[name].with_company(self.env.company)
        return self.env.company._cobranza_rules()

    def _served_regimes(self):
        """The regimes whose debtors may get this text: its own, else those that have no
        text of their own. Whom nobody has classified reads what consumers read."""
        if self.regime:
            alike = ["unknown"] if self.regime == "consumer" else []
            return [self.regime, *alike]
        domain = [
            ("purpose", "=", self.purpose),
            ("country_id", "=", self.country_id.id),
            ("regime", "!=", False),
            *("|", "|", ("law", "=", True), ("starter", "=", True)),
            ("approved_on", "!=", False),
        ]
        served = set(self.search(domain).mapped("regime"))
        if "consumer" in served:
            served.add("unknown")
        return [code for code, _label in REGIMES if code not in served]

    def _wording(self):
        purposes = self.env["cobranza.text.purpose"]
        return Wording(
            str(self.body or ""),
            self.subject or "",
            open_subject=not purposes._is(self.purpose, "envelope"),
            open_body=purposes._is(self.purpose, "screen"),
        )

    def _refusals(self, regime, on):
        """[message] of why this text may not be used for debtors of a regime: what it
        says, and what it does not say."""
        rules = self._law_rules()
        found = rules._text_objections(self._wording(), regime, on)
        return [
            *map(self._objection_words, found),
            *self._lacking(rules._needed_contents(self.purpose, regime, on)),
        ]

    @api.model
    def _objection_words(self, objection):
        return self.env._(
            "“%(words)s”: %(message)s (%(article)s).",
            words=objection.words,
            message=objection.message,
            article=objection.article,
        )

    def _lacking(self, needed):
        """[message] of what of ``needed`` is in no merge field and in no words."""
        template = f"{self.subject or ''} {self.body or ''}"
        used = set(fields_of(template))
        return [
            self._lacking_words(one)
            for one in needed
            if not used & set(one.fields) and not says(template, one.words)
        ]

    def _lacking_words(self, needed):
        label = self._law_rules()._needed_labels().get(needed.what, needed.what)
        field = f" {{{{ {needed.fields[0]} }}}}" if needed.fields else ""
        article = f" ({needed.article})" if needed.article else ""
        return self.env._(
            "It does not say %(what)s%(field)s%(article)s.",
            what=label,
            field=field,
            article=article,
        )

    def _refusals_by_regime(self):
        """{message: [label of each regime that it stands for]}."""
        on = self.env.company._cobranza_today()
        labels = dict(self._fields["regime"]._description_selection(self.env))
        found = {}
        for regime in self._served_regimes():
            for message in self._refusals(regime, on):
                found.setdefault(message, []).append(labels[regime])
        return found

    @api.depends("subject", "body", "purpose", "regime", "country_id")
    @api.depends_context("company", "lang")
    def _compute_objections(self):
        for text in self:
            found = text._refusals_by_regime() if text.purpose else {}
            text.objections = (
                "\n".join(
                    f"{', '.join(regimes)}: {message}"
                    for message, regimes in found.items()
                )
                or False
            )

    @api.model
    @tools.ormcache("self.id", "regime", "on", "self.env.lang", "self.env.company.id")
    def _standing_refusal(self, regime, on):
        """What is wrong today with a text that is in use, as one message; empty if
        nothing is. The law may have changed since it was approved."""
        # texts are read for whoever plans
        return "\n".join(self.sudo()._refusals(regime, on))

    # -- what was merged -----------------------------------------------------------

    def _unfilled(self, values, regime, on):
        """[message] of what this text has to say to a debtor and, merged with
        ``values``, would not, for want of a value."""
        template = f"{self.subject or ''} {self.body or ''}"
        used = set(fields_of(template))
        found = []
        for needed in self._law_rules()._needed_contents(self.purpose, regime, on):
            names = [name for name in needed.fields if name in used]
            filled = [name for name in names if values.get(name)]
            if names and not filled and not says(template, needed.words):
                found.append(self._unfilled_words(needed, names[0]))
        return found

    def _unfilled_words(self, needed, name):
        label = self._law_rules()._needed_labels().get(needed.what, needed.what)
        return self.env._(
            "The text “%(text)s” has to say %(what)s, but the field %(field)s has no "
            "value%(article)s.",
            text=self.display_name,
            what=label,
            field=name,
            article=f" ({needed.article})" if needed.article else "",
        )
