from odoo import api, fields, models
from odoo.exceptions import UserError

from .files import safe_name

LETTER = "cobranza_legal.action_report_letter"


class CobranzaContact(models.Model):
    """The buttons of a contact."""

    _inherit = "cobranza.contact"

    preview_subject = fields.Char(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("body", "state", "recipient_id")
    def _compute_preview(self):
        """What was said, or what would be said now."""
        for contact in self:
            contact.preview_subject, contact.preview = contact.subject, contact.body
            if contact.content_hash or contact.state not in ("draft", "planned"):
                continue
            try:
                values = contact._render()
                contact.preview_subject = values.get("subject")
                contact.preview = values.get("body")
            except UserError as error:
                contact.preview_subject = False
                contact.preview = str(error)

    def _wizard(self, xmlid, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"cobranza_legal.{xmlid}"
        )
        return {**action, "context": {"default_contact_ids": self.ids, **context}}

    def _expect(self, *states):
        wrong = self.filtered(lambda one: one.state not in states)
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(contact)s is “%(state)s”: choose other contacts.",
                    contact=wrong[0].display_name,
                    state=labels[wrong[0].state],
                )
            )

    # -- before it leaves ----------------------------------------------------------

    def action_release(self):
        """Let these contacts leave at their time."""
        self.check_access("write")
        self._expect("planned")
        self.company_id._cobranza_check_mode()
        now = fields.Datetime.now()
        self._through_gate().write(
            {
                "released": True,
                "released_by_id": self.env.uid,
                "released_on": now,
                "waiting": False,
                "waiting_note": False,
            }
        )
        held = self.filtered(lambda one: not one.planned_at)
        held.write({"planned_at": now})
        self._wake_sender()
        return True

    def action_try_again(self):
        """Plan again now what was held back or has failed."""
        self.check_access("write")
        self._expect("planned", "failed")
        failed = self.filtered(lambda one: one.state == "failed")
        failed._set_state("planned", content_hash=False, attempt=False)
        self.write({"planned_at": fields.Datetime.now()})
        self._through_gate().write({"waiting": False, "waiting_note": False})
        self._wake_sender()
        return True

    def action_cancel(self):
        self._expect("draft", "planned", "failed")
        return self._wizard("action_cobranza_contact_cancel")

    def action_preview(self):
        """What the debtor will read: the letter, or the message in a window."""
        self.ensure_one()
        if self._channel_model()._is_printed:
            return self.env.ref(LETTER).report_action(self, config=False)
        view = self.env.ref("cobranza_legal.cobranza_contact_view_preview")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    # -- doubts --------------------------------------------------------------------

    def action_mark_sent(self):
        """A person found out that it did leave."""
        self._expect("in_doubt")
        self._set_state("sent", self.env._("Confirmed by %s", self.env.user.name))
        self._add_events("accepted", self.env.user.name)
        return True

    def action_mark_failed(self):
        """A person found out that it never left."""
        self._expect("in_doubt")
        reason = self.env._("Declared not sent by %s", self.env.user.name)
        self._set_state("failed", reason, sent_at=False)
        return True

    # -- letters -------------------------------------------------------------------

    def action_print(self):
        """One PDF with these letters, frozen as they are printed."""
        self.check_access("write")
        letters = self.filtered(lambda one: one._channel_model()._is_printed)
        if not letters:
            raise UserError(self.env._("Choose letters to print."))
        letters.filtered(lambda one: one.state == "planned")._print_due()
        printed = letters.filtered("attachment_id").sorted("id")
        if not printed:
            raise UserError(self.env._("These letters have nothing left to claim."))
        return printed._download_letters()

    def _print_letter(self):
        """Freeze the text, make its PDF and keep both as evidence."""
        self._through_gate().write(self._frozen_values())
        content, kind = self.env["ir.actions.report"]._render_qweb_pdf(LETTER, self.ids)
        file = self.env["ir.attachment"].create(
            {
                "name": safe_name(f"{self.display_name}.{kind}"),
                "raw": content,
                "mimetype": "application/pdf" if kind == "pdf" else "text/html",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self._through_gate().write({"attachment_id": file.id})
        self._add_events("printed", self.env.user.name, attachment_id=file.id)

    def action_posted(self):
        """These letters were handed to the carrier; what is tracked has a number."""
        self.check_access("write")
        self._expect("planned")
        self._check_postable()
        if any(one._channel_model()._is_tracked for one in self):
            return self._wizard("action_cobranza_posting")
        self._complete(event="posted")
        return True

    def _check_postable(self):
        self._check_may_leave()
        for letter in self:
            if not letter.attachment_id:
                raise UserError(
                    self.env._("Print %s before it is posted.", letter.display_name)
                )
            if letter._claims_less_now():
                raise UserError(
                    self.env._(
                        "%s claims more than is owed now: print it again.",
                        letter.display_name,
                    )
                )

    def _claims_less_now(self):
        """Whether what was frozen is more than what may be claimed now."""
        claims = self.line_ids.debt_id._claimable()
        now = [claims.get(line.debt_id.id, (0, 0)) for line in self.line_ids]
        left = float(sum(amount - credit for amount, credit in now))
        return self.currency_id.compare_amounts(left, self.amount) < 0

    # -- calls and tasks -----------------------------------------------------------

    def action_log_outcome(self):
        self.ensure_one()
        self._expect("planned")
        return self._wizard(
            "action_cobranza_contact_outcome",
            default_contact_id=self.id,
            default_debtor_id=self.debtor_id.id,
        )

    def action_done(self):
        """A task was done: ask for a note."""
        self._expect("planned")
        return self._wizard("action_cobranza_contact_done")
