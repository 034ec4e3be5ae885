from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("add", "New"),
    ("update", "Other amount"),
    ("remove", "Removal"),
]


STATES = [
    ("pending", "To be told"),
    ("sent", "Told"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("cancelled", "Not needed any more"),
]


ANSWERS = [
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("visible", "Visible"),
    ("removed", "Removed"),
]


class CobranzaListingEntry(models.Model):
    """Something that a register has to be told of a debt: that it is new, that its
    amount is another, that it has to go. One waits at a time of each kind; once told it
    is evidence."""

    _name = "cobranza.listing.entry"
    _inherit = "cobranza.gate.mixin"
    _description = "Something told to a credit register"
    _order = "id desc"
    _rec_name = "kind"

    listing_id = fields.Many2one(
        "cobranza.listing",
        "Report",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="listing_id.company_id", store=True)
    register = fields.Selection(related="listing_id.register")
    debtor_id = fields.Many2one(related="listing_id.debtor_id")
    debt_id = fields.Many2one(related="listing_id.debt_id")
    currency_id = fields.Many2one(related="listing_id.currency_id")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    reason = fields.Char(readonly=True)
    decided_on = fields.Date(readonly=True, required=True)
    due_on = fields.Date("Tell by", readonly=True, required=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="pending")
    file_id = fields.Many2one(
        "cobranza.listing.file",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    sent_on = fields.Date("Told on", readonly=True)

    _pending_uniq = models.UniqueIndex(
        "(listing_id, kind) WHERE state = 'pending'", "This waits to be told already."
    )
    _due_idx = models.Index("(company_id, due_on) WHERE state = 'pending'")

    @api.depends("kind", "listing_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            name = entry.listing_id.display_name
            entry.display_name = f"{labels.get(entry.kind, '')} · {name}"

    @api.model
    def _ensure(self, kind, listings):
        """An entry of ``kind`` waits for each of {listing: (``Judged``, why)}, with
        what is owed now; of one that has to go, if it was not asked for yet. Run as
        superuser."""
        if not listings:
            return
        records = self.env["cobranza.listing"].union(*listings)
        states = ("pending", "sent") if kind == "remove" else ("pending",)
        known = self.search(
            [
                ("listing_id", "in", records.ids),
                ("kind", "=", kind),
                ("state", "in", states),
            ]
        )
        by_listing = {one.listing_id: one for one in known}
        paid, vals_list = records._paid_days(), []
        for listing, (judged, why) in listings.items():
            entry, amount = by_listing.get(listing), float(judged.facts.owed)
            if entry:
                entry._change(amount if kind != "remove" else entry.amount)
                continue
            day = listing.company_id._cobranza_today()
            vals_list.append(
                {
                    "listing_id": listing.id,
                    "kind": kind,
                    "amount": amount,
                    "reason": why or False,
                    "decided_on": day,
                    "due_on": self._due(kind, listing, judged, paid, day),
                }
            )
        if vals_list:
            self._through_gate().create(vals_list).listing_id._remind()

    def _change(self, amount):
        if self.currency_id.compare_amounts(self.amount, amount):
            self._through_gate().amount = amount

    def _due(self, kind, listing, judged, paid, day):
        """The last day to tell it: a payment by the law of the country, all else
        today."""
        less = listing.currency_id.compare_amounts(
            float(judged.facts.owed), listing.reported
        )
        paid_on = paid.get(listing.debt_id.id)
        if kind == "add" or less >= 0 or not paid_on:
            return day
        others = judged.unmet.keys() - {"debt", "minimum", "approval"}
        return day if others else judged.terms.told_by(paid_on)

    def _drop(self, why, kind=None):
        """What waits of these is not told: it is no longer so. Run as superuser."""
        waiting = self.filtered(
            lambda one: one.state == "pending" and kind in (None, one.kind)
        )
        if waiting:
            waiting._through_gate().write({"state": "cancelled", "reason": why})

    def _tell(self, file, today):
        """These were told with ``file``. Run as superuser."""
        self._through_gate().write(
            {"state": "sent", "sent_on": today, "file_id": file.id}
        )
        for entry in self.filtered(lambda one: one.kind != "remove"):
            entry.listing_id._was_told(entry, today)

    def action_again(self):
        """Tell once more what the register has rejected."""
        # sudo: whoever may write reports tells it again; rows are the engine's
        self.listing_id.check_access("write")
        for entry in self.sudo():
            listing = entry.listing_id
            if entry.state != "rejected" or listing.state != "error":
                raise UserError(
                    self.env._("%s: there is nothing to repeat.", entry.display_name)
                )
            today = listing.company_id._cobranza_today()
            judged = listing._judged()[listing.id]
            self.sudo()._through_gate().create(
                {
                    "listing_id": listing.id,
                    "kind": entry.kind,
                    "amount": float(judged.facts.owed),
                    "reason": entry.reason,
                    "decided_on": today,
                    "due_on": today,
                }
            )
            if entry.kind == "remove":
                listing._set_state("removal_requested", entry.reason)
        return True


class CobranzaListingAnswer(models.Model):
    """What a register has answered, with the file that says so: appended, never
    changed."""

    _name = "cobranza.listing.answer"
    _inherit = "cobranza.gate.mixin"
    _description = "Answer of a credit register"
    _order = "id desc"
    _rec_name = "answer"

    _evidence_files = {"attachment_id": []}

    listing_id = fields.Many2one(
        "cobranza.listing",
        "Report",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    entry_id = fields.Many2one(
        "cobranza.listing.entry",
        "Answers",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    company_id = fields.Many2one(related="listing_id.company_id", store=True)
    answer = fields.Selection(ANSWERS, required=True, readonly=True)
    day = fields.Date(required=True, readonly=True)
    reason = fields.Char(readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", "File", readonly=True, ondelete="restrict"
    )
    file_hash = fields.Char("SHA-256 of the file", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Written down by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
