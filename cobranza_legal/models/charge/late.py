from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_amount

from ...kernel.dunning import Reason
from ...kernel.lifecycle import LATE
from ..common.money import to_decimal
from ..common.owed import SETTLED, open_sql
from ..common.payers import BANKS, PAID_ON, PAYERS, PAYS
from ..common.reason import DUST
from ..common.transaction import pg_array
from ..debt.bulk import UNSEEN
from .replay import Replay

MANAGERS = "cobranza_legal.group_collection_manager"
TOLD = 20
"""Customers that the monthly activity names."""


YEAR = timedelta(days=365)


DUE = SQL("COALESCE(l.date_maturity, l.date)")


PAID = """
      FROM account_move_line l
      JOIN account_move m ON m.id = l.move_id
      JOIN account_journal j ON j.id = l.journal_id
      JOIN res_partner p ON p.id = l.partner_id
      JOIN (%(payers)s) ON r.debit_move_id = l.id
     WHERE l.company_id = %(company)s AND l.account_id = ANY(ARRAY(%(accounts)s))
       AND l.parent_state = 'posted' AND %(pays)s
       AND l.balance > 0 AND l.no_followup IS NOT TRUE
       AND j.type NOT IN %(banks)s
       AND b.move_type <> 'out_refund' AND b.reversed_entry_id IS DISTINCT FROM m.id
       AND NOT EXISTS (SELECT 1 FROM cobranza_charge h WHERE h.bill_move_id = m.id)
"""
"""What was paid of the followed items of a company."""


HABIT = """
    SELECT t.partner, count(*), count(*) FILTER (WHERE t.late > 0),
           round(avg(t.late) FILTER (WHERE t.late > 0))::int
      FROM (SELECT p.commercial_partner_id AS partner,
                   max(%(day)s) - min(%(due)s) AS late
            %(paid)s AND %(settled)s AND p.commercial_partner_id = ANY(%(partners)s)
             GROUP BY p.commercial_partner_id, l.id
            HAVING max(%(day)s) BETWEEN %(since)s AND %(today)s) t
     GROUP BY t.partner
"""


FOUND = """
    SELECT l.id, l.move_id, p.commercial_partner_id, %(settled)s,
           (SELECT d.id FROM cobranza_debt d WHERE d.move_line_id = l.id), NULL::int
    %(paid)s
       AND %(day)s >= %(due)s + %(least)s::int AND %(day)s <= %(today)s
       AND (%(day)s >= %(since)s OR r.create_date >= %(since)s)
       AND (%(settled)s OR %(open)s <= COALESCE(
               (SELECT v.amount::numeric FROM (%(dust)s) v
                 WHERE v.currency = l.currency_id), 0))
       AND NOT EXISTS (SELECT 1 FROM cobranza_debtor o
                        WHERE o.partner_id = p.commercial_partner_id
                          AND o.company_id = l.company_id AND NOT o.active)
       AND NOT EXISTS (SELECT 1 FROM cobranza_debt_former_line_rel f
                        WHERE f.line_id = l.id)
       AND NOT EXISTS (SELECT 1 FROM cobranza_debt d
                         JOIN cobranza_late t ON t.debt_id = d.id
                        WHERE d.move_line_id = l.id
                          AND (t.looked_on >= %(today)s OR t.state IN ('new', 'left')
                               OR (t.paid_on >= %(day)s AND t.lacking IS NOT TRUE)))
     GROUP BY l.id, p.commercial_partner_id
     ORDER BY l.id LIMIT %(limit)s
"""


TODO = """
    (%(found)s)
     UNION ALL
    (SELECT NULL, NULL, NULL, NULL, NULL, t.id
       FROM cobranza_late t
      WHERE t.company_id = %(company)s
        AND (t.state = 'new' OR (%(tells)s AND t.state = 'open'
                                 AND t.paid_on < %(first)s))
      ORDER BY t.state = 'open', t.id LIMIT %(limit)s)
"""
"""What the upkeep has to do: items to put down, rows to work out and, once a month,
those to tell of."""


INSERT = """
    INSERT INTO cobranza_late (
        company_id, debtor_id, debt_id, currency_id, state,
        create_uid, create_date, write_uid, write_date)
    SELECT d.company_id, d.debtor_id, d.id, d.currency_id, 'new',
           %(uid)s, %(now)s, %(uid)s, %(now)s
      FROM cobranza_debt d
     WHERE d.id = ANY(%(debts)s::int[]) AND d.company_id = %(company)s
       AND d.nature = 'principal'
    ON CONFLICT (debt_id) DO UPDATE SET state = 'new'
"""


class CobranzaLate(models.Model):
    """A debt that was paid late, by whatever way: what its days late ask for and nobody
    has charged. It is shown, and claimed only when a manager says so.

    The daily upkeep finds them in the ledger, those too that no run ever followed. A
    manager claims them, which charges as of the days of the payments, or leaves them.
    One activity a month tells what there is to decide.
    """

    _name = "cobranza.late"
    _inherit = ("cobranza.history.mixin", "mail.thread", "mail.activity.mixin")
    _description = "Debt paid late"
    _order = "paid_on desc, id desc"
    _rec_name = "debt_id"
    _lifecycle = LATE
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    debtor_id = fields.Many2one(
        "cobranza.debtor",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    debt_id = fields.Many2one(
        "cobranza.debt",
        required=True,
        readonly=True,
        ondelete="cascade",
        check_company=True,
    )
    move_id = fields.Many2one(related="debt_id.move_id", string="Document")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    due = fields.Date(readonly=True, string="Due date")
    paid_on = fields.Date(readonly=True, index=True, help="Day of the last payment.")
    days_late = fields.Integer(readonly=True, string="Days paid late", aggregator="avg")
    principal = fields.Monetary(
        readonly=True, string="Paid late", help="What was open after the due date."
    )
    sums = fields.Json(
        readonly=True,
        help="What is due by kind of charge: [kind, currency, amount as text].",
    )
    sums_text = fields.Char(compute="_compute_sums_text", string="Due for it")
    total = fields.Monetary(
        readonly=True,
        currency_field="company_currency_id",
        string="Due in all",
        help="In company currency.",
    )
    lacking = fields.Boolean(
        readonly=True, help="A legal value is missing: the sum is too low."
    )
    looked_on = fields.Date(readonly=True)
    habit = fields.Char(
        compute="_compute_habit",
        help="Of what the customer paid in the last 12 months.",
    )
    charge_ids = fields.Many2many(
        "cobranza.charge",
        "cobranza_late_charge_rel",
        "late_id",
        "charge_id",
        string="Charges",
        readonly=True,
    )
    state = fields.Selection(
        [
            ("new", "To be worked out"),
            ("open", "To decide"),
            ("claimed", "Was claimed"),
            ("left", "Let go"),
            ("none", "Nothing due"),
        ],
        default="new",
        required=True,
        readonly=True,
        copy=False,
    )

    _debt_uniq = models.Constraint(
        "UNIQUE (debt_id)", "This debt is in the list already."
    )
    _todo_idx = models.Index("(company_id) WHERE state = 'new'")

    @api.depends("sums")
    @api.depends_context("lang")
    def _compute_sums_text(self):
        kinds = self.env["cobranza.charge.kind"]
        currencies = self.env["res.currency"]
        for late in self:
            late.sums_text = " · ".join(
                f"{kinds._label(kind)} "
                f"{format_amount(self.env, float(amount), currencies.browse(currency))}"
                for kind, currency, amount in late.sums or ()
            )

    @api.depends("debtor_id")
    @api.depends_context("lang")
    def _compute_habit(self):
        for company, rows in self.grouped("company_id").items():
            habits = self._habits(company, rows.debtor_id.partner_id)
            for late in rows:
                found = habits.get(late.debtor_id.partner_id.id)
                late.habit = self._habit_words(*found) if found else False

    def _habit_words(self, paid, late, days):
        if not late:
            return self.env._("%s paid, none late", paid)
        return self.env._(
            "%(late)s of %(paid)s late, by %(days)s days",
            late=late,
            paid=paid,
            days=days,
        )

    @api.model
    def _habits(self, company, partners):
        """{commercial partner id: (invoices paid in the last 12 months, how many of
        them late, by how many days on average)}; one query."""
        self._flush_ledger(company)
        today = company._cobranza_today()
        query = SQL(
            HABIT,
            **self._sql_paid(company),
            settled=SETTLED,
            partners=partners.ids,
            since=today - YEAR,
            today=today,
        )
        rows = self.env.execute_query(query)
        return {partner: rest for partner, *rest in rows}

    # -- found in the ledger -----------------------------------------------------------

    def _flush_ledger(self, company):
        self.env["cobranza.run"].sudo()._book(company).flush()
        self.flush_model()

    @staticmethod
    def _sql_paid(company):
        paid = SQL(
            PAID,
            company=company.id,
            accounts=company._cobranza_sql_followed(),
            banks=BANKS,
            payers=PAYERS,
            pays=PAYS,
        )
        return {"paid": paid, "day": PAID_ON, "due": DUE}

    @api.model
    def _upkeep_due(self, company, today, limit):
        """What has to be worked out, found in the ledger and put down first; once a
        month what waits for the manager, if anything does."""
        if company.cobranza_late_mode == "off":
            return self.browse()
        self._flush_ledger(company)
        first = today.replace(day=1)
        told = company.cobranza_late_told_on
        query = SQL(
            TODO,
            found=self._sql_found(company, today, limit),
            company=company.id,
            tells=not told or told < first,
            first=first,
            limit=limit,
        )
        rows = self.env.execute_query(query)
        new = self._put_down(company, [row[:5] for row in rows if row[0]])
        due = dict.fromkeys([*new, *(row[5] for row in rows if row[5])])
        return self.browse(list(due)[:limit])

    def _found(self, company, today, limit):
        """[(journal item, move, commercial partner, settled, debt or None, None)] of
        what was paid late since the last month began, or was booked since."""
        self._flush_ledger(company)
        return self.env.execute_query(self._sql_found(company, today, limit))

    def _sql_found(self, company, today, limit):
        return SQL(
            FOUND,
            **self._sql_paid(company),
            settled=SETTLED,
            open=open_sql(in_currency=True),
            least=max(1, company.cobranza_late_days),
            since=(today.replace(day=1) - timedelta(days=1)).replace(day=1),
            today=today,
            dust=self.env["cobranza.dust"]._sql_amounts(company),
            limit=limit,
        )

    def _put_down(self, company, found):
        """The ids of rows for these items, whose debts are made where they have
        none."""
        if not found:
            return []
        debts = [row[4] for row in found if row[4]]
        debts += self._open_debts(company, [row for row in found if not row[4]])
        rows = self.env.execute_query(
            SQL(
                INSERT + " RETURNING id",
                uid=self.env.uid,
                now=self.env.cr.now(),
                debts=pg_array(debts),
                company=company.id,
            )
        )
        self.invalidate_model(flush=False)
        return [late for (late,) in rows]

    def _open_debts(self, company, found):
        """Ids of new debts of items that were paid before any run saw them."""
        if not found:
            return []
        run = self.env["cobranza.run"].with_company(company)
        partners = self.env["res.partner"].browse({row[2] for row in found})
        debtors = {
            one.partner_id.id: one.id for one in run._ensure_debtors(company, partners)
        }
        debts = self.env["cobranza.debt"]
        accounts = company._cobranza_followed_accounts().ids
        places = debts._places(
            {row[0]: row[1] for row in found}, accounts, company._cobranza_today()
        )
        self.env.flush_all()
        rows = []
        for line, _move, partner, settled, _debt in found:
            debt, number, *_policy = places[line]
            code = (Reason.SETTLED if settled else DUST).value
            decision = (0, None, None, None, None, code, None, "{}")
            seen = (False, True, *UNSEEN[2:])
            rows.append((debt, line, number, debtors[partner], *decision, *seen))
        return list(debts._bulk_enter(company, rows))

    # -- what is due -------------------------------------------------------------------

    def _upkeep(self, today):
        """Work out what is due. Where the company wants it, it is claimed at once. When
        nothing is left to work out the manager is told."""
        for company, rows in self.grouped("company_id").items():
            rows = rows.sudo()  # the engine works for the whole company
            if not rows.filtered(lambda late: late.state == "new"):
                self._tell(company, today)
                continue
            rows = rows.filtered(lambda late: late.state == "new")
            replay = Replay(rows.debt_id)
            found = replay.collect()
            for late in rows:
                late._through_gate().write(late._judged(found[late.debt_id], today))
            parameters = self.env["cobranza.parameter"].sudo()
            parameters._report_missing(company, replay.missing.values())
            if company.cobranza_late_mode == "claim":
                rows.filtered(lambda late: late.state == "open")._charge()

    def _judged(self, paid, today):
        """Values of what is due of a debt, by its ``PaidLate``."""
        company, sums = self.company_id, {}
        total = 0
        for draft in paid.drafts:
            key = draft["kind"], draft["currency_id"]
            sums[key] = sums.get(key, 0) + to_decimal(draft["amount"])
        last = max(paid.days, default=False)
        for (_kind, currency), amount in sums.items():
            own = self.env["res.currency"].browse(currency)
            total += own._convert(
                float(amount), company.currency_id, company, last or today
            )
        days = (last - paid.due).days if last else 0
        worth = days >= company.cobranza_late_days and (
            total >= company.cobranza_late_sum
        )
        return {
            "due": paid.due,
            "paid_on": last,
            "days_late": days,
            "principal": float(paid.late),
            "sums": [[*key, str(amount)] for key, amount in sums.items()],
            "total": total,
            "lacking": paid.lacking,
            "looked_on": today,
            "state": "open" if sums and worth else self._state_without(),
        }

    def _state_without(self):
        return "claimed" if self.charge_ids else "none"

    @api.model
    def _look_again(self, domain):
        """Work these rows out again at the next upkeep."""
        # sudo: whoever books a payment or sets a minimum need not see the list
        rows = self.sudo().search([*domain, ("state", "not in", ("new", "left"))])
        rows._through_gate().write({"state": "new"})

    # -- the manager decides -----------------------------------------------------------

    def _check_may_decide(self):
        if not self.env.su and not self.env.user.has_group(MANAGERS):
            raise AccessError(
                self.env._("Only collection managers decide what is claimed of it.")
            )
        self.check_access("read")

    def action_claim(self):
        """Charge what is due of these rows, as of the days on which they were paid."""
        self._check_may_decide()
        self.filtered(lambda late: late.state == "open").sudo()._charge()
        self._close_activities()
        return True

    def action_leave(self):
        """Nothing is asked of these debts for having been paid late."""
        self._check_may_decide()
        rows = self.filtered(lambda late: late.state == "open")
        rows.sudo()._set_state("left", self.env._("Left by the manager"))
        self._close_activities()
        return True

    def action_decide_again(self):
        self._check_may_decide()
        self.filtered(lambda late: late.state == "left").sudo()._set_state("open")
        return True

    def action_open_charges(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_charge"
        )
        return {**action, "domain": [("id", "in", self.charge_ids.ids)], "context": {}}

    def _charge(self):
        """Make the charges of these rows, as superuser, by what is known now. What
        turns out to be charged already is not charged again."""
        self.lock_for_update()
        charges = self.env["cobranza.charge"]
        for company, rows in self.grouped("company_id").items():
            rows = rows.with_company(company)
            replay = Replay(rows.debt_id)
            found = replay.collect()
            drafts = [draft for late in rows for draft in found[late.debt_id].drafts]
            made = charges.with_company(company).create(drafts)
            self.env["cobranza.parameter"]._mark_used(replay.used)
            by_debt = made.grouped("debt_id")
            for late in rows:
                own = by_debt.get(late.debt_id, charges)
                late._through_gate().charge_ids |= own
            rows._set_state("claimed", self.env._("Claimed for having been paid late"))

    # -- told once a month -------------------------------------------------------------

    def _tell(self, company, today):
        """One activity a month about what was paid late until the last one and waits
        for a decision."""
        company.sudo().cobranza_late_told_on = today
        domain = [("company_id", "=", company.id), ("state", "=", "open")]
        rows = self.search([*domain, ("paid_on", "<", today.replace(day=1))])
        company._cobranza_ask_manager(
            self._told_about(rows), self.env._("Invoices paid late"), rows._told_lines()
        )

    def _told_about(self, rows):
        """The row that carries the activity: that of the one still open, else the one
        of most money."""
        return rows.filtered("activity_ids")[:1] or rows.sorted("total")[-1:]

    def _told_lines(self):
        """What there is to decide, in words: all, and by customer."""
        currency = self.company_id.currency_id
        lines = [self._told_line(self.env._("In all"), currency)]
        groups = self.grouped("debtor_id").items()
        for debtor, rows in sorted(
            groups, key=lambda group: -sum(group[1].mapped("total"))
        )[:TOLD]:
            lines.append(rows._told_line(debtor.display_name, currency))
        return lines

    def _told_line(self, who, currency):
        return self.env._(
            "%(who)s: %(total)s for documents paid late: %(count)s",
            who=who,
            total=format_amount(self.env, sum(self.mapped("total")), currency),
            count=len(self),
        )

    def _close_activities(self):
        """Nothing is left to decide: the activity is done."""
        for company in self.company_id:
            domain = [("company_id", "=", company.id)]
            if not self.search_count([*domain, ("state", "=", "open")], limit=1):
                # sudo: the engine raised it
                rows = self.sudo().search([*domain, ("activity_ids", "!=", False)])
                rows.activity_ids.filtered("automated").action_done()
