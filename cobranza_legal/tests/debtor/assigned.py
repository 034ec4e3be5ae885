"""A debtor of five debts, two of which are of a lawyer."""

from ..common.base import ROLES
from ..common.charging import ChargeCommon

SEEN = (1011.17, 1022.23)
HIDDEN = (3033.31, 3044.37, 3055.43)
SECRET = "the warehouse in Brussels"


class AssignedCommon(ChargeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls._role(role) for role in ROLES}
        cls.lawyer = cls.users["lawyer"]
        cls.lawyer.group_ids |= cls.env.ref("base.group_allow_export")
        moves = [cls._invoice(amount=amount) for amount in (*SEEN, *HIDDEN)]
        cls.moves = cls.env["account.move"].concat(*moves)
        with cls.law(fee=cls.schedule()):
            cls._run("2026-11-20")
            cls.debts = cls._debts(cls.moves)
            for debt in cls.debts:  # a fee on several says the sum of its base
                cls._assess_on("2026-11-20", debt)
        cls.debtor = cls.debts.debtor_id
        cls.mine, cls.others = cls.debts[:2], cls.debts[2:]
        cls._happen()
        cls.mine._assign(cls.lawyer)
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _happen(cls):
        """What goes on with all five, and with those that the lawyer may not see."""
        about = {"debtor_id": cls.debtor.id}
        promise = {"promised_on": "2026-12-20", "amount": 11166.51}
        every = {**about, "debt_ids": cls.debts.ids}
        cls.env["cobranza.promise"].create({**every, **promise})
        cls.env["cobranza.hold"].create({**every, "note": SECRET})
        for debt in cls.others:
            dispute = {"debt_id": debt.id, "reason": "price", "description": SECRET}
            known = cls.env["cobranza.dispute"]._fields
            dispute = {name: one for name, one in dispute.items() if name in known}
            cls.env["cobranza.dispute"].create({**about, **dispute})
        cls._register_payment(cls.moves[2], amount=33.31, payment_date="2026-11-21")
        cls.debtor.message_post(body=SECRET)
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": f"{SECRET}.txt",
                "raw": SECRET.encode(),
                "res_model": "cobranza.debtor",
                "res_id": cls.debtor.id,
            }
        )
        call = {**about, "channel": "call", "sent_at": "2026-11-20 10:00:00"}
        cls.env["cobranza.contact"]._log({**call, "outcome_note": SECRET})
        charge = cls.others.charge_ids[:1]
        charge._waive(SECRET)
