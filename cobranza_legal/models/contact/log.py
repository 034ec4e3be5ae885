import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, html2plaintext

from ..common.gate import CONTEXT_KEY, GATE
from ..common.history import request_origin
from .mail import ABOUT_DEBTS

CLASSES = [
    ("voice", "Voice"),
    ("remote", "Message"),
    ("paper", "Paper"),
    ("task", "Task"),
]


MADE = ("sending", "sent", "in_doubt", "failed")


BATCH = 100


SHOWN = 50


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


class CobranzaContact(models.Model):
    """What the log of contacts keeps of each entry besides what was said.

    Whether what is kept is still what was sent.
    """

    _inherit = "cobranza.contact"

    attachment_id = fields.Many2one(index="btree_not_null")
    channel_class = fields.Selection(
        CLASSES,
        string="Class",
        compute="_compute_channel_class",
        store=True,
        precompute=True,
    )
    origin = fields.Char(
        readonly=True,
        copy=False,
        string="Address and device",
        help="From where the person who made this contact or wrote it down acted.",
    )
    file_hash = fields.Char(readonly=True, copy=False, string="SHA-256 of the file")
    outcome_hash = fields.Char(
        readonly=True, copy=False, string="SHA-256 of the outcome"
    )
    recipient_ref = fields.Integer(
        readonly=True,
        copy=False,
        help="Whom the hash names: partners that are merged later change their id.",
    )
    erased_on = fields.Datetime(readonly=True, copy=False)
    erased_reason = fields.Char(readonly=True, copy=False)
    _made_idx = models.Index("(debtor_id, sent_at) WHERE sent_at IS NOT NULL")

    @api.depends("channel")
    def _compute_channel_class(self):
        for contact in self:
            contact.channel_class = contact._channel_model()._class_kind

    @api.model_create_multi
    def create(self, vals_list):
        origin = request_origin(self.env)
        vals_list = [
            {"origin": origin, **self._logged_vals(vals)}
            if vals.get("state") in MADE
            else vals
            for vals in vals_list
        ]
        contacts = super().create(vals_list)
        contacts._seal()
        return contacts

    def write(self, vals):
        if not self._is_through_gate():
            self._unprint(vals)
            return super().write(vals)
        vals = self._logged_vals(vals)
        if vals.get("state") == "sending":
            vals = {"origin": request_origin(self.env), **vals}
        result = super().write(vals)
        if {"outcome", "outcome_note"} & set(vals) and "erased_on" not in vals:
            self._seal_outcome()
        return result

    def _logged_vals(self, vals):
        """With the hash of the file that is kept and the recipient that is hashed."""
        if vals.get("attachment_id"):
            # whoever sends may not be able to open the file
            file = self.env["ir.attachment"].sudo().browse(vals["attachment_id"])
            vals = {**vals, "file_hash": hashlib.sha256(file.raw or b"").hexdigest()}
        if vals.get("content_hash") and "recipient_id" in vals:
            vals = {**vals, "recipient_ref": vals["recipient_id"]}
        return vals

    def _seal(self):
        """Hash what was written down after the fact, without a rendering."""
        self.filtered(lambda one: one.outcome or one.outcome_note)._seal_outcome()
        made = self.filtered(lambda one: one.state == "sent" and not one.content_hash)
        made._seal_content()

    def _seal_content(self):
        for contact in self:
            contact._through_gate().write(
                {
                    "recipient_id": contact.recipient_id.id,
                    "content_hash": contact._content_hash(contact._said_values()),
                }
            )

    def _outcome_digest(self):
        words = f"{self.outcome or ''}\n{self.outcome_note or ''}"
        return hashlib.sha256(words.encode()).hexdigest()

    def _seal_outcome(self):
        for contact in self:
            contact._through_gate().write({"outcome_hash": contact._outcome_digest()})

    def _unprint(self, vals):
        """A printed letter to another person has to be printed again."""
        if "recipient_id" in vals:
            other = self.filtered(
                lambda one: (
                    one.state == "planned"
                    and one.recipient_id.id != vals["recipient_id"]
                )
            )
            other._thaw()

    def _said_values(self):
        """What the hash is made of, as it is kept now."""
        return {
            "recipient_id": self.recipient_ref or self.recipient_id.id,
            "address": self.address,
            "subject": self.subject,
            "body": self.body,
            "courtesy": self.courtesy,
        }

    def _verify(self):
        """{contact id: [message]} of the entries whose text or files are not those
        that were hashed; what was erased has nothing left to compare."""
        found = {}
        for start in range(0, len(self), BATCH):
            batch = self[start : start + BATCH]
            for contact in batch.filtered(lambda one: not one.erased_on):
                problems = [*contact._verify_text(), *contact._verify_files()]
                if problems:
                    found[contact.id] = problems
            batch.attachment_id.invalidate_recordset(["raw", "datas"], flush=False)
        return found

    def _verify_text(self):
        if self.content_hash and not self._verify_hash():
            yield self.env._("The text is not the one that was sent.")
        if self.outcome_hash and self.outcome_hash != self._outcome_digest():
            yield self.env._("The outcome is not the one that was written down.")
        former = self.env["res.partner"].sudo().browse(self.recipient_ref)
        if self.recipient_ref and former != self.recipient_id and former.exists():
            yield self.env._("The recipient is not the one that was written to.")

    def _verify_files(self):
        """Files of the contact and of its events against their hashes."""
        # whoever reads the contact may verify it; the content is not given away
        kept = [(self.attachment_id.sudo(), self.file_hash)]
        kept += [(one.attachment_id.sudo(), one.file_hash) for one in self.event_ids]
        for file, digest in kept:
            if not digest:
                continue
            if hashlib.sha256(file.raw or b"").hexdigest() != digest:
                yield self.env._(
                    "The file %s is not the one that was kept.", file.name or "–"
                )

    def action_verify(self):
        """Recompute the hashes of these entries and say what differs."""
        made = self.filtered("content_hash")
        found = made._verify()
        erased = made.filtered("erased_on")
        lines = [
            self.env._(
                "%s entries are as they were sent.", len(made - erased) - len(found)
            )
        ]
        if erased:
            lines.append(self.env._("%s entries were erased.", len(erased)))
        for contact in made.browse(list(found)[:SHOWN]):
            lines.append(f"{contact.display_name}: {' '.join(found[contact.id])}")
        return self._say_verified(lines, danger=bool(found))

    def _say_verified(self, lines, danger):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Some entries differ")
                if danger
                else self.env._("The log is intact"),
                "message": "\n".join(lines),
                "type": "danger" if danger else "success",
                "sticky": True,
            },
        }

    def _label(self, name):
        """The label of a selection, in the environment's language."""
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")

    def _said_plain(self):
        """What was said, as text: nothing of it is fetched or run."""
        parts = [html2plaintext(part) for part in (self.courtesy, self.body) if part]
        return "\n\n".join(parts)


class LogSections:
    """What an export of the log tells about one debtor besides its contacts."""

    def __init__(self, debtor):
        debtor.ensure_one()
        self.debtor = debtor
        self.env = debtor.env

    def read(self):
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
        debts = self.debtor.debt_ids.sorted(lambda one: (one.original_due_date, one.id))
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
        records = records.with_env(self.env)
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
        its ``_evidence``."""
        # whoever touches the file need not read what keeps it
        env = self.sudo().with_context(active_test=False).env
        found = self._cobranza_posted()
        for name, domains in self._cobranza_keepers().items():
            for field, domain in domains.items():
                kept = Domain(field, "in", self.ids) & Domain(domain)
                files = env[name].search(kept)[field]
                found |= self & files.sudo(self.env.su)
        return found

    def _cobranza_keepers(self):
        """{model: {field of files: domain}} of the models that keep files."""
        return {
            name: model._evidence
            for name, model in self.env.registry.items()
            if getattr(model, "_evidence", None) and not model._abstract
        }

    def _cobranza_posted(self):
        """Files of messages that people sent from the chatter of a debtor."""
        # sudo: whoever touches the file need not read debtors
        files = self.sudo().filtered(lambda one: one.res_model == "cobranza.debtor")
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

    def write(self, vals):
        if FROZEN_FILE & set(vals):
            self._cobranza_check_evidence(vals)
        return super().write(vals)

    def unlink(self):
        self._cobranza_check_evidence()
        return super().unlink()


class MailMessage(models.Model):
    """The copies of contacts in the chatter of debtors are evidence too."""

    _inherit = "mail.message"

    def _cobranza_evidence(self):
        """The messages among these that are the copy of a contact."""
        # whoever edits messages need not read contacts
        messages = self.sudo().filtered(lambda one: one.model == "cobranza.debtor")
        ids = [one for one in messages.mapped("message_id") if one]
        if not ids:
            return messages.browse()
        contacts = messages.env["cobranza.contact"].search([("attempt", "in", ids)])
        sent = set(contacts.mapped("attempt"))
        return messages.filtered(lambda one: one.message_id in sent)

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
        messages = self.filtered(lambda one: one.model in known)
        ids = [one for one in messages.mapped("message_id") if one]
        contacts = self.env["cobranza.contact"]._of_message_ids(ids)
        contacts._follow_notifications()
