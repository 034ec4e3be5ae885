import logging
import time

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...kernel.lifecycle import RUN
from ..common.judging import judging
from ..common.transaction import CONCURRENCY, once, rollback
from ..common.words import WAITING, say_error
from ..company.company import MODES
from ..debtor.between import SET_OFF_GROUPS
from ..debtor.worklist import OPEN
from ..policy.policy import pack_ladders

_logger = logging.getLogger(__name__)


BATCH = 2000
"""Debts in a batch; the debts of one debtor are never split."""


TROUBLES = 20
"""Debtors of a run that may break before the run itself is stopped as failed."""


ATTEMPTS = 3
"""How often a batch is tried that meets another transaction."""


TABLES = [
    "cobranza_debtor",
    "cobranza_debt",
    "cobranza_contact",
    "cobranza_contact_line",
]


class CobranzaRun(models.Model):
    """One dunning run of a company on a day: what was decided, and why.

    Collects facts, lets the kernel decide, applies what changed; a batch of debtors at
    a time, each in its own transaction, so that a killed run goes on where it was. As a
    proposal it shows whom it would write to, and whom it leaves alone.
    """

    _name = "cobranza.run"
    _inherit = ["cobranza.state.mixin"]
    _description = "Collection run"
    _order = "day desc, id desc"

    _lifecycle = RUN
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    day = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [("draft", "Running"), ("done", "Finished"), ("failed", "Failed")],
        default="draft",
        required=True,
        readonly=True,
    )
    mode = fields.Selection(MODES, readonly=True)
    duration = fields.Float(readonly=True, string="Seconds")
    debtor_count = fields.Integer(readonly=True, string="Debtors looked at")
    opened_count = fields.Integer(readonly=True, string="Debts opened")
    moved_count = fields.Integer(readonly=True, string="Debts moved")
    counts = fields.Json(readonly=True)
    ladders = fields.Json(
        readonly=True,
        help="The levels by which this run decided, by policy, as they were that day.",
    )
    trouble = fields.Text(readonly=True, string="Debtors that could not be followed")
    trouble_count = fields.Integer(readonly=True)
    contact_ids = fields.One2many("cobranza.contact", "run_id", readonly=True)
    _day_uniq = models.UniqueIndex(
        "(company_id, day) WHERE state = 'draft'", "A run of this day is open already."
    )
    company_mode = fields.Selection(
        related="company_id.cobranza_mode", string="Mode of the company now"
    )
    counts_html = fields.Html(
        compute="_compute_counts_html", sanitize=False, string="Decisions"
    )
    shown_contact_ids = fields.Many2many(
        "cobranza.contact",
        compute="_compute_shown_contact_ids",
        string="Whom it writes to",
        help="What this run planned. The newest run also shows what earlier ones have "
        "planned and nobody has released.",
    )
    contact_count = fields.Integer(compute="_compute_contact_counts")
    waiting_count = fields.Integer(
        compute="_compute_contact_counts", string="Waiting for release"
    )
    unmatched_ids = fields.Many2many(
        "cobranza.debtor",
        compute="_compute_unmatched_ids",
        string="Payments to allocate first",
        help="Debtors who owe and also have payments or credit notes that nobody has "
        "allocated: allocate them before writing to them.",
    )
    set_off_ids = fields.Many2many(
        "cobranza.debtor",
        compute="_compute_set_off_ids",
        string="Debtors to whom we owe",
        groups=SET_OFF_GROUPS,
        help="Open vendor bills of whom it would write to: a set-off may be simpler.",
    )

    @api.depends("company_id", "day")
    def _compute_display_name(self):
        for run in self:
            day = format_date(self.env, run.day)
            run.display_name = f"{run.company_id.name} · {day}"

    # -- cron ------------------------------------------------------------------------

    @api.model
    def _cron_follow_up(self):
        """Every company's run of the day, batch by batch, resumable."""
        todo = {}
        for company in self.env["res.company"]._cobranza_creditors():
            engine = company._cobranza_engine(self)
            batches = engine._batches(company)
            if engine._interrupted(company) or batches:
                todo[company] = batches
        remaining = sum(len(batches) for batches in todo.values())
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        for company, batches in todo.items():
            engine = company._cobranza_engine(self)
            if not engine._follow_up_safely(company, batches):
                return

    def _interrupted(self, company):
        """Today's run, when a dead process left it open. Those of earlier days are
        over: what they did not do, this one does."""
        runs = self.search([("company_id", "=", company.id), ("state", "=", "draft")])
        today = company._cobranza_today()
        over = runs.filtered(lambda run: run.day < today)
        over._set_state("failed", self.env._("Interrupted; a later run went on."))
        return runs - over

    def _follow_up_safely(self, company, batches):
        """One company's trouble is recorded and does not stop the others; False when
        the cron's time is over."""
        try:
            return self._follow_up(company, batches)
        except CONCURRENCY:
            rollback(self.env)
            _logger.info("Run of %s meets another transaction: later", company.name)
            # a cron wakes itself up
            self.env.ref("cobranza_legal.ir_cron_follow_up").sudo()._trigger()
            self.env["ir.cron"]._commit_progress(0)
        except Exception as error:
            rollback(self.env)
            _logger.exception("Run of %s failed", company.name)
            why = say_error(self.env, error)
            self._get_or_open(company)._set_state("failed", why)
            self.env["ir.cron"]._commit_progress(0)
        return True

    def _follow_up(self, company, batches):
        run = self._get_or_open(company)
        self.env["ir.cron"]._commit_progress(0)
        scope = run._scope(company, many=len(batches) > 1) if batches else None
        for number, partners in enumerate(batches):
            run._process_safely(partners, scope)
            if number == 0 and len(batches) > 1:
                self._analyze_small_tables()
            if not self.env["ir.cron"]._commit_progress(1):
                return False
        run._close()
        self.env["ir.cron"]._commit_progress(0)
        return True

    def _analyze_small_tables(self):
        """Plans made while a table is empty, above all those of foreign keys, scan it
        from end to end for every row of the batches that follow."""
        known = self.env.execute_query(
            SQL(
                "SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s)",
                TABLES,
            )
        )
        for table, rows in known:
            if rows < BATCH:
                self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def _process_safely(self, partner_ids, scope, attempts=ATTEMPTS):
        """A batch that meets another transaction is done again. A debtor that breaks,
        noted on the run, does not stop the others. When many do, it is not theirs.
        What is done again reads the scope again, which may be what has changed."""
        try:
            self._process_batch(partner_ids, scope)
        except CONCURRENCY:
            if attempts == 1:
                raise
            rollback(self.env)
            scope = self._scope(self.company_id)
            self._process_safely(partner_ids, scope, attempts - 1)
        except Exception as error:
            rollback(self.env)
            if len(partner_ids) > 1:
                self._process_singly(partner_ids)
                return
            self._note_trouble(partner_ids, error)
            if self.trouble_count > TROUBLES:
                raise

    def _process_singly(self, partner_ids):
        scope = self._scope(self.company_id)
        for partner in partner_ids:
            self._process_safely([partner], scope)
            self.env["ir.cron"]._commit_progress(0)

    def _note_trouble(self, partner_ids, error):
        _logger.exception("Run %s: debtor of partner %s", self.id, partner_ids)
        name = self.env["res.partner"].browse(partner_ids).display_name
        lines = [self.trouble, f"{name}: {error}"]
        self._through_gate().write(
            {
                "trouble": "\n".join(line for line in lines if line),
                "trouble_count": self.trouble_count + 1,
            }
        )

    def _run_company(self, company):
        """The run of one company in this transaction, for buttons and tests."""
        company = company.root_id
        scope = self._scope(company)
        batches = self._batches(company, scope)
        run = self._get_or_open(company)
        for partners in batches:
            run._process_batch(partners, scope)
        run._close()
        return run

    def _get_or_open(self, company):
        vals = {"company_id": company.id, "day": company._cobranza_today()}
        domain = [(name, "=", value) for name, value in vals.items()]
        domain.append(("state", "=", "draft"))
        vals["mode"] = company.cobranza_mode
        return self.search(domain) or once(
            self.env, lambda: self.create(vals), lambda: self.search(domain)
        )

    def _batches(self, company, scope=None):
        """Lists of commercial partner ids, about BATCH debts in each, never splitting
        a debtor: whoever has an item to open or is due to be looked at."""
        batches, batch, size = [], [], 0
        for partner, weight in self._book(company, scope=scope).partners_to_look_at():
            if batch and size + weight > BATCH:
                batches.append(batch)
                batch, size = [], 0
            batch.append(partner)
            size += weight
        return batches + [batch] if batch else batches

    def _process_batch(self, partner_ids, scope):
        """Open, decide and apply for these partners by what the company follows; one
        transaction."""
        started = time.monotonic()
        company = self.company_id
        partners = self.env["res.partner"].browse(partner_ids)
        run = judging(self)
        debtors = run._ensure_debtors(company, partners).filtered("active")
        debtors._judge_charges_of_marked()
        reader = run._book(company, self.day, scope)
        book = reader.collect(debtors.ids, opening=True)
        moved = run._apply(book)
        if moved and company.cobranza_mode == "proposal":
            company._cobranza_shadow_start()
        self._through_gate().write(
            {
                "debtor_count": self.debtor_count + len(debtors),
                "opened_count": self.opened_count + book.opened,
                "moved_count": self.moved_count + moved,
                "duration": self.duration + time.monotonic() - started,
                "ladders": self.ladders or pack_ladders(book.ladders),
            }
        )

    def _close(self):
        """Count the whole book by reason and end the run."""
        self.env["cobranza.debt"].flush_model(["reason", "company_id"])
        groups = self.env["cobranza.debt"]._read_group(
            [("company_id", "=", self.company_id.id)], ["reason"], ["__count"]
        )
        counts = {reason: count for reason, count in groups if reason}
        self._set_state("done", counts=counts)

    # -- screens ---------------------------------------------------------------------

    def action_run_now(self):
        """The manager's button: today's run of the current company."""
        self.env["cobranza.policy"].check_access("write")
        # the engine works for the whole company, past record rules
        creditor = self.env.company._cobranza_creditor()
        run = self.sudo()._run_company(creditor.sudo())
        return run.sudo(False).get_formview_action()

    def action_view_contacts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_contact"
        )
        return {**action, "domain": [("run_id", "=", self.id)], "context": {}}

    @api.depends("counts")
    def _compute_counts_html(self):
        reasons = self.env["cobranza.decision.reason"]
        order = list(reasons._by_code())
        for run in self:
            counts = run.counts or {}
            rows = [
                (reasons._label(code), counts[code], reasons._sentence(code))
                for code in sorted(
                    counts,
                    key=lambda reason: (
                        order.index(reason) if reason in order else len(order)
                    ),
                )
            ]
            run.counts_html = self.env["ir.qweb"]._render(
                "cobranza_legal.run_counts",
                {"rows": rows, "total": sum(counts.values())},
            )

    @api.depends("contact_ids.state", "contact_ids.released")
    def _compute_contact_counts(self):
        contacts = self.env["cobranza.contact"]
        own = dict(
            contacts._read_group([("run_id", "in", self.ids)], ["run_id"], ["__count"])
        )
        domain = [("company_id", "in", self.company_id.ids), *WAITING]
        groups = contacts._read_group(domain, ["company_id", "run_id"], ["__count"])
        for run in self:
            waiting = [row for row in groups if row[0] == run.company_id]
            if not run._is_newest():
                waiting = [row for row in waiting if row[1] == run]
            run.contact_count = own.get(run, 0)
            run.waiting_count = sum(row[2] for row in waiting)

    @api.depends("contact_ids")
    def _compute_shown_contact_ids(self):
        for run in self:
            run.shown_contact_ids = run._waiting_contacts() | run.contact_ids

    def _waiting_contacts(self):
        """Contacts that wait for a person: of this run, and of all earlier ones when
        it is the newest of its company."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id), *WAITING]
        if not self._is_newest():
            domain.append(("run_id", "=", self.id))
        return self.env["cobranza.contact"].search(domain)

    def _is_newest(self):
        return self == self._newest(self.company_id)

    @api.model
    def _newest(self, company):
        return self.search([("company_id", "=", company.id)], limit=1)

    def _compute_unmatched_ids(self):
        for company, runs in self.grouped("company_id").items():
            debtors = self.env["cobranza.debtor"].search(
                [("company_id", "=", company.id), ("debt_ids", "any", OPEN)]
            )
            credits = self._read_credits(debtors)
            runs.unmatched_ids = debtors.browse(
                debtor.id for debtor in debtors if credits.get(debtor.id)
            )

    def _compute_set_off_ids(self):
        for run in self:
            # sudo: that we owe somebody, for the groups of the field
            waiting = run._waiting_contacts().debtor_id.sudo()
            run.set_off_ids = waiting.filtered("we_owe").sudo(False)

    def action_release(self):
        """Release every contact of this run that waits for a person."""
        self.ensure_one()
        return self._waiting_contacts().action_release()
