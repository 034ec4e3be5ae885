"""Mandates and direct debits of a demo's customers, in the states in which they are
met."""

from datetime import timedelta

from odoo import Command

from ..kernel.mandate import creditor_identifier

NOTICE = timedelta(days=20)
"""Before an invoice is due, its debtor was told of the debit."""


class Mandates:
    debited = {}
    """{document: days after its direct debit on which it was paid}: none for one that
    paid, more where the debit came back."""

    def switch_on_direct_debit(self):
        """As in the settings: a company that uses mandates has them in its menus."""
        group = self.env.ref("cobranza_legal.group_direct_debit")
        self.env.ref("base.group_user").implied_ids = [Command.link(group.id)]

    def identify_creditor(self):
        """The identifier that the tax number of the company makes."""
        company = self.company
        company.cobranza_creditor_identifier = creditor_identifier(
            company.country_id.code, company.vat
        )

    def mandate(self, ref, number=None, **values):
        """A draft mandate of the customer ``ref``, with an account of its own."""
        partner = self.customers[ref]
        partner.with_company(self.company).cobranza_direct_debit = True
        account = self.env["res.partner.bank"]
        if number:
            account = account.create({"partner_id": partner.id, "acc_number": number})
        mandates = self.env["cobranza.mandate"].with_company(self.company)
        return mandates.create(
            {
                "partner_id": partner.id,
                "bank_account_id": account.id,
                "user_id": self.user("collector").id,
                **values,
            }
        )

    def sign_mandate(self, mandate, days, last=None, method="import"):
        """It was signed so many days ago, and last debited ``last`` days ago."""
        mandate._sign(self.ago(days), mandate.partner_id.city, method)
        if last is not None:
            mandate._used(self.ago(last))
        return mandate

    # -- debits ------------------------------------------------------------------------

    def debited_on(self, document, move):
        """The day on which a document of ``debited`` was paid, None for others."""
        days = self.debited.get(document)
        if days is None:
            return None
        day = self._collected_on(move.invoice_date_due)
        return day + timedelta(days=days)

    def _collected_on(self, due):
        """The banking day on which what is due on a day is debited."""
        scheme = self.env["cobranza.mandate"]._default_scheme()
        terms = self.company._cobranza_debit_terms(scheme)
        return terms.collect_on(due, due - NOTICE)

    def debits(self, *rows):
        """The debits of (document, mandate), told of with the invoices and presented
        together in time."""
        debits = self.env["cobranza.debit"]
        debits = debits._through_gate().create([self._debit(*row) for row in rows])
        return self._present(debits, min(debits.mapped("due_on")) - NOTICE)

    def debit_again(self, debit):
        """The second presentation of what came back long ago, when it was open."""
        told = debit.returned_on
        terms = self.company._cobranza_debit_terms(debit.scheme)
        again_from = self.company.cobranza_debit_again_from
        earliest = debit.collect_on + timedelta(days=again_from)
        day = terms.collect_on(earliest, told, debit._notice_days())
        values = {**debit._again_values(day), "amount": debit.amount}
        again = self.env["cobranza.debit"]._through_gate().create(values)
        return self._present(again, told)

    def _debit(self, document, mandate):
        move = self.documents[document]
        [item] = move.line_ids.filtered("date_maturity")
        due = item.date_maturity
        values = {
            "debtor_id": mandate.debtor_id.id,
            "mandate_id": mandate.id,
            "scheme": mandate.scheme,
            "move_line_id": item.id,
            "move_id": move.id,
            "document": move.name,
            "currency_id": move.currency_id.id,
            "amount": item.amount_currency,
            "due_on": due,
            "collect_on": self._collected_on(due),
            "user_id": self.user("collector").id,
        }
        notice = mandate._scheme().notify_by(values["collect_on"], mandate._notice())
        return {**values, "notify_by": notice}

    def _present(self, debits, told):
        debits._set_state("notified", None, notified_on=told)
        scheme = debits[0].scheme
        terms = self.company._cobranza_debit_terms(scheme)
        day = terms.submit_by(min(debits.mapped("collect_on")))
        batches = self.env["cobranza.debit.batch"].with_company(self.company)
        batch = batches.with_context(ir_sequence_date=day).create(
            {"scheme": scheme, "due_until": max(debits.mapped("due_on"))}
        )
        debits._through_gate().batch_id = batch
        batch._hand_in(debits, day)
        return debits

    def prepare_debits(self, scheme, days):
        """The batch that somebody prepares now, of what is due within so many days."""
        batches = self.env["cobranza.debit.batch"].with_company(self.company)
        batches = batches.with_user(self.user("accountant")).sudo()
        batch = batches.create({"scheme": scheme, "due_until": self.ago(-days)})
        batch.action_fill()
        return batch

    def find_paid(self):
        """As the daily upkeep does, on the days of the money."""
        debits = self.env["cobranza.debit"]
        due = debits._upkeep_due(self.company, self.today, 100)
        due._upkeep(self.today)
        for debit in due.filtered("paid_on"):
            days = debit.money_line_ids.mapped("date")
            debit._through_gate().paid_on = max(days, default=debit.paid_on)

    def return_debit(self, debit, code, days, cost=0, proof="", note=""):
        """It came back so many days after its day, today at the latest."""
        day = min(debit.collect_on + timedelta(days=days), self.today)
        files = self.env["ir.attachment"]
        if proof:
            files = files.create(
                {
                    "name": f"{proof}.txt",
                    "raw": f"{proof}: {debit.document}".encode(),
                    "mimetype": "text/plain",
                    "res_model": debit._name,
                    "res_id": debit.id,
                }
            )
        debit._come_back(code, day, note, cost, files)
        return day

    def book_refund(self, debit, money, day, label):
        """The bank takes back the money that had paid a debit; matched with it."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.journal("bank").id,
                "date": day,
                "payment_ref": label,
                "partner_id": debit.partner_id.id,
                "amount": -debit.amount,
                "counterpart_account_id": money.account_id.id,
            }
        )
        taken = line.move_id.line_ids.filtered(
            lambda item: item.account_id == money.account_id
        )
        (taken | money).reconcile()
