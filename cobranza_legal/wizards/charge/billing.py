from odoo import api, fields, models

from ...models.common.dialog import stay_open


class Undo(Exception):
    """Leaves a savepoint without keeping what was done in it."""


class CobranzaChargeBilling(models.TransientModel):
    """What will post, before it posts."""

    _name = "cobranza.charge.billing"
    _inherit = "cobranza.dialog.mixin"
    _description = "Bill charges"

    charge_ids = fields.Many2many("cobranza.charge", string="Charges")
    company_id = fields.Many2one("res.company", required=True)
    on = fields.Date(
        "Date", help="Empty: today. A locked day becomes the first open one."
    )
    post = fields.Selection(
        [
            ("setting", "As set for each kind"),
            ("post", "Post"),
            ("draft", "Leave drafts"),
        ],
        string="Then",
        required=True,
        default="setting",
    )
    preview = fields.Html(sanitize=False, readonly=True)
    problem = fields.Text(readonly=True)
    ready_ids = fields.Many2many(
        "cobranza.charge", "cobranza_charge_billing_ready_rel", readonly=True
    )

    @api.model
    def _open(self, charges):
        """The dialog for these charges, with the entries that would be made."""
        charges._check_may_bill()
        companies = charges.company_id or self.env.company
        wizard = self.create(
            {"charge_ids": [(6, 0, charges.ids)], "company_id": companies[0].id}
        )
        return wizard.action_preview()

    def _day(self):
        return self.on or None

    def _draft(self):
        return {"setting": None, "post": False, "draft": True}[self.post]

    def action_preview(self):
        self.ensure_one()
        ready = self.charge_ids.filtered(
            lambda charge: (
                charge.state == "assessed"
                and not charge.bill_problem
                and charge.bill_form != "memo"
            )
        )
        rows = self._entries(ready)
        problems = {one.bill_problem for one in self.charge_ids if one.bill_problem}
        memos = self.charge_ids.filtered(
            lambda charge: charge.bill_form == "memo" and not charge.bill_problem
        )
        if memos:
            problems.add(
                self.env._("1 charge is memo only: not billed.")
                if len(memos) == 1
                else self.env._("%s charges are memo only: not billed.", len(memos))
            )
        values = {"entries": rows, "wizard": self}
        self.write(
            {
                "ready_ids": [(6, 0, ready.ids)],
                "problem": "\n".join(sorted(problems)),
                "preview": self.env["ir.qweb"]._render(
                    "cobranza_legal.charge_billing_preview", values
                ),
            }
        )
        return stay_open(self, name=self.env._("Bill charges"))

    def _entries(self, charges):
        """[{journal, partner, date, currency, kind, lines}] of the documents that
        billing these charges would make. They are made and undone: taxes and roundings
        are those of the real ones."""
        rows = []
        try:
            with self.env.cr.savepoint():
                moves = charges._bill(self._day(), draft=True)
                rows = [self._entry(move) for move in moves]
                raise Undo
        except Undo:
            self.env.invalidate_all(flush=False)
        return rows

    def _entry(self, move):
        kinds = dict(move._fields["move_type"]._description_selection(self.env))
        return {
            "journal": move.journal_id.name,
            "kind": kinds[move.move_type],
            "origin": move.debit_origin_id.name,
            "partner": move.partner_id.name,
            "date": move.date,
            "total": sum(line.debit for line in move.line_ids),
            "currency": move.company_id.currency_id,
            "lines": [
                {
                    "account": line.account_id.display_name,
                    "label": line.name or "",
                    "taxes": ", ".join(line.tax_ids.mapped("name")),
                    "debit": line.debit,
                    "credit": line.credit,
                }
                for line in move.line_ids.sorted(
                    lambda charge: (charge.credit > 0, charge.id)
                )
            ],
        }

    def action_bill(self):
        self.ensure_one()
        moves = self.ready_ids._bill(self._day(), self._draft())
        return self.env["cobranza.charge"]._action_moves(moves)
