import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.errors import IllegalTransition
from ...kernel.lifecycle import CUSTODY

KINDS = [
    ("received", "Received by us"),
    ("handed", "Handed to somebody"),
    ("deposited", "Deposited at a court"),
    ("returned", "Returned to us"),
    ("given_back", "Given back to the debtor"),
]


OURS = ("received", "returned")
"""What happened last to an original that we hold."""


class CobranzaDocumentCustody(models.Model):
    """Append-only: what happened to the original of a paper title. Its last row says
    who holds it."""

    _name = "cobranza.document.custody"
    _inherit = "cobranza.gate.mixin"
    _description = "Custody of an original"
    _order = "id desc"
    _rec_name = "kind"

    _evidence_files = {"receipt_id": []}

    document_id = fields.Many2one(
        "cobranza.document",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="document_id.company_id", store=True)
    kind = fields.Selection(KINDS, string="What happened", required=True, readonly=True)
    day = fields.Date("On", required=True, readonly=True)
    holder_id = fields.Many2one("res.partner", string="Handed to", readonly=True)
    court = fields.Char(readonly=True)
    receipt_id = fields.Many2one("ir.attachment", readonly=True, ondelete="restrict")
    receipt_hash = fields.Char("SHA-256", readonly=True)
    note = fields.Char("Remarks", readonly=True)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)

    def write(self, vals):
        if not self._is_through_gate():  # erasing for privacy
            raise UserError(self.env._("What happened to an original is not changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What happened to an original is never deleted."))


class CobranzaDocument(models.Model):
    """Who holds the original of a paper title."""

    _inherit = "cobranza.document"

    custody_ids = fields.One2many(
        "cobranza.document.custody", "document_id", "Original", readonly=True
    )
    custody = fields.Selection(
        KINDS, string="What happened last to the original", compute="_compute_custody"
    )
    holder = fields.Char("Original held by", compute="_compute_custody")

    @api.depends("custody_ids", "paper")
    @api.depends_context("lang")
    def _compute_custody(self):
        for document in self:
            last = document.custody_ids.sorted("id")[-1:]
            document.custody = last.kind
            document.holder = document._say_holder(last)

    def _say_holder(self, last):
        if not last:
            return self.paper and self.env._("Nobody that we know of")
        # sudo: who sees the document may know who has the paper
        last = last.sudo()
        if last.kind in OURS:
            return last.company_id.name
        if last.kind == "given_back":
            return self.sudo().partner_id.display_name
        return last.court or last.holder_id.display_name

    def _move_original(
        self, kind, day, holder=None, court=None, receipt=None, note=None
    ):
        """Write down what happened to the original on ``day``; the new row.

        ``holder``: the partner to whom it was handed; ``court``: where it was
        deposited, in words; ``receipt``: the file (``ir.attachment``) that proves it.
        UserError for what is no paper title, for what cannot happen to an original that
        is where this one is (nobody hands over what is not held), for days out of
        order, and for what lacks.
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: two who move it at once: the second has to see what the first did
        self.sudo().lock_for_update(allow_referencing=True)
        self.invalidate_recordset(["custody_ids", "custody"])
        labels = dict(self._fields["custody"]._description_selection(self.env))
        if not self.paper:
            raise UserError(
                self.env._(
                    "%s is no paper title: it has no original.", self.display_name
                )
            )
        try:
            CUSTODY.check(self.custody or CUSTODY.initial, kind)
        except IllegalTransition as error:
            raise UserError(
                self.env._(
                    "%(document)s: the original is held by: %(holder)s. It cannot be "
                    "“%(kind)s” now.",
                    document=self.display_name,
                    holder=self.holder,
                    kind=labels[kind],
                )
            ) from error
        self._check_movement(kind, day, holder, court, receipt)
        # sudo: nobody but this code appends
        row = (
            self.env["cobranza.document.custody"]
            .sudo()
            .create(
                {
                    "document_id": self.id,
                    "kind": kind,
                    "day": day,
                    "holder_id": holder.id if holder and kind == "handed" else False,
                    "court": (court if kind == "deposited" else None) or False,
                    "receipt_id": receipt.id if receipt else False,
                    "receipt_hash": _digest(receipt) if receipt else False,
                    "note": note or False,
                    "user_id": self.env.uid,
                }
            )
        )
        to = court if kind == "deposited" else holder and holder.display_name
        words = (
            f"{labels[kind]}: {to}"
            if to and kind in ("handed", "deposited")
            else (labels[kind])
        )
        self._log(words, note)
        self.invalidate_recordset(["custody_ids"])
        return row.sudo(False)

    def _check_movement(self, kind, day, holder, court, receipt):
        lacks = []
        if day > self.company_id._cobranza_today():
            lacks.append(self.env._("It cannot happen on a day that is to come."))
        last = self.custody_ids.sorted("id")[-1:]
        if last and day < last.day:
            lacks.append(
                self.env._("Something happened to the original after that day.")
            )
        if kind == "handed" and not holder:
            lacks.append(self.env._("Say to whom the original is handed over."))
        if kind == "deposited" and not (court or "").strip():
            lacks.append(self.env._("Say at which court the original is deposited."))
        if kind in ("handed", "deposited", "given_back") and not receipt:
            lacks.append(
                self.env._("Add the receipt: without it nobody can ask for it back.")
            )
        if lacks:
            raise UserError("\n".join(lacks))


def _digest(file):
    return hashlib.sha256(file.sudo().raw or b"").hexdigest()
