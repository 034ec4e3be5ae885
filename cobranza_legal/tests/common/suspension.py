from odoo import Command

from ...kernel.delivery import DeliveryRules
from .base import MONDAY
from .contact import ContactCommon
from .refusals import Refusals

POST = DeliveryRules(
    proving=frozenset({"delivered"}), refuting=frozenset({"unknown_address"})
)
"""Of letters in the country of these tests; nothing else proves anything."""

TERM = 10


class SuspensionCommon(Refusals, ContactCommon):
    """A country where a delivered letter proves reception, a business that owes 1,000
    and 500, both late, and another debtor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(
            cls.registry["cobranza.rules"],
            "_delivery_rules",
            lambda _rules, channel, _on: POST if "letter" in channel else None,
        )
        cls.partner_a.write(
            {"street": "1 High Street", "city": "Springfield", "zip": "1000"}
        )
        cls.moves = cls._invoice() | cls._invoice(amount=500, due="2026-10-10")
        other = cls._invoice(partner=cls.partner_b, due="2026-10-10")
        cls._run("2026-11-20")
        cls.debts = cls._debts(cls.moves)
        cls.debts_b = cls._debts(other)
        cls.debtor = cls.debts.debtor_id
        cls.debtor.write({"regime": "company", "regime_stated": True})

    @classmethod
    def _suspension(cls, debts=None, **vals):
        debts = cls.debts if debts is None else debts
        return cls.env["cobranza.suspension"].create(
            {
                "debtor_id": debts.debtor_id.id,
                "debt_ids": [Command.set(debts.ids)],
                "services": "Internet access and the gym.",
                "essential": "no",
                "channel": "letter",
                "term_days": TERM,
                **vals,
            }
        )

    @classmethod
    def _notified(cls, day=MONDAY, received=MONDAY, **vals):
        """One whose notice left on a day, and was delivered on a day (None: not)."""
        suspension = cls._suspension(**vals)
        with cls.at(day):
            suspension.action_notify()
            contact = suspension.notice_contact_id.sudo()
            contact._set_state("sending", sent_at=f"{day} 12:00:00")
            contact._set_state("sent")
        if received:
            cls._delivered(suspension, received)
        return suspension

    @classmethod
    def _delivered(cls, suspension, day, kind="delivered"):
        with cls.at(day):
            notice = suspension.notice_contact_id.sudo()
            notice._add_events(kind, "Post", f"{day} 12:00:00")
            cls.env.cr.flush()

    @classmethod
    def _in_force(cls, **vals):
        suspension = cls._notified(**vals)
        cls._night("2026-12-04")
        return suspension

    @classmethod
    def _night(cls, day):
        """The upkeep of suspensions on a day, until nothing is due."""
        model = cls.company._cobranza_engine(cls.env["cobranza.suspension"].sudo())
        with cls.at(day):
            today = cls.company._cobranza_today()
            while due := model._upkeep_due(cls.company, today, 100):
                due._upkeep(today)
            cls.env.cr.flush()

    def _tasks(self):
        return self.debtor.activity_ids.mapped("summary")
