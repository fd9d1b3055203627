"""`make check` notices every way in which a catalogue can fall behind the code."""

from pathlib import Path

import polib
import pytest

from tools.translations import find_faults


def catalogue(path: Path, *entries: polib.POEntry, is_compiled: bool = True) -> Path:
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    file.extend(entries)
    file.save(str(path))
    if is_compiled:
        file.save_as_mofile(str(path.with_suffix(".mo")))
    return path


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """What the code says right now."""
    return catalogue(tmp_path / "fresh.po", polib.POEntry(msgid="Sök"), polib.POEntry(msgid="Logga ut"))


def entry(msgid: str, msgstr: str, **more: object) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


SEARCH, SIGN_OUT = entry("Sök", "Search"), entry("Logga ut", "Sign out")


def faults(tmp_path: Path, fresh: Path, *entries: polib.POEntry, is_compiled: bool = True) -> list[str]:
    return list(find_faults("en", catalogue(tmp_path / "en.po", *entries, is_compiled=is_compiled), fresh))


def test_complete_and_compiled_catalogue_has_no_fault(tmp_path, fresh):
    assert faults(tmp_path, fresh, SEARCH, SIGN_OUT) == []


def test_text_missing_from_the_catalogue_is_named(tmp_path, fresh):
    assert faults(tmp_path, fresh, SEARCH) == ["en: not gathered: 'Logga ut'"]


def test_text_gone_from_the_code_is_named(tmp_path, fresh):
    stale = entry("Hjälp", "Help")
    assert faults(tmp_path, fresh, SEARCH, SIGN_OUT, stale) == ["en: no longer in the code: 'Hjälp'"]


def test_untranslated_text_is_named(tmp_path, fresh):
    assert faults(tmp_path, fresh, SEARCH, entry("Logga ut", "")) == ["en: untranslated: 'Logga ut'"]


def test_half_translated_plural_is_named(tmp_path):
    plural = {"msgid": "%d svar", "msgid_plural": "%d svar"}
    need = catalogue(tmp_path / "fresh.po", polib.POEntry(**plural, msgstr_plural={0: "", 1: ""}))
    half = polib.POEntry(**plural, msgstr_plural={0: "%d answer", 1: ""})
    assert "en: untranslated: '%d svar'" in faults(tmp_path, need, half)


def test_guessed_translation_is_named(tmp_path, fresh):
    guessed = entry("Logga ut", "Sign in", flags=["fuzzy"])
    assert "en: fuzzy: 'Logga ut'" in faults(tmp_path, fresh, SEARCH, guessed)


def test_catalogue_that_was_not_compiled_is_named(tmp_path, fresh):
    said = faults(tmp_path, fresh, SEARCH, SIGN_OUT, is_compiled=False)
    assert said == ["en: the compiled catalogue is missing or stale"]


def test_catalogue_compiled_before_the_last_change_is_named(tmp_path, fresh):
    catalogue(tmp_path / "en.po", SEARCH, entry("Logga ut", "Log off"))
    said = faults(tmp_path, fresh, SEARCH, SIGN_OUT, is_compiled=False)
    assert said == ["en: the compiled catalogue is missing or stale"]
