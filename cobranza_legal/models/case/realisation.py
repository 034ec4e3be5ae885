from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ...kernel.errors import KernelError
from ...kernel.judgment import Part, Receipt, Spread, difference, spread
from ...kernel.lifecycle import REALISATION
from ..common.money import say_amount, to_decimal, to_money
from ..common.rows import Row
from ..common.words import say_error

STATES = [
    ("draft", "Being written down"),
    ("done", "Received"),
    ("cancelled", "Called off"),
]


NAMED = ("payment_id", "move_ids")
"""By these a person says how it came into the books."""


class CobranzaRealisation(models.Model):
    """Money that a court brought for the claim of a case, and what of the claim it
    pays: as the law orders, or as the court's certificate says, which prevails.

    It posts nothing: the payment is registered as any other one, and named here.
    """

    _name = "cobranza.realisation"
    _inherit = "cobranza.case.item.mixin"
    _description = "Money from a court"
    _order = "day desc, id desc"

    _lifecycle = REALISATION
    _logged = ("day", "kind", "amount", "certified", "payment_id", "file_ids")
    _after_close = frozenset({"note", "user_id", "payment_id", "file_ids", "move_ids"})
    _evidence_files = {"file_ids": [("state", "=", "done")]}

    measure_id = fields.Many2one(
        "cobranza.measure",
        string="Brought by",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('case_id', '=', case_id), ('state', 'in', "
        "('ordered', 'registered', 'realised'))]",
    )
    kind = Row("cobranza.realisation.kind", required=True, default="remitted")
    day = fields.Date(
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
        help="On which it was paid to the creditor, or the asset was taken.",
    )
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False
    )
    amount = fields.Monetary(required=True)
    line_ids = fields.One2many("cobranza.realisation.line", "realisation_id", "Pays")
    certified = fields.Boolean(
        "The court says what it pays",
        help="By its certificate, which prevails over the order of the law.",
    )
    article = fields.Char("Order of", readonly=True, copy=False)
    surplus = fields.Monetary(
        "Of the debtor",
        compute="_compute_sums",
        help="What exceeds all that is owed goes back to the debtor.",
    )
    difference_words = fields.Char("Differs", compute="_compute_sums")
    lacks = fields.Char(readonly=True, copy=False)
    file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_realisation_file_rel",
        string="Certificate and files",
        copy=False,
    )
    note = fields.Text()

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "What came in is greater than zero."
    )

    # -- values ------------------------------------------------------------------------

    @api.depends("kind", "day", "amount")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = self.env["cobranza.realisation.kind"]
        for one in self:
            day = format_date(self.env, one.day) if one.day else ""
            parts = (kinds._label(one.kind), day)
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends("line_ids.computed", "line_ids.certified", "certified", "amount")
    @api.depends_context("lang")
    def _compute_sums(self):
        parts = self.env["cobranza.claim.part"]
        for one in self:
            pays = one.line_ids.mapped("certified" if one.certified else "computed")
            one.surplus = one.amount - sum(pays)
            one.difference_words = False
            if not one.certified:
                continue
            found = difference(one._spread("computed"), one._spread("certified"))
            one.difference_words = ", ".join(
                "{} {}{}".format(
                    parts._label(part.value),
                    "+" if money.amount > 0 else "",
                    say_amount(self.env, money.amount, one.currency_id),
                )
                for part, money in found
            )

    def _spread(self, name):
        """``kernel.judgment.Spread`` of one column of the lines."""
        shares = tuple(
            (Part(one.part), to_money(one[name], self.currency_id))
            for one in self.line_ids
            if one[name]
        )
        rest = to_decimal(self.amount) - sum(money.amount for _part, money in shares)
        return Spread(shares, to_money(rest, self.currency_id))

    def _receipt(self):
        """``kernel.judgment.Receipt`` of what came in, on the parts that it pays."""
        self.ensure_one()
        found = self._spread("certified" if self.certified else "computed")
        return Receipt(self.day, to_money(self.amount, self.currency_id), found.shares)

    # -- making ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # sudo: who writes it down does not choose the parts
        lines = self.env["cobranza.realisation.line"].sudo()._through_gate()
        parts = list(self.env["cobranza.claim.part"]._by_code())
        lines.create(
            [
                {"realisation_id": one.id, "part": part}
                for one in records
                for part in parts
            ]
        )
        records.invalidate_recordset(["line_ids"])
        records._work_out()
        return records

    def write(self, vals):
        result = super().write(vals)
        if {"amount", "day", "case_id", *NAMED} & set(vals):
            self.filtered(lambda one: one.state == "draft")._work_out()
        if any(vals.get(name) for name in NAMED):
            self._asked_no_more()
        return result

    def _work_out(self):
        """What each of these pays by the order of the law, of what is owed on its day
        without it."""
        for one in self:
            rules = one.company_id._cobranza_rules()
            order, article = rules._realisation_order(one.day)
            lacks, found = False, None
            try:
                owed = one.case_id._owed_parts(one.day, without=one)
            except KernelError as error:
                lacks = say_error(self.env, error)
            else:
                money = to_money(one.amount, one.currency_id)
                found = spread(money, owed, order)
            one._through_gate().write({"article": article, "lacks": lacks})
            # sudo: what the law says is not for who writes it down
            for line in one.sudo().line_ids:
                amount = found.of(Part(line.part)).amount if found else 0
                line.computed = float(amount)

    @api.constrains("certified", "line_ids", "amount")
    def _check_certified(self):
        for one in self.filtered("certified"):
            said = sum(to_decimal(row.certified) for row in one.line_ids)
            if said > to_decimal(one.amount):
                raise ValidationError(
                    self.env._(
                        "%s: the certificate pays more than came in.", one.display_name
                    )
                )

    @api.constrains("measure_id", "case_id")
    def _check_measure(self):
        for one in self:
            if one.measure_id and one.measure_id.case_id != one.case_id:
                raise ValidationError(
                    self.env._(
                        "%s: choose a measure of the same case.", one.display_name
                    )
                )

    @api.constrains("day")
    def _check_day(self):
        for one in self:
            if one.day > one.company_id._cobranza_today():
                raise ValidationError(
                    self.env._("%s: that day has not come yet.", one.display_name)
                )

    # -- states ------------------------------------------------------------------------

    def action_done(self):
        """It came in: what it pays is kept as it is."""
        self.case_id._check_worked()
        self._expect("draft")
        for one in self:
            one._work_out()
            if one.lacks and not one.certified:
                raise UserError(one.lacks)
            if not one.file_ids:
                raise UserError(
                    self.env._(
                        "%s: add the certificate or the order of payment.",
                        one.display_name,
                    )
                )
            one._set_state("done")
            words = say_amount(self.env, one.amount, one.currency_id)
            summary = f"{one.display_name}: {words}"
            one.case_id._write_down("money", summary, one.difference_words or None)
            # sudo: lawyers see no payments
            case = one.case_id.sudo()
            if one.sudo() not in self.sudo()._books_of(case):
                one._ask_for_payment()

    def action_cancel(self):
        """It did not come in after all, or was given back."""
        self.case_id._check_worked()
        self._expect("draft", "done")
        self._set_state("cancelled", self.env._("Did not come in after all"))
        self._asked_no_more()

    def _erase(self, why):
        """What was written goes, sums and days stay. Returns the files. Run through the
        gate."""
        files = self.file_ids
        gone = {"note": False, "state_reason": False, "file_ids": [Command.clear()]}
        self.write(gone)
        self._forget_changes()
        return files


class CobranzaRealisationLine(models.Model):
    """What money from a court pays of one part."""

    _name = "cobranza.realisation.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Part that money from a court pays"
    _order = "realisation_id, id"
    _rec_name = "part"

    realisation_id = fields.Many2one(
        "cobranza.realisation",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="realisation_id.company_id", store=True)
    currency_id = fields.Many2one(related="realisation_id.currency_id")
    part = Row("cobranza.claim.part", required=True, readonly=True)
    computed = fields.Monetary("By the law", readonly=True)
    certified = fields.Monetary("By the certificate")

    _certified_positive = models.Constraint(
        "CHECK (certified >= 0)", "What a certificate pays is not negative."
    )
    _part_uniq = models.Constraint(
        "UNIQUE (realisation_id, part)", "This part is there already."
    )

    def write(self, vals):
        if "certified" in vals and not self._is_through_gate():
            self.realisation_id._expect("draft")
        result = super().write(vals)
        if "certified" in vals:
            self.realisation_id._check_certified()
        return result
