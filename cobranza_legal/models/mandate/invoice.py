from odoo import api, fields, models
from odoo.fields import Domain

from ..company.company import STAFF
from .choice import OWN, MandateChooser, say_choice


class AccountMove(models.Model):
    _inherit = "account.move"

    cobranza_no_debit = fields.Boolean(
        "Not by direct debit",
        copy=False,
        groups=STAFF,
        help="The customer pays by direct debit, but not this document.",
    )
    cobranza_to_debit = fields.Boolean(
        "By direct debit", compute="_compute_cobranza_mandate", groups=STAFF
    )
    cobranza_mandate_id = fields.Many2one(
        "cobranza.mandate",
        compute="_compute_cobranza_mandate",
        string="Mandate",
        groups=STAFF,
    )
    cobranza_mandate_note = fields.Char(
        compute="_compute_cobranza_mandate", string="Mandate status", groups=STAFF
    )
    cobranza_mandate_missing = fields.Boolean(
        "Direct debit without a mandate",
        compute="_compute_cobranza_mandate",
        search="_search_cobranza_mandate_missing",
        groups=STAFF,
    )

    cobranza_debit_count = fields.Integer(
        "Number of direct debits",
        compute="_compute_cobranza_debit_count",
        groups=STAFF,
    )

    @api.depends(
        "partner_id", "currency_id", "company_id", "cobranza_no_debit", "state"
    )
    @api.depends_context("uid", "lang")
    def _compute_cobranza_mandate(self):
        allowed = self.env[OWN].has_access("read")
        blank = self.filtered(
            lambda move: not (allowed and move._cobranza_is_debited())
        )
        blank.cobranza_to_debit = blank.cobranza_mandate_missing = False
        blank.cobranza_mandate_id = blank.cobranza_mandate_note = False
        for company, moves in (self - blank).grouped("company_id").items():
            choices = moves._cobranza_mandate_choices(company)
            for move in moves:
                choice = choices[move.commercial_partner_id.id, move.currency_id.name]
                one = choice.candidate
                own = one and one.key[0] == OWN
                move.cobranza_to_debit = True
                move.cobranza_mandate_id = own and one.key[1]
                move.cobranza_mandate_note = say_choice(self.env, choice)
                move.cobranza_mandate_missing = not one

    def _cobranza_is_debited(self):
        """Whether this invoice is to be paid by direct debit."""
        return (
            self.is_sale_document(include_receipts=True)
            and self.move_type != "out_refund"
            and not self.cobranza_no_debit
            and self.commercial_partner_id.with_company(
                self.company_id
            ).cobranza_direct_debit
        )

    def _cobranza_mandate_choices(self, company):
        wanted = {
            (move.commercial_partner_id.id, move.currency_id.name) for move in self
        }
        return MandateChooser(self.env, company).choices(wanted)

    @api.model
    def _cobranza_domain_to_debit(self, company, partners=None):
        """The open invoices of a company (and its branches) that are to be debited."""
        owners = partners
        if owners is None:
            # sudo: a user of a branch need not work in its root
            people = self.env["res.partner"].sudo().with_company(company)
            owners = people.search([("cobranza_direct_debit", "=", True)])
        return Domain(
            [
                ("company_id", "in", company._cobranza_tree()),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("cobranza_no_debit", "=", False),
                ("commercial_partner_id", "in", owners.commercial_partner_id.ids),
            ]
        )

    @api.model
    def _search_cobranza_mandate_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = []
        creditors = {one._cobranza_creditor() for one in self.env.companies}
        for company in creditors:
            moves = self.search(self._cobranza_domain_to_debit(company))
            choices = moves._cobranza_mandate_choices(company) if moves else {}
            found += [
                move.id
                for move in moves
                if not choices[
                    move.commercial_partner_id.id, move.currency_id.name
                ].candidate
            ]
        positive = True in value
        return Domain("id", "in" if positive else "not in", found)

    # -- buttons -----------------------------------------------------------------------

    def _compute_cobranza_debit_count(self):
        debits = self.env["cobranza.debit"]
        counts = {}
        if debits.has_access("read"):
            groups = debits._read_group(
                [("move_id", "in", self.ids)], ["move_id"], ["__count"]
            )
            counts = {move.id: count for move, count in groups}
        for move in self:
            move.cobranza_debit_count = counts.get(move.id, 0)

    def action_cobranza_debits(self):
        """The presentations of this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_debit"
        )
        return {**action, "domain": [("move_id", "=", self.id)], "context": {}}

    def action_cobranza_mandate(self):
        """The mandate by which this invoice is debited; those of its customer, where
        that is none of ours."""
        self.ensure_one()
        mandate = self.cobranza_mandate_id
        if mandate:
            return mandate.get_formview_action()
        return self.partner_id.action_cobranza_mandates()
