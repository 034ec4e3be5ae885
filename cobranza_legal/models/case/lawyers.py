from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..company.company import OWN
from .case import RUNNING


class CobranzaCase(models.Model):
    """Who works on a case, and sees of it what no other lawyer sees.

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
