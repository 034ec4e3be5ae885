from lxml import html

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.cobranza_legal.models.common.gate import CONTEXT_KEY, GATE
from odoo.addons.cobranza_legal.models.company.company import STAFF
from odoo.addons.cobranza_legal.models.contact.written import OURS


class SnailmailLetter(models.Model):
    """A contact hands its letter over once. Neither Odoo's queue nor a button of the
    chatter prints it again: what is owed and what is permitted may have changed."""

    _name = "snailmail.letter"
    _inherit = ["snailmail.letter", "cobranza.guest.mixin"]

    cobranza_contact_id = fields.Many2one(
        "cobranza.contact",
        string="Collection letter",
        readonly=True,
        copy=False,
        ondelete="cascade",
        index="btree_not_null",
        groups=STAFF,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Letters to debtors are made by their contacts. Documents that Odoo posts are
        Odoo's, and so is what users without a right of ours send."""
        if not self._is_handed_over():  # contacts are checked before they make theirs
            for vals in vals_list:
                self._cobranza_ask(vals)
        return super().create(vals_list)

    @api.model
    def _cobranza_ask(self, vals):
        """UserError for a letter to a debtor under follow-up that is none of its
        contacts."""
        model = vals.get("model") or ""
        if model == "account.move" and not vals.get("cobranza_contact_id"):
            return
        partner = self.env["res.partner"]._cobranza_reached([vals.get("partner_id")])
        debtors = self.env["cobranza.debtor"].sudo()
        if not model.startswith("cobranza."):
            if not partner or not self.env.user.has_groups(OURS):
                return
            creditors = self.env.user.sudo().company_ids.root_id
            found = debtors._of_people(partner, creditors)
            debtors = found._overdue_debts().debtor_id
            if not debtors:
                return
        raise UserError(
            self.env._(
                "%s gets letters of the collection from its contacts only: plan one, "
                "then post it from there.",
                debtors[:1].display_name or partner.display_name,
            )
        )

    def _is_handed_over(self):
        return self.env.context.get(CONTEXT_KEY) is GATE

    def _snailmail_print(self, immediate=True):
        letters = self
        if not self._is_handed_over():
            letters -= self._collecting()
        return super(SnailmailLetter, letters)._snailmail_print(immediate)

    def _collecting(self):
        """Those of a contact."""
        # sudo: who or what prints them need not know the debtor
        return self.sudo().filtered("cobranza_contact_id").sudo(self.env.su)

    def snailmail_print(self):
        contact = self._collecting().sudo().cobranza_contact_id[:1]
        if contact:
            raise UserError(
                self.env._(
                    "Post this letter again from its contact, %s.", contact.display_name
                )
            )
        return super().snailmail_print()

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals and not self._is_handed_over():
            for letter in self._collecting().sudo():
                letter.cobranza_contact_id._follow_post(letter)
        return result

    def _said(self):
        """What Odoo's post answered, in one text. Its links carry the key of the
        company's account: they are left out."""
        tree = html.fragment_fromstring(self.info_msg or "", create_parent="div")
        return " ".join(" ".join(tree.itertext()).split())
