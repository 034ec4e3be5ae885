from functools import partial

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..common.money import amount_words, say_figures, to_decimal
from .agreement import RUNNING

TABLE = Markup(
    "<table><thead><tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>"
    "</thead><tbody>%s</tbody></table>"
)


LINE = Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")


OFFER, BREACH = "agreement_offer", "agreement_breach"
"""Purposes of the mails about an agreement."""


class CobranzaAgreement(models.Model):
    """How an agreement is put into writing, and signed."""

    _inherit = "cobranza.agreement"

    def _document_values(self):
        return {
            **super()._document_values(),
            "agreement_number": self.name,
            "agreement_amount": self._say(self.amount),
            "agreement_words": amount_words(self.currency_id, self.amount),
            "agreement_total": self._say(self.total),
            "agreement_interest": self._interest_words(),
            "agreement_debts": self._debt_list(),
            "agreement_table": self._instalment_table(),
            "agreement_missed": str(self.missed),
            "agreement_cure_days": str(self.cure_days),
            "agreement_late_interest": self._late_interest_words(),
            "agreement_guarantors": ", ".join(
                # sudo: whom the debtor's agreement names is no secret to it
                self._guarantors().sudo().partner_id.mapped("name")
            ),
            "agreement_place": self.company_id.city or "",
        }

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
            return self.env._("no interest, commission or any other cost")
        return self.env._(
            "interest of %(rate)s %% a year, %(interest)s in all",
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

    def _page_note(self):
        """What the debtor's page says of an agreement that runs."""
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

    def _page_transfer(self, account):
        """How an instalment is paid into an account of the company's."""
        return self.env._(
            "Pay each instalment by transfer to %(number)s (%(holder)s), reference "
            "%(reference)s.",
            number=account.acc_number,
            holder=account.acc_holder_name or account.partner_id.name,
            reference=self.name,
        )

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
            "agreement_guarantors": "",
            "agreement_place": company.city or self.env._("Springfield"),
        }

    # -- what is sent ------------------------------------------------------------------

    def _plan_mail(self, purpose, *states):
        """An e-mail about this agreement that a person releases. UserError where nobody
        may write to the debtor."""
        self.ensure_one()
        self.check_access("write")
        self._expect(*states)
        contact = self.env["cobranza.contact"]._plan_letter(
            self.debtor_id, purpose, agreement_id=self.id
        )
        contact._check_may_be_sent()
        return contact.action_release()

    def action_send(self):
        """Send the debtor the link to read and sign it."""
        return self._plan_mail(OFFER, "offered")

    def action_send_breach(self):
        """Tell the debtor what was missed and until when it may be paid."""
        return self._plan_mail(BREACH, "breached")

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
        state = {OFFER: "offered", BREACH: "breached"}.get(contact.text_purpose)
        agreement = self.browse()
        if state and contact.agreement_id:
            # sudo: the letter is the debtor's own
            agreement = contact.sudo().agreement_id
            agreement = agreement.filtered(lambda one: one.state == state)
        elif state and contact.debtor_id.id:
            # sudo: the letter is the debtor's own
            agreement = self.sudo().search(
                [("debtor_id", "=", contact.debtor_id.id), ("state", "=", state)],
                order="id desc",
                limit=1,
            )
        if not agreement:
            return {}
        return {
            "agreement_number": agreement.name,
            "agreement_amount": agreement._say(agreement.amount),
            "agreement_cure_days": str(agreement.cure_days),
            "agreement_missed_list": agreement._missed_list(),
            "agreement_missed_total": agreement._say(agreement._missed_total()),
        }
