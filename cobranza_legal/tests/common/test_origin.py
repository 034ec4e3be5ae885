import json
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import config

from .base import ROLES
from .contact import MONDAY, ContactCommon

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
FORWARDED = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "erp.example.com"}


@tagged("post_install", "-at_install")
class TestOrigin(ContactCommon, HttpCase):
    """From where whoever acted acted; nothing where no person did."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = new_test_user(
            cls.env,
            login="collector_origin",
            password="collector_origin",
            groups=ROLES["collector"],
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _call(self, model, method, args, headers=()):
        self.authenticate("collector_origin", "collector_origin")
        body = {
            "params": {"model": model, "method": method, "args": args, "kwargs": {}}
        }
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(body),
            headers={
                "Content-Type": "application/json",
                "User-Agent": FIREFOX,
                **dict(headers),
            },
        ).json()
        self.assertNotIn("error", answer, answer)
        return answer["result"]

    def _logged(self, **headers):
        """The contact that the collector writes down through the web client."""
        debtor = self._debtor()
        vals = {
            "debtor_id": debtor.id,
            "direction": "outbound",
            "channel": "call",
            "outcome": "answered",
            "note": "Asks for a copy",
        }
        [wizard] = self._call("cobranza.contact.log", "create", [[vals]], headers)
        self._call("cobranza.contact.log", "action_confirm", [[wizard]], headers)
        self.env.invalidate_all()
        return debtor.contact_ids.sorted("id")[-1:]

    def test_address_and_device_of_the_person_are_kept(self):
        contact = self._logged()
        self.assertEqual(contact.origin, "127.0.0.1 · firefox linux")
        self.assertEqual(contact.event_ids.origin, contact.origin)
        self.assertEqual(contact.user_id, self.collector)

    def test_a_forwarded_address_counts_behind_a_proxy_only(self):
        contact = self._logged(**FORWARDED)
        self.assertTrue(contact.origin.startswith("127.0.0.1 "))
        with patch.dict(config.options, {"proxy_mode": True}):
            contact = self._logged(**FORWARDED)
        self.assertTrue(contact.origin.startswith("203.0.113.7 "), contact.origin)

    def test_the_history_tells_from_where_too(self):
        vals = {"debtor_id": self._debtor().id, "note": "x"}
        [hold] = self._call("cobranza.hold", "create", [[vals]])
        history = self.env["cobranza.hold"].browse(hold).history_ids
        self.assertEqual(history.origin, "127.0.0.1 · firefox linux")

    def test_a_machine_has_no_origin(self):
        contact = self._contact()
        self._send(f"{MONDAY} 12:00:00")
        self.assertEqual(contact.state, "sent")
        self.assertFalse(contact.origin or contact.event_ids.origin)

    def test_an_origin_is_not_given_by_whoever_calls(self):
        debtor = self._debtor()
        with self.at(MONDAY):
            hold = self.env["cobranza.hold"].create({"debtor_id": debtor.id})
        history = self.env["cobranza.history"].sudo()
        row = history.create(
            {
                "company_id": self.company.id,
                "debtor_id": debtor.id,
                "res_model": hold._name,
                "res_id": hold.id,
                "change": "x",
                "user_id": self.env.uid,
                "moment": f"{MONDAY} 12:00:00",
                "origin": "forged",
            }
        )
        self.assertFalse(row.origin)
