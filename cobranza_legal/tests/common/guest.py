"""What we add to what Odoo does with many documents or partners in one go."""

import inspect
from contextlib import ExitStack, contextmanager, suppress
from unittest.mock import patch

from .base import CobranzaCommon
from .queries import listed

OURS = "cobranza_legal"
ODOO = (
    "account.bank.statement.line",
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
    "res.partner",
)
DAY = "2026-10-12"
"""A day on which level 1 of the policy has been reached."""


class Undo(Exception):
    """Nothing of a measurement stays."""


@contextmanager
def without_ours(registry):
    """Odoo's own records do what they do without us: the methods of Odoo that we
    override are taken away from our classes."""
    with ExitStack() as stack:
        for cls, name in sorted(_overrides(registry), key=str):
            stack.enter_context(_without(cls, name))
        yield


def _overrides(registry):
    found = set()
    for model in ODOO:
        line = registry[model].__mro__
        theirs = [cls for cls in line if OURS not in cls.__module__]
        for cls in line:
            names = vars(cls) if OURS in cls.__module__ else ()
            found |= {
                (cls, name)
                for name in names
                if inspect.isfunction(vars(cls)[name])
                and any(name in vars(other) for other in theirs if other is not line[0])
            }
    return found


@contextmanager
def _without(cls, name):
    with patch.object(cls, name):  # puts it back
        delattr(cls, name)
        yield


class GuestCostCommon(CobranzaCommon):
    """So many invoices, of one customer or of a customer each, and Odoo's own acts on
    all of them in one go."""

    ACTS = (
        "post",
        "draft",
        "cancel",
        "reconcile",
        "unreconcile",
        "statement",
        "followed",
        "language",
        "place",
        "levels",
    )
    MOST = 25
    """Queries that we may add to an act, for any number of documents."""
    MORE = {"unreconcile": 34}
    """What was settled is remembered before it goes."""
    ROWS = {"unreconcile": 1, "place": 2, "followed": 1}
    """Rows that we keep of each document or customer, written a hundred at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what Odoo tracks of what it computes depends on who reads it first
        cls.classPatch(
            cls.registry["account.move"], "_track_prepare", lambda *_args: None
        )

    @classmethod
    def _measure(cls, size, each=1):
        """{act: (the queries with us, how many we add)} on ``size`` invoices, ``each``
        of them of one customer; nothing stays."""
        found = {}
        with suppress(Undo), cls.env.cr.savepoint():
            cls._fill(size, each)
            for act in cls.ACTS:
                found[act] = cls._added(getattr(cls, f"_{act}"))
            raise Undo
        cls.env.invalidate_all(flush=False)
        return found

    def _check(self, few, many, size):
        """What we add is within the limits, and no more for ``many``, which are
        ``size``, than for ``few``."""
        for act in self.ACTS:
            queries, added = many[act]
            added -= self.ROWS.get(act, 0) * size // 100
            said = f"{act}: {few[act][1]} and {added} more queries\n{queries}"
            with self.subTest(act):
                self.assertLessEqual(added, self.MORE.get(act, self.MOST), said)
                self.assertLess(added - few[act][1], 5, said)

    @classmethod
    def _fill(cls, size, each):
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "is_company": True,
                    "email": f"customer{number}@example.com",
                    "country_id": cls.env.ref("base.es").id,
                }
                for number in range(size // each)
            ]
        )
        cls.partners = partners
        cls.drafts = cls._drafts(partners, each)
        cls.posted = cls._drafts(partners, each)
        cls.posted.action_post()
        cls._run("2026-10-11")
        cls.paid = cls._paid(partners, each)
        cls.env.cr.flush()

    @classmethod
    def _drafts(cls, partners, each):
        owners = [partner for partner in partners for _number in range(each)]
        return cls._invoices(owners, amount=100, post=False)

    @classmethod
    def _paid(cls, partners, each):
        """One entry with the money of all."""
        bank = cls.company_data["default_journal_bank"]
        receivable = cls.company_data["default_account_receivable"]
        credits = [
            {"account_id": receivable.id, "partner_id": one.id, "balance": -100 * each}
            for one in partners
        ]
        total = -sum(row["balance"] for row in credits)
        money = {"account_id": bank.default_account_id.id, "balance": total}
        return cls._book(DAY, money, *credits)

    @classmethod
    def _added(cls, act):
        """What we add to an act on which nothing stays."""
        with cls.at(DAY):
            ours = cls._asked(act)
            with without_ours(cls.registry):
                theirs = cls._asked(act)
        return ours, len(ours) - len(theirs)

    @classmethod
    def _asked(cls, act):
        with suppress(Undo), cls.env.cr.savepoint():
            do = act()
            cls.env.cr.flush()
            cls.env.invalidate_all()
            with listed(cls.env.cr) as queries:
                do()
                cls.env.cr.flush()
            raise Undo
        cls.env.invalidate_all(flush=False)
        return queries

    # -- the acts: each prepares, and gives back what is measured ----------------------

    @classmethod
    def _post(cls):
        return cls.drafts.action_post

    @classmethod
    def _draft(cls):
        return cls.posted.button_draft

    @classmethod
    def _cancel(cls):
        return cls.drafts.button_cancel

    @classmethod
    def _pairs(cls):
        items = cls.posted.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        credits = cls.paid.line_ids.filtered(lambda line: line.balance < 0)
        owed = items.grouped("partner_id")
        return [credit | owed[credit.partner_id] for credit in credits]

    @classmethod
    def _reconcile(cls):
        pairs = cls._pairs()
        return lambda: cls.env["account.move.line"]._reconcile_plan(pairs)

    @classmethod
    def _unreconcile(cls):
        cls.env["account.move.line"]._reconcile_plan(cls._pairs())
        return cls.paid.line_ids.remove_move_reconcile

    @classmethod
    def _statement(cls):
        journal = cls.company_data["default_journal_bank"]
        rows = [
            {
                "journal_id": journal.id,
                "date": DAY,
                "payment_ref": move.name,
                "partner_id": move.partner_id.id,
                "amount": 100,
            }
            for move in cls.posted
        ]
        return lambda: cls.env["account.bank.statement.line"].create(rows)

    @classmethod
    def _followed(cls):
        policy = cls._policy((3, {}), (20, {}))
        return lambda: cls.partners.write({"cobranza_policy_id": policy.id})

    @classmethod
    def _language(cls):
        return lambda: cls.partners.write({"lang": "en_US", "phone": "+34 600 000 000"})

    @classmethod
    def _place(cls):
        chile = cls.env.ref("base.cl")
        return lambda: cls.partners.write({"country_id": chile.id, "zip": "7500000"})

    @classmethod
    def _levels(cls):
        level = cls.policy.level_ids[:1]
        return lambda: level.write({"days": 4})
