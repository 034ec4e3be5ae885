"""Checks the files of an archive against their list of hashes. Standard library only.

    python3 verify.py                 the folder in which this file lies
    python3 verify.py FOLDER_OR_ZIP   another folder, or an archive as it was sent

Exit code 0: every file is as it was when the archive was made. 1: something differs,
lacks or was added. 2: this is no such archive. Nothing is changed, nothing is sent.
"""

import csv
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

LANG = "en"

SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"
LOG = "log.csv"
OWN = {SUMS, "__pycache__"}
BLOCK = 1 << 20

WORDS = {
    "en": {
        "differs": "DIFFERS  {0}: it is not the file that was put into the archive.",
        "lacks": "LACKS    {0}: it is on the list and is not here.",
        "added": "ADDED    {0}: it is here and not on the list.",
        "damaged": "DAMAGED  {0}: it cannot be read ({1}).",
        "manifest": "DIFFERS  {0}: the manifest gives another hash than the list.",
        "chain": "DIFFERS  {0}: the log gives another hash of what was said.",
        "signed": "DIFFERS  {0}: it is not what was signed, by the manifest.",
        "twice": "TWICE    {0}: the archive has two files of this name.",
        "no": "This is no archive of evidence: {0}",
        "good": "{0} files are as they were when the archive was made.",
        "bad": "{0} faults in {1} files. This archive was changed or damaged.",
        "seal": "Seal (SHA-256 of the list of hashes): {0}",
        "compare": "Compare the seal with the one in the history of the system that "
        "made the archive: only so it is sure that the list itself was not changed.",
    },
    "es": {
        "differs": "DISTINTO {0}: no es el archivo que se incluyó.",
        "lacks": "FALTA    {0}: está en la lista y no está aquí.",
        "added": "AÑADIDO  {0}: está aquí y no está en la lista.",
        "damaged": "DAÑADO   {0}: no se puede leer ({1}).",
        "manifest": "DISTINTO {0}: el manifiesto da otro hash que la lista.",
        "chain": "DISTINTO {0}: el registro da otro hash de lo que se dijo.",
        "signed": "DISTINTO {0}: según el manifiesto, no es lo que se firmó.",
        "twice": "REPETIDO {0}: hay dos archivos con este nombre.",
        "no": "Esto no es un archivo de pruebas: {0}",
        "good": "{0} archivos están como cuando se hizo la copia.",
        "bad": "{0} fallos en {1} archivos. La copia se ha modificado o dañado.",
        "seal": "Sello (SHA-256 de la lista de hashes): {0}",
        "compare": "Compare el sello con el que consta en el historial del sistema que "
        "hizo la copia: solo así es seguro que no se ha cambiado la propia lista.",
    },
}


class NoArchive(Exception):
    """What was named holds no list of hashes."""


class Folder:
    """The files of a folder by their path in it."""

    def __init__(self, path):
        self.path = path

    def names(self):
        for path in sorted(self.path.rglob("*")):
            name = path.relative_to(self.path)
            if path.is_file() and not OWN.intersection(name.parts):
                yield name.as_posix()

    def open(self, name):
        return (self.path / name).open("rb")


class Archive:
    """The files of a ZIP by their path in its one folder."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        lists = [one for one in self.zip.namelist() if one.split("/")[-1] == SUMS]
        if not lists:
            raise NoArchive(SUMS)
        self.root = min(lists, key=len)[: -len(SUMS)]

    def names(self):
        for info in self.zip.infolist():
            if not info.is_dir():
                name = info.filename
                inside = name.startswith(self.root)
                name = name[len(self.root) :] if inside else f"../{name}"
                if name != SUMS:
                    yield name

    def open(self, name):
        return self.zip.open(self.root + name)


def find(target):
    """The files to check: those of a folder or of a ZIP. NoArchive without a list."""
    path = Path(target)
    if path.is_file():
        try:
            return Archive(path)
        except zipfile.BadZipFile as error:
            raise NoArchive(error) from error
    if not (path / SUMS).is_file():
        raise NoArchive(path / SUMS)
    return Folder(path)


def digest_of(files, name):
    digest = hashlib.sha256()
    with files.open(name) as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def read_sums(files):
    """({path: hash}, seal) of the list, as sha256sum writes it. NoArchive for what is
    no such list."""
    try:
        with files.open(SUMS) as stream:
            content = stream.read()
        listed = {}
        for line in content.decode("utf-8").splitlines():
            digest, _space, name = line.partition("  ")
            if len(digest) != hashlib.sha256().digest_size * 2 or not name:
                raise NoArchive(f"{SUMS}: {line[:80]}")
            listed[name] = digest
    except NoArchive:
        raise
    except Exception as error:  # a damaged list has errors of many kinds
        raise NoArchive(f"{SUMS}: {error}") from error
    return listed, hashlib.sha256(content).hexdigest()


def check(files):
    """([(kind, path, detail)], number of files on the list, seal) of an archive."""
    listed, seal = read_sums(files)
    faults, here = [], set()
    for name in files.names():
        if name in here:
            faults.append(("twice", name, ""))
        here.add(name)
        if name not in listed:
            faults.append(("added", name, ""))
            continue
        try:
            if digest_of(files, name) != listed[name]:
                faults.append(("differs", name, ""))
        except Exception as error:  # noqa: BLE001 what is damaged may fail in any way
            faults.append(("damaged", name, str(error)))
    faults += [("lacks", name, "") for name in sorted(set(listed) - here)]
    damaged = {name for _kind, name, _detail in faults}
    for name, reader in ((MANIFEST, check_manifest), (LOG, check_log)):
        if name in listed and name not in damaged:
            with files.open(name) as stream:
                faults += reader(stream.read().decode("utf-8-sig"), listed)
    return faults, len(listed), seal


def check_manifest(text, listed):
    """What the manifest says of the files is what the list says; the words that were
    signed have the hash that was signed."""
    manifest = json.loads(text)
    for name, digest in sorted(manifest.get("files", {}).items()):
        if listed.get(name) != digest:
            yield "manifest", name, ""
    signed = (manifest.get("mandate") or {}).get("document_hash")
    content = "mandate/content.json"
    if signed and manifest.get("words_as_signed") and listed.get(content) != signed:
        yield "signed", content, ""


def check_log(text, listed):
    """The hash of what was said, that the log shows, is that of the file that holds
    it. Rows that differed when the archive was made say so, and are no fault of it."""
    head = text.partition("\n")[0]
    separator = max(";,\t", key=head.count)
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=separator):
        folder, digest = row.get("folder"), row.get("content_sha256")
        name = f"{folder}/content.json"
        if not folder or row.get("verified") != "ok" or name not in listed:
            continue
        if listed[name] != digest:
            yield "chain", name, ""


def say(words):
    sys.stdout.write(f"{words}\n")


def main(arguments):
    words = WORDS.get(LANG, WORDS["en"])
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # old consoles cannot show every letter
            stream.reconfigure(errors="replace")
    target = arguments[0] if arguments else Path(__file__).resolve().parent
    try:
        faults, count, seal = check(find(target))
    except (NoArchive, OSError) as error:
        say(words["no"].format(error))
        return 2
    for kind, name, detail in faults:
        say(words[kind].format(name, detail))
    if faults:
        say(words["bad"].format(len(faults), count))
    else:
        say(words["good"].format(count))
    say(words["seal"].format(seal))
    say(words["compare"])
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
