from collections import defaultdict
from datetime import date

from odoo import api, models
from odoo.tools import SQL, format_date

from ...kernel.errors import MissingValue, NoSuchRule
from ...kernel.fees import charge_amount, fee_on
from ...kernel.money import Money, allocate, round_to
from ..common.money import to_decimal, unit
from .assessment import Assessment, UsedValues, percents
from .correct import Correction, correctable

UNCHARGED = """
    SELECT d.move_id, d.debtor_id,
           sum(CASE WHEN l.id IS NULL OR r.debt_id IS NOT NULL THEN d.original_amount
                    ELSE l.amount_currency END)::text,
           (SELECT COALESCE(sum(c.base), 0) FROM cobranza_charge c
             WHERE c.move_id = d.move_id AND c.debtor_id = d.debtor_id
               AND c.kind = 'fee' AND c.state <> 'reversed')::text
      FROM cobranza_debt d
      LEFT JOIN account_move_line l ON l.id = d.move_line_id
      LEFT JOIN (SELECT DISTINCT debt_id FROM cobranza_debt_former_line_rel) r
        ON r.debt_id = d.id
     WHERE d.move_id = ANY(%s) AND d.void_reason IS NULL AND d.nature = 'principal'
     GROUP BY d.move_id, d.debtor_id
"""


class CobranzaCharge(models.Model):
    """Assessment of overdue debts by the rules of the company's country, and the
    collection fee. Assessed charges are corrected when settlements are booked late.
    """

    _inherit = "cobranza.charge"

    @api.model
    def _assess(self, debts, on, run=None, claims=None):
        """Charge overdue ``debts`` on a day; (charges, {debt id: why not charged}).

        Set-based and idempotent: what has been charged is not charged again. ``claims``
        as ``debts._claimable`` gives them, when the caller knows them already.
        """
        works = self._works(debts, on, claims)
        drafts = [draft for work in works for draft in work.drafts]
        if run:
            for draft in drafts:
                draft["run_id"] = run.id
        # sudo: nobody makes charges by hand
        charges = self.sudo().create(drafts)
        used = {value for work in works for value in work.used}
        parameters = self.env["cobranza.parameter"].sudo()
        parameters._mark_used(used)
        for work in works:
            debts._bulk_charge_notes(work.company, work.notes(debts.ids))
            parameters._report_missing(work.company, work.missing.values())
        refused = (work.refused for work in works)
        return charges, {debt: why for one in refused for debt, why in one.items()}

    def _works(self, debts, on, claims=None):
        """An ``Assessment`` for each company; nothing is written."""
        works = []
        for company, group in debts.sudo().grouped("company_id").items():
            work = self._start(company, group, on, claims)
            if work.bases:
                self._draft_fees(work)
                self._draft_compensations(work)
                self._draft_commissions(work)
                self._draft_costs(work)
                self._draft_interest(work)
                self._draft_indexation(work)
                self._draft_penalties(work)
            works.append(work)
        return works

    def _start(self, company, debts, on, claims, known_until=None):
        """The ``Assessment`` of the principals that are overdue on ``on`` and may be
        claimed; ``claims`` as for ``_assess``, ``known_until`` as of ``Assessment``."""
        debts = debts.filtered(lambda debt: debt.nature == "principal")
        due = {debt: debt._due_on() for debt in debts}
        if claims is None:
            claims = debts._claimable(on)
        bases, covered, credits = {}, {}, {}
        for debt in debts.sorted(lambda debt: (due[debt], debt.id)):
            claim = claims.get(debt.id)
            if claim and due[debt] < on and claim.left > 0:
                bases[debt] = round_to(claim.left, unit(debt.currency_id))
                covered[debt] = claim.credit
                credits[debt] = claim.paid
        rules = company._cobranza_rules()
        table = self._table_of(company, due, bases, on) if bases else None
        return Assessment(
            company, rules, on, table, bases, due, covered, credits, known_until
        )

    def _table_of(self, company, due, debts, on):
        """The legal values from the oldest contract or due date of these debts on: what
        was agreed is judged by the day of its contract."""
        days = [due[debt] for debt in debts]
        days += [one.move_id.invoice_date or due[one] for one in debts]
        return company._cobranza_legal_table(min(days, default=on), on)

    # -- fee -------------------------------------------------------------------------

    def _draft_fees(self, work):
        """The statutory fee of each debtor and currency over the debts that have not
        paid theirs, allocated over them."""
        charged = self._charged(work, "fee")
        terms_by_regime, todo = {}, []
        for regime, debts in work.by_regime().items():
            debts = [debt for debt in debts if debt.id not in charged]
            terms, values = self._ask_law(work, "_fee_terms", debts, regime)
            if not terms:
                continue
            terms_by_regime[regime] = terms, values
            wait = terms.wait_days
            work.early |= {one.id for one in debts if work.days_late(one) <= wait}
            todo += [one for one in debts if work.days_late(one) > wait]
        if not todo:
            return
        records = self.env["cobranza.debt"].concat(*todo)
        blockers = work.rules._fee_blockers(records, work.on)
        proofs = work.rules._free_notice_proof(records, work.on)
        uncharged = self._uncharged(records)
        groups = defaultdict(list)
        for debt in todo:
            if blockers.get(debt.id):
                work.refuse([debt], blockers[debt.id])
            else:
                groups[debt.debtor_id, debt.currency_id].append(debt)
        for (debtor, currency), debts in groups.items():
            terms, values = terms_by_regime[debtor.regime]
            if terms.currency != currency.name:
                work.refuse(debts, self._message_currency(terms, currency))
            else:
                bases = self._fee_bases(work, debts, uncharged)
                self._draft_fee(work, bases, terms, values, proofs)

    def _draft_fee(self, work, found, terms, values, proofs):
        """One fee over {debt: base}, allocated over them to the last cent."""
        if not found:
            return
        debts, bases = list(found), list(found.values())
        base = Money(sum(bases), terms.currency)
        days = min(work.days_late(debt) for debt in debts)
        records = self.env["cobranza.debt"].concat(*debts)
        unproven = sum(not proofs.get(debt.id) for debt in debts)
        fee = fee_on(terms, base, days, unproven)
        incurred = work.rules._fee_incurred(records, work.on)
        total = charge_amount(fee, incurred)
        if not total.amount:
            return
        shares = allocate(total, bases, terms.rounding_unit)
        formula = f"{fee.formula} = {total.amount}"
        for debt, share, own in zip(debts, shares, bases, strict=True):
            proof = proofs.get(debt.id)
            part = f"({formula}) × {own} / {base.amount}" if len(debts) > 1 else formula
            work.add(
                debt,
                "fee",
                share,
                values,
                base=float(own),
                currency_id=debt.currency_id.id,
                rate_text=percents(part.rate * 100 for part in fee.parts),
                formula=part,
                article=terms.article,
                proof_contact_id=proof.id if proof else False,
                group_key=f"{work.on}/{min(one.id for one in debts)}",
            )

    def _message_currency(self, terms, currency):
        return self.env._(
            "The collection fee is set in %(legal)s and the debt is in %(own)s: charge "
            "it by hand.",
            legal=terms.currency,
            own=currency.name,
        )

    def _ask_law(self, work, hook, debts, *args):
        """(answer, values used) of a hook that takes the table.

        (None, None) without debts, when the law has no such rule on the day, and when
        a legal value is missing, which refuses the debts.
        """
        if not debts:
            return None, None
        values = UsedValues(work.table)
        try:
            return getattr(work.rules, hook)(*args, work.on, values), values
        except NoSuchRule:
            return None, None
        except MissingValue as error:
            work.lack(debts, self._message_missing(error), error)
            return None, None

    def _message_missing(self, error):
        name = f"{error.code}[{error.key}]" if error.key else error.code
        return self.env._(
            "The legal value %(name)s of %(day)s is missing: load it in the legal "
            "parameters.",
            name=name,
            day=error.on,
        )

    def _charged(self, work, kind):
        """Ids of the debts that have a charge of a kind that was not reversed."""
        debts = [debt.id for debt in work.bases]
        domain = [
            ("debt_id", "in", debts),
            ("kind", "=", kind),
            ("state", "!=", "reversed"),
        ]
        rows = self.sudo()._read_group(domain, ["debt_id"])
        return {debt.id for (debt,) in rows}

    def _uncharged(self, debts):
        """{(document id, debtor id): what of the document no fee has been charged on};
        one query."""
        for model in ("cobranza.debt", "account.move.line", "cobranza.charge"):
            self.env[model].flush_model()
        rows = self.env.execute_query(SQL(UNCHARGED, debts.move_id.ids))
        return {
            (move, debtor): to_decimal(whole) - to_decimal(charged)
            for move, debtor, whole, charged in rows
        }

    def _fee_bases(self, work, debts, uncharged):
        """{debt: base}: what is claimed, as far as its document has not paid its fee;
        lowers ``uncharged`` and says where nothing is left."""
        bases = {}
        for debt in debts:
            key = debt.move_id.id, debt.debtor_id.id
            own = work.bases[debt]
            free = round_to(uncharged.get(key, own), unit(debt.currency_id))
            base = min(own, free)
            if base > 0:
                uncharged[key] = free - base
                bases[debt] = base
            else:
                message = self.env._(
                    "The fee of %s has been charged on the whole document.",
                    debt.document,
                )
                work.refuse([debt], message, pending=False)
        return bases

    # -- corrections -----------------------------------------------------------------

    @api.model
    def _settled_on(self, days):
        """Settlements of ``days`` ({debt: earliest day}) were booked: recompute what
        was charged on that day or later; returns the new charges."""
        debts = self.env["cobranza.debt"].concat(*days)
        charges = correctable(self, debts).filtered(
            lambda charge: charge.assessed_on >= days[charge.debt_id]
        )
        reasons = {debt: self._reason_of_day(days[debt]) for debt in charges.debt_id}
        return self._recompute_after_settlement(charges.debt_id, reasons)

    def _reason_of_day(self, day):
        if day == date.min:
            return self.env._("A part was credited: it was never owed")
        return self.env._(
            "Settled on %s, before it was charged", format_date(self.env, day)
        )

    @api.model
    def _mark_stale(self, debts):
        """Settlements of these debts were undone: the next run recomputes their
        charges. An undoing that is redone meanwhile changes nothing."""
        stale = correctable(self, debts).debt_id
        stale.sudo().write({"charge_stale": True})
        stale.debtor_id._redecide_later()

    @api.model
    def _recompute_stale(self, debtors):
        """Recompute the charges of debts whose settlements were undone; returns the new
        charges."""
        domain = [("debtor_id", "in", debtors.ids), ("charge_stale", "=", True)]
        debts = self.env["cobranza.debt"].sudo().search(domain)
        debts.write({"charge_stale": False})
        return self._recompute_debts(debts)

    def _recompute_debts(self, debts):
        """Recompute the charges of debts whose settlements were undone or moved;
        returns the new charges."""
        reason = self.env._("A settlement was undone or moved")
        return self._recompute_after_settlement(debts, dict.fromkeys(debts, reason))

    def _recompute_after_settlement(self, debts, reasons):
        """Charge again, on its own day, what the dates of the settlements do not bear
        out; ``reasons`` by debt. Returns the new charges."""
        new = self.browse()
        for company, charges in correctable(self, debts).grouped("company_id").items():
            new |= Correction(self, company).after_settlements(charges, reasons)
        return new

    @api.model
    def _judge_again(self, reasons):
        """Judge the charges of debtors ({debtor: why, in words}) by what is known of
        them and of the law now: what no law allows any more is reversed with the
        reason, in the ledger too, what changes is charged again on its own day. Returns
        the new charges."""
        debtors = self.env["cobranza.debtor"].concat(*reasons)
        # sudo: whoever changes what a charge rests on need not see it
        domain = [("debtor_id", "in", debtors.ids), ("nature", "=", "principal")]
        debts = self.env["cobranza.debt"].sudo().search(domain)
        why = {debt: reasons[debt.debtor_id] for debt in debts}
        new = self.browse()
        for company, charges in correctable(self, debts).grouped("company_id").items():
            new |= Correction(self, company).after_inputs(charges, why)
        return new

    @api.model
    def _reassess(self, contacts):
        """Recompute the fees that these contacts prove, as after a late bounce; returns
        the new charges.

        A fee that another notice proves only changes its proof. Otherwise all fees of
        its base are reversed, and assessed anew with the values of their own day.
        """
        # sudo: delivery events arrive from mail servers and from any collector
        fees = self.sudo().search(
            [
                ("proof_contact_id", "in", contacts.ids),
                ("kind", "=", "fee"),
                ("state", "!=", "reversed"),
            ]
        )
        new = self.browse()
        for company, group in fees.grouped("company_id").items():
            new |= Correction(self, company).after_proofs(group)
        return new
