"""Every term of the addons is translated for Spain and for Chile, each on its own."""

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
ADDONS = sorted(path.parent.name for path in ROOT.glob("cobranza_legal*/i18n"))
LANGUAGES = ("es", "es_CL")
ENGLISH = set(
    (ROOT / "cobranza_legal/tests/common/english_words.txt").read_text("utf-8").split()
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\{.*?\}\}")
TAG = re.compile(r"</?\w+|(?:class|style|role|invisible)=\"[^\"]*\"")
# Columns of files, keys of values, names of things outside Odoo: the same everywhere.
OURS = (ROOT / "cobranza_legal/tests/common/technical_words.txt").read_text("utf-8")
TECHNICAL = re.compile(
    "|".join(
        [
            *(r"<[^>]*>", r"%\(\w+\)s", r"\w+@[\w.]+", r"«holidays»"),
            *filter(None, OURS.split("\n")),
        ]
    )
)
# The words of one country that the other does not use (the law of Chile apart).
ELSEWHERE = {
    "es": r"feriados?|comunas?|celular|cobranza|castigo|notas? de cr[eé]dito|agreg\w+",
    "es_CL": r"importes?|rectificativas?|festivos?|demora|añad\w+|NIF|avalistas?",
}
FAMILIAR = re.compile(
    r"\b(tú|tu|tus|puedes|debes|haz|quieres|vosotros)\b", re.IGNORECASE
)

each_file = pytest.mark.parametrize("language", LANGUAGES)
each_addon = pytest.mark.parametrize("addon", ADDONS)


def template(addon):
    return polib.pofile(str(ROOT / addon / "i18n" / f"{addon}.pot"))


def catalogue(addon, language):
    return polib.pofile(str(ROOT / addon / "i18n" / f"{language}.po"))


def faults(entries, check):
    """{term: what is wrong with its translation}, for a readable assertion."""
    found = {entry.msgid: check(entry) for entry in entries}
    return {term: fault for term, fault in found.items() if fault}


@each_addon
def test_the_template_has_terms(addon):
    assert template(addon)


@each_addon
@each_file
def test_every_term_is_translated_and_no_other(addon, language):
    translated = {entry.msgid for entry in catalogue(addon, language)}
    assert translated == {entry.msgid for entry in template(addon)}


@each_addon
@each_file
def test_no_translation_is_empty_fuzzy_or_obsolete(addon, language):
    unfinished = [
        entry.msgid
        for entry in catalogue(addon, language)
        if not entry.msgstr.strip() or entry.fuzzy or entry.obsolete
    ]
    assert unfinished == []


@each_addon
@each_file
def test_translations_keep_the_placeholders(addon, language):
    def lost(entry):
        sides = [
            sorted(PLACEHOLDER.findall(text)) for text in (entry.msgid, entry.msgstr)
        ]
        return None if sides[0] == sides[1] or "{{ or }}" in entry.msgid else sides

    assert faults(catalogue(addon, language), lost) == {}


@each_addon
@each_file
def test_translations_keep_the_markup(addon, language):
    def lost(entry):
        sides = [sorted(TAG.findall(text)) for text in (entry.msgid, entry.msgstr)]
        return sides if sides[0] != sides[1] else None

    assert faults(catalogue(addon, language), lost) == {}


@each_addon
@each_file
def test_no_english_is_left(addon, language):
    def english(entry):
        words = re.findall(r"[^\W\d_]+", TECHNICAL.sub(" ", entry.msgstr).lower())
        return sorted(ENGLISH.intersection(words))

    assert faults(catalogue(addon, language), english) == {}


@each_addon
@each_file
def test_the_user_is_addressed_as_usted_in_our_quotes(addon, language):
    def odd(entry):
        text = re.sub(r"<[^>]*>", "", entry.msgstr)
        return FAMILIAR.findall(text) + re.findall(r"[\"“”]", text)

    assert faults(catalogue(addon, language), odd) == {}


@each_file
def test_each_country_has_its_own_words(language):
    words = re.compile(rf"\b({ELSEWHERE[language]})\b", re.IGNORECASE)
    found = faults(
        catalogue("cobranza_legal", language),
        lambda entry: words.findall(TECHNICAL.sub(" ", entry.msgstr)),
    )
    assert found == {}


def test_chile_is_not_a_copy_of_spain():
    spain, chile = (
        {entry.msgid: entry.msgstr for entry in catalogue("cobranza_legal", language)}
        for language in LANGUAGES
    )
    assert sum(spain[term] != chile[term] for term in spain) > 100
