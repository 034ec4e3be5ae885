from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kernel.mandate import clean_identifier, clean_reference, reference_problem

KINDS = [
    ("reference", "Reference"),
    ("account", "Account"),
    ("creditor", "Creditor identifier"),
    ("creditor_name", "Name of the creditor"),
]


class CobranzaMandateAmendment(models.Model):
    """What changed in a mandate after it was signed, kept for ever: the bank is told of
    the old value with the next debit."""

    _name = "cobranza.mandate.amendment"
    _inherit = "cobranza.gate.mixin"
    _description = "Amendment of a mandate"
    _order = "id desc"
    _rec_name = "kind"

    mandate_id = fields.Many2one(
        "cobranza.mandate", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="mandate_id.company_id", store=True)
    kind = fields.Selection(KINDS, string="What", required=True, readonly=True)
    old = fields.Char("Before", readonly=True)
    new = fields.Char("After", readonly=True)
    day = fields.Date("Since", required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)
    told_on = fields.Date(
        "Told to the bank",
        readonly=True,
        help="Day of the first debit that carried it. Nothing has to be told of what "
        "was amended before the first debit.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The amendments of a mandate are never deleted."))


class CobranzaMandate(models.Model):
    """How a mandate that was signed changes."""

    _inherit = "cobranza.mandate"

    def _amend(self, reason, reference=None, account=None, creditor=False):
        """Change signed mandates, each change a row with the old value: ``reference``
        (of one mandate), ``account`` (``res.partner.bank``), with ``creditor`` the
        identifier and the name that the company has now. UserError when nothing
        changes or the mandate is not valid; its amendments."""
        self.check_access("write")
        self._expect("valid", "suspended")
        found = []
        for mandate in self:
            changes = mandate._changes(reference, account, creditor)
            if not changes:
                raise UserError(
                    self.env._("%s: nothing changes.", mandate.display_name)
                )
            mandate._through_gate().write(
                {name: value for _kind, name, value, _words in changes}
                | ({"bank_account_id": account.id} if account else {})
            )
            found += mandate._amendment_rows(changes, reason)
        # sudo: nobody but this code writes amendments
        return self.env["cobranza.mandate.amendment"].sudo().create(found)

    def _amendments_to_tell(self):
        """{mandate id: {kind of amendment: value before}} of what the bank has to be
        told with the next debit: the value that it knows, where it is not that of now.
        Asked before ``_used``: of a mandate that was never debited it knows nothing."""
        rows = self.env["cobranza.mandate.amendment"].search(
            [
                ("mandate_id", "in", self.filtered("first_used_on").ids),
                ("told_on", "=", False),
            ],
            order="id",
        )
        known, now = {}, {}
        for row in rows:
            known.setdefault(row.mandate_id.id, {}).setdefault(row.kind, row.old)
            now[row.mandate_id.id, row.kind] = row.new
        result = {
            number: {
                kind: old or ""
                for kind, old in olds.items()
                if (old or "") != (now[number, kind] or "")
            }
            for number, olds in known.items()
        }
        return {number: olds for number, olds in result.items() if olds}

    def _told(self, day):
        """A debit that was presented on ``day`` carries what changed in these mandates;
        what it has to tell, as ``_amendments_to_tell``. Called before ``_used``."""
        result = self._amendments_to_tell()
        # sudo: nobody but this code writes amendments
        rows = self.env["cobranza.mandate.amendment"].sudo()
        untold = rows.search([("mandate_id", "in", self.ids), ("told_on", "=", False)])
        untold._through_gate().write({"told_on": day})
        return result

    def _changes(self, reference, account, creditor):
        """[(kind, field, new value, old value)] of what is really new. UserError for a
        creditor without the identifier that the scheme asks for."""
        wanted = []
        if reference is not None:
            text = clean_reference(reference)
            problem = reference_problem(text)
            if problem:
                raise ValidationError(self._reference_words(problem))
            wanted.append(("reference", "reference", text))
        if account:
            number = account.sudo().sanitized_acc_number
            wanted.append(("account", "account_number", number))
        if creditor:
            company = self.company_id
            own = clean_identifier(company.cobranza_creditor_identifier)
            if self._scheme().has_file and not own:
                raise UserError(self._words_no_identifier())
            wanted.append(("creditor", "creditor_identifier", own or False))
            wanted.append(("creditor_name", "creditor_name", company.name))
        return [
            (kind, name, value, self[name])
            for kind, name, value in wanted
            if (self[name] or "") != (value or "")
        ]

    def _amendment_rows(self, changes, reason):
        today = self.company_id._cobranza_today()
        kinds = self.env["cobranza.mandate.amendment"]._fields["kind"]
        labels = dict(kinds._description_selection(self.env))
        for kind, _name, value, old in changes:
            self._log(f"{labels[kind]}: {old or '–'} → {value or '–'}", reason)
        return [
            {
                "mandate_id": self.id,
                "kind": kind,
                "old": old or False,
                "new": value or False,
                "day": today,
                "reason": reason,
                "user_id": self.env.uid,
            }
            for kind, _name, value, old in changes
        ]
