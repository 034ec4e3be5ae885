import re
from difflib import SequenceMatcher

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import html2plaintext

DELETED = Markup('<del class="text-danger">%s</del>')
ADDED = Markup('<ins class="text-success">%s</ins>')


class CobranzaText(models.Model):
    """What a version changes, for whoever approves it, and who may have been alone."""

    _inherit = "cobranza.text"

    previous_id = fields.Many2one("cobranza.text", compute="_compute_changes")
    changes = fields.Html(compute="_compute_changes", sanitize=False)
    approved_alone = fields.Boolean(
        compute="_compute_approved_alone",
        store=True,
        help="Who approved this text had written it too.",
    )

    @api.depends("approved_by_id")
    def _compute_approved_alone(self):
        for text in self:
            author = text.create_uid
            text.approved_alone = text.approved_by_id and text.approved_by_id == author

    @api.depends("subject", "body", "version")
    def _compute_changes(self):
        for text in self:
            older = text._origin._same_key().filtered(
                lambda one, text=text: (
                    one.version < text.version
                    and (one.law or one.starter or one.approved_on)
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


def _lines(old, new):
    """The paragraphs of both, compared one by one where they match."""
    old, new = (html2plaintext(one or "").splitlines() for one in (old, new))
    old, new = ([one for one in part if one.strip()] for part in (old, new))
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
