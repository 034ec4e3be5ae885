"""Who works on some debts of a debtor and on no others sees nothing of the others."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..company.company import OWN, WIDE


class CobranzaDebtor(models.Model):
    """What the role of own cases sees of a debtor: the debts assigned to it.

    Record rules hide the other debts and what is about them; here is the rest, which
    no rule reaches: figures read by SQL, messages and files of the debtor.
    """

    _inherit = "cobranza.debtor"

    @api.model
    def _sees_own_debts(self):
        """Whether the present user sees of each debtor the debts assigned to it and no
        others: it has the role of own cases alone. Superuser code sees all."""
        if self.env.su:
            return False
        user = self.env.user
        return user.has_group(OWN) and not any(user.has_group(one) for one in WIDE)

    def _seen_in_part(self):
        """Those of these debtors that have debts which the present user may not see."""
        if not self._sees_own_debts():
            return self.browse()
        # sudo: whether there are debts that it may not see; nothing else is told
        debts = self.env["cobranza.debt"].sudo()
        hidden = Domain("debtor_id", "in", self.ids)
        hidden &= Domain("assigned_user_ids", "not in", self.env.uid)
        return self & debts.search(hidden).debtor_id.sudo(False)

    def _seen_debts(self, debts=None):
        """Of ``debts``, or of all debts of this debtor, those that the present user may
        see; None when that is all and nothing was asked for."""
        self.ensure_one()
        if not self._sees_own_debts():
            return debts
        mine = self.env["cobranza.debt"].search([("debtor_id", "=", self.id)])
        return mine & debts if debts else mine

    @api.model
    def _sql_seen_debts(self):
        """Condition on a debt ``d``: the present user may count it."""
        if not self._sees_own_debts():
            return SQL("TRUE")
        self.env["cobranza.debt"].flush_model(["assigned_user_ids"])
        return SQL(
            """EXISTS (SELECT 1 FROM cobranza_debt_assigned_rel a
                        WHERE a.cobranza_debt_id = d.id AND a.res_users_id = %s)""",
            self.env.uid,
        )

    # -- messages ------------------------------------------------------------------

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """The chatter speaks of the whole debtor: who sees a part of it reads only what
        it wrote or was sent."""
        found = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        # Odoo asks as superuser on behalf of the user
        part = self.sudo(False)._seen_in_part()
        return found | {one: "write" for one in self if one.sudo(False) in part}
