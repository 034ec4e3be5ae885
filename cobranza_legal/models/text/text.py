import re
from datetime import date
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, html2plaintext

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ...kernel.omission import GAP, close_gaps
from ..common.rows import Row
from ..rules.rules import REGIMES

# Placeholders: ``{{ field }}``, or ``{{ field? }}`` when the text may do without it. No
# expressions: a text is data, not a program.

# An editor may have percent-encoded a placeholder inside a link.
_BLANK = r"(?:\s|%20|&nbsp;|\xa0)*"


PLACEHOLDER = re.compile(
    rf"(?:\{{\{{|%7B%7B){_BLANK}([a-z]\w*)(\??){_BLANK}(?:\}}\}}|%7D%7D)", re.IGNORECASE
)


LEFTOVER = re.compile(r"\{\{|\}\}|%7B%7B|%7D%7D", re.IGNORECASE)


class MergeError(ValueError):
    """A text cannot be merged.

    ``unknown`` are fields outside the vocabulary, ``empty`` the required ones without
    a value, ``broken`` says that braces are left that are no placeholder.
    """

    def __init__(self, unknown=(), empty=(), broken=False):
        self.unknown = tuple(unknown)
        self.empty = tuple(empty)
        self.broken = broken
        super().__init__(f"unknown {self.unknown}, empty {self.empty}, broken {broken}")


def fields_of(template):
    """The names of the merge fields of a text, in order of appearance."""
    found = PLACEHOLDER.finditer(template or "")
    return list(dict.fromkeys(match[1] for match in found))


def problems(template, vocabulary):
    """``MergeError`` for fields outside ``vocabulary`` and loose braces, or None."""
    unknown = [name for name in fields_of(template) if name not in vocabulary]
    broken = bool(LEFTOVER.search(PLACEHOLDER.sub("", template or "")))
    return MergeError(unknown=unknown, broken=broken) if unknown or broken else None


def render_html(template, values):
    """``template`` (HTML) with its placeholders replaced, as Markup.

    Values are escaped unless they are Markup. All problems raise one MergeError: a
    field that ``values`` does not know, or an empty value without ``?``.
    """
    _check(template, values)
    return Markup(_merge(template, values, _html))


def render_plain(template, values):
    """One line of plain text, such as a subject; errors as for ``render_html``."""
    _check(template, values)
    return " ".join(_merge(template, values, _plain).split())


def _merge(template, values, said):
    """The template with what ``said`` makes of its values. An optional one that is
    empty takes its label and a separator with it."""

    def put(found):
        words = said(values[found[1]])
        return words if words or not found[2] else GAP

    return close_gaps(PLACEHOLDER.sub(put, template or ""))


def _check(template, values):
    found = problems(template, values)
    optional = {match[1] for match in PLACEHOLDER.finditer(template or "") if match[2]}
    empty = [
        name
        for name in fields_of(template)
        if name in values and name not in optional and _plain(values[name]) == ""
    ]
    if found or empty:
        found = found or MergeError()
        raise MergeError(found.unknown, empty, found.broken)


def _is_nothing(value):
    return value is None or value is False


def _html(value):
    return "" if _is_nothing(value) else str(escape(value))


def _plain(value):
    if _is_nothing(value):
        return ""
    return (value.striptags() if isinstance(value, Markup) else str(value)).strip()


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
    "payment_method",
    "portal_url",
    "deadline",
    "legal_terms",
    "agreement_number",
    "agreement_amount",
    "agreement_words",
    "agreement_total",
    "agreement_interest",
    "agreement_debts",
    "agreement_table",
    "agreement_missed",
    "agreement_cure_days",
    "agreement_missed_list",
    "agreement_missed_total",
    "agreement_next_on",
    "agreement_next_amount",
    "agreement_late_interest",
    "agreement_guarantors",
    "agreement_place",
    "dispute_document",
    "dispute_received",
    "dispute_amount",
    "dispute_result",
    "dispute_outcome",
    "agreement_count",
    "agreement_total_words",
    "agreement_first_on",
    "agreement_last_on",
    "agreement_signed_on",
    "agreement_ended_on",
    "agreement_consent_url",
    "guarantor_name",
    "guarantor_vat",
    "guarantor_address",
    "guarantor_capacity",
    "suspension_services",
    "suspension_days",
)
"""The vocabulary of the texts."""


CONTENT = ("purpose", "country_id", "regime", "lang", "valid_from", "subject", "body")


DELETED = Markup('<del class="text-danger">%s</del>')


ADDED = Markup('<ins class="text-success">%s</ins>')


class CobranzaText(models.Model):
    """What a version changes, for whoever approves it, and who may have been alone."""

    _name = "cobranza.text"
    _inherit = [
        "cobranza.shared.mixin",
        "cobranza.traced.mixin",
        "cobranza.jurisdiction.mixin",
    ]
    _traced = ("active", "valid_from", "approved_on")
    _description = "Collection text"
    _order = "country_id, purpose, regime, lang, version desc, id desc"

    _given = frozenset({"version", "origin_version"})
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    purpose = Row("cobranza.text.purpose", required=True)
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
        "(purpose, COALESCE(country_id, 0), COALESCE(regime, ''), lang, version) "
        "WHERE purpose <> 'other'",
        "This text has that version already.",
    )
    previous_id = fields.Many2one("cobranza.text", compute="_compute_changes")
    changes = fields.Html(compute="_compute_changes", sanitize=False)
    approved_alone = fields.Boolean(
        compute="_compute_approved_alone",
        store=True,
        help="Who approved this text had written it too.",
    )

    @api.model
    def _selection_lang(self):
        langs = self.env["res.lang"].with_context(active_test=False).sudo()
        # every language that exists, installed or not: the debtor's may not be
        return [(lang.code, lang.name) for lang in langs.search([])]

    @api.model
    def _merge_fields(self):
        """Names of the merge fields: the whole vocabulary. Countries and blocks add
        theirs, with an example in ``_samples``."""
        blocks = self.env["cobranza.block"]._blocks()
        return (
            *MERGE_FIELDS,
            *(name for block in blocks for name in block._fields_of_texts()),
        )

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

    def _using_companies(self):
        """A draft is used by nobody yet."""
        used = self.filtered(lambda one: not one.editable)
        found = self.env["res.company"].sudo()
        for text in used:
            found |= self._companies_of(text.country_id)
        return found

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
        """Approve in the name of the current user: the text may be used from now on.

        UserError with the list of what is wrong with a text; those that are approved
        already, or shipped, are left alone.
        """
        self.check_access("write")
        texts = self.filtered("editable")
        for text in texts:  # from now on it is what these companies say
            text._check_companies(text._companies_of(text.country_id))
        for text in texts.filtered("objections"):
            raise UserError(
                self.env._(
                    "“%(text)s” cannot be approved:\n%(reasons)s",
                    text=text.display_name,
                    reasons=text.objections,
                )
            )
        for text in texts:
            text._through_gate().write(
                {"approved_by_id": self.env.uid, "approved_on": fields.Datetime.now()}
            )

    def _touched(self):
        """Debtors to whom a text of such a purpose is planned to go."""
        approved = self.filtered("approved_on")
        if not approved:
            return None
        self.env["cobranza.contact"].flush_model()
        return SQL(
            """id IN (SELECT debtor_id FROM cobranza_contact
                       WHERE state = 'planned' AND text_purpose = ANY(%s))""",
            list(set(approved.mapped("purpose"))),
        )

    @api.model
    def _choose(self, purpose, regime, country, lang, on):
        """The text for a purpose on a day, empty if there is none.

        The jurisdiction's own texts go before the neutral ones and those of the regime
        before those of any; ``unknown`` is read as a consumer. Then the debtor's
        language, else the jurisdiction's; then the newest version in force.
        """
        own = self.env.company._cobranza_rules()._text_lang()
        key = (purpose, regime or "", country.id, lang or "", own, on)
        return self.browse(self._choose_id(*key))

    @api.model
    # gate 4: texts are shared by all companies, the key says what they differ by
    @tools.ormcache("purpose", "regime", "country_id", "lang", "own_lang", "on")
    def _choose_id(self, purpose, regime, country_id, lang, own_lang, on):
        regimes = {"unknown": ["unknown", "consumer"]}.get(regime, [regime])
        domain = [
            ("purpose", "=", purpose),
            ("country_id", "in", [country_id, False]),
            ("regime", "in", [*regimes, False]),
            *("|", ("valid_from", "=", False), ("valid_from", "<=", on)),
            *("|", "|", ("law", "=", True), ("starter", "=", True)),
            ("approved_on", "!=", False),
        ]
        # a letter is the same whoever triggers it
        texts = self.sudo().search(domain)

        def rank(text):
            return (
                bool(text.country_id),
                (text.regime in regimes) + (text.regime == regime),
                self._lang_rank(text.lang, lang, own_lang),
                text.valid_from or date.min,
                text.version,
                text.id,
            )

        return max(texts, key=rank).id if texts else False

    @api.model
    def _lang_rank(self, lang, wanted, own):
        """How well a text's language fits: the debtor's, its relatives, the own."""
        order = [wanted, wanted[:2], own, own[:2], "en"]
        fits = [lang == one or (len(one) == 2 and lang[:2] == one) for one in order]
        return len(order) - fits.index(True) if True in fits else 0

    @api.depends("approved_by_id")
    def _compute_approved_alone(self):
        for text in self:
            author = text.create_uid
            text.approved_alone = text.approved_by_id and text.approved_by_id == author

    @api.depends("subject", "body", "version")
    def _compute_changes(self):
        for text in self:
            older = text._origin._same_key().filtered(
                lambda known, text=text: (
                    known.version < text.version
                    and (known.law or known.starter or known.approved_on)
                )
            )
            text.previous_id = older[:1]
            text.changes = text._changes_since(older[0]) if older else False

    def _changes_since(self, older):
        """The words of both versions, those gone struck out and those new underlined;
        empty if nothing that is read changed."""
        parts = [
            _compared(older.subject or "", self.subject or ""),
            *_lines(older.body, self.body),
        ]
        same = not any("<del" in one or "<ins" in one for one in parts)
        paragraphs = [Markup("<p>%s</p>") % one for one in parts if one]
        return Markup() if same else Markup().join(paragraphs)


def plain_lines(html):
    """The lines of a text that say something, without markup."""
    return [line for line in html2plaintext(html or "").splitlines() if line.strip()]


def _lines(old, new):
    """The paragraphs of both, compared one by one where they match."""
    old, new = plain_lines(old), plain_lines(new)
    found = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            found += [Markup("%s") % one for one in old[i:j]]
        else:
            found.append(_compared("\n".join(old[i:j]), "\n".join(new[k:m])))
    return found


def _compared(old, new):
    old, new = (re.findall(r"\S+|\s+", one) for one in (old, new))
    said = Markup()
    for kind, i, j, k, m in SequenceMatcher(None, old, new, False).get_opcodes():
        gone, come = "".join(old[i:j]), "".join(new[k:m])
        if kind == "equal":
            said += gone
            continue
        said += DELETED % gone if gone.strip() else ""
        said += ADDED % come if come.strip() else ""
    return said
