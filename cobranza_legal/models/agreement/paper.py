from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, format_date

from ...kernel.lifecycle import AGREEMENT_PAPER
from ..common.rows import Row
from ..portal.token import TOKEN

CONSENT, NOTE, SETTLED = "agreement_consent", "agreement_note", "agreement_settled"
"""Purposes of the texts of papers."""


CONSENTING = ("requested", "approved")
"""States of an agreement in which its guarantors consent to it."""


class CobranzaAgreementPaper(models.Model):
    """A paper beside an agreement: what a guarantor consents to, a promissory note, the
    certificate that all was paid. Its words are frozen when it is written and are never
    changed; those of terms that were taken back are void.

    A guarantor reads and signs its own on a page of its own, to which the link that was
    sent to it is the key: the debtor's page is none of its business.
    """

    _name = "cobranza.agreement.paper"
    _inherit = ["cobranza.followup.item.mixin", "cobranza.document.mixin"]
    _description = "Paper of a payment agreement"
    _order = "id desc"
    _lifecycle = AGREEMENT_PAPER
    _over = ("signed", "void")
    _evidence_files = {"document_file_id": [], "signed_file_id": [], "file_ids": []}

    agreement_id = fields.Many2one(
        "cobranza.agreement",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    debtor_id = fields.Many2one(ondelete="restrict", readonly=True)
    user_id = fields.Many2one(string="Written by", readonly=True)
    purpose = Row(
        "cobranza.text.purpose", string="Document", required=True, readonly=True
    )
    obligor_id = fields.Many2one(
        "cobranza.obligor",
        "Guarantor",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Who signs it; empty: the debtor, or nobody but us.",
    )
    state = fields.Selection(
        [("written", "Written"), ("signed", "Signed"), ("void", "Void")],
        default="written",
        required=True,
        readonly=True,
        copy=False,
    )
    written_on = fields.Date("Written on", required=True, readonly=True)
    signed_on = fields.Date(readonly=True)
    file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_agreement_paper_file_rel",
        string="Signed by hand",
        readonly=True,
    )
    portal_token = fields.Char(copy=False, groups=fields.NO_ACCESS)
    portal_key = fields.Char(
        copy=False, groups=fields.NO_ACCESS, help="SHA-256 of the token."
    )
    portal_until = fields.Date(copy=False, groups=fields.NO_ACCESS)

    _portal_key_uniq = models.UniqueIndex("(portal_key) WHERE portal_key IS NOT NULL")
    _portal_until_set = models.Constraint(
        "CHECK (portal_key IS NULL OR portal_until IS NOT NULL)",
        "A link is valid until some day.",
    )

    @property
    def _document_purpose(self):
        return self.purpose

    @api.depends("purpose", "agreement_id.name", "obligor_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        label = self.env["cobranza.text.purpose"]._label
        for paper in self:
            # sudo: who signs it is on it
            who = paper.obligor_id.sudo().partner_id.display_name
            parts = (label(paper.purpose), paper.agreement_id.name, who)
            paper.display_name = " · ".join(part for part in parts if part)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A paper of an agreement is never deleted."))

    # -- words -------------------------------------------------------------------------

    def _document_values(self):
        agreement = self.agreement_id
        values = {**super()._document_values(), **agreement._document_values()}
        if self.purpose == SETTLED:
            values |= agreement._settled_values()
        obligor = self.obligor_id
        if not obligor:
            return values
        label = self.env["cobranza.obligor.capacity"]._label(obligor.capacity)
        partner, contacts = obligor.partner_id, self.env["cobranza.contact"]
        return {
            **values,
            "guarantor_name": partner.name,
            "guarantor_vat": partner.vat,
            "guarantor_address": contacts._one_line(partner),
            "guarantor_capacity": label[:1].lower() + label[1:],
        }

    def _reader_lang(self):
        return self.obligor_id.partner_id.lang or super()._reader_lang()

    def _document_box(self):
        """A note has its own places to sign, a certificate is signed by us."""
        return bool(self.obligor_id)

    def _document_is_debtors(self):
        return not self.obligor_id

    # -- its life ----------------------------------------------------------------------

    def _void(self, reason):
        """It is worth nothing any more, and its link opens nothing."""
        for paper in self.filtered(lambda one: one.state != "void"):
            paper._set_state(
                "void", reason, portal_token=False, portal_key=False, portal_until=False
            )

    def _signed_by_hand(self, day, files):
        """It was signed on ``day``, with the scan in ``files``. UserError for a day to
        come or before it was written."""
        self.ensure_one()
        today = self.company_id._cobranza_today()
        if not self.written_on <= day <= today:
            raise UserError(
                self.env._(
                    "%s is signed between the day on which it was written and today.",
                    self.display_name,
                )
            )
        self._set_state("signed", signed_on=day, file_ids=[(6, 0, files.ids)])
        for file in files:
            self._file_scan(file)

    def _file_scan(self, file):
        """Its scan is the document of the agreement's checklist that has the code of
        its purpose, where the country asks for one; with it all that belongs beside it
        is asked for."""
        documents = self.env["cobranza.document"].sudo()  # as the paper itself
        documents._open_of(self.agreement_id)
        asked = documents.search(
            [
                ("agreement_id", "=", self.agreement_id.id),
                ("type_id.code", "=", self.purpose),
                ("state", "!=", "not_applicable"),
            ],
            limit=1,
        )
        if asked:
            asked._receive(file.raw, file.name, dated=self.signed_on)

    def _document_signed(self, signature):
        self._set_state("signed", signed_on=self.company_id._cobranza_today())

    def _keep_signed(self):
        """What a guarantor signed is its consent, with the signed PDF as the file."""
        result = super()._keep_signed()
        for paper in self.filtered("obligor_id"):
            paper.agreement_id._consent(
                paper.obligor_id, paper.signed_on, paper.signed_file_id
            )
        return result

    def action_signed_by_hand(self):
        self.ensure_one()
        return self._dialog("action_cobranza_agreement_paper_sign", paper_id=self.id)

    # -- the guarantor's page ----------------------------------------------------------

    def _is_to_sign(self):
        """Whether its guarantor may still sign it: the same terms, the same sums, and
        no consent of it yet."""
        self.ensure_one()
        agreement = self.agreement_id
        return (
            self.state == "written"
            and agreement.state in CONSENTING
            and self.obligor_id in agreement._unheard()
            and not agreement._changed_debt()
        )

    def _page_link(self):
        """Absolute address of the guarantor's page, with the token that opens it; each
        letter that carries it makes it valid for ``cobranza_portal_days`` more."""
        self.ensure_one()
        # sudo: the token is for the guarantor, no user reads it
        paper = self.sudo()._through_gate()
        today = paper.company_id._cobranza_today()
        until = today + timedelta(days=paper.company_id.cobranza_portal_days)
        values = {}
        if not paper.portal_token or paper.portal_until < today:
            values = paper.debtor_id._portal_new_token()
        if values or paper.portal_until < until:
            paper.write({**values, "portal_until": until})
        return f"{paper.get_base_url()}{paper._page_path()}"

    def _page_path(self):
        return f"/my/guarantee/{self.sudo().portal_token}"

    def _page_signed(self):
        """Who signed it and when, in words."""
        return self.env._(
            "Signed by %(name)s on %(day)s.",
            name=self.signature_ids[:1].name or "",
            day=format_date(self.env, self.signed_on),
        )

    @api.model
    def _by_token(self, token):
        """The paper whose page a valid ``token`` opens, as superuser in its company and
        language; else none. It stays open once it is signed."""
        if not TOKEN.fullmatch(token or ""):
            return self.browse()
        # sudo: the token is the right to see this paper and nothing else
        key = self.env["cobranza.debtor"]._portal_digest(token)
        paper = self.sudo().search([("portal_key", "=", key)])
        company = paper.company_id
        if (
            not paper
            or not consteq(paper.portal_token, token)
            or paper.portal_until < company._cobranza_today()
        ):
            return self.browse()
        paper = paper.with_company(company).with_context(
            allowed_company_ids=company.ids, lang=paper.document_lang
        )
        if paper.state != "signed" and not paper._is_to_sign():
            return self.browse()
        return paper
