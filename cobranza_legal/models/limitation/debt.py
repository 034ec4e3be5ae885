from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel.limitation import barred_after, next_loss
from ..common.rows import Row
from .reader import LimitationReader

OVER = ("settled", "void")


FAR = fields.Date.to_date("9999-12-31")
"""Nothing changes by the passing of days."""


BATCH = 500


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


COLUMNS = ("ids", "next", "action", "until", "alarm", "look")


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
        help="Stated by a person; empty: that of the company, else the earliest date "
        "of all kinds that may apply counts.",
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
        help="After this day no action is left against the debtor.",
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

    _limitation_idx = models.Index(
        "(company_id, limitation_look_on) WHERE nature = 'principal'"
    )

    # -- what it is --------------------------------------------------------------------

    def _titles(self):
        """The kinds of titles (``action`` of their rows, "none" for none of them) that
        the debt may rest on: stated, or by its document. A cheque and a bill are told
        apart by nobody."""
        self.ensure_one()
        row = self.env["cobranza.debt.title"]._row(self.title)
        if row:
            return (row.action or "none",)
        if self.protested_on or self.on_instrument:
            return ("bill", "cheque")
        return ("invoice",) if self.move_id.move_type == "out_invoice" else ("none",)

    def action_state_claim(self):
        return self.env["cobranza.reason"]._ask("state_claim", self)

    def _state_claim(self, kind, title, reason):
        """A person says what these claims are for and what they rest on; empty: what
        is known. UserError for a kind that the law of their company does not know."""
        self.check_access("read")
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
        self.sudo().write({"claim_kind": kind, "title": title})
        kinds, titles = self.env["cobranza.claim.kind"], self.env["cobranza.debt.title"]
        said = ", ".join(filter(None, (kinds._label(kind), titles._label(title))))
        label = self._fields["claim_kind"]._description_string(self.env)
        self._log_acts(f"{label}: {said or '–'}", reason)
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
        domain = self._limited(company) & due
        while batch := self.search(domain, limit=BATCH, order="id"):
            mine = batch.try_lock_for_update()  # the rest has another worker
            if not mine:
                return True
            mine._limit()
            mine._tell_limitation(today)
            if not progress(len(mine), remaining=len(batch)):
                return False
        return True

    def _limit(self):
        """Work out and keep the limitation of these debts; only what changed is
        written, by one statement for each company."""
        for company, debts in self.grouped("company_id").items():
            today = company._cobranza_today()
            found = LimitationReader(company).read(debts)
            rows = [debt._limitation_row(found[debt.id], today) for debt in debts]
            columns = zip(COLUMNS, zip(*rows, strict=True), strict=True)
            values = {name: list(column) for name, column in columns}
            self.flush_model(["nature", "company_id"])
            self.env.cr.execute(SQL(UPDATE, company=company.id, **values))
        self.invalidate_model(
            ["limitation_on", "limitation_action", "claimable_until"]
            + ["limitation_alarm_on", "limitation_look_on"],
            flush=False,
        )

    def _limitation_row(self, answers, today):
        """(id, next day on which something is lost, its action, the last day on which
        the debtor may be sued, the day from which that is near, when to look again)."""
        following = next_loss((one.found for one in answers), today)
        until = barred_after(one.found for one in answers if one.is_debtor)
        if following is None:
            return (self.id, None, None, until, None, FAR)
        ahead = timedelta(days=self.company_id.cobranza_limitation_alarm_days)
        alarm = following.on - ahead
        look = alarm if alarm > today else following.on + timedelta(days=1)
        return (self.id, following.on, following.term.action, until, alarm, look)

    def _tell_limitation(self, today):
        """One task for each debtor whose debts are near their limitation, once for each
        day on which something is lost."""
        near = self.filtered(
            lambda one: (
                one.limitation_alarm_on
                and one.limitation_alarm_on <= today
                and one.limitation_told_on != one.limitation_on
                and not one._is_ceded(today)
            )
        )
        told = [
            (debtor, self.env["res.users"], ", ".join(debts._say_limitation()))
            for debtor, debts in near.grouped("debtor_id").items()
        ]
        if told:
            self.env["cobranza.debtor"]._tell(
                told, lambda name: self.env._("Limitation is near: %s", name)
            )
        for debt in near:
            debt.limitation_told_on = debt.limitation_on

    def _say_limitation(self):
        """[document, day] of each of these debts, in words."""
        return [
            f"{one.display_name}: {format_date(self.env, one.limitation_on)}"
            for one in self
        ]

    # -- showing it --------------------------------------------------------------------

    @api.depends("claim_kind", "title", "limitation_on", "claimable_until")
    @api.depends_context("lang")
    def _compute_limitation_panel(self):
        self.limitation_panel = False
        for company, debts in self.grouped("company_id").items():
            found = LimitationReader(company).read(debts._origin)
            for debt in debts:
                answers = found.get(debt._origin.id)
                debt.limitation_panel = answers and self.env["ir.qweb"]._render(
                    "cobranza_legal.limitation_panel",
                    {"rows": debt._limitation_words(answers)},
                )

    def _limitation_words(self, answers):
        """[values] of the rows of the panel."""
        kinds = self.env["cobranza.claim.kind"]
        actions = self.env["cobranza.claim.action"]
        reasons = self.env["cobranza.interruption.kind"]
        today = self.company_id._cobranza_today()
        partners = self.env["res.partner"]
        return [
            {
                "who": partners.browse(one.partner).display_name,
                "action": actions._label(one.found.term.action),
                "kind": kinds._label(one.found.term.kind),
                "until": one.found.on and format_date(self.env, one.found.on),
                "barred": one.found.is_barred(today),
                "since": format_date(self.env, one.found.since),
                "act": one.found.act and reasons._label(one.found.act.kind),
                "article": one.found.term.article,
            }
            for one in answers
        ]
