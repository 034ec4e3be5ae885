from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...kernel.dunning import Reason
from .rules import NO_SUIT

BATCH = 500


class CobranzaSuitDefendant(models.Model):
    """Who is sued in a proceeding, since when, and when served: written down when it is
    filed. What interrupts limitation follows from it."""

    _name = "cobranza.suit.defendant"
    _inherit = "cobranza.gate.mixin"
    _description = "Who is sued"
    _order = "proceeding_id desc, id"
    _rec_name = "partner_id"

    proceeding_id = fields.Many2one(
        "cobranza.proceeding",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    case_id = fields.Many2one(
        related="proceeding_id.case_id", store=True, precompute=True, index=True
    )
    debtor_id = fields.Many2one(
        related="proceeding_id.debtor_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="proceeding_id.company_id", store=True, precompute=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Who", required=True, readonly=True, ondelete="restrict"
    )
    is_debtor = fields.Boolean("The debtor itself", readonly=True)
    sued_on = fields.Date(required=True, readonly=True)
    served_on = fields.Date(readonly=True)
    interruption_ids = fields.One2many(
        "cobranza.interruption", "defendant_id", "Interruptions of limitation"
    )

    _once = models.Constraint(
        "UNIQUE (proceeding_id, partner_id)", "Everybody is sued once in a proceeding."
    )

    def _judge_interruption(self, day):
        """What is claimed in the suit was interrupted on ``day`` against this one, or
        not at all (None): what is written down follows, evidence is taken back and
        never changed. As superuser."""
        self.ensure_one()
        suit = self.proceeding_id
        live = self.interruption_ids.filtered(lambda one: not one.taken_back_on)
        wrong = live if not day else live.filtered(lambda one: one.day < day)
        if wrong:
            wrong._take_back(suit.state_reason or suit.display_name)
            live -= wrong
        if not day:
            return
        ended = suit.ended_on if suit.state == "ended" else None
        changed = live.filtered(lambda one: (one.ended_on or None) != (ended or None))
        if changed:
            changed._through_gate().write({"ended_on": ended or False})
        new = self.case_id.debt_ids - live.debt_ids
        if ended:
            return
        # what was added to the claim is claimed since then
        added = {one.debt_id: one.added_on for one in self.case_id.later_ids}
        for on, debts in new.grouped(
            lambda one: max(day, added.get(one) or day)
        ).items():
            self._write_interruption(debts, on)

    def _write_interruption(self, debts, day):
        interruptions = self.env["cobranza.interruption"]._through_gate()
        interruptions.create(
            {
                "debtor_id": self.debtor_id.id,
                "debt_ids": [fields.Command.set(debts.ids)],
                "kind": "suit",
                "day": day,
                "partner_id": not self.is_debtor and self.partner_id.id,
                "defendant_id": self.id,
                "note": self.proceeding_id.display_name,
            }
        )


class CobranzaInterruption(models.Model):
    """Those that follow from a lawsuit that is kept here."""

    _inherit = "cobranza.interruption"

    defendant_id = fields.Many2one(
        "cobranza.suit.defendant",
        "In the lawsuit",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )


class CobranzaProceeding(models.Model):
    """What follows from a lawsuit for the debts that are claimed in it: the ladder
    leaves them alone, their limitation is interrupted against each who is sued, and all
    of that is undone when it is withdrawn."""

    _inherit = "cobranza.proceeding"

    defendant_ids = fields.One2many(
        "cobranza.suit.defendant", "proceeding_id", "Sued", readonly=True
    )
    suspended_words = fields.Char(
        "Stands still",
        compute="_compute_suspended_words",
        compute_sudo=True,  # what everybody who sees it may know of the debtor
    )
    contested_on = fields.Date(
        "Contested since",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The debtor opposes the claim before the court: no credit register is "
        "told of its debts.",
    )
    contest_stage_id = fields.Many2one(
        "cobranza.proceeding.stage", readonly=True, copy=False, ondelete="restrict"
    )
    unserved_count = fields.Integer(compute="_compute_unserved_count")

    @api.depends("defendant_ids.served_on", "state")
    def _compute_unserved_count(self):
        for one in self:
            waiting = one.defendant_ids.filtered(lambda who: not who.served_on)
            one.unserved_count = len(waiting) if one.state == "filed" else 0

    @api.depends("state", "type_id", "debtor_id.insolvent_on", "spares_debtor")
    def _compute_suspended_words(self):
        for one in self:
            rules = (one.company_id or self.env.company)._cobranza_rules()
            day = one.debtor_id.insolvent_on
            stands = one.state == "filed" and day and not one.spares_debtor
            if not (stands and rules._insolvency_suspends(one.type_id)):
                one.suspended_words = False
                continue
            laws = rules._reason_articles(one.debtor_id.regime, day)
            words = self.env._(
                "The insolvency of the debtor suspends it since %s",
                format_date(self.env, day),
            )
            article = laws.get(Reason.INSOLVENT.value)
            words = f"{words} ({article})" if article else words
            others = one.case_id.obligor_ids._answering_alone(day).partner_id
            others &= one.defendant_ids.partner_id
            if others:
                names = ", ".join(others.mapped("display_name"))
                goes_on = self.env._("It goes on against %s.", names)
                words = f"{words}. {goes_on}"
            one.suspended_words = words

    def _is_suit(self):
        """Whether somebody is sued in it; before a notary or a public body nobody
        is."""
        self.ensure_one()
        return self.type_id.nature not in NO_SUIT

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        if target in ("filed", "ended"):
            self.sudo()._judge_suits()  # sudo: what follows is nobody's to write
            self.case_id._keep_enforcement()
        outcomes = self.env["cobranza.proceeding.outcome"]
        if target == "ended":
            won = self.filtered(lambda one: outcomes._is(one.outcome, "won"))
            won._end_contest()
        return result

    # -- what the debtor contests ------------------------------------------------------

    def _judge_contest(self, day=None):
        """The stage in which these are, since ``day`` or the day of the stage, says
        whether the debtor contests the claim; one before the stage that said so undoes
        it."""
        for one in self.sudo():  # sudo: it follows from the stage
            stage, opened = one.stage_id, one.contest_stage_id
            if stage.contest == "opens" and not one.contested_on:
                since = day or one.stage_on
                values = {"contested_on": since, "contest_stage_id": stage.id}
                one._through_gate().write(values)
                one._log(self.env._("Contested by the debtor: %s", stage.name))
                one.debtor_id._redecide_later()
            elif stage.contest == "ends" or (
                opened and (stage.sequence, stage.id) < (opened.sequence, opened.id)
            ):
                one._end_contest()

    def _end_contest(self):
        """The debtor contests the claim of these, and of what they go on from, no
        more."""
        for one in self.sudo():  # sudo: as above
            over = (one | one._ancestors()).filtered("contested_on")
            over._through_gate().write(
                {"contested_on": False, "contest_stage_id": False}
            )
            over._log(self.env._("Not contested any more"))
            over.debtor_id._redecide_later()

    def action_end_contest(self):
        """A person says that the debtor contests nothing any more."""
        self.check_access("write")
        self.case_id._check_worked()
        self._end_contest()
        return True

    @api.model
    def _judge_suits_daily(self, company):
        """The same for all of a company that are before a court: whoever came to be
        served, or is claimed from since, is found. Judged twice, nothing changes."""
        domain = Domain("company_id", "=", company.id) & Domain("state", "=", "filed")
        for batch in self.sudo().search(domain)._batches():
            batch._judge_suits()

    def _batches(self):
        for start in range(0, len(self), BATCH):
            yield self[start : start + BATCH]

    def _judge_suits(self):
        """Bring who is sued, the limitation of what is claimed and the standing of the
        debtor in line with what these proceedings have come to. As superuser."""
        suits = self.filtered(lambda one: one.filed_on and one._is_suit())
        suits._write_defendants()
        suits._note_served_by_stage()
        for company, mine in suits.grouped("company_id").items():
            mine._judge_interruptions(company._cobranza_rules())
        suits._judge_debtors()

    def _write_defendants(self):
        defendants = self.env["cobranza.suit.defendant"]
        vals_list = []
        for one in self.filtered(lambda suit: suit.state == "filed"):
            own = one.case_id.partner_id
            known = one.defendant_ids.partner_id
            people = one._people(one.filed_on if not known else None)
            vals_list += [
                {
                    "proceeding_id": one.id,
                    "partner_id": person.id,
                    "is_debtor": person == own,
                    "sued_on": one.filed_on
                    if not known
                    else one.company_id._cobranza_today(),
                }
                for person in people - known
            ]
        if vals_list:
            defendants._through_gate().create(vals_list)
            self.invalidate_recordset(["defendant_ids"])

    def _note_served_by_stage(self):
        """Who has brought a proceeding to the stage of the notice has said that the
        debtor was served."""
        for one in self.filtered(lambda suit: suit.state == "filed" and suit.stage_on):
            who = one.defendant_ids.filtered("is_debtor")
            if one.stage_id.serves and who and not who.served_on:
                who._through_gate().served_on = one.stage_on

    # -- serving -----------------------------------------------------------------------

    def action_serve(self):
        """The dialog that asks who was served, and when."""
        self.ensure_one()
        self.case_id._check_worked()
        self._expect("filed")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_suit_serve"
        )
        return {**action, "context": {"default_proceeding_id": self.id}}

    def _serve(self, defendants, day):
        """These of those who are sued in it were served on a day. UserError for a day
        that has not come or is before it was filed."""
        self.ensure_one()
        self.case_id._check_worked()
        self._expect("filed")
        if defendants.proceeding_id - self:
            raise UserError(self.env._("Choose who is sued in it."))
        if day > self.company_id._cobranza_today():
            raise UserError(self.env._("That day has not come yet."))
        if day < self.filed_on:
            raise UserError(
                self.env._(
                    "Nobody was served before it was filed, on %s.",
                    format_date(self.env, self.filed_on),
                )
            )
        # sudo: whoever works on the case says it, nobody writes it
        defendants.sudo()._through_gate().write({"served_on": day})
        names = ", ".join(defendants.sudo().partner_id.mapped("display_name"))
        words = self.env._(
            "Served on %(day)s: %(who)s", day=format_date(self.env, day), who=names
        )
        self._log(words)
        self.sudo()._judge_suits()  # sudo: what follows is nobody's to write
        self.sudo().debtor_id._redecide_later()

    # -- limitation --------------------------------------------------------------------

    def _is_withdrawn(self):
        return self.state == "ended" and self.outcome == "withdrawn"

    def _judge_interruptions(self, rules):
        keeps = rules._withdrawn_suit_interrupts()
        self.defendant_ids.interruption_ids.mapped("debt_ids")  # read at once
        for one in self:
            since = rules._suit_interrupts(one.type_id)
            for who in one.defendant_ids:
                day = {"filed": who.sued_on, "served": who.served_on}.get(since)
                if one._is_withdrawn() and not keeps:
                    day = None
                who._judge_interruption(day)

    # -- the debtor --------------------------------------------------------------------

    def _judge_debtors(self):
        """Where the law stops everything once the debtor is served, it counts as sued
        while one of its suits is before a court; what a person wrote stays."""
        found = self.env["cobranza.suit.defendant"].search(
            [
                ("debtor_id", "in", self.debtor_id.ids),
                ("is_debtor", "=", True),
                ("served_on", "!=", False),
            ]
        )
        by_debtor = found.grouped("debtor_id")
        for company, debtors in self.debtor_id.grouped("company_id").items():
            rules = company._cobranza_rules()
            stops = {
                one: rules._suit_stops(one) for one in set(debtors.mapped("regime"))
            }
            for debtor in debtors:
                own = by_debtor.get(debtor, found.browse())
                debtor._follow_suits(own, stops[debtor.regime].everything)
