from datetime import timedelta

from odoo import models
from odoo.tools import format_amount, format_date

DEADLINE = timedelta(days=10)
"""Days that a letter gives, where no country says otherwise."""
FEW = 3
"""Documents that fit into the reference of a transfer."""


class CobranzaContact(models.Model):
    """The values that texts are merged with."""

    _inherit = "cobranza.contact"

    def _merge_values(self):
        """{merge field: text or Markup} of this contact, in the context's language.

        The vocabulary is ``cobranza.text._merge_fields``; countries override both.
        """
        self.ensure_one()
        return {
            **self._merge_company(),
            **self._merge_debtor(),
            **self._merge_claim(),
            **self._merge_payment(),
            "legal_terms": "",
        }

    def _merge_company(self):
        company = self.company_id
        return {
            "company_name": company.name,
            "company_vat": company.vat,
            "company_address": self._one_line(company.partner_id),
            "company_phone": company.phone,
            "company_email": company.email,
        }

    def _merge_debtor(self):
        partner = self.debtor_id.partner_id
        return {
            "debtor_name": partner.name,
            "debtor_vat": partner.vat,
            "debtor_address": self._one_line(partner),
            "contact_name": self._current_recipient().name or partner.name,
            "salutation": self._salutation(),
        }

    def _salutation(self):
        """How a letter greets its recipient, in the language of the letter."""
        person = self._current_recipient()
        person = person if person.name else self.debtor_id.partner_id
        return self._salutation_of(person.name, person.is_company)

    def _salutation_of(self, name, is_company):
        if is_company:
            return self.env._("Dear Sir or Madam of %(name)s,", name=name)
        return self.env._("Dear %(name)s,", name=name)

    def _merge_claim(self):
        today = self._letter_day()
        debts = self._said_debts()
        oldest = self._due(debts[0]) if debts else False
        charges = self._charges().filtered(
            lambda one: one.currency_id == self.currency_id
        )
        amount = self._said_amount()
        total = amount + sum(charges.mapped("amount_due"))
        return {
            "today": self._say_date(today),
            "document": ", ".join(dict.fromkeys(debts.mapped("document"))),
            "due_date": self._say_date(oldest),
            "days_late": str(max(0, (today - oldest).days)) if oldest else "0",
            "month": format_date(self.env, oldest, date_format="MMMM")
            if oldest
            else "",
            "year": str(oldest.year) if oldest else "",
            "deadline": self._say_date(self._deadline(today)),
            "amount": self._say_amount(amount),
            "amount_words": self.currency_id.amount_to_text(amount),
            "total": self._say_amount(total),
            "debts_table": self._debts_table(),
            "charges_table": self._charges_table(),
        }

    def _merge_payment(self):
        company = self.company_id
        account = company.cobranza_bank_account_id or company.partner_id.bank_ids[:1]
        return {
            "iban": account.acc_number,
            "bank_name": account.bank_id.name,
            "reference": self._payment_reference(),
        }

    def _payment_reference(self):
        """What the debtor should write on the transfer: few documents by their name,
        many by the debtor's own number."""
        moves = self._said_debts().move_id
        if len(moves) == 1:
            return moves.payment_reference or moves.name
        if 1 < len(moves) <= FEW:
            return ", ".join(moves.mapped("name"))
        partner = self.debtor_id.partner_id
        return partner.ref or partner.vat or f"D{self.debtor_id.id:06d}"

    def _letter_day(self):
        """The day written on the letter: of the debtor when it left, else today's."""
        if self.sent_at:
            return self._local_day(self.sent_at)
        return self.company_id._cobranza_today()

    def _deadline(self, today):
        """The day until which a letter of ``today`` asks to pay. Countries override."""
        return today + DEADLINE

    @staticmethod
    def _due(debt):
        return debt.date_maturity or debt.original_due_date

    def _said_debts(self):
        """The debts that the text speaks of, oldest first."""
        debts = self.line_ids.debt_id
        if self.text_purpose == "statement":
            items = self.debtor_id._open_items()
            debts = debts.search([("move_line_id", "in", items.ids)])
        return debts.sorted(lambda debt: (self._due(debt), debt.id))

    def _said_amount(self):
        """What is claimed, net of unallocated payments."""
        if self.text_purpose == "statement":
            return self.debtor_id._balance(self.currency_id)
        return self.amount

    def _charges(self):
        """The charges on those debts of which something is owed."""
        if self.text_purpose == "statement":
            return self.debtor_id._standing_charges()
        charges = self._said_debts().charge_ids
        return charges.filtered("amount_due")

    # -- words ---------------------------------------------------------------------

    def _say_amount(self, amount, currency=None):
        currency = currency or self.currency_id or self.company_id.currency_id
        return format_amount(self.env, amount, currency)

    def _say_date(self, day):
        return format_date(self.env, day) if day else ""

    @staticmethod
    def _one_line(partner):
        place = " ".join(part for part in (partner.zip, partner.city) if part)
        parts = (partner.street, partner.street2, place, partner.country_id.name)
        return ", ".join(part for part in parts if part)

    def _render_block(self, template, **values):
        return self.env["ir.qweb"]._render(template, {"contact": self, **values})

    def _debts_table(self):
        return self._render_block(
            "cobranza_legal.debts_table",
            rows=self._debt_rows(),
            credit=self.amount_credit and self._say_amount(self.amount_credit),
            claimed=self._say_amount(self._said_amount()),
        )

    def _charges_table(self):
        return self._render_block(
            "cobranza_legal.charges_table", charges=self._charge_rows()
        )

    def _charge_rows(self):
        charges = self._charges()
        kinds = dict(charges._fields["kind"]._description_selection(self.env))
        return [
            {
                "kind": kinds[charge.kind],
                "document": charge.debt_id.document,
                "formula": charge.formula_text,
                "article": charge.article,
                "amount": self._say_amount(charge.amount_due, charge.currency_id),
            }
            for charge in charges
        ]

    def _debt_rows(self):
        """The rows of the debts' table: the open amount is what is claimed of each,
        before what was netted of all of them."""
        if self.text_purpose == "statement":
            sections = self.debtor_id._statement()
            return [row for one in sections for row in self._statement_rows(one)]
        today = self._letter_day()
        rows = []
        for line in self.line_ids.sorted(lambda one: self._due(one.debt_id)):
            debt, due = line.debt_id, self._due(line.debt_id)
            rows.append(
                {
                    "document": debt.document,
                    "due": self._say_date(due),
                    "late": max(0, (today - due).days) if due else 0,
                    "original": self._say_amount(debt.original_amount),
                    "open": self._say_amount(line.amount),
                }
            )
        return rows

    def _statement_rows(self, section):
        return [
            {
                "document": row["document"],
                "due": self._say_date(row["due"]),
                "late": row["late"],
                "original": self._say_amount(row["original"], section["currency"]),
                "open": self._say_amount(row["open"], section["currency"]),
            }
            for row in section["rows"]
        ]
