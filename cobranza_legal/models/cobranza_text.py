from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .cobranza_rules import REGIMES
from .merge_text import MergeError, problems, render_html, render_plain

PURPOSES = [
    ("free_notice", "Free notice of default"),
    ("reminder", "Reminder"),
    ("sms_reminder", "Reminder by SMS"),
    ("whatsapp", "WhatsApp message"),
    ("call_script", "Call script"),
    ("formal_demand", "Formal demand"),
    ("register_demand", "Demand with warning of a credit register"),
    ("certified_letter", "Certified letter"),
    ("certified_email", "Certified e-mail"),
    ("burofax", "Letter with certified content"),
    ("last_notice", "Last notice"),
    ("guarantor_letter", "Letter to the guarantor"),
    ("statement", "Account statement"),
]

MERGE_FIELDS = (
    "company_name",
    "company_vat",
    "company_address",
    "company_phone",
    "company_email",
    "debtor_name",
    "debtor_vat",
    "debtor_address",
    "contact_name",
    "salutation",
    "today",
    "document",
    "due_date",
    "days_late",
    "amount",
    "amount_words",
    "month",
    "year",
    "debts_table",
    "charges_table",
    "total",
    "iban",
    "bank_name",
    "reference",
    "payment_qr",
    "portal_url",
    "deadline",
    "legal_terms",
)
"""The vocabulary of the texts."""

CONTENT = ("purpose", "country_id", "regime", "lang", "valid_from", "subject", "body")


class CobranzaText(models.Model):
    _name = "cobranza.text"
    _inherit = "cobranza.gate.mixin"
    _description = "Collection text"
    _given = frozenset({"version", "origin_version"})
    _order = "country_id, purpose, regime, lang, version desc, id desc"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    purpose = fields.Selection(PURPOSES, required=True)
    country_id = fields.Many2one(
        "res.country", string="Jurisdiction", help="Empty: where no law says more."
    )
    regime = fields.Selection(REGIMES, help="Empty: for every regime.")
    lang = fields.Selection(
        selection="_selection_lang", string="Language", required=True
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    valid_from = fields.Date()
    subject = fields.Char()
    body = fields.Html(required=True, sanitize_form=True)
    law = fields.Boolean(
        string="Regulated text", readonly=True, copy=False, help="Comes with the addon."
    )
    starter = fields.Boolean(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    editable = fields.Boolean(compute="_compute_editable")
    preview_subject = fields.Char(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    vocabulary = fields.Text(compute="_compute_vocabulary")

    _version_uniq = models.UniqueIndex(
        "(purpose, COALESCE(country_id, 0), COALESCE(regime, ''), lang, version)",
        "This text has that version already.",
    )

    @api.model
    def _selection_lang(self):
        langs = self.env["res.lang"].with_context(active_test=False).sudo()
        # every language that exists, installed or not: the debtor's may not be
        return [(lang.code, lang.name) for lang in langs.search([])]

    @api.model
    def _merge_fields(self):
        """Names of the merge fields: the whole vocabulary. Countries add theirs, with
        an example in ``_samples``."""
        return MERGE_FIELDS

    @api.depends("law", "starter", "approved_on")
    def _compute_editable(self):
        for text in self:
            text.editable = not (text.law or text.starter or text.approved_on)

    def _compute_vocabulary(self):
        names = self._merge_fields()
        self.vocabulary = "  ".join(f"{{{{ {name} }}}}" for name in names)

    @api.depends("subject", "body", "lang")
    @api.depends_context("company")
    def _compute_preview(self):
        for text in self:
            samples = text._spoken()._samples()
            try:
                text.preview_subject = render_plain(text.subject, samples)
                text.preview = render_html(text.body, samples)
            except MergeError as error:
                text.preview_subject = False
                text.preview = text._merge_message(error)

    def _merge_message(self, error):
        """What is wrong with a merge, in the user's words."""
        found = []
        if error.unknown:
            names = ", ".join(error.unknown)
            found.append(self.env._("it uses unknown fields: %s", names))
        if error.empty:
            names = ", ".join(error.empty)
            found.append(self.env._("these fields have no value: %s", names))
        if error.broken:
            found.append(self.env._("it has loose {{ or }}"))
        return self.env._(
            "The text “%(text)s” cannot be used: %(problems)s.",
            text=self.display_name,
            problems="; ".join(found),
        )

    def _render(self, values):
        """(subject, body) merged with ``values`` {field: str or Markup}.

        UserError that lists every unknown field and every required one without value.
        """
        self.ensure_one()
        try:
            return render_plain(self.subject, values), render_html(self.body, values)
        except MergeError as error:
            raise UserError(self._merge_message(error)) from error

    @api.constrains("subject", "body")
    def _check_vocabulary(self):
        vocabulary = self._merge_fields()
        for text in self:
            for template in (text.subject, text.body):
                error = problems(template, vocabulary)
                if error:
                    raise ValidationError(text._merge_message(error))

    def _is_shipping(self):
        """Whether an addon is being installed or updated; no client can be that."""
        return self.env.su and bool(self.env.context.get("install_module"))

    def _check_edit(self, vals):
        forbidden = {"law", "starter", "approved_by_id", "approved_on", "version"}
        if self._is_shipping() or self._is_through_gate():
            return
        if forbidden & set(vals):
            raise UserError(
                self.env._(
                    "Approval and versions of a text change by its buttons only."
                )
            )
        frozen = self.filtered(lambda text: not text.editable)
        if frozen and set(CONTENT) & set(vals):
            raise UserError(
                self.env._(
                    "“%s” is not edited any more. Make a new version of it.",
                    frozen[0].display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        through = self._is_through_gate() or self._is_shipping()
        for vals in vals_list:
            if not through:
                self.browse()._check_edit(vals)
                vals["version"] = self._next_version(vals)
        texts = super().create(vals_list)
        self.env.registry.clear_cache()
        return texts

    def write(self, vals):
        self.check_access("write")
        self._check_edit(vals)
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.ondelete(at_uninstall=True)
    def _unlink_drafts(self):
        # a client can send the flag of an uninstallation, but cannot be superuser
        if self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG):
            return
        for text in self:
            if not text.editable:
                raise UserError(
                    self.env._(
                        "“%s” may have been sent. Archive it instead.",
                        text.display_name,
                    )
                )

    @api.model
    def _next_version(self, vals):
        names = ("purpose", "country_id", "regime", "lang")
        domain = [(name, "=", vals.get(name, False)) for name in names]
        found = self.with_context(active_test=False).search(
            domain, order="version desc", limit=1
        )
        return found.version + 1

    def action_new_version(self):
        """A draft copy of this text, to be edited and approved."""
        self.ensure_one()
        return self.copy({"name": self.name})._get_records_action()

    def action_approve(self):
        """Approve in the name of the current user: the text may be used from now on."""
        self.check_access("write")
        for text in self.filtered("editable"):
            text._through_gate().write(
                {"approved_by_id": self.env.uid, "approved_on": fields.Datetime.now()}
            )
