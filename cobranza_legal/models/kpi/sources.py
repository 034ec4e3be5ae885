"""How the indicators of the core are measured."""

from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...kernel.kpi import YEAR, ZERO, check_tax, countback, roll_rate
from .indicator import Measure
from .kept import KeptReader

ONE = Decimal(1)


CHANNELS = """
    SELECT cl.debt_id, c.channel,
           (c.sent_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
      FROM cobranza_contact_line cl
      JOIN cobranza_contact c ON c.id = cl.contact_id
     WHERE cl.debt_id = ANY(%(debts)s) AND c.state = 'sent'
       AND c.direction = 'outbound' AND c.sent_at IS NOT NULL
     ORDER BY c.sent_at DESC, c.id DESC
"""


class CobranzaKpiSources(models.AbstractModel):
    """Each method takes a ``KpiBook`` and gives [Measure]."""

    _name = "cobranza.kpi.sources"
    _description = "Sources of indicators"

    # -- days --------------------------------------------------------------------------

    def _window(self, book):
        """Kernel ``Sales`` of the window of the settings."""
        window = book.company.cobranza_kpi_window
        if window in ("quarter", "annualised"):
            sales = book.sales(book.quarter, book.day)
            return sales if window == "quarter" else sales.annualised(4)
        return book.sales(book.year, book.day, YEAR)

    def _days(self, book, items, name):
        """[Measure] of days of sales that these items are."""
        amount = book.amount(items)
        inputs = {
            name: str(amount.value),
            "taxed": book.company.cobranza_kpi_sales,
        }
        if book.company.cobranza_kpi_window == "countback":
            days = countback(amount, book.months())
            return [
                Measure(
                    days or ZERO, ONE if days is not None else ZERO, inputs, "", ONE
                )
            ]
        sales = self._window(book)
        check_tax(amount.with_tax, sales.with_tax)
        inputs |= {"sales": str(sales.value), "days": str(sales.days)}
        return [Measure(amount.value, sales.value, inputs, factor=sales.days)]

    @api.model
    def _measure_dso(self, book):
        [one] = self._days(book, book.items, "receivables")
        if not book.then:
            one.inputs["balance"] = str(book.balance)
        return [one]

    @api.model
    def _measure_best_dso(self, book):
        late = {one.line for one in book.late}
        items = [one for one in book.items if one.line not in late]
        return self._days(book, items, "current")

    @api.model
    def _measure_delay(self, book):
        """What is overdue in days of sales: the one figure less the other."""
        if book.company.cobranza_kpi_window != "countback":
            return self._days(book, book.late, "overdue")
        [whole], [best] = self._measure_dso(book), self._measure_best_dso(book)
        both = min(whole.denominator, best.denominator)
        inputs = {**whole.inputs, **best.inputs}
        delay = whole.numerator - best.numerator
        return [Measure(delay, both, inputs, factor=ONE)]

    # -- overdue -----------------------------------------------------------------------

    @api.model
    def _measure_overdue(self, book):
        overdue = sum((one.open_company for one in book.late), ZERO)
        whole = sum((one.open_company for one in book.owed), ZERO)
        return [Measure(overdue, whole, _texts(overdue=overdue, open=whole))]

    @api.model
    def _measure_overdue_adjusted(self, book):
        net, agreed = book.netted, KeptReader(book).agreed()
        late = [one for one in book.late if one.line in net]
        overdue = sum((net[one.line] for one in late if one.debt not in agreed), ZERO)
        missed, shares = ZERO, defaultdict(lambda: ZERO)
        for one in book.owed:
            if one.debt in agreed:
                shares[agreed[one.debt][0]] += net.get(one.line, ZERO)
        for agreement, amount in dict(agreed.values()).items():
            missed += min(amount, shares[agreement])
        whole = sum(net.values(), ZERO)
        inputs = _texts(overdue=overdue, agreed=missed, open=whole)
        return [Measure(overdue + missed, whole, inputs)]

    # -- effectiveness -----------------------------------------------------------------

    def _of_period(self, book, receipts):
        paid = sum((one.amount for one in receipts), ZERO)
        back = -sum((one.amount for one in receipts if one.amount < 0), ZERO)
        inputs = _texts(paid=paid, came_back=back, due=book.due)
        return [Measure(paid, book.due, inputs | _period(book))]

    @api.model
    def _measure_effectiveness(self, book):
        return self._of_period(book, [one for one in book.cash if one.amount > 0])

    @api.model
    def _measure_effectiveness_adjusted(self, book):
        own = [one for one in book.cash if book.since <= one.due <= book.day]
        return self._of_period(book, own)

    @api.model
    def _measure_index(self, book):
        begin, sales = book.before.amount(book.before.items), book.sold
        end = book.amount(book.items)
        current = end.value - book.amount(book.late).value
        inputs = _texts(
            begin=begin.value, sales=sales.value, receivables=end.value, current=current
        )
        available = begin.value + sales.value
        return [Measure(available - end.value, available - current, inputs)]

    @api.model
    def _measure_roll(self, book):
        """One for each bucket: of what was in it before the period."""
        after, before, found = defaultdict(dict), defaultdict(dict), []
        for one, known in ((book, after), (book.before, before)):
            for item in one.owed:
                known[one.bucket_of[item.line]][item.line] = item.open_company
        for index, span in enumerate(book.spans.spans[:-1]):
            rolled, whole = roll_rate(before[index], after[index + 1])
            inputs = _texts(before=whole, rolled=rolled)
            found.append(Measure(rolled, whole, inputs, f"bucket:{span.first}"))
        return found

    @api.model
    def _measure_ageing(self, book):
        """Sums that make up the receivables: what is owed by phase and bucket, and the
        credits that nobody has matched."""
        sums, counts = defaultdict(lambda: ZERO), defaultdict(int)
        buckets = book.bucket_of
        for one in book.items:
            bucket = buckets.get(one.line)
            first = "credit" if bucket is None else book.spans.spans[bucket].first
            key = f"phase:{book.phase_of(one.debt)}|bucket:{first}"
            sums[key] += one.open_company
            counts[key] += 1
        return [
            Measure(amount, ONE, {"items": str(counts[key])}, key)
            for key, amount in sorted(sums.items())
        ]

    # -- promises and agreements -------------------------------------------------------

    @api.model
    def _measure_promises(self, book):
        """The company, then each collector."""
        return [
            Measure(
                Decimal(sum(one.kept for one in rows)),
                Decimal(len(rows)),
                _texts(kept=sum(one.kept for one in rows), promised=len(rows)),
                split,
            )
            for split, rows in _by_collector(book, book.promises)
        ]

    @api.model
    def _measure_promised_money(self, book):
        found = []
        for split, rows in _by_collector(book, book.promises):
            paid = sum((one.received for one in rows), ZERO)
            whole = sum((one.amount for one in rows), ZERO)
            inputs = _texts(kept_amount=paid, promised_amount=whole)
            found.append(Measure(paid, whole, inputs, split))
        return found

    @api.model
    def _measure_instalments(self, book):
        rows = KeptReader(book).instalments()
        kept = sum(one.kept for one in rows)
        inputs = _texts(kept=kept, promised=len(rows))
        return [Measure(Decimal(kept), Decimal(len(rows)), inputs)]

    # -- recovered ---------------------------------------------------------------------

    def _recovered(self, book, sums):
        """[Measure] of {split: [recovered, cost]}."""
        return [
            Measure(
                money, ONE, _texts(recovered=money, cost=cost) | _period(book), split
            )
            for split, (money, cost) in sorted(sums.items())
        ]

    @api.model
    def _measure_recovered(self, book):
        money = sum((one.amount for one in book.recovered), ZERO)
        cost = sum((one.amount for one in book.costs), ZERO)
        return self._recovered(book, {"": [money, cost]})

    @api.model
    def _measure_cost(self, book):
        [one] = self._measure_recovered(book)
        cost = sum((cost.amount for cost in book.costs), ZERO)
        return [Measure(cost, one.numerator, one.inputs)]

    @api.model
    def _measure_recovered_phase(self, book):
        def shares(cost):
            found = defaultdict(lambda: ZERO)
            for debt in cost.debts:
                found[book.phase_of(debt)] += ONE / len(cost.debts)
            return found or {"none": ONE}

        sums = book.split("phase", lambda one: book.phase_of(one.debt), shares)
        return self._recovered(book, sums)

    @api.model
    def _measure_recovered_collector(self, book):
        sums = book.split(
            "collector",
            lambda one: book.collector_of(one.debt) or "none",
            lambda cost: {cost.user or book.company.cobranza_user_id.id or "none": ONE},
        )
        return self._recovered(book, sums)

    @api.model
    def _measure_recovered_channel(self, book):
        """By the last contact with the debtor about the debt before it was paid."""
        debts = [one.debt for one in book.recovered if one.debt]
        for model in ("cobranza.contact", "cobranza.contact.line"):
            self.env[model].flush_model()
        zone = book.company._cobranza_tz()
        rows = self.env.execute_query(SQL(CHANNELS, debts=debts, zone=zone))
        made = defaultdict(list)
        for debt, channel, day in rows:
            made[debt].append((day, channel))

        def channel(one):
            before = (name for day, name in made[one.debt] if day <= one.day)
            return next(before, "none")

        return self._recovered(book, book.split("channel", channel))

    # -- the lists behind --------------------------------------------------------------

    def _list(self, model, ids, name):
        """An action of the list of these records, as whoever asks may see them."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("id", "in", list(ids))],
            "context": {"create": False},
        }

    def _items_of(self, kpi, items):
        label = self.env["cobranza.kpi.indicator"]._label(kpi.code)
        return self._list("account.move.line", [one.line for one in items], label)

    @api.model
    def _behind_items(self, kpi):
        return self._items_of(kpi, kpi._book().items)

    @api.model
    def _behind_late(self, kpi):
        return self._items_of(kpi, kpi._book().late)

    def _debts_of(self, kpi, receipts):
        label = self.env["cobranza.kpi.indicator"]._label(kpi.code)
        ids = {one.debt for one in receipts if one.debt}
        return self._list("cobranza.debt", sorted(ids), label)

    @api.model
    def _behind_cash(self, kpi):
        return self._debts_of(kpi, kpi._book().cash)

    @api.model
    def _behind_recovered(self, kpi):
        """Of the split of the figure, where it is one of the core."""
        book = kpi._book()
        code, _colon, key = (kpi.split or "").partition(":")
        keys = {
            "phase": lambda one: book.phase_of(one.debt),
            "collector": lambda one: str(book.collector_of(one.debt) or "none"),
        }
        key_of = keys.get(code)
        rows = [one for one in book.recovered if not key_of or key_of(one) == key]
        return self._debts_of(kpi, rows)

    @api.model
    def _behind_promises(self, kpi):
        label = self.env["cobranza.kpi.indicator"]._label(kpi.code)
        book = kpi._book()
        rows = dict(_by_collector(book, book.promises)).get(kpi.split or "", ())
        ids = [one.id for one in rows]
        return self._list("cobranza.promise", ids, label)

    @api.model
    def _behind_instalments(self, kpi):
        label = self.env["cobranza.kpi.indicator"]._label(kpi.code)
        rows = KeptReader(kpi._book()).instalments()
        ids = {one.agreement for one in rows}
        return self._list("cobranza.agreement", sorted(ids), label)

    @api.model
    def _behind_costs(self, kpi):
        label = self.env["cobranza.kpi.indicator"]._label(kpi.code)
        return self._list("cobranza.cost", [one.id for one in kpi._book().costs], label)


def _texts(**amounts):
    return {name: str(amount) for name, amount in amounts.items()}


def _period(book):
    return {"since": str(book.since), "until": str(book.day)}


def _by_collector(book, rows):
    """[(split, rows)]: all of them, then those of each collector."""
    found = defaultdict(list)
    for one in rows:
        user = one.user or book.company.cobranza_user_id.id
        if user:
            found[f"collector:{user}"].append(one)
    return [("", rows), *sorted(found.items())]
