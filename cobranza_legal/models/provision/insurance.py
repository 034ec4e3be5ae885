from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

NOTICE_DAYS = 10
"""Days before the last one for telling the insurer on which somebody is asked."""


class CobranzaCreditInsurance(models.Model):
    """A credit insurer pays a part of what a debtor does not, if it is told in time."""

    _name = "cobranza.credit.insurance"
    _inherit = ["cobranza.provision.subject.mixin", "cobranza.traced.mixin"]
    _description = "Credit insurance"
    _order = "debtor_id, since desc, id desc"

    _traced = (
        *("debtor_id", "debt_id", "insurer_id", "policy_number", "covered"),
        *("declare_days", "since", "until"),
    )

    debtor_id = fields.Many2one(
        "cobranza.debtor",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="debtor_id.company_id", store=True, index=True)
    debt_id = fields.Many2one(
        "cobranza.debt",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('debtor_id', '=', debtor_id)]",
        help="Empty: all that the debtor owes.",
    )
    insurer_id = fields.Many2one("res.partner", required=True)
    policy_number = fields.Char("Number of the policy")
    covered = fields.Float(
        "Covered (%)",
        required=True,
        digits=(5, 2),
        help="The part of a debt that the insurer pays. It is in no base of a "
        "provision.",
    )
    declare_days = fields.Integer(
        "Days to declare that it is not paid",
        help="From the due date. Somebody is asked some days before; 0: nobody is.",
    )
    since = fields.Date(
        required=True, default=lambda self: self.env.company._cobranza_today()
    )
    until = fields.Date(help="Empty: in force.")
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user
    )
    told_debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_credit_insurance_told_rel",
        string="Asked about",
        readonly=True,
        copy=False,
        help="Debts about which somebody was asked to tell the insurer.",
    )

    _covered = models.Constraint(
        "CHECK (covered > 0 AND covered <= 100)",
        "What is covered is more than 0 and at most 100 %.",
    )
    _days = models.Constraint("CHECK (declare_days >= 0)", "The days are not negative.")
    _span = models.Constraint(
        "CHECK (until IS NULL OR until >= since)", "It does not end before it begins."
    )

    @api.depends("debtor_id", "debt_id", "insurer_id")
    def _compute_display_name(self):
        for one in self:
            about = one.debt_id or one.debtor_id
            one.display_name = f"{one.insurer_id.name}: {about.display_name}"

    @api.model
    def _due_to_declare(self, company, today):
        """{insurance: debts of which its insurer is to be told about now that they are
        not paid}."""
        found = {}
        for one in self._in_force(company, today).filtered("declare_days"):
            debts = one.debt_id or one.debtor_id.open_debt_ids
            first = today + timedelta(NOTICE_DAYS - one.declare_days)
            found[one] = debts.filtered(
                lambda debt, first=first: (
                    not debt.settled
                    and debt.original_due_date
                    and debt.original_due_date <= first
                )
            )
        return found

    @api.model
    def _ask_to_declare(self, company, today):
        """Ask, once about each debt, who tells the insurer that it is not paid."""
        for one, debts in self._due_to_declare(company, today).items():
            due = debts - one.told_debt_ids
            if not due:
                continue
            last = min(due.mapped("original_due_date"))
            last += timedelta(one.declare_days)
            owner = one.user_id.filtered("active") or one.debtor_id._task_owner()
            one.debtor_id.activity_schedule(
                "mail.mail_activity_data_todo",
                max(last, today),
                self.env._(
                    "Tell %(insurer)s that %(debts)s are not paid, by %(day)s",
                    insurer=one.insurer_id.name,
                    debts=", ".join(due.mapped("document")),
                    day=format_date(self.env, last),
                ),
                user_id=owner.id,
                automated=True,
            )
            one._through_gate().told_debt_ids |= due
