import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..common.csv_file import csv_bytes
from ..common.rows import Row

COLLECTOR = "cobranza_legal.group_collector"


COLUMNS = (
    *("action", "register", "member", "reference", "tax_number", "name", "street"),
    *("zip", "city", "country", "document", "due_on", "amount", "currency", "day"),
    "reason",
)


SEQUENCE = "cobranza.listing.file"


class CobranzaListingFile(models.Model):
    """A file for a credit register: everything that had to be told to it at a moment.
    It is evidence, with its hash."""

    _name = "cobranza.listing.file"
    _inherit = "cobranza.gate.mixin"
    _description = "File for a credit register"
    _order = "id desc"

    _evidence_files = {"attachment_id": []}

    name = fields.Char("Number", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    register = Row("cobranza.register", required=True, readonly=True)
    membership_id = fields.Many2one(
        "cobranza.register.membership",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    made_on = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        "Made by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    entry_ids = fields.One2many(
        "cobranza.listing.entry", "file_id", "What it tells", readonly=True
    )
    entry_count = fields.Integer("Lines", readonly=True)
    left_out = fields.Text(
        readonly=True, help="What was approved and is not told after all, and why."
    )
    attachment_id = fields.Many2one(
        "ir.attachment", "File", readonly=True, ondelete="restrict"
    )
    file_hash = fields.Char("SHA-256 of the file", readonly=True)

    @api.model
    def _make(self, membership):
        """The file of all that waits to be told to the register of ``membership``, and
        tell it: every report is judged once more before. UserError when nothing waits.
        """
        if not self.env.user.has_group(COLLECTOR):
            raise AccessError(self.env._("This act is for others to do."))
        membership.check_access("read")
        # sudo: rows and states are the engine's to write, whoever makes the file
        mine, company = self.sudo(), membership.sudo().company_id
        listings = mine.env["cobranza.listing"].search(
            [
                ("company_id", "=", company.id),
                ("register", "=", membership.register),
                ("state", "not in", ("removed", "rejected", "cancelled")),
            ]
        )
        approved = listings.filtered(lambda one: one.state == "approved")
        listings._judge_now()
        left_out = approved.filtered(lambda one: one.state != "approved")
        entries = mine.env["cobranza.listing.entry"].search(
            [("listing_id", "in", listings.ids), ("state", "=", "pending")], order="id"
        )
        if not entries:
            words = self.env._("%s: nothing has to be told.", membership.display_name)
            raise UserError("\n".join([words, *left_out.mapped(self._left_words)]))
        return mine._write_file(membership.sudo(), entries, left_out).sudo(self.env.su)

    @staticmethod
    def _left_words(listing):
        return f"{listing.display_name}: {listing.missing}"

    def _write_file(self, membership, entries, left_out):
        company = membership.company_id
        today = company._cobranza_today()
        rows = [self._row(membership, entry, today) for entry in entries]
        content = csv_bytes(COLUMNS, rows)
        sequence = self.env["ir.sequence"].with_company(company)
        name = sequence.next_by_code(SEQUENCE)
        file = self._through_gate().create(
            {
                "name": name,
                "company_id": company.id,
                "register": membership.register,
                "membership_id": membership.id,
                "entry_count": len(entries),
                "left_out": "\n".join(left_out.mapped(self._left_words)) or False,
                "file_hash": hashlib.sha256(content).hexdigest(),
            }
        )
        file.attachment_id = self.env["ir.attachment"].create(
            {
                "name": f"{name.replace('/', '-')}.csv",
                "raw": content,
                "mimetype": "text/csv",
                "res_model": self._name,
                "res_id": file.id,
            }
        )
        entries._tell(file, today)
        membership.activity_ids.filtered("automated").action_feedback(feedback=name)
        return file

    def _row(self, membership, entry, today):
        """{column: text} of one line."""
        listing, person = entry.listing_id, entry.listing_id.partner_id
        amount = entry.amount if entry.kind != "remove" else 0
        return {
            "action": entry.kind,
            "register": self.env["cobranza.register"]._label(entry.register),
            "member": membership.number,
            "reference": listing.name,
            "tax_number": listing.reported_number or listing._number_of(person),
            "name": listing.reported_name or person.name,
            "street": person.street or "",
            "zip": person.zip or "",
            "city": person.city or "",
            "country": person.country_id.code or "",
            "document": listing.debt_id.display_name,
            "due_on": listing.debt_id._due_on().isoformat(),
            "amount": f"{amount:.{entry.currency_id.decimal_places}f}",
            "currency": entry.currency_id.name,
            "day": today.isoformat(),
            "reason": entry.reason or "",
        }

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "self",
        }

    def _open_form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What a register was told is kept as evidence."))


class CobranzaListing(models.Model):
    """What a report becomes when the register is told, and when it answers."""

    _inherit = "cobranza.listing"

    def _was_told(self, entry, today):
        """The register was told of ``entry``. Run as superuser."""
        self.ensure_one()
        if entry.kind == "update":
            self._through_gate().reported = entry.amount
            return
        judged = self._judged()[self.id]
        person = self.partner_id
        self._set_state(
            "submitted",
            None,
            submitted_on=today,
            blocked_until=self._blocked_until(judged.terms, today),
            purge_on=judged.terms.purge_on(judged.facts.due),
            reported=entry.amount,
            reported_number=self._number_of(person),
            reported_name=person.name,
            reported_address=person._display_address(without_company=True),
        )

    @staticmethod
    def _blocked_until(terms, today):
        return today + timedelta(days=terms.block_days) if terms.block_days else False

    def _answered(self, answer, day, reason, file):
        """The register has answered on ``day`` with a file; UserError where its answer
        does not go with where these reports stand."""
        self.check_access("write")
        # sudo: rows and states are the engine's to write
        for listing in self.sudo():
            listing._take_answer(answer, day, reason, file.sudo())

    def _take_answer(self, answer, day, reason, file):
        today = self.company_id._cobranza_today()
        if not (self.submitted_on and self.submitted_on <= day <= today):
            raise UserError(
                self.env._(
                    "%s: a register answers after it was told, and not on a day to "
                    "come.",
                    self.display_name,
                )
            )
        entry = self.entry_ids.filtered(lambda one: one.state == "sent")[:1]
        target = self._target_of(answer, entry)
        answers = self.env["cobranza.listing.answer"]
        answers._through_gate().create(
            {
                "listing_id": self.id,
                "entry_id": entry.id,
                "answer": answer,
                "day": day,
                "reason": reason,
                "attachment_id": file.id,
                "file_hash": hashlib.sha256(file.raw or b"").hexdigest(),
                "user_id": self.env.uid,
            }
        )
        if entry and answer != "visible":
            state = "rejected" if answer == "rejected" else "accepted"
            entry._through_gate().state = state
        if target:
            over = target in ("removed", "rejected")
            values = {"ended_on": day} if over else {}
            self._set_state(target, reason, **values)
            if over:
                self.entry_ids._drop(self.env._("It is over"))
        self._judge_now()

    def _target_of(self, answer, entry):
        """The state after an answer; None: it stays as it is."""
        kind = entry.kind
        if answer == "removed" and self.state in ("removal_requested", "error"):
            return "removed"
        if answer == "visible" and self.state in ("submitted", "blocked", "error"):
            return "visible"
        if answer == "accepted" and entry:
            if kind == "remove":
                return "removed"
            if kind == "update" or self.state != "submitted":
                return None
            return "blocked" if self.blocked_until else "visible"
        if answer == "rejected" and entry:
            new = kind == "add" and self.state == "submitted"
            return "rejected" if new else "error"
        labels = dict(self._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(record)s is “%(state)s”: the register was asked nothing to which "
                "that is the answer.",
                record=self.display_name,
                state=labels[self.state],
            )
        )
