from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ...kernel.dunning import Reason
from ..common.owed import STILL_OPEN, flush_open
from ..company.company import MANAGERS

INSTRUMENT = Reason("instrument", 55)
"""Covered by an instrument; gravity between a direct debit and an agreement."""


COVERED = """
    SELECT d.id, l.date_maturity, NULL::int, NULL::date
      FROM cobranza_debt d
      JOIN account_move_line l ON l.id = d.move_line_id
      JOIN res_company c ON c.id = d.company_id
     WHERE d.id = ANY(%(debts)s) AND l.parent_state = 'posted'
       AND %(still_open)s AND l.date_maturity >= %(day)s
       AND (d.protested_on IS NULL OR d.protested_on > %(day)s)
       AND l.account_id IN (
           SELECT account_id FROM cobranza_company_instrument_rel
            WHERE company_id IN (c.id, split_part(c.parent_path, '/', 1)::int))
"""


SPANS = """
    SELECT d.id, l.date, l.date_maturity, d.protested_on
      FROM cobranza_debt d
      JOIN (SELECT id AS debt_id, move_line_id AS line_id FROM cobranza_debt
             UNION SELECT debt_id, line_id FROM cobranza_debt_former_line_rel) chain
        ON chain.debt_id = d.id
      JOIN account_move_line l ON l.id = chain.line_id AND l.parent_state = 'posted'
      JOIN res_company c ON c.id = d.company_id
     WHERE d.id = ANY(%(debts)s) AND l.date_maturity > l.date
       AND c.cobranza_instrument_interest = 'suspended'
       AND l.account_id IN (
           SELECT account_id FROM cobranza_company_instrument_rel
            WHERE company_id IN (c.id, split_part(c.parent_path, '/', 1)::int))
     ORDER BY d.id, l.date
"""


class CobranzaDebt(models.Model):
    """What covers a debt for a while: a cheque, promissory note or bill of exchange
    that was taken for it, until its day or its protest; and a document that was ceded
    and given back.

    Taken in payment they pay nothing until they are cashed, and meanwhile nobody may
    ask for the debt: CC (ES) art. 1170, Ley 18.092 (CL) art. 12.
    """

    _inherit = "cobranza.debt"

    covered_until = fields.Date(
        compute="_compute_covered",
        compute_sudo=True,  # of the debt's item, which lawyers may not read
        help="Until this day nothing is asked of the debtor.",
    )
    covered_note = fields.Char(compute="_compute_covered", compute_sudo=True)
    on_instrument = fields.Boolean(compute="_compute_covered", compute_sudo=True)

    @api.depends("move_line_id", "protested_on")
    @api.depends_context("lang")
    def _compute_covered(self):
        for company, debts in self.grouped("company_id").items():
            found = debts._covered(debts.ids, company._cobranza_today())
            accounts = company._cobranza_instrument_accounts()
            for debt in debts:
                until = found.get(debt.id, (None, False))[1]
                debt.covered_until = until
                debt.covered_note = debt._say_covered(*found.get(debt.id, ("", False)))
                debt.on_instrument = debt.move_line_id.account_id in accounts

    def _say_covered(self, reason, until):
        """What covers it in words; empty when nothing does, or nobody knows how
        long."""
        if not until:
            return False
        day = format_date(self.env, until)
        if reason == INSTRUMENT:
            return self.env._(
                "Covered by a cheque or bill until %s: nothing is asked of the debtor "
                "before.",
                day,
            )
        return self.env._(
            "%(why)s until %(day)s: nothing is asked of the debtor before.",
            why=self.env["cobranza.decision.reason"]._label(reason),
            day=day,
        )

    @api.model
    def _covered(self, debt_ids, day):
        """{debt id: (``Reason``, until)} of the debts that something covers on ``day``:
        they are left alone until the end of the day ``until``, None when nobody knows.

        The core answers for cheques, bills and agreements, blocks for what they know;
        what lasts longest is told, of what lasts as long the graver. One query for all
        of them. Run as superuser.
        """
        if not debt_ids:
            return {}
        blocks = self.env["cobranza.block"]._blocks()
        sources = [
            source._covering(debt_ids, day)
            for source in (self, self.env["cobranza.agreement"], *blocks)
        ]
        sources = [source for source in sources if source]
        queries = [
            SQL("SELECT %s, c.* FROM (%s) c(debt, until, company, day)", number, query)
            for number, (query, _read) in enumerate(sources)
        ]
        rows = self.env.execute_query(SQL(" UNION ALL ").join(queries))
        result = {}
        for number, (_query, read) in enumerate(sources):
            own = [row[1:] for row in rows if row[0] == number]
            for debt, (reason, until) in read(own).items():
                known = result.get(debt)
                longer = known and known[1] and (not until or until > known[1])
                graver = (
                    known and until == known[1] and reason.gravity > known[0].gravity
                )
                if not known or longer or graver:
                    result[debt] = reason, until
        return result

    @api.model
    def _covering(self, debt_ids, day):
        """The debts that a cheque or bill covers, as ``cobranza.block._covering``."""
        self.flush_model(["move_line_id", "protested_on"])
        self.env["account.move.line"].flush_model(["account_id", "date_maturity"])
        self.env["res.company"].flush_model(["cobranza_instrument_account_ids"])
        flush_open(self.env)
        query = SQL(COVERED, debts=list(debt_ids), day=day, still_open=STILL_OPEN)
        return query, lambda rows: {row[0]: (INSTRUMENT, row[1]) for row in rows}

    @api.model
    def _covered_spans(self, debt_ids):
        """{debt id: [(first day, last day)]} in which no late interest runs: because a
        cheque or bill covered the debt and its company has not decided otherwise, from
        the day after it was taken to its day, or to the day of its protest; or because
        an agreement does."""
        if not debt_ids:
            return {}
        self.flush_model(["move_line_id", "former_line_ids", "protested_on"])
        self.env["account.move.line"].flush_model(
            ["account_id", "date", "date_maturity", "parent_state"]
        )
        self.env["res.company"].flush_model(
            ["cobranza_instrument_account_ids", "cobranza_instrument_interest"]
        )
        result = {}
        query = SQL(SPANS, debts=list(debt_ids))
        for debt, taken, until, protested in self.env.execute_query(query):
            if protested and taken <= protested < until:
                until = protested
            first = fields.Date.add(taken, days=1)
            if first <= until:
                result.setdefault(debt, []).append((first, until))
        agreed = self.env["cobranza.agreement"].sudo()._interest_spans(debt_ids)
        for debt, spans in agreed.items():
            result.setdefault(debt, []).extend(spans)
        return result

    # -- for whoever claims them instead of us -----------------------------------------

    @api.model
    def _chosen_open(self):
        """What is open of the debtors or debts of the screen that the context names; of
        a charge, what it was charged for."""
        model, ids = (self.env.context.get(f"active_{key}") for key in ("model", "ids"))
        if model == self._name:
            chosen = self.browse(ids)
            chosen = chosen.parent_id | chosen
            return chosen.debtor_id.open_debt_ids & chosen
        if model != "cobranza.debtor":
            return self.browse()
        return self.env[model].browse(ids).open_debt_ids

    def _to_hand_over(self):
        """Those of these debts that somebody else may be asked to claim: principals of
        ours of which something is open and that nothing covers, such as an agreement or
        another who has them in hand."""
        found = self.browse()
        for company, mine in self.grouped("company_id").items():
            today = company._cobranza_today()
            mine = mine.filtered(
                lambda debt, today=today: (
                    debt.nature == "principal"
                    and not (debt.settled or debt.void_reason)
                    and not debt._is_ceded(today)
                )
            )
            # sudo: who has a debt in hand need not be seen
            found |= mine - mine.browse(mine.sudo()._covered(mine.ids, today))
        return found

    def _hand_over_problem(self, debtor):
        """What is wrong with these as debts of ``debtor`` that somebody else is asked
        to claim, in words; None if nothing is."""
        name = debtor.display_name
        if not self:
            return self.env._("%s: choose the debts that are claimed.", name)
        if self.debtor_id != debtor:
            return self.env._("%s: every debt must be of this debtor.", name)
        charged = self.filtered(lambda debt: debt.nature != "principal")
        if charged:
            return self.env._(
                "%s is charged for another debt: it goes with it.",
                charged[0].display_name,
            )
        today = debtor.company_id._cobranza_today()
        void = self.filtered(lambda debt: debt.void_reason or debt._is_ceded(today))
        if void:
            return self.env._(
                "%s is void or ceded: it is not ours to claim.", void[0].display_name
            )
        return None

    def _covered_problem(self):
        """What forbids to hand these debts of one company over now, in words; empty if
        nothing does. Run as superuser."""
        covered = self._covered(self.ids, self.company_id._cobranza_today())
        labels = self.env["cobranza.decision.reason"]
        return "\n".join(
            self.env._(
                "%(debt)s cannot be handed over: %(why)s.",
                debt=debt.display_name,
                why=labels._label(covered[debt.id][0]),
            )
            for debt in self.browse(covered)
        )

    # -- acts --------------------------------------------------------------------------

    def action_protest(self):
        return self.env["cobranza.reason"]._ask("protest", self)

    def _protest(self, day, reason, cost=0, files=None):
        """The cheque or bill that covers these debts was not paid on ``day``: they are
        owed again at their level. ``cost`` in company currency, proven by ``files``, is
        kept as a cost of collecting them. UserError when nothing covers one of them."""
        self.check_access("read")
        for debt in self:
            if not debt.on_instrument or debt.settled:
                raise UserError(
                    self.env._(
                        "No cheque or bill covers %s: its item is on none of the "
                        "accounts of the settings.",
                        debt.display_name,
                    )
                )
            if day > debt.company_id._cobranza_today():
                raise UserError(self.env._("That day has not come yet."))
        # sudo: the engine's field, whoever of collection says it
        self.sudo().write({"protested_on": day})
        self._log_act(self.env._("Protested on %s", format_date(self.env, day)), reason)
        if cost:
            self._keep_cost(day, reason, cost, files)

    def _keep_cost(self, day, reason, cost, files):
        if len(self.debtor_id) > 1:
            raise UserError(self.env._("Say what it cost for one debtor at a time."))
        self.env["cobranza.cost"].create(
            [
                {
                    "debtor_id": debtor.id,
                    "debt_ids": [fields.Command.set(debts.ids)],
                    "kind": "returned_debit",
                    "day": day,
                    "description": reason,
                    "amount": cost,
                    "currency_id": debtor.company_id.currency_id.id,
                    "attachment_ids": [fields.Command.set((files or ()) and files.ids)],
                }
                for debtor, debts in self.grouped("debtor_id").items()
            ]
        )

    def action_give_back(self):
        return self.env["cobranza.reason"]._ask("give_back", self)

    def _give_back(self, day, reason):
        """Whom these debts were ceded to gave them back on ``day``, with recourse: they
        are ours to claim again, at their level. UserError for one that is not ceded;
        AccessError for whoever may not cede."""
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("This act is for others to do."))
        for debt in self:
            if not debt._is_ceded(day):
                raise UserError(
                    self.env._("%s was not ceded on that day.", debt.display_name)
                )
            if day > debt.company_id._cobranza_today():
                raise UserError(self.env._("That day has not come yet."))
        self.check_access("write")
        self.sudo().write({"ceded_back_on": day})
        self._log_act(
            self.env._("Given back on %s", format_date(self.env, day)), reason
        )
