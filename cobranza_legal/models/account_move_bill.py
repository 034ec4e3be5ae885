from odoo import api, fields, models

from ..kernel.money import allocate
from .bridge import to_money, unit
from .res_company import STAFF


class AccountMove(models.Model):
    """Documents that bill charges tell them what becomes of them."""

    _inherit = "account.move"

    cobranza_charge_ids = fields.One2many(
        "cobranza.charge", "bill_move_id", string="Charges billed", groups=STAFF
    )
    # no groups: printed by whoever prints the document, who need not see its charges
    cobranza_bill_note = fields.Char(
        compute="_compute_cobranza_bill_note", compute_sudo=True
    )

    @api.depends("cobranza_charge_ids")
    def _compute_cobranza_bill_note(self):
        """Why charges are billed in this form, for the note of charges."""
        for move in self:
            charges = move.cobranza_charge_ids
            forms = self.env["cobranza.charge.form"]._of(charges)
            keys = {(one.company_id.id, one.kind, one.basis) for one in charges}
            articles = [forms[key].article for key in sorted(keys) if key in forms]
            move.cobranza_bill_note = "; ".join(dict.fromkeys(filter(None, articles)))

    def action_cobranza_charges(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_charge"
        )
        return {**action, "domain": [("bill_move_id", "=", self.id)], "context": {}}

    def _share_over_charges(self, open_amounts):
        """{charge id: part} of what is open of this invoice, by {debt: open amount},
        over all charges that it bills."""
        charges = self.cobranza_charge_ids.filtered(lambda one: one.state == "billed")
        currency = self.currency_id
        rest = sum(open_amounts[debt] for debt in self.cobranza_debt_ids)
        weights = [to_money(one.amount, currency).amount for one in charges]
        shares = allocate(to_money(rest, currency), weights, unit(currency))
        found = zip(charges.ids, shares, strict=True)
        return {charge: share.amount for charge, share in found}

    def _post(self, soft=True):
        self.env["cobranza.charge"]._check_bills_own(self)
        posted = super()._post(soft=soft)
        self.env["cobranza.charge"]._bills_posted(posted)
        return posted

    def button_draft(self):
        charges = self.env["cobranza.charge"]
        charges._check_bills_unpaid(self)
        result = super().button_draft()
        charges._bills_drafted(self)
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self.env["cobranza.charge"]._bills_gone(self, self.env._("%s was cancelled"))
        return result

    def unlink(self):
        self.env["cobranza.charge"]._bills_gone(self, self.env._("%s was deleted"))
        return super().unlink()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    cobranza_charge_id = fields.Many2one(
        "cobranza.charge",
        string="Charge billed",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups=STAFF,
    )


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _cobranza_settle(self, debts, days):
        """Also: what billed a charge was credited or reversed."""
        result = super()._cobranza_settle(debts, days)
        backs = self.filtered(lambda one: one._cobranza_takes_back()).debit_move_id
        billed = debts.filtered(
            lambda debt: debt.nature != "principal" and debt.move_line_id in backs
        )
        self.env["cobranza.charge"]._bills_credited(billed)
        return result
