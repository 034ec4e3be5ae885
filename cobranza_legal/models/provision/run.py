import base64
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...kernel.errors import KernelError
from ...kernel.lifecycle import PROVISION_RUN
from ...kernel.provision import ZERO, charged_and_released
from ..common.deletion import discard
from ..common.files import download_url
from ..common.money import say_amount, to_decimal
from ..common.words import say_error
from .reader import ProvisionReader
from .rules import DOUBTFUL, ROLES, SUED
from .workbook import SUMMED, ProvisionWorkbook

STATES = [
    ("draft", "Draft"),
    ("computed", "Computed"),
    ("posted", "Booked in the ledger"),
    ("reversed", "Reversed"),
]


FIGURES = ("base", "target", "booked", "movement", "tax_deductible", "tax_difference")
"""Sums of the lines."""


NO_LINES = 0, ZERO, ZERO, ZERO


STANDS = """
    SELECT COALESCE(move_line_id, 0), COALESCE(target, 0)::text,
           COALESCE(booked, 0)::text
      FROM cobranza_provision_line WHERE run_id = %s
"""


class CobranzaProvisionRun(models.Model):
    """The allowance of a company on a day: computed debt by debt, booked by one entry
    of what changes against what is booked, and taken back by another."""

    _name = "cobranza.provision.run"
    _inherit = ["mail.thread", "cobranza.state.mixin"]
    _description = "Provision run"
    _order = "day desc, id desc"
    _rec_name = "day"
    _lifecycle = PROVISION_RUN

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._cobranza_creditor(),
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    day = fields.Date(
        "On",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
        tracking=True,
    )
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    scale_id = fields.Many2one(
        "cobranza.provision.scale",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    line_ids = fields.One2many(
        "cobranza.provision.line", "run_id", "Lines", readonly=True, copy=False
    )
    is_last = fields.Boolean(
        "Newest booked run", compute="_compute_is_last", search="_search_is_last"
    )
    line_count = fields.Integer("Number of lines", compute="_compute_totals")
    base = fields.Monetary(readonly=True, copy=False)
    target = fields.Monetary("Allowance", readonly=True, copy=False, tracking=True)
    booked = fields.Monetary("Booked before", readonly=True, copy=False)
    movement = fields.Monetary(readonly=True, copy=False)
    tax_deductible = fields.Monetary("Deductible", readonly=True, copy=False)
    tax_difference = fields.Monetary("Not deductible", readonly=True, copy=False)
    tax_general = fields.Monetary(
        "General allowance deductible",
        readonly=True,
        copy=False,
        help="Of what is not deductible debt by debt.",
    )
    tax_general_why = fields.Char("Why", readonly=True, copy=False)
    charged = fields.Monetary("Charged to the result", compute="_compute_totals")
    released = fields.Monetary("Taken back to the result", compute="_compute_totals")
    move_id = fields.Many2one(
        "account.move", "Entry", readonly=True, copy=False, ondelete="restrict"
    )
    reverse_move_id = fields.Many2one(
        "account.move",
        "Reversing entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    reclass_move_id = fields.Many2one(
        "account.move",
        "Reclassification",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Moves the balance of doubtful customers for the day of closing, and is "
        "taken back the next day. No invoice is paid by it.",
    )
    reclass_back_move_id = fields.Many2one(
        "account.move",
        "Its way back",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    reclass_undone_move_ids = fields.Many2many(
        "account.move",
        "cobranza_provision_run_undone_rel",
        string="Reclassification taken back",
        readonly=True,
        copy=False,
    )
    previous_id = fields.Many2one(
        "cobranza.provision.run",
        "Booked before by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The run that was the last when this one was computed.",
    )
    posted_by_id = fields.Many2one("res.users", "Booked by", readonly=True, copy=False)
    lacking = fields.Char(
        "Accounts that lack", compute="_compute_lacking", compute_sudo=True
    )
    workbook = fields.Binary(compute="_compute_workbook")

    _day_uniq = models.UniqueIndex(
        "(company_id, day) WHERE state = 'posted'",
        "The provisions of this day are posted already.",
    )

    @api.depends("day", "company_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Provisions on %s", format_date(self.env, run.day)
            )

    @api.depends("line_ids.movement")
    def _compute_totals(self):
        known = self.env["cobranza.provision.line"]._sums(self.ids)
        for run in self:
            count, *sums = known.get(run._origin.id, NO_LINES)
            up, down = charged_and_released(sums[:2], sums[2])
            run.line_count = count
            run.charged, run.released = float(up), float(down)

    @api.depends("company_id", "state")
    def _compute_lacking(self):
        for run in self:
            run.lacking = run.company_id._cobranza_lacking_words(ROLES)

    def _compute_workbook(self):
        for run in self:
            content = ProvisionWorkbook(run).content() if run.id else b""
            run.workbook = base64.b64encode(content) if content else False

    @api.depends("company_id", "state", "day")
    def _compute_is_last(self):
        for run in self:
            run.is_last = run == self._last_posted(run.company_id)

    def _search_is_last(self, operator, value):
        if operator != "in":
            return NotImplemented
        groups = self._read_group(
            [("state", "=", "posted")], ["company_id"], ["day:max"]
        )
        return Domain("state", "=", "posted") & Domain.OR(
            Domain("company_id", "=", company.id) & Domain("day", "=", day)
            for company, day in groups
        )

    @api.model
    def _last_posted(self, company):
        """The last posted run of a company; empty before the first."""
        domain = [("company_id", "=", company.id), ("state", "=", "posted")]
        return self.search(domain, order="day desc, id desc", limit=1)

    def write(self, vals):
        if {"day", "company_id"} & set(vals):
            self._expect("draft")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_posted(self):
        self._expect("draft", "computed")

    # -- compute -----------------------------------------------------------------------

    def _reader(self):
        # sudo: what is owed of the whole tree, past the rules of its branches; the
        # button has asked for the right to write runs
        company = self.company_id.sudo().with_company(self.company_id)
        return ProvisionReader(company, self.day)

    def action_compute(self):
        """Work out the lines anew, by what the books say now. UserError where the
        company has no scale, a legal value lacks, or the day is one to come."""
        self.check_access("write")
        for run in self:
            run._expect("draft", "computed")
            if run.day > run.company_id._cobranza_today():
                raise UserError(
                    self.env._("%s has not come yet.", format_date(self.env, run.day))
                )
            run._check_last()
            reader = run._reader()
            try:
                lines = reader.lines()
                general = reader.judge_tax(lines)
            except KernelError as error:
                raise UserError(say_error(self.env, error)) from error
            run._fill(lines, {**general, "scale_id": reader.row.id})
            run._set_state("computed")
        return True

    def _fill(self, lines, values):
        """The lines and figures of a run anew."""
        own = self.sudo()  # sudo: lines and figures are made by the engine alone
        discard(own.line_ids)
        own.env["cobranza.provision.line"]._enter(own, lines)
        sums = {
            name: float(sum((one.get(name, ZERO) for one in lines), ZERO))
            for name in FIGURES
        }
        previous = self._last_posted(self.company_id)
        own.write({**values, **sums, "previous_id": previous.id})

    def action_draft(self):
        """Back to draft, to choose another day."""
        self.check_access("write")
        self._expect("computed")
        own = self.sudo()  # sudo: lines and figures are made by the engine alone
        discard(own.line_ids)
        names = (*FIGURES, "tax_general")
        own.write(
            {
                **dict.fromkeys(names, 0),
                **dict.fromkeys(("scale_id", "tax_general_why", "previous_id"), False),
            }
        )
        self._set_state("draft")

    def _check_last(self):
        """UserError when a later run is posted, or one of this day."""
        last = self._last_posted(self.company_id)
        if last and last != self and last.day >= self.day:
            raise UserError(
                self.env._(
                    "%(run)s is posted already: what changes is booked against it. "
                    "Reverse it first, or choose a later day.",
                    run=last.display_name,
                )
            )
        later = self.env["cobranza.write.off"]._released_after(
            self.company_id, self.day
        )
        if later:
            raise UserError(
                self.env._(
                    "%s took of the allowance on a later day: choose that day or a "
                    "later one.",
                    later[0].display_name,
                )
            )

    def _entry_sums(self):
        """(charged, released) of the entry of this run."""
        known = self.env["cobranza.provision.line"]._sums(self.ids)
        _count, *changes, other = known.get(self.id, NO_LINES)
        return charged_and_released(changes, other)

    # -- post and reverse --------------------------------------------------------------

    def action_create_accounts(self):
        """Create the accounts that the chart lacks, as the law of the country names
        them."""
        self.ensure_one()
        self.check_access("write")
        self.company_id._cobranza_create_accounts(self)
        return True

    def action_post(self):
        """Book what changes by one entry on the day of the run. UserError when the
        books have changed since it was computed, a later run is posted, an account
        lacks or the day is locked."""
        self.check_access("write")
        for run in self:
            run._expect("computed")
            run.company_id.sudo().lock_for_update(allow_referencing=True)
            run._check_last()
            accounts = run.company_id._cobranza_check_accounts(ROLES)
            journal = run.company_id._cobranza_provision_journal()
            run.company_id._cobranza_check_locks(run.day, journal)
            run._check_fresh()
            values = {"posted_by_id": self.env.uid}
            if any(run._entry_sums()):
                move = run._book(journal, run._entry_lines(accounts), run.display_name)
                values["move_id"] = move.id
            run._set_state("posted", **values)
        return True

    def _check_fresh(self):
        """UserError when the books say something else than when it was computed."""
        self.env["cobranza.provision.line"].flush_model()
        then = Counter(
            (line, Decimal(target), Decimal(booked))
            for line, target, booked in self.env.execute_query(SQL(STANDS, self.id))
        )
        now = Counter(
            (one.get("move_line_id") or 0, one.get("target", ZERO), one["booked"])
            for one in self._reader().lines()
        )
        if now != then:
            raise UserError(
                self.env._(
                    "The books have changed since %s was computed. Compute it again.",
                    self.display_name,
                )
            )

    def _entry_lines(self, accounts):
        up, down = self._entry_sums()
        sides = (
            (accounts["charge"], up),
            (accounts["release"], -down),
            (accounts["allowance"], down - up),
        )
        return [
            {"account_id": account.id, "balance": float(amount)}
            for account, amount in sides
            if amount
        ]

    def _book(self, journal, lines, ref, day=None):
        """A posted entry of these lines, on the day of the run if none is given."""
        day = day or self.day
        return self.company_id._cobranza_book_entry(journal, day, ref, lines)

    def _take_back(self, move, day, ref):
        """The posted entry that takes another back, matched with nothing."""
        lines = [
            {
                "account_id": one.account_id.id,
                "partner_id": one.partner_id.id,
                "balance": -one.balance,
                "no_followup": True,
            }
            for one in move.line_ids
        ]
        return self._book(move.journal_id, lines, ref, day)

    def action_reverse(self):
        """Take the entry of the last posted run back on its own day; then the run
        before it is the last again."""
        self.check_access("write")
        for run in self:
            run._expect("posted")
            last = run._last_posted(run.company_id)
            if last != run:
                raise UserError(
                    self.env._("Reverse %s first.", last.display_name or "")
                )
            taken = run.env["cobranza.write.off"]._released_of(run)
            if taken:
                raise UserError(
                    self.env._(
                        "%(taken)s took of the allowance of %(run)s: undo it first.",
                        taken=taken[0].display_name,
                        run=run.display_name,
                    )
                )
            values = {}
            if run.move_id.state == "posted":
                ref = self.env._("Reversal of: %s", run.move_id.ref)
                values["reverse_move_id"] = run._take_back(run.move_id, run.day, ref).id
            undone = self.env["account.move"]
            for move in (run.reclass_move_id, run.reclass_back_move_id):
                if move.state == "posted":
                    ref = self.env._("Reversal of: %s", move.ref)
                    undone |= run._take_back(move, move.date, ref)
            # sudo: readonly fields are written by the engine alone
            run.sudo().reclass_undone_move_ids = undone
            run._set_state("reversed", **values)
        return True

    # -- closing -----------------------------------------------------------------------

    def action_reclassify(self):
        """Move the balance of what is provided for to the account of doubtful customers
        on the day of the run, and back the next day. Nothing is matched with an
        invoice, and no debt changes."""
        self.check_access("write")
        for run in self:
            run._expect("posted")
            if run.reclass_move_id:
                raise UserError(
                    self.env._("%s is reclassified already.", run.display_name)
                )
            roles = (DOUBTFUL,)
            accounts = run.company_id._cobranza_check_accounts(roles)
            known = run.company_id._cobranza_provision_accounts()
            accounts[SUED] = known[SUED] or accounts[DOUBTFUL]
            lines = run._reclass_lines(accounts)
            if not lines:
                raise UserError(
                    self.env._("%s provides for nothing.", run.display_name)
                )
            journal = run.company_id._cobranza_provision_journal()
            ref = self.env._("Doubtful customers on %s", format_date(self.env, run.day))
            move = run._book(journal, lines, ref)
            ref = self.env._("Reversal of: %s", ref)
            back = run._take_back(move, run.day + timedelta(days=1), ref)
            # sudo: readonly fields are written by the engine alone
            run.sudo().write(
                {"reclass_move_id": move.id, "reclass_back_move_id": back.id}
            )
        return True

    def _reclass_lines(self, accounts):
        """The items of the entry: one for each customer and account, both ways."""
        sums = defaultdict(lambda: ZERO)
        # sudo: the items of branches too
        for one in self.sudo().line_ids.filtered("target"):
            target = accounts[SUED if one.sued else DOUBTFUL]
            origin = one.move_line_id.account_id
            if origin and origin != target:
                key = one.move_line_id.partner_id.commercial_partner_id.id
                sums[origin.id, key] -= to_decimal(one.open)
                sums[target.id, key] += to_decimal(one.open)
        return [
            {
                "account_id": account,
                "partner_id": partner,
                "balance": float(amount),
                "no_followup": True,
            }
            for (account, partner), amount in sums.items()
            if amount
        ]

    # -- what is shown -----------------------------------------------------------------

    def action_lines(self):
        """The lines of these runs, to be grouped and filtered."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_provision_line"
        )
        context = {"search_default_by_bucket": 1}
        return {
            **action,
            "domain": Domain("run_id", "in", self.ids),
            "context": context,
        }

    def action_tax(self):
        """What is deductible of these runs debt by debt, with the evidence missing."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_provision_tax"
        )
        return {**action, "domain": Domain("run_id", "in", self.ids), "context": {}}

    def action_workbook(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": download_url(self, "workbook", f"{self.display_name}.xlsx"),
            "target": "download",
        }

    def action_print(self):
        report = self.env.ref("cobranza_legal.action_report_provision_run")
        return report.report_action(self, config=False)

    def _summary(self, key):
        """[(words, base, allowance, booked, movement)] of the lines by the field
        ``key``: bucket, debtor or currency of the document."""
        found, order = defaultdict(lambda: [ZERO] * len(SUMMED)), {}
        for one in self.line_ids:
            if key == "bucket":
                row, place = one.bucket, (one.first_day, one.bucket or "", 0)
            else:
                record = one[key] or one.partner_id
                words = record.display_name or one.bucket or ""
                row, place = record or words, (0, words, record.id or 0)
            order[row] = place
            amounts = [to_decimal(one[name]) for name in SUMMED]
            found[row] = [a + b for a, b in zip(found[row], amounts, strict=True)]
        return [(order[row][1], *found[row]) for row in sorted(order, key=order.get)]

    def _say(self, amount):
        return say_amount(self.env, amount, self.currency_id)

    def _day_words(self, day):
        return format_date(self.env, day)

    def _document_title(self):
        """Title and file name of the PDF."""
        return self.display_name
