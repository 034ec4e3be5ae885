from functools import partial

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..common.money import amount_words, say_figures, to_decimal
from ..contact.content import payment_qr
from .agreement import RUNNING
from .paper import CONSENT, CONSENTING, NOTE, SETTLED

FIGURE_HEAD = '<th class="o_figure" align="right">%s</th>'


FIGURE = '<td class="o_figure" align="right">%s</td>'


TABLE = Markup(
    '<table class="o_cobranza_table" cellpadding="4"><thead><tr><th>%s</th><th>%s</th>'
    + 3 * FIGURE_HEAD
    + "</tr></thead><tbody>%s</tbody></table>"
)


LINE = Markup("<tr><td>%s</td><td>%s</td>" + 3 * FIGURE + "</tr>")


OFFER, BREACH = "agreement_offer", "agreement_breach"
CONSENT_REQUEST = "agreement_consent_request"
SETTLED_LETTER = "agreement_settled_letter"
"""Purposes of the mails about an agreement."""


TOLD = {
    OFFER: ("offered",),
    BREACH: ("breached",),
    CONSENT_REQUEST: CONSENTING,
    SETTLED_LETTER: ("completed",),
}
"""{purpose of a mail: states of the agreement that it may be about}."""


TO_SIGN = ("offered", *RUNNING)
"""States in which a promissory note is written and signed."""


class CobranzaAgreement(models.Model):
    """How an agreement is put into writing, and signed."""

    _inherit = "cobranza.agreement"

    paper_ids = fields.One2many(
        "cobranza.agreement.paper", "agreement_id", "Papers", readonly=True
    )
    has_note = fields.Boolean(
        "Has a note",
        compute="_compute_has_note",
        help="There is a text of a promissory note for this debtor.",
    )
    is_asked_on_page = fields.Boolean(
        "Waits to be accepted", compute="_compute_is_asked_on_page"
    )

    @api.depends("debtor_id", "state")
    def _compute_has_note(self):
        for agreement in self:
            found = agreement.debtor_id and agreement._text_of(NOTE)
            agreement.has_note = bool(found)

    @api.depends("state", "requested_by", "approval_ids.state")
    def _compute_is_asked_on_page(self):
        """Whether it waits for one of ours to accept it, and for nobody's approval."""
        for agreement in self:
            agreement.is_asked_on_page = (
                agreement.state == "requested"
                and agreement.requested_by == "page"
                # sudo: whoever looks need not read approvals
                and "asked" not in agreement.sudo().approval_ids.mapped("state")
            )

    def _document_values(self):
        guarantors = self._guarantors()
        account = self.env["cobranza.contact"].new({"company_id": self.company_id.id})
        account = account._paid_to()
        return {
            **super()._document_values(),
            **self._terms_values(),
            "iban": account.acc_number,
            "bank_name": account.bank_id.name,
            "reference": self.name,
            "agreement_words": amount_words(self.currency_id, self.amount),
            "agreement_total_words": amount_words(self.currency_id, self.total),
            "agreement_debts": self._debt_list(),
            "agreement_late_interest": self._late_interest_words(),
            "agreement_guarantors": ", ".join(
                # sudo: whom the debtor's agreement names is no secret to it
                guarantors.sudo().partner_id.mapped("name")
            )
            or self.env._("none"),
            "agreement_place": self.company_id.city or "",
        }

    def _terms_values(self):
        """{merge field: text or Markup} of what is paid, when and at which cost."""
        day = partial(format_date, self.env)
        return {
            "agreement_number": self.name,
            "agreement_amount": self._say(self.amount),
            "agreement_total": self._say(self.total),
            "agreement_interest": self._interest_words(),
            "agreement_table": self._instalment_table(),
            "agreement_count": str(len(self.instalment_ids)),
            "agreement_first_on": day(self._first_due()) if self.instalment_ids else "",
            "agreement_last_on": day(self.last_on) if self.last_on else "",
            "agreement_missed": str(self.missed),
            "agreement_cure_days": str(self.cure_days),
            "agreement_signed_on": day(self.signed_on) if self.signed_on else "",
            "agreement_ended_on": day(self.ended_on) if self.ended_on else "",
        }

    def _settled_values(self):
        """{merge field: text} of what was paid in the end: interest that was not
        earned, because it was paid early, never was. Dust that nobody asks for counts
        as paid."""
        paid = max(self.paid, self.amount)
        found = {
            "agreement_total": self._say(paid),
            "agreement_total_words": amount_words(self.currency_id, paid),
        }
        interest = paid - self.amount
        if self.currency_id.is_zero(interest):
            found["agreement_interest"] = self.env._(
                "without interest, commission or any other cost"
            )
        else:
            found["agreement_interest"] = self.env._(
                "and %s of interest", self._say(interest)
            )
        return found

    def _first_due(self):
        return min(self.instalment_ids.mapped("due_on"), default=False)

    def _debt_list(self):
        line = Markup("<li>%s: %s</li>")
        items = [
            line % (one.debt_id.display_name, self._say(one.amount))
            for one in self.line_ids
        ]
        return Markup("<ul>%s</ul>") % Markup("").join(items)

    def _instalment_table(self):
        rows = [
            LINE
            % (
                row.number,
                format_date(self.env, row.due_on),
                self._say(row.principal),
                self._say(row.interest),
                self._say(row.amount),
            )
            for row in self.instalment_ids.sorted("number")
        ]
        return TABLE % (*self._heads(), Markup("").join(rows))

    @api.model
    def _heads(self):
        return (
            self.env._("No."),
            self.env._("Due on"),
            self.env._("Principal"),
            self.env._("Interest"),
            self.env._("To pay"),
        )

    def _interest_words(self):
        if not self.rate:
            return self.env._("without interest, commission or any other cost")
        return self.env._(
            "with interest of %(rate)s %% a year, %(interest)s in all",
            rate=say_figures(self.env, f"{to_decimal(self.rate).normalize():f}"),
            interest=self._say(self.interest),
        )

    def _late_interest_words(self):
        if self.default_interest == "completion":
            return self.env._(
                "Late interest is not claimed while the agreement is kept and is "
                "forgiven when all is paid. If it is broken, late interest is owed as "
                "if it had not been made."
            )
        return self.env._("No late interest runs while the agreement is kept.")

    def _missed_list(self):
        """The instalments that are missed now, as a list for a letter."""
        line = Markup("<li>%s: %s</li>")
        items = [
            line % (format_date(self.env, row.due_on), self._say(row.amount - row.paid))
            for row in self._missed_rows()
        ]
        return Markup("<ul>%s</ul>") % Markup("").join(items)

    def _missed_total(self):
        return sum(row.amount - row.paid for row in self._missed_rows())

    def _missed_rows(self):
        return self.instalment_ids.filtered(lambda row: row.status == "missed")

    @api.model
    def _paid_in(self, debt_ids, day):
        """The number of the agreement by which these debts, or the debts that they
        charge, were paid on a day; empty if they were in none."""
        # sudo: whoever hands out a receipt need not see agreements
        debts = self.env["cobranza.debt"].sudo().browse(debt_ids)
        found = self.sudo().search(
            [
                ("debt_ids", "in", (debts | debts.parent_id).ids),
                ("signed_on", "!=", False),
                ("signed_on", "<=", day),
                "|",
                ("ended_on", "=", False),
                ("ended_on", ">=", day),
            ],
            limit=1,
        )
        return found.name or ""

    # -- on the debtor's page ----------------------------------------------------------

    def _page_note(self):
        """What the debtor's page says of an agreement."""
        if self.state == "completed":
            return self.env._("You have paid all of it. Thank you.")
        if self.state != "breached":
            return self.env._(
                "While you keep it, nothing else is asked of you for what it is about."
            )
        if not self.cure_until:
            return self.env._(
                "Instalments are missing. Please pay them, or tell us what is wrong: "
                "the agreement then goes on."
            )
        return self.env._(
            "Instalments are missing. Please pay them until %s, or tell us what is "
            "wrong: the agreement then goes on.",
            format_date(self.env, self.cure_until),
        )

    def _page_due(self):
        """(label, amount) of what is to be paid now: what was missed and is due, else
        the next instalment; None when nothing is left."""
        rows = self.instalment_ids.filtered(lambda row: row.status != "paid")
        rows = rows.sorted("number")
        today = self.company_id._cobranza_today()
        now = rows.filtered(lambda row: row.due_on <= today)
        rows = now or rows[:1]
        amount = self.currency_id.round(sum(row.amount - row.paid for row in rows))
        if not amount:
            return None
        if len(rows) > 1:
            label = self.env._("%s instalments are due", len(rows))
        elif now:
            label = self.env._("Instalment %s is due", rows.number)
        else:
            label = self.env._(
                "Instalment %(number)s, on %(day)s",
                number=rows.number,
                day=format_date(self.env, rows.due_on),
            )
        return label, amount

    def _page_code(self, account, amount):
        """A PNG in base64 by which a bank's app transfers ``amount`` on account of this
        agreement, None where no standard covers it."""
        if not account:
            return None
        return payment_qr(account, self.currency_id, to_decimal(amount), self.name)

    def _page_certificate(self):
        """The certificate that all was paid, if it was written."""
        found = self._paper(SETTLED)
        return found if self.state == "completed" else found.browse()

    @api.model
    def _samples(self):
        """{merge field: example} of what is said of agreements, in the context's
        language."""
        company = self.env.company
        currency, today = company.currency_id, company._cobranza_today()
        amount = 1200 if currency.decimal_places else 1_200_000
        days = [fields.Date.add(today, months=n) for n in (1, 2, 3)]
        say = partial(formatLang, self.env, currency_obj=currency)
        parts = [
            LINE
            % (n, format_date(self.env, day), say(amount / 3), say(0), say(amount / 3))
            for n, day in enumerate(days, 1)
        ]
        sample = self.new({"default_interest": "suspended"})
        return {
            "agreement_number": f"A{today.year}-00042",
            "agreement_amount": say(amount),
            "agreement_words": amount_words(currency, amount),
            "agreement_total": say(amount),
            "agreement_total_words": amount_words(currency, amount),
            "agreement_interest": sample._interest_words(),
            "agreement_debts": Markup("<ul><li>F/0042: %s</li></ul>") % say(amount),
            "agreement_table": TABLE % (*self._heads(), Markup("").join(parts)),
            "agreement_missed": "2",
            "agreement_cure_days": "15",
            "agreement_missed_list": Markup("<ul><li>%s: %s</li></ul>")
            % (format_date(self.env, days[0]), say(amount / 3)),
            "agreement_missed_total": say(amount / 3),
            "agreement_next_on": format_date(self.env, days[0]),
            "agreement_next_amount": say(amount / 3),
            "agreement_late_interest": sample._late_interest_words(),
            "agreement_guarantors": "José Soto",
            "agreement_place": company.city or self.env._("Springfield"),
            "agreement_count": str(len(days)),
            "agreement_first_on": format_date(self.env, days[0]),
            "agreement_last_on": format_date(self.env, days[-1]),
            "agreement_signed_on": format_date(self.env, today),
            "agreement_ended_on": format_date(self.env, today),
            "agreement_consent_url": f"{company.get_base_url()}/my/guarantee/1",
            "guarantor_name": "José Soto",
            "guarantor_vat": "11223344",
            "guarantor_address": self.env._("2 Low Street, Springfield"),
            "guarantor_capacity": self.env["cobranza.obligor.capacity"]._label(
                "guarantor"
            ),
        }

    # -- what is sent ------------------------------------------------------------------

    def _plan_mail(self, purpose, **values):
        """An e-mail about this agreement that a person releases. UserError where nobody
        may write to the debtor."""
        self.ensure_one()
        self.check_access("write")
        self._expect(*TOLD[purpose])
        contact = self.env["cobranza.contact"]._plan_letter(
            self.debtor_id, purpose, agreement_id=self.id, **values
        )
        contact._check_may_be_sent()
        return contact.action_release()

    def action_send(self):
        """Send the debtor the link to read and sign it."""
        return self._plan_mail(OFFER)

    def action_send_breach(self):
        """Tell the debtor what was missed and until when it may be paid."""
        return self._plan_mail(BREACH)

    # -- papers beside it --------------------------------------------------------------

    def _text_of(self, purpose):
        """The text in force for a paper of this agreement, empty if there is none."""
        self.ensure_one()
        company = self.company_id
        return (
            self.env["cobranza.text"]
            .with_company(company)
            ._choose(
                purpose,
                self.debtor_id.regime,
                company._cobranza_rules()._country(),
                self.debtor_id._lang(),
                company._cobranza_today(),
            )
        )

    def _paper(self, purpose, obligor=None):
        """Its paper of a purpose that is not void, of a guarantor or of none."""
        # sudo: what was written does not depend on who asks
        return self.sudo().paper_ids.filtered(
            lambda one: (
                one.purpose == purpose
                and one.state != "void"
                and one.obligor_id == (obligor or self.env["cobranza.obligor"])
            )
        )[:1]

    def _write_paper(self, purpose, obligor=None):
        """The paper of a purpose, written down for good; as it is, if it was. UserError
        where there is no text, or something lacks in it."""
        self.ensure_one()
        self.check_access("write")
        paper = self._paper(purpose, obligor)
        if paper:
            return paper
        # sudo: papers are made here only
        paper = self.env["cobranza.agreement.paper"].sudo()
        paper = paper.create(
            {
                "agreement_id": self.id,
                "debtor_id": self.debtor_id.id,
                "purpose": purpose,
                "obligor_id": obligor.id if obligor else False,
                "written_on": self.company_id._cobranza_today(),
                "user_id": self.env.uid,
            }
        )
        paper._freeze_document()
        self._log(self.env._("Written: %s", paper.display_name))
        return paper

    def _ask_consent(self, obligor):
        """Send a guarantor the link to read what it would consent to, and to sign it.
        UserError where it has consented, or nobody may write to it."""
        self.ensure_one()
        self.check_access("write")
        self._expect(*CONSENTING)
        self._check_amounts()
        if obligor not in self._unheard():
            raise UserError(
                self.env._(
                    "%(name)s has consented to %(agreement)s, or need not.",
                    name=obligor.display_name,
                    agreement=self.display_name,
                )
            )
        self._write_paper(CONSENT, obligor)
        partner = obligor.sudo().partner_id
        address = self.env["cobranza.channel.email"]._address(partner)
        return self._plan_mail(
            CONSENT_REQUEST,
            recipient_id=partner.id,
            recipient_chosen=True,
            address=address or False,
        )

    def action_note(self):
        """The promissory note that the debtor signs beside it, as a PDF to print."""
        self.ensure_one()
        self.check_access("write")
        self._expect(*TO_SIGN)
        return self._write_paper(NOTE).action_view_document()

    def action_certify(self):
        """Send the debtor the certificate that all was paid."""
        self.ensure_one()
        self.check_access("write")
        self._expect("completed")
        self._write_paper(SETTLED)
        return self._plan_mail(SETTLED_LETTER)

    def _on_papers(self, target):
        """What a new state of these agreements makes of their papers."""
        for agreement in self:
            # sudo: it follows from the state, whoever brought it about
            papers = agreement.sudo().paper_ids
            if target == "draft":
                papers._void(self.env._("The agreement was taken back"))
            elif target in ("rejected", "cancelled"):
                unsigned = papers.filtered(lambda one: one.state == "written")
                unsigned._void(self.env._("The agreement did not come about"))
            elif target == "active":
                certificate = papers.filtered(lambda one: one.purpose == SETTLED)
                certificate._void(self.env._("A payment came back"))
            elif target == "completed":
                agreement._raise_task(
                    self.env._("Agreement paid: send the certificate"),
                    agreement.company_id._cobranza_today(),
                )

    def _files_of_letter(self, contact):
        """Values of the files that leave with a letter about this agreement: the
        certificate that all was paid."""
        if not self or contact.text_purpose != SETTLED_LETTER:
            return []
        file = self._paper(SETTLED).document_file_id
        if not file:
            return []
        values = {"res_model": contact._name, "res_id": contact.id}
        names = ("name", "raw", "mimetype")
        return [{**{name: file[name] for name in names}, **values}]

    def action_simulate(self):
        """Compare plans, one of which this draft takes."""
        self.ensure_one()
        self.check_access("write")
        self._expect("draft")
        return self.env["cobranza.agreement.simulation"]._open(self.debtor_id, self)

    def action_accept(self):
        """Accept what the debtor asked for on its page: within the terms it is approved
        at once, beyond them others answer. UserError where the law bars it, or other
        sums are open than were asked about."""
        for agreement in self:
            agreement.check_access("write")
            agreement._expect("requested")
            if not agreement.is_asked_on_page:
                raise UserError(
                    self.env._(
                        "%s waits for an approval: nobody else accepts it.",
                        agreement.display_name,
                    )
                )
            agreement._check_amounts()
            objections = agreement._objections_said()
            barred = [one.words for one in objections if not one.kind]
            if barred:
                raise UserError("\n".join(barred))
            if objections:
                words = "\n".join(one.words for one in objections)
                agreement._through_gate().beyond = words
                agreement._ask_others(objections)
            else:
                agreement._set_state("approved", self.env._("Within the terms"))

    # -- signing -----------------------------------------------------------------------

    def _document_to_sign(self, debtor):
        return self.search(
            [
                ("debtor_id", "=", debtor.id),
                ("state", "=", "offered"),
                ("document_hash", "!=", False),
            ],
            order="id",
        ).filtered(lambda one: not one._changed_debt())

    def _document_signed(self, signature):
        self._sign(self.company_id._cobranza_today(), "page")

    def _keep_signed(self):
        result = super()._keep_signed()
        for agreement in self:
            agreement._acknowledge()
        return result

    def action_sign(self):
        """Record a signature that was given by hand, with its scan."""
        self.ensure_one()
        return self._dialog("action_cobranza_agreement_sign", agreement_id=self.id)

    def _sign(self, day, method):
        """The debtor signed on ``day``: it runs. UserError for a day to come or before
        it was offered, and where other sums are open than were agreed about."""
        self.ensure_one()
        self._expect("offered")
        today = self.company_id._cobranza_today()
        if day > today or day < self.offered_on:
            raise UserError(
                self.env._(
                    "%(agreement)s was offered on %(day)s: it is signed between that "
                    "day and today.",
                    agreement=self.display_name,
                    day=format_date(self.env, self.offered_on),
                )
            )
        self._check_amounts()
        self._check_guarantees()
        self._check_law()
        # sudo: what the ledger has settled is not asked of whoever signs
        settlements = self.env["cobranza.settlement"].sudo()
        before = settlements.search([("debt_id", "in", self.debt_ids.ids)])
        gone = self.env["cobranza.settlement.undone"].sudo()
        gone = gone.search([("debt_id", "in", self.debt_ids.ids)])
        partials = {*before.partial_id.ids, *gone.mapped("partial_no")}
        # matched anew it has other numbers, and is the same money
        entries = {(one.move_id.id, one.debt_id.id) for one in before if one.move_id}
        self._set_state(
            "signed",
            signed_on=day,
            signed_method=method,
            settled_before={
                "partials": sorted(partials),
                "entries": sorted(entries),
            },
        )
        self._start(today)

    def _start(self, today):
        """What was signed runs from now on."""
        self._free_guarantors()
        replaced = self.replaced_id.sudo()
        if replaced:
            if replaced.state in RUNNING:
                # where the new one bears interest its own runs from the request on
                replaced._charge_earned(
                    self.requested_on if self.rate else self.signed_on
                )
            words = self.env._("Replaced by %s", self.display_name)
            replaced._set_state("superseded", words, ended_on=self.signed_on)
        self._set_state("active")
        if self.signed_method == "hand":
            self._acknowledge()
        self._judge(today)

    def _acknowledge(self):
        """Whoever signs that it will pay has acknowledged the debts: that interrupts
        their limitation, with what was signed as the proof."""
        debts = self.debt_ids.filtered(lambda debt: debt.nature == "principal")
        proof = self.signed_file_id or self.scan_ids or self.document_file_id
        if debts and proof:
            # sudo: it follows from the signature, whoever records it
            self.env["cobranza.interruption"].sudo().create(
                {
                    "debtor_id": self.debtor_id.id,
                    "debt_ids": [fields.Command.set(debts.ids)],
                    "kind": "acknowledgement",
                    "day": self.signed_on,
                    "note": self.display_name,
                    "attachment_ids": [fields.Command.set(proof.ids)],
                }
            )

    @api.model
    def _merge_of_contact(self, contact):
        """The merge fields of the agreement that a contact is about; none for one about
        something else."""
        states = TOLD.get(contact.text_purpose)
        agreement = self.browse()
        if states and contact.agreement_id:
            # sudo: the letter is the debtor's own
            agreement = contact.sudo().agreement_id
            agreement = agreement.filtered(lambda one: one.state in states)
        elif states and contact.debtor_id.id:
            # sudo: the letter is the debtor's own
            agreement = self.sudo().search(
                [("debtor_id", "=", contact.debtor_id.id), ("state", "in", states)],
                order="id desc",
                limit=1,
            )
        if not agreement:
            return {}
        return {
            **agreement._terms_values(),
            **agreement._consent_values(contact),
            "agreement_missed_list": agreement._missed_list(),
            "agreement_missed_total": agreement._say(agreement._missed_total()),
        }

    def _consent_values(self, contact):
        """{merge field: text} of a letter that asks a guarantor to consent."""
        if contact.text_purpose != CONSENT_REQUEST:
            return {}
        paper = self.paper_ids.filtered(
            lambda one: (
                one.purpose == CONSENT
                and one.state == "written"
                and one.obligor_id.partner_id == contact._current_recipient()
            )
        )[:1]
        if not paper:
            return {}
        return {
            "agreement_consent_url": paper._page_link(),
            "guarantor_name": paper.obligor_id.partner_id.name,
        }
