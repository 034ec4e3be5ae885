"""What a court decided of a case: until when it may be enforced, and what is owed."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...kernel.errors import KernelError
from ...kernel.judgment import Part, Receipt
from ..common.money import to_decimal, to_money
from .judgment import IN_FORCE


class CobranzaCase(models.Model):
    """What a court decided, what is held for the debts, and what came of it."""

    _inherit = "cobranza.case"

    measure_ids = fields.One2many("cobranza.measure", "case_id", "Measures")
    measure_count = fields.Integer(compute="_compute_enforcement_counts")
    judgment_ids = fields.One2many("cobranza.judgment", "case_id", "Judgments")
    judgment_count = fields.Integer(compute="_compute_enforcement_counts")
    judged_amount = fields.Monetary(
        "Owed by the judgment",
        compute="_compute_judged_amount",
        help="By the judgment that counts today, with the costs that the court has set "
        "and the interest since then.",
    )
    realisation_ids = fields.One2many(
        "cobranza.realisation", "case_id", "Money from the court"
    )
    realisation_count = fields.Integer(compute="_compute_enforcement_counts")

    @api.depends("judgment_ids.state", "judgment_ids.owed", "judgment_ids.owed_costs")
    def _compute_judged_amount(self):
        for case in self:
            company = case.company_id or self.env.company
            judgment = case._judgment_on(company._cobranza_today())
            case.judged_amount = judgment.owed + judgment.owed_costs

    @api.depends("measure_ids", "judgment_ids", "realisation_ids")
    def _compute_enforcement_counts(self):
        names = ("measure", "judgment", "realisation")
        for name in names:
            groups = self.env[f"cobranza.{name}"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
            counts = {case.id: count for case, count in groups}
            for case in self:
                case[f"{name}_count"] = counts.get(case._origin.id, 0)

    def action_view_measures(self):
        return self._view_of("measure")

    def action_view_judgments(self):
        return self._view_of("judgment")

    def action_view_realisations(self):
        return self._view_of("realisation")

    def _view_of(self, name):
        """The records of one kind of this case; a new one is of it."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"cobranza_legal.action_cobranza_{name}"
        )
        return {
            **action,
            "domain": [("case_id", "=", self.id)],
            "context": {"default_case_id": self.id},
        }

    def _keep_enforcement(self):
        """One deadline of each of these ends the time in which it may be enforced, and
        one that in which the court that judged does it, where that is shorter: from the
        last judgment that is firm, else from the stage that made it final. They are
        closed while nothing is firm or an enforcement is before a court. Run again,
        nothing changes."""
        # sudo: it follows from what was written down, whoever did it
        for case in self.sudo():
            known = case.deadline_ids.filtered("enforces")
            begin = case._enforcement_begins()
            for same_court in (False, True):
                own = known.filtered(
                    lambda one, same_court=same_court: one.same_court == same_court
                )
                case._keep_enforcement_until(own, begin, same_court)

    def _keep_enforcement_until(self, known, begin, same_court):
        """The same for the deadlines ``known`` of one of both terms, by
        ``_enforcement_begins``."""
        if known.filtered(lambda one: one.state not in ("open", "closed")):
            return
        running = known.filtered(lambda one: one.state == "open")
        term = begin and begin[3]["same_court" if same_court else "enforcement"]
        if not term:
            running._set_state("closed", self.env._("Nothing is to be enforced"))
        elif self._is_being_enforced():
            running._set_state("closed", self.env._("Enforcement asked for"))
        elif not same_court or running or not self._is_past(term.ends(begin[2])):
            one = running[:1] or known[:1]
            self._run_enforcement((*begin[:3], term), one, same_court)
        known._keep_activities()

    def _is_past(self, day):
        return day < self.company_id._cobranza_today()

    def _enforces_before_judge(self, day):
        """(whether the court that judged may still be asked on a day to enforce it,
        ``kernel.judgment.EnforcementTerm`` by which); None: nobody knows since when it
        is firm, or the law knows no such term."""
        begin = self.sudo()._enforcement_begins()  # sudo: as above
        term = begin and begin[3]["same_court"]
        return term and (day <= term.ends(begin[2]), term)

    def _is_being_enforced(self):
        return any(
            one.state == "filed"
            and (one.phase == "enforcement" or one.type_id._enforces_judgment())
            for one in self.proceeding_ids
        )

    def _enforcement_begins(self):
        """(judgment or an empty one, proceeding, day from which it is firm, {name:
        ``kernel.judgment.EnforcementTerm`` or None} of its ``_judgment_terms``); None:
        nothing is firm, or nobody knows how long it may be enforced."""
        judgments = self.judgment_ids
        firm = judgments.filtered(lambda one: one.state == "firm")
        firm = firm.sorted(lambda one: (one.day, one.id))[-1:]
        suit, day = firm.proceeding_id, firm.firm_on
        asked = firm
        if not firm:
            suit = self.proceeding_ids.filtered(
                lambda one: one.state in ("filed", "ended") and one.stage_id.firm
            )[:1]
            day = suit.stage_on
            values = {"case_id": self.id, "proceeding_id": suit.id, "day": day}
            asked = judgments.new(values)
        if not day:
            return None
        try:
            terms = asked._terms()
        except KernelError:
            return None
        return terms["enforcement"] and (firm, suit, day, terms)

    def _run_enforcement(self, begin, known, same_court):
        """The deadline ``known``, or a new one, runs by (judgment, proceeding, day,
        term)."""
        judgment, suit, day, term = begin
        values = {
            "judgment_id": judgment.id,
            "start_on": day,
            "number": term.months,
            "alarm_days": (term.ends(day) - term.alarm(day)).days,
            "article": term.article,
        }
        if not known:
            spoken = self.with_context(lang=self.company_id._cobranza_lang()).env
            known.create(
                {
                    **values,
                    "case_id": self.id,
                    "proceeding_id": suit.id,
                    "name": spoken._("Enforcement before the court that judged")
                    if same_court
                    else spoken._("The action to enforce ends"),
                    "same_court": same_court,
                    "unit": "month",
                    "who": "us",
                    "from_receipt": False,
                    "enforces": True,
                }
            )
            return
        changed = {
            name: value
            for name, value in values.items()
            if (known[name].id if name == "judgment_id" else known[name]) != value
        }
        if changed:
            known._through_gate().write(changed)
        if known.state == "closed":
            known._set_state("open", self.env._("It may be enforced again"))
        known._count(self.env._("The judgment is firm on another day"))

    def _claimed_parts(self):
        """{code of a part: Decimal} that this case claims, in the currency of the
        company, as frozen when it was opened."""
        self.ensure_one()
        # sudo: who sees the case knows what it claims
        lines = self.sudo().line_ids
        return {
            code: to_decimal(self._in_company({one: one[row.of_line] for one in lines}))
            for code, row in self.env["cobranza.claim.part"]._by_code().items()
            if row.of_line
        }

    def _judgment_on(self, on):
        """The judgment that counts on a day: the last one in force; empty if none."""
        self.ensure_one()
        found = self.judgment_ids.filtered(
            lambda one: one.state in IN_FORCE and one.day <= on
        )
        return found.sorted(lambda one: (one.day, one.id))[-1:]

    def _owed_parts(self, on, without=None):
        """{``kernel.judgment.Part``: Money} that is owed on a day: by the judgment that
        counts, else what the case claims, less what came in since. ``without``:
        realisations that are left out. MissingValue for a day without a rate."""
        judgment = self._judgment_on(on)
        if judgment:
            return dict(judgment._owed(on, without).parts)
        zero = to_money(0, self.currency_id)
        owed = {
            Part(code): to_money(amount, self.currency_id)
            for code, amount in self._claimed_parts().items()
        }
        claimed = self.claimed_on or on
        # what came on the day of the claim is in it
        later = claimed + timedelta(days=1)
        for receipt in self._receipts(later, on, without):
            for part, money in receipt.parts:
                owed[part] = max(owed.get(part, zero) - money, zero)
        same = to_money(self._paid_after_claim(), self.currency_id)
        principal = owed.get(Part.PRINCIPAL, zero)
        owed[Part.PRINCIPAL] = max(principal - same, zero)
        return owed

    def _paid_after_claim(self):
        """What was settled of the principal on the day of the claim after it was worked
        out, in the currency of the company: it claims more than was open at the end of
        that day."""
        self.ensure_one()
        # sudo: as in _receipts
        case = self.sudo()
        later = case.env["cobranza.settlement"]._read_group(
            [
                ("debt_id", "in", case.debt_ids.ids),
                ("date", ">", case.claimed_on or False),
            ],
            ["debt_id"],
            ["amount_currency:sum"],
        )
        later = {debt: amount for debt, amount in later}
        return case._in_company(
            {
                line: max(line.principal - left, 0)
                for line in case.line_ids
                for left in [
                    line.debt_id.amount_residual_currency + later.get(line.debt_id, 0)
                ]
            }
        )

    def _receipts(self, first, last, without=None):
        """[``kernel.judgment.Receipt``] of what came in between two days: what courts
        brought, as the certificate or the order of the law spreads it, and what the
        ledger settled otherwise, on the part that it settled."""
        self.ensure_one()
        # sudo: who sees the case knows what is owed, not the journal items
        case = self.sudo()
        rows = case.realisation_ids - (without or case.realisation_ids.browse()).sudo()
        done = rows.filtered(
            lambda one: one.state == "done" and first <= one.day <= last
        )
        skip = case.env["account.move"].concat(
            *case.realisation_ids._books_of(case, without or ()).values()
        )
        found = [one._receipt() for one in done]
        debts = case.debt_ids | case.debt_ids.search(
            [("parent_id", "in", case.debt_ids.ids)]
        )
        kinds = self.env["cobranza.settlement.kind"]
        settled = (
            self.env["cobranza.settlement"]
            .sudo()
            .search(
                Domain("debt_id", "in", debts.ids)
                & Domain("date", ">=", first)
                & Domain("date", "<=", last)
                & Domain("move_id", "not in", skip.ids)
                & Domain(
                    "kind",
                    "in",
                    [*kinds._where(collects=True), *kinds._where(unowed=True)],
                )
            )
        )
        parts = case._parts_of(debts)
        for row in settled:
            money = to_money(row.amount, case.currency_id)
            booked = ((parts[row.debt_id.id], money),)
            found.append(Receipt(row.date, money, booked))
        return found

    def _parts_of(self, debts):
        """{debt id: ``kernel.judgment.Part``} of what each of these is."""
        charges = self.env["cobranza.charge"].sudo()
        charges = charges.search([("bill_debt_id", "in", debts.ids)])
        kinds = {one.bill_debt_id.id: one.kind for one in charges}
        own = {"interest": Part.DEFAULT, "cost": Part.COSTS}
        natures = {"principal": Part.PRINCIPAL, "cost": Part.COSTS}
        return {
            one.id: natures.get(one.nature) or own.get(kinds.get(one.id), Part.FEES)
            for one in debts
        }
