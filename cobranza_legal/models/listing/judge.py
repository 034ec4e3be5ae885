import logging

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ...kernel.errors import KernelError
from ...kernel.listing import APPROVAL, OVER, stage, told
from ..common.judging import judging
from ..common.money import to_decimal
from ..common.words import QUIET, say_error
from .listing import PREPARING, REPORTED

_logger = logging.getLogger(__name__)

JUDGED = (*PREPARING, *REPORTED)
"""States that follow from what is known."""


class CobranzaListing(models.Model):
    """What the days, the money and the law make of a report: judged every night, and
    with whatever changes about its debtor, in the same transaction."""

    _inherit = "cobranza.listing"

    # -- when --------------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Those that were not looked at today."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", JUDGED),
                "|",
                ("judged_on", "=", False),
                ("judged_on", "<", today),
            ],
            limit=limit,
            order="id",
        )

    def _upkeep(self, today):
        self._judge(today)

    @api.model
    def _judge_of(self, debtors):
        """Something about these debtors has changed. Run as superuser."""
        found = self.search([("debtor_id", "in", debtors.ids), ("state", "in", JUDGED)])
        found._judge_now()

    def _judge_soon(self):
        """Judge what was made or stated by the user a moment ago."""
        # sudo: the state follows from what is known, whoever wrote it
        self.sudo()._judge_now()

    def _judge_now(self):
        # sudo: as above
        for company, own in self.sudo().grouped("company_id").items():
            own._judge(company._cobranza_today())

    # -- judging -----------------------------------------------------------------------

    def _judge(self, today):
        """Bring the state of these, of one company, and what their registers have to be
        told, in line with what is known. Judged twice, nothing changes the second time.
        A legal value that lacks stops nothing else: it is logged, and looked at again.
        """
        mine = judging(self.sudo().with_context(**QUIET))
        mine = mine.filtered(lambda one: one.state in JUDGED)
        if not mine:
            return
        company = mine.company_id
        try:
            rules = company._cobranza_rules()
            found = rules._listing_blockers(mine, today)
        except KernelError as error:
            _logger.warning("%s: %s", company.name, say_error(self.env, error))
            found = {}
        mine._through_gate().write({"judged_on": today})
        if not found:
            return
        prepared = mine.filtered(lambda one: one.state in PREPARING)
        prepared._prepare(found)
        (mine - prepared)._follow(found, today)

    def _prepare(self, found):
        """Where those stand that the register does not know."""
        stops = self.env["cobranza.listing.guard"]._stopping()
        groups, lapsed = {}, self.browse()
        for one in self:
            judged = found[one.id]
            target = stage(judged.guards, stops)
            codes = {"cancelled": OVER, "suspended": stops}.get(target)
            why = one._why(judged, codes) if codes else None
            groups.setdefault((target, why), self.browse())
            groups[target, why] |= one
            if target not in ("eligible", "approved") or (
                target == "eligible" and one.approved_on
            ):
                lapsed |= one
        lapsed._lapse()
        for (target, why), listings in groups.items():
            if target == "cancelled":
                listings._close(why)
            else:
                listings._set_state(target, why)
        entries = self.env["cobranza.listing.entry"]
        approved = self.filtered(lambda one: one.state == "approved")
        entries._ensure("add", {one: (found[one.id], None) for one in approved})
        (self - approved).entry_ids._drop(self.env._("It is not approved any more"))

    def _lapse(self):
        """The approval of what does not hold any more ends: it is asked for again."""
        asked = self.env["cobranza.approval"]._pending(self, "listing")
        lapsed = self.filtered("approved_on") | asked
        if lapsed:
            lapsed._withdraw_approval(self.env._("A condition does not hold any more"))

    def _follow(self, found, today):
        """What the registers of those that they know have to be told."""
        entries = self.env["cobranza.listing.entry"]
        removals, updates, right = {}, {}, self.browse()
        for one in self:
            judged = found[one.id]
            unmet = judged.unmet.keys() - {APPROVAL}
            act = told(to_decimal(one.reported), judged.facts.owed, bool(unmet))
            if act == "remove":
                removals[one] = judged, one._why(judged, unmet)
            elif act == "update":
                updates[one] = judged, None
            else:
                right |= one
        right.entry_ids._drop(self.env._("The register is right again"), "update")
        entries._ensure("update", updates)
        for one, (_judged, why) in removals.items():
            one._ask_removal(why)
        entries._ensure("remove", removals)
        shown = self.filtered(
            lambda one: (
                one.state == "blocked"
                and one.blocked_until
                and one.blocked_until < today
            )
        )
        shown._set_state("visible", self.env._("The days of the register are over"))

    def _ask_removal(self, why):
        """The register has to forget it. Run as superuser."""
        self.entry_ids._drop(why, "update")
        if self.state in REPORTED:
            self._set_state("removal_requested", why, removal_reason=why)

    # -- words -------------------------------------------------------------------------

    def _why(self, judged, codes):
        """Why those of the guards of these ``codes`` that do not hold do not."""
        return " ".join(
            self._why_not(guard, judged)
            for guard in judged.guards
            if not guard.met and guard.code in codes
        )

    def _guard_rows(self, judged):
        """[{code, met, label, words, article}] of every guard: what has to hold, and
        where it does not, why not and the way out."""
        guards = self.env["cobranza.listing.guard"]
        rows = []
        for guard in judged.guards:
            label = guards._label(guard.code)
            words = label
            if not guard.met:
                way_out = self.env._(guards._row(guard.code).way_out)
                why = self._why_not(guard, judged)
                words = f"{why} {way_out}"
                if guard.article:
                    words = f"{words} ({guard.article})"
            rows.append(
                {
                    "code": guard.code,
                    "met": guard.met,
                    "label": label,
                    "words": words,
                    "article": guard.article,
                }
            )
        return rows

    def _why_not(self, guard, judged):
        """Why one guard does not hold, in a sentence."""
        key = f"{guard.code}.{guard.why}"
        words = {**self._words_of_person(), **self._words_of_debt(judged)}
        words |= self._words_of_letters(judged)
        if key in words:
            return words[key]
        return self.env._(
            "Does not hold: %s.", self.env["cobranza.listing.guard"]._label(guard.code)
        )

    def _words_of_person(self):
        who = self.partner_id.display_name
        register = self.env["cobranza.register"]._label(self.register)
        return {
            "party.stranger": self.env._("%s does not answer for this debt.", who),
            "party.number": self.env._("%s has no tax number.", who),
            "party.changed": self.env._(
                "%(who)s was reported with another tax number, %(number)s.",
                who=who,
                number=self.reported_number or "",
            ),
            "register.unknown": self.env._(
                "The law of this company knows no register of this name."
            ),
            "register.persons": self.env._("%s takes legal persons only.", register),
            "register.paper": self.env._(
                "%s takes signed bills, notes and cheques only.", register
            ),
            "membership.none": self.env._(
                "No membership of %s is in force with its number and agreement.",
                register,
            ),
            "membership.lenders": self.env._(
                "Only credit institutions report to %s.", register
            ),
            "death.open": self.env._("%s has died.", who),
            "insolvency.open": self.env._(
                "Insolvency proceedings of %s are open.", who
            ),
            "privacy.open": self.env._(
                "%s has asked to erase or block its data, or has objected.", who
            ),
            "consent.none": self.env._("%s has not agreed in writing.", who),
        }

    def _words_of_debt(self, judged):
        facts, terms = judged.facts, judged.terms
        currency = self.company_id.currency_id

        def say(amount):
            return formatLang(self.env, float(amount), currency_obj=currency)

        origins = self.env["cobranza.listing.origin"]
        row = origins._row(self.origin)
        return {
            "debt.gone": self.env._("The document is void, or is not ours."),
            "debt.charge": self.env._("It is a charge, no principal."),
            "debt.paid": self.env._("Nothing is open of it."),
            "debt.covered": self.env._(
                "A cheque or bill was taken for it: it is not asked for before its day."
            ),
            "debt.not_due": self.env._(
                "It is due on %s only.", format_date(self.env, facts.due)
            ),
            "minimum.small": self.env._(
                "Its principal is %(owed)s, less than %(minimum)s.",
                owed=say(facts.compared),
                minimum=say(terms.minimum or 0),
            ),
            "age.old": self.env._(
                "Since %s it is too old.",
                format_date(self.env, terms.purge_on(facts.due)),
            ),
            "dispute.open": self.env._("The debtor disputes it."),
            "suit.open": self.env._(
                "A claim is pending before an authority, or the debtor contests it "
                "before a court."
            ),
            "agreement.open": self.env._("A payment agreement runs."),
            "origin.unknown": self.env._("Nobody has said what it comes from."),
            "origin.barred": self.env._(
                "“%(origin)s” is never reported (%(article)s).",
                origin=origins._label(self.origin),
                article=row.never if row else "",
            ),
            "origin.renegotiated": self.env._(
                "It was agreed about anew: such debts are never reported."
            ),
            "instrument.none": self.env._("No such instrument proves it."),
        }

    def _words_of_letters(self, judged):
        facts, demand = judged.facts, judged.facts.demand
        register = self.env["cobranza.register"]._label(self.register)
        end = demand and demand.ends()
        return {
            "warning.none": self.env._(
                "Nothing that the debtor received names %s.", register
            ),
            "warning.waits": self.env._(
                "A letter names %s, but its reception is not proven yet.", register
            ),
            "demand.none": self.env._("No demand of payment has been sent."),
            "demand.reception": self.env._(
                "Nothing proves that the demand of %s was received.",
                format_date(self.env, demand.sent) if demand else "",
            ),
            "demand.term": self.env._(
                "The term of the demand runs until %s.",
                format_date(self.env, end) if end else "",
            ),
            "approval.none": self.env._("Nobody else has approved it."),
            "approval.more": self.env._(
                "It was approved for %(approved)s, %(owed)s are owed now.",
                approved=self._say(float(facts.approved or 0)),
                owed=self._say(float(facts.owed)),
            ),
        }

    def _paid_days(self):
        """{debt id: day of the last money that settled it}. One query."""
        groups = self.env["cobranza.settlement"]._read_group(
            [("debt_id", "in", self.debt_id.ids)], ["debt_id"], ["date:max"]
        )
        return {debt.id: day for debt, day in groups}

    def _remind(self):
        """Somebody is asked to tell the registers of these what has changed."""
        members = self.env["cobranza.register.membership"].sudo()
        found = members.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("register", "in", list(set(self.mapped("register")))),
            ]
        )
        wanted = {(one.company_id, one.register) for one in self}
        newest = {}
        for member in found.sorted(lambda one: (one.since, one.id)):
            if (member.company_id, member.register) in wanted:
                newest[member.company_id, member.register] = member
        members.union(*newest.values())._ask_to_tell()

    @api.model
    def _remind_due(self, company, today):
        """Whoever answers for a register is asked for what still has to be told."""
        entries = self.env["cobranza.listing.entry"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "pending"),
                ("due_on", "<=", today),
            ]
        )
        entries.listing_id._remind()
