from odoo import api, fields, models
from odoo.tools import format_date

from ...models.common.money import say_amount
from ...models.common.rows import Row


class CobranzaCaseEnd(models.TransientModel):
    """How cases ended, why, and what follows from it."""

    _name = "cobranza.case.end"
    _inherit = "cobranza.dialog.mixin"
    _description = "End of a legal case"

    case_ids = fields.Many2many(
        "cobranza.case",
        string="Cases",
        required=True,
        default=lambda self: self._chosen(),
    )
    note = fields.Char(compute="_compute_note")
    outcome = Row("cobranza.case.outcome", string="How it ended", required=True)
    reason = fields.Text("Why")
    follows = fields.Text("What follows", compute="_compute_follows")
    lacks_agreement = fields.Boolean(compute="_compute_follows")

    @api.model
    def _chosen(self):
        context, cases = self.env.context, self.env["cobranza.case"]
        named = context.get("active_model") == cases._name
        return cases.browse(context.get("active_ids") if named else ())

    @api.depends("case_ids.state")
    def _compute_note(self):
        for dialog in self:
            studied = dialog.case_ids.filtered(lambda one: one.state == "review")
            dialog.note = bool(studied) and self.env._(
                "It is not open yet: it goes back to who prepared it, and the ladder "
                "takes its debts up again."
            )

    @api.depends("case_ids", "outcome")
    @api.depends_context("lang")
    def _compute_follows(self):
        outcomes = self.env["cobranza.case.outcome"]
        for dialog in self:
            row = outcomes._row(dialog.outcome)
            # sudo: who ends a case may know what follows from it
            cases = dialog.case_ids.sudo()
            agreed = {
                one: row and row.agreed and one._settling_agreement() for one in cases
            }
            dialog.lacks_agreement = bool(
                row and row.agreed and not all(agreed.values())
            )
            words = [
                f"• {line}"
                for case in cases
                if row
                for line in dialog._follow_words(case, row, agreed[case])
            ]
            dialog.follows = "\n".join(words) or False

    def _follow_words(self, case, row, agreed):
        """[words] of what follows when a case ends so: its lawsuits, the letters,
        limitation, what was negotiated, and its costs."""
        name = case.name
        for suit in case._pending_suits():
            yield self.env._(
                "%(case)s: %(suit)s is before the court still, and its debts stay out "
                "of the ladder until it ends.",
                case=name,
                suit=suit.display_name,
            )
        left = case.debt_ids.filtered(lambda debt: not debt.settled)
        if agreed:
            yield self.env._(
                "%(case)s: the agreement %(agreement)s takes over.",
                case=name,
                agreement=agreed.display_name,
            )
        elif left and not row.paid:
            yield self.env._(
                "%(case)s: %(count)s debts go back to their level, and letters begin "
                "again.",
                case=name,
                count=len(left),
            )
        if left and not row.paid:
            yield from self._limitation_words(case, left)
        spent = case.cost_total
        if spent:
            yield self.env._(
                "%(case)s: of its costs of %(amount)s only what a court has awarded "
                "comes back.",
                case=name,
                amount=say_amount(self.env, spent, case.currency_id),
            )

    def _limitation_words(self, case, left):
        days = [debt.limitation_on for debt in left if debt.limitation_on]
        if days:
            yield self.env._(
                "%(case)s: the first action is lost after %(day)s; a lawsuit that is "
                "withdrawn may have interrupted nothing.",
                case=case.name,
                day=format_date(self.env, min(days)),
            )
        for one in case.negotiation_ids:
            if one.window_words:
                yield self.env._(
                    "%(case)s, negotiation: %(words)s",
                    case=case.name,
                    words=one.window_words,
                )

    def action_agree(self):
        """A new payment agreement over what is open of the case."""
        self.ensure_one()
        case = self.case_ids[:1]
        case._check_worked()
        left = case.debt_ids.filtered(lambda debt: not debt.settled)
        return case.debtor_id._action_new(
            "cobranza.agreement",
            self.env._("Payment agreement"),
            debt_ids=left.ids,
        )

    def action_confirm(self):
        self.ensure_one()
        self.case_ids._end(self.outcome, self.reason)
        return {"type": "ir.actions.act_window_close"}
