from datetime import datetime

import pytz

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.cobranza_legal.kernel.contact import (
    PastContact,
    next_slot,
    obstacles,
)
from odoo.addons.cobranza_legal.models.common.limits import Limiter
from odoo.addons.cobranza_legal.models.contact.obstacles import SendVerdict
from odoo.addons.cobranza_legal.tests.common.smtp_sink import smtp_sink

from .common import ChileCommon

SANTIAGO = pytz.timezone("America/Santiago")
BEFORE = (("call", "2026-11-23 10:00"),)
MON, TUE, WED, THU, SAT, SUN = (
    f"2026-11-{day}" for day in ("23", "24", "25", "26", "28", "29")
)
VECTORS = (
    # made before (channel, moment), asked (channel, moment), strict gap, week, stopped
    ((), ("call", f"{MON} 10:00"), True, "rolling", ""),
    (BEFORE, ("call", f"{WED} 10:00"), True, "rolling", "limit"),
    (BEFORE, ("call", "2026-11-30 09:00"), True, "rolling", "limit"),
    (BEFORE, ("call", "2026-11-30 09:00"), True, "iso", ""),
    (BEFORE, ("call", "2026-11-30 10:00"), True, "rolling", ""),
    (BEFORE, ("call", "2026-11-30 10:00"), True, "iso", ""),
    ((("email", f"{MON} 10:00"),), ("email", f"{TUE} 10:00"), False, "rolling", "gap"),
    ((("email", f"{MON} 10:00"),), ("email", f"{WED} 10:00"), False, "rolling", ""),
    ((("email", f"{MON} 10:00"),), ("email", f"{WED} 10:00"), True, "rolling", "gap"),
    ((("email", f"{MON} 10:00"),), ("email", f"{THU} 10:00"), True, "rolling", ""),
    (
        (("email", f"{MON} 10:00"), ("letter", f"{THU} 10:00")),
        ("email", f"{SUN} 10:00"),
        True,
        "rolling",
        "hours limit",
    ),
    ((), ("call", f"{SAT} 19:59"), True, "rolling", ""),
    ((), ("call", f"{SAT} 20:00"), True, "rolling", "hours"),
    ((), ("call", f"{SUN} 11:00"), True, "rolling", "hours"),
    ((), ("call", "2026-12-08 11:00"), True, "rolling", "holiday"),
)
LIVED = (0, 1, 6, 9, 10, 14)
"""Vectors that are lived through with both crons: nothing in the way of a call and of
an e-mail, and each obstacle once."""


def utc(local):
    moment = SANTIAGO.localize(datetime.fromisoformat(local))
    return moment.astimezone(pytz.utc).strftime("%Y-%m-%d %H:%M:%S")


@tagged("post_install", "-at_install", "post_install_l10n")
class TestContactVectors(ChileCommon):
    """The vectors of Ley 19.496 art. 37 on contacts.

    Each is put to the kernel with the rules that this company has in the database; some
    (``LIVED``) are planned, stopped or sent by the crons too. Rules and vectors without
    Odoo: tests/kernel/test_contact.py, tests/golden/contact_cl.csv.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.invoice = cls._bill(100000, "2026-11-10")
        with cls.at("2026-11-13"):
            cls.debt = (
                cls.env["cobranza.debt"]
                .sudo()
                ._open_lines(
                    cls.invoice.line_ids.filtered(
                        lambda line: line.display_type == "payment_term"
                    )
                )
            )

    def _made(self, channel, local, **vals):
        """A contact that took place at a moment of the debtor's clock."""
        with self.clock(utc(local)):
            return self.env["cobranza.contact"]._log(
                {
                    "debtor_id": self.debtor.id,
                    "channel": channel,
                    "sent_at": utc(local),
                    "planned_at": utc(local),
                    **vals,
                }
            )

    def _planned(self, channel, local, number=0):
        level = self.policy.level_ids[number]
        purposes = {"call": "call_script", "email": "reminder", "letter": "reminder"}
        with self.clock(utc(local)):
            return (
                self.env["cobranza.contact"]
                .sudo()
                ._plan(
                    [
                        {
                            "debtor_id": self.debtor.id,
                            "company_id": self.company.id,
                            "currency_id": self.invoice.currency_id.id,
                            "channel": channel,
                            "level_id": level.id,
                            "text_purpose": purposes[channel],
                            "automatic": True,
                            "lines": [(self.debt.id, level.id, 1, 1, 100000, 0)],
                        }
                    ]
                )
            )

    def _check(self, made, asked, strict, week, stopped):
        self.company.write({"l10n_cl_strict_gap": strict, "l10n_cl_week_mode": week})
        self.company.cobranza_contact_gap = 0
        for one in made:
            self._made(*one)
        channel, local = asked
        contact = self._planned(channel, local)
        self.assertEqual(
            contact.planned_at == datetime.fromisoformat(utc(local)), not stopped
        )
        with self.clock(utc(local)):
            contact.debtor_id._judge_if_marked()
            contact.sudo().planned_at = utc(local)  # whoever insists
            found = SendVerdict(contact, every=True).found[contact.id]
            codes = [one.code for one in found if one.code != "task"]
        self.assertEqual(codes, stopped.split())
        self._leaves(contact, local, stopped)

    def _leaves(self, contact, local, stopped):
        """At the minute of sending: e-mails leave, calls become somebody's task."""
        with smtp_sink(self.env) as sink:
            self._replay_days([utc(local)])
        if contact.channel == "email":
            self.assertEqual(len(sink.messages), not stopped)
            return
        self.assertEqual(contact.task_raised, not stopped, contact.waiting_note)
        with self.clock(utc(local)):
            warning = contact._limit_warning(datetime.fromisoformat(utc(local)))
        self.assertEqual(bool(warning), bool(stopped))

    def _rules_at(self, local, strict, week):
        self.company.write({"l10n_cl_strict_gap": strict, "l10n_cl_week_mode": week})
        self.company.cobranza_contact_gap = 0
        with self.clock(utc(local)):
            limiter = Limiter(self.company, self.debtor)
        (rules,) = limiter.spaced.values()
        return rules

    def test_every_vector_by_the_rules_of_the_company(self):
        for number, (made, asked, strict, week, stopped) in enumerate(VECTORS):
            channel, local = asked
            rules = self._rules_at(local, strict, week)
            at = datetime.fromisoformat(local)
            past = [PastContact(datetime.fromisoformat(on), how) for how, on in made]
            with self.subTest(number=number, asked=asked):
                codes = [one.code for one in obstacles(rules, channel, at, past)]
                self.assertEqual(codes, stopped.split())
                self.assertEqual(next_slot(rules, channel, at, past) == at, not stopped)

    def test_vectors_lived_through_with_the_crons(self):
        for number in LIVED:
            vector = VECTORS[number]
            savepoint = self.cr.savepoint(flush=True)
            with self.subTest(number=number, asked=vector[1]):
                self._check(*vector)
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_nothing_after_the_lawsuit_or_the_insolvency(self):
        for name in ("sued_on", "insolvent_on"):
            for channel in ("call", "email", "letter"):
                savepoint = self.cr.savepoint(flush=True)
                contact = self._planned(channel, f"{MON} 10:00")
                self.debtor[name] = MON
                with smtp_sink(self.env) as sink:
                    self._replay_days([utc(f"{MON} 10:00")])
                self.assertFalse(sink.messages, (name, channel))
                self.assertFalse(contact.exists().task_raised, (name, channel))
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_what_the_debtor_starts_is_logged_and_not_counted(self):
        inbound = self._made("call", f"{SUN} 22:00", direction="inbound")
        self.assertEqual(inbound.state, "sent")
        call = self._planned("call", "2026-11-30 10:00")
        self.assertEqual(str(call.planned_at), utc("2026-11-30 10:00"))
        answer = self._made("email", "2026-11-30 11:00", direction="inbound")
        self.assertEqual(answer.direction, "inbound")
        mail = self._planned("email", "2026-12-01 10:00", number=1)
        self.assertEqual(str(mail.planned_at), utc("2026-12-01 10:00"))

    def test_nobody_lifts_the_limits_of_the_protected(self):
        self._made("call", f"{MON} 10:00")
        call = self._planned("call", f"{WED} 10:00")
        for regime in ("consumer", "small_business", "unknown"):
            self.debtor.sudo().regime = regime
            with self.assertRaisesRegex(UserError, "protected"):
                self.env["cobranza.contact.override"].create(
                    {"contact_id": call.id, "lift_limit": True, "reason": "Asked"}
                )
