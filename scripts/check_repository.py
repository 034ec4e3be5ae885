"""Rules that no linter knows: clocks, no machine's paths, clean line ends."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXT = {".py", ".xml", ".js", ".scss", ".css", ".md", ".cfg", ".toml", ".yaml", ".yml"}
TEXT |= {".csv", ".po", ".pot", ".sql", ".sh", ".txt", ".rst", ""}
# Built from halves, so that this file passes its own check.
FORBIDDEN = [
    "/wo" + "rk/",
    "/ro" + "ot/",
    "/ho" + "me/",
    "deb." + "debian.org",
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npm" + "js.org",
]
FORBIDDEN_TEXT = re.compile("|".join(r"(?<![\w.])" + re.escape(s) for s in FORBIDDEN))
SQL_CLOCK = re.compile(
    r"(?<![\w.])now\(\)|(?<![\w.\x22])CURRENT_(DATE|TIME(STAMP)?)\b|\bLOCALTIME(STAMP)?\b"
    r"|\b(clock|statement|transaction)_timestamp\(",
    re.IGNORECASE,
)
MODEL = re.compile(r"^ *_name = \"(cobranza\.[\w.]+)\"", re.MULTILINE)
NAMED = re.compile(r"(?<![\w./])cobranza\.[a-z][a-z.]*[a-z](?![\w_(/])")
ALIAS = re.compile(r"^ *(\w+) = [\w.]*env\._$", re.MULTILINE)


def tracked():
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listing.decode().split("\0") if name]
    return sorted(path for path in paths if path.is_file())


def is_test(relative):
    return "tests" in relative.parts


def check_python(relative, text):
    if is_test(relative):
        return
    if found := ALIAS.search(text):
        line = text.count("\n", 0, found.start()) + 1
        yield line, f"words of {found[1]}() are not exported: write self.env._()"


def check_clock(relative, text):
    """The clock of a test is frozen in Python; PostgreSQL's own runs on."""
    if relative.parts[0].startswith("cobranza_legal"):
        for number, line in enumerate(text.splitlines(), 1):
            if found := SQL_CLOCK.search(line):
                yield number, f"{found[0]} is PostgreSQL's clock: pass cr.now()"


def check_text(relative, text):
    for number, line in enumerate(text.splitlines(), 1):
        if found := FORBIDDEN_TEXT.search(line):
            yield number, f"an address or path of one machine: {found[0]}"
        # Markdown breaks a line with two spaces; translations keep what they quote.
        if line != line.rstrip() and relative.suffix not in {".md", ".po", ".pot"}:
            yield number, "trailing whitespace"
    if text and not text.endswith("\n"):
        yield text.count("\n") + 1, "no newline at the end"


def check_models(paths):
    """The pages name models that are there, or kinds of them: cobranza.channel.*"""
    names = set()
    for path in paths:
        if path.suffix == ".py":
            names.update(MODEL.findall(path.read_text(encoding="utf-8")))
    parts = [name.split(".") for name in names]
    known = {".".join(one[:end]) for one in parts for end in range(2, len(one) + 1)}
    for path in paths:
        if path.suffix != ".md" or path.name == "CHANGELOG.md":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            for name in NAMED.findall(line):
                if name not in known:
                    yield path, number, f"there is no model {name}"


def problems(path):
    relative = path.relative_to(ROOT)
    if relative.suffix not in TEXT or relative.name == "LICENSE":
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        yield 1, "not UTF-8"
        return
    yield from check_text(relative, text)
    if relative.suffix == ".py":
        yield from check_python(relative, text)
        yield from check_clock(relative, text)


def main():
    paths = tracked()
    found = [(path, *one) for path in paths for one in problems(path)]
    found += check_models(paths)
    for path, line, message in found:
        sys.stdout.write(f"{path.relative_to(ROOT)}:{line}: {message}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
