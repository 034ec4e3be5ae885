from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel.dunning import Reason
from ...kernel.lifecycle import DEBIT
from ..common.rows import Row
from ..company.company import MANAGERS
from ..debt.chain import of_chain
from .block import SILENT, UNDER_WAY
from .company import LAW_MEMO, LawMemo
from .foreign_return import ForeignReturns

STATES = [
    ("planned", "Scheduled"),
    ("notified", "Debtor told"),
    ("presented", "Presented"),
    ("paid", "Paid"),
    ("returned", "Came back"),
    ("refunded", "Refunded"),
    ("cancelled", "Not presented"),
]


LIVE = ("planned", "notified", "presented", "paid")
"""States in which an item is not debited once more, unless what was paid is open
again (``reopened_on``)."""


WITH_MONEY = (
    "move_line_id.matched_credit_ids.credit_move_id.move_id.move_type",
    "=",
    "entry",
)
"""Of a domain: what settles the item is not all credit notes."""


COVERED = """
    SELECT %(key)s, CASE b.state WHEN 'notified' THEN b.collect_on
                                 WHEN 'presented' THEN b.return_until END,
           CASE WHEN b.state = 'presented' AND b.return_until < %(day)s
                THEN b.company_id END,
           b.collect_on
      FROM %(chain)s
      JOIN cobranza_debit b ON b.move_line_id = chain.line_id
     WHERE b.state = 'notified' AND b.collect_on >= %(day)s
        OR b.state = 'presented'
        OR b.state IN ('returned', 'refunded') AND b.own_error
           AND b.answered_on IS NULL
           AND NOT EXISTS (SELECT 1 FROM cobranza_debit later
                            WHERE later.move_line_id = b.move_line_id
                              AND later.id > b.id
                              AND later.state NOT IN ('planned', 'cancelled'))
"""
CHAIN = """
    (SELECT id AS debt_id, move_line_id AS line_id FROM cobranza_debt
      WHERE id = ANY(%s)
      UNION
     SELECT debt_id, line_id FROM cobranza_debt_former_line_rel
      WHERE debt_id = ANY(%s)) chain
"""


class CobranzaDebit(models.Model):
    """One presentation of one open item of an invoice to the bank of its debtor.

    It books nothing: what is owed stays open until money is matched with it. Everything
    on it is evidence, written by what is done with buttons.
    """

    _name = "cobranza.debit"
    _inherit = "cobranza.followup.item.mixin"
    _description = "Direct debit"
    _order = "collect_on desc, id desc"

    _lifecycle = DEBIT
    _logged = ("collect_on",)
    _after_close = frozenset({"note", "user_id"})
    _evidence_files = {"return_file_ids": []}

    batch_id = fields.Many2one(
        "cobranza.debit.batch",
        string="Batch of debits",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    mandate_id = fields.Many2one(
        "cobranza.mandate",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    scheme = Row("cobranza.mandate.scheme", required=True, readonly=True)
    debtor_id = fields.Many2one(readonly=True)
    partner_id = fields.Many2one(related="debtor_id.partner_id", string="Customer")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Item",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Empty once the document was taken back and its items deleted.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    document = fields.Char(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    due_on = fields.Date("Due on", required=True, readonly=True)
    number = fields.Integer(
        "Presentation", required=True, readonly=True, default=1, aggregator=None
    )
    parent_id = fields.Many2one(
        "cobranza.debit",
        string="First presentation",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    collect_on = fields.Date("Day of the debit", required=True, readonly=True)
    notify_by = fields.Date(
        "Tell by",
        readonly=True,
        help="Last day on which the debtor may be told of a debit of that day.",
    )
    notice_contact_id = fields.Many2one(
        "cobranza.contact",
        string="Notice",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    notice_state = fields.Selection(
        related="notice_contact_id.state", string="State of the notice"
    )
    notified_on = fields.Date("Told on", readonly=True)
    presented_on = fields.Date(readonly=True)
    paid_on = fields.Date("Found paid on", readonly=True)
    money_line_ids = fields.Many2many(
        "account.move.line",
        "cobranza_debit_money_rel",
        string="Money of it",
        readonly=True,
        help="What settled the item from the day of the debit on: it is undone when "
        "the debit comes back.",
    )
    reopened_on = fields.Date(
        "Found open again on",
        readonly=True,
        help="The item was paid and is open again, though nobody recorded that the "
        "debit came back.",
    )
    return_until = fields.Date(
        "Comes back until",
        readonly=True,
        help="Until this day the bank of the debtor returns it; nothing is asked of "
        "the debtor meanwhile.",
    )
    refund_until = fields.Date(
        "Refund until",
        readonly=True,
        help="Until this day the debtor may have it refunded for no reason: the money "
        "is collected at risk.",
    )
    unauthorised_until = fields.Date(
        "Unauthorised until",
        readonly=True,
        help="Until this day a debit that nobody had authorised may be taken back.",
    )
    early_on = fields.Date(
        "Paid before its day on",
        readonly=True,
        help="Somebody was asked to take it back from the bank.",
    )
    asked_on = fields.Date(
        "Asked about on",
        readonly=True,
        help="Somebody was asked why it neither was paid nor came back.",
    )
    return_code = Row(
        "cobranza.debit.return.code", string="Reason of the return", readonly=True
    )
    returned_on = fields.Date("Came back on", readonly=True)
    return_note = fields.Char("What the bank says", readonly=True)
    return_file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_debit_return_file_rel",
        string="Proof of the bank",
        readonly=True,
    )
    cost_id = fields.Many2one(
        "cobranza.cost", string="Cost of the bank", readonly=True, ondelete="set null"
    )
    own_error = fields.Boolean(
        "Our own error",
        readonly=True,
        help="Nothing is asked of the debtor until the mistake is mended.",
    )
    answered_on = fields.Date("Mended on", readonly=True)
    foreign_returns = fields.Char(
        "Returns booked elsewhere",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Numbers of the lines of returns of another application that were looked "
        "at for this debit.",
    )
    note = fields.Text()
    state = fields.Selection(
        STATES, default="planned", required=True, readonly=True, copy=False
    )

    _live_uniq = models.UniqueIndex(
        "(move_line_id) WHERE state IN ('planned', 'notified', 'presented', 'paid') "
        "AND reopened_on IS NULL",
        "This item is being debited already, or was paid by a debit.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A direct debit is greater than zero."
    )
    _open_idx = models.Index(
        "(company_id, state) WHERE state IN ('planned', 'notified', 'presented')"
    )

    @api.depends("document", "number", "collect_on")
    def _compute_display_name(self):
        for debit in self:
            day = format_date(self.env, debit.collect_on)
            again = f" ({debit.number})" if debit.number > 1 else ""
            debit.display_name = f"{debit.document}{again} · {day}"

    # -- days --------------------------------------------------------------------------

    def _notice_days(self):
        """Days before the debit on which the debtor has to be told; 0 where the
        contract says so."""
        self.ensure_one()
        agreed = self.mandate_id._notice()
        if agreed is not None:
            return agreed
        return self._scheme().notice_days or 0

    def _with_law_memo(self):
        """These debits, for an act that reads the law of each day once."""
        return self.with_context(**{LAW_MEMO: LawMemo()})

    def _scheme(self):
        return self.mandate_id._scheme()

    def _needs_notice(self):
        return bool(self._notice_days())

    def _day_if_told(self, day):
        """The day of the debit when its debtor is told of it on ``day``: as planned, or
        the first one that leaves the days of notice."""
        self.ensure_one()
        terms = self.company_id._cobranza_debit_terms(self.scheme)
        return terms.collect_on(self.collect_on, day, self._notice_days())

    def _move_days(self, told):
        """Move the debits whose debtors are told too late for their days."""
        days = {debit: debit._day_if_told(told) for debit in self}
        late = self.filtered(lambda debit: days[debit] != debit.collect_on)
        late._write_days(days)

    def _write_days(self, days):
        """Write {debit: its new day}; those that move alike are written together."""
        for values, debits in self.grouped(
            lambda debit: tuple(debit._day_values(days[debit]).items())
        ).items():
            debits._through_gate().write(dict(values))

    def _day_values(self, day):
        agreed = self.mandate_id._notice()
        return {"collect_on": day, "notify_by": self._scheme().notify_by(day, agreed)}

    def _presented_values(self):
        """What follows from its day, once it is presented."""
        scheme, company = self._scheme(), self.company_id
        terms = company._cobranza_debit_terms(self.scheme)
        day = self.collect_on
        return {
            "return_until": terms.return_until(day, company.cobranza_debit_look_days),
            "refund_until": scheme.refund_until(day),
            "unauthorised_until": scheme.unauthorised_until(day),
        }

    # -- what it covers ----------------------------------------------------------------

    @api.model
    def _covering(self, debt_ids, day):
        """{debt id: (``Reason``, until)} of the debts that are being debited: from the
        day on which the debtor is told to the day of the debit, then until it may no
        longer come back, longer only while the bank's entries are too old to tell; and
        those whose debit failed by our own error, until it is mended. As
        ``cobranza.block._covering``; one query more for each company whose bank is
        waited for."""
        debts = list(debt_ids)
        self.env["cobranza.debt"].flush_model(["move_line_id", "former_line_ids"])
        chain = SQL(CHAIN, debts, debts)
        query = self._sql_covers(SQL("chain.debt_id"), chain, day)
        return query, partial(self._read_covers, day)

    @api.model
    def _covering_items(self, line_ids, day):
        """{journal item id: (``Reason``, until)}, the same of items. One query."""
        lines = SQL("(SELECT unnest(%s::int[]) AS line_id) chain", list(line_ids))
        query = self._sql_covers(SQL("chain.line_id"), lines, day)
        return self._read_covers(day, self.env.execute_query(query))

    @api.model
    def _under_way(self, debts):
        """The debits by which these debts may still be paid; one query."""
        lines = debts.move_line_id | debts.former_line_ids
        domain = [("move_line_id", "in", lines._origin.ids), ("state", "in", UNDER_WAY)]
        return self.search(domain, order="collect_on, id")

    @api.model
    def _sql_covers(self, key, chain, day):
        self.flush_model()
        return SQL(COVERED, key=key, chain=chain, day=day)

    @api.model
    def _read_covers(self, day, rows):
        result, silent = {}, {}
        for one, until, company, collected in rows:
            if company:
                silent.setdefault(company, []).append((one, collected))
                continue
            known = result.get(one)
            if not known or (known[1] and (not until or until > known[1])):
                result[one] = Reason.DIRECT_DEBIT, until
        for company, ones in silent.items():
            owner = self.env["res.company"].browse(company)
            _newest, blind = self._bank_blind(owner, day)
            for one, collected in ones:
                if blind and collected >= blind:
                    result.setdefault(one, (SILENT, None))
        return result

    def _debts(self):
        """The debts that the items of these debits have become, where they have, also
        those that the bank's line carries since it took the money back."""
        return of_chain(self.env["cobranza.debt"], self.move_line_id)

    def _by_debt(self):
        """{debt: its debit} of ``_debts``."""
        by_line = {debit.move_line_id: debit for debit in self}
        return {
            debt: by_line[line]
            for debt in self._debts()
            for line in debt.move_line_id | debt.former_line_ids
            if line in by_line
        }

    # -- acts --------------------------------------------------------------------------

    def _take_out(self, reason):
        """Debits that are not presented, or taken back from the bank before their
        day. UserError for what the bank has by then."""
        self.check_access("write")
        for debit in self:
            today = debit.company_id._cobranza_today()
            if debit.state == "presented" and today >= debit.collect_on:
                raise UserError(
                    self.env._(
                        "%s is with the bank since its day came: record that it came "
                        "back.",
                        debit.display_name,
                    )
                )
        self.sudo()._set_state("cancelled", reason)

    def action_take_out(self):
        """Leave these debits out, in one click from the list: the items are free for
        another batch."""
        self._take_out(self.env._("Taken out by hand"))

    def _tell(self, day):
        """The debtors were told on ``day`` of these debits, with the invoice or by
        other means. UserError for a day to come or too late for the debit."""
        self.check_access("write")
        planned = self.sudo().filtered(lambda debit: debit.state == "planned")
        for debit in planned:
            if day > debit.company_id._cobranza_today():
                raise UserError(self.env._("That day has not come yet."))
            if debit.notify_by and day > debit.notify_by:
                raise UserError(
                    self.env._(
                        "%(debit)s: the debtor had to be told by %(day)s. Send the "
                        "notice instead, which moves the day of the debit.",
                        debit=debit.display_name,
                        day=format_date(self.env, debit.notify_by),
                    )
                )
        planned._set_state("notified", notified_on=day)

    def action_answered(self):
        """Our own error is mended: the debts are asked for again as their policy
        says."""
        self.check_access("write")
        own = self.sudo().filtered(lambda one: one.own_error and not one.answered_on)
        if own & own._blocking() and not self.env.user.has_group(MANAGERS):
            raise AccessError(
                self.env._(
                    "Only a collection manager says that what the bank knows of the "
                    "company is right again."
                )
            )
        for company, debits in own.grouped("company_id").items():
            today = company._cobranza_today()
            debits._through_gate().write({"answered_on": today})
            debits._log(self.env._("Our own error is mended"))
        own.debtor_id._redecide_later()

    def _blocking(self):
        """Those of these debits whose error keeps the company from presenting
        anything."""
        codes = self.env["cobranza.debit.return.code"]._where(blocks=True)
        return self.filtered(
            lambda one: one.return_code in codes and not one.answered_on
        )

    def action_open_document(self):
        self.ensure_one()
        return self.move_id.get_formview_action()

    # -- upkeep ------------------------------------------------------------------------

    @api.model
    def _upkeep_due(self, company, today, limit):
        """Debits that were paid, on their day or by other means before it, that neither
        were paid nor came back in time, those whose day has passed before they were
        presented, or whose item is no more, and those that were paid and are open
        again."""
        settled = Domain("move_line_id.reconciled", "=", True)
        early = Domain("state", "in", LIVE[:2])
        presented = Domain("state", "=", "presented")
        paid = Domain("state", "=", "paid")
        gone = Domain("move_line_id", "=", False) | Domain("collect_on", "<", today)
        asked = Domain("asked_on", "=", False) & Domain("return_until", "<", today)
        # of what is paid before its day somebody is told at once, and it is found then
        found = Domain("early_on", "=", False) | Domain("collect_on", "<=", today)
        reopened = Domain("reopened_on", "=", False) & Domain(
            "move_line_id.reconciled", "=", False
        )
        return self.search(
            Domain("company_id", "=", company.id)
            & (
                (early & (settled | gone))
                | (presented & (settled & Domain(*WITH_MONEY) & found | asked))
                | (paid & Domain("move_line_id", "!=", False) & reopened)
            ),
            limit=limit,
            order="id",
        )

    def _upkeep(self, today):
        # what another application booked as returned is no question any more
        for company in self.company_id:
            ForeignReturns(self.env, company, today).take()
        live = self.filtered(lambda debit: debit.state in LIVE)
        live._judge_live(today)

    def _judge_live(self, today):
        settled = self.filtered(
            lambda debit: not debit.move_line_id or debit.move_line_id.reconciled
        )
        early = self.filtered(lambda debit: debit.state in LIVE[:2])
        presented = self.filtered(lambda debit: debit.state == "presented")
        reopened = self - early - presented  # paid
        found = self._settled()
        before = found.filtered(lambda debit: today < debit.collect_on)
        before._ask_early(today)
        (found - before)._set_found(today)
        (early & settled)._set_state(
            "cancelled", self.env._("Nothing is left to debit")
        )
        silent = presented - found
        silent._ask_silent(today)
        reopened._through_gate().write({"reopened_on": today})
        reopened._ask(
            self.env._("What a direct debit had paid is open again"),
            self.env._("Record that the debit came back, or present it again."),
        )
        (silent | reopened).debtor_id._redecide_later()
        (early - settled)._miss(today)

    def _settled(self):
        """Those of these presented debits whose items are paid, by money."""
        return self.filtered(
            lambda debit: (
                debit.state == "presented"
                and debit.move_line_id.reconciled
                and debit._money()
            )
        )

    def _money(self):
        """The items of entries that settle the item: money, no credit notes."""
        credits = self.move_line_id.matched_credit_ids.credit_move_id
        return credits.filtered(lambda one: one.move_id.move_type == "entry")

    def _set_found(self, today):
        """The items of these debits are paid: what came from their day on is their
        money; what came before is somebody's own transfer."""
        self._set_state("paid", paid_on=today)
        pairs = [
            (debit.id, item.id)
            for debit in self
            for item in debit._money()
            if item.date >= debit.collect_on
        ]
        if pairs:  # the ORM would ask once for each debit
            self.env.cr.execute(
                SQL(
                    """INSERT INTO cobranza_debit_money_rel
                              (cobranza_debit_id, account_move_line_id)
                       SELECT unnest(%s), unnest(%s) ON CONFLICT DO NOTHING""",
                    *(list(ids) for ids in zip(*pairs, strict=True)),
                )
            )
            self.invalidate_recordset(["money_line_ids"])

    def _miss(self, today):
        """The day of these debits has passed before they were presented: whoever
        prepared their batch is asked to take them in again."""
        batches, label = self.batch_id, self.env._("Direct debits missed their day")
        self._set_state("cancelled", self.env._("Its day has passed"))
        self.filtered(lambda debit: not debit.batch_id)._ask(label)
        batches._raise_missed(label, today)

    def _ask(self, label, way=""):
        """One task for the collector of each debtor, which names its debits among these
        and their batches; ``way``: what may be done, in words."""
        debtors, qweb = self.env["cobranza.debtor"], self.env["ir.qweb"]
        self.batch_id.mapped("name")
        for company, debits in self.grouped("company_id").items():
            notes = {
                (debtor.id, "direct_debit", label): qweb._render(
                    "cobranza_legal.debit_task_note", {"debits": mine, "way": way}
                )
                for debtor, mine in debits.grouped("debtor_id").items()
            }
            debtors._raise_tasks(
                dict.fromkeys(notes, ()), company._cobranza_today(), notes
            )
