import hashlib
import io
from email.message import EmailMessage

from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.case import CaseCommon

PDF = b"%PDF-1.4\r\n" + bytes(range(256)) * 9
LATIN = "año;importe\r\n1;2\r\n".encode("latin-1")


def picture():
    """One that Odoo would make smaller."""
    content = io.BytesIO()
    Image.new("RGB", (2400, 2000), "red").save(content, "PNG")
    return content.getvalue()


@tagged("post_install", "-at_install")
class TestCaseMail(CaseCommon):
    """What is sent to the address of a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "mail.example"})
        cls.company.alias_domain_id = cls.domain
        cls.lawyer.partner_id.email = "portia@belmont.example"
        cls.case = cls._opened()
        cls.case.user_id = cls.env.user

    def _mail(
        self, sender="Portia <portia@belmont.example>", to=None, files=(), **more
    ):
        message = EmailMessage()
        message["From"] = sender
        message["To"] = to or self.case.mail_address
        headers = {"Subject": "Requerimiento", "Message-ID": "<1@x.example>", **more}
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content("Adjunto lo recibido.")
        for name, kind, content in files:
            main, sub = kind.split("/")
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return message.as_bytes()

    def _receive(self, *args, **named):
        """What the case has got of a mail that the gateway hands over."""
        content = args[0] if args else self._mail(**named)
        before = self.env["cobranza.case.mail"].search([])
        sent = self.env["mail.mail"].search([])
        posted = self.env["mail.message"].search_count([("message_type", "=", "email")])
        self.env["mail.thread"].sudo().message_process(False, content)
        left = self.env["mail.mail"].search([]) - sent  # activities of colleagues
        self.assertFalse(left.recipient_ids.filtered("partner_share"), "an answer")
        self.assertFalse(any(left.mapped("email_to")), "an answer")
        self.assertEqual(
            self.env["mail.message"].search_count([("message_type", "=", "email")]),
            posted,
        )
        return self.env["cobranza.case.mail"].search([]) - before

    def test_what_the_lawyer_sends_is_an_act_with_its_files_byte_for_byte(self):
        self.assertRegex(self.case.mail_address, r"^case-e\d{4}-\d+@mail\.example$")
        files = (
            ("ñandú.pdf", "application/pdf", PDF),
            ("a.csv", "text/csv", LATIN),
            ("foto.png", "image/png", picture()),
        )
        content = self._mail(files=files)
        mail = self._receive(content)
        self.assertEqual((mail.case_id, mail.state), (self.case, "filed"))
        self.assertEqual(
            [one.raw for one in mail.act_id.file_ids.sorted("id")],
            [one[2] for one in files],
        )
        self.assertEqual(mail.original_id.raw, content)
        self.assertEqual(mail.content_hash, hashlib.sha256(content).hexdigest())
        act = mail.act_id
        self.assertEqual((act.kind, act.case_id), ("mail", self.case))
        self.assertIn("Requerimiento", act.summary)
        # a sender that nobody vouches for has written nothing here
        self.assertIn("not proven", act.note)
        self.assertEqual(act.user_id, self.env.ref("base.user_root"))
        self.assertFalse(mail.decided_by_id)
        seen = act.with_user(self.lawyer).file_ids
        self.assertEqual(len(seen.mapped("raw")), 3)

    def test_the_same_mail_comes_once(self):
        content = self._mail(Cc=self.case.mail_address)
        self.assertTrue(self._receive(content))
        self.assertFalse(self._receive(b"Received: by another way\r\n" + content))
        self.assertEqual(len(self._receive(self._mail(Subject="Other"))), 1)

    def test_people_of_the_firm_land_and_others_wait(self):
        firm = self.env["res.partner"].create(
            {"name": "Dogberry", "is_company": True, "email": "office@dogberry.example"}
        )
        clerk = {"name": "Verges", "parent_id": firm.id, "email": "v@dogberry.example"}
        self.env["res.partner"].create(clerk)
        self.case.sudo()._through_gate().firm_id = firm
        for sender, state in (
            ("office@dogberry.example", "filed"),
            ("V@Dogberry.example", "filed"),
            ("stranger@x.example", "waiting"),
            ("shylock@x.example", "waiting"),
            ("portia@belmont.example.evil.example", "waiting"),
        ):
            mail = self._receive(sender=sender)
            self.assertEqual(mail.state, state, sender)
            self.assertEqual(bool(mail.act_id), state == "filed")

    def test_who_takes_part_in_its_proceedings_lands_but_not_the_other_side(self):
        kind = self.env["cobranza.proceeding.type"].create(
            {"code": "own", "name": "Own", "company_id": self.company.id}
        )
        suit = self.env["cobranza.proceeding"].create(
            {"case_id": self.case.id, "type_id": kind.id}
        )
        for capacity, state in (
            ("agent", "filed"),
            ("officer", "filed"),
            ("opponent_lawyer", "waiting"),
        ):
            address = f"{capacity}@x.example"
            who = self.env["res.partner"].create({"name": capacity, "email": address})
            self.env["cobranza.proceeding.party"].create(
                {
                    "proceeding_id": suit.id,
                    "partner_id": who.id,
                    "capacity": capacity,
                }
            )
            mail = self._receive(sender=address)
            self.assertEqual(mail.state, state, capacity)

    def test_one_activity_for_all_that_waits_and_none_when_it_is_decided(self):
        activities = self.case.activity_ids
        first = self._receive(sender="a@x.example")
        second = self._receive(sender="b@x.example")
        new = self.case.activity_ids - activities
        self.assertEqual((len(new), new.user_id), (1, self.env.user))
        self.assertEqual(self.case.mail_waiting_count, 2)
        first.action_file()
        self.assertEqual((first.state, first.decided_by_id), ("filed", self.env.user))
        self.assertEqual(first.act_id.user_id, self.env.user)
        self.assertTrue(new.active)
        with self.assertRaises(UserError):
            second._discard(" ")
        dialog = self.env["cobranza.case.mail.discard"].create(
            {"mail_ids": [(6, 0, second.ids)], "reason": "Advertising"}
        )
        dialog.action_confirm()
        self.assertEqual(
            (second.state, second.state_reason), ("discarded", "Advertising")
        )
        self.assertFalse(new.exists().active)
        with self.assertRaises(UserError):
            second._discard("again")
        second.action_file()
        self.assertEqual(second.state, "filed")

    def test_an_address_that_the_debtor_has_too_waits(self):
        self.debtor.partner_id.email = "portia@belmont.example"
        self.assertEqual(self._receive().state, "waiting")

    def test_what_nobody_wrote_is_kept_and_no_more(self):
        activities = self.case.activity_ids
        for headers, kind in (
            ({"Auto_Submitted": "auto-replied"}, "reply"),
            ({"sender": "MAILER-DAEMON@belmont.example"}, "bounce"),
            ({"Return_Path": "<>"}, "bounce"),
            ({"sender": self.domain.catchall_email or "catchall@mail.example"}, "loop"),
            ({"sender": self.case.mail_address}, "loop"),
        ):
            mail = self._receive(Subject=f"About {headers}", **headers)
            self.assertEqual((mail.state, mail.automatic), ("discarded", kind), headers)
            self.assertTrue(mail.original_id.raw)
        self.assertEqual(self.case.activity_ids, activities)

    def test_a_closed_case_has_everything_wait(self):
        self.case._end("recovered", None)
        mail = self._receive()
        self.assertEqual(mail.state, "waiting")
        self.assertIn("not under way", mail.hint)
        mail.action_file()
        self.assertNotIn("not under way", mail.hint or "")

    def test_broken_and_big_mails_are_kept_and_wait(self):
        head = f"From: portia@belmont.example\r\nTo: {self.case.mail_address}\r\n"
        broken = head.encode() + (
            b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
            b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
            b"\r\n!!!!\r\n\x00\xff"
        )
        mail = self._receive(broken)
        self.assertEqual((mail.state, mail.broken), ("waiting", True))
        self.assertEqual(mail.original_id.raw, broken)
        many = [(f"{one}.txt", "text/plain", b"x") for one in range(201)]
        mail = self._receive(files=many)
        self.assertEqual((mail.state, mail.oversize), ("waiting", True))
        self.assertFalse(mail.file_ids)
        self.assertIn("only in the original", mail.hint)

    def test_only_proven_senders_where_the_company_wants_it(self):
        self.company.cobranza_case_mail_server = "mx.mail.example"
        self.company.cobranza_case_mail_strict = True
        good = "mx.mail.example; dmarc=pass header.from=belmont.example"
        bad = "mx.evil.example; dmarc=pass header.from=belmont.example"
        mail = self._receive(Authentication_Results=bad)
        self.assertEqual((mail.state, mail.vouched), ("waiting", False))
        proven = self._mail(Authentication_Results=good, Subject="Two")
        mail = self._receive(proven)
        self.assertEqual((mail.state, mail.vouched), ("filed", True))
        self.assertIn("vouches", mail.act_id.note)

    def test_what_is_shown_of_a_mail_is_harmless(self):
        content = (
            self._mail(sender="x@x.example")
            .replace(
                b'Content-Type: text/plain; charset="utf-8"', b"Content-Type: text/html"
            )
            .replace(b"Adjunto lo recibido.", b"<p>Hi</p><script>alert(1)</script>")
        )
        mail = self._receive(content)
        self.assertIn("Hi", mail.body)
        self.assertNotIn("script", mail.body)

    def test_two_companies_with_equal_numbers_are_apart(self):
        data = self.setup_other_company(name="Sister Ltd")
        sister = data["company"]
        sister.write({"alias_domain_id": self.domain.id})
        debtor = self.env["cobranza.debtor"].create(
            {"partner_id": self.partner_b.id, "company_id": sister.id}
        )
        twin = self.env["cobranza.case"].sudo()
        twin = twin.new({"debtor_id": debtor.id, "name": self.case.name})
        self.assertEqual(twin.company_id, sister)
        number = self.case.name.lower()
        mails = self.env["cobranza.case.mail"].sudo()
        self.assertEqual(
            mails._free_addresses(twin),
            {twin: f"case-{number}-{sister.id}@mail.example"},
        )
        self.assertEqual(self.case.mail_address, f"case-{number}@mail.example")

    def test_a_case_without_an_address_gets_one_at_night(self):
        self.case.sudo()._through_gate().mail_address = False
        block = self.env["cobranza.block.case"]
        self.company.alias_domain_id = False
        block._daily(self.company, self.company._cobranza_today())
        self.assertFalse(self.case.mail_address)
        self.company.alias_domain_id = self.domain
        block._daily(self.company, self.company._cobranza_today())
        address = self.case.mail_address
        self.assertTrue(address)
        block._daily(self.company, self.company._cobranza_today())
        self.assertEqual(self.case.mail_address, address)

    def test_odoo_goes_on_with_what_is_for_others_too(self):
        self.env["mail.alias"].create(
            {
                "alias_name": "people",
                "alias_domain_id": self.domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        content = self._mail(to=f"{self.case.mail_address}, people@mail.example")
        partners = self.env["res.partner"].search_count([])
        self.env["mail.thread"].sudo().message_process(False, content)
        self.assertEqual(self.case.mail_ids.state, "filed")
        self.assertGreater(self.env["res.partner"].search_count([]), partners)

    def test_nobody_but_the_gateway_makes_mails(self):
        content = self._mail(sender="portia@belmont.example")
        before = len(self.case.mail_ids)
        threads = self.env["mail.thread"].with_user(self.lawyer)
        with self.assertRaises(ValueError):  # for nobody
            threads.message_process(False, content)
        self.assertEqual(len(self.case.mail_ids), before)

    def test_a_lawyer_decides_about_own_cases_and_sees_no_others(self):
        mail = self._receive(sender="x@x.example")
        self.assertFalse(
            self.env["cobranza.case.mail"].with_user(self.other).search([])
        )
        for act in (
            lambda: mail.with_user(self.other).action_file(),
            lambda: mail.with_user(self.other).read(["subject"]),
            lambda: mail.original_id.with_user(self.other).read(["raw"]),
            lambda: mail.with_user(self.lawyer).write({"subject": "x"}),
            lambda: mail.with_user(self.lawyer).write({"state": "filed"}),
            lambda: mail.with_user(self.lawyer).unlink(),
            lambda: mail.unlink(),
            lambda: mail.original_id.unlink(),
            lambda: (
                self.env["cobranza.case.mail"]
                .with_user(self.lawyer)
                .create({"case_id": self.case.id, "received_on": "2026-11-20 10:00:00"})
            ),
        ):
            with self.assertRaises(UserError):
                act()
        mail.with_user(self.lawyer).action_file()
        self.assertEqual(mail.decided_by_id, self.lawyer)

    def test_who_decides_by_role(self):
        self.case.user_id = self.env.ref("base.user_admin")
        for role, may in (
            ("collector", False),
            ("manager", True),
            ("lawyer", False),
            ("all_lawyer", True),
            ("accountant", False),
            ("approver", False),
        ):
            user = self._role(role)
            for act in ("action_file", "action_discard"):
                mail = self._receive(sender="x@x.example", Subject=f"{role} {act}")
                run = getattr(mail.with_user(user), act)
                with self.subTest(f"{role} {act}"):
                    if may:
                        run()
                    else:
                        with self.assertRaises(UserError):
                            run()
                        self.assertEqual(mail.state, "waiting")
        # whoever prepared the case and follows it, too
        self.case.user_id = collector = self.env["res.users"].search(
            [
                ("login", "=like", "collector_%"),
                ("company_ids", "in", self.company.ids),
            ],
            order="id desc",
            limit=1,
        )
        mail.with_user(collector).action_file()
        self.assertEqual((mail.state, mail.decided_by_id), ("filed", collector))

    def test_erasing_takes_what_was_written_and_keeps_that_it_came(self):
        mail = self._receive(files=[("a.pdf", "application/pdf", PDF)])
        told = mail.content_hash
        self.case._end("recovered", None)
        files = self.case.sudo()._through_gate()._erase("Term over")
        self.assertGreaterEqual(len(files), 2)
        self.assertFalse(mail.subject or mail.sender or mail.body or mail.file_ids)
        self.assertEqual((mail.content_hash, mail.state), (told, "filed"))
