from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import AccessError

from ...kernel.owed import CHARGE, Figures
from ..common.method import READER, ZERO, Methods
from ..common.money import say_amount, say_figures
from ..common.words import QUIET
from ..company.company import WIDE
from .figures import FiguresReader, Principals, netted_groups
from .payable import PayableReader
from .reader import PositionReader
from .statement import StatementReader, accruing_of
from .words import figure_rows, span_label, total_label


class CobranzaDebtor(models.Model):
    """What a debtor owes: its position on any day, what a payment may be imputed to,
    the open items and the account statement, and the task of the accountant when a
    payment went past the charges."""

    _inherit = "cobranza.debtor"

    _titled_reports = ("cobranza_legal.statement",)

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

    # -- what is open, and the figures of it -------------------------------------------

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
        for reader, debtors in self._figure_readers(on):
            result |= reader.collect(debtors)
        return result

    def _known_then(self, on, debts=None):
        """{currency id: (by the ledger now, as known then, [why they differ])} of a day
        that is over: what was open of the documents of the debtor, less loose credits
        and without charges, or of these ``debts``. Only where the two differ: what
        settled a debt on the day was undone after it, or is done again."""
        self.ensure_one()
        self.check_access("read")
        if on >= self.company_id._cobranza_today():
            return {}
        seen = self._seen_debts(debts)
        # sudo: as for the position
        env = self.sudo().env
        reader = PositionReader(env, self.company_id, on)
        then, changes = reader.items_known_then(self.partner_id)
        if not changes:
            return {}
        wanted = None if seen is None else set(seen.ids)
        ceded = self._ceded_ids(on)
        before = self._open_of(reader.items(self.partner_id), wanted, ceded)
        known = self._open_of(then, wanted, ceded)
        undone = env["cobranza.settlement.undone"]
        result = {}
        for currency in {*before, *known}:
            rows = undone.browse(
                [
                    row
                    for one in changes
                    for row in one.undone
                    if wanted is None or one.debt in wanted
                ]
            ).filtered(lambda row, money=currency: row.currency_id.id == money)
            if rows and before[currency] != known[currency]:
                why = rows._explain()
                result[currency] = before[currency], known[currency], why
        return result

    def _items_and_changes(self, on):
        """([Item] by the ledger now, [Change] to what was known then) of a day that is
        over; see ``PositionReader``. Run as superuser."""
        reader = PositionReader(self.env, self.company_id, on)
        _items, changes = reader.items_known_then(self.partner_id)
        return reader.items(self.partner_id), changes

    def _accruing_on(self, debts):
        """{debt id: [values of a charge]} of what runs until today on these debts of
        these debtors and nobody has charged; without the collection fee that a payment
        of the day spares. A fixed number of queries for each company."""
        result = {}
        # sudo: who may see the debt may tell what it bears
        for company, own in debts.sudo().grouped("company_id").items():
            run = own.env["cobranza.run"].with_company(company)
            book = run._book(company, company._cobranza_today())
            book = book.collect(own.debtor_id.ids)
            for draft in accruing_of(run.env, book, set(own.ids), spared=True).drafts:
                result.setdefault(draft["debt_id"], []).append(draft)
        return result

    @staticmethod
    def _open_of(items, wanted, ceded):
        """{currency id: what is open of these items}; of the ``wanted`` debts only."""
        sums = defaultdict(Decimal)
        for item in items:
            counts = item.counts or not item.is_debit
            told = counts and item.debt not in ceded
            if told if wanted is None else item.debt in wanted:
                sums[item.currency] += item.open
        return sums

    @api.depends("debt_ids.move_line_id.amount_residual")
    @api.depends_context("uid")
    def _compute_principals(self):
        found = self._read_principals()
        for debtor in self:
            one = found.get(debtor.id, Principals())
            debtor.debt_count = one.debts
            debtor.overdue = float(one.overdue)
            debtor.not_due = float(one.not_due)
            debtor.credit_amount = float(one.loose)
            debtor.oldest_due = one.oldest
            today = debtor.company_id._cobranza_today()
            debtor.days_late = (today - one.oldest).days if one.oldest else 0

    def _read_principals(self):
        """{debtor id: ``Principals``} of today: a fixed number of queries."""
        result = {}
        for reader, debtors in self._figure_readers():
            result |= reader.principals(debtors)
        return result

    @api.depends(
        "debt_ids.move_line_id.amount_residual",
        *("charge_ids.state", "charge_ids.amount_due", "hold_ids.state"),
        *("dispute_ids.state", "insolvent_on", "regime"),
    )
    @api.depends_context("uid", "lang")
    def _compute_charges(self):
        own, by_currency = {}, {}
        for reader, debtors in self._figure_readers():
            found = reader.read_all(debtors)
            own |= {debtor: one.company for debtor, one in found.items()}
            by_currency |= {debtor: one.currencies for debtor, one in found.items()}
        for debtor in self:
            one = own.get(debtor.id, Figures())
            debtor.charge_amount = float(one.charges)
            debtor.total = float(one.total)
            debtor.total_label = total_label(
                self.env, debtor.company_id._cobranza_today()
            )
            debtor.figures_by_currency = debtor._say_by_currency(
                by_currency.get(debtor.id, {})
            )

    def _say_by_currency(self, figures):
        """The figures of each currency, a line for one; empty when all is owed in the
        company's."""
        currencies = self.env["res.currency"].browse(figures)
        told = currencies.filtered(lambda currency: figures[currency.id].says)
        if not told - self.currency_id:
            return False
        today = self.company_id._cobranza_today()
        return "\n".join(
            " · ".join(
                f"{label} {say_amount(self.env, amount, currency)}"
                for _key, label, amount in figure_rows(
                    self.env, figures[currency.id], today
                )
            )
            for currency in told.sorted("name")
        )

    def _figure_readers(self, on=None):
        """[(``FiguresReader``, debtors)] by company, as superuser: who may see a debtor
        may tell what it owes, with or without accounting; with the role of own cases
        only what the debts assigned to it are."""
        seen, whole = {}, ()
        if self._sees_own_debts():
            mine = self._assigned()
            seen = {debtor.id: {*debts.ids} for debtor, debts in mine.items()}
            whole = {*(self - self._seen_in_part()).ids}
        for company, debtors in self.sudo().grouped("company_id").items():
            if company and debtors.ids:
                day = on or company._cobranza_today()
                reader = FiguresReader(debtors.env, company, day, seen, whole)
                yield reader, debtors.browse(debtors.ids)

    # -- the account statement ---------------------------------------------------------

    def _told_items(self):
        """The items of today that a statement tells: neither what cancels itself out
        nor entries that are not followed, nor what is owed to somebody else, and not
        what bills charges, which are told apart; oldest due first."""
        ceded = self._ceded_ids(self.company_id._cobranza_today())
        found = [
            item
            for item in netted_groups(self._items())
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

    def _section(self, currency):
        """The kernel ``Section`` of today in a currency: the position of today."""
        position = self._position(self.company_id._cobranza_today())
        return position.section(currency.name)

    def _statement(self):
        """[section] of the statement, one for each currency, in a stable order: the
        position of today, of which nothing is open any more left out."""
        today = self.company_id._cobranza_today()
        sections = [
            self._statement_section(section, today)
            for section in self._position(today).sections
        ]
        return [one for one in sections if one["rows"] or one["figures"].says]

    def _statement_section(self, section, today):
        currency = self.env["res.currency"].search([("name", "=", section.currency)])
        figures = section.figures(today)
        rows = [
            self._statement_row(principal, today)
            for principal in section.principals
            if principal.open
        ]
        spans = self.company_id._cobranza_spans()
        ageing = [0.0] * len(spans.spans)
        for row in rows:
            ageing[spans.place(row["late"])] += row["open"]
        return {
            "currency": currency,
            "rows": rows,
            "credits": section.credits,
            "charges": [self._charge_row(one) for one in section.charges if one.open],
            "open": float(section.principal),
            "figures": figures,
            "summary": [
                (key, label, float(amount))
                for key, label, amount in figure_rows(self.env, figures, today)
            ],
            "ageing": list(zip(spans.spans, ageing, strict=True)),
        }

    def _statement_row(self, principal, today):
        # sudo: as for the items
        debt = self.env["cobranza.debt"].sudo().browse(principal.debt or ())
        promised = self.promise_ids.filtered(lambda promise: promise.state == "open")
        disputed = self.dispute_ids.filtered(lambda dispute: dispute.state == "open")
        return {
            "document": debt.document if debt else principal.document,
            "instalment": debt.instalment_no if debt.instalment_count > 1 else 1,
            "due": principal.due,
            "original": float(principal.original),
            "paid": float(principal.paid),
            "open": float(principal.open),
            "late": max(0, (today - principal.due).days),
            "promised": bool(debt) and debt in promised.debt_ids,
            "disputed": bool(debt) and debt in disputed.debt_id,
            "small": bool(principal.dust),
            "line": principal.line,
        }

    def _say_amount(self, amount, currency):
        return say_amount(self.env, amount, currency)

    def _charge_row(self, item):
        """A ``ChargeItem`` in words, as letters and statements tell it."""
        kinds = self.env["cobranza.charge"]._fields["kind"]
        return {
            "kind": dict(kinds._description_selection(self.env))[item.kind],
            "document": item.document,
            "formula": say_figures(self.env, item.formula),
            "article": item.article,
            "accruing": item.accruing,
            "amount": float(item.open),
        }

    def _span_label(self, span):
        return span_label(self.env, span)

    def _document_title(self):
        """Title of the account statement, in the debtor's language."""
        spoken = self.with_context(lang=self._installed_lang())
        return spoken.env._("Account statement · %s", spoken.display_name)

    # -- how it is paid ----------------------------------------------------------------

    def _payment_methods(self, lines, reader=None):
        """``Methods`` of open items (``account.move.line``) of this debtor, as the
        partner ``reader`` may know them (the debtor itself), in the context's
        language. Without a block that knows of one all is paid by transfer; who sees
        a part of a debtor is told nothing. Blocks that are switched off are asked too:
        what they cover is not asked for."""
        allowed = self.env.su or any(map(self.env.user.has_group, WIDE))
        blocks = ()
        if lines and allowed:
            blocks = self.env["cobranza.block"]._blocks()
        # sudo: whoever reads a document reads how it is paid
        debtor, lines = self.sudo(), lines.sudo()
        reader = reader or debtor.partner_id
        return Methods(
            tuple(
                one
                for block in blocks
                for one in block._payment_methods(debtor, lines, reader.sudo())
            )
        )

    def _section_methods(self, section, reader=None):
        """``Methods`` of the principals of a kernel ``Section`` of today."""
        ids = [one.line for one in section.principals if one.line and one.open]
        return self._line_methods(ids, reader)

    def _line_methods(self, ids, reader=None):
        """``Methods`` of journal items by their ids, as who gets the document that is
        being printed may know them."""
        known = self.env.context.get(READER)
        if not reader and isinstance(known, int):
            reader = self.env["res.partner"].browse(known)
        lines = self.env["account.move.line"].browse(filter(None, ids))
        return self._payment_methods(lines, reader)

    @staticmethod
    def _to_transfer(section, methods, total=None):
        """What is left to be transferred of a kernel ``Section`` (of ``total``, where
        that is not all of it), a Decimal that is not negative."""
        left = section.total if total is None else total
        for one in section.principals:
            left -= min(methods.amount(one.line), one.open)
        free = {one.debt for one in section.principals if methods.is_free(one.line)}
        left -= sum((one.open for one in section.charges if one.debt in free), ZERO)
        return max(left, ZERO)

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
        people = self.union(*found)._accountants()
        for debtor, texts in found.items():
            activity = known.get(debtor.id)
            if activity:
                activity.note += self._unimputed_note(texts)
            else:
                vals = debtor._prepare_unimputed(kind, texts, day)
                vals_list.append({**vals, "user_id": people[debtor].id})
        # without an e-mail for each
        self.env["mail.activity"].with_context(**QUIET).create(vals_list)

    def _prepare_unimputed(self, kind, texts, day):
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "res_name": self.display_name,
            "activity_type_id": kind.id,
            "summary": self.env._("A payment went past the charges"),
            "note": self._unimputed_note(texts),
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
        return self._accountants()[self]

    def _accountants(self):
        """{debtor: its ``_accountant``}; each company is asked once."""
        group = "cobranza_legal.group_accountant"
        people = {one: one._cobranza_users(group) for one in self.company_id}
        found = {}
        for debtor, owner in self._task_owners().items():
            own = people[debtor.company_id]
            found[debtor] = owner if owner in own else (own[:1] or owner)
        return found
