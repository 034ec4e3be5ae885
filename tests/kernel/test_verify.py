"""The program in every archive of evidence, run as whoever receives one runs it."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from kernel import verify

ROOT = "log-x"
SAID = '{"body": "Pay, please"}'


def sha(content):
    return hashlib.sha256(content).hexdigest()


def files(lang="en"):
    code = Path(verify.__file__).read_text(encoding="utf-8")
    code = code.replace('LANG = "en"', f'LANG = "{lang}"', 1)
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";")
    writer.writerow(("number", "content_sha256", "verified", "folder"))
    writer.writerow((1, sha(SAID.encode()), "ok", "contacts/0001"))
    own = {
        "verify.py": code.encode(),
        "log.pdf": b"%PDF-1.4 " + bytes(range(256)) * 40,
        "contacts/0001/content.json": SAID.encode(),
        "log.csv": table.getvalue().encode("utf-8-sig"),
    }
    sums = {name: sha(content) for name, content in own.items()}
    own["manifest.json"] = json.dumps({"files": sums}).encode()
    return own


def listed(own):
    lines = (f"{sha(content)}  {name}\n" for name, content in sorted(own.items()))
    return "".join(lines).encode()


def folder(path, own, sums=None):
    own = {**own, verify.SUMS: sums or listed(own)}
    for name, content in own.items():
        target = path / ROOT / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return path / ROOT


def archive(path, own):
    target = path / "evidence.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in {**own, verify.SUMS: listed(own)}.items():
            out.writestr(f"{ROOT}/{name}", content)
    return target


def run(place, *arguments):
    return subprocess.run(
        [sys.executable, "-I", str(place / "verify.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )


def test_an_archive_that_nobody_touched_is_whole(tmp_path):
    own = files()
    found = run(folder(tmp_path, own))
    assert (found.returncode, found.stderr) == (0, "")
    assert "5 files are as they were" in found.stdout
    assert f"{sha(listed(own))}" in found.stdout


def test_it_speaks_the_language_of_the_archive(tmp_path):
    found = run(folder(tmp_path, files("es")))
    assert "5 archivos están como" in found.stdout


@pytest.mark.parametrize("name", sorted(files()))
@pytest.mark.parametrize("place", [0, 20, -1])
def test_one_flipped_byte_is_found(tmp_path, name, place):
    place_of = folder(tmp_path, files())
    content = bytearray((place_of / name).read_bytes())
    content[place] ^= 1
    (place_of / name).write_bytes(content)
    clean = folder(tmp_path / "clean", files())
    found = run(clean, place_of)
    assert found.returncode == 1
    assert f"DIFFERS  {name}" in found.stdout


def test_it_reads_the_archive_as_it_was_sent(tmp_path):
    place = folder(tmp_path, files())
    sent = archive(tmp_path, files())
    assert run(place, sent).returncode == 0
    content = bytearray(sent.read_bytes())
    content[content.index(b"log.pdf") + 60] ^= 1
    sent.write_bytes(content)
    found = run(place, sent)
    assert found.returncode == 1
    assert "log.pdf" in found.stdout


def test_what_lacks_and_what_was_added_is_named(tmp_path):
    place = folder(tmp_path, files())
    (place / "log.pdf").unlink()
    (place / "contacts/0001/other.txt").write_text("x")
    found = run(place)
    assert found.returncode == 1
    assert "LACKS    log.pdf" in found.stdout
    assert "ADDED    contacts/0001/other.txt" in found.stdout


def test_a_list_that_was_made_anew_does_not_fit_the_chain(tmp_path):
    own = files()
    own["contacts/0001/content.json"] = b'{"body": "Pay, or else"}'
    found = run(folder(tmp_path, own))
    assert found.returncode == 1
    assert found.stdout.count("contacts/0001/content.json") == 2  # manifest and log


def test_words_that_were_signed_have_the_hash_that_was_signed():
    manifest = {"words_as_signed": True, "mandate": {"document_hash": "a"}, "files": {}}
    text = json.dumps(manifest)
    assert list(verify.check_manifest(text, {"mandate/content.json": "a"})) == []
    kinds = [row[0] for row in verify.check_manifest(text, {})]
    assert kinds == ["signed"]


@pytest.mark.parametrize("sums", [b"nothing\n", b"\xff\xfe\n"])
def test_what_is_no_archive_is_said(tmp_path, sums):
    place = folder(tmp_path, files(), sums)
    assert run(place).returncode == 2
    assert run(place, tmp_path / "nowhere").returncode == 2


def test_every_language_says_the_same():
    first, *others = [set(words) for words in verify.WORDS.values()]
    assert all(words == first for words in others)
