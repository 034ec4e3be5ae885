import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, html2plaintext

from ...kernel.lifecycle import CONTACT
from ..common.deletion import discard
from ..common.history import request_origin
from ..common.rows import Row
from ..common.transaction import now, pg_array, to_local

STATES = [
    ("draft", "Draft"),
    ("planned", "Planned"),
    ("sending", "Leaving"),
    ("sent", "Completed"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
    ("in_doubt", "In doubt"),
]


CLASSES = [
    ("voice", "Voice"),
    ("remote", "Message"),
    ("paper", "Paper"),
    ("task", "Task"),
]


MADE = ("sending", "sent", "in_doubt", "failed")


BATCH = 100
"""Contacts whose files are read together to verify them."""


SHOWN = 50
"""Contacts that the result of a verification names."""


EDITABLE = {"recipient_id", "planned_at", "user_id"}
"""What people may change of a contact that has not left yet."""


class CobranzaContact(models.Model):
    """One contact with a debtor, in either direction ("gestión").

    Text, recipient, amounts and moment are frozen and hashed when it is sent; what
    happens to it afterwards are events, by which the rules of the country say whether
    and when the debtor received it.
    """

    _name = "cobranza.contact"
    _inherit = "cobranza.state.mixin"
    _description = "Contact with a debtor"
    _order = "planned_at desc, id desc"

    _lifecycle = CONTACT
    _evidence_files = {"attachment_id": []}
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(related="debtor_id.partner_id")
    currency_id = fields.Many2one("res.currency", readonly=True)
    channel = Row("cobranza.channel", required=True, readonly=True)
    direction = fields.Selection(
        [("outbound", "To the debtor"), ("inbound", "From the debtor")],
        default="outbound",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False
    )
    level_id = fields.Many2one(
        "cobranza.policy.level", readonly=True, ondelete="restrict"
    )
    phase = fields.Selection(related="level_id.phase")
    text_purpose = Row("cobranza.text.purpose", string="Purpose", readonly=True)
    agreement_id = fields.Many2one(
        "cobranza.agreement",
        "About the agreement",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    dispute_id = fields.Many2one(
        "cobranza.dispute",
        "Answers the objection",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    suspension_id = fields.Many2one(
        "cobranza.suspension",
        "About the suspension",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    confidential = fields.Boolean(
        readonly=True,
        copy=False,
        help="Part of a negotiation that the law keeps confidential: it is in no paper "
        "for a court until a lawyer discloses it.",
    )
    disclosed = fields.Boolean(
        "Disclosed in an annex",
        readonly=True,
        copy=False,
        help="A lawyer has said that a court may see it, although it is confidential.",
    )
    planned_at = fields.Datetime(string="Planned for")
    automatic = fields.Boolean(
        readonly=True, help="Leaves by itself when the company works in automatic mode."
    )
    released = fields.Boolean(readonly=True, copy=False)
    released_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    released_on = fields.Datetime(readonly=True, copy=False)
    waiting = Row(
        "cobranza.decision.reason", readonly=True, copy=False, string="Waits for"
    )
    waiting_note = fields.Char(readonly=True, copy=False)
    recipient_id = fields.Many2one("res.partner")
    recipient_chosen = fields.Boolean(readonly=True)
    address = fields.Char(readonly=True, copy=False)
    text_id = fields.Many2one(
        "cobranza.text", readonly=True, copy=False, ondelete="restrict"
    )
    lang = fields.Char(readonly=True, copy=False)
    subject = fields.Char(readonly=True, copy=False)
    body = fields.Html(readonly=True, copy=False, sanitize=False)
    content_hash = fields.Char(readonly=True, copy=False, string="SHA-256")
    amount = fields.Monetary(readonly=True, string="Claimed")
    amount_credit = fields.Monetary(readonly=True, string="Netted")
    attempt = fields.Char(readonly=True, copy=False, string="Message-ID")
    sent_at = fields.Datetime(readonly=True, copy=False, string="Made on")
    in_chatter = fields.Boolean(readonly=True, copy=False)
    outcome = Row("cobranza.outcome", readonly=True, copy=False)
    outcome_note = fields.Text(readonly=True, copy=False)
    user_id = fields.Many2one("res.users", string="Made by")
    made_by = fields.Char(
        "Made on our behalf by",
        readonly=True,
        copy=False,
        help="Somebody outside the company, whose contacts count as ours.",
    )
    run_id = fields.Many2one("cobranza.run", readonly=True, ondelete="set null")
    step_id = fields.Many2one(
        "cobranza.contact",
        readonly=True,
        index="btree_not_null",
        help="The contact that this copy or extra contact belongs to.",
    )
    copy_ids = fields.One2many("cobranza.contact", "step_id", string="Extra contacts")
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )
    task_raised = fields.Boolean(readonly=True, copy=False)
    attachment_id = fields.Many2one(
        "ir.attachment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    cancel_reason = fields.Char(related="state_reason", string="Reason")
    line_ids = fields.One2many("cobranza.contact.line", "contact_id", readonly=True)
    event_ids = fields.One2many("cobranza.contact.event", "contact_id")
    effect_ids = fields.One2many(
        "cobranza.contact.effect",
        "contact_id",
        readonly=True,
        string="What it achieved",
    )
    channel_class = fields.Selection(
        CLASSES,
        string="Class",
        compute="_compute_channel_class",
        store=True,
        precompute=True,
    )
    origin = fields.Char(
        readonly=True,
        copy=False,
        string="Address and device",
        help="From where the person who made this contact or wrote it down acted.",
    )
    file_hash = fields.Char(readonly=True, copy=False, string="SHA-256 of the file")
    outcome_hash = fields.Char(
        readonly=True, copy=False, string="SHA-256 of the outcome"
    )
    recipient_ref = fields.Integer(
        readonly=True,
        copy=False,
        help="Whom the hash names: partners that are merged later change their id.",
    )
    erased_on = fields.Datetime(readonly=True, copy=False)
    erased_reason = fields.Char(readonly=True, copy=False)
    _attempt_uniq = models.UniqueIndex("(attempt) WHERE attempt IS NOT NULL")
    _planned_idx = models.Index("(company_id, planned_at) WHERE state = 'planned'")
    _sending_idx = models.Index("(company_id) WHERE state = 'sending'")
    _chatter_idx = models.Index(
        "(company_id) WHERE attempt IS NOT NULL AND in_chatter IS NOT TRUE"
    )
    _made_idx = models.Index("(debtor_id, sent_at) WHERE sent_at IS NOT NULL")
    _run_idx = models.Index("(run_id) WHERE run_id IS NOT NULL")
    of_balance = fields.Boolean(
        compute="_compute_of_balance",
        search="_search_of_balance",
        string="Tells the whole balance",
    )
    received_on = fields.Date(compute="_compute_received_on")
    reception_note = fields.Char(compute="_compute_received_on", string="Reception")

    @api.depends("channel")
    def _compute_channel_class(self):
        for contact in self:
            contact.channel_class = contact._channel_model()._class_kind

    @api.depends("text_purpose")
    def _compute_of_balance(self):
        purposes = self.env["cobranza.text.purpose"]
        for contact in self:
            contact.of_balance = purposes._is(contact.text_purpose, "balance")

    def _search_of_balance(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        codes = self.env["cobranza.text.purpose"]._where(balance=True)
        telling = Domain("text_purpose", "in", codes)
        return telling if (True in value) == (operator == "in") else ~telling

    @api.depends("channel", "debtor_id", "planned_at", "sent_at")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for contact in self:
            moment = contact.sent_at or contact.planned_at
            parts = (labels.get(contact.channel), contact.debtor_id.display_name)
            day = moment and format_date(self.env, contact._local_day(moment))
            contact.display_name = " · ".join(part for part in (*parts, day) if part)

    # -- small answers ---------------------------------------------------------------

    def _channel_model(self):
        return self.env[f"cobranza.channel.{self.channel}"]

    def _local(self, moment):
        """A UTC moment as naive local time of the debtor."""
        return to_local(moment, self.debtor_id._tz())

    def _local_day(self, moment):
        return self._local(moment).date()

    def _latest_day(self, moment):
        """The later of the debtor's and of the company's calendar day: what begins on
        a day has begun where it begins first."""
        own = self.company_id._cobranza_local(moment).date()
        return max(own, self._local_day(moment))

    def _earliest_day(self, moment):
        """The earlier of both: what ends with a day ends where it ends last."""
        own = self.company_id._cobranza_local(moment).date()
        return min(own, self._local_day(moment))

    def _responsible(self):
        return self.user_id.filtered("active") or self.debtor_id._task_owner()

    def _current_recipient(self):
        """The partner to address: chosen by hand, else by the roles of the debtor
        today. A guarantor's contact goes to this guarantor and nobody else; empty where
        there is none."""
        self.ensure_one()
        role = self.level_id._recipient_role()
        if role == "guarantor":
            debts = self.line_ids.debt_id
            return self.recipient_id or self.debtor_id._guarantors(debts)[:1]
        chosen = self.recipient_chosen and self.recipient_id.active
        if self.recipient_id and (chosen or self.state != "planned"):
            return self.recipient_id
        return self.debtor_id._recipient(role)

    def _told_debts(self):
        """The debts that it tells of: those of its lines or of its agreement, of a
        balance all that are open; None where it is about none in particular."""
        self.ensure_one()
        # sudo: all of them, whoever looks
        told = self.sudo()
        if told.of_balance:
            return told.debtor_id.debt_ids.filtered(
                lambda debt: not (debt.settled or debt.void_reason)
            )
        return told.line_ids.debt_id or told.agreement_id.debt_ids or None

    def _may_tell(self, person, day=None):
        """Whether what it tells may be disclosed to ``person`` on a day, by default
        today."""
        debtor = self.debtor_id
        if person <= debtor._own_people():
            return True
        return person <= debtor._permitted_people(self._told_debts(), day)

    def _obligor(self):
        """Whom what this contact brings about concerns: who answers beside the debtor,
        or did, if it was sent to him as such; empty for the debtor, whoever took it
        for it. A director who guarantees takes letters of the company for the company,
        but those of a level that writes to guarantors."""
        self.ensure_one()
        # sudo: who answers does not depend on who looks
        debtor = self.sudo().debtor_id
        others = debtor.obligor_ids.filtered(lambda one: one._ever_answered())
        found = self.recipient_id & others.partner_id
        if not found or self.level_id.sudo()._recipient_role() == "guarantor":
            return found
        day = self._local_day(self.sent_at or self.planned_at or self.create_date)
        # who came to answer later was no guarantor yet, and took it for the debtor
        then = others.filtered(lambda one: not one.since or one.since <= day)
        return (found & then.partner_id) - debtor._own_people()

    # -- guards ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_through_gate():
            raise UserError(
                self.env._("Contacts are planned by the run or logged from the debtor.")
            )
        origin = request_origin(self.env)
        vals_list = [
            {"origin": origin, **self._logged_vals(vals)}
            if vals.get("state") in MADE
            else vals
            for vals in vals_list
        ]
        contacts = super().create(vals_list)
        contacts._seal()
        return contacts

    def write(self, vals):
        if not self._is_through_gate():
            self._unprint(vals)
            self._check_editable(vals)
            if "recipient_id" in vals:
                vals = {**vals, "recipient_chosen": bool(vals["recipient_id"])}
            return super(CobranzaContact, self._through_gate()).write(vals)
        vals = self._logged_vals(vals)
        if vals.get("state") == "sending":
            vals = {"origin": request_origin(self.env), **vals}
        result = super().write(vals)
        if {"outcome", "outcome_note"} & set(vals) and "erased_on" not in vals:
            self._seal_outcome()
        return result

    def _check_editable(self, vals):
        self._check_state_values(vals)
        frozen = self.filtered(
            lambda contact: contact.state not in ("draft", "planned")
        )
        others = set(vals) - EDITABLE
        if others or frozen:
            raise UserError(
                self.env._(
                    "%(contact)s: text, recipient, amounts and moment of a contact are "
                    "evidence and cannot be changed.",
                    contact=(frozen or self)[:1].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_unmade(self):
        if self._is_through_gate():
            return
        for contact in self:
            made = contact.attempt or contact.event_ids
            if made or contact.state not in ("draft", "cancelled"):
                raise UserError(
                    self.env._(
                        "%s is kept: cancel a contact that has not been made yet; one "
                        "that was made is evidence.",
                        contact.display_name,
                    )
                )

    def _discardable(self):
        """Contacts that were planned and never left."""
        return self.filtered(
            lambda one: not one.sent_at and one.state in ("draft", "planned")
        )

    # -- state -----------------------------------------------------------------------

    def _on_state(self, target, reason):
        result = super()._on_state(target, reason)
        if target == "cancelled":
            self.line_ids._through_gate().write({"is_step": False})
            discard(self.activity_id.sudo())  # of whoever it was assigned to
        if target in ("sent", "failed", "in_doubt", "cancelled"):
            self.debtor_id._redecide_later()
        if target in ("sent", "in_doubt", "failed"):
            self.env["cobranza.contact.effect"]._derive(self)
        if target == "sent":
            self._look_for_duties()
            # sudo: it follows from the notice, whoever sent it
            notices = self.sudo().filtered("suspension_id")
            notices.suspension_id._noticed(notices)
            for block in self.env["cobranza.block"]._blocks():
                block._contacts_sent(self)
        return result

    def _on_events(self, events):
        """Hook: delivery events were added to these contacts."""
        self.invalidate_recordset(["received_on", "reception_note", "event_ids"])
        if set(events.mapped("kind")) - {"accepted", "printed", "posted"}:
            self.debtor_id._redecide_later()
        self.env["cobranza.charge"]._reassess(self)
        self.env["cobranza.contact.effect"]._derive(self)
        self._look_for_duties()
        bounced = events.filtered(lambda one: one.kind == "bounced").contact_id
        for block in self.env["cobranza.block"]._blocks() if bounced else ():
            block._contacts_bounced(bounced)

    def _add_events(self, kind, source, moment=None, **values):
        """The same event on every contact."""
        moment = moment or now(self.env)
        vals = {"kind": kind, "source": source, "moment": moment, **values}
        events = self.env["cobranza.contact.event"]._through_gate()
        return events.create([{"contact_id": one.id, **vals} for one in self])

    @api.depends(
        "event_ids",
        "sent_at",
        "state",
        "channel",
        "debtor_id.contract_address",
        "debtor_id.certified_email",
    )
    @api.depends_context("lang")
    def _compute_received_on(self):
        for company, contacts in self.grouped("company_id").items():
            sent = contacts.filtered(
                lambda contact: contact.state in ("sent", "in_doubt")
            )
            rules = company._cobranza_rules()
            found = rules._reception(sent) if sent else {}
            for contact in contacts:
                one = found.get(contact.id)
                contact.received_on = one.day if one else False
                contact.reception_note = one and rules._say_reception(one)

    # -- what is kept as evidence ------------------------------------------------------

    def _logged_vals(self, vals):
        """With the hash of the file that is kept and the recipient that is hashed."""
        if vals.get("attachment_id"):
            # whoever sends may not be able to open the file
            file = self.env["ir.attachment"].sudo().browse(vals["attachment_id"])
            vals = {**vals, "file_hash": hashlib.sha256(file.raw or b"").hexdigest()}
        if vals.get("content_hash") and "recipient_id" in vals:
            vals = {**vals, "recipient_ref": vals["recipient_id"]}
        return vals

    def _seal(self):
        """Hash what was written down after the fact, without a rendering."""
        self.filtered(
            lambda contact: contact.outcome or contact.outcome_note
        )._seal_outcome()
        made = self.filtered(
            lambda contact: contact.state == "sent" and not contact.content_hash
        )
        made._seal_content()

    def _seal_content(self):
        for contact in self:
            contact._through_gate().write(
                {
                    "recipient_id": contact.recipient_id.id,
                    "content_hash": contact._content_hash(contact._kept_content()),
                }
            )

    def _outcome_digest(self):
        words = f"{self.outcome or ''}\n{self.outcome_note or ''}"
        return hashlib.sha256(words.encode()).hexdigest()

    def _seal_outcome(self):
        for contact in self:
            contact._through_gate().write({"outcome_hash": contact._outcome_digest()})

    def _unprint(self, vals):
        """A printed letter to another person has to be printed again."""
        if "recipient_id" in vals:
            other = self.filtered(
                lambda contact: (
                    contact.state == "planned"
                    and contact.recipient_id.id != vals["recipient_id"]
                )
            )
            other._thaw()

    def _kept_content(self):
        """{field: value} that the hash is made of, as kept now."""
        return {
            "recipient_id": self.recipient_ref or self.recipient_id.id,
            "address": self.address,
            "subject": self.subject,
            "body": self.body,
            "courtesy": self.courtesy,
        }

    def _verify(self):
        """{contact id: [message]} of the entries whose text or files are not those
        that were hashed; what was erased has nothing left to compare."""
        found = {}
        for start in range(0, len(self), BATCH):
            batch = self[start : start + BATCH]
            for contact in batch.filtered(lambda contact: not contact.erased_on):
                problems = [*contact._verify_text(), *contact._verify_files()]
                if problems:
                    found[contact.id] = problems
            batch.attachment_id.invalidate_recordset(["raw", "datas"], flush=False)
        return found

    def _verify_text(self):
        if self.content_hash and not self._verify_hash():
            yield self.env._("The text is not the one that was sent.")
        if self.outcome_hash and self.outcome_hash != self._outcome_digest():
            yield self.env._("The outcome is not the one that was written down.")
        former = self.env["res.partner"].sudo().browse(self.recipient_ref)
        if self.recipient_ref and former != self.recipient_id and former.exists():
            yield self.env._("The recipient is not the one that was written to.")

    def _verify_files(self):
        """Files of the contact and of its events against their hashes."""
        # whoever reads the contact may verify it; the content is not given away
        kept = [(self.attachment_id.sudo(), self.file_hash)]
        kept += [(one.attachment_id.sudo(), one.file_hash) for one in self.event_ids]
        for file, digest in kept:
            if not digest:
                continue
            if hashlib.sha256(file.raw or b"").hexdigest() != digest:
                yield self.env._(
                    "The file %s is not the one that was kept.", file.name or "–"
                )

    def action_verify(self):
        """Recompute the hashes of these entries and say what differs."""
        made = self.filtered("content_hash")
        found = made._verify()
        erased = made.filtered("erased_on")
        lines = [
            self.env._(
                "%s entries are as they were sent.", len(made - erased) - len(found)
            )
        ]
        if erased:
            lines.append(self.env._("%s entries were erased.", len(erased)))
        for contact in made.browse(list(found)[:SHOWN]):
            lines.append(f"{contact.display_name}: {' '.join(found[contact.id])}")
        return self._notify_verified(lines, danger=bool(found))

    def _notify_verified(self, lines, danger):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Some entries differ")
                if danger
                else self.env._("The log is intact"),
                "message": "\n".join(lines),
                "type": "danger" if danger else "success",
                "sticky": True,
            },
        }

    def _label(self, name):
        """The label of a selection, in the environment's language."""
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")

    def _plain_content(self):
        """Courtesy note and body as plain text."""
        parts = [html2plaintext(part) for part in (self.courtesy, self.body) if part]
        return "\n\n".join(parts)


class CobranzaContactLine(models.Model):
    """What a contact claims of one debt. Written by code only."""

    _name = "cobranza.contact.line"
    _inherit = "cobranza.gate.mixin"
    _description = "Debt claimed by a contact"
    _order = "contact_id, id"
    _rec_name = "debt_id"
    _log_access = False

    contact_id = fields.Many2one(
        "cobranza.contact", required=True, ondelete="cascade", index=True
    )
    debt_id = fields.Many2one(
        "cobranza.debt", required=True, ondelete="restrict", index=True
    )
    level_id = fields.Many2one("cobranza.policy.level", ondelete="restrict")
    level = fields.Integer(string="Level number")
    episode = fields.Integer(default=1)
    amount = fields.Monetary(string="Amount due", help="Open and undisputed.")
    amount_credit = fields.Monetary(
        string="Netted", help="Covered by unallocated payments and credit notes."
    )
    claim = fields.Monetary(compute="_compute_claim", string="Claimed")
    is_step = fields.Boolean(
        default=True,
        help="This contact is the debt's step on this level. Copies, extra calls and "
        "cancelled contacts are none.",
    )
    company_id = fields.Many2one(related="contact_id.company_id")
    debtor_id = fields.Many2one(related="contact_id.debtor_id")
    currency_id = fields.Many2one(related="contact_id.currency_id")
    state = fields.Selection(related="contact_id.state")
    # for who may not see a contact that is also about other debts
    channel = fields.Selection(related="contact_id.channel")
    sent_at = fields.Datetime(related="contact_id.sent_at")
    received_on = fields.Date(related="contact_id.received_on")

    _step_uniq = models.UniqueIndex(
        "(debt_id, level_id, episode) WHERE is_step",
        "This debt already has its contact of this level.",
    )

    @api.depends("amount", "amount_credit")
    def _compute_claim(self):
        for line in self:
            line.claim = line.amount - line.amount_credit

    def _discardable(self):
        """Lines of contacts that never left."""
        return self.filtered(
            lambda line: (
                not line.contact_id.sent_at
                and line.contact_id.state not in ("sent", "in_doubt")
            )
        )

    def _check_gate(self):
        if not self._is_through_gate():
            raise UserError(self.env._("What a contact claims is never edited."))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_gate()
        return super().create(vals_list)

    def write(self, vals):
        self._check_gate()
        return super().write(vals)

    def unlink(self):
        self._check_gate()
        return super().unlink()

    @api.model
    def _bulk_insert_lines(self, company, rows):
        """Insert steps by SQL, past record rules: superuser only, one company.

        ``rows`` are (contact, debt, level record, level, episode, amount, credit).
        Steps that are there already and rows of another company are left out; gives
        back (contact, amount, credit) of those that went in.
        """
        if not self.env.su:
            raise UserError(self.env._("Only the engine inserts in bulk."))
        if not rows:
            return []
        self.env["cobranza.contact"].flush_model()
        self.flush_model()
        columns = [pg_array(column) for column in zip(*rows, strict=True)]
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO cobranza_contact_line (contact_id, debt_id, level_id, level,
                       episode, amount, amount_credit, is_step)
                SELECT v.contact_id, v.debt_id, v.level_id, v.level, v.episode,
                       v.amount, v.amount_credit, TRUE
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[],
                              %s::numeric[], %s::numeric[])
                       AS v (contact_id, debt_id, level_id, level, episode, amount,
                             amount_credit)
                  JOIN cobranza_contact c ON c.id = v.contact_id AND c.company_id = %s
                  JOIN cobranza_debt d ON d.id = v.debt_id AND d.company_id = %s
                 ORDER BY v.contact_id, v.debt_id
                    ON CONFLICT (debt_id, level_id, episode) WHERE is_step DO NOTHING
             RETURNING contact_id, amount, amount_credit
                """,
                *columns,
                company.id,
                company.id,
            )
        )
        self.invalidate_model(flush=False)
        self.env["cobranza.contact"].invalidate_model(["line_ids"], flush=False)
        return inserted
