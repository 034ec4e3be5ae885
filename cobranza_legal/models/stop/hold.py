from dataclasses import dataclass, field
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, LazyTranslate, format_date
from odoo.tools.translate import LazyGettext

from ...kernel.dunning import Reason
from ...kernel.lifecycle import HOLD
from ..common.rows import Row, forget_rows

_lt = LazyTranslate(__name__)


@dataclass(frozen=True, slots=True)
class HoldReason:
    """``reason``: what the engine says of what is on hold. ``frozen``: the debtor's
    page asks nothing for it, under the code as its tag. ``vague``: it says nothing
    without a note."""

    code: str
    label: LazyGettext = field(compare=False)
    reason: Reason = Reason.ON_HOLD
    frozen: bool = False
    vague: bool = False


class CobranzaHoldReason(models.AbstractModel):
    _name = "cobranza.hold.reason"
    _inherit = "cobranza.rows"
    _description = "Reasons of holds"

    def _rows(self):
        return REASONS


REASONS = (
    HoldReason("says_paid", _lt("The debtor says it is paid"), frozen=True),
    HoldReason("internal", _lt("Our own decision"), vague=True),
    HoldReason("privacy", _lt("Request about personal data")),
    HoldReason("other", _lt("Other"), vague=True),
)


def forget_hold_reason(env, code, fallback="internal"):
    """For migrations: holds with a reason that is none any more stay in force as
    ``fallback``; their note says what it was, and saved filters follow."""
    lang = env.company.partner_id.lang or "en_US"
    words = env["cobranza.decision.reason"].with_context(lang=lang)._label(code)
    env.cr.execute(
        """UPDATE cobranza_hold
              SET note = concat_ws(E'\\n', nullif(trim(note), ''), %s)
            WHERE reason = %s""",
        [words, code],
    )
    forget_rows(env, "cobranza.hold.reason", [code], fallback)
    for quote in ("'", '"'):  # the web client writes double ones
        old, new = (f"{quote}{one}{quote}" for one in (code, fallback))
        env.cr.execute(
            """UPDATE ir_filters SET domain = replace(domain, %s, %s)
                WHERE model_id = 'cobranza.hold' AND domain LIKE %s""",
            [old, new, f"%{old}%"],
        )
    env.invalidate_all()


class Blocking(NamedTuple):
    """Reasons of the holds in force, by debtor id and by debt id."""

    debtors: dict[int, tuple[Reason, ...]]
    debts: dict[int, tuple[Reason, ...]]


class CobranzaHold(models.Model):
    """No contact with a debtor about some debts, or all of them, from a day to a
    day."""

    _name = "cobranza.hold"
    _inherit = "cobranza.followup.item.mixin"
    _description = "Collection hold"
    _order = "date_from desc, id desc"
    _lifecycle = HOLD
    _logged = ("debtor_id", "debt_ids", "reason", "date_from", "date_to", "user_id")

    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_hold_debt_rel",
        string="Debts",
        domain="[('debtor_id', '=', debtor_id)]",
        help="Empty: all debts of the debtor, present and future.",
    )
    reason = Row("cobranza.hold.reason", required=True, default="internal")
    note = fields.Text()
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        string="Until", help="Last day of the hold. Empty: until somebody releases it."
    )
    state = fields.Selection(
        [("open", "In force"), ("released", "Lifted"), ("expired", "Expired")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )
    begun = fields.Boolean(
        readonly=True, copy=False, help="The first day of the hold has been seen."
    )
    released_by_id = fields.Many2one(
        "res.users", string="Lifted by", readonly=True, copy=False
    )
    released_on = fields.Datetime(string="Lifted on", readonly=True, copy=False)
    privacy_request_id = fields.Many2one(
        "cobranza.privacy.request", readonly=True, copy=False, index="btree_not_null"
    )

    _dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A hold does not end before it starts.",
    )
    _open_idx = models.Index("(debtor_id) WHERE state = 'open'")
    _expiry_idx = models.Index("(date_to) WHERE state = 'open'")

    def _default_date_from(self):
        return self.env.company._cobranza_today()

    @api.depends("debtor_id", "reason", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for hold in self:
            name = f"{hold.debtor_id.display_name}: {labels.get(hold.reason, '')}"
            until = hold.date_to and f" → {format_date(self.env, hold.date_to)}"
            hold.display_name = name + (until or "")

    @api.constrains("debtor_id", "debt_ids")
    def _check_debts(self):
        for hold in self:
            foreign = hold.debt_ids - hold.debt_ids.filtered_domain(
                [("debtor_id", "=", hold.debtor_id.id)]
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(debt)s is not a debt of %(debtor)s. Take it off the hold.",
                        debt=foreign[0].display_name,
                        debtor=hold.debtor_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_not_blocked(self):
        if self.filtered("privacy_request_id"):
            raise UserError(
                self.env._("A hold that a person asked for is lifted, not deleted.")
            )

    def write(self, vals):
        if {"date_to", "debt_ids", "date_from", "debtor_id"} & set(vals):
            self._check_block()
        return super().write(vals)

    def _check_block(self):
        """UserError while the request about personal data that asked for a hold is not
        answered: until then its days and debts stay, and nobody lifts it."""
        # sudo: collectors read no requests about personal data
        for hold in self.sudo():
            request = hold.privacy_request_id
            if hold.state == "open" and request.state == "received":
                raise UserError(
                    self.env._(
                        "%(request)s is not answered: until then the hold stays.",
                        request=request.display_name,
                    )
                )

    def _kernel_reason(self):
        self.ensure_one()
        return self._kernel_reason_of(self.reason)

    @api.model
    def _kernel_reason_of(self, code):
        """What the engine says of a hold; of one whose reason no addon knows any more:
        that it is on hold."""
        row = self.env["cobranza.hold.reason"]._row(code)
        return row.reason if row else Reason.ON_HOLD

    @api.model
    def _blocking(self, company, debtor_ids, today):
        """``Blocking`` of the holds in force: one without debts stops its debtor.

        One query, which sees past record rules.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT h.debtor_id, rel.cobranza_debt_id, h.reason
                  FROM cobranza_hold h
             LEFT JOIN cobranza_hold_debt_rel rel ON rel.cobranza_hold_id = h.id
                 WHERE h.company_id = %s
                   AND h.debtor_id = ANY(%s)
                   AND h.state = 'open'
                   AND h.date_from <= %s
                   AND (h.date_to IS NULL OR h.date_to >= %s)
              ORDER BY h.id
                """,
                company.id,
                list(debtor_ids),
                today,
                today,
            )
        )
        result = Blocking({}, {})
        for debtor, debt, reason in rows:
            found, key = (result.debts, debt) if debt else (result.debtors, debtor)
            value = self._kernel_reason_of(reason)
            if value not in found.get(key, ()):
                found[key] = (*found.get(key, ()), value)
        return result

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Open holds of a company whose first day has come or whose last has gone."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                "|",
                ("date_to", "<", today),
                "&",
                ("begun", "=", False),
                ("date_from", "<=", today),
            ],
            limit=limit,
            order="id",
        )

    def _upkeep(self, today):
        gone = self.filtered(lambda hold: hold.date_to and hold.date_to < today)
        gone._set_state("expired", self.env._("Its last day has passed"))
        self.env["cobranza.debtor"]._tell_back(
            (hold.debtor_id, hold.user_id, hold.display_name) for hold in gone
        )
        begun = self - gone
        begun._through_gate().begun = True
        begun.debtor_id._redecide_later()

    def _release(self, reason):
        """Lift the holds. UserError as ``_check_block`` says."""
        self._check_block()
        self._set_state(
            "released",
            reason,
            released_by_id=self.env.user.id,
            released_on=fields.Datetime.now(),
        )

    def action_release(self):
        return self.env["cobranza.reason"]._ask("hold", self)
