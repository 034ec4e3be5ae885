import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...kernel.lifecycle import WRITE_OFF
from ..common.gate import CONTEXT_KEY, GATE

KIND, KIND_FEWER = "write_off", "write_off_fewer"
"""Approvals: by somebody else, or as the company lets fewer than three people do it."""


ACCOUNTANT = "cobranza_legal.group_accountant"
LAWYER = "cobranza_legal.group_lawyer_own"


SEQUENCE = "cobranza.write.off"


STATES = [
    ("draft", "Draft"),
    ("requested", "Asked for"),
    ("declared", "Declared uncollectible"),
    ("approved", "Approved"),
    ("posted", "Booked in the ledger"),
    ("undone", "Undone"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]


ASKED = ("requested", "declared", "approved")
"""States between the request and the entry."""


CERTIFICATE = "cobranza_legal.action_report_write_off"


class CobranzaWriteOff(models.Model):
    """Debts that are given up: an accountant asks for it, a lawyer declares them
    uncollectible, somebody of finance approves, and one entry books it. It is no
    difference of a payment, and nothing is forgiven: the debtor may still pay.

    Requirement 002, *baja definitiva*.
    """

    _name = "cobranza.write.off"
    _inherit = [
        "cobranza.state.mixin",
        "cobranza.approval.mixin",
        "cobranza.paper.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Write-off"
    _order = "id desc"
    _lifecycle = WRITE_OFF
    _approval_fields = ("day", "amount", "released", "line_ids")
    _evidence_files = {
        "file_ids": [("state", "!=", "draft")],
        "certificate_id": [],
    }

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._cobranza_creditor(),
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    day = fields.Date(
        "Written off on",
        required=True,
        default=lambda self: self.env.company._cobranza_today(),
        tracking=True,
        help="The day of its entry.",
    )
    state = fields.Selection(
        STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("cobranza.write.off.line", "write_off_id", "Debts")
    debtor_id = fields.Many2one(
        "cobranza.debtor",
        compute="_compute_totals",
        help="Empty: the debts are of several debtors.",
    )
    line_count = fields.Integer("Number of debts", compute="_compute_totals")
    amount = fields.Monetary("Written off", compute="_compute_totals")
    released = fields.Monetary("Of the allowance", compute="_compute_totals")
    recovered = fields.Monetary("Paid after all", compute="_compute_totals")
    blocked = fields.Boolean("Something objects", compute="_compute_totals")
    lacking = fields.Boolean("Evidence lacks", compute="_compute_totals")
    note = fields.Text("Reasons")
    file_ids = fields.Many2many(
        "ir.attachment", "cobranza_write_off_file_rel", string="Evidence", copy=False
    )
    requested_by_id = fields.Many2one(
        "res.users", "Asked for by", readonly=True, copy=False
    )
    requested_on = fields.Date("Asked for on", readonly=True, copy=False)
    declared_by_id = fields.Many2one(
        "res.users", "Declared by", readonly=True, copy=False
    )
    declared_on = fields.Date(readonly=True, copy=False)
    declaration = fields.Text(
        readonly=True, copy=False, help="In the words of the lawyer."
    )
    approved_by_id = fields.Many2one(
        "res.users", "Approved by", readonly=True, copy=False
    )
    approved_on = fields.Date(readonly=True, copy=False)
    posted_by_id = fields.Many2one("res.users", "Booked by", readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move", "Entry", readonly=True, copy=False, ondelete="restrict"
    )
    undone_by_id = fields.Many2one("res.users", "Undone by", readonly=True, copy=False)
    undone_on = fields.Date(readonly=True, copy=False)
    reverse_move_id = fields.Many2one(
        "account.move",
        "Reversing entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    certificate_id = fields.Many2one(
        "ir.attachment", readonly=True, copy=False, ondelete="restrict"
    )
    certificate_hash = fields.Char(
        "SHA-256 of the certificate", readonly=True, copy=False
    )
    lacking_accounts = fields.Char(
        "Accounts that lack", compute="_compute_lacking_accounts", compute_sudo=True
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name <> '/'", "Another write-off has that number."
    )

    @api.depends("name", "day")
    def _compute_display_name(self):
        for one in self:
            one.display_name = self.env._(
                "Write-off %(number)s of %(day)s",
                number=one.name,
                day=format_date(self.env, one.day),
            )

    @api.depends(
        "line_ids.amount",
        "line_ids.released",
        "line_ids.recovered",
        "line_ids.objection",
        "line_ids.lacking",
    )
    def _compute_totals(self):
        for one in self:
            lines = one.line_ids
            one.line_count = len(lines)
            one.debtor_id = len(lines.debtor_id) == 1 and lines.debtor_id
            for name in ("amount", "released", "recovered"):
                one[name] = sum(lines.mapped(name))
            one.blocked = any(lines.mapped("objection"))
            one.lacking = any(lines.mapped("lacking"))

    @api.depends("company_id", "state")
    def _compute_lacking_accounts(self):
        for one in self:
            found = one.company_id._cobranza_lacking_accounts(one._roles())
            one.lacking_accounts = ", ".join(
                f"{account.code} {account.name}"
                if account
                else one.company_id._cobranza_role_label(role)
                for role, account in found.items()
            )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        for company, own in made.grouped("company_id").items():
            sequence = self._sequence_of(company)
            for one in own:
                one._through_gate().name = sequence.next_by_id()
        made._own_files()
        return made

    @api.model
    def _sequence_of(self, company):
        """The series of the numbers of a company: its own, made like the shared one
        with its first write-off. A company that has numbers of the shared one goes on
        from there."""
        # sudo: whoever asks need not own the sequence
        sequences = self.env["ir.sequence"].sudo().with_company(company)
        known = sequences.search([("code", "=", SEQUENCE)])
        own = known.filtered(lambda one: one.company_id == company)[:1]
        if own:
            return own
        shared = known.filtered(lambda one: not one.company_id)[:1]
        # sudo: numbers of write-offs that the user may not see
        used = self.sudo().search_count(
            [("company_id", "=", company.id), ("name", "!=", "/")], limit=1
        )
        after = shared.number_next_actual if used else 1
        return shared.copy({"company_id": company.id, "number_next": after})

    def write(self, vals):
        if not self._is_through_gate():
            if {"day", "note", "line_ids"} & set(vals):
                self._expect("draft")
            kept = {one: one.file_ids for one in self}
        result = super().write(vals)
        if not self._is_through_gate():
            for one, files in kept.items():
                if one.state != "draft" and files - one.file_ids:
                    raise UserError(
                        self.env._(
                            "%s: evidence is kept. Files can be added.",
                            one.display_name,
                        )
                    )
            self._own_files()
        if "day" in vals:
            self.line_ids._refresh()
        return result

    def _own_files(self):
        """Files belong to the record, so that whoever reads it can open them."""
        for one in self:
            loose = one.file_ids.filtered(lambda file: not file.res_id)
            place = {"res_model": self._name, "res_id": one.id}
            loose.with_context(**{CONTEXT_KEY: GATE}).write(place)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_asked(self):
        self._expect("draft", "cancelled")

    # -- who ---------------------------------------------------------------------------

    def _check_role(self, *groups):
        """AccessError for a user of none of these groups, also as superuser."""
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(self.env._("This act is for others to do."))

    def _check_another(self, people):
        """UserError when the user has had another part in it, unless the company lets
        fewer than three people write off."""
        self.ensure_one()
        fewer = self.company_id.sudo().cobranza_write_off_fewer
        if self.env.user in people and not fewer:
            raise UserError(
                self.env._(
                    "%s: you had another part in it. Who asks, who declares and who "
                    "approves are three people.",
                    self.display_name,
                )
            )

    # -- to ask ------------------------------------------------------------------------

    def action_refresh(self):
        """Read anew what is known of the debts."""
        self.check_access("write")
        self._expect("draft")
        self.line_ids._refresh()
        return True

    def action_request(self):
        """Ask for it. UserError for debts that may not be written off yet, and without
        evidence; it names all of them."""
        self.check_access("write")
        self._check_role(ACCOUNTANT)
        for one in self:
            one._expect("draft")
            one.line_ids._refresh()
            one._check_lines()
            if not one.file_ids and not all(line._is_small() for line in one.line_ids):
                raise UserError(self.env._("%s: add the evidence.", one.display_name))
            today = one.company_id._cobranza_today()
            one._set_state(
                "requested", requested_by_id=self.env.uid, requested_on=today
            )
            one._ask_lawyers(today)
        return True

    def _ask_lawyers(self, today):
        """A task for the lawyers who work on these debts and have not asked for it."""
        # sudo: whoever asks need not see who works on the debts
        own = self.sudo()
        users = own.line_ids.debt_id.assigned_user_ids - own.requested_by_id
        for user in users.filtered(lambda one: one.has_group(LAWYER)):
            own.activity_schedule(
                "mail.mail_activity_data_todo",
                today,
                self.env._("Declare these debts uncollectible, or refuse"),
                user_id=user.id,
                automated=True,
            )

    def _check_lines(self):
        """UserError with everything that forbids to write off these debts now."""
        self.ensure_one()
        lines = self.line_ids.filtered("amount")
        if not lines:
            raise UserError(
                self.env._("%s: nothing is open of its debts.", self.display_name)
            )
        found = [
            f"{line.debt_id.display_name}: {line.objection}"
            for line in lines
            if line.objection
        ]
        if found:
            raise UserError("\n".join([f"{self.display_name}:", *found]))

    def action_draft(self):
        """Back to draft, to change it: before anybody has declared."""
        self.check_access("write")
        self._check_role(ACCOUNTANT)
        self._expect("requested")
        self._set_state("draft", requested_by_id=False, requested_on=False)
        return True

    # -- to declare --------------------------------------------------------------------

    def action_declare(self):
        return self.env["cobranza.write.off.act"]._ask("declare", self)

    def _declare(self, words):
        """A lawyer declares these debts uncollectible, and finance is asked to
        approve."""
        self.check_access("read")
        self._check_role(LAWYER)
        for one in self:
            one._expect("requested")
            one._check_another(one.requested_by_id)
            # sudo: lawyers declare, they do not write
            own = one.sudo()
            own._set_state(
                "declared",
                declaration=words,
                declared_by_id=self.env.uid,
                declared_on=one.company_id._cobranza_today(),
            )
            own._ask_approval(words)
        return True

    def _ask_approval(self, words):
        fewer = self.company_id.cobranza_write_off_fewer
        kind = KIND_FEWER if fewer else KIND
        approvals = self.env["cobranza.approval"]
        people = self.requested_by_id | self.declared_by_id
        approvals._ask(self, kind, words, self.amount, self.currency_id, people)

    # -- to approve --------------------------------------------------------------------

    def _approval_amount(self, kind):
        self.ensure_one()
        return self.amount, self.currency_id

    def _on_answer(self, approval):
        """Somebody of finance has approved, or refused."""
        # sudo: approvers answer, they do not write
        one = self.sudo()
        if approval.kind not in (KIND, KIND_FEWER) or one.state != "declared":
            return
        if approval.state != "approved":
            one._set_state("refused", approval.answer)
            return
        one._set_state(
            "approved",
            approval.answer,
            approved_by_id=approval.answered_by_id.id,
            approved_on=one.company_id._cobranza_today(),
        )

    def action_refuse(self):
        return self.env["cobranza.write.off.act"]._ask("refuse", self)

    def _refuse(self, reason):
        """A lawyer does not declare these debts uncollectible."""
        self.check_access("read")
        self._check_role(LAWYER)
        self._expect("requested")
        for one in self:
            one._check_another(one.requested_by_id)
        self.sudo()._set_state("refused", reason)  # sudo: as for declaring

    def action_cancel(self):
        return self.env["cobranza.write.off.act"]._ask("cancel", self)

    def _cancel(self, reason):
        """Whoever keeps the books gives it up."""
        self.check_access("write")
        self._check_role(ACCOUNTANT)
        self._expect("draft", *ASKED)
        self._set_state("cancelled", reason)

    def _on_state(self, target, reason):
        # sudo: what was asked of whoever had to act is done, whoever did it
        self.sudo().activity_ids.filtered("automated").action_feedback()
        if target in ("refused", "cancelled", "posted"):
            words = reason or dict(STATES)[target]
            self.env["cobranza.approval"]._cancel(self, words)
        return super()._on_state(target, reason)

    # -- the certificate ---------------------------------------------------------------

    def action_certificate(self):
        """The certificate of a write-off as PDF, made once and kept with its hash."""
        self.ensure_one()
        self.check_access("read")
        self._expect("posted", "undone")
        if not self.certificate_id:
            self._check_role(ACCOUNTANT, LAWYER, "cobranza_legal.group_approver")
            if self._is_erased():
                raise UserError(
                    self.env._("%s: what it told was erased.", self.display_name)
                )
            self._make_certificate()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.certificate_id.id}?download=true",
            "target": "self",
        }

    def _make_certificate(self):
        reports = self.env["ir.actions.report"].sudo()  # sudo: whoever may read it
        content, _kind = reports._render_qweb_pdf(CERTIFICATE, self.ids)
        # sudo: the file and its hash are written by this button alone
        own = self.sudo()
        own.certificate_id = own.env["ir.attachment"].create(
            {
                "name": f"{self._document_title()}.pdf",
                "datas": base64.b64encode(content),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        own.certificate_hash = hashlib.sha256(content).hexdigest()
        own.message_post(
            body=self.env._("Certificate made, SHA-256: %s", own.certificate_hash)
        )

    # -- what stays --------------------------------------------------------------------

    def _is_erased(self):
        """Whether what is known of all its debtors is gone."""
        self.ensure_one()
        return bool(self.line_ids) and all(self.line_ids.mapped("erased_on"))

    def _erase(self, begin, why):
        """Words and files of these go; who did what and when, amounts and the hash of
        the certificate stay. Returns those of their files that were added before a
        moment, which are to be erased too."""
        approvals = self.env["cobranza.approval"]
        for one in self:
            asked = [("res_model", "=", self._name), ("res_id", "=", one.id)]
            approvals.search(asked)._erase(one.name, why)
        known = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        files = self.env["ir.attachment"].search([*known, ("res_field", "=", False)])
        files |= self.file_ids | self.certificate_id
        files = files.filtered(lambda file: file.create_date < begin)
        gone = dict.fromkeys(("note", "declaration", "state_reason"), False)
        unlinked = [fields.Command.unlink(file.id) for file in files]
        self._through_gate().write({**gone, "file_ids": unlinked})
        of_files = self.filtered(lambda one: one.certificate_id in files)
        of_files._through_gate().write({"certificate_id": False})
        return files

    def _document_title(self):
        spoken = self.with_context(lang=self._paper_lang())
        return spoken.env._("Certificate of write-off %s", self.name)

    def _opening_words(self):
        company = self.company_id
        name = f"{company.name} ({company.vat})" if company.vat else company.name
        return self.env._(
            "On %(day)s %(company)s wrote off in its books, as uncollectible, the "
            "debts below. Nothing is forgiven: they are still owed.",
            day=self._day_words(self.day),
            company=name,
        )

    def _undone_words(self):
        return self.env._(
            "It was undone on %(day)s: %(reason)s",
            day=self._day_words(self.undone_on),
            reason=self.state_reason or "–",
        )

    def _line_words(self, line):
        """[words] under a debt: since when it may be written off, and what lacks."""
        found = []
        if line.provided_on:
            day = self._day_words(line.provided_on)
            found.append(self.env._("Provided for in whole on %s", day))
        if line.aged_on:
            day = self._day_words(line.aged_on)
            found.append(self.env._("Old enough for it on %s", day))
        if line.lacking:
            found.append(self.env._("Not shown: %s", line.lacking))
        return found

    def _ground_words(self, line):
        return self.env["cobranza.write.off.ground"]._label(line.ground)

    def _file_rows(self):
        """[(name, SHA-256)] of the evidence."""
        files = self.sudo().file_ids  # sudo: whoever uploaded it
        return [
            (file.name, hashlib.sha256(file.raw or b"").hexdigest()) for file in files
        ]

    def _notes(self):
        rules = self.company_id._cobranza_rules().with_context(lang=self.env.lang)
        return rules._write_off_notes()

    def _say(self, amount, currency=None):
        return (currency or self.currency_id).format(amount or 0)

    def _day_words(self, day):
        return format_date(self.env, day) if day else "–"
