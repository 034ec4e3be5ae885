import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.cobranza_legal.models.channel.phone import never_reached
from odoo.addons.cobranza_legal.models.common.deletion import discard
from odoo.addons.cobranza_legal.models.common.transaction import (
    CONCURRENCY,
    commit,
    rollback,
)
from odoo.addons.iap.tools.iap_tools import InsufficientCreditError

_logger = logging.getLogger(__name__)

REFUSED = frozenset(
    {
        "ATTACHMENT_ERROR",
        "CREDIT_ERROR",
        "FORMAT_ERROR",
        "MISSING_REQUIRED_FIELDS",
        "NO_PRICE_AVAILABLE",
        "TRIAL_ERROR",
    }
)
"""Answers of Odoo's post that has surely not taken the letter."""
NO_SERVICE = frozenset({"CREDIT_ERROR", "TRIAL_ERROR"})
"""Of these, those that every other letter would get too."""


class CobranzaContact(models.Model):
    """Printed letters that Odoo's Snailmail posts: the very paper that was frozen.

    The contact is ``sending`` with its letter, committed, before anything is handed
    over. What was surely refused is planned as before, with its paper, so that a person
    can post it by hand; what nobody knows is in doubt and does not leave again.
    """

    _inherit = "cobranza.contact"

    snailmail_letter_ids = fields.One2many(
        "snailmail.letter",
        "cobranza_contact_id",
        string="Letters by Odoo's post",
        readonly=True,
    )

    def action_post_through_odoo(self):
        """Post these printed letters, one by one; those that may not go stay."""
        self.check_access("write")
        self._expect("planned")
        if any(one.channel != "letter" for one in self):
            raise UserError(
                self.env._("Only plain letters are posted through Odoo: choose those.")
            )
        posted, kept, goes_on = self.browse(), [], True
        for letter in self.sorted("id"):
            try:
                goes_on = letter._post_through_odoo()
            except (UserError, *CONCURRENCY) as error:
                rollback(self.env)
                kept.append(f"{letter.display_name}: {error}")
                continue
            if letter.state == "sent":
                posted |= letter
            else:
                kept.append(f"{letter.display_name}: {letter._post_reason()}")
            if not goes_on:
                break
        return self._tell_posted(posted, kept)

    def _tell_posted(self, posted, kept):
        words = [self.env._("Letters posted: %s", len(posted)), *kept]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if kept else "success",
                "sticky": bool(kept),
                "message": "\n".join(words),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _post_reason(self):
        return self.state_reason or self.waiting_note or ""

    # -- before ----------------------------------------------------------------------

    def _check_snailmail(self):
        """UserError when this letter may not be posted by Odoo now."""
        self._check_postable()
        self._check_limits()
        recipient = self.recipient_id
        if self._channel_model()._address(recipient) != self.address:
            raise UserError(
                self.env._("The address has changed since it was printed: print again.")
            )
        if not self.env["snailmail.letter"]._is_valid_address(recipient):
            raise UserError(
                self.env._("Odoo's post needs street, city, postal code and country.")
            )

    def _prepare_snailmail(self):
        """A letter that Odoo's queue does not look at, whatever happens to us: while
        nothing else is known, what became of it is unknown."""
        return {
            "cobranza_contact_id": self.id,
            "model": "cobranza.debtor",
            "res_id": self.debtor_id.id,
            "partner_id": self.recipient_id.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "attachment_id": self.attachment_id.id,
            "state": "error",
            "error_code": "UNKNOWN_ERROR",
            "cover": False,  # the address is where envelopes have their window
        }

    # -- the moment ------------------------------------------------------------------

    def _post_through_odoo(self):
        """Hand this letter over, now. False when no other would be taken either."""
        letter = self._begin_post()
        try:
            letter._snailmail_print(immediate=True)
        except Exception as error:
            rollback(self.env)
            if isinstance(error, InsufficientCreditError) or never_reached(error):
                self._conclude("_end_not_posted", str(error))
                return False
            _logger.exception("Letter of contact %s may have left or not", self.id)
            self._conclude("_end_post_in_doubt", str(error))
            return True
        return self._post_answered(letter)

    def _begin_post(self):
        """The letter to hand over, committed with the mark that it leaves."""
        self.ensure_one()
        self._lock_debtor()
        self._expect("planned")
        self._check_snailmail()
        self._set_state(
            "sending",
            sent_at=fields.Datetime.now(),
            user_id=self.env.uid,
            released=True,
            waiting=False,
            waiting_note=False,
        )
        env = self._through_gate().with_company(self.company_id).env
        letter = env["snailmail.letter"].create(self._prepare_snailmail())
        commit(self.env)
        return letter

    def _post_answered(self, letter):
        note, code = letter._said(), letter.error_code
        if letter.state == "sent":
            self._conclude("_end_posted", note)
        elif code in REFUSED:
            self._conclude("_end_not_posted", note)
        else:
            self._conclude("_end_post_in_doubt", note)
        return code not in NO_SERVICE

    # -- endings ---------------------------------------------------------------------

    def _end_posted(self, _note):
        self._set_state("sent")
        self._add_post_event("accepted", self.snailmail_letter_ids[-1:])
        self._close_tasks()

    def _close_tasks(self):
        # the task may have been given to somebody else
        tasks = self.activity_id.sudo().filtered("active")
        if tasks:
            tasks.action_done()

    def _end_not_posted(self, note):
        """It surely did not leave: planned as before, and a person decides."""
        self._set_state("failed", note, sent_at=False)
        self._set_state("planned")
        self._through_gate().write({"waiting_note": note})
        letters = self._through_gate().snailmail_letter_ids
        letters.filtered(lambda letter: letter.state == "error").cancel()
        self._replace_task()
        self._alert(self.env._("Odoo's post did not take a letter"), note)

    def _end_post_in_doubt(self, note):
        self._replace_task()
        self._end_in_doubt(note)

    def _replace_task(self):
        """The warning that follows stands in the place of the task to post it."""
        discard(self.activity_id.sudo())

    # -- later -----------------------------------------------------------------------

    @api.model
    def _domain_interrupted(self):
        """Nobody waits an hour for Odoo's post: whoever did is dead."""
        hour_ago = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        by_post = Domain("snailmail_letter_ids", "!=", False)
        return super()._domain_interrupted() | (
            by_post & Domain("sent_at", "<=", hour_ago)
        )

    def _follow_post(self, letter):
        """Odoo learned later what became of the ``letter`` of this contact."""
        if letter.state == "sent":
            if self.state in ("sending", "in_doubt"):
                self._set_state("sent")
                self._close_tasks()
            self._add_post_event("accepted", letter)
        elif letter.state == "error" and self.state == "sent":
            self._add_post_event("rejected", letter)

    def _add_post_event(self, kind, letter):
        """What Odoo's post says of its ``letter``, once."""
        if kind in self.event_ids.mapped("kind"):
            return
        note = letter._said()
        self._add_events(kind, self.env._("Odoo's post"), note=note)
        if kind == "rejected":
            self._alert(self.env._("Odoo's post did not take a letter"), note)
