"""What each reason of the engine means, for people."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_amount, format_date, format_datetime

from ...kernel.errors import KernelError
from ..common.words import say_error

SHOWN = 20
"""Debts that the panel of a debtor or a document explains; the others are counted."""


UNFINISHED = ("draft", "planned", "sending", "failed", "in_doubt")


class CobranzaWhy(models.AbstractModel):
    """Every decision with its reason, rule, article and values, in words.

    Reads for all the debts at once; the panels of debtor, debt and document show it.
    """

    _name = "cobranza.why"
    _description = "Reasons of the collection"

    def _panels(self, groups):
        """{key: (panels of the first debts, words on how many more there are)} of
        {key: debts}."""
        shown = {key: debts[:SHOWN] for key, debts in groups.items()}
        explained = self._explain(self.env["cobranza.debt"].union(*shown.values()))
        return {
            key: (
                [explained[debt.id] for debt in debts],
                self._more(len(groups[key]) - len(debts)),
            )
            for key, debts in shown.items()
        }

    def _more(self, count):
        """Words on so many debts that are not explained here."""
        return self.env._("And %s more: open one to read why.", count) if count else ""

    def _explain(self, debts):
        """{debt id: {title, reason, html}}, the html of one panel for each debt."""
        debtors = debts.debtor_id
        articles = self._articles(debtors)
        # no payment of the whole debtor is one of some of its debts
        whole = debtors - debtors.sudo(False)._seen_in_part()
        credits = self.env["cobranza.run"]._read_credits(whole)
        contacts = self._unfinished(debts)
        result = {}
        for debt in debts:
            credit = credits.get(debt.debtor_id.id, {}).get(debt.currency_id.id)
            reason = self._label(debt, "reason")
            article, laws = articles[debt.debtor_id.id]
            values = {
                "reason": reason,
                "sentence": self._sentence(debt.reason),
                "facts": self._facts(debt),
                "law": laws.get(debt.reason, ""),
                "blockers": self._blockers(debt, credit, laws),
                "contacts": [self._contact(one) for one in contacts.get(debt.id, ())],
                "article": article,
                "charges": [self._charge(one) for one in debt.charge_ids],
            }
            html = self.env["ir.qweb"]._render("cobranza_legal.why_debt", values)
            result[debt.id] = {
                "title": debt.display_name,
                "reason": reason,
                "html": html,
            }
        return result

    def _sentence(self, reason):
        """What a reason means, in the language of the user."""
        return self.env["cobranza.decision.reason"]._sentence(reason)

    def _label(self, record, name):
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], record[name] or "")

    def _day(self, day):
        return format_date(self.env, day)

    def _unfinished(self, debts):
        """{debt id: contacts that have not been made yet}."""
        lines = self.env["cobranza.contact.line"].search(
            [("debt_id", "in", debts.ids), ("contact_id.state", "in", UNFINISHED)]
        )
        return {
            debt.id: own.contact_id for debt, own in lines.grouped("debt_id").items()
        }

    def _articles(self, debtors):
        """{debtor id: (article of the contact rules or what is missing to know it,
        {reason: article})}."""
        result = {}
        for company, group in debtors.grouped("company_id").items():
            rules = company._cobranza_rules()
            day = company._cobranza_today()
            table = company._cobranza_legal_table(day, day)
            for regime, own in group.grouped("regime").items():
                try:
                    article = rules._contact_rules(regime, day, table).article
                except KernelError as error:
                    article = say_error(self.env, error)
                laws = rules._reason_articles(regime, day)
                result |= dict.fromkeys(own.ids, (article, laws))
        return result

    # -- one debt ----------------------------------------------------------------------

    def _facts(self, debt):
        """[(label, value)] of what was known and what comes next."""
        known = debt.decision or {}
        facts = [(self.env._("Decided on"), self._day(debt.decided_on))]
        if debt.policy_id:
            because = self._label(debt, "policy_reason")
            facts.append((self.env._("Policy"), f"{debt.policy_id.name} · {because}"))
        facts.append((self.env._("Level"), self._level(debt)))
        if known.get("claim"):
            claim = Decimal(known["claim"])
            currency = debt.company_currency_id
            amount = format_amount(self.env, float(claim), currency)
            facts.append((self.env._("Claimable when decided"), amount))
        facts.append((self.env._("Not charged"), debt.charge_note))
        facts.append((self.env._("Next act"), self._next(debt)))
        facts.append((self.env._("Limitation"), self._limitation(debt)))
        # sudo: whoever sees this debt alone is told this, and no day
        if not debt.debtor_id.sudo().review_on and not debt.settled:
            changed = self.env._("Something has changed: the next run decides again.")
            facts.append((self.env._("Still true?"), changed))
        return [(label, value) for label, value in facts if value]

    def _level(self, debt):
        if not debt.level_id:
            return self.env._("None reached yet")
        return self.env._(
            "%(number)s of %(count)s, %(name)s: %(days)s days from the due date, "
            "since %(since)s",
            number=debt.level,
            count=max(debt.policy_id.level_ids.mapped("number"), default=debt.level),
            name=debt.level_id.name,
            days=debt.level_id.days,
            since=self._day(debt.level_since),
        )

    def _limitation(self, debt):
        if not debt.limitation_on:
            return ""
        action = self.env["cobranza.claim.action"]._label(debt.limitation_action)
        return f"{self._day(debt.limitation_on)} · {action}"

    def _next(self, debt):
        if not debt.next_on:
            return ""
        after = debt._next_level()
        if not after:
            return self._day(debt.next_on)
        return self.env._(
            "%(name)s (%(channel)s) on %(day)s",
            name=after.name,
            channel=self._label(after, "channel"),
            day=self._day(debt.next_on),
        )

    def _blockers(self, debt, credit, laws):
        """Everything that stops the debt, gravest first: what it is, its rule in
        words, the article of the law where one stands behind it, who and until when."""
        codes = (debt.decision or {}).get("blockers") or []
        labels = dict(debt._fields["reason"]._description_selection(self.env))
        return [
            {
                "name": labels.get(code, code),
                "rule": self._sentence(code),
                "law": laws.get(code, ""),
                "details": self._blocker_details(debt, code, credit),
            }
            for code in codes
        ]

    def _blocker_details(self, debt, code, credit):
        """[words] of who or what stops the debt for a reason, and until when, by the
        method that the reason's row names."""
        row = self.env["cobranza.decision.reason"]._row(code)
        if not (row and row.details):
            return []
        return getattr(self, f"_details_{row.details}")(debt, row, credit)

    def _details_since(self, debt, row, credit):
        since = debt.debtor_id[row.since]
        return [self.env._("Since %s", self._day(since))] if since else []

    def _details_ceded(self, debt, row, credit):
        parts = (debt.ceded_to_id.name, self._day(debt.ceded_on))
        return [" · ".join(part for part in parts if part)]

    def _details_instrument(self, debt, row, credit):
        until = debt.covered_until
        entry = debt.move_line_id.move_id.name
        words = until and self.env._("Until %s", self._day(until))
        return [" · ".join(filter(None, (entry, words)))]

    def _details_covered(self, debt, row, credit):
        until = debt.covered_until
        return [self.env._("Until %s", self._day(until))] if until else []

    def _details_barred(self, debt, row, credit):
        until = self._day(debt.claimable_until)
        return [self.env._("Since the day after %s", until)] if until else []

    def _details_void(self, debt, row, credit):
        return [debt.void_reason] if debt.void_reason else []

    def _details_credit(self, debt, row, credit):
        if not credit:
            return []
        amount = format_amount(self.env, float(credit[0]), debt.currency_id)
        return [self.env._("Not allocated: %s", amount)]

    def _details_holds(self, debt, row, credit):
        found = debt.debtor_id.hold_ids.filtered(
            lambda hold: (
                hold.state == "open"
                and hold._kernel_reason() == row.reason
                and (not hold.debt_ids or debt in hold.debt_ids)
            )
        )
        return [self._hold(one) for one in self._seen(found)]

    @staticmethod
    def _seen(records):
        """Those of these records, read as superuser, that the user may see."""
        return records.sudo(False)._filtered_access("read").sudo()

    def _hold(self, hold):
        until = self._day(hold.date_to) or self.env._("somebody releases it")
        text = self.env._(
            "%(why)s, by %(user)s since %(since)s until %(until)s",
            why=self._label(hold, "reason"),
            user=hold.user_id.name,
            since=self._day(hold.date_from),
            until=until,
        )
        return f"{text}: {hold.note}" if hold.note else text

    def _details_disputes(self, debt, row, credit):
        return [
            self.env._(
                "%(amount)s since %(day)s, in the hands of %(user)s: %(why)s",
                amount=format_amount(self.env, one.amount, one.currency_id),
                day=self._day(one.opened_on),
                user=one.user_id.name,
                why=self._label(one, "reason"),
            )
            for one in debt.dispute_ids
            if one.state in ("open", "upheld")
        ]

    def _promise_words(self, promise):
        amount = format_amount(self.env, promise.amount, promise.currency_id)
        day = self._day(promise.promised_on)
        grace = promise.company_id.cobranza_promise_tolerance
        if not grace:
            return self.env._("%(amount)s on %(day)s", amount=amount, day=day)
        if grace == 1:
            return self.env._(
                "%(amount)s on %(day)s, and 1 day of grace", amount=amount, day=day
            )
        return self.env._(
            "%(amount)s on %(day)s, and %(grace)s days of grace",
            amount=amount,
            day=day,
            grace=grace,
        )

    def _details_promises(self, debt, row, credit):
        promises = debt.debtor_id.promise_ids.filtered(
            lambda promise: promise.state == "open" and debt in promise.debt_ids
        )
        return [self._promise_words(one) for one in self._seen(promises)]

    def _contact(self, contact):
        moment = contact.planned_at
        zone = contact.debtor_id._tz()
        when = moment and format_datetime(self.env, moment, tz=zone, dt_format="short")
        name = [self._label(contact, "channel"), contact.level_id.name]
        waits = [self._label(contact, "waiting"), contact.waiting_note]
        return {
            "name": " · ".join(filter(None, name)),
            "state": self._label(contact, "state"),
            "when": when,
            "waits": ": ".join(part for part in waits if part),
        }

    def _charge(self, charge):
        return {
            "name": self._label(charge, "kind"),
            "amount": format_amount(self.env, charge.amount, charge.currency_id),
            "state": charge.state != "assessed" and self._label(charge, "state"),
            "formula": charge.formula_text,
            "article": charge.article,
            "values": (charge.values_text or "").splitlines(),
        }


class CobranzaDebt(models.Model):
    """Why a debt is where it is."""

    _inherit = "cobranza.debt"

    # sudo: whoever may read it, not the ledger that it is explained by
    why = fields.Html(compute="_compute_why", compute_sudo=True, sanitize=False)

    def _next_level(self):
        """The level of its policy after the one that it has reached; empty after the
        last one."""
        later = self.policy_id.level_ids.filtered(lambda one: one.number > self.level)
        return later.sorted("number")[:1]

    @api.depends_context("lang", "tz", "uid")
    def _compute_why(self):
        explained = self.env["cobranza.why"]._explain(self)
        for debt in self:
            debt.why = explained[debt.id]["html"]


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    # sudo: whoever may read it, not the ledger that it is explained by
    why = fields.Html(compute="_compute_why", compute_sudo=True, sanitize=False)

    @api.depends_context("lang", "tz", "uid")
    def _compute_why(self):
        why = self.env["cobranza.why"]
        part = self.sudo(False)._sees_own_debts()
        panels = why._panels({debtor: debtor._explained_debts() for debtor in self})
        name = "own_reason" if part else "reason"
        reasons = {one: one.sudo(not part)[name] for one in self}
        for debtor in self:
            debts, more = panels[debtor]
            values = {
                "debtor": debtor,
                "sentence": why._sentence(reasons[debtor]),
                "priority": "" if part else debtor.priority_words,
                "debts": debts,
                "more": more,
            }
            debtor.why = self.env["ir.qweb"]._render(
                "cobranza_legal.why_debtor", values
            )

    def _explained_debts(self):
        """The open principals that the user may see."""
        debts = self.open_debt_ids.filtered(lambda one: one.nature == "principal")
        return self.env["cobranza.why"]._seen(debts)
