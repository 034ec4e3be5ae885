from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError

from ...kernel.owed import CHARGE, grouped, netted
from ..common.words import QUIET
from .figures import FiguresReader
from .payable import PayableReader
from .reader import PositionReader
from .statement import StatementReader

BUCKETS = ((0, 0), (1, 30), (31, 60), (61, 90), (91, None))
"""Days late of the columns of the ageing: not due, 1–30, 31–60, 61–90, more."""


class CobranzaDebtor(models.Model):
    """What a debtor owes: its position on any day, what a payment may be imputed to,
    the open items and the account statement, and the task of the accountant when a
    payment went past the charges."""

    _inherit = "cobranza.debtor"

    def _position(self, on, debts=None, paying=False):
        """The kernel ``Statement`` of one debtor on the day ``on``, of all that it owes
        or of these ``debts``; nothing is written.

        Today and later: what stands, and what the assessment of that day would charge
        if nothing changed until then. Interest also runs on what we have promised not
        to ask for. A day in the past: what the books say by the dates of payments and
        charges, with the interest until that day. Payments count from their own day,
        which still earns interest. UserError for nobody: what could not be worked out
        is told in ``refused``. ``paying``: what is asked of who pays on that day, see
        ``StatementReader``.
        """
        self.ensure_one()
        self.check_access("read")
        debts = self._seen_debts(debts)
        if debts is not None and not debts and self._sees_own_debts():
            raise AccessError(self.env._("None of these debts is assigned to you."))
        # sudo: who may see the debtor may tell what it owes, with or without accounting
        return StatementReader(self.sudo(), paying).collect(on, debts)

    def _payable(self, on, currency):
        """The ``Payables`` of a debtor on the day ``on`` of a payment, in a currency.

        Open principals, due or not; charges billed or assessed, with their taxes; and
        what accrues until the day or was due by then for days late. Not what no payment
        can settle, which ``notes`` tell: charges that are asked to be waived, or memo
        only without an account for when they are paid. Nor the collection fee that
        would be charged on the very day of the payment.
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: as for the position, who sees the debtor sees its debts
        return PayableReader(self.sudo()).collect(on, currency)

    def _charge_accruing(self, on, debts):
        """{key: charge} of all that accrues on ``debts`` (ids) until the day ``on`` of
        a payment, charged on it, whether the payment is imputed to it or not; keys of
        ``Payable``. Run as superuser."""
        return PayableReader(self).charge_accruing(on, debts)

    # -- the account statement ---------------------------------------------------------

    def _items(self, on=None):
        """[Item] of what is open of the debtor on a day, today for None: debits and
        credits, due or not, followed or not, by id; documents that bill charges too.
        The one definition of what it owes: see ``PositionReader``."""
        self.ensure_one()
        self.check_access("read")
        on = on or self.company_id._cobranza_today()
        # sudo: who may see the debtor may tell what it owes, with or without accounting
        reader = PositionReader(self.sudo().env, self.company_id, on)
        items = reader.items(self.partner_id)
        seen = self._seen_debts()
        if seen is None:
            return items
        own = set(seen.ids)
        return [item for item in items if item.debt in own]

    def _figures(self, on=None):
        """{debtor id: {currency id: kernel ``Figures``}} of these debtors on a day,
        today for None, or a later one: overdue, not yet due, charges accrued and the
        total on the day, with the loose credits beside them, and how much of it may be
        claimed, is covered or stopped. A fixed number of queries."""
        self.check_access("read")
        result = {}
        # sudo: who may see the debtor may tell what it owes, with or without accounting
        for company, debtors in self.sudo().grouped("company_id").items():
            day = on or company._cobranza_today()
            result |= FiguresReader(debtors.env, company, day).collect(debtors)
        return result

    def _told_items(self):
        """The items of today that a statement tells: neither what cancels itself out
        nor entries that are not followed, nor what is owed to somebody else, and not
        what bills charges, which are told apart; oldest due first."""
        ceded = self._ceded_ids(self.company_id._cobranza_today())
        found = []
        for group in grouped(self._items()).values():
            found += [
                item
                for item in netted(group)
                if item.kind != CHARGE
                and item.debt not in ceded
                and item.open
                and (item.counts or item.open < 0)
            ]
        return sorted(found, key=lambda item: (item.due, item.day, item.line))

    def _ceded_ids(self, on):
        """Ids of the debts of the debtor that are owed to somebody else on a day."""
        domain = [
            *[("debtor_id", "=", self.id), ("ceded_on", "<=", on)],
            *["|", ("ceded_back_on", "=", False), ("ceded_back_on", ">", on)],
        ]
        # sudo: as for the items
        return set(self.env["cobranza.debt"].sudo().search(domain).ids)

    def _balance(self, currency):
        """What is open in a currency, less unallocated payments, without charges."""
        items = (one for one in self._told_items() if one.currency == currency.id)
        return currency.round(float(sum(item.open for item in items)))

    def _standing_charges(self):
        """The charges of which something is owed, billed or not."""
        charges = self.charge_ids.filtered("amount_due")
        # the superuser may have read them before in this transaction
        return charges._filtered_access("read")

    def _statement(self):
        """[section] of the statement, one for each currency, in a stable order."""
        items, charges = self._told_items(), self._standing_charges()
        ids = {item.currency for item in items}
        currencies = self.env["res.currency"].browse(ids) | charges.currency_id
        return [
            self._statement_section(
                currency,
                [item for item in items if item.currency == currency.id],
                charges.filtered(lambda charge, c=currency: charge.currency_id == c),
            )
            for currency in currencies.sorted("name")
        ]

    def _statement_section(self, currency, items, charges):
        # sudo: as for the items
        debts = self.env["cobranza.debt"].sudo()
        rows = [
            self._statement_row(item, debts.browse(item.debt or ()))
            for item in items
            if item.open > 0
        ]
        ageing = defaultdict(float)
        for row in rows:
            ageing[self._bucket(row["late"])] += row["open"]
        credits = [item for item in items if item.open < 0]
        credit = float(-sum(item.open for item in credits))
        fees, total = (
            sum(charges.mapped("amount_due")),
            sum(row["open"] for row in rows),
        )
        return {
            "currency": currency,
            "rows": rows,
            "credits": credits,
            "credit": credit,
            "charges": charges,
            "open": total,
            "fees": fees,
            "balance": currency.round(total + fees - credit),
            "ageing": [(bucket, ageing[bucket]) for bucket in BUCKETS],
        }

    def _statement_row(self, item, debt):
        today = self.company_id._cobranza_today()
        promised = self.promise_ids.filtered(
            lambda promise: promise.state == "open"
        ).debt_ids
        disputed = self.dispute_ids.filtered(
            lambda promise: promise.state == "open"
        ).debt_id
        original = debt.original_amount if debt else float(item.original)
        open_ = float(item.open)
        return {
            "document": debt.document if debt else item.document,
            "instalment": debt.instalment_no if debt.instalment_count > 1 else 1,
            "due": item.due,
            "original": original,
            "paid": original - open_,
            "open": open_,
            "late": max(0, (today - item.due).days),
            "promised": bool(debt) and debt in promised,
            "disputed": bool(debt) and debt in disputed,
        }

    @staticmethod
    def _bucket(late):
        return next(
            bucket
            for bucket in BUCKETS
            if bucket[0] <= late and (bucket[1] is None or late <= bucket[1])
        )

    def _bucket_label(self, bucket):
        first, last = bucket
        if last == 0:
            return self.env._("Not due")
        if last is None:
            return self.env._("More than %s days", first - 1)
        return self.env._("%(first)s to %(last)s days", first=first, last=last)

    def _document_title(self):
        """Title of the account statement, in the debtor's language."""
        spoken = self.with_context(lang=self._installed_lang())
        return spoken.env._("Account statement · %s", spoken.display_name)

    # -- payments that nobody imputed -----------------------------------------------

    @api.model
    def _raise_unimputed(self, found, day):
        """Activities for {debtor: [what happened]}; an open one is not repeated but
        told more."""
        if not found:
            return
        kind = self.env.ref("cobranza_legal.mail_activity_imputation")
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", [debtor.id for debtor in found]),
                ("activity_type_id", "=", kind.id),
            ]
        )
        known = {activity.res_id: activity for activity in activities}
        vals_list = []
        for debtor, texts in found.items():
            activity = known.get(debtor.id)
            if activity:
                activity.note += self._unimputed_note(texts)
            else:
                vals_list.append(debtor._prepare_unimputed(kind, texts, day))
        # without an e-mail for each
        self.env["mail.activity"].with_context(**QUIET).create(vals_list)

    def _prepare_unimputed(self, kind, texts, day):
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": kind.id,
            "summary": self.env._("A payment went past the charges"),
            "note": self._unimputed_note(texts),
            "user_id": self._accountant().id,
            "date_deadline": day,
            "automated": True,
        }

    @api.model
    def _unimputed_note(self, texts):
        return self.env["ir.qweb"]._render(
            "cobranza_legal.unimputed_note", {"texts": texts}
        )

    def _accountant(self):
        """Who imputes payments: the debtor's own person if an accountant, else an
        accountant of the company, else whoever does what the debtor needs."""
        owner = self._task_owner()
        people = self.company_id._cobranza_users("cobranza_legal.group_accountant")
        return owner if owner in people else (people[:1] or owner)
