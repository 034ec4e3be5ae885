"""Which entries of the books are the money that courts brought."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...kernel.receipts import AFTER, BEFORE, Sum, doubtful, match
from ..common.money import say_amount, to_decimal

BOOKS = "cobranza_legal.group_collector,cobranza_legal.group_accountant"


class CobranzaRealisation(models.Model):
    """By which payment or entry it came into the books: named by a person, else found
    by its sum and day. What both tell of is counted once."""

    _inherit = "cobranza.realisation"

    payment_id = fields.Many2one(
        "account.payment",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        check_company=True,
        domain="[('partner_type', '=', 'customer'), ('payment_type', '=', 'inbound')]",
        groups=BOOKS,
        help="The payment that was registered for it: it is not counted twice.",
    )
    move_ids = fields.Many2many(
        "account.move",
        "cobranza_realisation_move_rel",
        string="Entries",
        copy=False,
        check_company=True,
        domain="[('move_type', '=', 'entry'), ('state', '=', 'posted')]",
        groups=BOOKS,
        help="Entries of the bank by which it came, where no payment tells of it, it "
        "came in parts or with other money: they are not counted twice.",
    )
    refused_move_ids = fields.Many2many(
        "account.move",
        "cobranza_realisation_refused_rel",
        string="Other money",
        copy=False,
        readonly=True,
        groups=BOOKS,
        help="A person has said that these entries are no money of the court.",
    )
    proposed_move_ids = fields.Many2many(
        "account.move",
        string="Perhaps",
        compute="_compute_proposed",
        compute_sudo=True,
        groups=BOOKS,
        help="Entries of the debtor near its day that may be the money of the court.",
    )
    proposed_counts = fields.Boolean(
        compute="_compute_proposed",
        compute_sudo=True,
        groups=BOOKS,
        help="They have its sum: it is counted once already.",
    )

    activity_id = fields.Many2one(
        "mail.activity",
        "Payment asked for",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    doubt_activity_id = fields.Many2one(
        "mail.activity", "Doubt asked", readonly=True, copy=False, ondelete="set null"
    )

    _payment_uniq = models.UniqueIndex(
        "(payment_id) WHERE payment_id IS NOT NULL AND state <> 'cancelled'",
        "Other money from a court has this payment already.",
    )

    # -- what the books tell -----------------------------------------------------------

    @api.model
    def _come_in(self, case, more=()):
        """The money of a case that came in, and that which is being written down
        (``more``)."""
        return case.realisation_ids.filtered(
            lambda one: one.state == "done" or one in more
        )

    @api.model
    def _payments_of(self, case, more=()):
        """{realisation: its payment} of the money that came in for a case: that which
        is named, else the one of the debtor with the same sum and day that no other
        has. ``more`` as in ``_come_in``. Run as superuser."""
        done = self._come_in(case, more)
        found = {one: one.payment_id for one in done if one.payment_id}
        open_ = done.filtered(lambda one: not one.payment_id)
        if not open_:
            return found
        payments = self.env["account.payment"].search(
            [
                ("partner_id", "child_of", case.debtor_id.partner_id.ids),
                ("company_id", "child_of", case.company_id.ids),
                ("payment_type", "=", "inbound"),
                ("state", "in", ("in_process", "paid")),
                ("date", "in", open_.mapped("day")),
                ("currency_id", "=", case.currency_id.id),
            ],
            order="id",
        )
        named = [("payment_id", "in", payments.ids), ("state", "!=", "cancelled")]
        payments -= self.search(named).payment_id
        taken = case.debtor_id.case_ids.realisation_ids.move_ids
        payments = payments.filtered(lambda row: not row.move_id & taken)
        for one in open_.sorted("id"):
            alike = payments.filtered(
                lambda row, one=one: (
                    row.date == one.day
                    and not row.move_id & one.refused_move_ids
                    and one.currency_id.compare_amounts(row.amount, one.amount) == 0
                )
            )[:1]
            if alike:
                found[one], payments = alike, payments - alike
        return found

    def _is_named(self):
        """Whether somebody has said by what it came. As superuser."""
        return bool(self.payment_id or self.move_ids)

    @api.model
    def _books_of(self, case, more=()):
        """{realisation: entries} by which the money that came in for a case is in the
        books: those that are named, else those that ``kernel.receipts.match`` finds.
        ``more`` as in ``_come_in``. Run as superuser."""
        done = self._come_in(case, more)
        found = {}
        for one, payment in self._payments_of(case, more).items():
            lines = payment.reconciled_statement_line_ids
            found[one] = payment.move_id | lines.move_id
        for one in done.filtered("move_ids"):
            found[one] = found.get(one, one.move_ids) | one.move_ids
        loose, sums = self._unnamed(case, found, more)
        by_key = {one.id: one for one in loose}
        moves = self.env["account.move"]
        for pair in match([one._sum() for one in loose], sums):
            for key in pair.paid:
                found[by_key[key]] = moves.browse(pair.entries)
        return found

    @api.model
    def _unnamed(self, case, found, more=()):
        """(what came in for a case and has none of the entries ``found``, [``Sum``] of
        the entries of the bank that nothing has). ``more`` as in ``_come_in``."""
        done = self._come_in(case, more)
        loose = done.filtered(lambda one: not found.get(one) and not one._is_named())
        if not loose:
            return loose, []
        days = loose.mapped("day")
        known = case.debtor_id.case_ids.realisation_ids
        known = known.filtered(lambda one: one.state == "done")
        taken = known.move_ids | known.payment_id.move_id
        taken = taken.union(*found.values())
        groups = self.env["account.move.line"]._read_group(
            Domain("partner_id", "child_of", case.debtor_id.partner_id.ids)
            & Domain("company_id", "child_of", case.company_id.ids)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("journal_id.type", "in", ("bank", "cash", "credit"))
            & Domain("date", ">=", min(days) - timedelta(days=BEFORE))
            & Domain("date", "<=", max(days) + timedelta(days=AFTER))
            & Domain("move_id", "not in", taken.ids),
            ["move_id"],
            ["balance:sum", "date:max"],
        )
        sums = [
            Sum(move.id, day, -to_decimal(balance))
            for move, balance, day in groups
            if balance < 0
        ]
        return loose, sorted(sums, key=lambda one: (one.day, one.key))

    def _sum(self):
        """Its ``kernel.receipts.Sum``. As superuser."""
        refused = frozenset(self.refused_move_ids.ids)
        return Sum(self.id, self.day, to_decimal(self.amount), refused)

    @api.depends("state", "payment_id", "move_ids", "refused_move_ids")
    def _compute_proposed(self):
        moves = self.env["account.move"]
        self.proposed_move_ids, self.proposed_counts = moves, False
        for case in self.case_id:
            found = self._books_of(case)
            named = {
                one: own for one, own in found.items() if one._is_named() or not own
            }
            loose, sums = self._unnamed(case, named)
            used = {move.id for one in loose for move in found.get(one, ())}
            free = [one for one in sums if one.key not in used]
            perhaps = doubtful([one._sum() for one in loose], free)
            for one in self.filtered(lambda row, case=case: row.case_id == case):
                one = one._origin
                if one in named:
                    continue
                one.proposed_counts = bool(found.get(one))
                ids = perhaps.get(one.id, ())
                one.proposed_move_ids = found.get(one) or moves.browse(ids)

    # -- asking ------------------------------------------------------------------------

    @api.model
    def _name_payments(self, company):
        """Name the payment of the day and sum of money that came in, and ask of what
        else may be its money. It may be run again at any time."""
        open_ = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "done"),
                ("payment_id", "=", False),
                ("move_ids", "=", False),
                ("case_id.state", "not in", ("closed", "cancelled")),
            ]
        )
        for case in open_.case_id:
            for one, payment in self._payments_of(case).items():
                if not one.payment_id:
                    one._through_gate().payment_id = payment
        for one in open_.filtered("proposed_move_ids"):
            if not one.doubt_activity_id.active:
                asked = one._ask(one._whose_words(), one._proposal_words())
                one._through_gate().doubt_activity_id = asked

    def _payment_words(self):
        return self.env._(
            "Register the payment of the court: %(sum)s of %(day)s",
            sum=say_amount(self.env, self.amount, self.currency_id),
            day=format_date(self.env, self.day),
        )

    def _whose_words(self):
        return self.env._(
            "Is it the money of the court: %(sum)s of %(day)s?",
            sum=say_amount(self.env, self.amount, self.currency_id),
            day=format_date(self.env, self.day),
        )

    def _proposal_words(self):
        """The entries that may be its money, with their sums and what is done with
        them until somebody answers. As superuser."""
        names = ", ".join(self.proposed_move_ids.mapped("display_name"))
        if self.proposed_counts:
            return self.env._("%s: counted once, until somebody says otherwise.", names)
        return self.env._("%s: counted beside it, until somebody says it is.", names)

    def _ask_for_payment(self):
        """The collector has to register the payment of these."""
        for one in self.sudo():  # sudo: lawyers do not choose for whom it is
            one._through_gate().activity_id = one._ask(one._payment_words())

    def _ask(self, words, note=""):
        """The new task of whoever has the case."""
        self.ensure_one()
        case = self.case_id
        owner = case.user_id.filtered("active") or self.debtor_id._task_owner()
        return case.activity_schedule(
            "mail.mail_activity_data_todo",
            self.company_id._cobranza_today(),
            words,
            note,
            user_id=owner.id,
            automated=True,
        )

    def _asked_no_more(self):
        """Nobody has to be asked about these any more."""
        # sudo: what was asked of whoever had it is done, whoever did it
        rows = self._behind_gate().sudo()
        asked = rows.activity_id | rows.doubt_activity_id
        asked.filtered("active").action_feedback()

    def _check_answers(self):
        self.check_access("write")
        self._expect("done")
        for one in self:
            if not one.proposed_move_ids:
                raise UserError(
                    self.env._("%s: nothing is proposed.", one.display_name)
                )

    def action_take_proposed(self):
        """The entries that are proposed are the money of the court."""
        self._check_answers()
        for one in self:
            moves = one.sudo().proposed_move_ids  # sudo: those that the screen shows
            one.move_ids = [Command.set(moves.ids)]
            one._log(one.env._("Came by %s", ", ".join(moves.mapped("display_name"))))
        self._asked_no_more()
        return True

    def action_refuse_proposed(self):
        """The entries that are proposed are other money: both count."""
        self._check_answers()
        for one in self:
            moves = one.sudo().proposed_move_ids  # sudo: as above
            links = [Command.link(move.id) for move in moves]
            one.sudo()._through_gate().write({"refused_move_ids": links})
            names = ", ".join(moves.mapped("display_name"))
            one._log(one.env._("Other money: %s", names))
        self._asked_no_more()
        return True

    def action_register_payment(self):
        """The dialog by which any payment is registered, with the sum and the day."""
        self.ensure_one()
        self._expect("done")
        action = self.debtor_id._open_payment_split(self.case_id.debt_ids)
        context = {"default_date": self.day, "default_amount": self.amount}
        return {**action, "context": {**action["context"], **context}}
