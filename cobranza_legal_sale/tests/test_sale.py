from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.cobranza_legal.tests.common.queries import listed
from odoo.addons.cobranza_legal.tests.common.suspension import SuspensionCommon


@tagged("post_install", "-at_install")
class TestSale(SuspensionCommon):
    """Quotations of a debtor whose bookings are blocked, and of everybody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._user("seller", "sales_team.group_sale_salesman_all_leads")
        cls.manager = cls._user(
            "selling_manager",
            "sales_team.group_sale_salesman_all_leads,"
            "cobranza_legal.group_collection_manager",
        )
        cls.suspension = cls._in_force()
        cls.order = cls._order(cls.partner_a)

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _order(cls, partner, **vals):
        return (
            cls.env["sale.order"]
            .with_user(cls.seller)
            .create(
                {
                    "partner_id": partner.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product_a.id,
                                "product_uom_qty": 1,
                                "price_unit": 100,
                            }
                        )
                    ],
                    **vals,
                }
            )
        )

    def _confirms(self, order):
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    # -- nobody else notices -----------------------------------------------------------

    def test_whoever_sells_confirms_as_before_where_nothing_is_blocked(self):
        self.assertFalse(self.seller.has_group("cobranza_legal.group_collector"))
        order = self._order(self.partner_b)  # owes, too
        with Form(order.with_user(self.seller)) as form:
            form.client_order_ref = "X"
        fields = order.with_user(self.seller).fields_get()
        self.assertFalse([name for name in fields if name.startswith("cobranza")])
        self._confirms(order)
        child = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": self.partner_b.id}
        )
        self._confirms(self._order(child))

    def test_a_suspension_that_does_not_block_bookings_blocks_none(self):
        self.suspension.sudo()._through_gate().blocks_bookings = False
        self._confirms(self.order)

    def test_what_is_not_in_force_blocks_nothing(self):
        for state in ("proposed", "noticed", "lifted", "dropped"):
            self.suspension.sudo()._through_gate().state = state
            self.assertFalse(self.order._cobranza_blocked())
        self._confirms(self.order)

    def test_another_company_sells_to_it(self):
        other = self.setup_other_company()["company"]
        order = self.env["sale.order"].new({"company_id": other.id})
        order.partner_id = self.partner_a
        self.assertFalse(order._cobranza_blocked())

    def test_confirming_asks_once_more_however_many(self):
        counts = []
        for size in (1, 2, 12):  # the first one warms up
            orders = self.env["sale.order"].union(
                *(self._order(self.partner_b) for _one in range(size))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            with listed(self.env.cr) as queries:
                orders._check_cobranza_bookings()
                orders.sudo().write({"state": "sale"})
                self.env.flush_all()
            counts.append(queries)
        _warm, few, many = counts
        asked = [str(one).count("_blocking_bookings") for one in (few, many)]
        self.assertEqual(asked[0], asked[1])

    # -- blocked -----------------------------------------------------------------------

    def test_no_confirmation_while_blocked_and_no_figures_in_the_words(self):
        with self.assertRaises(UserError) as caught:
            self.order.action_confirm()
        said = str(caught.exception)
        self.assertIn("New orders of this customer are blocked", said)
        self.assertIn(self.order.name, said)
        for word in ("1,500", "1,000", "overdue", "gym"):
            self.assertNotIn(word, said)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "draft")

    def test_no_other_way_confirms_it(self):
        child = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": self.partner_a.id}
        )
        for order in (
            self._order(child),
            self._order(self.partner_b, partner_invoice_id=self.partner_a.id),
        ):
            with self.refuses(UserError, "are blocked"):
                order.action_confirm()
        with self.refuses(UserError, "are blocked"):
            self.order.with_context(cobranza_confirm_anyway=True).action_confirm()
        with self.refuses(UserError, "are blocked"):
            self.order.state = "sale"
        with self.refuses(UserError, "are blocked"):
            self._order(self.partner_a, state="sale")

    def test_paying_opens_the_bookings_at_once(self):
        with self.at("2026-12-05"):
            for move in self.moves:
                self._register_payment(move, payment_date="2026-12-05")
            self.assertEqual(self.suspension.state, "lifted")
            self._confirms(self.order)

    def test_its_page_offers_neither_signature_nor_payment(self):
        order = self.order.sudo()
        order.write({"require_signature": True, "require_payment": True})
        self.assertFalse(order._has_to_be_signed() or order._has_to_be_paid())
        self.suspension.sudo()._through_gate().blocks_bookings = False
        self.assertTrue(order._has_to_be_signed() and order._has_to_be_paid())

    def test_money_that_came_in_is_kept_and_the_quotation_waits(self):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        methods = self.env["payment.method"].with_context(active_test=False)
        method = methods.search([], limit=1)
        other = self._order(self.partner_b)
        transactions = self.env["payment.transaction"].create(
            [
                {
                    "provider_id": provider.id,
                    "payment_method_id": method.id,
                    "reference": f"T-{order.name}",
                    "amount": order.amount_total,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_order_ids": [Command.set(order.ids)],
                    "state": "done",
                }
                for order in (self.order, other)
            ]
        )
        orders = type(self.env["sale.order"])
        with patch.object(orders, "_is_confirmation_amount_reached", lambda _one: True):
            confirmed = transactions._check_amount_and_confirm_order()
        self.assertEqual(confirmed, other)
        self.assertEqual(self.order.state, "draft")
        self.assertIn("Paid online", self.order.sudo().activity_ids.summary)

    # -- despite it --------------------------------------------------------------------

    def _anyway(self, user):
        return (
            self.env["cobranza.reason"]
            .with_user(user)
            .create(
                {
                    "act": "book_anyway",
                    "record_ids": self.order.ids,
                    "reason": "The fair is tomorrow",
                }
            )
            .action_confirm()
        )

    def test_a_manager_confirms_all_the_same_and_says_why(self):
        with self.refuses(AccessError):
            self._anyway(self.seller)
        with self.refuses(AccessError):
            self.order._cobranza_confirm_anyway("Mine")
        with self.refuses(UserError, "are blocked"):
            self.order.with_user(self.manager).action_confirm()
        self._anyway(self.manager)
        self.assertEqual(self.order.state, "sale")
        history = self.suspension.history_ids.filtered(
            lambda one: one.reason == "The fair is tomorrow"
        )
        self.assertEqual(history.user_id, self.manager)
        self.assertIn(self.order.name, history.change)
        bodies = " ".join(self.order.sudo().message_ids.mapped("body"))
        self.assertIn("The fair is tomorrow", bodies)
        self.assertEqual(self.suspension.state, "in_force")
        with self.refuses(UserError, "are blocked"):
            self._order(self.partner_a).action_confirm()

    # -- the banner --------------------------------------------------------------------

    def test_the_banner_tells_sum_oldest_day_and_phase_to_whom_may_see_it(self):
        order = self.order.with_user(self.manager)
        self.assertEqual(order.cobranza_overdue, self.debtor.overdue)
        self.assertEqual(order.cobranza_overdue, 1500)
        self.assertEqual(str(order.cobranza_oldest_due), "2026-10-05")
        self.assertEqual(order.cobranza_phase, self.debtor.phase)
        self.assertTrue(order.cobranza_blocked)
        for user, shown in ((self.manager, True), (self.seller, False)):
            view = self.env["sale.order"].with_user(user).get_view(view_type="form")
            self.assertEqual("cobranza_banner" in view["arch"], shown)
        with self.refuses(AccessError):
            self.order.with_user(self.seller).read(["cobranza_overdue"])

    def test_confirmed_orders_and_customers_who_owe_nothing_have_no_banner(self):
        other = self.env["res.partner"].create({"name": "Good customer"})
        order = self._order(other).with_user(self.manager)
        self.assertFalse(order.cobranza_overdue or order.cobranza_debtor_id)
        order = self._order(self.partner_b)
        self._confirms(order)
        self.assertFalse(order.with_user(self.manager).cobranza_overdue)

    def test_the_notice_says_that_no_orders_are_taken(self):
        self.assertIn("no new orders", str(self.suspension._scope()))
        self.suspension.sudo()._through_gate().blocks_bookings = False
        self.assertNotIn("no new orders", str(self.suspension._scope()))
