"""One record of each kind of evidence, and what a client could forge of it."""

from odoo import Command

from .base import ROLES
from .contact import MONDAY, ContactCommon


class EvidenceWorld(ContactCommon):
    """A debtor with one of everything that is evidence, and a user of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice()
        cls.users = {role: cls._role(role) for role in ROLES}

    def setUp(self):
        super().setUp()
        contact = self._contact(self.invoice)
        self.debt = contact.line_ids.debt_id
        self.debtor = contact.debtor_id
        with self.at(MONDAY):
            self._make_evidence(contact)

    def _make_evidence(self, contact):
        debtor = {"debtor_id": self.debtor.id}
        self.hold = self.env["cobranza.hold"].create(debtor)
        self.dispute = self.env["cobranza.dispute"].create(
            {**debtor, "debt_id": self.debt.id, "reason": "price"}
        )
        self.promise = self.env["cobranza.promise"].create(
            {
                **debtor,
                "debt_ids": [Command.set(self.debt.ids)],
                "amount": 10,
                "promised_on": "2026-11-30",
            }
        )
        self.env["cobranza.opt.out"].create({**debtor, "channel": "call"})
        self.request = self.env["cobranza.privacy.request"].create(
            {
                "kind": "restriction",
                "partner_id": self.partner_a.id,
                "deadline": "2026-12-20",
                "user_id": self.users["manager"].id,
            }
        )
        charge = self.env["cobranza.charge"].sudo()
        charge = charge._through_gate().create(
            {
                **debtor,
                "company_id": self.company.id,
                "debt_id": self.debt.id,
                "move_id": self.invoice.id,
                "kind": "fee",
                "currency_id": self.debt.currency_id.id,
                "amount": 5,
                "assessed_on": MONDAY,
            }
        )
        self.env["cobranza.approval"]._ask(charge, "waive", "A reason")
        file = self.env["ir.attachment"].create({"name": "proof.txt", "raw": b"proof"})
        self.env["cobranza.cost"].create(
            {
                **debtor,
                "kind": self.env["cobranza.cost"]
                ._fields["kind"]
                .get_values(self.env)[0],
                "description": "Postage",
                "amount": 3,
                "day": MONDAY,
                "attachment_ids": [Command.set(file.ids)],
            }
        )
        contact._add_events("accepted", "Mail server")
        parameter = self.env["cobranza.parameter"].sudo()
        parameter = parameter.create({"code": "x", "name": "X", "validity": "period"})
        self.env["cobranza.parameter.value"].create(
            {
                "parameter_id": parameter.id,
                "date_from": MONDAY,
                "value": 1,
                "reason": "Test",
                "source": "Test",
            }
        )
        self.env["cobranza.run"].sudo().create(
            {"company_id": self.company.id, "day": MONDAY}
        )._set_state("done")

    # -- what a client could give ------------------------------------------------------

    def _models(self):
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not name.startswith("cobranza.") or model._abstract:
                continue
            if not model._transient:
                yield model

    def _kept(self, model):
        log = {"id", "create_uid", "create_date", "write_uid", "write_date"}
        for name, field in sorted(model._fields.items()):
            if field.store and field.readonly and name not in log:
                yield name, field

    def _other(self, field, record):
        """A value that is not the present one of this field."""
        now = record[field.name]
        if field.type == "boolean":
            return not now
        if field.type in ("integer", "float", "monetary", "many2one_reference"):
            return (now or 0) + 1001
        if field.type in ("char", "text", "html"):
            return f"{now or ''}x"
        if field.type == "date":
            return "2001-01-01"
        if field.type == "datetime":
            return "2001-01-01 01:01:01"
        if field.type == "json":
            return {"forged": 1}
        if field.type == "selection":
            values = [one for one in field.get_values(record.env) if one != now]
            return values[0] if values else False
        if field.type == "many2one":
            others = record.env[field.comodel_name].sudo()
            other = others.with_context(active_test=False).search(
                [("id", "!=", now.id)], limit=1
            )
            return other.id or (False if now else None)
        return [Command.clear()] if now else [Command.create({})]

    def _sample(self, model):
        return model.sudo().with_context(active_test=False).search([], limit=1)

    def _base(self, sample):
        """What a user would give to make a record like this one."""
        [vals] = sample.copy_data()
        kept = dict(self._kept(sample))
        return {name: value for name, value in vals.items() if name not in kept}
