"""What the installed code ships of a record: read from the addon's own data files.

A starter record belongs to the user as soon as it is installed, so an update leaves it
alone. The newer content is in the data file; a second copy of it in the database could
only differ from it.
"""

import copy
import functools

from lxml import etree

from odoo.modules import Manifest
from odoo.tools import file_path
from odoo.tools.convert import _eval_xml, str2bool, xml_import
from odoo.tools.translate import TranslationImporter, get_po_paths

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


def shipped_children(module, parent, field):
    """The ``record`` elements whose ``field`` refers to the record named ``parent``."""
    return [
        node
        for node in shipped_records(module).values()
        if any(
            one.get("name") == field and one.get("ref") == parent
            for one in node.iterchildren("field")
        )
    ]


def shipped_version(module, name):
    """The version of what is shipped as ``module.name``, or None."""
    node = shipped_records(module).get(name)
    return node is not None and node.findtext("field[@name='origin_version']") or None


def shipped_values(env, module, node):
    """{field: value} of a ``record`` element, without its references."""
    importer = xml_import(env, module, {}, "init")
    fields = env[node.get("model")]._fields
    values = {}
    for child in node.iterchildren("field"):
        name = child.get("name")
        if child.get("ref"):
            continue
        value = _eval_xml(importer, child, env)
        if isinstance(value, str) and fields[name].type == "integer":
            value = int(value)
        if isinstance(value, str) and fields[name].type == "boolean":
            value = str2bool(value)
        values[name] = value
    return values


def load_shipped(env, module, nodes):
    """Write what is shipped over the records of these elements, with its translations,
    creating those that are missing. Returns {name: id}."""
    importer = xml_import(env, module, {}, "init", noupdate=True)
    data = etree.Element("odoo", noupdate="1")
    data.extend(copy.deepcopy(node) for node in nodes)
    importer.parse(data)
    names = {f"{module}.{node.get('id')}" for node in nodes}
    translations = TranslationImporter(env.cr, verbose=False)
    for lang, _name in env["res.lang"].get_installed():
        for path in get_po_paths(module, lang):
            translations.load_file(path, lang, xmlids=names)
    translations.save(overwrite=True, force_overwrite=True)
    env.invalidate_all()
    return {
        node.get("id"): importer.idref[f"{module}.{node.get('id')}"] for node in nodes
    }
