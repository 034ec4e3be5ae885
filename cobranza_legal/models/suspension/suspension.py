from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.mail import plaintext2html

from ...kernel.lifecycle import SUSPENSION
from ..common.rows import Row
from ..company.company import NOT_OWN

STATES = [
    ("proposed", "Proposed"),
    ("noticed", "Notice given"),
    ("in_force", "Services suspended"),
    ("lifted", "Services given back"),
    ("dropped", "Not pursued"),
]


LIVE = ("in_force", "noticed", "proposed")
"""States that are not over, the gravest first."""


ESSENTIAL = [
    ("no", "None of them is essential"),
    ("yes", "Some are: water, energy, heating or access of a dwelling"),
]


UNSENT = ("draft", "planned", "sending", "failed", "in_doubt")
"""States of a notice of which nobody can say yet that it left."""


LIFT = "suspension_lift"
"""Kind of the approval to give services back though nothing was paid."""


EFFECT = "propose_suspension"
"""Of levels of a policy."""


SHOWN = 40
"""Letters of the services that its name shows."""


def _carries(channel):
    """Whether a notice can go this way: a letter or an e-mail, in words of its own."""
    written = channel._class_kind in ("paper", "remote") and channel._needs_text
    return written and not (channel._on_screen or channel._is_plain)


class CobranzaSuspension(models.Model):
    """Services that a debtor gets no more until debts are paid.

    A level or a person proposes it, the debtor is told, and it is in force once the
    debtor has received the notice and its term has passed. Paying ends it in the same
    transaction. What was announced is evidence: it does not change any more.
    """

    _name = "cobranza.suspension"
    _inherit = ["cobranza.followup.item.mixin", "cobranza.approval.mixin"]
    _description = "Suspension of services"
    _order = "id desc"

    _lifecycle = SUSPENSION
    _logged = (
        *("debtor_id", "debt_ids", "services", "essential", "channel"),
        *("term_days", "user_id"),
    )
    _after_close = frozenset({"note", "user_id"})
    _approval_fields = ("state", "services", "open_amount")

    debtor_id = fields.Many2one(ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    state = fields.Selection(
        STATES, default="proposed", required=True, readonly=True, copy=False
    )
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_suspension_debt_rel",
        string="Debts",
        required=True,
        domain="[('debtor_id', '=', debtor_id), ('settled', '=', False)]",
        help="When all of these are paid the services are given back.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True
    )
    open_amount = fields.Monetary("Still owed", compute="_compute_open_amount")
    services = fields.Text(
        "Which services",
        default=lambda self: self.env.company.cobranza_suspension_services,
        help="As the debtor will read it: what it gets no more.",
    )
    essential = fields.Selection(
        ESSENTIAL,
        "Essential services",
        help="What somebody needs to live in a dwelling. Until you have answered no "
        "notice leaves.",
    )
    channel = Row(
        "cobranza.channel",
        string="Notice by",
        only=_carries,
        required=True,
        default="certified_letter",
        help="A way that proves in this country that the debtor received it.",
    )
    term_days = fields.Integer(
        "Days after the notice",
        required=True,
        default=lambda self: self.env.company.cobranza_suspension_days,
        help="Calendar days from the day on which the debtor received the notice: "
        "while they run it may pay.",
    )
    note = fields.Text()
    # -- what comes of it
    contact_ids = fields.One2many(
        "cobranza.contact", "suspension_id", "Notices", readonly=True
    )
    notice_contact_id = fields.Many2one(
        "cobranza.contact",
        "Notice",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    noticed_on = fields.Date("Notice given on", readonly=True, copy=False)
    received_on = fields.Date(
        "Notice received on", related="notice_contact_id.received_on"
    )
    reception_note = fields.Char(
        "Reception of the notice", related="notice_contact_id.reception_note"
    )
    until = fields.Date(
        "May pay until", compute="_compute_until", help="The last day of the term."
    )
    in_force_on = fields.Date("Suspended on", readonly=True, copy=False)
    ended_on = fields.Date(readonly=True, copy=False)
    lifted_by_id = fields.Many2one(
        "res.users",
        "Given back by",
        readonly=True,
        copy=False,
        help="Empty: it was paid, or something forbids it.",
    )
    stopped_by = fields.Text(
        "What forbids it",
        compute="_compute_stopped_by",
        groups=NOT_OWN,
        help="While it is proposed, the notice cannot leave.",
    )
    approval_ids = fields.One2many(
        "cobranza.approval",
        "res_id",
        domain=[("res_model", "=", "cobranza.suspension")],
        readonly=True,
        string="Approvals",
    )
    lift_asked = fields.Boolean(compute="_compute_lift_asked")
    check_on = fields.Date(
        readonly=True,
        copy=False,
        help="Next day on which it is looked at, if nothing happens before.",
    )

    _term_positive = models.Constraint(
        "CHECK (term_days > 0)",
        "The debtor has a day at least to pay after the notice.",
    )
    _live_idx = models.Index(
        "(company_id, check_on) WHERE state IN ('proposed', 'noticed', 'in_force')"
    )

    # -- values ------------------------------------------------------------------------

    @api.depends("debtor_id", "services")
    def _compute_display_name(self):
        for one in self:
            words = (one.services or "").strip().partition("\n")[0]
            if len(words) > SHOWN:
                words = f"{words[:SHOWN].rstrip()}…"
            parts = (one.debtor_id.display_name, words)
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends("debt_ids.currency_id")
    def _compute_currency_id(self):
        for one in self:
            one.currency_id = one.debt_ids[:1].currency_id

    @api.depends("debt_ids.amount_residual_currency", "debt_ids.void_reason")
    def _compute_open_amount(self):
        for one in self:
            one.open_amount = sum(debt._open_amount() for debt in one.debt_ids)

    @api.depends("received_on", "term_days")
    def _compute_until(self):
        for one in self:
            received = one.received_on
            one.until = received and fields.Date.add(received, days=one.term_days)

    @api.depends("state", "debtor_id", "essential")
    @api.depends_context("lang")
    def _compute_stopped_by(self):
        self.stopped_by = False
        live = self.filtered(lambda one: one.state in LIVE and one.debtor_id)
        for company, group in live.grouped("company_id").items():
            found = group._blockers(company, company._cobranza_today())
            for one in group:
                one.stopped_by = "\n".join(item.words for item in found[one.id])

    @api.depends("approval_ids.state")
    def _compute_lift_asked(self):
        # sudo: that it waits is no secret to whoever sees it
        pending = self.env["cobranza.approval"].sudo()._pending(self)
        for one in self:
            one.lift_asked = one in pending

    # -- guards ------------------------------------------------------------------------

    @api.constrains("debtor_id", "debt_ids")
    def _check_debts(self):
        live = self.filtered(lambda one: one.state in LIVE)
        known = self._live_about(live.debt_ids)
        for one in live:
            problem = one._debts_problem(known)
            if problem:
                raise ValidationError(problem)

    def _debts_problem(self, known):
        """What is wrong with its debts, in words; None if nothing is. ``known``:
        suspensions that are not over, about any of them and others."""
        name, debts = self.debtor_id.display_name, self.debt_ids
        if not debts:
            return self.env._("%s: choose the debts that are to be paid.", name)
        if debts.debtor_id != self.debtor_id:
            return self.env._("%s: every debt must be of this debtor.", name)
        if len(debts.currency_id) > 1:
            return self.env._("%s: one suspension for each currency, please.", name)
        others = (known - self).filtered(lambda other: other.debt_ids & debts)
        if others:
            return self.env._(
                "%(debt)s is in another suspension already: %(other)s.",
                debt=(others.debt_ids & debts)[0].display_name,
                other=others[0].display_name,
            )
        return None

    @api.model
    def _live_about(self, debts):
        """The suspensions about any of these debts that are not over."""
        # sudo: a debt is in one only, whoever looks
        return self.sudo().search(
            [("debt_ids", "in", debts.ids), ("state", "in", LIVE)]
        )

    def write(self, vals):
        if set(vals) & set(self._scope_fields()) and not self._is_through_gate():
            for one in self:
                if one.notice_contact_id.state in UNSENT:
                    raise UserError(
                        self.env._(
                            "The notice of %s is on its way: cancel it before you "
                            "change what it says.",
                            one.display_name,
                        )
                    )
        return super().write(vals)

    @api.model
    def _scope_fields(self):
        """Names of the fields of which the notice tells. Addons add theirs."""
        return ("debtor_id", "debt_ids", "services", "essential", "term_days")

    @api.ondelete(at_uninstall=False)
    def _unlink_never_announced(self):
        for one in self:
            if one.sudo().contact_ids:  # sudo: of others, too
                raise UserError(
                    self.env._(
                        "%s was announced, or is about to be: do not pursue it "
                        "instead.",
                        one.display_name,
                    )
                )

    # -- making ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        suspensions = super().create(vals_list)
        for company, mine in suspensions.grouped("company_id").items():
            mine._through_gate().check_on = company._cobranza_today()
        return suspensions

    @api.model
    def _propose(self, effect, debts_of):
        """As the blocks: each debt that reached a level with this effect is in a
        suspension afterwards, and nobody gets a task."""
        if effect != EFFECT:
            return set()
        self._draft(debts_of)
        return {debt for debts in debts_of.values() for debt in debts}

    @api.model
    def _draft(self, debts_of):
        """Drafts for {debtor id: debt ids} that reached a level which proposes them: a
        draft that waits takes the debts up. What is in a suspension already stays
        there, so that a second call adds nothing. Run as superuser."""
        ids = [debt for debts in debts_of.values() for debt in debts]
        debts = self.env["cobranza.debt"].browse(ids)
        debts -= self._live_about(debts).debt_ids
        drafts = self.search(
            [("debtor_id", "in", list(debts_of)), ("state", "=", "proposed")]
        ).grouped(lambda one: (one.debtor_id, one.currency_id))
        owners = debts.debtor_id._task_owners()
        vals_list, taken = [], []
        for key, mine in debts.grouped(
            lambda debt: (debt.debtor_id, debt.currency_id)
        ).items():
            if key in drafts:
                taken += [(drafts[key][:1].id, debt.id) for debt in mine]
                continue
            vals_list.append(
                {
                    "debtor_id": key[0].id,
                    "debt_ids": [fields.Command.set(mine.ids)],
                    "user_id": (owners[key[0]] or self.env.user).id,
                }
            )
        self._take_up(taken)
        return self.create(vals_list)

    @api.model
    def _take_up(self, pairs):
        """Add debts to drafts, [(draft id, debt id)], in one statement."""
        if not pairs:
            return
        self.flush_model(["debt_ids"])
        self.env.cr.execute(
            SQL(
                """INSERT INTO cobranza_suspension_debt_rel
                          (cobranza_suspension_id, cobranza_debt_id)
                   SELECT * FROM unnest(%s::int[], %s::int[])
                   ON CONFLICT DO NOTHING""",
                *map(list, zip(*pairs, strict=True)),
            )
        )
        self.invalidate_model(["debt_ids", "open_amount"], flush=False)
        drafts = self.browse(sorted({draft for draft, _debt in pairs}))
        drafts._log(self.env._("Debts that reached the level were added"))

    # -- ending by hand ----------------------------------------------------------------

    def action_drop(self):
        return self.env["cobranza.reason"]._ask("drop_suspension", self)

    def _drop(self, reason):
        """What is not in force is not pursued, with the reason."""
        self.check_access("write")
        self._expect("proposed", "noticed")
        for company, mine in self.grouped("company_id").items():
            mine._set_state("dropped", reason, ended_on=company._cobranza_today())

    def action_lift(self):
        self._expect("in_force")
        return self.env["cobranza.reason"]._ask("lift_suspension", self)

    def _ask_to_lift(self, reason):
        """The requests to give services back though nothing was paid: another person
        answers, as for all that is given to a debtor."""
        self.check_access("write")
        self._expect("in_force")
        approvals = self.env["cobranza.approval"]
        for one in self:
            amount, currency = one._approval_amount(LIFT)
            approvals |= approvals._ask(one, LIFT, reason, amount, currency)
        return approvals

    def _approval_amount(self, kind):
        self.ensure_one()
        # sudo: what is owed is what is asked about, whoever answers
        return self.sudo().open_amount, self.currency_id

    def _on_answer(self, approval):
        """Hook of ``cobranza.approval``: the approval lifts it."""
        suspension = self.sudo()  # the answer is the right to do it
        if approval.state != "approved" or suspension.state != "in_force":
            return
        suspension._set_state(
            "lifted",
            approval.reason,
            ended_on=suspension.company_id._cobranza_today(),
            lifted_by_id=approval.asked_by_id.id,
        )

    # -- words -------------------------------------------------------------------------

    @api.model
    def _states(self):
        """[(state, label)] in the user's language."""
        return self._fields["state"]._description_selection(self.env)

    @api.model
    def _gravest(self, domain, path):
        """{id of a record at the end of ``path``: the gravest suspension that is not
        over}, of those in a domain that the present user may read; one query."""
        if not self.has_access("read"):
            return {}
        found = {}
        live = self.search([*domain, ("state", "in", LIVE)])
        for one in live.sorted(lambda one: -LIVE.index(one.state)):
            found |= dict.fromkeys(one.mapped(path).ids, one)
        return found

    def _scope(self):
        """What the notice says is suspended, as HTML. Addons add what they block."""
        return plaintext2html(self.services or "")

    def _summary(self):
        """What is shown of it beside a debtor or a document, in one line."""
        self.ensure_one()
        return " ".join((self.services or "").split())

    def _refusals_of_erasure(self):
        """[message] of the suspensions that are not over."""
        for one in self.filtered(lambda one: one.state in LIVE):
            yield self.env._("Open suspension of services: %s.", one.display_name)
