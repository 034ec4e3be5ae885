from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate, format_date
from odoo.tools.misc import formatLang
from odoo.tools.translate import LazyGettext

from ...kernel.imputation import Part
from ...kernel.lifecycle import CHARGE
from ..common.money import say_figures
from ..common.rows import Row

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class ChargeKind:
    """``part``: what a payment to it extinguishes, in the order of the law.
    ``proportional``: a part of the debt, due once. When the dates of payments change
    its base, ``_redraft_<code>(work)`` of ``cobranza.charge`` drafts it again.
    ``runs``: it accrues by the day, and its charges name a period: one for each.
    ``repeats``: a debt may bear several at a time; of the others that do not run it
    bears one.
    ``follows``: its amount depends on what was open; others only stand or fall.
    ``agreed``: an agreement says what it is: neither payments nor the law of late
    payment change it."""

    code: str
    label: LazyGettext = field(compare=False)
    part: Part = Part.FEE
    proportional: bool = False
    runs: bool = False
    repeats: bool = False
    follows: bool = False
    agreed: bool = False


class CobranzaChargeKind(models.AbstractModel):
    _name = "cobranza.charge.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of charges"

    def _rows(self):
        return KINDS

    def _part(self, code):
        """What a payment to a charge extinguishes; of a kind that nobody knows any
        more: fees."""
        row = self._row(code)
        return row.part if row else Part.FEE


KINDS = (
    ChargeKind("fee", _lt("Collection fee"), follows=True),
    ChargeKind("compensation", _lt("Fixed compensation")),
    ChargeKind(
        "interest", _lt("Late interest"), Part.INTEREST, runs=True, follows=True
    ),
    ChargeKind("commission", _lt("Commission"), proportional=True, follows=True),
    ChargeKind("cost", _lt("Recoverable cost"), Part.COST, repeats=True),
    ChargeKind("penalty", _lt("Penalty"), proportional=True, follows=True),
    # principal at the value of the day of payment
    ChargeKind(
        "indexation", _lt("Indexation"), Part.PRINCIPAL, runs=True, follows=True
    ),
    ChargeKind(
        "deferral",
        _lt("Interest of an agreement"),
        Part.INTEREST,
        repeats=True,
        agreed=True,
    ),
)


def _once(registry, columns, only):
    """The unique index over ``columns`` of the charges that stand, of the kinds for
    which ``only(kind)``; none, if there is no such kind.

    Odoo makes it anew when an addon that adds a kind is installed, because that addon
    extends the charge to draft it.
    """
    kinds = registry["cobranza.charge.kind"]
    rows = kinds._rows(kinds(None, (), ()))  # rows are code: they need no database
    codes = ", ".join(f"'{kind.code}'" for kind in rows if only(kind))
    return codes and f"{columns} WHERE kind IN ({codes}) AND state <> 'reversed'"


BASES = [("law", "Law"), ("contract", "Contract")]


STANDING = ("assessed", "billed")
"""The states of charges that are owed."""


DECIDED = {"waive": "waived", "reinstate": "assessed"}
"""{kind of approval: state of the charge once it is given}."""


class CobranzaCharge(models.Model):
    """What late payment costs the debtor, with the law and the figures behind it.

    Made by the assessment only. Its figures are evidence, stored with a decimal point
    whatever the language: they never change, a wrong charge is reversed and assessed
    again. Charges are waived and reinstated with a reason, above the limit with
    approval, and reversed with what they were charged for.
    """

    _name = "cobranza.charge"
    _inherit = ["cobranza.history.mixin", "cobranza.approval.mixin"]
    _description = "Charge for late payment"
    _order = "assessed_on desc, id desc"
    _approval_fields = (
        *("amount", "state", "debt_id.amount_residual_currency"),
        *("debtor_id.regime",),
    )

    _check_company_auto = True
    _lifecycle = CHARGE
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    debt_id = fields.Many2one(
        "cobranza.debt",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        ondelete="set null",
        index=True,
    )
    run_id = fields.Many2one(
        "cobranza.run", readonly=True, ondelete="set null", index="btree_not_null"
    )
    level_id = fields.Many2one("cobranza.policy.level", readonly=True)
    kind = Row("cobranza.charge.kind", required=True, readonly=True)
    basis = fields.Selection(
        BASES,
        required=True,
        readonly=True,
        default="law",
        help="What the charge rests on: it decides how it is billed.",
    )
    state = fields.Selection(
        [
            ("assessed", "Assessed"),
            ("billed", "Billed"),
            ("waived", "Waived"),
            ("reversed", "Reversed"),
        ],
        default="assessed",
        required=True,
        readonly=True,
        copy=False,
    )
    approval_ids = fields.One2many(
        "cobranza.approval",
        "res_id",
        domain=[("res_model", "=", "cobranza.charge")],
        readonly=True,
        string="Approvals",
    )
    approval_pending = fields.Boolean(compute="_compute_approval_pending")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    base = fields.Monetary(
        readonly=True, help="What was overdue, unpaid and undisputed on the day."
    )
    assessed_on = fields.Date(required=True, readonly=True)
    period_from = fields.Date(readonly=True, string="From")
    period_to = fields.Date(readonly=True, string="To")
    rate_text = fields.Char(readonly=True, string="Rate")
    formula = fields.Char(readonly=True)
    article = fields.Char(readonly=True)
    values = fields.Json(
        readonly=True,
        help="Legal values used: code, key, day, value, source and article of each.",
    )
    values_text = fields.Text(compute="_compute_values_text", string="Values used")
    proof_contact_id = fields.Many2one(
        "cobranza.contact",
        string="Proving contact",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The free notice in time that allows the full fee.",
    )
    per_document = fields.Boolean(
        readonly=True, help="Due once for the whole document, not for each debt."
    )
    group_key = fields.Char(
        readonly=True, index=True, help="Debts that were assessed together as one base."
    )
    _amount_sign = models.Constraint("CHECK (amount >= 0)", "A charge is not negative.")
    _once_uniq = models.UniqueIndex(
        lambda registry: _once(
            registry, "(debt_id, kind)", lambda kind: not (kind.runs or kind.repeats)
        ),
        "This debt has been charged already.",
    )
    _document_uniq = models.UniqueIndex(
        "(move_id, kind) WHERE per_document AND state <> 'reversed'",
        "This document has been charged its fixed compensation already.",
    )
    _period_uniq = models.UniqueIndex(
        lambda registry: _once(
            registry, "(debt_id, kind, period_from)", lambda kind: kind.runs
        ),
        "This period has been charged already.",
    )
    origin_id = fields.Many2one(
        "cobranza.charge",
        string="First charged as",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    covered = fields.Monetary(
        readonly=True,
        string="Unallocated payments",
        help="Payments that nobody had allocated and that lowered the base.",
    )
    outdated = fields.Boolean(
        readonly=True,
        help="Reversed because of the day of a settlement, or because the law does not "
        "allow it by what is known now: charged again if that is undone.",
    )
    instalment_id = fields.Many2one(
        "cobranza.agreement.instalment",
        string="Of the instalment",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Whose interest it is.",
    )
    _instalment_uniq = models.UniqueIndex(
        "(instalment_id, debt_id) WHERE state <> 'reversed'",
        "The interest of this instalment has been charged already.",
    )
    formula_text = fields.Char(compute="_compute_figures", string="Calculation")
    rate_shown = fields.Char(compute="_compute_figures", string="Rate charged")

    @api.depends("kind", "debt_id", "amount")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for charge in self:
            amount = formatLang(
                self.env, charge.amount, currency_obj=charge.currency_id
            )
            kind = labels.get(charge.kind, "")
            charge.display_name = f"{kind} {amount} · {charge.debt_id.display_name}"

    @api.depends("values")
    @api.depends_context("lang")
    def _compute_values_text(self):
        for charge in self:
            charge.values_text = "\n".join(
                self._value_line(value) for value in charge.values or []
            )

    def write(self, vals):
        if not self._is_through_gate():
            raise UserError(
                self.env._(
                    "The figures of %s are kept as they were assessed: waive it.",
                    ", ".join(self.mapped("display_name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A charge is never deleted: waive it, with the reason.")
        )

    @api.depends("formula", "rate_text")
    @api.depends_context("lang")
    def _compute_figures(self):
        for charge in self:
            charge.formula_text = say_figures(self.env, charge.formula)
            charge.rate_shown = say_figures(self.env, charge.rate_text)

    @api.model
    def _value_line(self, value):
        name = f"{value['code']}[{value['key']}]" if value["key"] else value["code"]
        number = say_figures(self.env, value["value"])
        origin = " · ".join(filter(None, (value.get("article"), value.get("source"))))
        line = f"{name} = {number} ({format_date(self.env, value['day'])})"
        return f"{line} · {origin}" if origin else line

    def _waive(self, reason):
        """Waive what is within the limit, ask for approval of the rest.

        Returns the requests made. UserError without a reason.
        """
        self._check_may_decide(reason)
        self._check_not_billed()
        return self._decide("waive", reason)

    def _reinstate(self, reason):
        """Waived charges are owed again: within the limit at once. Of the rest, and of
        those that an approver waived, approval is asked. Returns the requests made."""
        self._check_may_decide(reason)
        waived = self.filtered(lambda charge: charge.state == "waived")
        for charge in self - waived:
            raise UserError(charge._refused_message("assessed"))
        return self._decide("reinstate", reason)

    def _decide(self, kind, reason):
        requests = self.env["cobranza.approval"]
        asked = {
            "waive": self.env._("Approval to waive asked for"),
            "reinstate": self.env._("Approval to claim it again asked for"),
        }
        for charge in self:
            if charge._needs_approval(kind):
                amount, currency = charge._approval_amount(kind)
                requests |= requests._ask(charge, kind, reason, amount, currency)
                charge._log(asked[kind], reason)
            else:
                charge._set_state(DECIDED[kind], reason)
        return requests

    def _check_not_billed(self):
        billed = self.filtered(lambda charge: charge.state == "billed")
        if billed:
            raise UserError(
                self.env._(
                    "%s has been billed: an accountant has to reverse it.",
                    ", ".join(billed.mapped("display_name")),
                )
            )

    def _check_may_decide(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        groups = ("group_collector", "group_accountant")
        allowed = any(
            self.env.user.has_group(f"cobranza_legal.{group}") for group in groups
        )
        if not self.env.su and not allowed:
            raise AccessError(
                self.env._(
                    "Only collectors and accountants waive or reinstate charges."
                )
            )
        self.check_access("write")

    @api.depends("approval_ids.state")
    def _compute_approval_pending(self):
        pending = self.env["cobranza.approval"]._pending(self)
        for charge in self:
            charge.approval_pending = charge in pending

    def _needs_approval(self, kind):
        self.ensure_one()
        amount, currency = self._approval_amount(kind)
        kinds = self.env["cobranza.approval.kind"]
        if kinds._needed(kind, self.company_id, amount, currency):
            return True
        # sudo: what an approver granted is not undone because nobody may read it
        decided = self.sudo().approval_ids.filtered(
            lambda one: one.state == "approved" and one.kind in DECIDED
        )
        newest = decided.sorted(lambda one: (one.answered_on, one.id))[-1:]
        return kind == "reinstate" and newest.kind == "waive"

    def _approval_amount(self, kind):
        self.ensure_one()
        return self.amount, self.currency_id

    def _on_answer(self, approval):
        """Hook of ``cobranza.approval``: do what was approved, or nothing when it was
        refused."""
        if approval.kind in DECIDED and approval.state == "approved":
            # sudo: the approval is the right to do it, whatever the approver's roles
            self.sudo()._set_state(DECIDED[approval.kind], approval.reason)

    def _on_state(self, target, reason):
        if target in ("waived", "reversed"):
            self._detach_from_draft()
        if target in ("billed", "reversed"):
            self.env["cobranza.approval"]._cancel(self, reason)
        return super()._on_state(target, reason)

    def _action_reason(self, verb):
        return self.env["cobranza.reason"]._ask(verb, self)

    def action_waive(self):
        return self._action_reason("waive")

    def action_reinstate(self):
        return self._action_reason("reinstate")

    @api.model
    def _document_gone(self, debts, reason):
        """Reverse what is charged on debts that are owed no more. What was waived stays
        waived."""
        # sudo: whoever cancels a document need not see its charges
        domain = [("debt_id", "in", debts.ids), ("state", "in", STANDING)]
        charges = self.sudo().search(domain)
        charges._withdraw(reason)
        return charges
