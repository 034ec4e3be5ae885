from contextlib import suppress
from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from ..common.queries import listed
from .test_debit import DebitCommon

DUE = "2026-12-23"
SMALL, LARGE = 200, 400


class Undo(Exception):
    """Nothing of a measurement stays."""


@tagged("post_install", "-at_install")
class TestDebitScale(DebitCommon):
    """Two hundred mandates and debits ask the database as often as four hundred; only
    rows are written a hundred at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.cobranza_mode = "automatic"
        cls.people = cls._people(LARGE)
        cls.moves = cls._moves(cls.people)
        with cls.at("2026-11-23"):
            debtors = cls.env["cobranza.run"].sudo()
            debtors = debtors._ensure_debtors(cls.company, cls.people)
        cls.mandates = cls._mandates(debtors)
        cls._measure(20)
        cls.small, cls.large = cls._measure(SMALL), cls._measure(LARGE)

    # -- the book ----------------------------------------------------------------------

    @classmethod
    def _people(cls, count):
        partners = cls.env["res.partner"].create(
            [
                {"name": f"P{n}", "is_company": True, "email": f"p{n}@example.com"}
                for n in range(count)
            ]
        )
        # sudo: addons beside us may keep accounts for people with a role of their own
        cls.env["res.partner.bank"].sudo().create(
            [
                {"partner_id": partner.id, "acc_number": cls._iban(partner.id)}
                for partner in partners
            ]
        )
        return partners

    @staticmethod
    def _iban(number):
        account = f"{number:020d}"
        digits = 98 - int(f"{account}142800") % 97  # ES = 14 28
        return f"ES{digits:02d}{account}"

    @classmethod
    def _moves(cls, partners):
        model, journal = cls.env["account.move"], cls.company_data
        moves = model.create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "currency_id": cls.euro.id,
                    "invoice_date": "2026-11-20",
                    "invoice_date_due": DUE,
                    "invoice_payment_term_id": False,
                    "journal_id": journal["default_journal_sale"].id,
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 50, "tax_ids": []})
                    ],
                }
                for partner in partners
            ]
        )
        moves.action_post()
        return moves

    @classmethod
    def _mandates(cls, debtors):
        mandates = cls.env["cobranza.mandate"].create(
            [
                {
                    "debtor_id": debtor.id,
                    "scheme": "core",
                    "bank_account_id": debtor.partner_id.bank_ids.id,
                }
                for debtor in debtors
            ]
        )
        mandates._through_gate().write(
            {"state": "valid", "signed_on": "2026-01-10", "signed_method": "import"}
        )
        for mandate in mandates:
            mandate._through_gate().account_number = (
                mandate.bank_account_id.sanitized_acc_number
            )
        gone = cls._role("collector")
        mandates[::2].user_id = gone
        gone.active = False
        return mandates.sorted("id")

    # -- the measurements --------------------------------------------------------------

    @classmethod
    def _measure(cls, size):
        """{what: ``Queries``} with so many customers who pay by direct debit."""
        counts = {}
        with suppress(Undo), cls.env.cr.savepoint():
            people = cls.people[:size]
            payers = people.with_company(cls.company)
            payers.cobranza_direct_debit_own = True
            cls._count_debits(counts, people)
            raise Undo
        cls.env.invalidate_all(flush=False)
        with suppress(Undo), cls.env.cr.savepoint():
            cls._count_ends(counts, cls.mandates[:size])
            raise Undo
        cls.env.invalidate_all(flush=False)
        return counts

    @classmethod
    def _count(cls, counts, what, act):
        cls.env.flush_all()
        cls.env.invalidate_all()
        with listed(cls.env.cr) as counts[what]:
            result = act()
            cls.env.flush_all()
        return result

    @classmethod
    def _engine(cls, model):
        return cls.company._cobranza_engine(cls.env[model].sudo())

    @classmethod
    def _upkept(cls, counts, what, model, day):
        with cls.at(day):
            today, records = date.fromisoformat(day), cls._engine(model)
            due = cls._count(
                counts,
                f"{what}: due",
                lambda: records._upkeep_due(cls.company, today, 1000),
            )
            cls._count(counts, what, lambda: due._upkeep(today))
            assert not records._upkeep_due(cls.company, today, 1000)
        return due

    @classmethod
    def _count_debits(cls, counts, people):
        size = len(people)
        with cls.at("2026-11-23"):
            moves = cls.moves.filtered(lambda one: one.partner_id in people)
            cls._count(counts, "choice", lambda: moves.mapped("cobranza_mandate_note"))
            batch = cls._batch(fill=False)
            cls._count(counts, "fill", batch.action_fill)
            debits = batch.debit_ids.sudo()
            assert len(debits) == size, batch.left_out
            cls._count(counts, "notify", batch.action_notify)
            notices = debits.notice_contact_id
            assert len(notices) == size
            for contact in notices:
                contact._through_gate().write(
                    {"state": "sent", "sent_at": "2026-11-23"}
                )
            cls._count(counts, "noticed", lambda: debits._noticed(notices))
            assert set(debits.mapped("state")) == {"notified"}
        with cls.at("2026-12-22"):
            cls._count(counts, "present", batch.action_present)
            assert set(debits.mapped("state")) == {"presented"}
        lines = debits.move_line_id.ids
        today = date(2026, 12, 28)
        with cls.at(str(today)):
            block = cls._engine("cobranza.block.mandate")
            cls._count(
                counts, "covering items", lambda: block._covering_items(lines, today)
            )
            cls._run(str(today))
            debts = cls._debts(debits.move_id).ids
            model = cls._engine("cobranza.debt")
            found = cls._count(counts, "covering", lambda: model._covered(debts, today))
            assert len(found) == size
        half = debits.move_line_id[: size // 2]
        with suppress(Undo), cls.env.cr.savepoint():
            cls._pay_all(half)
            cls._upkept(counts, "paid", "cobranza.debit", "2026-12-28")
            paid = debits.filtered(lambda one: one.state == "paid")
            assert len(paid) == size // 2
            with cls.at("2026-12-29"):
                cls._count(
                    counts,
                    "came back",
                    lambda: paid._come_back("unknown", date(2026, 12, 29)),
                )
            raise Undo
        cls.env.invalidate_all(flush=False)
        silent = cls._upkept(counts, "silent", "cobranza.debit", "2027-01-04")
        assert len(silent) == size

    @classmethod
    def _pay_all(cls, lines):
        bank = cls.company_data["default_account_deferred_expense"]
        rows = [
            {
                "account_id": line.account_id.id,
                "partner_id": line.partner_id.id,
                "currency_id": line.currency_id.id,
                "amount_currency": -line.amount_currency,
                "balance": -line.balance,
            }
            for line in lines
        ]
        total = sum(lines.mapped("balance"))
        rows.append({"account_id": bank.id, "balance": total})
        entry = cls._book("2026-12-23", *rows)
        credits = entry.line_ids.filtered(
            lambda one: one.account_id in lines.account_id
        )
        by_partner = credits.grouped("partner_id")
        lines._reconcile_plan([line | by_partner[line.partner_id] for line in lines])

    @classmethod
    def _count_ends(cls, counts, mandates):
        soon = date(2026, 12, 20)
        mandates._through_gate().write({"expires_on": soon})
        cls._upkept(counts, "alarms", "cobranza.mandate", str(soon - timedelta(days=9)))
        cls._upkept(counts, "expiry", "cobranza.mandate", str(soon))
        payers = mandates.debtor_id.partner_id.with_company(cls.company)
        payers.cobranza_direct_debit_own = True
        with cls.at(str(soon)):
            block = cls._engine("cobranza.block.mandate")
            cls._count(counts, "daily", lambda: block._daily(cls.company, soon))
            asked = mandates.debtor_id.filtered("mandate_asked_on")
            assert len(asked) == len(mandates)
            cls._count(counts, "daily again", lambda: block._daily(cls.company, soon))

    # -- what they must be -------------------------------------------------------------

    def test_two_hundred_ask_as_often_as_four_hundred(self):
        for what, large in self.large.items():
            small = self.small[what]
            with self.subTest(what):
                told = f"{len(small)} and {len(large)} queries\n{large}"
                more = len(large) - large.writes - len(small) + small.writes
                if what == "came back":  # Odoo unmatches each payment by itself
                    more -= 2 * (LARGE - SMALL) // 2
                self.assertLess(more, 6, told)
                self.assertLess(large.writes - small.writes, 15, told)
