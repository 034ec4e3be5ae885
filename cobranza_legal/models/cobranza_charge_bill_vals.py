from datetime import timedelta
from typing import NamedTuple

from odoo import models
from odoo.fields import Command
from odoo.tools import format_date

from .billing import INVOICES

ONE_DAY = timedelta(days=1)


class BillKey(NamedTuple):
    """What the charges of one document have in common."""

    debtor: models.BaseModel
    currency: models.BaseModel
    form: str
    journal: models.BaseModel
    origin: models.BaseModel
    post: bool


class CobranzaCharge(models.Model):
    """The documents that bill charges, as values."""

    _inherit = "cobranza.charge"

    def _bill_key(self, form, draft):
        origin = self.env["account.move"]
        journal = form.journal_id
        if form.form == "debit_note":
            origin = self._debited_document()
            journal = journal or origin.journal_id
        post = form.post if draft is None else not draft
        return BillKey(
            self.debtor_id, self.currency_id, form.form, journal, origin, post
        )

    def _prepare_bill_vals(self, key, rows, day, known):
        """Values of the document of ``rows`` [(charge, form)]. ``known`` keeps
        what is the same for many documents of a batch."""
        company = self.env.company
        locked = key.journal, key.form in INVOICES
        if locked not in known:
            known[locked] = self._first_open_day(company, day, *locked)
        vals = {
            "company_id": company.id,
            "journal_id": key.journal.id,
            "partner_id": key.debtor.partner_id.id,
            "currency_id": key.currency.id,
            "ref": self.env._("Charges for late payment"),
        }
        if key.form in INVOICES:
            return {**vals, **self._prepare_invoice_vals(key, rows, day, known)}
        date = known[locked]
        lines = [
            Command.create(line)
            for charge, form in rows
            for line in charge._prepare_entry_lines(key, form, date, known)
        ]
        return {**vals, "move_type": "entry", "date": date, "line_ids": lines}

    @staticmethod
    def _first_open_day(company, day, journal, taxed):
        """``day``, or the day after the last lock date that covers it."""
        locks = company._get_violated_lock_dates(day, taxed, journal)
        return locks[-1][0] + ONE_DAY if locks else day

    # -- journal entry ---------------------------------------------------------------

    def _prepare_entry_lines(self, key, form, date, known):
        """The receivable and the income of one charge."""
        company = self.env.company
        balance = key.currency._convert(self.amount, company.currency_id, company, date)
        common = {
            "name": self._bill_label(),
            "partner_id": key.debtor.partner_id.id,
            "currency_id": key.currency.id,
            "cobranza_charge_id": self.id,
        }
        partner = key.debtor.partner_id.with_company(company)
        receivable = {
            **common,
            "account_id": partner.property_account_receivable_id.id,
            # else the ledger looks for one, item by item
            "analytic_distribution": False,
            "date_maturity": date,
            "amount_currency": self.amount,
            "balance": balance,
        }
        account = form.account_id
        income = {
            **common,
            "account_id": account.id,
            "analytic_distribution": self._analytics(known, account, partner),
            "amount_currency": -self.amount,
            "balance": -balance,
        }
        return receivable, income

    # -- invoice and debit note --------------------------------------------------------

    def _prepare_invoice_vals(self, key, rows, day, known):
        origin = key.origin
        position = origin.fiscal_position_id
        taxed = not origin or any(
            tax.amount
            for tax in origin.invoice_line_ids.tax_ids.flatten_taxes_hierarchy()
        )
        partner = key.debtor.partner_id
        lines = [
            Command.create(
                charge._prepare_invoice_line(form, position, taxed)
                | {
                    "analytic_distribution": self._analytics(
                        known, form.account_id, partner, form.product_id
                    )
                }
            )
            for charge, form in rows
        ]
        vals = {
            "move_type": "out_invoice",
            "invoice_date": day,
            "invoice_date_due": day,
            "invoice_payment_term_id": False,
            "invoice_line_ids": lines,
        }
        if origin:
            vals |= {
                "debit_origin_id": origin.id,
                "partner_id": origin.partner_id.id,
                "fiscal_position_id": position.id,
                "invoice_origin": origin.name,
            }
        return vals

    def _prepare_invoice_line(self, form, position, taxed):
        taxes = form.tax_ids if taxed else form.tax_ids.browse()
        taxes = position.map_tax(taxes) if position else taxes
        return {
            "product_id": form.product_id.id,
            "name": self._bill_label(),
            "quantity": 1,
            "price_unit": self.amount,
            "account_id": form.account_id.id,
            "tax_ids": [Command.set(taxes.ids)],
            "cobranza_charge_id": self.id,
        }

    def _analytics(self, known, account, partner, product=None):
        """The analytic distribution that the company's models give to an income item;
        asked once for each account and partner, and not at all without models."""
        models = self.env["account.analytic.distribution.model"]
        if "models" not in known:
            known["models"] = bool(models.search([], limit=1))
        place = "analytics", account, partner, product
        if not known["models"]:
            return {}
        if place not in known:
            vals = {"account_id": account.id, "partner_id": partner.id}
            line = self.env["account.move.line"].new(
                {**vals, "product_id": product and product.id}
            )
            plans = self.env["account.analytic.plan"]
            arguments = line._get_analytic_distribution_arguments(plans)
            known[place] = models._get_distribution(arguments)
        return known[place]

    def _bill_label(self):
        """What the debtor reads on the document, in its own language."""
        charge = self.with_context(lang=self.debtor_id._installed_lang())
        kinds = dict(self._fields["kind"]._description_selection(charge.env))
        parts = [kinds[self.kind], self.debt_id.document or ""]
        if self.period_from and self.period_to:
            first = format_date(charge.env, self.period_from)
            last = format_date(charge.env, self.period_to)
            parts.append(f"{first} – {last}")
        return " · ".join(part for part in parts if part)
