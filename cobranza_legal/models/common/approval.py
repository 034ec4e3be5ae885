import logging
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate
from odoo.tools.misc import formatLang
from odoo.tools.translate import LazyGettext

from ...kernel.lifecycle import Lifecycle
from .rows import Row

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)


APPROVAL = Lifecycle(
    "approval", "asked", {"asked": frozenset({"approved", "refused", "cancelled"})}
)


GROUP = "cobranza_legal.group_approver"


LAWYERS = "cobranza_legal.group_lawyer_all"
"""Who answers for what is a question of law."""


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """``group``: who may answer. ``limit``: the amount of the company, in its currency,
    up to which nobody has to be asked; empty: somebody is always asked.
    ``never_alone``: the law wants another person, whatever the company allows.

    What follows from the answer does ``_on_answer(approval)`` of the record.
    """

    code: str
    label: LazyGettext = field(compare=False)
    group: str = GROUP
    limit: str = ""
    never_alone: bool = False


class CobranzaApprovalKind(models.AbstractModel):
    """What people ask approval for."""

    _name = "cobranza.approval.kind"
    _inherit = "cobranza.rows"
    _description = "Kinds of approvals"

    def _rows(self):
        return KINDS

    def _group(self, code):
        """The group that answers; of a kind that no addon knows any more: approvers."""
        row = self._row(code)
        return row.group if row else GROUP

    def _limit(self, code, company, currency):
        """The amount in ``currency``, at the rate of the day, up to which nobody has to
        be asked; None: somebody always is. Addons override it for limits of a currency
        of its own."""
        row = self._row(code)
        if not row.limit:
            return None
        company = company.sudo()  # a limit is not a secret of the manager
        own = company.currency_id
        return own._convert(
            company[row.limit], currency, company, company._cobranza_today()
        )

    def _needed(self, code, company, amount, currency):
        """Whether ``amount`` in ``currency`` needs an approval."""
        limit = self._limit(code, company, currency)
        return limit is None or currency.compare_amounts(amount, limit) > 0


KINDS = (
    ApprovalKind("waive", _lt("Waive a charge"), limit="cobranza_waive_limit"),
    ApprovalKind(
        "reinstate", _lt("Claim a waived charge again"), limit="cobranza_waive_limit"
    ),
    ApprovalKind("agreement", _lt("Payment agreement beyond the terms")),
    ApprovalKind(
        "agreement_law", _lt("Payment agreement: a question of law"), group=LAWYERS
    ),
    ApprovalKind(
        "agreement_free",
        _lt("Payment agreement that frees a guarantor"),
        group=LAWYERS,
    ),
    ApprovalKind(
        "suspension_lift", _lt("Give suspended services back without payment")
    ),
    ApprovalKind("other", _lt("Something else")),
)


class CobranzaApprovalMixin(models.AbstractModel):  # gate 8: addons ask about theirs
    """A record about which approval is asked. It says what the approver decides by:
    that is kept as it was when it was asked for, and compared when it is answered."""

    _name = "cobranza.approval.mixin"
    _description = "Record about which approval is asked"

    _approval_fields: tuple[str, ...] = ()
    """Names of fields, or dotted paths, whose change the approver is told of."""

    may_answer_approval = fields.Boolean(
        "Waits for my answer",
        compute="_compute_may_answer_approval",
        help="Something was asked about it that the present user may answer.",
    )

    @api.depends_context("uid")
    def _compute_may_answer_approval(self):
        mine = set(self._to_answer().mapped("res_id"))
        for record in self:
            record.may_answer_approval = record._origin.id in mine

    def _to_answer(self):
        """The ``cobranza.approval``s about these records that the present user may
        answer; none for who may not read them."""
        approvals = self.env["cobranza.approval"]
        if not approvals.has_access("read"):
            return approvals
        return approvals.search(approvals._about(self)).filtered("may_answer")

    def action_answer_approval(self):
        """The dialog that answers what was asked about this record, or the list of the
        questions if there are several. UserError where nobody waits for the user."""
        self.ensure_one()
        found = self._to_answer()
        if not found:
            raise UserError(
                self.env._("%s: nothing waits for your answer.", self.display_name)
            )
        if len(found) == 1:
            return found.action_answer()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_approval"
        )
        return {**action, "domain": [("id", "in", found.ids)]}

    def _approval_amount(self, kind):
        """(amount, currency) that an approval of this kind is about now; None when it
        is about no amount. Whoever asks hands in the same."""
        self.ensure_one()

    def _approval_facts(self):
        """{path: [comparable value, words]} of what the approver decides by, now."""
        self.ensure_one()
        return {path: self._approval_fact(path) for path in self._approval_fields}

    def _approval_fact(self, path):
        *steps, name = path.split(".")
        record = self.mapped(".".join(steps)) if steps else self
        field = record._fields[name]
        value = record[name]
        if field.relational:
            return [value.ids, ", ".join(value.mapped("display_name"))]
        if field.type == "selection":
            return [value, dict(field._description_selection(self.env)).get(value, "")]
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return [value, formatLang(self.env, value, currency_obj=currency)]
        kept = field.convert_to_export(value, record)
        return [str(kept or ""), str(kept or "")]

    def _approval_label(self, path):
        """The words for a path of ``_approval_fields``."""
        *steps, name = path.split(".")
        model = self.browse().mapped(".".join(steps)) if steps else self
        return model._fields[name]._description_string(self.env)


class CobranzaApproval(models.Model):
    """A request for approval and its answer; kept for ever, one list for all kinds."""

    _name = "cobranza.approval"
    _inherit = "cobranza.state.mixin"
    _description = "Approval"
    _order = "asked_on desc, id desc"
    _lifecycle = APPROVAL

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor",
        readonly=True,
        ondelete="restrict",
        index=True,
        help="Empty: it is about no single debtor.",
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    kind = Row("cobranza.approval.kind", required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    reason = fields.Char(required=True, readonly=True, string="Asked because")
    facts = fields.Json(
        readonly=True, help="What it was about, as it was when it was asked for."
    )
    changes = fields.Text(
        compute="_compute_changes",
        string="Changed since",
        help="What is other than it was when it was asked for.",
    )
    state = fields.Selection(
        [
            ("asked", "Asked"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        default="asked",
        required=True,
        readonly=True,
    )
    asked_by_id = fields.Many2one("res.users", required=True, readonly=True)
    asked_on = fields.Datetime(required=True, readonly=True)
    involved_user_ids = fields.Many2many(
        "res.users",
        "cobranza_approval_involved_rel",
        string="May not answer",
        readonly=True,
        help="Who asked, and who else had a hand in it: somebody else answers.",
    )
    may_answer = fields.Boolean(compute="_compute_may_answer")
    answered_by_id = fields.Many2one("res.users", readonly=True)
    answered_on = fields.Datetime(readonly=True)
    answer = fields.Char(readonly=True)
    alone = fields.Boolean(
        readonly=True, help="Who asked also approved, alone and with a reason."
    )

    _pending_uniq = models.UniqueIndex(
        "(res_model, res_id, kind) WHERE state = 'asked'",
        "This approval is being asked for already.",
    )

    @api.depends("subject", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = self.env["cobranza.approval.kind"]
        for approval in self:
            label = kinds._label(approval.kind)
            approval.display_name = f"{label}: {approval.subject}"

    @api.depends("state", "kind")
    @api.depends_context("uid")
    def _compute_may_answer(self):
        kinds, user = self.env["cobranza.approval.kind"], self.env.user
        for approval in self:
            asked = approval.state == "asked"
            approval.may_answer = asked and user.has_group(kinds._group(approval.kind))

    # -- what changed ------------------------------------------------------------------

    def _record(self):
        """The record that it is about, as superuser: the approver need not be able to
        read what is shown of it here. None when it, or its addon, is gone."""
        self.ensure_one()
        model = self.env.get(self.res_model)
        if model is None:
            return None
        return model.sudo().browse(self.res_id).exists() or None

    @api.depends("facts", "state", "amount")
    @api.depends_context("lang")
    def _compute_changes(self):
        for approval in self:
            waits = approval.state == "asked"
            found = approval._changes() if waits else ()
            approval.changes = "\n".join(found)

    def _changes(self):
        """[words] of what is other than when it was asked for."""
        record = self._record()
        if record is None:
            return [self.env._("What this was about is gone.")]
        found = [line for line in [self._growth(record)] if line]
        before = self.facts or {}
        if not before:
            return found
        for path, (value, words) in record._approval_facts().items():
            old, said = before.get(path, [value, words])
            if old != value:
                label = record._approval_label(path)
                found.append(f"{label}: {said or '–'} → {words or '–'}")
        return found

    def _growth(self, record):
        """Words when it is about more now than was asked for, or in another currency:
        then it has to be asked for again. None otherwise."""
        if not isinstance(record, self.env.registry["cobranza.approval.mixin"]):
            return None
        found = record._approval_amount(self.kind)
        if not (found and self.currency_id):
            return None
        amount, currency = found
        if (
            currency == self.currency_id
            and currency.compare_amounts(amount, self.amount) <= 0
        ):
            return None
        return self.env._(
            "Asked for %(asked)s, it is %(now)s now: it has to be asked for again.",
            asked=formatLang(self.env, self.amount, currency_obj=self.currency_id),
            now=formatLang(self.env, amount, currency_obj=currency),
        )

    # -- to ask ------------------------------------------------------------------------

    @api.model
    def _ask(self, record, kind, reason, amount=0, currency=None, involved=None):
        """A request of the present user about ``record``, which has a company, and a
        debtor where it is about one. ``involved``: more people who may not answer.
        UserError while another request of this kind about it waits, unless that one is
        about less than it is now: then it is cancelled."""
        record.ensure_one()
        self._cancel_outgrown(record)
        if self._pending(record, kind):
            raise UserError(
                self.env._(
                    "Approval for %s is being asked for already. Wait for the answer.",
                    record.display_name,
                )
            )
        people = self.env.user | (involved or self.env["res.users"])
        debtor = record.debtor_id if "debtor_id" in record._fields else None
        # sudo: requests are made through this method only
        approval = self.sudo().create(
            {
                "company_id": record.company_id.id,
                "debtor_id": debtor and debtor.id,
                "res_model": record._name,
                "res_id": record.id,
                "kind": kind,
                "subject": record.display_name,
                "amount": amount,
                "currency_id": currency and currency.id,
                "reason": reason,
                "facts": self._facts_of(record),
                "asked_by_id": self.env.user.id,
                "asked_on": fields.Datetime.now(),
                "involved_user_ids": people.ids,
            }
        )
        return approval.sudo(self.env.su)

    @api.model
    def _facts_of(self, record):
        if not isinstance(record, self.env.registry["cobranza.approval.mixin"]):
            return False
        # sudo: what the approver decides by is not asked of who asks
        return record.sudo()._approval_facts()

    @api.model
    def _cancel_outgrown(self, record):
        # sudo: whoever asks again need not read requests
        for waiting in self.sudo().search(self._about(record)):
            growth = waiting._growth(record.sudo())
            if growth:
                waiting._set_state("cancelled", growth)

    @api.model
    def _about(self, records):
        """The domain of the requests that wait for an answer about these records."""
        return [
            ("res_model", "=", records._name),
            ("res_id", "in", records.ids),
            ("state", "=", "asked"),
        ]

    @api.model
    def _pending(self, records, kind=None):
        """Those of ``records`` about which a request waits, of any kind or of one."""
        domain = self._about(records)
        if kind:
            domain.append(("kind", "=", kind))
        found = self._read_group(domain, ["res_id"])
        pending = {record_id for (record_id,) in found}
        return records.filtered(lambda record: record._origin.id in pending)

    @api.model
    def _cancel(self, records, reason):
        """What was asked for about these records is no longer needed."""
        # sudo: whoever makes it needless need not read requests
        asked = self.sudo().search(self._about(records))
        asked._set_state("cancelled", reason)

    def write(self, vals):
        if not self._is_through_gate():
            raise UserError(self.env._("An approval is never changed, only answered."))
        return super().write(vals)

    def _erase(self, subject, why):
        """What was said about somebody in these requests goes: that they were made of
        ``subject``, by whom, and who answered what, stays."""
        # sudo: whoever decided on the erasure need not read requests
        self.sudo()._through_gate().write(
            {
                **dict.fromkeys(("answer", "state_reason", "facts"), False),
                "subject": subject,
                "reason": why,
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An approval is kept as evidence."))

    # -- to answer ---------------------------------------------------------------------

    @api.model
    def _approvers(self, company, kind=None):
        """Active people who may approve for the company; None: kinds of the group of
        approvers."""
        group = self.env["cobranza.approval.kind"]._group(kind)
        return company._cobranza_users(group)

    def _others(self):
        """Who may approve and had no hand in what was asked for."""
        self.ensure_one()
        people = self.sudo().involved_user_ids | self.asked_by_id
        return self._approvers(self.company_id.sudo(), self.kind) - people

    def _is_strict(self):
        """Another person is needed: the law wants one, or one holds the right and
        nobody allowed to do without."""
        self.ensure_one()
        if self.env["cobranza.approval.kind"]._is(self.kind, "never_alone"):
            return True
        return not self.company_id.sudo().cobranza_approve_alone and self._others()

    def _answer(self, approved, reason=None):
        """Approve or refuse as the present user, then let the record act on it.

        AccessError without the right; UserError for one's own request under two
        persons, and for an approval alone without a reason.
        """
        for approval in self:
            alone = approval._check_answer(approved, reason)
            # sudo: approvers write through this method only
            approval.sudo()._set_state(
                "approved" if approved else "refused",
                reason,
                answered_by_id=self.env.user.id,
                answered_on=fields.Datetime.now(),
                answer=reason,
                alone=alone,
            )
            if alone:
                approval._report_alone(reason)
            # the addon of the record may be gone
            if approval.res_model in self.env:
                record = self.env[approval.res_model].browse(approval.res_id)
                record._on_answer(approval)

    def _is_own(self, user):
        """Whether ``user`` asked for it or had a hand in it."""
        return user in (self.asked_by_id | self.sudo().involved_user_ids)

    def _check_answer(self, approved, reason):
        """Whether the approval is given alone; raises if it may not be given."""
        self.ensure_one()
        user = self.env.user
        self.check_access("read")
        if not user.has_group(self.env["cobranza.approval.kind"]._group(self.kind)):
            raise AccessError(
                self.env._("Only approvers answer “%s”.", self.display_name)
            )
        record = self._record() if approved else None
        growth = record is not None and self._growth(record)
        if growth:
            named = f"{self.display_name}: {growth}"
            raise UserError(named)
        alone = approved and self._is_own(user)
        if alone and self._is_strict():
            raise UserError(
                self.env._(
                    "You asked for “%(approval)s”: another approver (%(names)s) has to "
                    "approve it.",
                    approval=self.display_name,
                    names=", ".join(self._others().mapped("name"))
                    or self.env._("nobody has that right yet"),
                )
            )
        if alone and not (reason or "").strip():
            raise UserError(
                self.env._("Give the reason why “%s” is approved alone.", self.subject)
            )
        return alone

    def _report_alone(self, reason):
        _logger.warning(
            "%s approved alone by %s: %s", self, self.env.user.login, reason
        )
        note = self.env._(
            "“%(approval)s” was asked for and approved by the same person: %(reason)s",
            approval=self.display_name,
            reason=reason,
        )
        # sudo: an approver need not be a collector to leave this note
        for debtor in self.debtor_id.sudo():
            debtor.message_post(body=note)

    def action_answer(self):
        self.ensure_one()
        return self.env["cobranza.reason"]._ask("approve", self)

    def action_open_record(self):
        """The form of the record; UserError when the addon that it belongs to is
        gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            raise UserError(
                self.env._("What “%s” was about is gone.", self.display_name)
            )
        return self.env[self.res_model].browse(self.res_id).get_formview_action()
