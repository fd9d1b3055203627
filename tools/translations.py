"""Catalogues of translated texts. The texts in the code are Swedish, so English is what must be complete.

    tools/translations.py update    gather new texts into the catalogues and compile them
    tools/translations.py check     fail for a text missing, stale, fuzzy or untranslated, or a stale .mo

Needs xgettext and msgmerge (Debian: gettext). Running the portal does not: compiled catalogues are committed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
LANGUAGE = "en"
GATHERED = {".py", ".html", ".txt", ".po"}
NOT_GATHERED = ("tests", "tools", "bench")

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


def catalogues(tree: Path) -> Iterator[Path]:
    """Every catalogue of the language: the product's, and the demo's own where it is there."""
    for folder in (
        tree,
        *(path for path in tree.iterdir() if path.is_dir() and not path.name.startswith(".")),
    ):
        yield from sorted(folder.glob(f"locale/{LANGUAGE}/LC_MESSAGES/django.po"))


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
    if not is_compiled(committed):
        yield f"{name}: the compiled catalogue is missing or stale"


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
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        copy_sources(tree)
        (tree / "locale").mkdir(exist_ok=True)
        gather(tree)
        names = sorted({str(path.relative_to(top)) for top in (ROOT, tree) for path in catalogues(top)})
        faults = [fault for name in names for fault in sorted(find_faults(name, ROOT / name, tree / name))]
    print("\n".join(faults))
    return 1 if faults else 0


def update() -> int:
    """Gather and compile; say what still has to be translated."""
    (ROOT / "locale").mkdir(exist_ok=True)
    gather(ROOT)
    for catalogue in catalogues(ROOT):
        entries = polib.pofile(str(catalogue), wrapwidth=0)
        entries.save_as_mofile(str(catalogue.with_suffix(".mo")))
        waiting = [entry.msgid for entry in entries if entry.fuzzy or not has_translation(entry)]
        print(f"{catalogue.relative_to(ROOT)}: {len(waiting)} of {len(entries)} texts wait for a translation")
    return 0


if __name__ == "__main__":
    if not (shutil.which("xgettext") and shutil.which("msgmerge")):
        subprocess.run([str(ROOT / "tools/debian-packages"), "gettext"], check=True)
    actions = {"check": check, "update": update}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    sys.exit(actions[sys.argv[1]]())
