from odoo.tests import HttpCase, tagged

from odoo.addons.cobranza_legal.tests.common.base import FrozenCase
from odoo.addons.cobranza_legal.tests.common.demo_figures import DemoFigures


@tagged("post_install", "-at_install", "post_install_l10n")
class TestDemoFigures(DemoFigures, FrozenCase, HttpCase):
    demo = "cobranza.demo.es"
