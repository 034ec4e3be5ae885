import hashlib
from datetime import datetime, time

import pytz

from odoo import fields, models
from odoo.exceptions import UserError

NOON = time(12)


class CobranzaContact(models.Model):
    """What a provider's table says about a letter."""

    _inherit = "cobranza.contact"

    def _take_answer(self, answer, files, provider):
        """(result, message) of one row; a problem changes nothing."""
        self.ensure_one()
        problem = self._answer_problem(answer, files)
        if problem:
            return "problem", problem
        content = files.get(answer.evidence)
        known = self.event_ids._standing().filtered(
            lambda one: (
                one.kind == answer.event and self._local_day(one.moment) == answer.day
            )
        )
        if known:
            digest = content and hashlib.sha256(content).hexdigest()
            hashes = set(known.mapped("file_hash")) - {False}
            if digest and hashes and digest not in hashes:
                return "problem", self.env._(
                    "The evidence is not the one that was sent before."
                )
            if not digest or digest in hashes:
                return "known", False
        try:
            with self.env.cr.savepoint():
                self._apply_answer(answer, content, provider)
        except UserError as error:
            self.invalidate_recordset()
            return "problem", str(error)
        if answer.evidence and content is None:
            return "done", self.env._(
                "Its evidence “%s” is missing: send it again with the file.",
                answer.evidence,
            )
        return "done", False

    def _answer_problem(self, answer, files):
        """Why a row cannot be right, or False."""
        if self.state != "sent":
            return self.env._("%s was not handed over.", self._reference())
        sent = self._local_day(self.sent_at)
        today = self._local_day(fields.Datetime.now())
        if not sent <= answer.day <= today:
            return self.env._(
                "The date is before it was handed over, or in the future."
            )
        if answer.attempt and answer.attempt != self.dispatch_id.name:
            return self.env._("%s is not the batch of this letter.", answer.attempt)
        if answer.sha256 and answer.sha256 != self._paper_hash():
            return self.env._("The document is not the one that was handed over.")
        number = self._plain_number(answer.tracking)
        if number and self.tracking_number and number != self.tracking_number:
            return self.env._("Its tracking number is %s.", self.tracking_number)
        if answer.evidence in files and not files[answer.evidence]:
            return self.env._("The evidence “%s” is empty.", answer.evidence)
        return False

    def _paper_hash(self):
        return hashlib.sha256(self.attachment_id.raw or b"").hexdigest()

    def _answer_moment(self, answer):
        """The moment of an answer in UTC, never before it was handed over."""
        moment = answer.moment
        if not answer.aware:
            zone = pytz.timezone(self.debtor_id._tz())
            local = zone.localize(moment or datetime.combine(answer.day, NOON))
            moment = local.astimezone(pytz.utc).replace(tzinfo=None)
        moment = max(moment, self.sent_at)
        return min(moment, fields.Datetime.now()) if not answer.moment else moment

    def _apply_answer(self, answer, content, provider):
        if answer.tracking or answer.price is not None:
            self._set_tracking(
                {
                    "tracking_number": answer.tracking or self.tracking_number,
                    "provider_id": provider.id,
                    "price": self.price if answer.price is None else answer.price,
                }
            )
        values = {}
        if content:
            file = {"name": answer.evidence, "raw": content}
            values["attachment_id"] = self.env["ir.attachment"].create(file).id
        moment = self._answer_moment(answer)
        self._add_events(answer.event, provider.name, moment, **values)
        if content and answer.event == "posted":
            self._record_costs(answer.evidence, content)
        if answer.event == "rejected":
            summary = self.env._("The provider did not send a letter")
            self._alert(summary, self.env._("Send it in another way."))
