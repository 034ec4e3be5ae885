from odoo import api, fields, models

from .cobranza_charge import STANDING
from .res_company import STAFF


class CobranzaDebt(models.Model):
    _inherit = "cobranza.debt"

    # sudo: whoever may read it, not the ledger that it is explained by
    why = fields.Html(compute="_compute_why", compute_sudo=True, sanitize=False)

    @api.depends_context("lang", "tz")
    def _compute_why(self):
        explained = self.env["cobranza.why"]._explain(self)
        for debt in self:
            debt.why = explained[debt.id]["html"]


class CobranzaDebtor(models.Model):
    _inherit = "cobranza.debtor"

    # sudo: whoever may read it, not the ledger that it is explained by
    why = fields.Html(compute="_compute_why", compute_sudo=True, sanitize=False)

    @api.depends_context("lang", "tz")
    def _compute_why(self):
        why = self.env["cobranza.why"]
        panels = why._panels(
            {
                debtor: debtor.open_debt_ids.filtered(
                    lambda one: one.nature == "principal"
                )
                for debtor in self
            }
        )
        for debtor in self:
            debts, more = panels[debtor]
            values = {
                "debtor": debtor,
                "sentence": why._sentence(debtor.reason),
                "priority": debtor.priority_words,
                "debts": debts,
                "more": more,
            }
            debtor.why = self.env["ir.qweb"]._render(
                "cobranza_legal.why_debtor", values
            )


class AccountMove(models.Model):
    _inherit = "account.move"

    cobranza_why = fields.Html(
        compute="_compute_cobranza_why", sanitize=False, string="Why", groups=STAFF
    )
    cobranza_charge_amount = fields.Monetary(
        compute="_compute_cobranza_charge_amount", string="Charges", groups=STAFF
    )

    def _compute_cobranza_charge_amount(self):
        charges = self.env["cobranza.charge"]
        if not charges.has_access("read"):
            self.cobranza_charge_amount = 0
            return
        domain = [("debt_id.move_id", "in", self.ids), ("state", "in", STANDING)]
        found = charges.search(domain).grouped(lambda one: one.debt_id.move_id)
        for move in self:
            total = 0
            for charge in found.get(move, ()):
                if charge.amount_due:
                    total += charge.currency_id._convert(
                        charge.amount_due,
                        move.currency_id,
                        move.company_id,
                        move.company_id._cobranza_today(),
                    )
            move.cobranza_charge_amount = total

    @api.depends_context("lang", "tz")
    def _compute_cobranza_why(self):
        debts = self.cobranza_debt_ids
        if not debts.has_access("read"):
            self.cobranza_why = False
            return
        panels = self.env["cobranza.why"]._panels(
            {move: move.cobranza_debt_ids for move in self}
        )
        for move in self:
            shown, more = panels[move]
            move.cobranza_why = self.env["ir.qweb"]._render(
                "cobranza_legal.why_document", {"debts": shown, "more": more}
            )
