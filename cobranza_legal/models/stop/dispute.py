from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ...kernel.lifecycle import DISPUTE
from ..common.gate import CONTEXT_KEY, GATE
from ..common.money import to_decimal
from ..company.company import MANAGERS

ZERO = Decimal(0)


REASONS = [
    ("not_received", "Goods or service not received"),
    ("quality", "Quality or incomplete performance"),
    ("price", "Price or terms differ from what was agreed"),
    ("duplicate", "Invoiced twice"),
    ("paid", "Paid already"),
    ("identity", "Not the debtor"),
    ("other", "Other"),
]


class CobranzaDispute(models.Model):
    """The debtor objects to a debt or a part of it; the rest is still collected."""

    _name = "cobranza.dispute"
    _inherit = "cobranza.followup.item.mixin"
    _description = "Disputed debt"
    _order = "opened_on desc, id desc"
    _lifecycle = DISPUTE
    _logged = (
        *("debtor_id", "debt_id", "whole", "amount", "reason"),
        *("description", "user_id", "answer_on", "new_fact"),
        *("via", "reference", "received_on"),
    )
    _after_close = frozenset({"attachment_ids"})
    _evidence_files = {
        "attachment_ids": [("state", "!=", "open")],
        "answer_file_ids": [],
    }

    debt_id = fields.Many2one(
        "cobranza.debt",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('debtor_id', '=', debtor_id), ('settled', '=', False)]",
    )
    currency_id = fields.Many2one(related="debt_id.currency_id")
    open_amount = fields.Monetary(
        related="debt_id.amount_residual_currency", string="Open on the debt"
    )
    whole = fields.Boolean(
        string="Whole debt", default=True, help="Also what the debt may grow to."
    )
    amount = fields.Monetary(string="Disputed amount")
    reason = fields.Selection(REASONS, required=True)
    description = fields.Text()
    is_again = fields.Boolean(compute="_compute_is_again")
    new_fact = fields.Text(
        string="What is new",
        copy=False,
        help="An objection to this debt was rejected before: a manager takes it up "
        "again for a reason or a proof that was not answered then.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", "cobranza_dispute_attachment_rel", string="Evidence"
    )
    opened_on = fields.Date(
        required=True,
        readonly=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("upheld", "Upheld: the debtor is right"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn by the debtor"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )
    outcome = fields.Text(readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False)

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The disputed amount must be positive."
    )
    _open_idx = models.Index("(debt_id) WHERE state IN ('open', 'upheld')")

    @api.depends("debt_id", "reason")
    def _compute_display_name(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for dispute in self:
            parts = dispute.debt_id.display_name, labels.get(dispute.reason)
            dispute.display_name = ": ".join(filter(None, parts))

    @api.onchange("debt_id", "whole")
    def _onchange_whole(self):
        if self.whole:
            self.amount = self.open_amount

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("whole", True) and vals.get("debt_id"):
                debt = self.env["cobranza.debt"].browse(vals["debt_id"])
                vals["amount"] = self._open_amount(debt)
        disputes = super().create(vals_list)
        disputes._own_attachments()
        disputes._stop_for_authority()
        return disputes

    def _open_amount(self, debt):
        if debt.amount_residual_currency <= 0:
            raise ValidationError(
                self.env._(
                    "%s is settled: send the debtor an account statement instead.",
                    debt.display_name,
                )
            )
        return debt.amount_residual_currency

    def write(self, vals):
        if "attachment_ids" not in vals:
            return super().write(vals)
        before = {one.id: one.attachment_ids for one in self}
        result = super().write(vals)
        for dispute in self:
            closed = dispute.state != "open" and not self._is_through_gate()
            if closed and before[dispute.id] - dispute.attachment_ids:
                raise UserError(
                    self.env._(
                        "%s is closed: its evidence is kept. Files can be added.",
                        dispute.display_name,
                    )
                )
        self._own_attachments()
        return result

    def _own_attachments(self):
        """Files belong to the dispute, so that whoever reads it can open them."""
        for dispute in self:
            loose = dispute.attachment_ids.filtered(lambda file: not file.res_id)
            # files of a closed one are evidence at once
            own = {CONTEXT_KEY: GATE}
            place = {"res_model": self._name, "res_id": dispute.id}
            loose.with_context(**own).write(place)

    @api.constrains("debtor_id", "debt_id")
    def _check_debtor(self):
        for dispute in self:
            if dispute.debt_id.debtor_id != dispute.debtor_id:
                raise ValidationError(
                    self.env._(
                        "%(debt)s is not a debt of %(debtor)s. Choose another debt.",
                        debt=dispute.debt_id.display_name,
                        debtor=dispute.debtor_id.display_name,
                    )
                )

    @api.constrains("debt_id", "amount", "whole")
    def _check_amount(self):
        for dispute in self.filtered(lambda dispute: dispute.state == "open"):
            currency = dispute.currency_id
            others = dispute.debt_id.dispute_ids - dispute
            taken = sum(others.filtered(lambda o: o.state == "open").mapped("amount"))
            free = dispute.open_amount - taken
            if currency.compare_amounts(dispute.amount, free) > 0:
                raise ValidationError(
                    self.env._(
                        "%(debt)s has %(free)s open and undisputed: %(amount)s cannot "
                        "be disputed. Lower the amount or close the other disputes.",
                        debt=dispute.debt_id.display_name,
                        free=formatLang(self.env, free, currency_obj=currency),
                        amount=formatLang(
                            self.env, dispute.amount, currency_obj=currency
                        ),
                    )
                )

    @api.model
    def _rejected(self, debts):
        """The disputes of these debts that were rejected, newest first."""
        # sudo: what was answered counts, whoever asks
        found = debts.sudo().dispute_ids.filtered(lambda one: one.state == "rejected")
        return found.sorted(lambda one: (one.closed_on, one.id), reverse=True)

    @api.depends("debt_id")
    def _compute_is_again(self):
        for dispute in self:
            earlier = self._rejected(dispute.debt_id) - dispute._origin.sudo()
            dispute.is_again = bool(earlier)

    @api.constrains("debt_id", "new_fact")
    def _check_again(self):
        """What was rejected once is disputed again by a manager, with what is new."""
        if self._is_through_gate():
            return
        user = self.env.user  # constraints run as superuser
        may = user._is_superuser() or user.has_group(MANAGERS)
        for dispute in self.filtered(lambda one: one.state == "open" and one.is_again):
            if may and (dispute.new_fact or "").strip():
                continue
            raise ValidationError(
                self.env._(
                    "An objection to %(debt)s was rejected on %(day)s. A collection "
                    "manager takes it up again, and says what is new.",
                    debt=dispute.debt_id.display_name,
                    day=format_date(
                        self.env, self._rejected(dispute.debt_id)[0].closed_on
                    ),
                )
            )

    @api.constrains("answer_on", "received_on")
    def _check_dates(self):
        for dispute in self:
            if dispute.answer_on and dispute.answer_on < dispute.received_on:
                raise ValidationError(
                    self.env._(
                        "The answer to %s cannot be due before the dispute began.",
                        dispute.display_name,
                    )
                )

    @api.model
    def _disputed_amounts(self, debt_ids):
        """{debt id: (amount in the debt's currency, whether all of it)}; one query.

        An upheld dispute counts until credit notes have given the amount back, so that
        nobody claims what we have agreed not to be owed.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT debt_id, amount::text, whole, state, opened_on, create_date
                  FROM cobranza_dispute
                 WHERE debt_id = ANY(%s) AND state IN ('open', 'upheld')
                 ORDER BY id
                """,
                list(debt_ids),
            )
        )
        given = self._credited({row[0] for row in rows if row[3] == "upheld"})
        result = {}
        for debt, text, whole, state, *opened in rows:
            amount = to_decimal(text)
            if state == "upheld":
                whole = False
                notes = given.get(debt, ())
                back = sum(value for *given_on, value in notes if given_on > opened)
                amount = max(amount - back, ZERO)
            before, all_of_it = result.get(debt, (ZERO, False))
            result[debt] = (before + amount, all_of_it or whole)
        return {debt: found for debt, found in result.items() if any(found)}

    def _credited(self, debt_ids):
        """{debt id: [(day, moment of matching, amount)]} of the credit notes; no query
        without debts."""
        result = {}
        if debt_ids:
            settlements = self.env["cobranza.settlement"]
            given_back = settlements._kinds(unowed=True)
            domain = [("debt_id", "in", list(debt_ids)), ("kind", "in", given_back)]
            for row in settlements.search(domain):
                matched = row.partial_id.create_date
                note = (row.date, matched, to_decimal(row.amount_currency))
                result.setdefault(row.debt_id.id, []).append(note)
        return result

    def _answer(self, target, outcome, via=None, number=None, files=()):
        """Close with the outcome; the responsible user does what follows from it.
        ``via``, ``number``, ``files``: how the debtor was told, where that was done."""
        self._keep_answer(via, number, self.env["ir.attachment"].union(*files))
        today = self.env.company._cobranza_today()
        self._set_state(target, outcome, outcome=outcome, closed_on=today)
        if target != "upheld":
            return
        for dispute in self:
            dispute.debtor_id.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=dispute.user_id.id,
                summary=self.env._("Credit note for %s", dispute.debt_id.display_name),
                note=outcome,
            )

    def action_answer(self):
        self.ensure_one()
        return self.env["cobranza.reason"]._ask("dispute", self)
