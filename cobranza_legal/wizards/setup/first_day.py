from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.common.csv_file import read_file
from ...models.common.dialog import stay_open
from ...models.common.files import uploaded
from ...models.common.owed import UNDONE

COLUMNS = ("document", "instalment", "level", "since")


class CobranzaFirstDay(models.TransientModel):
    """What a company does once: take in what was there before the suite."""

    _name = "cobranza.first.day"
    _inherit = "cobranza.dialog.mixin"
    _description = "First-day assistant"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    rival_warning = fields.Char(compute="_compute_rival_warning")
    until = fields.Date(
        string="Entries until",
        help="Only opening entries dated until this day. Empty: all.",
    )
    journal_ids = fields.Many2many(
        "account.journal",
        domain="[('company_id', '=', company_id), ('type', '=', 'general')]",
        string="Journals",
    )
    line_count = fields.Integer(compute="_compute_lines", string="Excluded items")
    line_amount = fields.Monetary(compute="_compute_lines", string="Open amount")
    file = fields.Binary(string="Old debts (CSV)", attachment=False)
    file_name = fields.Char()
    result = fields.Text(readonly=True)

    @api.depends("company_id")
    def _compute_rival_warning(self):
        for wizard in self:
            wizard.rival_warning = wizard.company_id._cobranza_rival()

    @api.depends("company_id", "until", "journal_ids")
    def _compute_lines(self):
        for wizard in self:
            wizard._check_manager()
            items = self.env["account.move.line"].sudo()  # totals only are told here
            lines = items.search(wizard._excluded_domain())
            left = self.env["cobranza.debt"]._read_open(lines)
            wizard.line_count = len(lines)
            wizard.line_amount = sum(own for own, _amount in left.values())

    def _excluded_domain(self):
        """Open items in our favour that Odoo leaves out because they were booked in a
        general journal, such as opening balances."""
        domain = [
            ("company_id", "in", self.company_id._cobranza_tree()),
            ("account_id", "in", self.company_id._cobranza_followed_accounts().ids),
            ("parent_state", "=", "posted"),
            ("balance", ">", 0),
            *("|", ("id", "in", UNDONE)),
            *("&", ("reconciled", "=", False), ("amount_residual", ">", 0)),
            ("partner_id", "!=", False),
            ("no_followup", "=", True),
            ("journal_id.type", "=", "general"),
            ("cobranza_charge_id", "=", False),
        ]
        if self.until:
            domain.append(("date", "<=", self.until))
        if self.journal_ids:
            domain.append(("journal_id", "in", self.journal_ids.ids))
        return domain

    def _check_manager(self):
        if not self.env.user.has_group("cobranza_legal.group_collection_manager"):
            raise AccessError(
                self.env._("Only a collection manager runs the first-day assistant.")
            )
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "%s is not among your companies.", self.company_id.sudo().name
                )
            )

    def action_include(self):
        """Follow the opening balances from now on."""
        self.ensure_one()
        self._check_manager()
        # the flag is all that a collection manager changes on the ledger
        lines = self.env["account.move.line"].sudo().search(self._excluded_domain())
        lines.write({"no_followup": False})
        if len(lines) == 1:
            return self._again(
                self.env._("1 item of a general journal is followed now.")
            )
        return self._again(
            self.env._("%s items of general journals are followed now.", len(lines))
        )

    def action_import(self):
        """Put old debts at the level they had reached elsewhere; all or nothing."""
        self.ensure_one()
        self._check_manager()
        if not self.file:
            raise UserError(
                self.env._("Choose a CSV file with the columns %s.", "; ".join(COLUMNS))
            )
        rows = read_file(self.env, uploaded(self), COLUMNS)
        count = self.env["cobranza.debt"]._import_levels(self.company_id, rows)
        if count == 1:
            return self._again(self.env._("1 debt was put at its level."))
        return self._again(self.env._("%s debts were put at their level.", count))

    def _again(self, result):
        self.result = result
        return stay_open(self)
