from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from ...kernel.lifecycle import ERASURE
from ..common.deletion import delete_before
from ..common.gate import CONTEXT_KEY, GATE
from ..common.transaction import to_local
from ..company.company import MANAGERS

BATCH = 200
"""Contacts erased in one transaction."""


LOOK_AGAIN = timedelta(days=30)
"""What keeps a log is looked at again after these days."""


OPEN_CONTACTS = ("draft", "planned", "sending")


GONE = (
    *("subject", "body", "courtesy", "address", "recipient_id", "outcome_note"),
    *("waiting_note", "origin", "made_by", "attachment_id", "state_reason"),
)


def take_off_files(records, begin, name="attachment_ids"):
    """Take the files that were added before a moment off these records; returns them.
    The younger ones stay where they are."""
    taken = records[name].browse()
    for record in records:
        old = record[name].filtered(lambda file: file.create_date < begin)
        record.write({name: [Command.unlink(file.id) for file in old]})
        taken |= old
    return taken


class CobranzaErasure(models.Model):
    """The proposal to erase a part of a debtor's log, its answer and what was done.

    Text, recipient, address and files go; hash, dates and reason stay.
    """

    _name = "cobranza.erasure"
    _description = "Erasure of the log of contacts"
    _inherit = "cobranza.state.mixin"
    _order = "id desc"
    _lifecycle = ERASURE

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor", required=True, readonly=True, index=True, ondelete="restrict"
    )
    request_id = fields.Many2one(
        "cobranza.privacy.request", readonly=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        readonly=True,
        help="Only what was said to this person; empty: the whole log.",
    )
    cutoff = fields.Date(
        string="Made before", required=True, readonly=True, help="Entries before it."
    )
    reason = fields.Char(required=True, readonly=True)
    article = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("done", "Erased"),
            ("refused", "Refused"),
        ],
        default="proposed",
        required=True,
        readonly=True,
    )
    contact_count = fields.Integer(string="Contacts", readonly=True)
    erased_count = fields.Integer(string="Contacts erased", readonly=True)
    proposed_by_id = fields.Many2one("res.users", readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    answered_on = fields.Datetime(readonly=True)
    done_on = fields.Datetime(readonly=True)
    note = fields.Text(string="Answer")

    _open_uniq = models.UniqueIndex(
        "(debtor_id, COALESCE(request_id, 0)) WHERE state IN ('proposed', 'approved')",
        "The erasure of this log waits for its answer already.",
    )

    @api.depends("debtor_id", "cutoff")
    def _compute_display_name(self):
        for erasure in self:
            erasure.display_name = (
                f"{erasure.debtor_id.display_name} · {erasure.cutoff}"
            )

    # -- guards ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_through_gate():
            raise UserError(
                self.env._("Erasures are proposed by the upkeep or by a request.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_through_gate():
            open_ones = all(one.state == "proposed" for one in self)
            if set(vals) - {"note"} or not open_ones:
                raise UserError(self.env._("An erasure is answered, never edited."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was erased, when and why is kept."))

    # -- proposing and answering -----------------------------------------------------

    @api.model
    def _propose(self, debtor, cutoff, reason, article, **values):
        """The proposal for a debtor, empty when nothing of the log is that old or one
        waits already; the manager is asked."""
        vals = {
            "company_id": debtor.company_id.id,
            "debtor_id": debtor.id,
            "cutoff": cutoff,
            "reason": reason,
            "article": article,
            **values,
        }
        request = values.get("request_id", False)
        waiting = Domain("debtor_id", "=", debtor.id) & Domain(
            "state", "in", ("proposed", "approved")
        )
        if self.search_count(waiting & Domain("request_id", "=", request), limit=1):
            return self.browse()
        person = values.get("partner_id", False)
        domain = self._log_domain(debtor, cutoff, person)
        count = self.env["cobranza.contact"].sudo().search_count(domain)
        left = debtor._ended_obligors(cutoff, person) if person else None
        if not (count or left or (not person and debtor._blocks_to_erase(cutoff))):
            return self.browse()
        # sudo: nobody but this code makes proposals
        erasure = self.sudo()._through_gate().create({**vals, "contact_count": count})
        debtor.company_id._cobranza_ask_manager(
            debtor,
            self.env._("Decide on erasing the log"),
            [f"{erasure.display_name}: {reason} ({article})"],
        )
        return self.browse(erasure.id)

    def _contact_domain(self):
        """What is left to erase."""
        return self._log_domain(self.debtor_id, self.cutoff, self.partner_id.id)

    @staticmethod
    def _log_domain(debtor, cutoff, partner_id):
        cutoff = debtor.company_id._cobranza_midnight(cutoff)
        domain = Domain("debtor_id", "=", debtor.id)
        domain &= Domain("erased_on", "=", False)
        domain &= Domain("state", "not in", OPEN_CONTACTS)
        # as old as the newest that came in about it
        domain &= ~Domain("event_ids", "any", [("moment", ">=", cutoff)])
        made = Domain("sent_at", "<", cutoff)
        never = Domain("sent_at", "=", False) & Domain("planned_at", "<", cutoff)
        domain &= made | never
        if partner_id:
            domain &= Domain("recipient_id", "=", partner_id)
        return domain

    def _check_manager(self):
        self.check_access("write")
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("Only collection managers decide on this."))

    def action_approve(self):
        """Have it erased by the next upkeep, unless something keeps the log."""
        self._check_manager()
        for erasure in self:
            found = erasure._refusals()
            if found:
                raise UserError("\n".join([erasure.display_name, *found]))
            erasure._check_two_people()
        self._answer("approved")
        # whoever decides may not touch crons
        self.env.ref("cobranza_legal.ir_cron_upkeep").sudo()._trigger()
        return True

    def action_refuse(self):
        self._check_manager()
        if not all((one.note or "").strip() for one in self):
            raise UserError(self.env._("Write in the answer why it is kept."))
        self._answer("refused")
        return True

    def _answer(self, state):
        for erasure in self:
            erasure._set_state(
                state,
                erasure.note,
                answered_by_id=self.env.uid,
                answered_on=fields.Datetime.now(),
            )

    def _check_two_people(self):
        """Who proposed it does not approve it while another manager can."""
        company = self.company_id.sudo()
        others = company._cobranza_users(MANAGERS)
        alone = company.cobranza_approve_alone or others <= self.env.user
        if self.proposed_by_id == self.env.user and not alone:
            raise UserError(
                self.env._("You proposed it: another manager has to approve it.")
            )

    def _refusals(self):
        return self.debtor_id._retention_refusals(besides=self.request_id)

    # -- erasing ---------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Approved erasures of a company."""
        domain = [("company_id", "=", company.id), ("state", "=", "approved")]
        return self.search(domain, limit=limit, order="id")

    def _upkeep(self, today):
        """Erase a batch of each; what came up since it was approved stops it."""
        for erasure in self:
            found = erasure._refusals()
            if found:
                erasure._set_state("refused", "\n".join(found))
                continue
            contacts = self.env["cobranza.contact"]
            batch = contacts.search(erasure._contact_domain(), limit=BATCH)
            batch._erase(erasure.cutoff, erasure._why())
            count = erasure.erased_count + len(batch)
            erasure._through_gate().write({"erased_count": count})
            if not contacts.search_count(erasure._contact_domain(), limit=1):
                erasure._finish()

    def _why(self):
        return " ".join(filter(None, (self.reason, f"({self.article})")))

    def _finish(self):
        if self.partner_id:
            self.debtor_id._erase_obligors(self.cutoff, self._why(), self.partner_id.id)
        else:
            self.debtor_id._erase_matters(self.cutoff, self._why())
        self._set_state("done", self.reason, done_on=fields.Datetime.now())


class CobranzaDebtor(models.Model):
    """Debtors whose log has been kept as long as the law and the company want."""

    _inherit = "cobranza.debtor"

    log_check_on = fields.Date(
        readonly=True,
        copy=False,
        help="Whether the log has reached its end is looked at again on this day.",
    )
    erasure_ids = fields.One2many("cobranza.erasure", "debtor_id")

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Debtors whose oldest contact is older than what is kept, and whose log has
        not been looked at since ``log_check_on``; first those whose time out of the
        process is over."""
        back = self._upkeep_back(company, today, limit)
        if back:
            return back
        law = company._cobranza_retention(today)
        if not law:
            return self.browse()
        years = law.chosen(company.cobranza_log_years)
        first = company._cobranza_midnight(today - relativedelta(years=years))
        asleep = Domain("log_check_on", "=", False) | Domain(
            "log_check_on", "<=", today
        )
        debtors = self.with_context(active_test=False)
        domain = Domain("company_id", "=", company.id) & asleep
        domain &= Domain(
            "contact_ids",
            "any",
            [("sent_at", "<", first), ("erased_on", "=", False)],
        )
        return debtors.search(domain, limit=limit, order="id")

    def _upkeep(self, today):
        """Propose what has reached its end; the rest is looked at again later."""
        rest = self - self._come_back(today)
        for company, debtors in rest.grouped("company_id").items():
            law = company._cobranza_retention(today)
            years = law.chosen(company.cobranza_log_years)
            closed = debtors._log_closed_on()
            for debtor in debtors:
                debtor._look_at_log(today, law, years, closed[debtor.id])

    def _look_at_log(self, today, law, years, closed_on):
        end = law.until(closed_on, years)
        # looked at again even while it waits for an answer
        self.log_check_on = max(today + LOOK_AGAIN, end)
        if end >= today or self._retention_refusals():
            return
        self.env["cobranza.erasure"]._propose(
            self,
            today - relativedelta(years=years),
            self.env._("Kept %(years)s years after everything was closed", years=years),
            law.article,
        )

    def _log_closed_on(self):
        """{debtor id: the last day on which something happened with it}."""
        # the whole history counts, whoever looks
        debtors = self.sudo()
        settled = (
            self.env["cobranza.settlement"]
            .sudo()
            ._read_group(
                [("debt_id.debtor_id", "in", self.ids)], ["debt_id"], ["date:max"]
            )
        )
        days = {debtor.id: [] for debtor in debtors}
        for debt, day in settled:
            days[debt.debtor_id.id].append(day)
        for debtor in debtors:
            own, zone = days[debtor.id], debtor._tz()
            sent = filter(None, debtor.contact_ids.mapped("sent_at"))
            own += [to_local(moment, zone).date() for moment in sent]
            own += [one.closed_on for one in debtor.dispute_ids if one.closed_on]
        return {
            debtor.id: max(days[debtor.id], default=debtor.company_id._cobranza_today())
            for debtor in debtors
        }

    def _retention_refusals(self, besides=None):
        """[message] of everything that keeps the log of this debtor whole: claims,
        limitation and matters that are open. ``besides`` is the privacy request that
        asks. Countries and later parts of the suite add theirs."""
        self.ensure_one()
        debtor = self.sudo()  # what another person of the company works on counts
        return [
            *debtor._refusals_of_debts(),
            *debtor._refusals_of_matters(besides),
            *debtor._refusals_of_claims(),
            *debtor._refusals_of_privacy(besides),
            *debtor.document_ids._refusals_of_erasure(),
            *debtor._refusals_of_blocks(),
        ]

    def _refusals_of_debts(self):
        open_debts = self.debt_ids.filtered(
            lambda debt: not (debt.settled or debt.void_reason)
        )
        if open_debts and self.company_id._cobranza_barred_erasure():
            open_debts -= open_debts._gone_for_good()
        for debt in open_debts:
            yield self.env._(
                "%s is open: the claim and its limitation run.", debt.display_name
            )
        if self.charge_ids.filtered("amount_due"):
            yield self.env._("Charges are owed.")

    def _refusals_of_matters(self, besides):
        if self.contact_ids.filtered(lambda contact: contact.state in OPEN_CONTACTS):
            yield self.env._("Contacts are planned.")
        for label, records in (
            (self.env._("Open dispute"), self.dispute_ids),
            (self.env._("Open promise"), self.promise_ids),
            (self.env._("Open hold"), self._holds_besides(besides)),
        ):
            for record in records.filtered(lambda record: record.state == "open"):
                yield f"{label}: {record.display_name}."
        yield from self.agreement_ids._refusals_of_erasure()
        yield from self.suspension_ids._refusals_of_erasure()

    def _agreements_over(self, cutoff):
        """The agreements that were over before a day and are whole still."""
        begin = self.company_id._cobranza_midnight(cutoff)
        return self.sudo().agreement_ids._over_before(begin)

    def _holds_besides(self, request):
        """The holds, without those of the request that asks."""
        return self.hold_ids.filtered(
            lambda hold: not request or hold.privacy_request_id != request
        )

    def _refusals_of_claims(self):
        for row in self.env["cobranza.decision.reason"]._by_code().values():
            name = row.since
            if name and row.keeps_data and self[name]:
                label = self._fields[name]._description_string(self.env)
                yield self.env._(
                    "%(situation)s since %(day)s.",
                    situation=label,
                    day=fields.Date.to_string(self[name]),
                )

    def _refusals_of_privacy(self, besides):
        others = self.env["cobranza.privacy.request"].search(
            [("debtor_ids", "in", self.ids), ("state", "=", "received")]
        )
        for request in others - (besides or others.browse()):
            yield self.env._("Open request: %s.", request.display_name)

    def _refusals_of_blocks(self):
        today = self.company_id._cobranza_today()
        for block in self.env["cobranza.block"]._blocks():
            yield from block._refusals_of_erasure(self, today)

    def _blocks_to_erase(self, cutoff):
        """Whether a document or a block keeps something that was over before a day."""
        debtor = self.sudo()  # as for contacts
        begin = self.company_id._cobranza_midnight(cutoff)
        if debtor.document_ids._over_before(begin):
            return True
        blocks = debtor.env["cobranza.block"]._blocks()
        if debtor._agreements_over(cutoff):
            return True
        return any(block._is_to_erase(debtor, cutoff) for block in blocks)

    def _erase_matters(self, cutoff, why):
        """What was written about closed matters, and in the chatter, before a day;
        ``why`` as it is written down. Files that were added on that day or later stay,
        whenever their matter was closed."""
        gate = {CONTEXT_KEY: GATE}
        debtor = self.sudo().with_context(**gate)  # the engine or a manager decided
        env, gone = debtor.env, self._domains_of_closed(cutoff)
        begin = self.company_id._cobranza_midnight(cutoff)
        disputes = env["cobranza.dispute"].search(gone["cobranza.dispute"])
        files = take_off_files(disputes, begin)
        files |= take_off_files(disputes, begin, "answer_file_ids")
        said = ("description", "outcome", "new_fact", "reference", "answer_number")
        disputes.write(dict.fromkeys(said, False))
        for name in ("cobranza.promise", "cobranza.hold"):
            env[name].search(gone[name]).write({"note": False})
        over = env["cobranza.suspension"].search(gone["cobranza.suspension"])
        over.write({"services": False, "note": False})
        over._forget_changes()
        env["cobranza.leave"].search(gone["cobranza.leave"]).write({"reason": False})
        ended = env["cobranza.opt.out"].search(gone["cobranza.opt.out"])
        files |= take_off_files(ended, begin)
        ended.write(dict.fromkeys(("reason", "note", "address"), False))
        files |= debtor._ended_obligors(cutoff)._through_gate()._erase(begin)
        told = env["cobranza.interruption"].search(
            [("debtor_id", "=", self.id), ("day", "<", cutoff)]
        )
        files |= take_off_files(told, begin)
        told.write({"note": False})
        documents = debtor.document_ids._over_before(begin)
        files |= documents._erase(why)
        # a file of another matter stays
        agreements = debtor._agreements_over(cutoff)
        files |= agreements.paper_ids._erase_document(cutoff, why)
        files |= agreements._erase_document(cutoff, why)
        files -= debtor.dispute_ids.attachment_ids | debtor.opt_out_ids.attachment_ids
        files -= debtor.dispute_ids.answer_file_ids
        files -= debtor.obligor_ids.file_ids
        files -= debtor.interruption_ids.attachment_ids
        files -= files._cobranza_to_contacts()
        # what hangs from a closed matter is its evidence
        files.write({"res_model": False, "res_id": False})
        own = Domain("debtor_id", "=", self.id) & Domain("moment", "<", begin)
        # who exported the log and why is about us, not about the debtor
        own &= Domain("res_model", "!=", self._name)
        history = debtor.env["cobranza.history"].search(own)
        history.write({"reason": False, "origin": False})
        said = [
            ("model", "=", self._name),
            ("res_id", "=", self.id),
            ("date", "<", begin),
        ]
        self.env.flush_all()
        company = self.company_id
        messages = debtor.env["mail.message"].search(said)
        messages._cobranza_erase(cutoff, why, company)
        files._cobranza_erase(cutoff, why, company)
        for block in env["cobranza.block"]._blocks():
            block._erase_matters(debtor, cutoff, why)

    def _ended_obligors(self, cutoff, partner_id=None):
        """Records of who answered for this debtor, or of one person, that ended before
        a day and of which something is left to erase."""
        domain = self._domains_of_closed(cutoff)["cobranza.obligor"]
        names = ("deed", "note", "state_reason", "file_ids")
        domain &= Domain.OR(Domain(name, "!=", False) for name in names)
        if partner_id:
            domain &= Domain("partner_id", "=", partner_id)
        # sudo: of everybody
        return self.env["cobranza.obligor"].sudo().search(domain)

    def _erase_obligors(self, cutoff, why, partner_id):
        """What was written about the duty of one person that ended before a day."""
        ended = self._ended_obligors(cutoff, partner_id)._through_gate()
        files = ended._erase(self.company_id._cobranza_midnight(cutoff))
        files.write({"res_model": False, "res_id": False})
        files._cobranza_erase(cutoff, why, self.company_id)

    def _domains_of_closed(self, cutoff):
        """{model: domain} of the matters of this debtor that were over before a day.
        What is open is still to be obeyed, whatever its age."""
        own = Domain("debtor_id", "=", self.id) & Domain("state", "!=", "open")
        closed = own & Domain("closed_on", "<", cutoff)
        begin = self.company_id._cobranza_midnight(cutoff)
        lifted = Domain("state", "=", "released") & Domain("released_on", "<", begin)
        expired = Domain("state", "=", "expired") & Domain("date_to", "<", cutoff)
        # the day of an end that was not written down is that of the last change
        ended = Domain("until", "<", cutoff)
        ended |= Domain("until", "=", False) & Domain("write_date", "<", begin)
        return {
            "cobranza.dispute": closed,
            "cobranza.promise": closed,
            "cobranza.hold": own & (lifted | expired),
            "cobranza.suspension": own & Domain("ended_on", "<", cutoff),
            "cobranza.opt.out": own & ended,
            "cobranza.obligor": own & Domain("ended_on", "<", cutoff),
            "cobranza.leave": Domain("debtor_id", "=", self.id)
            & Domain("ended_on", "<", cutoff),
        }


class CobranzaContact(models.Model):
    """What is left of a contact when its time is over: hash, dates and reason."""

    _inherit = "cobranza.contact"

    def _erase(self, cutoff, reason):
        """Remove text, recipient, address and files, and the copy in the chatter, of
        these contacts, which were made before the day ``cutoff`` and of which nothing
        came in later."""
        contacts = self.sudo()._through_gate()  # the engine or a manager decided
        events = contacts.event_ids._through_gate()
        files = contacts.attachment_id | events.attachment_id
        ages = {one.attachment_id.id: one._age() for one in contacts}
        places = {one.attachment_id.id: one.id for one in contacts}
        places |= {one.attachment_id.id: one.contact_id.id for one in events}
        ages |= {one.attachment_id.id: one.moment for one in events}
        attempts = [one for one in contacts.mapped("attempt") if one]
        contacts.write(
            {
                **dict.fromkeys(GONE, False),
                "recipient_chosen": False,
                "recipient_ref": 0,
                "erased_on": fields.Datetime.now(),
                "erased_reason": reason,
            }
        )
        gone = dict.fromkeys(("note", "source", "origin", "attachment_id"), False)
        events.write(gone)
        self.env.flush_all()
        found = self.env["mail.message"].sudo()
        found = found.search([("message_id", "in", attempts)])
        for company, own in contacts.grouped("company_id").items():
            copies = found.filtered(
                lambda one, own=own: one.message_id in own.mapped("attempt")
            )
            copies._cobranza_erase(cutoff, reason, company)
            kept = own.attachment_id | own.event_ids.attachment_id
            mine = files.filtered(lambda one, own=own: places.get(one.id) in own.ids)
            (mine - kept)._cobranza_erase(cutoff, reason, company, ages)

    def _age(self):
        """When it was made, or was to be."""
        return self.sent_at or self.planned_at


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _cobranza_erase(self, cutoff, why, company):
        """Delete those of these messages that are older than a day, with their
        files."""
        ages = {file.id: one.date for one in self for file in one.attachment_ids}
        files = self.attachment_ids
        left = delete_before(self, cutoff, why, "date", company)
        files -= left.attachment_ids
        files._cobranza_erase(cutoff, why, company, ages)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _cobranza_to_contacts(self):
        """Those of these files that a contact keeps hang from it now, so that whoever
        reads it can open them; they go with it. Run as superuser."""
        events = self.env["cobranza.contact.event"]
        events = events.search([("attachment_id", "in", self.ids)], order="id desc")
        contacts = self.env["cobranza.contact"]
        contacts = contacts.search([("attachment_id", "in", self.ids)], order="id desc")
        keepers = {one.attachment_id: one.contact_id for one in events}
        keepers |= {one.attachment_id: one for one in contacts}
        for file, contact in keepers.items():
            file.write({"res_model": contact._name, "res_id": contact.id})
        return self.browse().union(*keepers)

    def _cobranza_erase(self, cutoff, why, company, ages=None):
        """Delete those of these files that are older than a day, except those that
        another contact keeps; ``ages``: {id: moment}, by default that of their
        making."""
        files = self.exists()
        files -= files._cobranza_evidence()
        delete_before(files, cutoff, why, ages, company)
