"""Merges exported terms into i18n/: merge_translations.py FOLDER-OF-POTS ADDON..."""

import pathlib
import re
import sys

import polib

ROOT = pathlib.Path(__file__).resolve().parent.parent
LANGUAGES = ("es", "es_CL")
# The name of a model that we only extend belongs to its own addon.
EXTENDED = re.compile(r"model:ir\.model,name:cobranza_\w+\.model_(?!cobranza_)")
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)


def store(catalogue, path):
    """Only when more than its dates changed: an export must not make noise."""
    text = f"{catalogue}\n"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    if DATES.sub("", old) != DATES.sub("", text):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read_terms(path):
    """The exported terms that are ours to translate."""
    terms = polib.pofile(str(path))
    for term in list(terms):
        own = [one for one in term.occurrences if not EXTENDED.match(one[0])]
        if not own:
            terms.remove(term)
        term.occurrences = own
    return terms


def merge(terms, path, language):
    """The catalogue of a language with exactly these terms, in their order."""
    known = {}
    if path.exists():
        for entry in polib.pofile(str(path)):
            if entry.msgstr and not entry.fuzzy:
                known[entry.msgid] = entry.msgstr
    merged = polib.POFile()
    merged.header = terms.header
    merged.metadata = dict(terms.metadata, Language=language)
    merged.metadata["Plural-Forms"] = "nplurals=2; plural=(n != 1);"
    for term in terms:
        entry = polib.POEntry(
            msgid=term.msgid,
            msgstr=known.get(term.msgid, ""),
            comment=term.comment,
            tcomment=term.tcomment,
            occurrences=term.occurrences,
        )
        merged.append(entry)
    store(merged, path)
    return [entry.msgid for entry in merged if not entry.msgstr]


def main(folder, *addons):
    missing = 0
    for addon in addons:
        terms = read_terms(pathlib.Path(folder) / f"{addon}.pot")
        i18n = ROOT / addon / "i18n"
        store(terms, i18n / f"{addon}.pot")
        for language in LANGUAGES:
            untranslated = merge(terms, i18n / f"{language}.po", language)
            missing += len(untranslated)
            sys.stdout.write(
                f"{addon} {language}: {len(terms)} terms, {len(untranslated)} missing\n"
            )
            for msgid in untranslated:
                sys.stdout.write(f"    {msgid!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
