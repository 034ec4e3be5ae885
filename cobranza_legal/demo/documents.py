"""Documents of customers and debts in a demo, and what debts rest on."""


class Documents:
    def document(self, customer, code, debt=None):
        """The row of a document that is asked of a customer, or of a debt of it."""
        documents, debtor = self.env["cobranza.document"], self.debtor(customer)
        documents._open(debtor, debt)
        return documents.search(
            [
                ("debtor_id", "=", debtor.id),
                ("debt_id", "=", debt.id if debt else False),
                ("type_id.code", "=", code),
            ]
        )

    def receive(self, customer, code, days, debt=None, checked=True, **values):
        """A file of it arrived so many days ago, and somebody looked at it."""
        document = self.document(customer, code, debt)
        name = f"{document.type_id.with_context(lang=self.lang).name}.txt"
        words = f"{document.type_id.name}: {self.customers[customer].name}"
        document._receive(words.encode(), name, self.ago(days), **values)
        if checked:
            document.action_check()
        return document

    def hand_over_original(self, document, days, person, receipt):
        """We held it, and handed it over so many days ago against a receipt."""
        file = self.env["ir.attachment"].create(
            {"name": f"{receipt}.txt", "raw": receipt.encode()}
        )
        document._move_original("received", document.received_on)
        document._move_original("handed", self.ago(days), person, receipt=file)

    def rest_on(self, document, title, kind=False):
        """What proves the debt of a document, and what it is for, as the manager says
        it."""
        debt = self.debt(document)
        manager = self.user("manager")
        debt.with_user(manager)._state_claim(kind, title, "Según el expediente")
        return debt
