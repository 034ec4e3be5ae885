import base64
from functools import partial

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..common.gate import CONTEXT_KEY, GATE
from .written import ABOUT_DEBTS, is_ours

BYTES = {"raw", "datas", "db_datas", "store_fname"}


FROZEN_FILE = {
    *BYTES,
    *("name", "mimetype", "type", "url", "public"),
    *("res_model", "res_id", "res_field", "company_id"),
}


FROZEN_MESSAGE = {
    *("body", "subject", "date", "model", "res_id", "message_id", "message_type"),
    *("author_id", "email_from", "attachment_ids", "outgoing_email_to", "subtype_id"),
}


class LogSections:
    """What an export of the log tells about one debtor besides its contacts: of what
    the user of its environment may see."""

    def __init__(self, debtor):
        debtor.ensure_one()
        self.debtor = debtor
        self.env = debtor.env

    def collect(self):
        """[(title, [column], [[text]])] in the language of the debtor's environment."""
        debtor = self.debtor
        return [
            self._debts(),
            self._section(
                self.env._("Disputes"),
                debtor.dispute_ids,
                "debt_id",
                "reason",
                "outcome",
            ),
            self._section(
                self.env._("Promises"),
                debtor.promise_ids,
                "amount",
                "promised_on",
                "result",
            ),
            self._section(
                self.env._("Holds"), debtor.hold_ids, "reason", "date_from", "date_to"
            ),
            self._section(
                self.env._("Charges"),
                debtor.charge_ids,
                "debt_id",
                "kind",
                "amount_due",
            ),
            self._section(
                self.env._("Opt-outs"), debtor.opt_out_ids, "channel", "since", "until"
            ),
        ]

    def _debts(self):
        # in the cache the debtor has them all, whoever read them before
        debts = self.debtor.debt_ids._filtered_access("read")
        debts = debts.sorted(lambda debt: (debt.original_due_date, debt.id))
        columns = ("document", "original_due_date", "original_amount")
        title, heads, rows = self._section(self.env._("Debts"), debts, *columns)
        return (
            title,
            [*heads, self.env._("Open")],
            [
                [
                    *row,
                    format_amount(
                        self.env, one.amount_residual_currency, one.currency_id
                    ),
                ]
                for row, one in zip(rows, debts, strict=True)
            ],
        )

    def _section(self, title, records, *names):
        names = [*names, "state"] if "state" in records._fields else list(names)
        records = records.with_env(self.env)._filtered_access("read")
        heads = [records._fields[name]._description_string(self.env) for name in names]
        rows = [[self._cell(one, name) for name in names] for one in records]
        return title, heads, rows

    def _cell(self, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "monetary":
            return format_amount(self.env, value, record.currency_id)
        if field.type == "date":
            return format_date(self.env, value) if value else ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.relational:
            # who sees the debtor may read the names of what hangs from it
            return ", ".join(value.sudo().mapped("display_name"))
        return str(value or "")


class IrAttachment(models.Model):
    """Files that are evidence of ours are kept, whoever they hang from and whoever
    asks: other addons delete files as superuser on behalf of any user."""

    _inherit = "ir.attachment"

    def _cobranza_evidence(self):
        """The files among these that a record of ours keeps: what each model names in
        its ``_evidence_files``."""
        # whoever touches the file need not read what keeps it
        env = self.sudo().with_context(active_test=False).env
        found = self._cobranza_posted()
        for name, domains in self._cobranza_keepers().items():
            for field, domain in domains.items():
                kept = Domain(field, "in", self.ids) & Domain(domain)
                files = env[name].search(kept)[field]
                found |= self & files.sudo(self.env.su)
                found |= self._cobranza_placed(env[name], field, domain)
        return found

    def _cobranza_placed(self, model, field, domain):
        """The files among these that hang from such a record of ``model`` by their
        place alone, where it keeps as many files as there are."""
        if model._fields[field].type != "many2many":
            return self.browse()
        # sudo: as above
        files = self.sudo().filtered(
            lambda file: file.res_model == model._name and not file.res_field
        )
        if not files:
            return self.browse()
        ids = set(
            model.search(
                Domain("id", "in", files.mapped("res_id")) & Domain(domain)
            ).ids
        )
        return self & files.filtered(lambda file: file.res_id in ids).sudo(self.env.su)

    def _cobranza_keepers(self):
        """{model: {field of files: domain}} of the models that keep files."""
        return {
            name: model._evidence_files
            for name, model in self.env.registry.items()
            if getattr(model, "_evidence_files", None) and not model._abstract
        }

    def _cobranza_posted(self):
        """Files of messages that people sent from the chatter of a debtor."""
        # sudo: whoever touches the file need not read debtors
        files = self.sudo().filtered(lambda file: file.res_model == "cobranza.debtor")
        if not files:
            return self.browse()
        messages = (
            self.sudo()
            .env["mail.message"]
            .search(
                [("model", "=", "cobranza.debtor"), ("attachment_ids", "in", files.ids)]
            )
        )
        return self & messages._cobranza_evidence().attachment_ids.sudo(self.env.su)

    def _cobranza_check_evidence(self, vals=None):
        """UserError when one of these files is evidence and is deleted or, by ``vals``,
        changed. Ours are sorted out first: of the files of others nothing is read."""
        if not self or self.env.context.get(CONTEXT_KEY) is GATE:
            return
        files = self._cobranza_evidence()
        if vals is not None:
            files = files.filtered(lambda file: file._cobranza_changes(vals))
        if files:
            raise UserError(
                self.env._(
                    "%s is evidence and is kept as it is.",
                    files.sudo()[0].name,
                )
            )

    def _cobranza_changes(self, vals):
        """Whether these values are other than what is kept: moving the file between
        disk and database writes the same bytes again."""
        self.ensure_one()
        file, names = self.sudo(), FROZEN_FILE & set(vals)  # sudo: a comparison only
        if names & {"db_datas", "store_fname"}:
            return True
        for name in names:
            old, new = file.raw if name in BYTES else file[name], vals[name]
            if name == "datas":
                try:
                    new = base64.b64decode(new or b"")
                except ValueError:  # no base64: in any case not what is kept
                    return True
            if (new or False) != (getattr(old, "id", old) or False):
                return True
        return False

    def _check_contents(self, values):
        """Files of our records are kept as they arrived: Odoo would decode each
        picture, make it smaller and keep that."""
        model = values.get("res_model") or self[:1].sudo().res_model  # sudo: a name
        files = self.with_context(image_no_postprocess=True) if is_ours(model) else self
        return super(IrAttachment, files)._check_contents(values)

    def write(self, vals):
        if FROZEN_FILE & set(vals):
            self._cobranza_check_evidence(vals)
        return super().write(vals)

    def unlink(self):
        self._cobranza_check_evidence()
        return super().unlink()

    # -- files of a debtor of whose debts the user sees some --------------------------

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or not self.env["cobranza.debtor"]._sees_own_debts():
            return result
        # sudo: whose files they are, of which nothing is told
        files = self.sudo().filtered(lambda file: file.res_model == "cobranza.debtor")
        if not files:
            return result
        debtors = self.env["cobranza.debtor"].browse(set(files.mapped("res_id")))
        hidden = files.filtered_domain(self._cobranza_hidden(debtors)).sudo(False)
        if not hidden:
            return result
        refused = result[0] | hidden if result else hidden
        rules = self.env["ir.rule"]
        return refused, partial(rules._make_access_error, operation, refused)

    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not bypass_access and self.env["cobranza.debtor"]._sees_own_debts():
            debtors = self.env["cobranza.debtor"].search(Domain.TRUE)
            domain = Domain(domain) & ~self._cobranza_hidden(debtors)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _cobranza_hidden(self, debtors):
        """Domain of the files of those of ``debtors`` that the present user sees in
        part, its own ones apart."""
        hidden = Domain("res_model", "=", "cobranza.debtor")
        hidden &= Domain("res_id", "in", debtors._seen_in_part().ids)
        return hidden & Domain("create_uid", "!=", self.env.uid)


class MailMessage(models.Model):
    """The copies of contacts in the chatter of debtors are evidence too."""

    _inherit = "mail.message"

    def _cobranza_evidence(self):
        """The messages among these that are the copy of a contact."""
        # whoever edits messages need not read contacts
        messages = self.sudo().filtered(
            lambda message: message.model == "cobranza.debtor"
        )
        ids = [one for one in messages.mapped("message_id") if one]
        if not ids:
            return messages.browse()
        contacts = messages.env["cobranza.contact"].search([("attempt", "in", ids)])
        sent = set(contacts.mapped("attempt"))
        return messages.filtered(lambda message: message.message_id in sent)

    def _cobranza_check_evidence(self):
        if self.env.context.get(CONTEXT_KEY) is GATE:
            return
        if self._cobranza_evidence():
            raise UserError(
                self.env._("This message went to the debtor and is kept as evidence.")
            )

    def write(self, vals):
        if FROZEN_MESSAGE & set(vals):
            self._cobranza_check_evidence()
        return super().write(vals)

    def unlink(self):
        self._cobranza_check_evidence()
        return super().unlink()

    def _follow_debtors(self):
        """Contacts may have been written from other records than debtors, too."""
        known = {"cobranza.debtor", False, *ABOUT_DEBTS}
        messages = self.filtered(lambda message: message.model in known)
        ids = [one for one in messages.mapped("message_id") if one]
        contacts = self.env["cobranza.contact"]._of_message_ids(ids)
        contacts._follow_notifications()
