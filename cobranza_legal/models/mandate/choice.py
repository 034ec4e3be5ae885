"""Which mandate a customer is debited by, and why; read for many customers at once."""

from ...kernel.mandate import Candidate, choose

OWN = "cobranza.mandate"
OCA = "account.banking.mandate"
"""Mandates of the OCA's stack, which are read where it is installed."""

OCA_STATES = {
    "draft": "draft",
    "valid": "valid",
    "final": "exhausted",
    "expired": "expired",
    "cancel": "revoked",
}


class MandateChooser:
    """The choices of one company on one day. ``env`` is any: it reads as superuser, the
    mandates of this company and no others, in a fixed number of queries."""

    def __init__(self, env, company, day=None):
        self.company = company._cobranza_creditor()
        self.env = env(su=True)
        self.day = day or self.company._cobranza_today()
        self.schemes = self.company._cobranza_mandate_schemes(self.day)

    def choices(self, wanted):
        """{(partner id, currency name): ``kernel.mandate.Choice``} of each of
        ``wanted``, pairs of a commercial partner's id and a currency's name."""
        wanted = set(wanted)
        found = self._candidates({partner for partner, _currency in wanted})
        return {
            (partner, currency): choose(found.get(partner, ()), currency, self.day)
            for partner, currency in wanted
        }

    def _candidates(self, partners):
        """{partner id: [Candidate]}; ``key`` is (model, id)."""
        result = {}
        for mandate in self._own(partners):
            one = self._candidate(mandate)
            owner = mandate.debtor_id.partner_id.id
            result.setdefault(owner, []).append(one)
        for partner, one in self._foreign(partners):
            result.setdefault(partner, []).append(one)
        return result

    def _own(self, partners):
        fields = [
            *("debtor_id", "scheme", "kind", "state", "signed_on"),
            *("expires_on", "account_number", "bank_account_id"),
            # whoever asks tells its reference, and debits by its days of notice
            *("reference", "notice_agreed", "notice_days", "company_id"),
        ]
        return self.env[OWN].search_fetch(
            [
                ("company_id", "=", self.company.id),
                ("debtor_id.partner_id", "in", list(partners)),
            ],
            fields,
            order="id",
        )

    def _candidate(self, mandate):
        scheme = self.schemes.get(mandate.scheme)
        regime = mandate.debtor_id.regime
        needs_account = bool(scheme and scheme.has_file)
        return Candidate(
            key=(OWN, mandate.id),
            state=mandate.state,
            currency=scheme.currency if scheme else "",
            barred=not scheme or regime in scheme.barred,
            account=not needs_account or bool(mandate.account_number),
            one_off=mandate.kind == "one_off",
            refundable=bool(scheme and scheme.refund_weeks),
            expires=mandate.expires_on or None,
            signed=mandate.signed_on or None,
        )

    # -- beside the OCA ----------------------------------------------------------------

    def _foreign(self, partners):
        """(partner id, Candidate) of the mandates of the OCA's addons, where they are
        installed: nothing of theirs is written."""
        if OCA not in self.env:
            return
        model = self.env[OCA]
        rows = model.search(
            [
                ("company_id", "in", self.company._cobranza_tree()),
                ("partner_id.commercial_partner_id", "in", list(partners)),
            ],
            order="id",
        )
        regimes = self._regimes(partners)
        for row in rows:
            partner = row.partner_id.commercial_partner_id.id
            yield partner, self._foreign_candidate(row, regimes.get(partner, "unknown"))

    def _regimes(self, partners):
        debtors = self.env["cobranza.debtor"].search(
            [
                ("company_id", "=", self.company.id),
                ("partner_id", "in", list(partners)),
            ]
        )
        return {debtor.partner_id.id: debtor.regime for debtor in debtors}

    @staticmethod
    def _foreign_scheme(row):
        """The code of the scheme of SEPA, empty for another mandate. One stack says it
        by the format "sepa" and a scheme, the other by the format alone: "sepa_b2b"."""
        fields = row._fields
        form = (row.format or "") if "format" in fields else "sepa"
        sepa, _line, tail = form.partition("_")
        if sepa != "sepa":
            return ""
        scheme = (row.scheme or "").lower() if "scheme" in fields else ""
        return scheme or tail or "core"

    def _foreign_candidate(self, row, regime):
        """Of the addon for SEPA it knows the scheme and the kind; of the plain one it
        is a mandate of any currency that does not expire."""
        fields = row._fields
        code = self._foreign_scheme(row)
        scheme = self.schemes.get(code) if code else None
        last = row.last_debit_date if "last_debit_date" in fields else False
        one_off = "type" in fields and row.type == "oneoff"
        return Candidate(
            key=(OCA, row.id),
            state=OCA_STATES.get(row.state, "draft"),
            currency=scheme.currency if scheme else "",
            barred=bool(scheme) and regime in scheme.barred,
            account=bool(row.partner_bank_id),
            one_off=one_off,
            refundable=not scheme or bool(scheme.refund_weeks),
            expires=scheme.expires(last or None) if scheme else None,
            signed=row.signature_date or None,
        )


def say_choice(env, choice):
    """A ``Choice`` in words: why, and the reference of the mandate that it is about."""
    words = env["cobranza.mandate.choice"]._label(choice.reason)
    one = choice.candidate or choice.nearest
    if not one:
        return words
    model, number = one.key
    # sudo: the reference tells no more than the choice
    row = env[model].sudo().browse(number)
    name = row.reference if model == OWN else row.unique_mandate_reference
    return f"{words} ({name})" if name else words
