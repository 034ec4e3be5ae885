from odoo import api, models
from odoo.exceptions import UserError

from ...kernel.errors import UnclearText
from ...kernel.mandate import clean_identifier, clean_reference, reference_key
from ...kernel.table import read_cell
from ...kernel.typed import read_day
from ..common.csv_file import read_choice, say_cell

COLUMNS = ("reference", "customer", "signed_on")
OPTIONAL = ("scheme", "kind", "account", "place", "last_debit")
"""Columns that a file may do without; ``customer`` is a tax number, a reference of the
customer, or its name."""


class CobranzaMandate(models.Model):
    """Mandates that were signed before, from the table of another system."""

    _inherit = "cobranza.mandate"

    @api.model
    def _import_rows(self, company, rows):
        """Make the mandates of ``rows``, [(line number, {column: text})]: signed and
        valid. (mandates, [(line number, what was done or why not, whether it was)]).

        A bad line is left out and told of; the others are kept.
        """
        self.check_access("create")
        company = company._cobranza_creditor()
        if self.env.company._cobranza_creditor() != company:
            return self.with_company(company)._import_rows(company, rows)
        taken = self._taken_of(company, rows)
        owners = self._customers(company, rows)
        made, report = self.browse(), []
        for number, row in rows:
            try:
                with self.env.cr.savepoint():
                    mandate = self._import_row(company, row, owners, taken)
            except (UserError, UnclearText) as problem:
                unclear = isinstance(problem, UnclearText)
                words = say_cell(self.env, problem) if unclear else str(problem)
                report.append((number, words, False))
                continue
            taken[reference_key(mandate.reference)] = mandate
            made |= mandate
            report.append((number, mandate.display_name, True))
        return made, report

    @api.model
    def _taken_of(self, company, rows):
        own = clean_identifier(company.cobranza_creditor_identifier)
        references = [row["reference"] for _number, row in rows]
        return self._taken(company, own, references)

    @api.model
    def _customers(self, company, rows):
        """{text of the column: partners that it may mean}, in one query a column."""
        texts = {row["customer"].strip() for _number, row in rows} - {""}
        found = {}
        for field in ("vat", "ref", "name"):
            domain = [
                (field, "in", list(texts - set(found))),
                ("company_id", "in", [False, *company._cobranza_tree()]),
            ]
            partners = self.env["res.partner"].search(domain)
            for text, same in partners.grouped(field).items():
                found[text] = same.commercial_partner_id
        return found

    def _import_row(self, company, row, owners, taken):
        reference = clean_reference(row["reference"])
        known = taken.get(reference_key(reference))
        if known:
            raise UserError(self.env._("%s is taken: it was there before.", reference))
        partner = owners.get(row["customer"].strip())
        if not partner:
            raise UserError(self.env._("nobody is called “%s”.", row["customer"]))
        if len(partner) > 1:
            raise UserError(self.env._("several are called “%s”.", row["customer"]))
        signed = read_cell(row, "signed_on", read_day)
        last = row["last_debit"] and read_cell(row, "last_debit", read_day)
        account = self._import_account(partner, row["account"])
        mandate = self.create(
            {
                "partner_id": partner.id,
                "reference": reference,
                "scheme": self._import_choice("scheme", row["scheme"]),
                "kind": self._import_choice("kind", row["kind"]),
                "bank_account_id": account.id,
            }
        )
        mandate._sign(signed, row["place"], "import")
        if last:
            mandate._used(last)
        return mandate

    def _import_choice(self, name, text):
        """The code that ``text`` says, by itself or by its label; the default where it
        is empty."""
        if not text.strip():
            return self.default_get([name]).get(name)
        choices = self._fields[name]._description_selection(self.env)
        return read_choice(self.env, choices, text)

    def _import_account(self, partner, text):
        """The account of a number; made when the customer has not got it yet."""
        accounts = self.env["res.partner.bank"]
        number = text.replace(" ", "").upper()
        if not number:
            return accounts
        same = partner.bank_ids.filtered(
            lambda account: account.sanitized_acc_number == number
        )
        # sudo: whoever imports mandates need not edit contacts
        return same[:1] or accounts.sudo().create(
            {"partner_id": partner.id, "acc_number": text.strip()}
        ).sudo(self.env.su)
