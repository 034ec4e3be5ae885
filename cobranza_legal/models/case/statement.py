"""What a court gets to see of a negotiation: that it was tried, and no more."""

import hashlib

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.pdf import merge_pdf

from ..common.pdf import PRINTED
from ..company.company import OWN
from ..contact.paper import PDF

GROUNDS = [
    ("waiver", "All parties waived it in writing"),
    ("costs", "It is asked for in the incident about the costs"),
]
"""Why what was negotiated may be shown to a court all the same."""


STATEMENT = "cobranza_legal.action_report_negotiation_statement"
SWORN = "cobranza_legal.negotiation_sworn"


class CobranzaNegotiation(models.Model):
    """The statement of the attempt, and the annex that a lawyer releases.

    The statement shows what was claimed and who was invited, with the proof of
    reception; it is the creditor's own word and no certificate. What was said stays out
    of it.
    """

    _inherit = "cobranza.negotiation"

    _titled_reports = ("cobranza_legal.negotiation_statement", SWORN)

    statement_id = fields.Many2one(
        "ir.attachment", readonly=True, copy=False, ondelete="restrict"
    )
    released_on = fields.Datetime("Annex released on", readonly=True, copy=False)
    released_by_id = fields.Many2one(
        "res.users", "Annex released by", readonly=True, copy=False
    )
    release_ground = fields.Selection(GROUNDS, readonly=True, copy=False)
    waiver_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_negotiation_waiver_rel",
        readonly=True,
        copy=False,
    )

    # -- what was said in it -----------------------------------------------------------

    def _release(self, ground, reason, files):
        """A lawyer lets what was said in it be shown to a court, as an annex of its
        own. AccessError for others; UserError without the reason, and without the
        waiver where that is the ground."""
        self.ensure_one()
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(OWN)):
            raise AccessError(self.env._("Only lawyers release what is confidential."))
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason."))
        if ground == "waiver" and not files:
            raise UserError(self.env._("Add the waiver that all parties signed."))
        # sudo: nobody writes these fields, nor those of contacts, but by this button
        self.env["cobranza.negotiation"].sudo()._gather_said(self.company_id)
        said = self.sudo().contact_ids.filtered(lambda one: not one.disclosed)
        if not said:
            raise UserError(
                self.env._(
                    "%s: nothing confidential is in it that is not released yet.",
                    self.display_name,
                )
            )
        # the dialog in which the waiver was added goes; a file of a record stays there
        loose = files.sudo().filtered(lambda file: not file.res_id)
        loose.write({"res_model": self._name, "res_id": self.id})
        self.sudo()._through_gate().write(
            {
                "released_on": fields.Datetime.now(),
                "released_by_id": self.env.uid,
                "release_ground": ground,
                "waiver_ids": [fields.Command.link(file.id) for file in files],
            }
        )
        said._through_gate().disclosed = True
        grounds = dict(self._fields["release_ground"]._description_selection(self.env))
        self._log(self.env._("Annex released: %s", grounds[ground]), reason)

    def action_release(self):
        """The dialog that asks why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_negotiation_release"
        )
        return {**action, "context": {"default_negotiation_id": self.id}}

    # -- the statement of the attempt --------------------------------------------------

    def action_statement(self):
        """The statement of the attempt with its proofs behind it as one PDF, which is
        kept. UserError before anybody was invited."""
        self.ensure_one()
        self.check_access("write")
        if not self._is_tried():
            raise UserError(
                self.env._(
                    "%s: nobody was invited yet, or nobody has sworn that the address "
                    "is unknown.",
                    self.display_name,
                )
            )
        reports = self.env["ir.actions.report"]
        sheet, _kind = reports._render_qweb_pdf(STATEMENT, self.ids)
        proofs = self._proofs().filtered(self._is_merged)
        name = self._document_title()
        file = self.env["ir.attachment"].create(
            {
                "name": f"{name}.pdf",
                "raw": merge_pdf([sheet, *(one.raw for one in proofs)]),
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        # sudo: the field is written by this button alone
        self.sudo()._through_gate().statement_id = file
        self._log(name, None)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{file.id}?download=true",
            "target": "self",
        }

    def _is_invited(self):
        """Whether somebody was invited, or a third party says so."""
        certified = self.ended_on and self.certified
        return bool(certified or any(one.attempted_on for one in self.party_ids))

    def _is_tried(self):
        """Whether somebody was invited, or could not be, or a third party certified."""
        return self._is_invited() or any(one.sworn_on for one in self.party_ids)

    def _proofs(self):
        """The files that go with the statement: what proves the invitations and their
        reception, sworn statements and certificates, in this order."""
        files = self.env["ir.attachment"].sudo()  # sudo: whoever uploaded them
        for contact in self.party_ids.contact_id.sorted("sent_at"):
            files |= contact._channel_model()._proof(contact).sudo()
        return files | self.sudo().party_ids.sworn_file_ids | self.sudo().file_ids

    def _is_merged(self, file):
        """Whether a proof stands behind the statement in the same PDF: pictures, and
        files that nobody can open, go with it as files of their own."""
        if file.mimetype != PDF:
            return False
        try:
            merge_pdf([file.raw])
        except Exception:  # noqa: BLE001 each library of PDFs has errors of its own
            return False
        return True

    def _sha256(self, file):
        return hashlib.sha256(file.raw or b"").hexdigest()

    def _statement_notes(self):
        """[words] under the statement: what it is, and what the law of the country says
        of it."""
        rules = self.company_id._cobranza_rules().with_context(lang=self.env.lang)
        return [
            self.env._(
                "This is the statement of the creditor, with the proof of what it says "
                "behind it; it is no certificate of a third party."
            ),
            self.env._(
                "It shows what was claimed and who took part. What was said in the "
                "negotiation is confidential and is not in it."
            ),
            *rules._negotiation_notes(self),
        ]

    def _document_title(self):
        spoken = self.with_context(lang=self._paper_lang())
        if self.env.context.get(PRINTED) == SWORN:
            return spoken.env._("Statement that nobody knows the address")
        return spoken.env._("Statement of the attempt to negotiate")

    # -- whom nobody finds -------------------------------------------------------------

    def action_sworn(self):
        """The statement that nobody knows where somebody is, to be signed and added to
        who is meant. UserError where everybody got the invitation."""
        self.ensure_one()
        if not self._not_found():
            raise UserError(
                self.env._(
                    "%s: everybody got the invitation, nobody has to be looked for.",
                    self.display_name,
                )
            )
        report = self.env.ref("cobranza_legal.action_report_negotiation_sworn")
        return report.report_action(self, config=False)

    def _not_found(self):
        """The partners whom no invitation has reached."""
        self.ensure_one()
        return self.party_ids.filtered(lambda one: not one.received_on).partner_id

    def _sworn_notes(self):
        """[words] under it: by which law it is made. Neutral: none."""
        rules = self.company_id._cobranza_rules().with_context(lang=self.env.lang)
        return rules._sworn_notes()

    # -- erasing -----------------------------------------------------------------------

    def _over_before(self, begin):
        """Those that were over before a moment and are whole still."""
        return self.filtered(
            lambda one: (
                one.state != "open"
                and not one.erased_on
                and not any(row.moment >= begin for row in one.history_ids)
            )
        )

    def _erase(self):
        """What was negotiated goes; who was invited, and when, stays. Returns the
        files, which are to be erased too. Run through the gate."""
        files = self.file_ids | self.waiver_ids | self.party_ids.sworn_file_ids
        files |= self.env["ir.attachment"].search(  # each statement that was made
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", False),
            ]
        )
        nothing = [fields.Command.clear()]
        self.party_ids.write({"sworn_file_ids": nothing})
        self.write(
            {
                "note": False,
                "object_text": False,
                "statement_id": False,
                "file_ids": nothing,
                "waiver_ids": nothing,
                "erased_on": fields.Datetime.now(),
            }
        )
        self._forget_changes()
        return files
