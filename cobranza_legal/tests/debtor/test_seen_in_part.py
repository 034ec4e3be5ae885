"""What a lawyer of two debts out of five can find out, way by way and field by field:
whatever happens to the other three, nothing that it gets is any other."""

from contextlib import suppress
from functools import partial

import psycopg2
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.policy.level import PHASES
from ..common.web_client import WebClient
from .assigned import SECRET, AssignedCommon

DAY = "2026-11-23"
NO_ANSWER = (
    *(AccessError, UserError, psycopg2.Error),
    *(AssertionError, AttributeError, KeyError, NotImplementedError),
    *(TypeError, ValueError),
)
"""How Odoo says that something cannot be asked of a field."""
LOGGED = {"write_date", "write_uid", "create_date"}
"""Fields that Odoo writes: that something happened, not what."""
OF_THE_PERSON = {
    *("active", "company_id", "partner_id", "user_id", "assigned_user_ids"),
    *("regime", "regime_stated", "lang", "tz", "terms_informed_on", "terms_file_ids"),
    *("costs_agreed", "contract_address", "certified_email", "certified_email_basis"),
    *("deceased_on", "insolvent_on", "insolvency_kind", "sued_on", "represented_on"),
    "charged_on",
    *("representative_id", "authority_claim_on", "vulnerable_on", "payer_id"),
    *("invoice_contact_id", "dunning_contact_id", "legal_contact_id"),
    *("beneficiary_ids", "identity_key", "identity_answer"),
    *("identity_answer_key", "judge_since", "left_on", "left_until", "left_by_id"),
    *("left_owner_id", "log_check_on", "access_token", "related_party"),
}
"""Stored fields of a debtor that are true of it whatever it owes; the token of Odoo's
portal opens nothing of a debtor."""
WHO_FOLLOWS = ("message_follower_ids", "message_partner_ids")
MOST = 100
"""Records of a model that are looked at: of the debtor there are fewer."""
OF_RECORDS = {"id", "create_uid", *LOGGED}


class Undo(Exception):
    """Nothing of it stays."""


@tagged("post_install", "-at_install")
class TestSeenInPart(AssignedCommon):
    def _as_lawyer(self, model):
        self.env.invalidate_all()
        return self.env[model].with_user(self.lawyer)

    def _models(self):
        """Names of what the lawyer may read: ours, and what hangs from records."""
        for name, model in self.env.registry.items():
            ours = model._original_module.startswith("cobranza_legal")
            asked = ours or name in ("mail.activity", "mail.message", "ir.attachment")
            if model._abstract or model._transient or not asked:
                continue
            if self.env[name].with_user(self.lawyer).has_access("read"):
                yield name

    def _try(self, ask):
        """What is answered; a refusal is an answer that tells nothing."""
        try:
            noise = mute_logger("odoo.addons.base.models.ir_model", "odoo.sql_db")
            with noise, self.env.cr.savepoint():
                return str(ask())
        except NO_ANSWER:
            return "refused"

    def _look(self, name, floor):
        """{(model, field, way): what the lawyer gets} of the records above a number."""
        found = {}
        domain = [("id", ">", floor)]
        if name == "mail.message":
            domain += [("model", "=", "cobranza.debtor")]
        elif name.startswith(("mail.", "ir.")):
            domain += [("res_model", "=", "cobranza.debtor")]
        known = self._as_lawyer(name).fields_get(attributes=["type"])
        for field in sorted(set(known) - LOGGED):
            model = self._as_lawyer(name).with_context(active_test=False)
            for way in ("read", "export", "search", "group"):
                ask = partial(getattr(self, f"_by_{way}"), model, field, domain)
                found[name, field, way] = self._try(ask)
        return found

    def _by_read(self, model, field, domain):
        records = model.search(domain, order="id")
        return [(one["id"], one[field]) for one in records.read([field])]

    def _by_export(self, model, field, domain):
        if not model._fields[field].exportable:
            return ""
        records = model.search(domain, order="id")
        return records.export_data([".id", field])

    def _by_search(self, model, field, domain):
        kind = model._fields[field]
        asked = [(field, "!=", False)]
        if kind.type in ("integer", "float", "monetary"):
            asked += [(field, ">", amount) for amount in (0, 1, 2500, 5000)]
        elif kind.relational:
            paths = ("body", "summary", "name", "document", "amount", "note")
            paths += ("activity_summary", "message_ids", "phase", "priority")
            known = self.env[kind.comodel_name]._fields
            asked += [(f"{field}.{one}", "!=", False) for one in paths if one in known]
        elif kind.type not in ("boolean", "date", "datetime", "binary"):
            words = (SECRET, "new", "news", "formal", "judicial", "covered", "today")
            asked += [(field, "ilike", word) for word in words]
        return [
            self._try(lambda one=one: model.search([*domain, one], order="id").ids)
            for one in asked
        ]

    def _by_group(self, model, field, domain):
        kind = model._fields[field].type
        ways = ["array_agg", "count_distinct"]
        if kind in ("integer", "float", "monetary"):
            ways += ["sum", "max"]
        asked = [([field], ["__count"])]
        if kind in ("date", "datetime"):
            asked = [([f"{field}:day"], ["__count"])]
        asked += [([], [f"{field}:{way}"]) for way in ways]
        return [
            self._try(lambda one=one: model.formatted_read_group(domain, *one))
            for one in asked
        ]

    def _filled(self):
        """{name: id above which records are looked at} of what the lawyer may read and
        of which there is anything at all, before ``_go_on`` or after it: of nothing,
        nobody is told anything. Of the thousands of holidays and texts that are shipped
        the last ones stand for all."""
        names = [*self._models()]
        found = {name for name in names if self._is_filled(name)}
        with suppress(Undo), self.cr.savepoint():
            self._go_on()
            found |= {name for name in names if self._is_filled(name)}
            raise Undo
        self.env.invalidate_all()
        return {name: self._floor(name) for name in names if name in found}

    def _every(self, name):
        return self.env[name].sudo().with_context(active_test=False)

    def _is_filled(self, name):
        return bool(self._every(name).search_count([], limit=1))

    def _floor(self, name):
        if name.startswith(("mail.", "ir.")):
            return 0
        older = self._every(name).search([], order="id desc", offset=MOST, limit=1)
        return older.id or 0

    def _looks(self, floors):
        found = {}
        with self.at(DAY):
            for name, floor in floors.items():
                found |= self._look(name, floor)
        return found

    def _go_on(self):
        """What happens to the other three after the lawyer has looked."""
        debtor, debts = self.debtor, self.others
        words = f"news of {SECRET}"
        debtor.message_post(body=words)
        self.env["ir.attachment"].create(
            {"name": "news", "res_model": debtor._name, "res_id": debtor.id}
        )
        debtor.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=f"news of {SECRET}",
            user_id=self.users["collector"].id,
        )
        about = {"debtor_id": debtor.id, "debt_ids": [Command.set(debts.ids)]}
        self.env["cobranza.hold"].create({**about, "note": "news"})
        debtor.promise_ids.note = "news"
        person = self.env["res.partner"].create({"name": "news"})
        self.env["cobranza.obligor"].create(
            {**about, "partner_id": person.id, "deed": "news"}
        )
        charges = debts.charge_ids.filtered(lambda one: one.state == "assessed")
        charges[-1:]._waive("news")
        self._register_payment(self.moves[3], amount=44.37, payment_date="2026-11-22")
        self._prepay(5, "2026-11-22")
        debts[2].sudo().ceded_on = "2026-11-22"
        self._run(DAY)
        level = self.policy.level_ids[-1]
        debts[0].sudo().write({"level_id": level.id, "level": level.number})
        debtor.sudo()._through_gate().write(
            {
                "phase": "judicial",
                "reason": "last_level",
                "next_act_on": "2026-12-31",
                "next_level_id": level.id,
                "review_on": "2026-12-30",
                "priority": 7,
                "judge_reason": "news",
                "left_reason": "news",
            }
        )
        self.env.flush_all()

    def test_what_happens_to_the_other_three_changes_nothing_that_it_gets(self):
        with self.law(fee=self.schedule()):
            self._run(DAY)  # what is due by the day for the two as well
            floors = self._filled()
        before = self._looks(floors)
        with self.law(fee=self.schedule()):
            self._go_on()
        after = self._looks(floors)
        told = [
            f"{' '.join(key)}: {before.get(key)} → {after.get(key)}"
            for key in sorted({*before, *after})
            if before.get(key) != after.get(key)
            and key[1] not in (*WHO_FOLLOWS, "access_token")
        ]
        self.assertEqual(len(told), 0, "\n".join(told))

    def test_every_stored_field_of_a_debtor_is_true_of_the_person_or_closed(self):
        debtor = self.env["cobranza.debtor"]
        for name, field in debtor._fields.items():
            closed = not debtor.with_user(self.lawyer)._has_field_access(field, "read")
            chatter = field._module in ("mail", "portal") or name.startswith("message")
            if not field.store or closed or chatter or name in OF_RECORDS:
                continue
            if field.type in ("one2many",) or name.startswith("l10n_"):
                continue
            self.assertIn(name, OF_THE_PERSON, "may it be told to who sees a part?")

    def test_where_it_stands_is_said_of_the_two(self):
        level = self.policy.level_ids[1]
        seen, other = self.mine[0].sudo(), self.others[0].sudo()
        seen.write({"level_id": level.id, "level": level.number})
        seen.write({"next_on": "2026-11-20", "reason": "last_level"})
        last = self.policy.level_ids[-1]
        other.write({"level_id": last.id, "level": last.number})
        other.write({"next_on": "2026-11-19", "reason": "disputed"})
        debtor = self.debtor.with_user(self.lawyer)
        self.env.invalidate_all()
        self.assertEqual(debtor.own_phase, level.phase)
        self.assertEqual(debtor.own_reason, "last_level")
        self.assertEqual(str(debtor.own_next_on), "2026-11-20")
        self.assertEqual(debtor.own_next_level_id, seen._next_level())
        self.assertEqual(debtor.partner_id.cobranza_phase, level.phase)
        self.assertIn(dict(PHASES)[level.phase], str(self._shown("own_phase")))

    def test_cents_that_are_left_over_are_at_no_level_and_no_act_is_due_on_them(self):
        first, last = self.policy.level_ids[0], self.policy.level_ids[-1]
        dust, other = self.mine.sudo()
        dust.write({"level_id": last.id, "level": last.number, "reason": "dust"})
        dust.next_on = "2026-11-19"
        other.write({"level_id": first.id, "level": first.number, "reason": "entered"})
        other.next_on = "2026-11-20"
        debtor = self.debtor.with_user(self.lawyer)
        self.env.invalidate_all()
        self.assertEqual(debtor.own_phase, first.phase)
        self.assertEqual(debtor.own_reason, "entered")
        self.assertEqual(str(debtor.own_next_on), "2026-11-20")
        self.assertEqual(debtor.own_next_level_id, other._next_level())
        other.reason = "dust"
        self.env.invalidate_all()
        self.assertEqual(debtor.own_reason, "dust")
        self.assertFalse(debtor.own_phase or debtor.own_next_on)
        self.assertFalse(debtor.own_next_level_id)

    def _shown(self, name):
        debtor = self.debtor.with_user(self.lawyer)
        return debtor.export_data([name])

    def test_its_screens_show_the_two_and_none_of_what_is_closed(self):
        client = WebClient(self.lawyer)
        with self.at(DAY):
            opened = client.open("cobranza_legal.action_cobranza_debtor")
        closed = ("phase", "reason", "next_act_on", "next_level_id", "priority")
        for kind, arch in opened.archs.items():
            shown = {one.get("name") for one in arch.iter("field")}
            nested = {
                one.get("name")
                for inner in ("list", "kanban")
                for one in arch.xpath(f"//field//{inner}//field")
            }
            self.assertFalse(shown & set(closed) - nested, kind)
        self.assertIsNone(opened.archs["kanban"].get("default_group_by"))
        wide = WebClient(self.users["collector"]).views(
            client.load("cobranza_legal.action_cobranza_debtor")
        )
        self.assertEqual(wide.archs["kanban"].get("default_group_by"), "phase")
        self.assertNotIn("own_phase", etree.tostring(wide.archs["list"]).decode())
        banner = self._as_lawyer("cobranza.debtor").get_worklist_banner()
        self.assertFalse(banner["formula"])

    def test_a_debtor_that_is_being_updated_is_judged_when_it_opens_it(self):
        self.debtor.sudo()._judge_in_batches(
            {self.debtor.id: "Terms of the other three"}
        )
        client = WebClient(self.lawyer)
        with self.law(fee=self.schedule()), self.at(DAY):
            screen = client.open("cobranza_legal.action_cobranza_debtor", search=False)
            said = str(screen.form(self.debtor.id))
        self.assertNotIn("Terms of the other three", said)
        self.env.invalidate_all()
        self.assertFalse(self.debtor.judge_since)

    def test_whoever_is_responsible_for_a_debtor_sees_no_more_by_that(self):
        payments = self.others[0].settlement_ids.partial_id
        self.assertTrue(payments)
        payments.unlink()
        undone = self.env["cobranza.settlement.undone"].search(
            [("debt_id", "in", self.others.ids)]
        )
        self.assertTrue(undone)
        self.debtor.sudo().user_id = self.lawyer
        self.env.invalidate_all()
        found = self._as_lawyer("cobranza.settlement.undone").search([])
        self.assertFalse(found & undone)

    def test_of_all_debts_it_sees_credits_too_but_no_invoice_that_is_no_debt_yet(self):
        self._prepay(5, "2026-11-22")
        self._invoice(due="2027-05-05", amount=7000, invoice_date="2026-11-22")
        self.others._assign(self.lawyer)
        self.env.flush_all()
        debtor = self.debtor.with_user(self.lawyer)
        with self.at(DAY):
            self.assertEqual((debtor.credit_amount, debtor.not_due), (5, 0))
            figures = [one.figures(self._today()) for one in self._sections(debtor)]
            self.assertAlmostEqual(
                debtor.total, float(sum(one.total for one in figures)), 2
            )

    def _today(self):
        return self.company._cobranza_today()

    def _sections(self, debtor):
        return debtor._position(self._today()).sections
