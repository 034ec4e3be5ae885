from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..kernel.imputation import Part
from .amount_words import amount_words
from .bridge import to_decimal
from .payment_claims import PARTS, PRINCIPAL
from .res_company import STAFF


class AccountPayment(models.Model):
    """A payment that says on account of what it was received, and its receipt."""

    _inherit = "account.payment"

    cobranza_debtor_id = fields.Many2one(
        "cobranza.debtor",
        string="Debtor",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups=STAFF,
    )
    cobranza_split = fields.Json(
        readonly=True,
        copy=False,
        groups=STAFF,
        help="On account of what the payment was received, and what was left to pay, "
        "as it was when registered.",
    )

    def _synchronize_to_moves(self, changed_fields):
        """The items of a payment of several claims do not follow its figures."""
        # sudo: whoever changes a payment need not see what it was received for
        draft = self.sudo().filtered(
            lambda one: one.cobranza_split and one.move_id.state == "draft"
        )
        if draft and changed_fields & set(self._get_trigger_fields_to_synchronize()):
            raise UserError(
                self.env._(
                    "%s pays several claims: cancel it and register the right one.",
                    ", ".join(draft.mapped("display_name")),
                )
            )
        return super()._synchronize_to_moves(changed_fields)

    # -- what is kept --------------------------------------------------------------

    def _cobranza_keep_split(self, split, shares):
        """Keep what ``split`` imputed to each of ``shares`` [(Payable, amount)], and
        what its claims were and are on that day."""
        payables = split._payables()
        rest = defaultdict(lambda: to_decimal(0))
        for one in payables.claims:
            rest[self._cobranza_part(one.kind)] += one.owed
        rows = [
            {
                "kind": one.kind,
                "document": one.document,
                "debt": one.debt,
                "due": one.due.isoformat(),
                "first": one.first and one.first.isoformat(),
                "last": one.last and one.last.isoformat(),
                "owed": str(one.owed),
                "amount": str(amount),
            }
            for one, amount in shares
        ]
        paid = sum(amount for _one, amount in shares)
        self.cobranza_split = {
            "rows": rows,
            "left": str(to_decimal(self.amount) - paid),
            "rest": {part: str(amount) for part, amount in rest.items() if amount},
            "incomplete": payables.missing,
            "named": split.named_ids.mapped("document"),
            "principal_first": split.principal_first,
            "article": split._law_order().article,
        }

    @staticmethod
    def _cobranza_part(kind):
        return PARTS.get(kind, Part.FEE).value

    # -- the receipt ---------------------------------------------------------------

    def action_cobranza_receipt(self):
        """The receipt as PDF, for whoever hands it over."""
        self.ensure_one()
        if self.state not in ("in_process", "paid"):
            raise UserError(
                self.env._("There is no receipt of a payment that does not count.")
            )
        report = self.env.ref("cobranza_legal.action_report_payment_receipt")
        return report.report_action(self, config=False)

    def _cobranza_receipt_name(self):
        """Name of the receipt's file, in the debtor's language."""
        lang = self.cobranza_debtor_id._installed_lang()
        return self.with_context(lang=lang).env._("Receipt %s", self.name)

    def _cobranza_label(self, kind, first=None, last=None):
        """What is paid, in words: "Late interest 10/06/2026 – 10/20/2026"."""
        if kind == PRINCIPAL:
            return self.env._("Principal")
        kinds = self.env["cobranza.charge"]._fields["kind"]
        label = dict(kinds._description_selection(self.env))[kind]
        if not first or not last:
            return label
        days = format_date(self.env, first), format_date(self.env, last)
        return f"{label} {' – '.join(days)}"

    def _cobranza_money(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)

    def _cobranza_method(self):
        """How it was paid, in words: the name that the company gave the method. Odoo
        calls every transfer "Manual Payment", which tells a debtor nothing."""
        line = self.payment_method_line_id
        method = line.payment_method_id.with_context(lang="en_US")
        if method.code == "manual" and line.name in (
            method.name,
            line.payment_method_id.name,
        ):
            return self.env._("Transfer or payment by hand")
        return line.name

    def _cobranza_day(self, day):
        return format_date(self.env, day)

    def _cobranza_words(self):
        return amount_words(self.currency_id, self.amount)

    def _cobranza_rows(self):
        """[(document, due date, what, owed, paid)] of the receipt."""
        return [
            (
                row["document"],
                self._cobranza_day(row["due"]),
                self._cobranza_label(row["kind"], row["first"], row["last"]),
                self._cobranza_money(row["owed"]),
                self._cobranza_money(row["amount"]),
            )
            for row in self.cobranza_split["rows"]
        ]

    def _cobranza_rest(self):
        """[(what, amount)] that was left to pay on the day."""
        labels = {
            Part.COST.value: self.env._("Recoverable costs"),
            Part.FEE.value: self.env._("Fees and compensation"),
            Part.INTEREST.value: self.env._("Late interest"),
            Part.PRINCIPAL.value: self.env._("Principal"),
        }
        rest = self.cobranza_split["rest"]
        return [
            (label, self._cobranza_money(rest[part]))
            for part, label in labels.items()
            if part in rest
        ]

    def _cobranza_reserve(self):
        """The sentence that reserves the interest, unless all was paid."""
        if not self.cobranza_split["rest"] and not self.cobranza_split["incomplete"]:
            return ""
        rules = self.company_id._cobranza_rules()
        return rules.with_env(self.env)._reserve_words()
