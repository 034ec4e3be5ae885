from odoo import api, fields, models
from odoo.exceptions import UserError

from ...kernel.lifecycle import DEBIT_BATCH
from ..common.csv_file import csv_bytes
from ..common.rows import Row
from ..common.words import QUIET
from .company import LAW_MEMO, LawMemo
from .debit_picker import DebitPicker

SEQUENCE = "cobranza.debit.batch"
TOLD = 200
"""Lines of what was left out that a batch tells."""
QUEUED = ("planned", "sending")
"""States of a letter that is to leave."""
COLUMNS = (
    *("collect_on", "debtor", "vat", "account", "mandate", "signed_on", "kind"),
    *("amount", "currency", "document", "creditor_identifier"),
    *("old_mandate", "old_account", "old_creditor_identifier", "old_creditor"),
)


OLD = {
    "reference": "old_mandate",
    "account": "old_account",
    "creditor": "old_creditor_identifier",
    "creditor_name": "old_creditor",
}
"""{kind of amendment: column in which the bank is told what it knows}; once, with the
first debit after it."""


class CobranzaDebitBatch(models.Model):
    """Debits of one scheme that are presented to the bank together, today by a list for
    its own web form."""

    _name = "cobranza.debit.batch"
    _inherit = ["cobranza.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Batch of direct debits"
    _order = "id desc"
    _check_company_auto = True

    _lifecycle = DEBIT_BATCH
    _evidence_files = {"file_id": []}

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._cobranza_creditor(),
    )
    scheme = Row(
        "cobranza.mandate.scheme",
        required=True,
        default=lambda self: self.env["cobranza.mandate"]._default_scheme(),
    )
    due_until = fields.Date(
        "What is due until",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
    )
    collect_on = fields.Date(
        "Not before", help="Nothing is debited before this day. Empty: when it is due."
    )
    debit_ids = fields.One2many(
        "cobranza.debit", "batch_id", string="Debits", readonly=True
    )
    debit_count = fields.Integer("Number of debits", compute="_compute_totals")
    untold_count = fields.Integer(compute="_compute_untold", string="To be told")
    notify_by = fields.Date(
        "Tell by",
        compute="_compute_untold",
        help="After this day the notice moves the day of the first debits.",
    )
    total = fields.Monetary(compute="_compute_totals")
    outcome = fields.Char("Debits by state", compute="_compute_totals")
    currency_id = fields.Many2one("res.currency", compute="_compute_totals")
    left_out = fields.Text(
        "Left out", readonly=True, copy=False, help="What is due too, and why not."
    )
    presented_on = fields.Date(readonly=True, copy=False)
    file_id = fields.Many2one("ir.attachment", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "In preparation"),
            ("presented", "Presented to the bank"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    @api.depends("debit_ids.state", "debit_ids.notify_by", "debit_ids.collect_on")
    def _compute_untold(self):
        """Where the contract or the scheme asks for no notice, nobody has to be told.
        One query."""
        planned = self.env["cobranza.debit"].search_fetch(
            [("batch_id", "in", self.ids), ("state", "=", "planned")],
            ["batch_id", "notify_by", "collect_on"],
        )
        untold = planned.filtered(
            lambda debit: debit.notify_by and debit.notify_by < debit.collect_on
        ).grouped("batch_id")
        for batch in self:
            debits = untold.get(batch._origin, planned.browse())
            batch.untold_count = len(debits)
            batch.notify_by = min(debits.mapped("notify_by"), default=False)

    @api.depends("debit_ids.state", "debit_ids.amount")
    @api.depends_context("lang")
    def _compute_totals(self):
        groups = self.env["cobranza.debit"]._read_group(
            [("batch_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["batch_id", "currency_id", "state"],
            ["__count", "amount:sum"],
        )
        labels = dict(
            self.env["cobranza.debit"]._fields["state"]._description_selection(self.env)
        )
        self.debit_count = self.total = 0
        for batch in self:
            batch.currency_id = batch.company_id.currency_id
        outcomes = {}
        for batch, currency, state, count, amount in groups:
            batch.debit_count += count
            batch.total += amount
            batch.currency_id = currency
            outcomes.setdefault(batch, {})[state] = count
        for batch in self:
            found = outcomes.get(batch, {})
            batch.outcome = " · ".join(
                f"{label}: {found[state]}"
                for state, label in labels.items()
                if state in found
            )

    @api.model_create_multi
    def create(self, vals_list):
        batches = super().create(vals_list)
        for batch in batches:
            # sudo: whoever debits need not own the sequence
            sequence = self.env["ir.sequence"].sudo().with_company(batch.company_id)
            batch._through_gate().name = sequence.next_by_code(SEQUENCE)
        return batches

    def write(self, vals):
        if {"scheme", "due_until", "collect_on"} & set(vals):
            self._expect_draft()
        if "scheme" in vals:
            self._expect_no_debits(vals["scheme"])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        self._expect_draft()
        self._live_debits()._take_out(self.env._("Its batch was deleted"))

    def _expect_draft(self):
        for batch in self:
            if batch.state != "draft":
                raise UserError(
                    self.env._("%s is no longer in preparation.", batch.name)
                )

    def _expect_no_debits(self, scheme):
        for batch in self:
            if batch.scheme != scheme and batch._live_debits():
                raise UserError(
                    self.env._(
                        "%s has debits of another scheme: take them out first.",
                        batch.name,
                    )
                )

    def _live_debits(self):
        """Its debits that are not presented yet."""
        return self.debit_ids.filtered(
            lambda debit: debit.state in ("planned", "notified")
        )

    # -- acts --------------------------------------------------------------------------

    def action_fill(self):
        """Take in what is due, and the second presentations that wait."""
        for batch in self:
            batch.check_access("write")
            batch._expect_draft()
            batch._with_law_memo()._fill()

    def _fill(self):
        debits = self.env["cobranza.debit"].sudo()
        waiting = debits.search(
            [
                ("company_id", "=", self.company_id.id),
                ("scheme", "=", self.scheme),
                ("state", "in", ("planned", "notified")),
                ("batch_id", "=", False),
            ]
        )
        waiting._through_gate().write({"batch_id": self.id})
        picker = DebitPicker(self.env, self.company_id, self.scheme)
        found = picker.pick(self.due_until, self.collect_on)
        debits._through_gate().create([{**vals, "batch_id": self.id} for vals in found])
        self._tell_left_out(picker.left_out)

    def _tell_left_out(self, left_out):
        lines = [
            f"{document} · {customer}: {why}"
            for document, customer, why in left_out[:TOLD]
        ]
        more = len(left_out) - TOLD
        if more > 0:
            lines.append(self.env._("and %s more", more))
        self._through_gate().left_out = "\n".join(lines) or False

    def action_notify(self):
        """Tell the debtors of their debits: one letter for each, which the user
        releases. The user reads how many."""
        self.check_access("write")
        self._expect_draft()
        untold = (
            self.sudo()
            .debit_ids._with_law_memo()
            .filtered(
                lambda debit: (
                    debit.state == "planned"
                    and debit._needs_notice()
                    and debit.notice_contact_id.state not in QUEUED
                )
            )
        )
        if not untold:
            raise UserError(self.env._("Every debtor was told already."))
        contacts = self.env["cobranza.contact"]._plan_debit_notices(
            untold.with_env(self.env)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Notices on their way: %s. A debit may be presented once its "
                    "notice has left.",
                    len(contacts),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_told(self):
        """The dialog that asks on which day the debtors were told by other means."""
        self.ensure_one()
        return self.env["cobranza.mandate"]._dialog(
            "action_cobranza_debit_told", batch_id=self.id
        )

    def action_present(self):
        """Make the list for the bank, which the user then downloads. What cannot be
        presented is taken out, and told."""
        for batch in self:
            batch.check_access("write")
            batch._expect_draft()
            batch._expect_mended()
            batch._with_law_memo()._present()
        return True

    def _with_law_memo(self):
        """This batch, for an act that reads the law of each day once."""
        return self.with_context(**{LAW_MEMO: LawMemo()})

    def _expect_mended(self):
        """UserError while the bank does not know the company as it should."""
        errors = self.env["cobranza.debit"].sudo()
        codes = self.env["cobranza.debit.return.code"]
        found = errors.search(
            [
                ("company_id", "=", self.company_id.id),
                ("return_code", "in", codes._where(blocks=True)),
                ("answered_on", "=", False),
            ],
            limit=1,
        )
        if found:
            raise UserError(
                self.env._(
                    "%(debit)s came back: %(why)s. Nothing is presented until a "
                    "collection manager says that it is mended.",
                    debit=found.display_name,
                    why=codes._label(found.return_code),
                )
            )

    def _present(self):
        live = self.sudo()._live_debits()
        live.lock_for_update()  # of two who press the button one is refused
        picker = DebitPicker(self.env, self.company_id, self.scheme)
        ready = live._sift(picker)
        self._tell_left_out(picker.left_out)
        if not ready:
            raise UserError(
                self.env._("Nothing is ready to be presented.\n%s", self.left_out or "")
            )
        self._hand_in(ready, picker.today)

    def _hand_in(self, debits, day):
        """The bank has the list of these debits of this batch since ``day``."""
        told = debits.mandate_id._told(day)
        debits._set_presented(day)
        content = csv_bytes(COLUMNS, [debit._export_row(told) for debit in debits])
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{self.name.replace('/', '-')}.csv",
                    "raw": content,
                    "mimetype": "text/csv",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        self._set_state("presented", None, presented_on=day, file_id=file.id)

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.file_id.id}?download=true",
            "target": "self",
        }

    def action_cancel(self):
        for batch in self:
            batch.check_access("write")
            batch._expect_draft()
            batch._live_debits()._take_out(self.env._("Its batch was cancelled"))
            batch._set_state("cancelled")

    def action_view_debits(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_debit"
        )
        return {**action, "domain": [("batch_id", "=", self.id)], "context": {}}

    def _raise_missed(self, label, today):
        """One task for whoever prepared each of these batches."""
        kind = self.env.ref("mail.mail_activity_data_todo").id
        model = self.env["ir.model"]._get_id(self._name)
        vals_list = [
            {
                "res_model_id": model,
                "res_id": batch.id,
                "activity_type_id": kind,
                "summary": label,
                "user_id": batch._owner().id,
                "date_deadline": today,
                "automated": True,
            }
            for batch in self
        ]
        # tasks are raised for others, and without an e-mail for each
        self.env["mail.activity"].sudo().with_context(**QUIET).create(vals_list)

    def _owner(self):
        return self.create_uid.filtered("active") or (
            self.company_id._cobranza_collector()
        )


class CobranzaDebit(models.Model):
    """How a debit is presented."""

    _inherit = "cobranza.debit"

    def _sift(self, picker):
        """Those of these debits that may be presented today. What nobody owes any more
        is cancelled, what waits for a notice leaves the batch; ``picker.left_out`` is
        told why."""
        items = {item.line: item for item in picker.open_items(self)}
        stops = picker.stops_again(self, list(items.values()))
        ready, gone, waiting = self.browse(), {}, self.browse()
        for debit in self:
            why = debit._refusal(items.get(debit.move_line_id.id), stops)
            if why:
                gone.setdefault(why, self.browse())
                gone[why] |= debit
            elif debit._is_ready(picker.today):
                ready |= debit
            else:
                waiting |= debit
        for why, debits in gone.items():
            debits._set_state("cancelled", why)
            picker.leave_out(debits, why)
        waiting._wait_on(picker)
        return ready

    def _refusal(self, item, stops):
        """Why this debit is not presented at all; empty if it may be."""
        if not item:
            return self.env._("Nothing is left to debit")
        if self.currency_id.compare_amounts(float(item.open), self.amount):
            return self.env._("What is open of it has changed")
        mandate = self.mandate_id
        good = ("valid", "exhausted") if self.number > 1 else ("valid",)
        expired = mandate.expires_on and mandate.expires_on <= self.collect_on
        if mandate.state not in good or expired:
            return self.env._("Its mandate is not valid any more")
        return stops.get(self.move_line_id.id, "")

    def _is_ready(self, today):
        """Whether its debtor was told in time, and the bank still takes it for its
        day."""
        terms = self.company_id._cobranza_debit_terms(self.scheme)
        if terms.submit_by(self.collect_on) < today:
            return False
        if not self._needs_notice():
            return True
        told = self.state == "notified" and self.notified_on
        return bool(told and (not self.notify_by or told <= self.notify_by))

    def _wait_on(self, picker):
        """Debits whose debtors have to be told, again if their day has gone by."""
        late = self.filtered(lambda debit: debit.state == "notified")
        late._set_state("planned", self.env._("Its day has passed"), notified_on=False)
        moved = late | self.filtered(lambda debit: not debit._needs_notice())
        moved._move_days(picker.today)
        queued = self.filtered(lambda debit: debit.notice_contact_id.state in QUEUED)
        (self - queued | late)._through_gate().write({"notice_contact_id": False})
        self._through_gate().write({"batch_id": False})
        why = self.env._("Its debtor has to be told of the day first")
        picker.leave_out(self, why)

    def _set_presented(self, today):
        groups = self.grouped(
            lambda debit: (debit.company_id, debit.scheme, debit.collect_on)
        )
        for (_company, _scheme, day), debits in groups.items():
            values = debits[0]._presented_values()
            debits._set_state("presented", None, presented_on=today, **values)
            debits.mandate_id._used(day)

    def _export_row(self, told):
        """{column: text} of the list; ``told`` is {mandate id: {kind of amendment: what
        the bank knows}}."""
        mandate = self.mandate_id
        old = {
            OLD[kind]: value or "" for kind, value in told.get(mandate.id, {}).items()
        }
        kinds = dict(mandate._fields["kind"]._description_selection(self.env))
        partner = self.debtor_id.partner_id
        return {
            "collect_on": self.collect_on.isoformat(),
            "debtor": partner.name,
            "vat": partner.vat or "",
            "account": mandate.account_number or "",
            "mandate": mandate.reference,
            "signed_on": mandate.signed_on.isoformat() if mandate.signed_on else "",
            "kind": kinds[mandate.kind],
            "amount": f"{self.amount:.{self.currency_id.decimal_places}f}",
            "currency": self.currency_id.name,
            "document": self.document,
            "creditor_identifier": mandate.creditor_identifier or "",
            **dict.fromkeys(OLD.values(), ""),
            **old,
        }
