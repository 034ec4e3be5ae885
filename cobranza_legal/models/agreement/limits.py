from dataclasses import dataclass

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ...kernel.agreement import excesses
from ...kernel.errors import MissingValue, NoSuchRule
from ...kernel.interest import DayCount
from ...kernel.schedule import Instalment
from ..common.money import say_figures, to_decimal, to_money, unit
from ..common.words import say_error
from .agreement import TREATED
from .consent import FREE

BEYOND, LAW = "agreement", "agreement_law"
"""Kinds of approvals: beyond the terms of the company; what the law makes doubtful."""


@dataclass(frozen=True, slots=True)
class Objection:
    """What stands against an agreement: ``words``, with the article; ``kind`` of the
    approval that passes it, empty: nobody may."""

    words: str
    kind: str = ""


class CobranzaAgreement(models.Model):
    """What an agreement is beyond: the terms of the company, which another person
    passes, and the law of the country."""

    _inherit = "cobranza.agreement"

    beyond = fields.Text(
        "Beyond the terms",
        readonly=True,
        copy=False,
        help="When it was asked for: each limit, and what is asked for.",
    )

    law_passed = fields.Boolean(
        "Passed by a lawyer", readonly=True, copy=False, help="On these terms."
    )

    def action_request(self):
        """Ask for it: within the terms it is approved at once, beyond them others
        answer. UserError with all that lacks."""
        for agreement in self:
            agreement.check_access("write")
            agreement._expect("draft")
            agreement._reschedule()
            agreement._check_complete()
            objections = agreement._objections_said()
            barred = [one.words for one in objections if not one.kind]
            if barred:
                raise UserError("\n".join(barred))
            words = "\n".join(one.words for one in objections)
            agreement._set_state("requested", beyond=words or False, was_requested=True)
            if objections:
                agreement._ask_others(objections)
            else:
                agreement._set_state("approved", self.env._("Within the terms"))

    def _check_complete(self):
        """UserError with all that lacks before it may be asked for."""
        self.ensure_one()
        found = [self._debts_problem()]
        if self.requested_by != "page" and not self.file_ids:
            found.append(
                self.env._(
                    "%s: add what the debtor wrote. It is asked for in writing.",
                    self.display_name,
                )
            )
        if not (self.grounds or "").strip():
            found.append(
                self.env._(
                    "%s: say why the debtor cannot pay at once.", self.display_name
                )
            )
        found = [one for one in found if one]
        if found:
            raise UserError("\n".join(found))
        if not self.instalment_ids:
            self._schedule(self._whole())  # says why

    def _objections_said(self):
        """As ``_objections``; UserError where a value of the law is not known yet."""
        try:
            return self._objections()
        except (MissingValue, NoSuchRule) as error:
            raise UserError(say_error(self.env, error)) from error

    def _check_law(self):
        """UserError when the law of today bars it, or asks for a lawyer who has not
        passed it: it may have changed since it was asked for."""
        for agreement in self:
            against = [
                one.words
                for one in agreement._law_objections()
                if not one.kind or not agreement.law_passed
            ]
            if against:
                raise UserError("\n".join(against))

    def _law_objections(self):
        """[``Objection``] of the law, and of what blocks know of its debts."""
        today = self.company_id._cobranza_today()
        rules = self.company_id._cobranza_rules()
        # sudo: what blocks know of its debts bars it for whoever does not see it too
        blocks = self.env["cobranza.block"].sudo()._blocks()
        try:
            return [
                *rules._agreement_objections(self, today),
                *(
                    one
                    for block in blocks
                    for one in block._agreement_objections(self.sudo(), today)
                ),
            ]
        except (MissingValue, NoSuchRule) as error:
            raise UserError(say_error(self.env, error)) from error

    def _ask_others(self, objections):
        approvals = self.env["cobranza.approval"]
        for kind in dict.fromkeys(one.kind for one in objections):
            words = " ".join(one.words for one in objections if one.kind == kind)
            approvals._ask(self, kind, words, self.amount, self.currency_id)

    def _approval_amount(self, kind):
        self.ensure_one()
        return self.amount, self.currency_id

    def _on_answer(self, approval):
        """Hook of ``cobranza.approval``: one refusal rejects it, the last approval
        passes it. That a guarantor may not be freed rejects nothing: the consent is
        still to be had."""
        agreement = self.sudo()  # the answer is the right to do it
        if approval.kind == FREE and approval.state == "approved":
            agreement._through_gate().frees = True  # those named when it was asked for
            agreement._log(
                self.env._("May go on without the guarantor"), approval.answer
            )
        if approval.kind == LAW and approval.state == "approved":
            agreement._through_gate().law_passed = True
        if agreement.state != "requested":
            return
        if approval.state == "refused" and approval.kind != FREE:
            self.env["cobranza.approval"]._cancel(agreement, approval.answer)
            agreement._set_state("rejected", approval.answer)
        elif not self.env["cobranza.approval"].sudo()._pending(agreement):
            agreement._set_state("approved", approval.answer)

    # -- what stands against it --------------------------------------------------------

    def _objections(self):
        """[``Objection``] to this agreement as it is: terms of the company, then the
        law."""
        self.ensure_one()
        today = self.company_id._cobranza_today()
        return [*self._beyond_terms(today), *self._law_objections()]

    def _beyond_terms(self, on):
        debtor = self.debtor_id
        own = self.policy_id._choose(self.company_id, debtor.regime, on)
        if self.policy_id and self.policy_id != own:
            yield Objection(
                self.env._(
                    "“%(policy)s” are not the terms of the company for this debtor "
                    "today.",
                    policy=self.policy_id.sudo().name,
                ),
                BEYOND,
            )
        if not self.policy_id:
            yield Objection(
                self.env._(
                    "%s has no terms of payment agreements for this debtor.",
                    self.company_id.name,
                ),
                BEYOND,
            )
            return
        for one in self._excesses(on):
            yield Objection(self._excess_words(one), BEYOND)
        for words in self._softer(on):
            yield Objection(words, BEYOND)
        yield from self._forgiven_beyond()

    def _forgiven_beyond(self):
        """Charges forgiven on completion beyond what is waived without approval."""
        kinds = self.env["cobranza.approval.kind"]
        for currency, charges in self._to_remit().grouped("currency_id").items():
            amount = sum(charges.mapped("amount"))
            if kinds._needed("waive", self.company_id, amount, currency):
                limit = kinds._limit("waive", self.company_id, currency)
                found, limit = (
                    formatLang(self.env, one, currency_obj=currency)
                    for one in (amount, limit)
                )
                yield Objection(
                    self.env._(
                        "It forgives charges of %(found)s when all is paid; up to "
                        "%(limit)s nobody is asked.",
                        found=found,
                        limit=limit,
                    ),
                    BEYOND,
                )

    def _excesses(self, on):
        rows = self._kernel_rows()
        limits = self.policy_id._limits(self.currency_id, on)
        guaranteed = bool(self._guarantors())
        rate = to_decimal(self.rate)
        smallest = unit(self.currency_id)
        chain = self._chain()
        start = chain[-1:].requested_on or self.requested_on
        before = chain.instalment_ids.filtered(
            lambda row: row.due_on <= self.requested_on or row.paid_on
        )
        return excesses(rows, start, rate, limits, guaranteed, smallest, len(before))

    def _kernel_rows(self):
        currency = self.currency_id
        return [
            Instalment(
                row.number,
                row.nominal_on,
                row.due_on,
                to_money(row.principal, currency),
                to_money(row.interest, currency),
                to_money(row.balance, currency),
            )
            for row in self.instalment_ids.sorted("number")
        ]

    def _excess_words(self, one):
        limit, found = (self._say(float(value)) for value in (one.limit, one.found))
        months = {
            name: say_figures(self.env, str(value))
            for name, value in (("limit", one.limit), ("found", one.found))
        }
        words = {
            "months": self.env._(
                "It lasts %(found)s months, the terms allow %(limit)s.", **months
            ),
            "rows": self.env._(
                "With those of what it replaces there are %(found)s instalments, the "
                "terms allow %(limit)s.",
                **months,
            ),
            "share": self.env._(
                "An instalment is %(found)s, the terms ask for %(limit)s at least.",
                limit=limit,
                found=found,
            ),
            "guarantee": self.env._(
                "It is about %(found)s and nobody else answers for it: the terms ask "
                "for a guarantee from %(limit)s.",
                limit=limit,
                found=found,
            ),
        }
        return words[one.kind]

    def _softer(self, on):
        """What was agreed below the terms: interest, missed instalments, days to
        cure."""
        policy = self.policy_id
        rate, _words = policy._rate_on(self.company_id, on)
        if to_decimal(self.rate) > rate:
            yield self.env._(
                "Its interest is %(found)s %% a year, the terms allow %(limit)s %%.",
                found=say_figures(self.env, f"{to_decimal(self.rate).normalize():f}"),
                limit=say_figures(self.env, f"{rate.normalize():f}"),
            )
        if to_decimal(self.rate) < rate:
            yield self.env._(
                "Its interest is %(found)s %% a year, the terms ask for %(limit)s %%.",
                found=say_figures(self.env, f"{to_decimal(self.rate).normalize():f}"),
                limit=say_figures(self.env, f"{rate.normalize():f}"),
            )
        rules = self.company_id._cobranza_rules()
        protected = self.debtor_id.regime in rules._protected_regimes()
        for name in ("missed", "cure_days"):
            # who is protected is not agreed with more harshly either
            harsher = protected and self[name] < policy[name]
            if self[name] > policy[name] or harsher:
                yield self.env._(
                    "%(what)s: %(found)s, the terms say %(limit)s.",
                    what=self._fields[name]._description_string(self.env),
                    found=self[name],
                    limit=policy[name],
                )


class CobranzaRules(models.AbstractModel):
    """What the law of a country says of agreements."""

    _inherit = "cobranza.rules"

    def _agreement_objections(self, agreement, on):
        """[``Objection``] of the law to a payment agreement that is asked for on a day:
        as the consumer credit law, the highest interest, clauses that bind nobody.

        Neutral: interest of whom the law protects, or may protect, is passed by a
        lawyer; its late interest is not remitted on completion only. Charges bear
        interest only where ``_agreement_capitalisable`` says so.
        """
        found = self._capitalising_objections(agreement)
        if agreement.debtor_id.regime not in self._protected_regimes():
            return found
        if agreement.rate:
            found.append(
                Objection(
                    self.env._(
                        "Interest for a payment in instalments may be consumer credit."
                    ),
                    LAW,
                )
            )
        if agreement.default_interest == "completion":
            found.append(
                Objection(
                    self.env._(
                        "%s is protected: late interest that comes back with a breach "
                        "cannot be agreed.",
                        agreement.debtor_id.display_name,
                    )
                )
            )
        return found

    def _capitalising_objections(self, agreement):
        lawful, article = self._agreement_capitalisable(agreement)
        names = [
            agreement._fields[name]._description_string(self.env)
            for part, name in TREATED.items()
            if agreement[name] == "capitalise" and part not in lawful
        ]
        if not names:
            return []
        words = self.env._(
            "%s: what was charged for paying late may bear no interest here.",
            ", ".join(names),
        )
        return [Objection(f"{words} ({article})" if article else words)]

    def _acceleration_days(self, agreement, on):
        """Days for which the first missed instalment of an agreement must have been
        overdue on a day before everything may become due, besides its days to cure.
        Neutral: none."""
        return 0

    def _stamp_tax(self, amount, start, end, table):
        """(Money, article) of the tax on a promissory note for ``amount``, Money, from
        ``start`` until the last of its days, ``end``. Neutral: None, no tax is
        known."""
        return None

    def _agreement_capitalisable(self, agreement):
        """(kernel ``Part``s of charges that may bear the interest of an agreement, the
        article by which the others may not). Neutral: none, by no article."""
        return frozenset(), ""

    def _liquidation_article(self):
        """The article by which the opening of a liquidation makes everything due.
        Neutral: none is cited."""
        return ""

    def _agreement_day_count(self):
        """The kernel ``DayCount`` of the interest of agreements, for what is no whole
        month. Neutral: actual days, of 365."""
        return DayCount.ACT_365

    def _extension_article(self):
        """The article by which a term that is given to the debtor without the consent
        of a guarantor ends the guarantee. Neutral: none is cited."""
        return ""
