import hashlib
import io
import zipfile
from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import PdfFileReader

from .format import write_table

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same batch is the same file, whenever it is made."""

NOON = time(12)
"""Of a day that comes without an hour."""


class CobranzaDispatch(models.Model):
    """A batch of letters handed to a provider: one PDF each and a table."""

    _name = "cobranza.dispatch"
    _inherit = "cobranza.gate.mixin"
    _description = "Batch for a provider"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    provider_id = fields.Many2one(
        "cobranza.provider", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", string="Handed over by", readonly=True)
    handed_at = fields.Datetime(string="Handed over", readonly=True)
    contact_ids = fields.One2many("cobranza.contact", "dispatch_id", readonly=True)
    count = fields.Integer(string="Letters", compute="_compute_count")
    file_id = fields.Many2one("ir.attachment", readonly=True, ondelete="restrict")
    file_hash = fields.Char(string="SHA-256", readonly=True)

    def _compute_name(self):
        for batch in self:
            batch.name = f"D{batch.id:06d}"

    @api.depends("contact_ids")
    def _compute_count(self):
        for batch in self:
            batch.count = len(batch.contact_ids)

    @api.model
    def _make(self, provider, letters):
        """The batch of these printed letters, its file included."""
        batch = self._through_gate().create(
            {
                "company_id": provider.company_id.id,
                "provider_id": provider.id,
                "user_id": self.env.uid,
                "handed_at": fields.Datetime.now(),
            }
        )
        batch = batch.with_env(self.env)
        letters._through_gate().write(
            {"dispatch_id": batch.id, "provider_id": provider.id}
        )
        content = batch._archive(letters.sorted("id"))
        file = self.env["ir.attachment"].create(
            {
                "name": f"{batch.name}.zip",
                "raw": content,
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": batch.id,
            }
        )
        digest = hashlib.sha256(content).hexdigest()
        batch._through_gate().write({"file_id": file.id, "file_hash": digest})
        return batch

    def _archive(self, letters):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            rows = [letter._dispatch_row(self.name) for letter in letters]
            files = [("batch.csv", write_table(rows))]
            files += [
                (row["document"], letter.attachment_id.raw)
                for row, letter in zip(rows, letters, strict=True)
            ]
            for name, content in files:
                info = zipfile.ZipInfo(name, EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, content)
        return out.getvalue()

    def action_download(self):
        self.ensure_one()
        url = f"/web/content/{self.file_id.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}


class CobranzaContact(models.Model):
    """A certified letter: handed over in a batch, and what the provider says of it."""

    _inherit = "cobranza.contact"

    dispatch_id = fields.Many2one(
        "cobranza.dispatch",
        string="Batch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="cobranza_legal.group_collector",
    )

    def action_hand_over(self):
        """Choose the provider that these letters go to."""
        self.check_access("write")
        self._check_dispatchable()
        return self._wizard("action_cobranza_dispatch_make")

    def _check_dispatchable(self):
        self._expect("planned")
        if len(self.company_id) > 1 or not all(self.mapped("is_tracked")):
            raise UserError(
                self.env._("Choose certified letters of one company, and no others.")
            )

    def _hand_over_to(self, provider):
        """These letters leave our hands: printed, checked, and frozen in a batch."""
        self.check_access("write")
        self._check_dispatchable()
        self._check_carrier(provider)
        letters = self._print_due()
        if not letters:
            raise UserError(self.env._("These letters have nothing left to claim."))
        letters._check_postable()
        # sudo: batches are made here only
        batch = self.env["cobranza.dispatch"].sudo()._make(provider, letters.sudo())
        letters._complete()
        letters._add_events("handed_over", provider.name)
        return batch.with_env(self.env)

    def _dispatch_row(self, attempt):
        """{column: value} of the table that goes with a batch."""
        partner = self.recipient_id
        content = self.attachment_id.raw
        pdf = self.attachment_id.mimetype == "application/pdf"
        commercial = partner.commercial_partner_id
        return {
            "id": self._reference(),
            "attempt": attempt,
            "channel": self.channel,
            "recipient": partner.name,
            "company": commercial.name if commercial != partner else "",
            "street": partner.street,
            "street2": partner.street2,
            "zip": partner.zip,
            "city": partner.city,
            "state": partner.state_id.name,
            "country": partner.country_id.code,
            "email": self.address if self._class_of_channel() == "remote" else "",
            "document": f"{self._reference()}.{'pdf' if pdf else 'html'}",
            "sha256": hashlib.sha256(content).hexdigest(),
            "pages": self._page_count(content) if pdf else 0,
        }

    @staticmethod
    def _page_count(content):
        """Pages of a PDF, by whichever library this Odoo reads PDF with."""
        return PdfFileReader(io.BytesIO(content), strict=False).getNumPages()

    def _class_of_channel(self):
        return self._channel_model()._class_kind

    # -- answers of the provider -------------------------------------------------

    def _take_answer(self, answer, files, provider):
        """(result, message) of one row; a problem changes nothing."""
        self.ensure_one()
        problem = self._answer_problem(answer, files)
        if problem:
            return "problem", problem
        content = files.get(answer.evidence)
        known = self.event_ids._standing().filtered(
            lambda event: (
                event.kind == answer.event
                and self._local_day(event.moment) == answer.day
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
            place = {"res_model": self._name, "res_id": self.id}
            file = {"name": answer.evidence, "raw": content, **place}
            values["attachment_id"] = self.env["ir.attachment"].create(file).id
        moment = self._answer_moment(answer)
        self._add_events(answer.event, provider.name, moment, **values)
        if content and answer.event == "posted":
            self._record_costs(answer.evidence, content)
        if answer.event == "rejected":
            summary = self.env._("The provider did not send a letter")
            self._alert(summary, self.env._("Send it in another way."))
