from lxml import html

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.cobranza_legal.models.common.gate import CONTEXT_KEY, GATE


class SnailmailLetter(models.Model):
    """A contact hands its letter over once. Neither Odoo's queue nor a button of the
    chatter prints it again: what is owed and what is permitted may have changed."""

    _inherit = "snailmail.letter"

    cobranza_contact_id = fields.Many2one(
        "cobranza.contact",
        string="Collection letter",
        readonly=True,
        copy=False,
        ondelete="cascade",
        index="btree_not_null",
    )

    def _is_handed_over(self):
        return self.env.context.get(CONTEXT_KEY) is GATE

    def _snailmail_print(self, immediate=True):
        letters = self
        if not self._is_handed_over():
            letters -= self.filtered("cobranza_contact_id")
        return super(SnailmailLetter, letters)._snailmail_print(immediate)

    def snailmail_print(self):
        contact = self.cobranza_contact_id[:1]
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
            for letter in self.filtered("cobranza_contact_id"):
                # who or what learns it need not know the debtor
                letter.cobranza_contact_id.sudo()._follow_post(letter)
        return result

    def _said(self):
        """What Odoo's post answered, in one text. Its links carry the key of the
        company's account: they are left out."""
        tree = html.fragment_fromstring(self.info_msg or "", create_parent="div")
        return " ".join(" ".join(tree.itertext()).split())
