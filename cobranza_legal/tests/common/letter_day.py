from odoo.tools import html2plaintext


class LetterDay:
    """A letter asks for what the debtor's page of its day asks for."""

    def _assert_letter_is_page(self, contact, day):
        """The total of a letter that would leave on ``day``; what it says."""
        with self.at(day):
            contact._recompute()
            today = contact.company_id._cobranza_today()
            currency = contact.currency_id
            page = contact.debtor_id._position(today).section(currency.name)
            self.assertFalse(contact.debtor_id._position(today).missing)
            total = contact._claimed_total()
            told = [(one.kind, one.amount_due) for one in contact._charges()]
            asked = [(one.kind, one.open) for one in page.charges]
            self.assertEqual(total, page.total, (day, told, asked))
            values = contact._render()
            said = contact.with_context(lang=values["lang"])
            body = html2plaintext(values["body"]).replace("\xa0", " ")
            written = said._format_amount(float(total)).replace("\xa0", " ")
            self.assertIn(written, body)
            if page.interest:
                self.assertIn(said._format_date(today), body)
            frozen = contact._frozen_values()
            debts = contact.line_ids.debt_id
            found = debts.debtor_id._accruing_on(debts)
            together = contact.with_context(cobranza_accruing=found)._frozen_values()
            self.assertEqual(frozen["content_hash"], together["content_hash"])
        return total
