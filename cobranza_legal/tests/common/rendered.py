"""What the addons show to people in a language, and the English that is left in it."""

import re
from pathlib import Path

from lxml import etree, html

from .contact import ContactCommon

LANGUAGES = ("es_ES", "es_CL")
ADDONS = ("cobranza_legal", "cobranza_legal_cl", "cobranza_legal_es")
ENGLISH = frozenset(
    (Path(__file__).parent / "english_words.txt").read_text("utf-8").split()
)
ATTRIBUTES = ("string", "placeholder", "title", "help", "confirm", "alt", "aria-label")
HIDDEN = {"style", "script", "code"}
# What is not language: keys of values, columns of files, addresses, names of things.
OURS = (Path(__file__).parent / "technical_words.txt").read_text("utf-8").split("\n")
TECHNICAL = re.compile(
    "|".join(
        [
            *(r"https?://\S+", r"\S+@\S+", r"[«“]holidays[»”]"),
            *(r"\b(?:personal|lodging):", r"\b[a-z]{2}(?:\.[a-z0-9_]+){2,}"),
            *filter(None, OURS),
        ]
    )
)


def english_in(text):
    """The English words of a text, sorted."""
    words = re.findall(r"[^\W\d_]+", TECHNICAL.sub(" ", text or "").lower())
    return sorted(ENGLISH.intersection(words))


def visible_texts(node):
    """Every text of an element that a person can read, tooltips included."""
    if not isinstance(node.tag, str) or node.tag in HIDDEN:
        return
    if node.tag == "attribute" and node.get("name") not in ATTRIBUTES:
        return
    yield node.text or ""
    yield from (node.get(name, "") for name in ATTRIBUTES)
    for child in node:
        yield from visible_texts(child)
        yield child.tail or ""


def texts_of_markup(markup):
    return visible_texts(html.fragment_fromstring(str(markup), create_parent=True))


def texts_of_arch(arch):
    return visible_texts(etree.fromstring(arch.encode()))


class RenderedCommon(ContactCommon):
    """A company of Spanish speakers with rows to look at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._install_languages()
        cls.company.write({"name": "Acreedora Ejemplar", "street": "Plaza Real 1"})
        address = {"street": "Calle Mayor 1", "city": "Oviedo"}
        cls.partner_a.write({"name": "Panadería Ruiz", **address})
        cls.partner_b.write({"name": "Talleres Soto"})
        cls.env.user.name = "Juana Pérez"
        cls.company_data["default_account_receivable"].name = "Clientes"
        cls._name_rows()

    @classmethod
    def _name_rows(cls):
        """Spanish names for what the builders made; no texts of other languages."""
        shipped = cls.env["ir.model.data"].search([("model", "=", "cobranza.policy")])
        made = [("id", "not in", shipped.mapped("res_id"))]
        for policy in cls.env["cobranza.policy"].search(made):
            policy.name = f"Escalera {policy.id}"
            for level in policy.level_ids:
                level.name = f"Peldaño {level.number}"
        texts = cls.env["cobranza.text"].search([("lang", "=like", "en%")])
        texts.active = False

    @classmethod
    def _install_languages(cls):
        languages = cls.env["res.lang"].with_context(active_test=False)
        absent = languages.search([("code", "in", LANGUAGES), ("active", "=", False)])
        if absent:
            install = {"lang_ids": absent.ids, "overwrite": False}
            cls.env["base.language.install"].create(install).lang_install()

    @property
    def addons(self):
        modules = self.env["ir.module.module"]
        return [name for name in ADDONS if modules._get(name).state == "installed"]

    def _speak(self, lang):
        """From here on everything is in ``lang``: user, debtors and texts."""
        self.env = self.env(context={**self.env.context, "lang": lang})
        (self.partner_a | self.partner_b).lang = lang
        for purpose in ("reminder", "call_script", "formal_demand", "statement"):
            body = "<p>{{ debtor_name }}</p>{{ debts_table }}{{ charges_table? }}"
            text = self._text(purpose, lang, "{{ document }}", body)
            text.name = "Texto de prueba"

    def _assert_spanish(self, texts, place=""):
        left = {text.strip(): english_in(text) for text in texts}
        left = {text: words for text, words in left.items() if words}
        self.assertEqual(left, {}, place)

    def _records_of(self, addon):
        """(model, records) that the data files of the addon and its classes made."""
        data = self.env["ir.model.data"].search([("module", "=", addon)])
        for model, rows in data.grouped("model").items():
            if model in self.env:
                found = self.env[model].browse(rows.mapped("res_id")).exists()
                if model == "ir.model":  # Odoo exports no names of reports
                    found = found.filtered(lambda model: model.model[:7] != "report.")
                yield model, found

    def _translated_texts(self, records):
        """(place, text) of what people read in the translated fields of records."""
        for name, field in records._fields.items():
            if not (field.translate and field.store):
                continue
            for record in records:
                value = record[name]
                if not value:
                    continue
                texts = [value]
                if name == "arch_db":
                    texts = texts_of_arch(value)
                elif field.type == "html" or callable(field.translate):
                    texts = texts_of_markup(value)
                for text in texts:
                    yield f"{records._name}.{name} {record.id}", text
