from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...kernel.lifecycle import LATER
from ..common.tasks import raise_tasks

STATES = [
    ("open", "To be decided"),
    ("added", "Added to the claim"),
    ("separate", "In a case of its own"),
    ("left", "Left out"),
    ("paid", "Paid"),
]


class CobranzaCaseLater(models.Model):
    """A debt that somebody who is sued left unpaid after the claim was filed: its
    lawyer is told, and says what becomes of it."""

    _name = "cobranza.case.later"
    _inherit = ["cobranza.state.mixin", "cobranza.logged.mixin"]
    _description = "Debt that fell due after the lawsuit"
    _order = "due_on desc, id desc"
    _rec_name = "document"

    _lifecycle = LATER

    case_id = fields.Many2one(
        "cobranza.case", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, precompute=True
    )
    debtor_id = fields.Many2one(
        related="case_id.debtor_id", store=True, precompute=True
    )
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, readonly=True, ondelete="restrict", index=True
    )
    document = fields.Char(readonly=True, help="As it was called when it was found.")
    due_on = fields.Date("Due", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    amount = fields.Monetary("Unpaid", readonly=True, help="When it was found.")
    found_on = fields.Date(readonly=True, required=True)
    added_on = fields.Date(readonly=True, help="When it was added to the claim.")
    state = fields.Selection(STATES, default="open", required=True, readonly=True)
    joins = fields.Boolean(
        "May be added",
        compute="_compute_joins",
        help="The law of the country lets it be added to the claim.",
    )
    joins_article = fields.Char("By", compute="_compute_joins")

    _once = models.Constraint(
        "UNIQUE (case_id, debt_id)", "It is told of a debt once in a case."
    )

    @api.depends("case_id.proceeding_ids.state")
    def _compute_joins(self):
        for one in self:
            rules = one.company_id._cobranza_rules()
            # sudo: who sees the case may know what its lawsuits are
            suits = one.sudo().case_id._pending_suits()
            found = [rules._later_debts_join(suit.type_id) for suit in suits]
            article = next(filter(None, found), "")
            one.joins, one.joins_article = bool(article), article

    # -- finding -----------------------------------------------------------------------

    @api.model
    def _find(self, company, today):
        """What debtors of a company with a lawsuit before a court have newly left
        unpaid: rows of it, and one activity for each case. A fixed number of queries
        but for what is new; found twice, nothing is added. As superuser."""
        suits = self.env["cobranza.proceeding"].search(
            [("company_id", "=", company.id), ("state", "=", "filed")]
        )
        suits = suits.filtered(lambda one: one._is_suit() and one.filed_on)
        self._settle_paid(company)
        if not suits:
            return
        since = {}
        for suit in suits.filtered(lambda one: one.case_id.state == "open"):
            known = since.get(suit.debtor_id)
            if not known or suit.filed_on < known[0]:
                since[suit.debtor_id] = suit.filed_on, suit.case_id
        self._enter(company, today, since)
        vals_list = []
        for debtor, debts in self._unpaid(since).items():
            filed_on, case = since[debtor]
            vals_list += [
                {
                    "case_id": case.id,
                    "debt_id": debt.id,
                    "document": debt.display_name,
                    "due_on": debt._due_on(),
                    "currency_id": debt.currency_id.id,
                    "amount": debt.amount_residual_currency,
                    "found_on": today,
                }
                for debt in debts
                if filed_on <= debt._due_on() < today
            ]
        self.create(vals_list)._tell(today)

    def _enter(self, company, today, since):
        """Debts of what the ladder of these debtors, {debtor: (day of the suit,
        case)}, has not come to yet."""
        days = {debtor.partner_id.id: day for debtor, (day, _case) in since.items()}
        debtors = self.env["cobranza.debtor"].union(*since)
        book = self.env["cobranza.run"]._book(company, today)
        entered = debtors and book.enter_due(
            debtors, lambda item: days[item.partner] <= item.due < today
        )
        if entered:
            debts = self.env["cobranza.debt"].browse(sorted(entered))
            debts.debtor_id._redecide_later()

    def _unpaid(self, debtors):
        """{debtor: its open debts that somebody could be asked to claim, of no live
        case, and of which nobody was told}."""
        ids = [debtor.id for debtor in debtors]
        debts = self.env["cobranza.debt"].search(
            [
                ("debtor_id", "in", ids),
                ("nature", "=", "principal"),
                ("settled", "=", False),
                ("void_reason", "=", False),
            ]
        )
        told = self.search([("debt_id", "in", debts.ids)]).debt_id
        free = self.env["cobranza.case"]._free_debts(debts - told)
        return free.grouped("debtor_id")

    def _settle_paid(self, company):
        paid = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("debt_id.settled", "=", True),
            ]
        )
        paid._set_state("paid")

    def _tell(self, today):
        tasks = []
        for case, rows in self.grouped("case_id").items():
            what = ", ".join(
                f"{row.document} ({format_date(self.env, row.due_on)})" for row in rows
            )
            words = self.env._("Newly unpaid since the lawsuit: %s", what)
            tasks.append((case, today, words, case._worker()))
        raise_tasks(self.case_id, tasks)

    # -- deciding ----------------------------------------------------------------------

    def _check_decided_by(self):
        self.check_access("read")
        self.case_id._check_worked()
        self._expect("open")

    def action_add(self):
        """These are claimed in the lawsuit, too, from today. UserError where the law of
        the country does not let them be added."""
        self._check_decided_by()
        for one in self.sudo():
            if not one.joins:
                raise UserError(
                    self.env._(
                        "%s cannot be added to this claim: claim it in a case of its "
                        "own.",
                        one.document,
                    )
                )
            today = one.company_id._cobranza_today()
            article = one.joins_article
            one._set_state("added", article, added_on=today)
            one.case_id._add_debts(one.debt_id, article)
        return True

    def action_separate(self):
        """These go into a case of their own, that a manager hands over."""
        self._check_decided_by()
        for case, rows in self.sudo().grouped("case_id").items():
            drafts = self.env["cobranza.case"].sudo()._draft(rows.debt_id)
            names = ", ".join(drafts.mapped("name"))
            if not drafts.debt_ids & rows.debt_id:
                raise UserError(
                    self.env._("%s cannot be claimed now.", rows[0].document)
                )
            rows._set_state("separate", names)
            case._write_down("note", self.env._("In a case of its own: %s", names))
        return True

    def action_leave(self):
        """These are not claimed; the ladder goes on with them."""
        self._check_decided_by()
        self.sudo()._set_state("left")  # sudo: nobody writes the state
        return True

    def _on_state(self, target, reason):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for one in self:
            one._log(f"{one.document}: {labels[target]}", reason)
        return super()._on_state(target, reason)
