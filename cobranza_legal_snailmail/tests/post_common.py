from contextlib import contextmanager

from odoo.addons.cobranza_legal.tests.common.contact import MONDAY
from odoo.addons.cobranza_legal.tests.common.iap_sink import IapSink, iap_sink
from odoo.addons.cobranza_legal.tests.common.paper import PaperCommon

POSTED = f"{MONDAY} 14:00:00"


class PostSink(IapSink):
    """Answers like Odoo's post: ``answer`` is what becomes of every letter, "sent" or a
    code of error; with ``reason`` the whole request is refused for it."""

    def __init__(self):
        super().__init__()
        self.answer = "sent"

    @property
    def letters(self):
        return [one for _path, params in self.asked for one in params["documents"]]

    def result(self, params):
        documents = []
        for one in params["documents"]:
            end = {"sent": True, "send_id": f"SN{one['letter_id']}"}
            if self.answer != "sent":
                end = {"sent": False, "error": self.answer}
            documents.append({**one, **end})
        return {
            "request_code": 400 if self.reason else 200,
            "reason": self.reason,
            "request": {"documents": documents},
        }


class PostCommon(PaperCommon):
    """Printed letters, and Odoo's post on a free port of this machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        spain = cls.env.ref("base.es")
        for partner in (cls.partner_a, cls.partner_b):
            partner.write({"zip": "28001", "country_id": spain.id})

    @contextmanager
    def _post(self):
        """Odoo's post, and a way to hand letters over as the collector does it."""
        with iap_sink(self.env, "snailmail.endpoint", PostSink) as sink:
            yield sink

    def _printed(self, *invoices, **spec):
        return self._print(self._letter(*invoices, channel="letter", **spec))

    def _press(self, letters, moment=POSTED):
        """The button; what is committed on the way stays, as in a request."""
        with (
            self.clock(moment),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            env = self.env(cr=cr, user=self.collector.id)
            return letters.with_env(env).action_post_through_odoo()
