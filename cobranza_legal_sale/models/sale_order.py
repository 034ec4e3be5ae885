from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from odoo.addons.cobranza_legal.models.common.gate import GATE
from odoo.addons.cobranza_legal.models.company.company import MANAGERS, STAFF
from odoo.addons.cobranza_legal.models.policy.level import PHASES

OPEN = ("draft", "sent")
"""States of a quotation."""


ANYWAY = "cobranza_confirm_anyway"
"""Context key: somebody with the right to it confirms despite a suspension. Its value
is an object, which no client can send."""


class SaleOrder(models.Model):
    """Quotations show whom we know as a debtor what the customer owes; none is
    confirmed while a suspension in force blocks bookings."""

    _inherit = "sale.order"

    cobranza_debtor_id = fields.Many2one(
        "cobranza.debtor",
        "Debtor",
        compute="_compute_cobranza_debtor",
        groups=STAFF,
    )
    cobranza_currency_id = fields.Many2one(
        "res.currency",
        "Collection currency",
        compute="_compute_cobranza_debtor",
        groups=STAFF,
    )
    cobranza_overdue = fields.Monetary(
        "Overdue in collection",
        compute="_compute_cobranza_debtor",
        currency_field="cobranza_currency_id",
        groups=STAFF,
    )
    cobranza_oldest_due = fields.Date(
        "Oldest due date", compute="_compute_cobranza_debtor", groups=STAFF
    )
    cobranza_phase = fields.Selection(
        PHASES,
        "Collection phase",
        compute="_compute_cobranza_debtor",
        groups=STAFF,
    )
    cobranza_blocked = fields.Boolean(
        "Bookings are blocked", compute="_compute_cobranza_blocked", groups=STAFF
    )

    @api.depends("partner_id", "company_id", "state")
    @api.depends_context("uid")
    def _compute_cobranza_debtor(self):
        """Of quotations, by what the user may read, in a number of queries that does
        not grow with them."""
        debtors = self.env["cobranza.debtor"]
        asked = self.filtered(lambda order: order.state in OPEN)
        found = {}
        if asked and debtors.has_access("read"):
            customers = asked.partner_id.commercial_partner_id
            domain = [("partner_id", "in", customers.ids)]
            for one in debtors.search(domain):
                found[one.company_id.id, one.partner_id.id] = one
        phase = "own_phase" if debtors._sees_own_debts() else "phase"
        none = debtors.browse()
        for order in self:
            one = found.get(order._cobranza_customer(), none)
            one = one if order.state in OPEN else none
            order.cobranza_debtor_id = one
            order.cobranza_currency_id = one.currency_id
            order.cobranza_overdue = one.overdue
            order.cobranza_oldest_due = one.oldest_due
            order.cobranza_phase = one[phase]

    def _cobranza_customer(self):
        """(id of the company that claims, id of the customer) of an order."""
        company = self.company_id or self.env.company
        creditor = company._cobranza_creditor()
        return creditor.id, self.partner_id.commercial_partner_id.id

    @api.depends("partner_id", "partner_invoice_id", "company_id", "state")
    def _compute_cobranza_blocked(self):
        blocked = self.filtered(lambda order: order.state in OPEN)._cobranza_blocked()
        for order in self:
            order.cobranza_blocked = order._origin.id in blocked

    def _cobranza_blocked(self):
        """{order id: suspensions in force} of those of these orders whose customer, or
        whoever is invoiced, may book nothing; one query."""
        if not self:
            return {}
        # sudo: whoever sells need not read all people and companies of its orders
        orders = self.sudo()
        people = orders.partner_id | orders.partner_invoice_id
        creditors = {
            company: company._cobranza_creditor() for company in orders.company_id
        }
        found = self.env["cobranza.suspension"]._blocking_bookings(
            people.commercial_partner_id,
            self.env["res.company"].sudo().union(*creditors.values()),
        )
        result = {}
        for order in orders if found else ():
            own = order.partner_id | order.partner_invoice_id
            mine = found.filtered(
                lambda one, order=order, own=own: (
                    one.company_id == creditors.get(order.company_id)
                    and one.debtor_id.partner_id in own.commercial_partner_id
                )
            )
            if mine:
                result[order._origin.id] = mine
        return result

    @api.constrains("state")
    def _check_cobranza_bookings(self):
        """However an order comes to be confirmed: not while bookings are blocked. It
        tells no figures: whoever sells need not know what a customer owes."""
        if self.env.context.get(ANYWAY) is GATE:
            return
        confirmed = self.filtered(lambda order: order.state == "sale")
        blocked = confirmed._cobranza_blocked()
        if not blocked:
            return
        names = ", ".join(
            f"{order.name} ({order.partner_id.name})"
            for order in confirmed.sudo()
            if order.id in blocked
        )
        suspensions = self.env["cobranza.suspension"].sudo().union(*blocked.values())
        raise ValidationError(
            self.env._(
                "New orders of this customer are blocked: %(orders)s. Ask %(people)s, "
                "who can lift that; a collection manager can confirm it all the same.",
                orders=names,
                people=", ".join(suspensions.user_id.mapped("name")),
            )
        )

    def action_cobranza_confirm_anyway(self):
        """Confirm despite a suspension: asks why."""
        return self.env["cobranza.reason"]._ask("book_anyway", self)

    def _cobranza_confirm_anyway(self, reason):
        """Confirm these quotations though bookings are blocked. AccessError for whoever
        is no collection manager; who did it and why is kept with the suspension and
        said on the order."""
        if not self.env.user.has_group(MANAGERS):
            raise AccessError(self.env._("This act is for others to do."))
        self.check_access("write")
        blocked = self._cobranza_blocked()
        for order in self:
            for suspension in blocked.get(order.id, ()):
                words = self.env._("Confirmed despite the suspension: %s", order.name)
                suspension._log(words, reason)
            if order.id in blocked:
                order.message_post(
                    body=self.env._(
                        "Confirmed though new orders are blocked: %s", reason
                    )
                )
        return self.with_context(**{ANYWAY: GATE}).action_confirm()

    def action_cobranza_debtor(self):
        self.ensure_one()
        return self.cobranza_debtor_id.get_formview_action()

    # -- what the customer does on its page --------------------------------------------

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._cobranza_blocked()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._cobranza_blocked()
