"""Catalogues of translated texts. The texts in the code are Swedish, so English is what must be complete.

    tools/translations.py update    gather new texts into the catalogues and compile them
    tools/translations.py check     fail for a text missing, stale, fuzzy, untranslated or whose placeholders
                                    differ, or a stale .mo

Product texts live in locale/, those of demo/ in demo/locale/: what is left when demo/ is deleted is whole.
Needs xgettext and msgmerge (Debian: gettext). Running the portal does not: compiled catalogues are committed.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
LANGUAGE = "en"
GATHERED = {".py", ".html", ".txt", ".po"}
NOT_GATHERED = ("tests", "tools", "bench")
# The folders that have a catalogue of their own; everything else goes to the first.
HOMES = ("", "demo")
HEADER = {
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")

Text = tuple[str, str, str]


def gather(tree: Path) -> None:
    """Bring the catalogues under tree up to date with the code under it."""
    ignored = [
        word for name in (*NOT_GATHERED, ".venv", "node_modules", "var") for word in ("--ignore", name)
    ]
    options = ["--no-location", "--no-obsolete", "--no-wrap", "--verbosity", "0"]
    # Without settings, makemessages works on the folder it stands in alone.
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    argv = [sys.executable, "-m", "django", "makemessages", "--locale", LANGUAGE, *options, *ignored]
    subprocess.run(argv, cwd=tree, env=environment, check=True)


@contextmanager
def gathered_copy() -> Iterator[Path]:
    """A copy of the sources with catalogues brought up to date. A copy, since gathering writes beside the
    templates it reads."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        copy_sources(tree)
        for home in HOMES:
            if (tree / home).is_dir():
                (tree / home / "locale").mkdir(exist_ok=True)
        gather(tree)
        yield tree


def catalogues(tree: Path) -> Iterator[Path]:
    """Every catalogue of the language: the product's, and the demo's own where it is there."""
    found = (tree / home / f"locale/{LANGUAGE}/LC_MESSAGES/django.po" for home in HOMES)
    yield from (path for path in found if path.exists())


def copy_sources(target: Path) -> None:
    """Copy what can hold texts: tracked files and new ones, nothing that git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = ROOT / name
        if source.suffix in GATHERED and source.exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / name)
            if source.suffix == ".py":
                expose_texts_in_fstrings(target / name)


def expose_texts_in_fstrings(copy: Path) -> None:
    """Say them once more at the end of the copy: xgettext does not see into f-strings."""
    whole = ast.parse(copy.read_text(encoding="utf-8"))
    inside = (
        node for string in ast.walk(whole) if isinstance(string, ast.JoinedStr) for node in ast.walk(string)
    )
    calls = [ast.unparse(node) for node in inside if isinstance(node, ast.Call) and is_marker(node.func)]
    if calls:
        with copy.open("a", encoding="utf-8") as file:
            file.write("\n" + "\n".join(calls) + "\n")


def is_marker(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in MARKERS


def texts(catalogue: Path) -> dict[Text, polib.POEntry]:
    """The entries of a catalogue by context, text and plural, without the retired ones."""
    entries = polib.pofile(str(catalogue)) if catalogue.exists() else []
    return {(e.msgctxt or "", e.msgid, e.msgid_plural): e for e in entries if not e.obsolete}


def has_translation(entry: polib.POEntry) -> bool:
    return bool(all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)


def find_faults(name: str, committed: Path, fresh: Path) -> Iterator[str]:
    """What is wrong with a committed catalogue, given one gathered from the code right now."""
    have, need = texts(committed), texts(fresh)
    yield from (f"{name}: not gathered: {key[1]!r}" for key in need.keys() - have.keys())
    yield from (f"{name}: no longer in the code: {key[1]!r}" for key in have.keys() - need.keys())
    yield from (f"{name}: fuzzy: {key[1]!r}" for key, entry in have.items() if entry.fuzzy)
    yield from (
        f"{name}: untranslated: {key[1]!r}" for key, entry in have.items() if not has_translation(entry)
    )
    yield from (
        f"{name}: placeholders or outer spaces differ: {key[1]!r}"
        for key, entry in have.items()
        if has_translation(entry) and not is_same_shape(entry)
    )
    if not is_compiled(committed):
        yield f"{name}: the compiled catalogue is missing or stale"


def is_same_shape(entry: polib.POEntry) -> bool:
    """Whether each translated form has the placeholders of its text, and the spaces around it."""
    if not entry.msgid_plural:
        return shape(entry.msgstr) == shape(entry.msgid)
    forms = {n: entry.msgid_plural if n else entry.msgid for n in entry.msgstr_plural}
    return all(shape(entry.msgstr_plural[n]) == shape(text) for n, text in forms.items())


def shape(text: str) -> tuple[Counter[str], bool, bool]:
    """What a translation may not change: a lost placeholder loses a name, a surplus one breaks the page."""
    held = Counter(PLACEHOLDER.findall(text.replace("%%", "")))
    return held, text != text.lstrip(), text != text.rstrip()


def is_compiled(catalogue: Path) -> bool:
    """Whether the .mo beside it says the same."""
    compiled = catalogue.with_suffix(".mo")
    if not compiled.exists():
        return False
    spoken = {
        (e.msgctxt or "", e.msgid, e.msgid_plural): (e.msgstr, e.msgstr_plural)
        for e in polib.mofile(str(compiled))
    }
    meant = {
        key: (entry.msgstr, entry.msgstr_plural)
        for key, entry in texts(catalogue).items()
        if has_translation(entry) and not entry.fuzzy
    }
    return spoken == meant


def check() -> int:
    """Print every fault; 0 if there is none."""
    with gathered_copy() as tree:
        names = sorted({str(path.relative_to(top)) for top in (ROOT, tree) for path in catalogues(top)})
        faults = [fault for name in names for fault in sorted(find_faults(name, ROOT / name, tree / name))]
    print("\n".join(faults))
    return 1 if faults else 0


def update() -> int:
    """Gather and compile; say what still has to be translated."""
    with gathered_copy() as tree:
        for fresh in catalogues(tree):
            entries = settle(polib.pofile(str(fresh), wrapwidth=0))
            catalogue = ROOT / fresh.relative_to(tree)
            catalogue.parent.mkdir(parents=True, exist_ok=True)
            entries.save(str(catalogue))
            entries.save_as_mofile(str(catalogue.with_suffix(".mo")))
            waiting = [entry.msgid for entry in entries if not has_translation(entry)]
            name = catalogue.relative_to(ROOT)
            print(f"{name}: {len(waiting)} of {len(entries)} texts wait for a translation")
            print("".join(f"    {text}\n" for text in waiting), end="")
    return 0


def settle(entries: polib.POFile) -> polib.POFile:
    """No dates that change with every run, and no guesses: what resembles another text is not translated."""
    entries.header, entries.metadata, entries.metadata_is_fuzzy = "", HEADER, False
    for entry in entries:
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
    return entries


if __name__ == "__main__":
    if not (shutil.which("xgettext") and shutil.which("msgmerge")):
        subprocess.run([str(ROOT / "tools/debian-packages"), "gettext"], check=True)
    actions = {"check": check, "update": update}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    sys.exit(actions[sys.argv[1]]())
