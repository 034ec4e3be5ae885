from odoo.tests import tagged

from odoo.addons.cobranza_legal.tests.common.smtp_sink import smtp_sink

from .common import ChileCommon

DUE = "2026-11-02"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestEffects(ChileCommon):
    """CC 2503, 2518: a letter interrupts nothing."""

    def test_a_letter_interrupts_nothing(self):
        move = self._bill(100000, DUE)
        self.enterContext(smtp_sink(self.env))
        self._days(DUE, 3, 3)
        contact = self._steps(move)
        self.assertEqual(contact.state, "sent")
        found = {one.kind: (one.standing, one.why) for one in contact.effect_ids}
        nothing = ("no", "no_effect")
        self.assertEqual(found, {"mora": nothing, "interruption": nothing})
        articles = contact.effect_ids.mapped("article")
        self.assertTrue(any("2503" in one for one in articles))

    def test_a_demand_interrupts_where_the_company_says_so(self):
        move = self._bill(100000, DUE)
        self.enterContext(smtp_sink(self.env))
        self._days(DUE, 3, 3)
        contact = self._steps(move)
        self.company.l10n_cl_requirement_interrupts = True
        contact.debtor_id._judge_if_marked()
        found = {one.kind: (one.standing, one.why) for one in contact.effect_ids}
        # a free notice demands no sum by a day
        self.assertEqual(found["interruption"], ("no", "no_demand"))
