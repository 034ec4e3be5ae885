from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...kernel.dunning import Reason
from ...kernel.lifecycle import PLACEMENT
from ..common.rows import Row
from ..company.company import MANAGERS
from .asked import read_asked

STATES = [
    ("draft", "Prepared"),
    ("placed", "With the agency"),
    ("ended", "Come to its end"),
    ("cancelled", "Never handed over"),
]


LIVE = ("draft", "placed")
"""States in which its debts go to no other agency."""


class CobranzaPlacement(models.Model):
    """Debts of one debtor that a collection agency collects for us, for a time.

    A level or a manager prepares it, a manager hands it over: what the agency was told
    is frozen then and kept as a file. Our ladder leaves the debts alone, what is paid
    to us is told to it, and what it does counts as done by us. The debtor may pay us at
    any time.
    """

    _name = "cobranza.placement"
    _inherit = ["cobranza.claim.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Handover to a collection agency"
    _order = "id desc"

    _lifecycle = PLACEMENT
    _logged = ("debtor_id", "debt_ids", "agency_id", "until", "commission", "user_id")
    _after_close = frozenset({"note", "user_id", "until"})

    debtor_id = fields.Many2one(ondelete="restrict")
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    agency_id = fields.Many2one(
        "cobranza.agency",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
    )
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_placement_debt_rel",
        string="Debts",
        required=True,
        ondelete="restrict",
        domain="[('debtor_id', '=', debtor_id), ('nature', '=', 'principal'), "
        "('settled', '=', False), ('void_reason', '=', False)]",
    )
    line_ids = fields.One2many(
        "cobranza.placement.line", "placement_id", "Handed over", readonly=True
    )
    until = fields.Date(
        help="Last day on which the agency may ask for them. Empty: until they are "
        "taken back."
    )
    commission = fields.Float(
        "Commission (%)",
        compute="_compute_commission",
        store=True,
        readonly=False,
        precompute=True,
    )
    note = fields.Text()
    placed_on = fields.Date("With the agency since", readonly=True, copy=False)
    ended_on = fields.Date(readonly=True, copy=False)
    outcome = Row("cobranza.placement.outcome", readonly=True, copy=False)
    recovered = fields.Monetary(
        "Paid meanwhile",
        compute="_compute_recovered",
        help="By the debtor, to you or through the agency, while it had the debts.",
    )
    commission_amount = fields.Monetary(
        "Commission", compute="_compute_recovered", help="Of what was paid meanwhile."
    )
    contact_ids = fields.One2many(
        "cobranza.contact", "placement_id", "Contacts of the agency", readonly=True
    )
    contact_count = fields.Integer(compute="_compute_contact_count")
    notice_ids = fields.One2many(
        "cobranza.placement.notice", "placement_id", "Told", readonly=True
    )
    file_ids = fields.Many2many(
        "cobranza.agency.file",
        "cobranza_agency_file_placement_rel",
        string="Files",
        readonly=True,
        copy=False,
    )
    looked_on = fields.Date(
        readonly=True, copy=False, help="Day of the last upkeep that looked at it."
    )
    erased_on = fields.Datetime(readonly=True, copy=False)
    erased_reason = fields.Char("Erased because", readonly=True, copy=False)

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name <> '/'", "Another handover has that number."
    )
    _placed_idx = models.Index("(company_id, looked_on) WHERE state = 'placed'")
    _commission_share = models.Constraint(
        "CHECK (commission >= 0 AND commission <= 100)",
        "A commission is a share of what is paid.",
    )

    # -- values ------------------------------------------------------------------------

    @api.depends("name", "debtor_id")
    def _compute_display_name(self):
        for one in self:
            parts = (one.name.strip("/"), one.debtor_id.display_name)
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends("agency_id")
    def _compute_commission(self):
        for one in self:
            one.commission = one.agency_id.commission

    def _last_day(self):
        """The last day on which the agency has or had them; False: nobody knows."""
        self.ensure_one()
        known = [day for day in (self.until, self.ended_on) if day]
        return min(known) if known else False

    @api.depends("placed_on", "until", "ended_on", "commission", "debt_ids")
    def _compute_recovered(self):
        kinds = self.env["cobranza.settlement.kind"]._where(collects=True)
        # sudo: who sees the handover may know what was paid of its debts
        paid = self.env["cobranza.settlement"].sudo()
        paid = paid.search(
            [("debt_id", "in", self.debt_ids.ids), ("kind", "in", kinds)]
        )
        for one in self:
            begin, end = one.placed_on, one._last_day()
            own = paid.filtered(
                lambda row, one=one, begin=begin, end=end: (
                    begin
                    and row.debt_id in one.debt_ids
                    # what came on the day of the handover it did not collect
                    and row.date > begin
                    and (not end or row.date <= end)
                )
            )
            one.recovered = sum(own.mapped("amount"))
            share = one.recovered * one.commission / 100
            currency = one.currency_id
            one.commission_amount = currency.round(share) if currency else 0

    def _compute_contact_count(self):
        groups = self.env["cobranza.contact"]._read_group(
            [("placement_id", "in", self.ids)], ["placement_id"], ["__count"]
        )
        counts = {one.id: count for one, count in groups}
        for one in self:
            one.contact_count = counts.get(one.id, 0)

    # -- making ------------------------------------------------------------------------

    def _read_claims(self, on):
        """What the agency may ask for: net of money that nobody has matched yet and of
        what is disputed."""
        found = read_asked(self.company_id, self.debt_ids, on)
        return {debt: asked.values() for debt, asked in found.items()}

    def write(self, vals):
        result = super().write(vals)
        if {"debtor_id", "debt_ids"} & set(vals):
            self.filtered(lambda one: one.state == "draft")._claim()
        return result

    @api.constrains("debtor_id", "debt_ids", "agency_id")
    def _check_debts(self):
        live = self.filtered(lambda one: one.state in LIVE)
        known = live.sudo()._live_about(live.debt_ids)  # sudo: see _debts_problem
        for one in live:
            problem = one._debts_problem(known)
            if problem:
                raise ValidationError(problem)

    def _debts_problem(self, known=None):
        """What is wrong with debts and agency, in words; empty if nothing is.
        ``known``: the handovers that are not over about any of them, and others."""
        self.ensure_one()
        problem = self.debt_ids._hand_over_problem(self.debtor_id)
        if problem:
            return problem
        # sudo: a handover that the user does not see holds its debts all the same
        mine = self.debt_ids.sudo()
        if known is None:
            known = self.sudo()._live_about(mine)
        others = (known - self.sudo()).filtered(lambda one: one.debt_ids & mine)
        if others:
            return self.env._(
                "%(debt)s is in another handover (%(other)s). Take that one back, or "
                "leave the debt out.",
                debt=(others.debt_ids & mine)[0].display_name,
                other=others[0].name,
            )
        person = self.agency_id.partner_id.commercial_partner_id
        if person and person == self.partner_id.commercial_partner_id:
            return self.env._(
                "%s is the debtor: choose another agency.", person.display_name
            )
        return ""

    @api.model
    def _live_about(self, debts):
        """The handovers to agencies that are not over about some of these debts."""
        return self.search([("state", "in", LIVE), ("debt_ids", "in", debts.ids)])

    @api.model
    def _free_debts(self, debts):
        """Those of these debts that can go to an agency: see ``_to_hand_over``; none of
        another handover."""
        free = debts._to_hand_over()
        # sudo: as above
        return free - self.sudo()._live_about(free).debt_ids.sudo(False)

    @api.model
    def _draft(self, debts, agency=None, **values):
        """Drafts about these debts, one for each debtor, for ``agency`` or the first
        one of the company that is in force; what cannot be handed over is left out."""
        free = self._free_debts(debts)
        agencies, vals_list = {}, []
        for company in free.company_id:
            found = self.env["cobranza.agency"].sudo()
            found = found._of_day(company, company._cobranza_today())
            agencies[company] = agency or found[:1]
        owners = free.debtor_id._task_owners()
        for debtor, own in free.grouped("debtor_id").items():
            vals_list.append(
                {
                    "debtor_id": debtor.id,
                    "debt_ids": [Command.set(own.ids)],
                    "agency_id": agencies[debtor.company_id].id,
                    "user_id": (owners[debtor] or self.env.user).id,
                    **values,
                }
            )
        return self.create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never_placed(self):
        for one in self.filtered("placed_on"):
            raise UserError(
                self.env._(
                    "%s was handed over: it is kept as it was.", one.display_name
                )
            )

    # -- acts --------------------------------------------------------------------------

    def _check_manager(self):
        if not (self.env.su or self.env.user.has_group(MANAGERS)):
            raise AccessError(
                self.env._(
                    "Collection managers hand debts over to agencies and take them "
                    "back."
                )
            )

    @api.model
    def _ask_agency(self, records):
        """The dialog that hands debtors or debts over; AccessError for whoever may
        not."""
        self._check_manager()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_agency_handover"
        )
        context = {"active_model": records._name, "active_ids": records.ids}
        return {**action, "context": context}

    def action_place(self):
        """Hand these drafts over, and open the files for their agencies."""
        files = self._place()
        return files._open()

    def _place(self):
        """Hand these drafts over to their agencies: one file for each, kept. UserError
        for debts that nobody may claim now, and for an agency without its contract."""
        self.check_access("write")
        self._check_manager()
        self._expect("draft")
        # sudo: what is told, and the file, is the engine's to write
        for one in self.sudo():
            today = one.company_id._cobranza_today()
            problem = one._placing_problem(today)
            if problem:
                raise UserError(problem)
            one._claim()
            name = one.agency_id.display_name
            one._set_state("placed", name, placed_on=today, looked_on=today)
            one.line_ids._told_as_owed()
        return self.env["cobranza.agency.file"]._make(self)

    def _placing_problem(self, today):
        if not self.agency_id:
            return self.env._("%s: choose the agency.", self.display_name)
        if self.until and self.until < today:
            return self.env._(
                "%(handover)s: %(day)s is over already.",
                handover=self.display_name,
                day=format_date(self.env, self.until),
            )
        return (
            self.agency_id._lacks(today)
            or self._debts_problem()
            or self.debt_ids._covered_problem()
            or self._stopped_problem(today)
        )

    def _stopped_problem(self, today):
        """Which of the debts nobody may be asked for now, in words; empty if none."""
        found = read_asked(self.company_id, self.debt_ids, today)
        labels = self.env["cobranza.decision.reason"]
        lines = []
        for debt in self.debt_ids:
            name, asked = debt.display_name, found[debt.id]
            if asked.due_on >= today:
                lines.append(self.env._("%s is not due yet.", name))
                continue
            why = asked.stop
            if not why and asked.principal + asked.charges <= 0:
                why = Reason.SETTLED if debt.settled else Reason.COVERED
            if why:
                lines.append(
                    self.env._(
                        "%(debt)s cannot be handed over: %(why)s.",
                        debt=name,
                        why=labels._label(why),
                    )
                )
        return "\n".join(lines)

    def action_end(self):
        """The dialog that asks why these are taken back."""
        self._check_manager()
        self._expect("placed")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_placement_end"
        )
        return {**action, "context": {"default_placement_ids": self.ids}}

    def _take_back(self, outcome, reason):
        """End these with a reason: the agency is told to stop, and our ladder takes the
        debts up again. UserError for an outcome that nobody chooses, or without a
        reason."""
        self.check_access("write")
        self._check_manager()
        self._expect("placed")
        if not self.env["cobranza.placement.outcome"]._is(outcome, "by_hand"):
            raise UserError(self.env._("Say how it ended."))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason."))
        self.sudo()._end(outcome, reason)

    def _end(self, outcome, reason=None):
        """These are with their agencies no more. Run as superuser."""
        label = self.env["cobranza.placement.outcome"]._label(outcome)
        words = ": ".join(filter(None, (label, reason)))
        for company, own in self.grouped("company_id").items():
            own._set_state(
                "ended", words, outcome=outcome, ended_on=company._cobranza_today()
            )
        self.env["cobranza.placement.notice"]._stop(self, words)

    def action_cancel(self):
        """A draft that is not handed over after all."""
        self.check_access("write")
        self._expect("draft")
        self._set_state("cancelled", self.env._("Not handed over"))

    def action_view_contacts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_contact"
        )
        domain = Domain("placement_id", "=", self.id)
        return {**action, "domain": list(domain), "context": {}}

    # -- the day -----------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Those with an agency that nobody looked at today."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "placed"),
                "|",
                ("looked_on", "=", False),
                ("looked_on", "<", today),
            ],
            limit=limit,
            order="id",
        )

    def _upkeep(self, today):
        """What is owed otherwise than the agency knows waits to be told; what is paid
        or over ends."""
        self._through_gate().write({"looked_on": today})
        self._compare()
        paid = self.filtered(
            lambda one: all(debt.settled or debt.void_reason for debt in one.debt_ids)
        )
        paid._end("paid")
        over = (self - paid).filtered(lambda one: one.until and one.until < today)
        over._end("over")

    @api.model
    def _compare_of(self, debtors):
        """What these debtors owe has changed. Run as superuser."""
        placed = [("debtor_id", "in", debtors.ids), ("state", "=", "placed")]
        self.search(placed)._compare()

    def _compare(self):
        """Put down what the agencies of these have to be told. A fixed number of
        queries for each company. Run as superuser."""
        for company, own in self.grouped("company_id").items():
            notices = self.env["cobranza.placement.notice"].with_company(company)
            notices._compare(company, own.line_ids)


class CobranzaPlacementLine(models.Model):
    """One debt as the agency got it, and what it was told last of it."""

    _name = "cobranza.placement.line"
    _inherit = "cobranza.claim.line.mixin"
    _description = "Debt handed over to an agency"
    _order = "placement_id, id"
    _rec_name = "debt_id"

    placement_id = fields.Many2one(
        "cobranza.placement",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="placement_id.company_id", store=True)
    told = fields.Monetary(
        "The agency knows",
        readonly=True,
        help="What it was told last that it may ask for.",
    )
    told_charges = fields.Monetary(
        "Charges that it knows",
        readonly=True,
        help="Those of what it knows: it asks for no interest that runs later.",
    )

    _debt_uniq = models.Constraint(
        "UNIQUE (placement_id, debt_id)", "This debt is in the handover already."
    )

    def _whole(self):
        return self.placement_id

    def _discardable(self):
        """Those of drafts, which are worked out anew."""
        return self.filtered(lambda one: one.placement_id.state == "draft")

    def _told_as_owed(self):
        """The agency knows what was claimed just now. Run as superuser."""
        for line in self:
            charges = line.amount - line.principal
            vals = {"told": line.amount, "told_charges": charges}
            line._through_gate().write(vals)
