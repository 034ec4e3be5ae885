from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...kernel.lawyer_fees import lawyer_fee
from ..charge.cost import SPENT
from ..common.money import to_money
from ..company.company import OWN
from .case import RUNNING
from .terms import MONEY

TABLE = "cobranza_legal.case_cost_table"


class CobranzaCase(models.Model):
    """Who works on a case, and sees of it what no other lawyer sees; what it costs,
    what its lawyer is owed, and what is claimed besides since it fell due later.

    Assignment is that of the debts: whoever works on a case sees its debts and what is
    about them. Rights end at once when somebody else works on it, and some days after
    the case was closed; what was written stays.
    """

    _inherit = "cobranza.case"

    lawyer_ids = fields.Many2many(
        "res.users",
        "cobranza_case_lawyer_rel",
        string="Lawyers",
        readonly=True,
        copy=False,
    )
    firm_id = fields.Many2one(
        "res.partner",
        string="Law firm",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="All users of this firm that have the role see the case.",
    )
    assigned_user_ids = fields.Many2many(
        "res.users",
        "cobranza_case_assigned_rel",
        string="Who sees it",
        readonly=True,
        copy=False,
    )
    rights_until = fields.Date("Lawyers see it until", readonly=True, copy=False)
    cost_budget = fields.Monetary(
        "Budget", compute="_compute_cost_total", help="What its costs were planned at."
    )
    cost_total = fields.Monetary(
        "Costs so far",
        compute="_compute_cost_total",
        help="What was spent and what was paid in advance.",
    )
    cost_over = fields.Monetary(
        "Over budget",
        compute="_compute_cost_total",
        help="What was spent beyond what was planned, where something was.",
    )
    cost_table = fields.Html(
        "Budget and costs", compute="_compute_cost_table", sanitize=False
    )
    terms_id = fields.Many2one(
        "cobranza.lawyer.terms",
        "Terms of the lawyer",
        compute="_compute_lawyer_fee",
        compute_sudo=True,
        groups=MONEY,
    )
    lawyer_fee = fields.Monetary(
        "Lawyer's fee so far",
        compute="_compute_lawyer_fee",
        compute_sudo=True,
        help="By the terms: the fixed fee and the percentage of what was recovered.",
    )
    later_ids = fields.One2many(
        "cobranza.case.later", "case_id", "Newly unpaid", readonly=True
    )

    def _hand_over_to(self, lawyers, firm, note=None):
        """Hand these drafts over to lawyers, to a firm or to both; of cases that run,
        let them work on it from now on, and nobody else.

        UserError where nobody of them could see it, and for debts that may not be
        claimed now.
        """
        self.check_access("read")
        self._check_assigner()
        self._expect("draft", *RUNNING)
        for case in self.sudo():
            case._check_lawyers(lawyers.sudo(), firm.sudo())
            changes = {"lawyer_ids": [fields.Command.set(lawyers.ids)]}
            changes["firm_id"] = firm.id
            names = [*lawyers.sudo().mapped("name"), *firm.sudo().mapped("name")]
            words = ", ".join(names)
            if case.state == "draft":
                problem = case._debts_problem() or case.debt_ids._covered_problem()
                if problem:
                    raise UserError(problem)
                case._claim()
                today = case.company_id._cobranza_today()
                case._set_state("review", note or words, handed_on=today, **changes)
                case._write_down("note", self.env._("Handed over to %s", words), note)
            else:
                case._through_gate().write(changes)
                case._log(self.env._("Works on it now: %s", words), note)
                case._write_down("note", self.env._("Works on it now: %s", words), note)
            case._share()
            self.env["cobranza.case.mail"].sudo()._give_address(case)
            case._tell_lawyers()

    def _check_lawyers(self, lawyers, firm):
        company = self.company_id
        if not lawyers and not firm:
            raise UserError(self.env._("Choose a lawyer or a law firm."))
        strangers = lawyers.filtered(
            lambda one: company not in one.company_ids or not one.has_group(OWN)
        )
        if strangers:
            raise UserError(
                self.env._(
                    "%(users)s cannot work on cases of %(company)s: give them the "
                    "company and a role of the privilege Legal first.",
                    users=", ".join(strangers.mapped("name")),
                    company=company.display_name,
                )
            )
        if firm and not lawyers and not self._users_of(firm, company):
            raise UserError(
                self.env._(
                    "Nobody of %s is a user with a role of the privilege Legal in this "
                    "company.",
                    firm.display_name,
                )
            )

    @api.model
    def _users_of(self, firm, company):
        """The users of a law firm that may see cases of a company. As superuser."""
        if not firm:
            return self.env["res.users"]
        users = self.env["res.users"].search(
            [
                ("partner_id", "child_of", firm.commercial_partner_id.id),
                ("company_ids", "in", company.id),
                ("share", "=", False),
                ("all_group_ids", "in", self.env.ref(OWN).id),
            ]
        )
        return users

    def _wanted_users(self, today):
        """Who may see this case on a day."""
        self.ensure_one()
        sees = self.state in RUNNING or bool(
            self.state == "closed" and self.rights_until and self.rights_until >= today
        )
        if not sees:
            return self.env["res.users"]
        return self.lawyer_ids | self._users_of(self.firm_id, self.company_id)

    def _share(self):
        """Give and take the rights on the debts of these cases, as they stand today.
        Run as superuser."""
        for case in self:
            wanted = case._wanted_users(case.company_id._cobranza_today())
            before = case.assigned_user_ids
            if wanted == before:
                continue
            case._through_gate().assigned_user_ids = wanted
            case.deadline_ids.filtered(
                lambda one: one.state in ("open", "missed")
            )._keep_activities()
            case.hearing_ids._keep_activities()
            others = self.search(
                Domain("debt_ids", "in", case.debt_ids.ids)
                & Domain("id", "!=", case.id)
                & Domain("assigned_user_ids", "!=", False)
            )
            users = {}
            for debt in case.debt_ids:
                elsewhere = others.filtered(lambda one, debt=debt: debt in one.debt_ids)
                left = debt.assigned_user_ids - (
                    before - wanted - elsewhere.assigned_user_ids
                )
                users.setdefault(left | wanted, debt.browse())
                users[left | wanted] |= debt
            for own, debts in users.items():
                debts._assign(own)

    @api.model
    def _share_daily(self, company, today):
        """Rights of those who came to a firm or left it, and of cases that were closed
        long enough ago."""
        domain = Domain("company_id", "=", company.id)
        running = Domain("state", "in", RUNNING) & Domain("firm_id", "!=", False)
        over = Domain("rights_until", "<", today) & Domain(
            "assigned_user_ids", "!=", False
        )
        self.search(domain & (running | over))._share()

    def _tell_lawyers(self):
        """An activity of each lawyer who is named: somebody waits for the study."""
        for case in self.filtered(lambda one: one.state == "review"):
            today = case.company_id._cobranza_today()
            for lawyer in case.lawyer_ids or case.assigned_user_ids[:1]:
                case.activity_schedule(
                    "mail.mail_activity_data_todo",
                    today,
                    self.env._("Study the case and take it, or give it back"),
                    user_id=lawyer.id,
                    automated=True,
                )

    # -- what it costs -----------------------------------------------------------------

    @api.depends(*("cost_ids.amount", "cost_ids.state", "cost_ids.budget"))
    def _compute_cost_total(self):
        for case in self:
            # sudo: who sees the case may know what it costs
            costs = case.sudo().cost_ids.filtered(lambda one: one.state != "cancelled")
            spent = costs.filtered(lambda one: one.state in SPENT)
            planned = case._in_company({one: one.budget for one in costs})
            total = case._in_company({one: one.amount for one in spent})
            over = max(total - planned, 0) if planned else 0
            case.cost_budget, case.cost_total, case.cost_over = planned, total, over

    @api.depends(*("cost_ids.amount", "cost_ids.state", "cost_ids.budget"))
    @api.depends_context("lang")
    def _compute_cost_table(self):
        for case in self:
            rows = case._cost_rows()
            values = {"rows": rows, "currency": case.currency_id}
            case.cost_table = rows and self.env["ir.qweb"]._render(TABLE, values)

    def action_write_cost(self):
        """The form of a cost of this case."""
        return self._new_cost(self.env._("Cost of the case"))

    def action_plan_cost(self):
        """The form of a cost that is expected."""
        return self._new_cost(self.env._("Planned cost"), default_state="budget")

    def _new_cost(self, name, **context):
        self.ensure_one()
        self._check_worked()
        suits = self.env["cobranza.proceeding"].search(
            [("case_id", "=", self.id), ("state", "=", "filed")]
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "cobranza.cost",
            "name": name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_case_id": self.id,
                "default_proceeding_id": suits.id if len(suits) == 1 else False,
                "default_debtor_id": self.debtor_id.id,
                "default_debt_ids": self.debt_ids.ids,
                **context,
            },
        }

    def _cost_rows(self):
        """[values] by kind of cost: what was planned, paid in advance, spent, and what
        of it the debtor owes through an award; in the currency of the company."""
        self.ensure_one()
        # sudo: who sees the case may know what it costs
        costs = self.sudo().cost_ids.filtered(lambda one: one.state != "cancelled")
        awarded, kinds = self.sudo()._costs_awarded(), self.env["cobranza.cost.kind"]
        rows = []
        for code, own in costs.grouped("kind").items():
            by_state = own.grouped("state")
            none = own.browse()
            amounts = {
                state: self._in_company(
                    {one: one.amount for one in by_state.get(state, none)}
                )
                for state in SPENT
            }
            rows.append(
                {
                    "kind": kinds._label(code),
                    "budget": self._in_company({one: one.budget for one in own}),
                    "awarded": self._in_company(
                        {one: one.amount for one in own & awarded}
                    ),
                    **amounts,
                }
            )
        return rows

    def _costs_awarded(self):
        """The costs of lawsuits of these cases that a court has made the debtor pay: of
        those whose last judgment in force awards them. As superuser."""
        awarding = self.filtered(
            lambda case: (
                case._judgment_on(case.company_id._cobranza_today()).costs_awarded
            )
        )
        return awarding.cost_ids.filtered(lambda one: one.state == "final")._of_suits()

    # -- the lawyer's fee --------------------------------------------------------------

    @api.depends("firm_id", "lawyer_ids", "handed_on", "closed_on", "debt_ids")
    def _compute_lawyer_fee(self):
        terms = self.env["cobranza.lawyer.terms"]._of_cases(self)
        for case in self:
            own = case.terms_id = terms[case]
            money = to_money(case.recovered, case.company_id.currency_id)
            owed = own and lawyer_fee(own._kernel(), money).amount
            case.lawyer_fee = float(owed.amount) if owed else 0

    # -- what fell due later -----------------------------------------------------------

    def _pending_suits(self):
        """The lawsuits of these cases that are before a court. As superuser."""
        return self.proceeding_ids.filtered(
            lambda one: one.state == "filed" and one._is_suit()
        )

    def _worker(self):
        """Who is told of what happens in a case: its lawyer, else its collector."""
        self.ensure_one()
        people = self.lawyer_ids | self.assigned_user_ids | self.user_id
        active = people.filtered("active")
        return active[:1] or self.debtor_id._task_owner()

    def _add_debts(self, debts, reason):
        """These debts are claimed in this case, too: worked out until today, beside
        what was frozen before. Their lawyers see them, and the lawsuits of the case
        interrupt their limitation. Run as superuser."""
        self.ensure_one()
        gate = self._through_gate()
        gate.debt_ids |= debts
        found = self._read_claims(self.company_id._cobranza_today())
        lines = self.env["cobranza.case.line"]._through_gate()
        lines.create(
            [
                {"case_id": self.id, "debt_id": one.id, **found.get(one.id, {})}
                for one in debts
            ]
        )
        gate.amount = self._in_company({row: row.amount for row in self.line_ids})
        names = ", ".join(debts.mapped("display_name"))
        self._write_down("note", self.env._("Added to the claim: %s", names), reason)
        for debt in debts:
            debt._assign(debt.assigned_user_ids | self.assigned_user_ids)
        self._pending_suits()._judge_suits()
        self.debtor_id._redecide_later()
