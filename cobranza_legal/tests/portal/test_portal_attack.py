# pylint: disable=translation-required
import re
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from ...models.portal.access import LIMITS, Limit
from ..common.portal import PDF, PortalCommon


@tagged("post_install", "-at_install")
class TestPortalAttack(PortalCommon):
    """Whoever should not see a debtor's page, over HTTP."""

    def _neutral(self, path):
        """The answer to what opens nothing; the same for everything."""
        response = self._page(path, allow_redirects=False)
        self.assertEqual(response.status_code, 404, path)
        self.assertNotIn("Portal debtor", response.text)
        self.assertNotIn("Calm Creditor", response.text)
        return self._text(response)

    # -- tokens ----------------------------------------------------------------------

    def test_a_wrong_token_a_short_one_and_a_changed_one_open_nothing(self):
        token = self.path.rpartition("/")[2]
        words = self._neutral(f"/my/collections/{'A' * 43}")
        last = "A" if token[-1] != "A" else "B"
        wrong = (
            token[:-1],
            token[:-1] + last,
            token + "A",
            token.swapcase(),
            "x",
            "%00",
        )
        for one in wrong:
            with self.subTest(token=one):
                self.assertEqual(self._neutral(f"/my/collections/{one}"), words)

    def test_the_hash_that_is_stored_opens_nothing(self):
        self._neutral(f"/my/collections/{self.debtor.sudo().portal_key}")

    def test_a_revoked_link_opens_nothing_and_the_next_letter_has_another(self):
        words = self._neutral(f"/my/collections/{'A' * 43}")
        collector = self._role("collector")
        wizard = self.env["cobranza.reason"].with_user(collector)
        wizard = wizard.create(
            {
                "act": "portal",
                "record_ids": self.debtor.ids,
                "reason": "Sent to another",
            }
        )
        wizard.action_confirm()
        self.assertEqual(self._neutral(self.path), words)
        history = self.env["cobranza.history"].search(
            [("res_model", "=", "cobranza.debtor"), ("res_id", "=", self.debtor.id)]
        )
        self.assertEqual(history.reason, "Sent to another")
        self.assertEqual(history.user_id, collector)
        self.assertIn("Sent to another", self.debtor.message_ids[0].body)
        self.debtor._portal_link()
        self.assertEqual(self._page(self.debtor._portal_path()).status_code, 200)
        self._neutral(self.path)

    def test_who_may_not_write_the_debtor_revokes_nothing(self):
        accountant = self._role("accountant")
        with self.assertRaises(AccessError):
            self.env["cobranza.reason"].with_user(accountant).create(
                {"act": "portal", "record_ids": self.debtor.ids, "reason": "x"}
            )

    def test_an_expired_link_opens_nothing_and_is_never_valid_again(self):
        words = self._neutral(f"/my/collections/{'A' * 43}")
        self.debtor.sudo().portal_until = self.today - timedelta(days=1)
        self.assertEqual(self._neutral(self.path), words)
        self.debtor._portal_link()
        self.assertEqual(self._neutral(self.path), words)

    def test_each_letter_makes_the_link_valid_for_longer(self):
        before = self.debtor.sudo().portal_until
        self.assertEqual(before, self.today + timedelta(days=90))
        with freeze_time(f"{self.today + timedelta(days=30)} 12:00:00"):
            self.assertEqual(self.debtor._portal_link(), self.link)
        self.assertEqual(self.debtor.sudo().portal_until, before + timedelta(days=30))

    def test_the_token_of_one_company_shows_nothing_of_another(self):
        other = self.setup_other_company()["company"]
        debtors = self.env["cobranza.debtor"].sudo()
        twin = debtors.create({"company_id": other.id, "partner_id": self.partner_a.id})
        twin._portal_link()
        text = self._text(self._page(twin._portal_path()))
        self.assertIn(other.name, text)
        self.assertNotIn(self.move.name, text)
        self.assertNotIn("Calm Creditor", text)

    def test_nobody_reads_or_writes_a_token(self):
        for role in ("collector", "manager"):
            debtor = self.debtor.with_user(self._role(role))
            with self.assertRaises(AccessError):
                debtor.read(["portal_token"])
            with self.assertRaises(AccessError):
                debtor.write({"portal_until": "2099-01-01"})

    def test_odoos_own_token_and_signature_open_neither_page_nor_chatter(self):
        self.debtor.message_post(body="A secret", subtype_xmlid="mail.mt_comment")
        token = self.debtor._portal_ensure_token()
        pid = self.partner_a.id
        sign = self.debtor._sign_token(pid)
        self._neutral(f"/my/collections/{token}")
        for extra in ({"token": token}, {"hash": sign, "pid": pid}):
            with self.subTest(extra):
                public = self.env.ref("base.public_user")
                model = self.env["cobranza.debtor"].with_user(public)
                self.assertFalse(model._get_thread_with_access(self.debtor.id, **extra))

    # -- other people's accounts -----------------------------------------------------

    def test_ids_ask_strangers_to_log_in_whether_they_exist_or_not(self):
        for number in (self.debtor.id, 99999999):
            answer = self._page(f"/my/collections/{number}", allow_redirects=False)
            self.assertIn("/web/login", answer.headers["Location"])

    def test_a_portal_user_sees_its_own_debtor_and_no_other(self):
        stranger = self._portal_user(self.partner_b, "stranger")
        self.authenticate(stranger.login, stranger.login)
        words = self._neutral(self.debtor.access_url)
        self.assertEqual(self._neutral("/my/collections/99999999"), words)
        own = self._portal_user(self.partner_a)
        self.authenticate(own.login, own.login)
        self.assertEqual(self._page(self.debtor.access_url).status_code, 200)
        self.assertIn("Portal debtor", self._page("/my/collections").text)

    def test_who_only_enjoys_the_service_learns_nothing(self):
        student = self._portal_user(self.partner_a, "student")
        self.debtor.beneficiary_ids = student.partner_id
        self.authenticate(student.login, student.login)
        self._neutral(self.debtor.access_url)

    def test_an_employee_without_the_link_is_not_the_debtor(self):
        clerk = self._books_only()
        self.authenticate(clerk.login, clerk.login)
        self._neutral(self.debtor.access_url)

    def test_the_card_of_the_portal_counts_what_is_open(self):
        user = self._portal_user(self.partner_a)
        self.authenticate(user.login, user.login)
        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["collection_count"]}
        )
        self.assertEqual(answer["collection_count"], 1)
        self.assertIn("/my/collections", self._page("/my/home").text)

    def test_documents_of_others_are_not_served(self):
        other = self._invoice(
            partner=self.partner_b, due=self.due, invoice_date=self.due
        )
        self.env["cobranza.run"].sudo()._run_company(self.company)
        theirs = self._debts(other).debtor_id.sudo()
        foreign = [*theirs._portal_files(), self.debtor._portal_ref("invoice", other)]
        foreign += [str(other.id), "..%5c..%5cpasswd", "statement"]
        for ref in foreign:
            with self.subTest(ref=ref):
                answer = self._page(f"{self.path}/file/{ref}", allow_redirects=False)
                self.assertEqual(answer.status_code, 404)
                answer = self._page(f"{self.path}/invoice/{ref}", allow_redirects=False)
                self.assertEqual(answer.status_code, 404)
        answer = self._dispute(document=theirs._portal_ref("debt", self._debts(other)))
        self.assertEqual(answer.status_code, 422)
        answer = self._dispute(document=str(self._debts(other).id))
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(theirs.dispute_ids | self.debtor.dispute_ids)

    def test_what_another_debtor_sent_is_not_confirmed_here(self):
        location = self._dispute().headers["Location"]
        self._invoice(partner=self.partner_b, due=self.due, invoice_date=self.due)
        self.env["cobranza.run"].sudo()._run_company(self.company)
        other = self.partner_b.cobranza_debtor_ids
        other._portal_link()
        ref = location.rpartition("/")[2]
        self.assertEqual(self._page(location).status_code, 200)
        self._neutral(f"{other._portal_path()}/done/{ref}")

    # -- requests --------------------------------------------------------------------

    def _count(self):
        self.env.invalidate_all()
        debtor = self.debtor
        records = (debtor.contact_ids, debtor.dispute_ids, debtor.hold_ids)
        rows = [len(one) for one in (*records, debtor.promise_ids, debtor.message_ids)]
        return [*rows, self.env["cobranza.debt.statement"].search_count([])]

    def test_nothing_happens_by_get_head_or_options(self):
        before = self._count()
        token = self.debtor.sudo().portal_token
        statement = self._statement_path()
        for path in (self.path, statement, f"{self.path}/done/{'x' * 30}"):
            self._page(path)
            self.opener.head(self.base_url() + path)
            self.opener.options(self.base_url() + path)
        query = "?reason=price&scope=whole&document=" + self._debt_ref()
        for form in ("dispute", "paid", "promise", "plan", "message", "preference"):
            answer = self._page(f"{self.path}/send/{form}{query}&text=x")
            self.assertIn(answer.status_code, (404, 405), form)
        self.assertEqual(self._count(), before)
        self.assertEqual(self.debtor.sudo().portal_token, token)

    def _statement_path(self):
        ref = self.debtor.sudo()._portal_ref("statement", self.debtor)
        return f"{self.path}/file/{ref}"

    def test_a_form_without_the_token_against_forgery_does_nothing(self):
        hidden = {**self._hidden("message"), "text": "forged"}
        hidden.pop("csrf_token")
        for extra in ({}, {"csrf_token": "x"}):
            answer = self.url_open(
                f"{self.path}/send/message", data={**hidden, **extra}
            )
            self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.contacts)

    def test_a_form_to_nobodys_page_does_nothing(self):
        hidden = self._hidden("message")
        answer = self._send(
            "message", path=f"/my/collections/{'A' * 43}", hidden=hidden, text="x"
        )
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(self.contacts)

    def test_a_form_that_does_not_exist_is_not_found(self):
        answer = self._send("message", hidden=self._hidden("message"), text="x")
        self.assertEqual(answer.status_code, 303)
        answer = self.url_open(
            f"{self.path}/send/delete",
            data=self._hidden("message"),
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 404)

    def test_fields_that_the_form_does_not_have_are_ignored(self):
        self._dispute(
            state="upheld", user_id="1", debtor_id="1", debt_id="1", whole="1",
            company_id="1", outcome="You owe nothing", direction="outbound",
        )  # fmt: skip
        dispute = self.debtor.dispute_ids
        self.assertEqual((dispute.state, dispute.whole), ("open", False))
        self.assertEqual(dispute.debt_id, self.debt)
        self.assertEqual(dispute.user_id, self.debtor._task_owner())
        self.assertFalse(dispute.outcome)
        self.assertEqual(self.contacts.direction, "inbound")

    def test_a_form_without_a_proper_number_does_nothing(self):
        hidden = self._hidden("message")
        for nonce in ("", "short", "x" * 65, "../../x" * 5):
            hidden["nonce"] = nonce
            answer = self._send("message", hidden=hidden, text="x")
            self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.contacts)

    def test_what_is_written_is_text_and_never_a_program(self):
        evil = "<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }}"
        name = '"><svg onload=alert(3)>.pdf'
        answer = self._send("message", files=[(name, PDF, "text/html")], text=evil)
        contact = self.contacts
        note = self.debtor.message_ids[0].body
        activity = contact.activity_id.note
        done = self._page(answer.headers["Location"]).text
        for shown in (contact.body, note, activity, done):
            self.assertNotIn("<script>alert", shown)
            self.assertNotRegex(shown, r"<(img|svg)[^>]*on")
            self.assertIn("&lt;script&gt;", shown)
        again = self._send("message", text="", reply='"><script>alert(4)</script>')
        self.assertEqual(again.status_code, 422)
        self.assertNotIn("<script>alert(4)", again.text)
        self.assertRegex(contact.event_ids.attachment_id.name, r"^[\w .()-]+\.pdf$")

    # -- headers and limits ----------------------------------------------------------

    def test_no_answer_is_kept_indexed_framed_or_told_to_others(self):
        hidden = self._hidden("message")
        answers = [
            self._page(),
            self._page(f"/my/collections/{'A' * 43}"),
            self._page(self._statement_path()),
            self._send("message", hidden=hidden, text="x"),
            self._send("message", text=""),
        ]
        for answer in answers:
            head = answer.headers
            self.assertIn("noindex", head["X-Robots-Tag"])
            self.assertEqual(head["Referrer-Policy"], "no-referrer")
            self.assertIn("no-store", head["Cache-Control"])
            self.assertEqual(head["X-Frame-Options"], "DENY")
            self.assertEqual(head["X-Content-Type-Options"], "nosniff")
        self.assertIn('name="robots"', answers[0].text)
        elsewhere = re.findall(
            r"""(?:src|href)=["']https?://([^/"']+)""", answers[0].text
        )
        self.assertFalse(elsewhere, "the page asks other servers for something")
        self.assertIn("attachment", answers[2].headers["Content-Disposition"])
        self.assertIn("sandbox", answers[2].headers["Content-Security-Policy"])

    def _limited(self, **limits):
        patched = {name: Limit(hits, 600) for name, hits in limits.items()}
        old = dict(LIMITS)
        LIMITS.update(patched)
        self.addCleanup(LIMITS.update, old)

    def test_dead_links_of_an_address_shut_out_no_valid_one(self):
        dead = f"/my/collections/{'A' * 43}"
        limit = LIMITS["miss"].hits
        codes = [self._page(dead).status_code for _guess in range(limit + 1)]
        self.assertEqual(codes, [404] * limit + [429])
        answer = self._page(dead)
        self.assertTrue(answer.headers["Retry-After"])
        self.assertNotIn("Portal debtor", answer.text)
        self.assertEqual(self._page().status_code, 200)
        sent = self._send("message", hidden=self._hidden("message"), text="x")
        self.assertEqual(sent.status_code, 303)
        with freeze_time(self.env.cr.now() + timedelta(seconds=3700)):
            self.assertEqual(self._page(dead).status_code, 404)

    def test_who_holds_a_valid_link_may_come_as_often_as_it_likes(self):
        self._limited(**dict.fromkeys(LIMITS, 1))
        codes = [self._page().status_code for _visit in range(4)]
        self.assertEqual(codes, [200] * 4)

    def test_who_sends_too_much_waits(self):
        self._limited(act=1)
        hidden = self._hidden("message")
        self.assertEqual(
            self._send("message", hidden=hidden, text="x").status_code, 303
        )
        hidden["nonce"] += "2"
        self.assertEqual(
            self._send("message", hidden=hidden, text="y").status_code, 429
        )
        self.assertEqual(len(self.contacts), 1)
        self.assertEqual(self._page().status_code, 200)

    def test_forms_of_one_link_leave_those_of_others_free(self):
        """Behind a proxy all debtors come from one address."""
        self._limited(act=1)
        self._send("message", hidden=self._hidden("message"), text="x")
        self._invoice(partner=self.partner_b, due=self.due, invoice_date=self.due)
        self.env["cobranza.run"].sudo()._run_company(self.company)
        other = self.env["cobranza.debtor"].search(
            [("partner_id", "=", self.partner_b.id)]
        )
        other._portal_link()
        path = other._portal_path()
        hidden = self._hidden("message", self._page(path))
        sent = self._send("message", path=path, hidden=hidden, text="x")
        self.assertEqual(sent.status_code, 303)

    def test_visits_are_counted_without_addresses_and_forgotten(self):
        self._page(f"/my/collections/{'A' * 43}")
        self._send("message", hidden=self._hidden("message"), text="x")
        hits = self.env["cobranza.portal.hit"].sudo()
        rows = hits.search([])
        self.assertEqual(rows.mapped("kind"), ["miss", "act"])
        self.assertNotIn("127.0.0.1", str(rows.mapped("source")))
        with freeze_time(self.today + timedelta(days=3)):
            hits._gc_hits()
        self.assertFalse(hits.search([]))

    def test_users_of_the_portal_read_no_model_of_ours(self):
        user = new_test_user(self.env, login="p", groups="base.group_portal")
        user.partner_id.parent_id = self.partner_a
        user.group_ids = [Command.set(self.env.ref("base.group_portal").ids)]
        for record in (self.debtor, self.debt, self.env["cobranza.portal.hit"]):
            self.assertFalse(record.with_user(user).has_access("read"))
