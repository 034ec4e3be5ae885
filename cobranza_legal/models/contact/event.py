import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.history import request_origin
from ..common.rows import Row


class CobranzaContactEvent(models.Model):
    """What happened to a contact, as evidence: appended, never changed.

    A wrong event is taken back by a correction that names it. Each event has its own
    file, with the SHA-256 that the file had when the event was written down.
    """

    _name = "cobranza.contact.event"
    _inherit = "cobranza.gate.mixin"
    _description = "Delivery event of a contact"
    _order = "moment, id"
    _rec_name = "kind"

    _evidence_files = {"attachment_id": []}
    _given = frozenset({"origin", "file_hash"})  # written over, whatever was given
    contact_id = fields.Many2one(
        "cobranza.contact", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="contact_id.company_id")
    debtor_id = fields.Many2one(related="contact_id.debtor_id")
    kind = Row("cobranza.event.kind", required=True)
    moment = fields.Datetime(required=True, default=fields.Datetime.now)
    source = fields.Char(help="Who says so: a server, a carrier, a person.")
    note = fields.Text()
    attachment_id = fields.Many2one(
        "ir.attachment", ondelete="restrict", index="btree_not_null"
    )
    file_hash = fields.Char(string="SHA-256 of the file", readonly=True)
    corrects_id = fields.Many2one(
        "cobranza.contact.event",
        string="Takes back",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('contact_id', '=', contact_id), ('kind', '!=', 'correction')]",
    )

    origin = fields.Char(
        readonly=True,
        string="Address and device",
        help="From where the person who wrote this down acted.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        origin = request_origin(self.env)
        vals_list = [{**vals, "origin": origin} for vals in vals_list]
        if not self._is_through_gate():
            for vals in vals_list:
                self._check_manual(vals)
                vals["source"] = self.env.user.name
        self._own_files(vals_list)
        events = super().create(vals_list)
        events.contact_id._on_events(events)
        return events

    def _standing(self):
        """Without corrections and what they have taken back."""
        wrong = self.corrects_id
        return self.filtered(
            lambda event: event.kind != "correction" and event not in wrong
        )

    # -- by hand -----------------------------------------------------------------------

    def _check_manual(self, vals):
        contact = self.env["cobranza.contact"].browse(vals.get("contact_id"))
        tracked = bool(contact) and contact.is_tracked
        by_hand = "tracked" if tracked else "carrier"
        if not self.env["cobranza.event.kind"]._is(vals.get("kind"), by_hand):
            raise UserError(
                self.env._("Only answers of a carrier are recorded by hand.")
            )
        if not contact or not contact.is_printed or contact.state != "sent":
            raise UserError(
                self.env._("Carriers answer about letters that were posted only.")
            )
        now = fields.Datetime.now()
        moment = fields.Datetime.to_datetime(vals.get("moment")) or now
        if not contact.sent_at <= moment <= now:
            raise UserError(
                self.env._(
                    "A carrier answers after the letter was posted, and not in the "
                    "future."
                )
            )
        self._check_correction(contact, vals)
        if tracked:
            self._check_file(vals)

    def _check_correction(self, contact, vals):
        wrong = self.browse(vals.get("corrects_id"))
        if vals["kind"] != "correction":
            if wrong:
                raise UserError(self.env._("Only a correction takes an event back."))
            return
        if wrong.contact_id != contact or wrong not in contact.event_ids._standing():
            raise UserError(
                self.env._("Choose the event of this contact that is taken back.")
            )
        if not vals.get("note"):
            raise UserError(self.env._("Say why the event was wrong."))

    def _check_file(self, vals):
        kinds = self.env["cobranza.event.kind"]
        if kinds._is(vals["kind"], "proven") and not vals.get("attachment_id"):
            raise UserError(
                self.env._(
                    "“%s” proves nothing without the file of the carrier: add it.",
                    kinds._label(vals["kind"]),
                )
            )

    # -- guards ------------------------------------------------------------------------

    def write(self, vals):
        if not self._is_through_gate():
            raise UserError(self.env._("Events are evidence: they are not changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self._is_through_gate():
            raise UserError(self.env._("Events are evidence: they are not deleted."))

    def _own_files(self, vals_list):
        """Give every event its own file, and the SHA-256 of it, whatever was said."""
        for vals in vals_list:
            vals.pop("file_hash", None)
            file = self.env["ir.attachment"].browse(vals.get("attachment_id"))
            if not file:
                continue
            if not self._is_through_gate():
                file.check_access("read")
            if not file.sudo().raw:
                raise UserError(
                    self.env._("“%s” is empty: it proves nothing.", file.name)
                )
            file = self._own_file(file, vals["contact_id"])
            vals["attachment_id"] = file.id
            vals["file_hash"] = hashlib.sha256(file.raw).hexdigest()

    def _own_file(self, file, contact_id):
        """A file of the contact: its own, one that nothing else has, or a copy."""
        place = ("cobranza.contact", contact_id)
        # sudo: what belongs to the contact is not asked of who adds the event
        file = file.sudo()
        if (file.res_model, file.res_id) == place:
            return file.with_env(self.env)
        values = {"res_model": place[0], "res_id": place[1], "res_field": False}
        values |= {"public": False, "access_token": False}
        if file.res_id or file.res_field:
            file = file.copy({**values, "name": file.name, "raw": file.raw})
        else:
            file.write(values)
        return file.with_env(self.env)
