"""The credit note of an objection that was upheld, by Odoo's own dialog."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

DISPUTE_KEY = "cobranza_dispute_id"


BOOKS = "account.group_account_readonly,account.group_account_invoice"
"""Who sees documents: lawyers and approvers do not."""


class CobranzaDispute(models.Model):
    """What gives back what the debtor was right about."""

    _inherit = "cobranza.dispute"

    credit_note_ids = fields.Many2many(
        "account.move",
        "cobranza_dispute_credit_rel",
        string="Credit notes",
        readonly=True,
        copy=False,
        groups=BOOKS,
    )
    credit_wanted = fields.Boolean(compute="_compute_credit_wanted")

    def _compute_credit_wanted(self):
        upheld = self.filtered(lambda one: one.state == "upheld")
        left = self._disputed_amounts(upheld.debt_id.ids) if upheld else {}
        for dispute in self:
            move = dispute.sudo().debt_id.move_id  # sudo: of which kind it is
            dispute.credit_wanted = (
                dispute in upheld
                and dispute.debt_id.id in left
                and move.move_type == "out_invoice"
            )

    def action_credit_note(self):
        """Odoo's dialog that makes the credit note of the disputed document."""
        self.ensure_one()
        move = self.debt_id.move_id
        if self.state != "upheld" or move.move_type != "out_invoice":
            raise UserError(
                self.env._("A credit note is made of an invoice, once it is upheld.")
            )
        move.check_access("write")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_view_account_move_reversal"
        )
        action["context"] = {
            "active_model": move._name,
            "active_ids": move.ids,
            "active_id": move.id,
            "default_reason": self.outcome or self.display_name,
            DISPUTE_KEY: self.id,
        }
        return action

    def action_view_credit_notes(self):
        notes = self.credit_note_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit notes"),
            "res_model": notes._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", notes.ids)],
        }
        if len(notes) == 1:
            action |= {"views": [(False, "form")], "res_id": notes.id}
        return action

    def _credited_by(self, notes):
        """These credit notes were made for it; who posts them is told how much."""
        # sudo: who may make credit notes need not write disputes
        self.sudo()._through_gate().write(
            {"credit_note_ids": [fields.Command.link(note.id) for note in notes]}
        )
        words = self.env._(
            "Made for an objection that was upheld: %(amount)s of %(debt)s.",
            amount=formatLang(self.env, self.amount, currency_obj=self.currency_id),
            debt=self.debt_id.display_name,
        )
        if not self.whole:
            words += " " + self.env._("Lower it to that amount before you post it.")
        for note in notes:
            note._message_log(body=words)


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        before = self.move_ids.reversal_move_ids
        action = super().reverse_moves(is_modify=is_modify)
        dispute = self.env["cobranza.dispute"]
        dispute = dispute.browse(self.env.context.get(DISPUTE_KEY)).exists()
        made = self.move_ids.reversal_move_ids - before
        if dispute and made and dispute.debt_id.move_id in self.move_ids:
            dispute._credited_by(made)
        return action
