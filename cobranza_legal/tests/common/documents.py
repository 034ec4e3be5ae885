from .charging import ChargeCommon


class DocumentCommon(ChargeCommon):
    """A company with a checklist of its own: the shipped one is put away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        types = cls.env["cobranza.document.type"]
        types.sudo().search([]).active = False
        cls.env.flush_all()
        cls.contract = cls._type("contract", sequence=1)
        cls.identity = cls._type(
            "identity", sequence=2, check_code="iban", valid_months=12
        )
        cls.photo = cls._type("photo", sequence=3, required=False)
        cls.signed_note = cls._type("signed_note", target="debt")
        cls.note = cls._type(
            "note", target="debt", title="promissory_note", paper=True, sequence=60
        )

    @classmethod
    def _type(cls, code, **vals):
        return cls.env["cobranza.document.type"].create(
            {"code": code, "name": code.replace("_", " ").capitalize(), **vals}
        )

    @classmethod
    def _customer(cls, **vals):
        return cls.env["res.partner"].create(
            {"name": "Customer without debts", "customer_rank": 1, **vals}
        )

    @classmethod
    def _debtor_of(cls, partner):
        runs = cls.env["cobranza.run"].sudo()
        return runs._ensure_debtors(cls.company, partner).sudo(False)

    def _document(self, owner, kind):
        """The row of a partner, debtor or debt, opened by its button."""
        if owner._name == "res.partner":
            owner.action_cobranza_documents()
            domain = [("debtor_id.partner_id", "=", owner.id), ("debt_id", "=", False)]
        elif owner._name == "cobranza.debt":
            owner.action_view_documents()
            domain = [("debt_id", "=", owner.id)]
        else:
            owner.action_view_documents()
            domain = [("debtor_id", "=", owner.id), ("debt_id", "=", False)]
        found = self.env["cobranza.document"].search(domain)
        return found.filtered(lambda one: one.type_id == kind)

    def _missing(self, record):
        self.env.invalidate_all()
        name = "documents_note"
        if record._name in ("res.partner", "account.move"):
            name = f"cobranza_{name}"
        return record[name] or ""
