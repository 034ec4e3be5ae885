from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from ...kernel.lifecycle import NEGOTIATION
from ...kernel.negotiation import Invited, Negotiation
from ..common.rows import Row

_lt = LazyTranslate(__name__)

INVITATION = "invitation"
"""The effect of a contact (``cobranza.contact.effect``) by which it invites."""


@dataclass(frozen=True, slots=True)
class NegotiationForm:
    """``certified``: somebody else conducts it and certifies how it ended; its file is
    asked for, and the days of our own letters do not count."""

    code: str
    label: LazyGettext = field(compare=False)
    certified: bool = False


class CobranzaNegotiationForm(models.AbstractModel):
    """How it is negotiated; countries add the forms of their law."""

    _name = "cobranza.negotiation.form"
    _inherit = "cobranza.rows"
    _description = "Forms of negotiation"

    def _rows(self):
        return (NegotiationForm("direct", _lt("Between the parties")),)


class CobranzaNegotiation(models.Model):
    """An attempt to agree that a law asks for before a claim is filed: who was invited,
    about which debts, who got the invitation, and what became of it.

    Who was invited is found from the letters that invite; what they answered a person
    writes down. What was negotiated is confidential: nothing of it is in a dossier.
    """

    _name = "cobranza.negotiation"
    _inherit = ["cobranza.followup.item.mixin", "cobranza.paper.mixin"]
    _description = "Negotiation before a lawsuit"
    _order = "id desc"

    _lifecycle = NEGOTIATION
    _logged = (
        *("form", "object_text", "answered_on", "proposal_on", "meeting_on"),
        *("ended_on", "user_id"),
    )
    _after_close = frozenset({"note", "user_id", "file_ids"})
    _evidence_files = {"file_ids": [], "waiver_ids": [], "statement_id": []}

    debtor_id = fields.Many2one(ondelete="restrict")
    debt_ids = fields.Many2many(
        "cobranza.debt",
        "cobranza_negotiation_debt_rel",
        string="Debts",
        required=True,
        ondelete="restrict",
        domain="[('debtor_id', '=', debtor_id), ('nature', '=', 'principal')]",
    )
    form = Row(
        "cobranza.negotiation.form",
        string="Way of negotiating",
        required=True,
        default="direct",
    )
    certified = fields.Boolean(compute="_compute_certified")
    object_text = fields.Text(
        "About", help="What was claimed in the invitation, without any concession."
    )
    party_ids = fields.One2many(
        "cobranza.negotiation.party", "negotiation_id", "Invited"
    )
    answered_on = fields.Date("Answered on", help="Any answer of the other side.")
    proposal_on = fields.Date(
        "Proposal on", help="The last concrete proposal of either side."
    )
    meeting_on = fields.Date("First meeting on")
    ended_on = fields.Date(
        "Ended in writing on",
        help="One side told the other in writing that it ends; or the certificate.",
    )
    file_ids = fields.Many2many(
        "ir.attachment", "cobranza_negotiation_file_rel", string="Proof", copy=False
    )
    note = fields.Text(
        "Confidential notes", help="Neither dossier nor petition shows them."
    )
    state = fields.Selection(
        [
            ("open", "Under way"),
            ("ended", "Without agreement"),
            ("agreed", "Agreed"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )
    contact_ids = fields.One2many(
        "cobranza.contact",
        "negotiation_id",
        "What was said",
        readonly=True,
        help="Offers, answers and talks: confidential.",
    )
    erased_on = fields.Datetime(readonly=True, copy=False)
    window_words = fields.Char("May be filed", compute="_compute_window_words")

    @api.depends("debtor_id", "form")
    @api.depends_context("lang")
    def _compute_display_name(self):
        forms = self.env["cobranza.negotiation.form"]
        for one in self:
            parts = (one.debtor_id.display_name, forms._label(one.form))
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends("form")
    def _compute_certified(self):
        forms = self.env["cobranza.negotiation.form"]
        for one in self:
            one.certified = forms._is(one.form, "certified")

    @api.depends(
        *("answered_on", "proposal_on", "meeting_on", "ended_on", "form"),
        *("party_ids.received_on", "party_ids.sworn_on"),
    )
    @api.depends_context("lang")
    def _compute_window_words(self):
        for one in self:
            company, words = one.company_id, False
            if company:  # of a new one nobody knows yet by which law
                words = company._cobranza_rules()._negotiation_words(one)
            one.window_words = words

    @api.constrains("answered_on", "proposal_on", "meeting_on", "ended_on")
    def _check_days(self):
        for one in self:
            today = one.company_id._cobranza_today()
            days = (one.answered_on, one.proposal_on, one.meeting_on, one.ended_on)
            if any(day and day > today for day in days):
                raise ValidationError(
                    self.env._("%s: that day has not come yet.", one.display_name)
                )

    @api.constrains("debtor_id", "debt_ids")
    def _check_debts(self):
        for one in self:
            if one.debt_ids.debtor_id - one.debtor_id:
                raise ValidationError(
                    self.env._("Choose debts of %s.", one.debtor_id.display_name)
                )

    @api.constrains("form", "ended_on", "file_ids")
    def _check_certificate(self):
        if self._is_through_gate():
            return  # erased in time
        for one in self.filtered(lambda one: one.certified and one.ended_on):
            if not one.file_ids:
                raise ValidationError(
                    self.env._(
                        "%s: add the certificate of who conducted it.", one.display_name
                    )
                )

    # -- what it is good for -----------------------------------------------------------

    def _facts(self):
        """``kernel.negotiation.Negotiation``."""
        self.ensure_one()
        invited = tuple(
            Invited(one.partner_id.id, one.received_on or None, one.sworn_on or None)
            for one in self.party_ids
        )
        if self.certified:
            day = self.ended_on or None
            invited = tuple(Invited(one.key, day) for one in invited)
        return Negotiation(
            invited,
            proposal=self.proposal_on or None,
            meeting=self.meeting_on or None,
            answer=self.answered_on or None,
            ended=self.ended_on or None,
        )

    @api.model
    def _about(self, debts):
        """Those about all of these debts."""
        # sudo: what was negotiated counts, whoever sees it
        found = self.sudo().search([("debt_ids", "in", debts.ids)])
        return found.filtered(lambda one: not debts.sudo() - one.debt_ids)

    def _covers_later(self, debts):
        """Whether those of ``debts`` that it is not about fell due after everybody had
        been invited to it."""
        invited = [one for one in self.party_ids.mapped("attempted_on") if one]
        others = debts - self.debt_ids
        return bool(invited) and all(
            debt.original_due_date > max(invited) for debt in others
        )

    # -- from the letters --------------------------------------------------------------

    @api.model
    def _gather(self, company):
        """Negotiations for the letters that invited, of which there is none yet: one
        for each debtor and set of debts. It may be run again at any time."""
        effects = self.env["cobranza.contact.effect"].search(
            [
                ("kind", "=", INVITATION),
                ("standing", "in", ("yes", "waiting")),
                ("contact_id.company_id", "=", company.id),
                ("contact_id.state", "=", "sent"),
            ]
        )
        parties = self.env["cobranza.negotiation.party"]
        known = parties.search([("contact_id", "in", effects.contact_id.ids)])
        for contact in (effects.contact_id - known.contact_id).sorted("sent_at"):
            debts = contact.line_ids.debt_id
            debts = (debts.parent_id | debts).filtered(lambda one: not one.parent_id)
            if not debts:
                continue
            same = self.search(
                [("debtor_id", "=", contact.debtor_id.id), ("state", "=", "open")]
            ).filtered(lambda one, debts=debts: one.debt_ids == debts)
            negotiation = same[:1] or self.create(
                {
                    "debtor_id": contact.debtor_id.id,
                    "debt_ids": [fields.Command.set(debts.ids)],
                    "user_id": contact.debtor_id._task_owner().id,
                    "object_text": contact.subject or False,
                }
            )
            who = contact._obligor() or contact.debtor_id.partner_id
            negotiation._invite(who, contact)
        self._gather_said(company)

    def _invite(self, partner, contact):
        """This partner was invited by a letter; of several letters to it the one that
        was received counts."""
        party = self.party_ids.filtered(lambda one: one.partner_id == partner)
        if not party:
            self.env["cobranza.negotiation.party"].create(
                {
                    "negotiation_id": self.id,
                    "partner_id": partner.id,
                    "contact_id": contact.id,
                }
            )
        elif not party.received_on:
            party.contact_id = contact

    # -- what was said in it -----------------------------------------------------------

    @api.model
    def _gather_said(self, company):
        """Answers to invitations and what followed from them, offers that were made
        while it was negotiated, and what was logged as confidential, become part of
        their negotiation. It may be run again at any time."""
        contacts = self.env["cobranza.contact"]
        parties = self.env["cobranza.negotiation.party"].search(
            [("contact_id", "!=", False), ("company_id", "=", company.id)]
        )
        of_letter = {one.contact_id: one.negotiation_id for one in parties}
        free = Domain("negotiation_id", "=", False) & Domain("sent_at", "!=", False)
        answers = contacts.search(
            free
            & Domain("direction", "=", "inbound")
            & Domain("step_id", "in", parties.contact_id.ids)
        )
        for letter, found in answers.grouped("step_id").items():
            of_letter[letter]._keep(found)
        theirs = Domain("step_id.negotiation_id.company_id", "=", company.id)
        while found := contacts.search(free & theirs):
            for negotiation, own in found.grouped(
                lambda one: one.step_id.negotiation_id
            ).items():
                negotiation._keep(own)
        offers = list(self.env["cobranza.text.purpose"]._where(offer=True))
        known = self.search(
            [("company_id", "=", company.id), ("erased_on", "=", False)]
        )
        negotiations = known.grouped("debtor_id")
        said = contacts.search(
            free
            & Domain("debtor_id", "in", [one.id for one in negotiations])
            & (Domain("text_purpose", "in", offers) | Domain("confidential", "=", True))
        )
        for contact in said:
            told = contact._told_debts()
            for one in negotiations[contact.debtor_id]:
                if one._was_running(contact) and (not told or one.debt_ids & told):
                    one._keep(contact)
                    break

    def _keep(self, contacts):
        """These contacts are part of it: confidential until a lawyer releases them."""
        values = {"negotiation_id": self.id, "confidential": True}
        contacts._through_gate().write(values)

    def _was_running(self, contact):
        """Whether it had begun, and had not ended, when a contact was made."""
        day = contact._local_day(contact.sent_at)
        if day < self._begun_on():
            return False
        return not self.ended_on or day <= self.ended_on

    def _begun_on(self):
        """The first day that is known of it: of an invitation, of a meeting, on which
        it was sworn that nobody could be invited, else on which it was written down."""
        days = [
            *self.party_ids.mapped("attempted_on"),
            *self.party_ids.mapped("sworn_on"),
            self.meeting_on,
            self.company_id._cobranza_local(self.create_date).date(),
        ]
        return min(day for day in days if day)

    # -- its end -----------------------------------------------------------------------

    def action_agreed(self):
        self.check_access("write")
        self._set_state("agreed", self.env._("Agreed"))

    def action_ended(self):
        """It ended without an agreement. UserError without the day, which is written
        down first."""
        self.check_access("write")
        for one in self:
            if not (one.ended_on or one.party_ids):
                raise UserError(
                    self.env._(
                        "%s: say who was invited, or when it ended.", one.display_name
                    )
                )
        self._set_state("ended", self.env._("Without agreement"))


class CobranzaNegotiationParty(models.Model):
    """One addressee of an invitation to negotiate."""

    _name = "cobranza.negotiation.party"
    _inherit = "cobranza.gate.mixin"
    _description = "Invited to negotiate"
    _order = "negotiation_id, id"
    _rec_name = "partner_id"

    _evidence_files = {"sworn_file_ids": []}

    negotiation_id = fields.Many2one(
        "cobranza.negotiation", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="negotiation_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner", string="Invited", required=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "cobranza.contact",
        string="Letter",
        ondelete="restrict",
        index="btree_not_null",
        help="The one that invites; its reception is that of the contact.",
    )
    attempted_on = fields.Date(compute="_compute_days", compute_sudo=True)
    received_on = fields.Date(compute="_compute_days", compute_sudo=True)
    sworn_on = fields.Date(
        "Sworn on",
        help="Day of the statement that nobody knows where it is.",
    )
    sworn_file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_negotiation_sworn_rel",
        string="Sworn statement",
        copy=False,
    )
    reception_note = fields.Char(related="contact_id.reception_note")

    _partner_uniq = models.UniqueIndex(
        "(negotiation_id, partner_id)", "This person is invited already."
    )
    _contact_uniq = models.UniqueIndex(
        "(contact_id) WHERE contact_id IS NOT NULL",
        "This letter invites to another negotiation already.",
    )

    @api.depends("contact_id.effect_ids.day", "contact_id.effect_ids.standing")
    def _compute_days(self):
        for one in self:
            contact = one.contact_id
            sent = contact.sent_at
            company = one.company_id
            one.attempted_on = sent and company._cobranza_local(sent).date()
            effect = contact.effect_ids.filtered(
                lambda row: row.kind == INVITATION and row.standing == "yes"
            )
            one.received_on = effect[:1].day

    @api.constrains("sworn_on", "sworn_file_ids")
    def _check_sworn(self):
        if self._is_through_gate():
            return
        for one in self.filtered("sworn_on"):
            if not one.sworn_file_ids:
                raise ValidationError(
                    self.env._(
                        "%s: add the sworn statement.", one.partner_id.display_name
                    )
                )
