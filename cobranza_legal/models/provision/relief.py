from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...kernel.errors import MissingValue, NoSuchRule
from ...kernel.lifecycle import VAT_RELIEF
from ...kernel.periods import add_months
from ...kernel.vat_relief import (
    CLOSED,
    COMING,
    CURABLE,
    INSOLVENCY,
    OPEN,
    UNPAID,
    Window,
    alarm,
    over_raised,
    to_raise,
)
from ..common.csv_file import csv_bytes
from ..common.deletion import discard
from ..common.money import say_amount, to_decimal, unit
from ..common.words import QUIET, say_error
from .relief_entry import ReliefEntry
from .relief_finder import ReliefFinder

STATES = [
    ("watched", "Watched"),
    ("booked", "Booked"),
    ("notified", "Notified"),
    ("restored", "Raised again"),
    ("left", "Not taken"),
]


GROUNDS = [(UNPAID, "Unpaid"), (INSOLVENCY, "Insolvency")]


STANDINGS = [(COMING, "Not yet"), (OPEN, "In time"), (CLOSED, "Too late")]


OWES = [("whole", "The whole"), ("base", "The base only")]


REASONS = [
    ("collected", "Money came"),
    ("agreement", "A payment agreement"),
    ("withdrawn", "The claim was withdrawn"),
    ("ended", "The insolvency ended as the law says"),
    ("mistake", "It was a mistake"),
]


BY_HAND = frozenset({"secured", "typed_proof_on", "proof_file_ids"})
SENDING = frozenset({"sent_on", "sent_file_ids"})


BOOKED = ("booked", "notified")
"""States in which the tax is relieved."""


class CobranzaVatRelief(models.Model):
    """The tax of an unpaid invoice that the creditor may take back: from when until
    when, what stands against it, the entry that takes it, and what is raised again.

    It is no settlement: unless the debtor is a business and the company says so, the
    whole is owed as before. One for each invoice and ground; of a price deferred for
    more than a year, one for each instalment.
    """

    _name = "cobranza.vat.relief"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "cobranza.state.mixin",
        "cobranza.paper.mixin",
    ]
    _description = "Relief of the tax of an unpaid invoice"
    _order = "closes_on, id"
    _rec_name = "move_id"
    _lifecycle = VAT_RELIEF
    _evidence_files = {
        "proof_file_ids": [("state", "in", (*BOOKED, "restored"))],
        "sent_file_ids": [("state", "in", ("notified", "restored"))],
        "document_ids": [],
    }

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_id = fields.Many2one(
        "cobranza.debtor",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    ground = fields.Selection(GROUNDS, required=True, readonly=True)
    start_on = fields.Date(
        "Tax fell due", required=True, readonly=True, help="The months run from it."
    )
    one_instalment = fields.Boolean(
        readonly=True,
        help="The price was deferred for more than a year: it is about the instalment "
        "that was due on that day.",
    )
    opens_on = fields.Date("From", required=True, readonly=True)
    closes_on = fields.Date("Until", required=True, readonly=True, index=True)
    standing = fields.Selection(
        STANDINGS, "Term", compute="_compute_standing", search="_search_standing"
    )
    state = fields.Selection(
        STATES,
        default="watched",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    code = fields.Char("Kind of rectification", readonly=True)
    article = fields.Char("Legal basis", readonly=True)
    open = fields.Monetary(readonly=True, help="Tax included.")
    base = fields.Monetary("Base to cut", readonly=True)
    tax = fields.Monetary("Tax to take back", readonly=True)
    secured = fields.Monetary(
        help="How much of it a pledge, a mortgage or a bank secures: that part gives "
        "no relief."
    )
    blocked = fields.Char(readonly=True)
    blocker_words = fields.Text("What stands against it", compute="_compute_blockers")
    blocker_labels = fields.Char("Stands against it", compute="_compute_blockers")
    proof_on = fields.Date("Claimed on", readonly=True)
    proof_contact_id = fields.Many2one(
        "cobranza.contact", "Claimed by", readonly=True, ondelete="restrict"
    )
    proof_words = fields.Char("How it was claimed", readonly=True)
    typed_proof_on = fields.Date(
        "Day of a proof added by hand",
        help="A suit, a notarial demand or, of a public body, the certificate of its "
        "comptroller or treasurer, that is kept elsewhere. Its file is needed.",
    )
    proof_file_ids = fields.Many2many(
        "ir.attachment", "cobranza_vat_relief_proof_rel", string="Files of the proof"
    )
    user_id = fields.Many2one("res.users", "Responsible", tracking=True)
    told = fields.Char(readonly=True, copy=False)
    # -- what was booked
    owes = fields.Selection(
        OWES, "The debtor owes", default="whole", required=True, readonly=True
    )
    move_ids = fields.One2many(
        "account.move", "cobranza_relief_id", "Entries", readonly=True
    )
    entry_id = fields.Many2one(
        "account.move",
        "Rectifying entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    booked_on = fields.Date("Booked on", readonly=True, copy=False, tracking=True)
    sent_on = fields.Date("Sent to the debtor on", copy=False, tracking=True)
    sent_file_ids = fields.Many2many(
        "ir.attachment",
        "cobranza_vat_relief_sent_rel",
        string="Proof of sending",
        copy=False,
    )
    notify_by = fields.Date("To be notified by", readonly=True, copy=False)
    notified_on = fields.Date("Notified to the tax office on", readonly=True)
    notified_reference = fields.Char("Its reference", readonly=True, copy=False)
    # -- what comes back
    collected_before = fields.Monetary(readonly=True, copy=False)
    collected = fields.Monetary(
        "Collected since", readonly=True, copy=False, help="Tax included."
    )
    to_raise = fields.Monetary(
        "To raise again",
        readonly=True,
        copy=False,
        help="Tax that is in what was collected, or all of it after an agreement.",
    )
    raise_reason = fields.Selection(REASONS, "Why", readonly=True, copy=False)
    raise_by = fields.Date("To be raised by", readonly=True, copy=False)
    raised = fields.Monetary(readonly=True, copy=False)
    raised_on = fields.Date("Raised last on", readonly=True, copy=False)

    _once = models.UniqueIndex(
        "(move_id, ground, start_on) WHERE state <> 'restored'",
        "The tax of this invoice is watched already.",
    )
    _secured = models.Constraint("CHECK (secured >= 0)", "It is not negative.")

    def _key(self):
        return self.move_id.id, self.ground, self.start_on

    @api.depends("move_id", "ground")
    def _compute_display_name(self):
        labels = dict(self._fields["ground"]._description_selection(self.env))
        for one in self:
            # sudo: a name only
            name = one.sudo().move_id.name
            one.display_name = f"{name} · {labels.get(one.ground, '')}"

    @api.depends("opens_on", "closes_on")
    def _compute_standing(self):
        for one in self:
            today = one.company_id._cobranza_today()
            one.standing = one._window().standing(today) if one.opens_on else False

    def _search_standing(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._cobranza_today()
        parts = {
            COMING: Domain("opens_on", ">", today),
            OPEN: Domain("opens_on", "<=", today) & Domain("closes_on", ">=", today),
            CLOSED: Domain("closes_on", "<", today),
        }
        return Domain.OR(parts[one] for one in value if one in parts)

    @api.depends("blocked")
    @api.depends_context("lang")
    def _compute_blockers(self):
        rows = self.env["cobranza.vat.relief.blocker"]
        for one in self:
            codes = [code for code in (one.blocked or "").split(",") if code]
            words = [self.env._(rows._row(code).sentence) for code in codes]
            one.blocker_words = "\n".join(words) or False
            one.blocker_labels = ", ".join(map(rows._label, codes)) or False

    def _window(self):
        return Window(self.opens_on, self.closes_on)

    def write(self, vals):
        if not (self.env.su or self._is_through_gate()):
            if BY_HAND & set(vals):
                self._expect("watched")
            if SENDING & set(vals):
                self._expect("booked")
        result = super().write(vals)
        if BY_HAND & set(vals):
            self._refresh()
        return result

    # -- watching ----------------------------------------------------------------------

    @api.model
    def _follow(self, company, today):
        """Find what may be taken, keep it in step with the books, and tell who is
        responsible, once at each step. Run again, nothing changes. As superuser."""
        self._watch(company, today)
        booked = self.search([("company_id", "=", company.id), ("state", "in", BOOKED)])
        booked._follow_collections(today)
        domain = [("company_id", "=", company.id)]
        domain.append(("state", "in", ("watched", *BOOKED)))
        domain += ["|", ("told", "!=", False), ("state", "in", BOOKED)]
        waiting = self.search(domain)
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "watched"),
            ("opens_on", "<=", today),
            ("closes_on", ">=", today),
        ]
        (waiting | self.search(domain))._tell(today)

    @api.model
    def _watch(self, company, today, partners=None):
        """Write down what was found of these commercial partners (ids; None: all)."""
        try:
            finder = ReliefFinder(company, today)
            found = finder.found(partners)
        except (MissingValue, NoSuchRule) as error:
            raise UserError(say_error(self.env, error)) from error
        if not finder.law:
            return
        quiet = self.sudo()._through_gate().with_context(**QUIET)
        moves = {move for move, _ground, _start in found}
        domain = Domain("company_id", "=", finder.company.id)
        mine = Domain("state", "=", "watched") & Domain("closes_on", ">=", today)
        if partners is not None:
            mine &= Domain("debtor_id.partner_id", "in", partners)
        known = quiet.search(domain & (mine | Domain("move_id", "in", list(moves))))
        known = known.filtered(lambda one: one.state != "restored")
        by_key = {one._key(): one for one in known}
        taken = {(one.move_id.id, one.start_on) for one in known if one.state in BOOKED}
        new = []
        for key, values in found.items():
            one = by_key.pop(key, None)
            if one and one.state == "watched":
                one._change(values)
            is_new = not one and (key[0], key[2]) not in taken
            if is_new and values["closes_on"] >= today:
                new.append(values)
        for one in by_key.values():
            if one.state == "watched":
                one._change({"open": 0.0, "base": 0.0, "tax": 0.0, "blocked": "paid"})
        quiet.create(new)

    def _change(self, values):
        """Write what differs."""
        old = self._convert_to_write({name: self[name] for name in values})
        changed = {
            name: value
            for name, value in values.items()
            if (old[name] or False) != (value or False)
        }
        if changed:
            self.write(changed)

    def _refresh(self):
        """Judge these again by what the books say now."""
        for company, own in self.grouped("company_id").items():
            # sudo: facts of the whole tree; the caller has asked for the right
            partners = own.sudo().debtor_id.partner_id.ids
            self.sudo()._watch(company, company._cobranza_today(), partners)

    # -- telling -----------------------------------------------------------------------

    def _tell(self, today):
        """One task for each act that waits, made anew at each step only."""
        todo, changed = [], self.browse()
        owners = self.filtered(lambda one: not one.user_id).debtor_id._accountants()
        for one in self:
            acts = one._acts(today)
            told = ",".join(key for key, _words, _day in acts) or False
            if told == one.told:
                continue
            changed |= one
            one._through_gate().with_context(**QUIET).told = told
            owner = one.user_id.filtered("active") or owners.get(one.debtor_id)
            owner = owner or one.debtor_id._accountant()
            todo += [(one, words, day, owner) for _key, words, day in acts]
        discard(changed.activity_ids.filtered("automated"))
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            "mail.mail_activity_data_todo"
        )
        model = self.env["ir.model"]._get_id(self._name)
        # tasks are raised for others, and without an e-mail for each
        activities = self.env["mail.activity"].sudo().with_context(**QUIET)
        activities.create(
            [
                {
                    "res_model_id": model,
                    "res_id": one.id,
                    "activity_type_id": kind,
                    "summary": words,
                    "user_id": owner.id,
                    "date_deadline": day,
                    "automated": True,
                }
                for one, words, day, owner in todo
            ]
        )

    def _acts(self, today):
        """[(key, words, day)] of what somebody has to do."""
        self.ensure_one()
        found = []
        if self.state == "watched":
            step = alarm(self._window(), today)
            codes = set((self.blocked or "").split(",")) - {""}
            if step and codes <= CURABLE and self.closes_on >= today:
                words = self.env._(
                    "Take the tax of %(document)s back until %(day)s",
                    document=self.move_id.name,
                    day=format_date(self.env, self.closes_on),
                )
                found.append((f"open{step}", words, self.closes_on))
        if self.state == "booked" and self.notify_by:
            words = self.env._(
                "Send %(document)s to the debtor and notify it to the tax office",
                document=self.entry_id.name,
            )
            found.append(("notify", words, self.notify_by))
        if self.state in BOOKED and self.to_raise:
            words = self.env._(
                "Raise %(amount)s of tax of %(document)s again",
                amount=say_amount(self.env, self.to_raise, self.currency_id),
                document=self.move_id.name,
            )
            day = self.raise_by or today
            found.append((f"raise{self.to_raise:.2f}", words, day))
        over = self._over_raised() if self.state in BOOKED else 0
        if over:
            words = self.env._(
                "Money for %(document)s came back: %(amount)s of its tax was raised "
                "again for it. Reverse that entry, if your tax adviser says so",
                document=self.move_id.name,
                amount=say_amount(self.env, over, self.currency_id),
            )
            found.append((f"over{over:.2f}", words, today))
        return found

    # -- what comes back ---------------------------------------------------------------

    def _settled_rows(self):
        """{relief: [(day, amount)]} of what was collected, in company currency."""
        settlements = self.env["cobranza.settlement"]
        domain = [
            ("debt_id.move_id", "in", self.move_id.ids),
            ("kind", "in", settlements._kinds(collects=True)),
        ]
        rows = defaultdict(list)
        for one in settlements.search(domain):
            row = (one.debt_id.original_due_date, one.date, to_decimal(one.amount))
            rows[one.debt_id.move_id].append(row)
        return {
            one: [
                (day, amount)
                for due, day, amount in rows.get(one.move_id, ())
                if not one.one_instalment or due == one.start_on
            ]
            for one in self
        }

    def _follow_collections(self, today):
        """What of the tax is owed again: what is in money that came from a debtor that
        is no business, and all of it when an agreement was made."""
        for company, own in self.grouped("company_id").items():
            own._follow_own(company, today)

    def _follow_own(self, company, today):
        law = company._cobranza_rules()._vat_relief_law(company, today)
        if not law or not self:
            return
        rows = self._settled_rows()
        about = [
            ("debt_ids.move_id", "in", self.move_id.ids),
            ("state", "in", ("active", "breached")),
        ]
        agreements = self.env["cobranza.agreement"].search(about)
        agreed = {}
        for agreement in agreements:
            for move in agreement.debt_ids.move_id:
                agreed[move] = agreement.signed_on or today
        for one in self:
            own = rows[one]
            total = sum((amount for _day, amount in own), to_decimal(0))
            since = total - to_decimal(one.collected_before)
            values = {"collected": float(max(since, to_decimal(0)))}
            amount, reason, day = to_decimal(0), False, today
            private = one.debtor_id.regime not in law.business
            if one.ground == UNPAID and one.owes == "whole" and private and since > 0:
                amount = one._inside(since)
                reason = "collected" if amount else False
                last = one.raised_on or one.booked_on
                day = min((on for on, _sum in own if on >= last), default=today)
            if one.ground == UNPAID and one.move_id in agreed:
                amount = to_decimal(one.tax) - to_decimal(one.raised)
                reason, day = "agreement", agreed[one.move_id]
            values["to_raise"] = float(amount)
            values["raise_reason"] = reason
            values["raise_by"] = add_months(day, law.back) if amount else False
            one._through_gate().with_context(**QUIET)._change(values)

    def _over_raised(self):
        """How much more tax was raised again than is in what was collected, Decimal."""
        amounts = (
            to_decimal(self[name]) for name in ("collected", "base", "tax", "raised")
        )
        return over_raised(*amounts, unit(self.currency_id))

    def _inside(self, collected):
        """How much tax is in what was ``collected`` and was not raised yet, Decimal."""
        amounts = (to_decimal(self[name]) for name in ("base", "tax", "raised"))
        return to_raise(collected, *amounts, unit(self.currency_id))

    # -- buttons -----------------------------------------------------------------------

    def action_relieve(self):
        """The dialog that books the rectifying entries of these."""
        self.check_access("write")
        self._expect("watched")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_vat_relieve"
        )
        return {**action, "context": {"default_relief_ids": self.ids}}

    def _relieve(self, day):
        """Book the rectifying entry of each of these on a day. UserError with all that
        stands against any of them. Past the declarations of the dialog, which is the
        only one that calls it."""
        self.check_access("write")
        self._expect("watched")
        self._refresh()
        problems = []
        for one in self:
            problems += [f"{one.display_name}: {words}" for words in one._against(day)]
        if problems:
            raise UserError("\n".join(problems))
        for company, own in self.grouped("company_id").items():
            company.sudo().lock_for_update(allow_referencing=True)
            law = company._cobranza_rules()._vat_relief_law(company.sudo(), day)
            collected = own.sudo()._settled_rows()  # sudo: the view of all debts
            for one in own:
                one._relieve_one(law, day, collected[one])
        return True

    def _relieve_one(self, law, day, collected):
        owes = "whole"
        if self.debtor_id.regime in law.business:
            # sudo: a setting of its company
            owes = self.company_id.sudo().cobranza_vat_business_owes
        entry = ReliefEntry(self).relieve(day, owes)
        before = sum((amount for _day, amount in collected), to_decimal(0))
        self._set_state(
            "booked",
            owes=owes,
            entry_id=entry.id,
            booked_on=day,
            notify_by=add_months(day, law.notice),
            collected_before=float(before),
        )
        # sudo: tasks are the engine's
        self.sudo()._tell(self.company_id._cobranza_today())

    def _against(self, day):
        """[words] of what stands against taking it on a day."""
        today = self.company_id._cobranza_today()
        found = [one for one in (self.blocker_words or "").split("\n") if one]
        if day > today:
            found.append(self.env._("%s has not come yet.", format_date(self.env, day)))
        if self._window().standing(day) != OPEN:
            found.append(
                self.env._(
                    "It may be taken from %(first)s until %(last)s.",
                    first=format_date(self.env, self.opens_on),
                    last=format_date(self.env, self.closes_on),
                )
            )
        if self.typed_proof_on and not self.proof_file_ids:
            found.append(self.env._("Add the file of the proof."))
        if self.move_id.state != "posted":
            found.append(self.env._("The invoice is not booked."))
        return found

    def action_notified(self):
        """The dialog that asks for the reference of the tax office."""
        self.ensure_one()
        self.check_access("write")
        self._expect("booked")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_vat_notify"
        )
        return {**action, "context": {"default_relief_id": self.id}}

    def _notified(self, day, reference):
        self.check_access("write")
        self._expect("booked")
        for one in self:
            if not (one.sent_on and one._is_sending_proven()):
                raise UserError(
                    self.env._(
                        "%s: say when it was sent to the debtor, and add the proof.",
                        one.display_name,
                    )
                )
            one._set_state(
                "notified", notified_on=day, notified_reference=reference or False
            )
            # sudo: tasks are the engine's
            one.sudo()._tell(one.company_id._cobranza_today())

    def action_raise(self):
        """The dialog that raises the tax again."""
        self.ensure_one()
        self.check_access("write")
        self._expect(*BOOKED)
        self.sudo()._follow_collections(self.company_id._cobranza_today())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "cobranza_legal.action_cobranza_vat_raise"
        )
        return {**action, "context": {"default_relief_id": self.id}}

    def _raise_again(self, day, reason):
        """Book that tax is owed again: what is in the money that came, or all that is
        left for any other ``reason``. UserError where there is nothing to raise."""
        self.ensure_one()
        self.check_access("write")
        self._expect(*BOOKED)
        wrong = {
            UNPAID: ("ended",),
            INSOLVENCY: ("collected", "agreement", "withdrawn"),
        }
        if reason in wrong[self.ground]:
            raise UserError(self.env._("That is no reason on this ground."))
        today = self.company_id._cobranza_today()
        if not self.booked_on <= day <= today:
            raise UserError(
                self.env._("Choose a day from the relief until today, please.")
            )
        self.company_id.sudo().lock_for_update(allow_referencing=True)
        self.sudo()._follow_collections(today)
        left = to_decimal(self.tax) - to_decimal(self.raised)
        amount = left
        if reason == "collected":
            amount = to_decimal(self.to_raise) if self.owes == "whole" else 0
            if self.raise_reason == "agreement":
                amount = left
        if not amount:
            raise UserError(self.env._("Nothing is to be raised again."))
        ReliefEntry(self).raise_again(day, amount)
        whole = amount == left
        # sudo: readonly fields are written by the engine alone
        self.sudo().write(
            {
                "raised": float(to_decimal(self.raised) + amount),
                "raised_on": day,
                "to_raise": 0,
                "raise_reason": False,
                "raise_by": False,
            }
        )
        if whole:
            labels = dict(self._fields["raise_reason"]._description_selection(self.env))
            self._set_state("restored", labels[reason])
        self.sudo()._tell(today)
        return True

    def action_leave(self):
        """It is not taken: no task asks for it any more."""
        self.check_access("write")
        self._expect("watched")
        self._set_state("left")
        self.sudo()._tell(self[:1].company_id._cobranza_today())
        return True

    def action_watch(self):
        self.check_access("write")
        self._expect("left")
        self._set_state("watched")
        self._refresh()
        return True

    def action_entries(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("cobranza_relief_id", "=", self.id)],
        }

    def action_data(self):
        """A table of what the form of the tax office asks of those that were booked.
        UserError where none was."""
        self.check_access("read")
        booked = self.filtered("entry_id")
        if not booked:
            raise UserError(self.env._("None of these was booked."))
        rows = [one._data_row() for one in booked.sudo()]  # sudo: names of documents
        content = csv_bytes(list(rows[0]), rows)
        # sudo: a file for whoever may read what is in it
        file = self.env["ir.attachment"].sudo()
        file = file.create(
            {
                "name": f"{self.env._('tax-reliefs')}.csv",
                "raw": content,
                "mimetype": "text/csv",
                "res_model": self._name,
                "res_id": booked[0].id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{file.id}?download=true",
            "target": "download",
        }

    def _data_row(self):
        """{column: what the form asks} of the creditor about one invoice."""
        debtor = self.debtor_id.partner_id
        return {
            self.env._("Tax number"): debtor.vat or "",
            self.env._("Debtor"): debtor.name or "",
            self.env._("Invoice"): self.move_id.name,
            self.env._("Invoice date"): str(self.move_id.invoice_date or ""),
            self.env._("Base to cut"): f"{self.base:.2f}",
            self.env._("Tax to take back"): f"{self.tax:.2f}",
            self.env._("Rectifying entry"): self.entry_id.name,
            self.env._("Booked on"): str(self.booked_on),
            self.env._("Kind of rectification"): self.code or "",
            self.env._("Article"): self.article or "",
            self.env._("Claimed on"): str(self.proof_on or ""),
            self.env._("How it was claimed"): self.proof_words or "",
            self.env._("Sent to the debtor on"): str(self.sent_on or ""),
            self.env._("To be notified by"): str(self.notify_by or ""),
        }

    def _discardable(self):
        """Those that nobody has booked."""
        return self.filtered(lambda one: one.state in ("watched", "left"))

    @api.ondelete(at_uninstall=False)
    def _unlink_not_booked(self):
        self._expect("watched", "left")

    # -- what others ask ---------------------------------------------------------------

    @api.model
    def _relieved(self, moves):
        """{invoice id: (tax relieved and not raised again, whether it was taken off
        what is owed)} of these invoices (ids)."""
        found = {}
        domain = [("move_id", "in", list(moves)), ("state", "in", BOOKED)]
        for one in self.search_fetch(domain, ["move_id", "tax", "raised", "owes"]):
            left = to_decimal(one.tax) - to_decimal(one.raised)
            before = found.get(one.move_id.id, (to_decimal(0), False))[0]
            found[one.move_id.id] = before + left, one.owes == "base"
        return found
