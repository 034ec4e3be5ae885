"""What the installed code ships of a record: read from the addon's own data files.

A starter record belongs to the user as soon as it is installed (``noupdate``), so an
update leaves it alone. The newer content is in the data file; a second copy of it in
the database could only differ from it.
"""

import copy
import functools
from ast import literal_eval
from difflib import SequenceMatcher

from lxml import etree
from markupsafe import Markup

from odoo import api, fields, models
from odoo.modules import Manifest
from odoo.tools import file_path
from odoo.tools.convert import xml_import
from odoo.tools.parse_version import parse_version

from .text import ADDED, DELETED, plain_lines

MODELS = {"cobranza.text", "cobranza.policy", "cobranza.policy.level"}


@functools.lru_cache
def shipped_records(module):
    """{name of the external id: ``record`` element} of the texts, policies and levels
    that an addon ships; empty for one that is not there."""
    manifest = Manifest.for_addon(module, display_warning=False) or {}
    found = {}
    for name in manifest.get("data", ()):
        if name.endswith(".xml"):
            tree = etree.parse(file_path(f"{module}/{name}"))
            for node in tree.iter("record"):
                if node.get("model") in MODELS and node.get("id"):
                    found[node.get("id")] = node
    return found


def shipped_version(module, name):
    """The version of what is shipped as ``module.name``, or None."""
    node = shipped_records(module).get(name)
    return node is not None and node.findtext("field[@name='origin_version']") or None


def shipped_values(node):
    """{field: value} of a ``record`` element, as it is written and without its
    references."""
    values = {}
    for child in node.iterchildren("field"):
        if child.get("ref"):
            continue
        if child.get("eval"):
            value = literal_eval(child.get("eval"))
        elif child.get("type") in ("html", "xml"):
            parts = (
                etree.tostring(one, method="html", encoding="unicode") for one in child
            )
            value = "".join(parts)
        else:
            value = child.text or ""
        values[child.get("name")] = value
    return values


def load_shipped(env, module, nodes):
    """Write what is shipped over the records of these elements, with its translations,
    creating those that are missing. Returns {name: id}."""
    importer = xml_import(env, module, {}, "init", noupdate=True)
    data = etree.Element("odoo", noupdate="1")
    data.extend(copy.deepcopy(node) for node in nodes)
    importer.parse(data)
    names = {f"{module}.{node.get('id')}" for node in nodes}
    env["template.reset.mixin"]._override_translation_term(module, names)
    env.invalidate_all()
    return {
        node.get("id"): importer.idref[f"{module}.{node.get('id')}"] for node in nodes
    }


def difference(own, shipped):
    """The lines of both, those of one's own that go struck out and those that come
    underlined, as Markup."""
    lines = []
    matcher = SequenceMatcher(None, own, shipped, False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            lines += own[i:j]
            continue
        lines += [DELETED % line for line in own[i:j]]
        lines += [ADDED % line for line in shipped[k:m]]
    return Markup().join(Markup("<div>%s</div>") % line for line in lines)


KEY = ("purpose", "country_id", "regime", "lang")


class CobranzaShippedMixin(models.AbstractModel):
    """A record of the user that started from one that an addon ships.

    When the installed code ships a newer version, what it changes is shown and the user
    says whether to take it.
    """

    _name = "cobranza.shipped.mixin"
    _description = "Started from a shipped record"

    origin_version = fields.Char(
        readonly=True, help="Version of the shipped content it started from."
    )
    kept_version = fields.Char(
        readonly=True,
        copy=False,
        help="The newest shipped version that was looked at and not taken.",
    )
    newer_version = fields.Char(compute="_compute_newer_version")
    newer_html = fields.Html(compute="_compute_newer_html", sanitize=False)

    def _shipped_origin(self):
        """(module, name) of the shipped record behind this one, or None."""
        self.ensure_one()
        # who may see the record may know where it comes from
        rows = self.env["ir.model.data"].sudo()
        domain = [("model", "=", self._name), ("res_id", "=", self._origin.id)]
        for row in rows.search(domain):
            if row.name in shipped_records(row.module):
                return row.module, row.name
        return None

    @api.depends("origin_version", "kept_version")
    def _compute_newer_version(self):
        for record in self:
            record.newer_version = record._newer_version()

    def _newer_version(self):
        """The shipped version that this record has not seen yet, or False."""
        origin = self.origin_version and self._shipped_origin()
        shipped = origin and shipped_version(*origin)
        seen = [one for one in (self.origin_version, self.kept_version) if one]
        newer = shipped and parse_version(shipped) > max(map(parse_version, seen))
        return shipped if newer else False

    @api.depends("newer_version")
    @api.depends_context("lang")
    def _compute_newer_html(self):
        for record in self:
            lines = record.newer_version and record._newer_lines()
            record.newer_html = lines and difference(*lines)

    def _newer_lines(self):
        """(lines of one's own, lines of what is shipped), in words."""
        raise NotImplementedError

    def action_keep_mine(self):
        """Leave the record as it is until a still newer version is shipped."""
        for record in self.filtered("newer_version"):
            record._through_gate().kept_version = record.newer_version

    def action_take_shipped(self):
        """Take what is shipped; an action or True."""
        raise NotImplementedError


class CobranzaText(models.Model):
    """A newer version of the text that one's own started from."""

    _name = "cobranza.text"
    _inherit = ["cobranza.text", "cobranza.shipped.mixin"]

    def _same_key(self):
        """All versions of this text, archived ones too, newest first."""
        domain = [
            (name, "=", self[name].id if name == "country_id" else self[name])
            for name in KEY
        ]
        texts = self.with_context(active_test=False)
        return texts.search(domain, order="version desc, id desc")

    def _shipped_origin(self):
        """Versions of a user have no external id: that of the shipped one counts."""
        shipped = self._same_key().filtered(lambda text: text.law or text.starter)
        return super(CobranzaText, shipped[0])._shipped_origin() if shipped else None

    def _newer_version(self):
        """Only the version that is used or prepared is asked about; those of the law
        come by themselves."""
        newest = self._same_key().filtered("active")[:1]
        if self.law or self._origin != newest:
            return False
        return super()._newer_version()

    def _shipped_content(self):
        module, name = self._shipped_origin()
        values = shipped_values(shipped_records(module)[name])
        return {name: values.get(name) for name in ("name", "subject", "body")}

    def _newer_lines(self):
        shipped = self._shipped_content()
        return (
            [self.subject or "", *plain_lines(self.body)],
            [shipped["subject"] or "", *plain_lines(shipped["body"])],
        )

    def action_take_shipped(self):
        """A draft with the shipped words, to be read and approved."""
        self.ensure_one()
        newer = self.newer_version
        draft = self.copy(self._shipped_content())
        draft._through_gate().origin_version = newer
        return draft._get_records_action()
