from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CobranzaDebt(models.Model):
    """How a debt keeps hold of its journal item."""

    _inherit = "cobranza.debt"

    def _relink(self, moves):
        """Hang the debts of posted documents on their present journal items.

        Items and debts of one debtor are paired in the order of their dates. A debt
        that is left over is void; an item that is left over is a new debt. Documents
        without debts are left to the run.
        """
        # any user may post; documents that bill charges know theirs
        domain = [("move_id", "in", moves.ids), ("nature", "=", "principal")]
        debts = self.sudo().search(domain)
        for move in debts.move_id:
            own = debts.filtered(lambda debt, move=move: debt.move_id == move)
            own._relink_move(move)

    def _relink_move(self, move):
        accounts = move.company_id._cobranza_followed_accounts()
        lines = move.line_ids.filtered(lambda line: line.account_id in accounts)
        lines = lines.filtered(lambda line: line.balance > 0)
        # free the items first: two debts may swap them and each has one owner
        self.move_line_id = False
        self.flush_recordset(["move_line_id"])
        number = max(self.mapped("instalment_no"))
        by_partner = self.grouped("partner_id")
        for partner, group in lines.grouped(self._line_partner).items():
            group = group.sorted(
                lambda line: (line.date_maturity or line.date, line.id)
            )
            debts = by_partner.get(partner, self.browse()).sorted("instalment_no")
            for debt, line in zip(debts, group, strict=False):
                debt._hang_on(line)
            debts[len(group) :]._void(
                self.env._("No longer an instalment of %s", move.name)
            )
            for line in group[len(debts) :]:
                number += 1
                self._open_from(line, partner, number)
        gone = self.filtered(
            lambda debt: debt.partner_id not in lines.mapped(self._line_partner)
        )
        gone._void(self.env._("%s is now owed by another partner", move.name))

    @staticmethod
    def _line_partner(line):
        return line.partner_id.commercial_partner_id

    def _hang_on(self, line):
        """The debt is carried by ``line``; an earlier void is undone."""
        self.write(
            {
                "move_line_id": line.id,
                "document": line.move_id.name,
                "currency_id": line.currency_id.id,
                "void_reason": False,
            }
        )

    def _open_from(self, line, partner, number):
        debtor = self.env["cobranza.run"]._ensure_debtors(line.company_id, partner)
        return self.create(self._prepare_item_vals(line, debtor, number))

    @staticmethod
    def _prepare_item_vals(line, debtor, number):
        """The debt that a journal item opens, as an instalment of its document."""
        return {
            "company_id": line.company_id.id,
            "debtor_id": debtor.id,
            "partner_id": debtor.partner_id.id,
            "currency_id": line.currency_id.id,
            "move_id": line.move_id.id,
            "instalment_no": number,
            "document": line.move_id.name,
            "original_due_date": line.date_maturity or line.date,
            "original_amount": line.amount_currency,
            "move_line_id": line.id,
        }

    def _void(self, reason):
        """These debts are not owed any more, because their document says so."""
        if self:
            self.write({"void_reason": reason, "move_line_id": False})
            self.env["cobranza.contact"]._cancel_settled(self)
            self.env["cobranza.charge"]._document_gone(self, reason)

    def _move_to_line(self, line):
        """Carry the debt on to ``line`` after a reclassification.

        The new item gets the due date, the partner and the follow-up of the old one,
        which joins the debt's chain. ValidationError unless both are of the same
        company and currency and the old one is settled by the new one's entry.
        """
        self.ensure_one()
        old = self.move_line_id
        counterparts = old.matched_credit_ids.credit_move_id.move_id
        if (
            line.company_id != old.company_id
            or line.currency_id != old.currency_id
            or line.move_id not in counterparts
        ):
            raise ValidationError(
                self.env._(
                    "%(line)s cannot carry %(debt)s on: the entry must settle the old "
                    "item in the same company and currency.",
                    line=line.display_name,
                    debt=self.display_name,
                )
            )
        line.write(
            {
                "date_maturity": old.date_maturity,
                "partner_id": old.partner_id.id,
                "no_followup": old.no_followup,
            }
        )
        self.write(
            {
                "former_line_ids": [fields.Command.link(old.id)],
                "move_line_id": line.id,
                "void_reason": False,
            }
        )
        # the entry looked like a payment until now
        self.env["cobranza.charge"]._judge_debts(self)

    def _of_lines(self, lines):
        """The debts that these journal items carry, for whoever posts or pays."""
        if not lines.ids:
            return self.browse()
        self.flush_model(["move_line_id"])
        rows = self.env.execute_query(
            SQL("SELECT id FROM cobranza_debt WHERE move_line_id = ANY(%s)", lines.ids)
        )
        return self.sudo().browse(row[0] for row in rows)
