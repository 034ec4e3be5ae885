from .charging import ChargeCommon

EVERY_KIND = (
    "fee",
    "compensation",
    "interest",
    "commission",
    "cost",
    "penalty",
    "indexation",
)


class BillingCommon(ChargeCommon):
    """Charges of every kind, and forms that bill them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.income = cls.company_data["default_account_revenue"]
        cls.misc = cls.company_data["default_journal_misc"]
        cls.receivable = cls.company_data["default_account_receivable"]

    @classmethod
    def _form(cls, kind, form="entry", basis="law", **vals):
        journal = cls.company_data[
            "default_journal_misc" if form == "entry" else "default_journal_sale"
        ]
        model = cls.env["cobranza.charge.form"].sudo()
        known = model.search(
            [
                ("company_id", "=", cls.company.id),
                ("kind", "=", kind),
                ("basis", "=", basis),
            ]
        )
        vals = {
            "form": form,
            "journal_id": journal.id,
            "account_id": cls.income.id,
            **vals,
        }
        if known:
            known.write(vals)
            return known
        common = {"company_id": cls.company.id, "kind": kind, "basis": basis}
        return model.create({**common, **vals})

    @classmethod
    def _opened(cls, day="2026-10-20", **vals):
        """(document, its debt), opened by the run of a day."""
        move = cls._invoice(**{"due": "2026-10-05", "amount": 1000, **vals})
        cls._run(day)
        return move, cls._debts(move)

    @classmethod
    def _charge(cls, debt, kind="compensation", amount=40, day="2026-10-30", **vals):
        """A charge as an assessment leaves it."""
        vals = {
            "company_id": debt.company_id.id,
            "debtor_id": debt.debtor_id.id,
            "debt_id": debt.id,
            "move_id": debt.move_id.id,
            "kind": kind,
            "currency_id": debt.currency_id.id,
            "amount": amount,
            "base": 1000,
            "assessed_on": day,
            "article": "Law 1",
            "formula": str(amount),
            **vals,
        }
        if kind in ("interest", "indexation"):
            vals = {"period_from": "2026-10-06", "period_to": day, **vals}
        return cls.env["cobranza.charge"].sudo().create(vals).sudo(False)

    @classmethod
    def _bill_on(cls, day, charges, **vals):
        with cls.at(day):
            return charges._bill(**vals)

    def _items(self, move):
        """[(account code, debit, credit)] of a document."""
        rows = [
            (line.account_id.code, line.debit, line.credit) for line in move.line_ids
        ]
        return sorted(rows)

    def _balanced(self, moves):
        for move in moves:
            self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0)

    def _settle(self, line, amount):
        """A payment by an entry of the bank."""
        bank = self.company_data["default_journal_bank"]
        move = self.env["account.move"].create(
            {
                "journal_id": bank.id,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "account_id": line.account_id.id,
                            "partner_id": line.partner_id.id,
                            "credit": amount,
                        },
                    ),
                    (
                        0,
                        0,
                        {"account_id": bank.default_account_id.id, "debit": amount},
                    ),
                ],
            }
        )
        move.action_post()
        own = move.line_ids.filtered(lambda item: item.account_id == line.account_id)
        (own | line).reconcile()
        return move
