import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel.limitation import barred_after, next_loss
from ..common.rows import Row
from ..common.transaction import CONCURRENCY
from .reader import LimitationReader

_logger = logging.getLogger(__name__)

OVER = ("settled", "void")


FAR = fields.Date.to_date("9999-12-31")
"""Nothing changes by the passing of days."""


BATCH = 500


UNTOLD = """
    SELECT debtor_id, array_agg(id ORDER BY id) FROM cobranza_debt
     WHERE company_id = %(company)s AND nature = 'principal'
       AND (reason IS NULL OR reason <> ALL(%(over)s))
       AND (limitation_alarm_on <= %(today)s
            AND limitation_told_on IS DISTINCT FROM limitation_on
            OR limitation_on IS NULL AND claim_kind IS NULL
            AND claimable_until < %(today)s
            AND limitation_told_on IS DISTINCT FROM claimable_until)
     GROUP BY debtor_id ORDER BY debtor_id
"""


UPDATE = """
    UPDATE cobranza_debt d
       SET limitation_on = v.next, limitation_action = v.action,
           claimable_until = v.until, limitation_alarm_on = v.alarm,
           limitation_look_on = v.look
      FROM unnest(%(ids)s::int[], %(next)s::date[], %(action)s::varchar[],
                  %(until)s::date[], %(alarm)s::date[], %(look)s::date[])
           AS v(id, next, action, until, alarm, look)
     WHERE d.id = v.id AND d.company_id = %(company)s
       AND (d.limitation_on, d.limitation_action, d.claimable_until,
            d.limitation_alarm_on, d.limitation_look_on)
           IS DISTINCT FROM (v.next, v.action, v.until, v.alarm, v.look)
"""


SOLD = """
    SELECT d.id, l.product_id
      FROM cobranza_debt d
      JOIN account_move m ON m.id = d.move_id AND m.move_type = 'out_invoice'
      JOIN account_move_line l ON l.move_id = m.id
     WHERE d.id = ANY(%(debts)s) AND l.display_type = 'product' AND l.balance < 0
     GROUP BY d.id, l.product_id
"""


COLUMNS = ("ids", "next", "action", "until", "alarm", "look")


DERIVED = (
    *("limitation_on", "limitation_action", "claimable_until"),
    *("limitation_alarm_on", "limitation_look_on"),
)
"""Fields that ``_limit`` works out."""


class CobranzaDebt(models.Model):
    """Until which day a debt may be claimed in court, and what of it is lost next.

    Derived from the kind of claim and title, and from all that interrupts limitation;
    kept where lists and alarms need it, worked out anew when one of these changes.
    """

    _inherit = "cobranza.debt"

    claim_kind = Row(
        "cobranza.claim.kind",
        readonly=True,
        copy=False,
        string="Kind of claim",
        help="Stated by a person; empty: those of the products, else that of the "
        "company, else the earliest date of all kinds that may apply counts.",
    )
    limitation_on = fields.Date(
        readonly=True,
        copy=False,
        string="Limitation",
        index="btree_not_null",
        help="The next day after which an action about it is lost, against the debtor "
        "or somebody else who answers for it.",
    )
    limitation_action = Row(
        "cobranza.claim.action", readonly=True, copy=False, string="Lost then"
    )
    claimable_until = fields.Date(
        readonly=True,
        copy=False,
        string="May be claimed in court until",
        help="After this day no action is left against the debtor, whatever the kind "
        "of claim.",
    )
    limitation_alarm_on = fields.Date(
        readonly=True, copy=False, string="Limitation is near from"
    )
    limitation_look_on = fields.Date(
        readonly=True, copy=False, string="Limitation is looked at again on"
    )
    limitation_told_on = fields.Date(
        readonly=True,
        copy=False,
        string="Limitation that the responsible was told of",
    )
    interruption_ids = fields.Many2many(
        "cobranza.interruption",
        "cobranza_interruption_debt_rel",
        "cobranza_debt_id",
        "cobranza_interruption_id",
        string="Interruptions",
        readonly=True,
        copy=False,
    )
    limitation_panel = fields.Html(
        compute="_compute_limitation_panel",
        sanitize=False,
        compute_sudo=True,  # of guarantors and evidence, which lawyers may not read
        string="Limitation by action",
    )

    claim_kind_words = fields.Char(
        "Counted as", compute="_compute_claim_kind_words", compute_sudo=True
    )
    barred_told_of = fields.Date(
        "Barred day of which the manager was told", readonly=True, copy=False
    )

    _limitation_idx = models.Index(
        "(company_id, limitation_look_on) WHERE nature = 'principal'"
    )

    # -- what it is --------------------------------------------------------------------

    def _titles(self):
        """The kinds of titles (``action`` of their rows, "none" for none of them) that
        the debt may rest on: stated, or by its document. A cheque and a bill are told
        apart by nobody."""
        self.ensure_one()
        if not self.title and (self.protested_on or self.on_instrument):
            return ("bill", "cheque")
        row = self.env["cobranza.debt.title"]._row(self._known_title())
        return (row and row.action or "none",)

    @api.depends("claim_kind", "move_id")
    @api.depends_context("lang")
    def _compute_claim_kind_words(self):
        kinds = self.env["cobranza.claim.kind"]
        stated = self._origin._stated_kinds()
        for debt in self:
            known = sorted(stated.get(debt._origin.id, ()))
            debt.claim_kind_words = ", ".join(map(kinds._label, known))

    def _stated_kinds(self):
        """{debt id: frozenset of the codes of ``cobranza.claim.kind`` that it may be
        of, empty where nobody has said any}: stated by a person, else those of the
        products of its invoice, with the company's for what says none. A fixed number
        of queries for each company."""
        result = {}
        for company, debts in self.grouped("company_id").items():
            usual = company.cobranza_claim_kind
            for debt, kinds in debts._sold_kinds(company).items():
                known = frozenset(kind or usual for kind in kinds)
                # a part of which nobody knows the kind may be of any
                result[debt] = known if all(known) else frozenset()
            for debt in debts:
                if debt.claim_kind:
                    result[debt.id] = frozenset((debt.claim_kind,))
                elif debt.id not in result:
                    result[debt.id] = frozenset(filter(None, (usual,)))
        return result

    def _sold_kinds(self, company):
        """{debt id: {kind of what it was invoiced for, None where it says none}} of
        those for whose products any kind is said."""
        self.env["account.move.line"].flush_model()
        self.flush_model(["move_id"])
        rows = self.env.execute_query(SQL(SOLD, debts=self.ids))
        # sudo: whoever sees the debt need not see products
        products = self.env["product.product"].sudo()
        products = products.browse({row[1] for row in rows if row[1]})
        found = products.product_tmpl_id._cobranza_claim_kinds(company)
        if not any(found.values()):
            return {}
        own = {one.id: found[one.product_tmpl_id.id] for one in products}
        result = defaultdict(set)
        for debt, product in rows:
            result[debt].add(own.get(product))
        return {debt: kinds for debt, kinds in result.items() if any(kinds)}

    def action_state_claim(self):
        return self.env["cobranza.reason"]._ask("state_claim", self)

    def _state_claim(self, kind, title, reason, changed=("claim_kind", "title")):
        """A person says what these claims are for and what they rest on; empty: what
        is known. Only ``changed`` is written. UserError for a kind that the law of
        their company does not know."""
        self.check_access("read")
        if not changed:
            return
        for company in self.company_id:
            known = company._cobranza_rules()._claim_kinds()
            if kind and kind not in known:
                raise UserError(
                    self.env._(
                        "The law of %(company)s knows no such claim: %(kind)s.",
                        company=company.display_name,
                        kind=self.env["cobranza.claim.kind"]._label(kind),
                    )
                )
        # sudo: debts are the engine's to write, whoever of collection says it
        values = {"claim_kind": kind, "title": title}
        self.sudo().write({name: values[name] for name in changed})
        kinds, titles = self.env["cobranza.claim.kind"], self.env["cobranza.debt.title"]
        said = ", ".join(filter(None, (kinds._label(kind), titles._label(title))))
        label = self._fields["claim_kind"]._description_string(self.env)
        self._log_act(f"{label}: {said or '–'}", reason)
        self.debtor_id._redecide_later()

    # -- working it out ----------------------------------------------------------------

    @api.model
    def _limit_debtors(self, company, debtors):
        """Work out the limitation of all that these debtors owe a company."""
        if not company._cobranza_rules()._claim_kinds():
            return
        domain = Domain("debtor_id", "in", debtors.ids) & self._limited(company)
        self.search(domain)._limit()

    @api.model
    def _limited(self, company):
        return (
            Domain("company_id", "=", company.id)
            & Domain("nature", "=", "principal")
            & (Domain("reason", "=", False) | Domain("reason", "not in", OVER))
        )

    @api.model
    def _limit_due(self, company):
        """Work out the limitation of the debts of a company for which a day that
        matters has come, or that nobody has looked at, a batch after the other, each
        committed; those responsible are told. False when the cron's time is over."""
        if not company._cobranza_rules()._claim_kinds():
            return True
        progress = self.env["ir.cron"]._commit_progress
        today = company._cobranza_today()
        due = Domain("limitation_look_on", "=", False)
        due |= Domain("limitation_look_on", "<=", today)
        due &= self._limited(company)
        last = 0
        while batch := self.search(
            due & Domain("id", ">", last), limit=BATCH, order="id"
        ):
            last = batch[-1:].id
            batch.try_lock_for_update()._limit_safely()  # the rest has another worker
            if not progress(len(batch), remaining=len(batch)):
                return False
        return self._tell_due(company, today)

    def _limit_safely(self):
        """Work out the limitation of these debts; those that cannot be are logged and
        left for tomorrow, and keep no other from it."""
        try:
            with self.env.cr.savepoint():
                self._limit()
        except CONCURRENCY:
            raise
        except Exception:
            self.invalidate_recordset(flush=False)
            if len(self) == 1:
                _logger.exception("Limitation of %s cannot be worked out", self)
                return
            for one in self:
                one._limit_safely()

    @api.model
    def _tell_due(self, company, today):
        """Tell the responsible of the debts that are near their limitation, and of
        those that are stopped since nobody has stated what they are for. False when the
        cron's time is over."""
        self.flush_model()
        query = SQL(UNTOLD, company=company.id, today=today, over=list(OVER))
        rows = self.env.execute_query(query)
        progress = self.env["ir.cron"]._commit_progress
        for start in range(0, len(rows), BATCH):
            ids = [one for _debtor, own in rows[start : start + BATCH] for one in own]
            debts = self.browse(ids).try_lock_for_update()
            debts._tell_limitation(today)
            if not progress(len(debts), remaining=len(rows) - start):
                return False
        return True

    def _limit(self):
        """Work out and keep the limitation of these debts; only what changed is
        written, by one statement for each company."""
        for company, debts in self.grouped("company_id").items():
            today = company._cobranza_today()
            found = LimitationReader(company).answers(debts)
            rows = [debt._limitation_row(found[debt.id], today) for debt in debts]
            columns = zip(COLUMNS, zip(*rows, strict=True), strict=True)
            values = {name: list(column) for name, column in columns}
            self.flush_model(["nature", "company_id"])
            self.env.cr.execute(SQL(UPDATE, company=company.id, **values))
        self.invalidate_model(DERIVED, flush=False)

    @api.model
    def _forget_limitation(self, company):
        """The law of a company goes: nothing of its debts is limited any more."""
        self.flush_model()
        names = (*DERIVED, "limitation_told_on", "barred_told_of")
        columns = SQL(", ").join(SQL("%s = NULL", SQL.identifier(one)) for one in names)
        query = SQL(
            "UPDATE cobranza_debt SET %s WHERE company_id = %s", columns, company.id
        )
        self.env.cr.execute(query)
        self.invalidate_model(names, flush=False)

    def _limitation_row(self, answers, today):
        """(id, next day on which something is lost, its action, the last day on which
        the debtor may be sued, the day from which that is near, when to look again)."""
        # alarmed by the first kind that it may be of, barred only after the last
        coming = (one for answer in answers for one in (answer.found, answer.last))
        following = next_loss(coming, today)
        until = barred_after(one.last for one in answers if one.is_debtor)
        if following is None:
            return (self.id, None, None, until, None, FAR)
        ahead = timedelta(days=self.company_id.cobranza_limitation_alarm_days)
        alarm = following.on - ahead
        look = alarm if alarm > today else following.on + timedelta(days=1)
        return (self.id, following.on, following.term.action, until, alarm, look)

    def _tell_limitation(self, today):
        """One task for each debtor whose debts are near their limitation, once for each
        day on which something is lost; and one for those that are barred already and
        whose kind nobody has stated."""
        barred = self.filtered(lambda one: one._is_barred_unstated(today))
        stated = barred._stated_kinds()
        barred = barred.filtered(lambda one: not stated[one.id])
        barred._tell_of(
            lambda name: self.env._("Time-barred: state what is claimed: %s", name),
            "claimable_until",
        )
        near = self.filtered(
            lambda one: (
                one.limitation_alarm_on
                and one.limitation_alarm_on <= today
                and one.limitation_told_on != one.limitation_on
                and not one._is_ceded(today)
            )
        )
        near._tell_of(
            lambda name: self.env._("Limitation is near: %s", name), "limitation_on"
        )

    def _is_barred_unstated(self, today):
        until = self.claimable_until
        return bool(
            until
            and until < today
            and not self.limitation_on
            and self.limitation_told_on != until
            and not self._is_ceded(today)
        )

    def _tell_of(self, summary, name):
        """A task for each debtor of these debts that names their days in the field
        ``name``, which are kept as told."""
        told = [
            (debtor, self.env["res.users"], ", ".join(debts._say_limitation(name)))
            for debtor, debts in self.grouped("debtor_id").items()
        ]
        if told:
            self.env["cobranza.debtor"]._tell(told, summary)
        self.flush_recordset([name])
        query = "UPDATE cobranza_debt SET limitation_told_on = %s WHERE id = ANY(%s)"
        self.env.cr.execute(SQL(query, SQL.identifier(name), self.ids))
        self.invalidate_recordset(["limitation_told_on"], flush=False)

    def _say_limitation(self, name):
        """[document, day in the field ``name``] of each of these debts, in words."""
        return [
            f"{one.display_name}: {format_date(self.env, one[name])}" for one in self
        ]

    # -- what is left ------------------------------------------------------------------

    def _barred_against(self, day=None):
        """{debt id: ids of the partners, of those who answer for it, against whom no
        action about it is left on ``day``, by default today}. A fixed number of queries
        for each company; none where the law knows no limitation."""
        return {
            debt: {partner for partner, left in found.items() if not left}
            for debt, found in self._actions_left(day).items()
        }

    def _gone_for_good(self):
        """Those of these debts about which no action is left today, against anybody."""
        found = self._actions_left()
        return self.filtered(
            lambda debt: debt.id in found and not any(found[debt.id].values())
        )

    def _actions_left(self, day=None):
        """{debt id: {id of a partner who answers for it: whether an action is left
        against it}}."""
        result = {}
        # sudo: what is barred does not depend on who asks
        for company, debts in self.sudo().grouped("company_id").items():
            claims = debts.filtered(lambda one: one.nature == "principal")
            if not (claims and company._cobranza_rules()._claim_kinds()):
                continue
            on = day or company._cobranza_today()
            for debt, answers in LimitationReader(company).answers(claims).items():
                for one in answers:
                    found = result.setdefault(debt, {})
                    left = found.get(one.partner, False)
                    found[one.partner] = left or not one.last.is_barred(on)
        return result

    @api.model
    def _domain_barred(self, today):
        """Open claims about which no action is left against the debtor on ``today``,
        and of which nothing else is about to be lost."""
        over = Domain("reason", "=", False) | Domain("reason", "not in", OVER)
        barred = Domain("claimable_until", "<", today)
        return over & barred & Domain("limitation_on", "=", False)

    # -- showing it --------------------------------------------------------------------

    @api.depends("claim_kind", "title", "limitation_on", "claimable_until")
    @api.depends_context("lang")
    def _compute_limitation_panel(self):
        self.limitation_panel = False
        for company, debts in self.grouped("company_id").items():
            found = LimitationReader(company).answers(debts._origin)
            for debt in debts:
                answers = found.get(debt._origin.id)
                debt.limitation_panel = answers and self.env["ir.qweb"]._render(
                    "cobranza_legal.limitation_panel",
                    {"rows": debt._limitation_words(answers)},
                )

    def _say_kind(self, code):
        """The words for the kind of a term: a kind of claims, or what the title of this
        debt is, whose action is no kind of claims."""
        if self.env["cobranza.claim.kind"]._row(code):
            return self.env["cobranza.claim.kind"]._label(code)
        return self.env["cobranza.debt.title"]._label(self._known_title())

    def _limitation_words(self, answers):
        """[values] of the rows of the panel."""
        actions = self.env["cobranza.claim.action"]
        reasons = self.env["cobranza.interruption.kind"]
        today = self.company_id._cobranza_today()
        partners = self.env["res.partner"]
        shown = [(one.partner, one.shown(today)) for one in answers]
        return [
            {
                "who": partners.browse(partner).display_name,
                "action": actions._label(one.term.action),
                "kind": self._say_kind(one.term.kind),
                "until": one.on and format_date(self.env, one.on),
                "barred": one.is_barred(today),
                "since": format_date(self.env, one.since),
                "act": one.act and reasons._label(one.act.kind),
                "article": one.term.article,
            }
            for partner, one in shown
        ]
