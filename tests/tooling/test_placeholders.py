"""A translation keeps what the code fills in, is never a guess, and is gathered wherever it stands."""

from pathlib import Path

import polib
import pytest

from tools.translations import expose_texts_in_fstrings, is_same_shape, settle


def entry(msgid: str, msgstr: str) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr)


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("Svarade %(time)s", "Answered %(time)s"),
        ("%(n)d av %(all)d källor", "Of %(all)d sources, %(n)d"),
        ("%s (saknas)", "%s (missing)"),
        ("Hej {name}", "Hello {name}"),
        ("100 %% av %(n)d", "100 %% of %(n)d"),
        (" Ring %(phone)s.", " Call %(phone)s."),
    ],
)
def test_same_placeholders_in_any_order_are_no_fault(text: str, translated: str) -> None:
    assert is_same_shape(entry(text, translated))


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("Svarade %(time)s", "Answered"),
        ("Svarade %(time)s", "Answered %(when)s"),
        ("Svarade", "Answered %(time)s"),
        ("%(n)d poster", "%(n)s entries"),
        ("%s (saknas)", "%s is missing from %s"),
        ("Hej {name}", "Hello {who}"),
        (" Ring %(phone)s.", "Call %(phone)s."),
    ],
)
def test_changed_placeholders_or_outer_spaces_are_a_fault(text: str, translated: str) -> None:
    assert not is_same_shape(entry(text, translated))


def test_each_plural_form_is_held_to_its_own_text() -> None:
    plural = {"msgid": "%(n)d post", "msgid_plural": "%(n)d poster"}
    assert is_same_shape(polib.POEntry(**plural, msgstr_plural={0: "%(n)d entry", 1: "%(n)d entries"}))
    assert not is_same_shape(polib.POEntry(**plural, msgstr_plural={0: "%(n)d entry", 1: "entries"}))


def test_guesses_are_emptied_and_translations_kept() -> None:
    catalogue = polib.POFile()
    guess = polib.POEntry(msgid="Logga ut", msgstr="Sign in", flags=["fuzzy"], previous_msgid="Logga in")
    catalogue.extend([guess, entry("Sök", "Search")])
    settle(catalogue)
    assert [(e.msgid, e.msgstr, e.fuzzy) for e in catalogue] == [
        ("Logga ut", "", False),
        ("Sök", "Search", False),
    ]
    assert "Logga in" not in str(catalogue)


def test_texts_inside_fstrings_are_said_where_they_can_be_gathered(tmp_path: Path) -> None:
    copy = tmp_path / "words.py"
    copy.write_text("""x = f"{day} {_('kl.')} {clock(day)}"\n""", encoding="utf-8")
    expose_texts_in_fstrings(copy)
    assert copy.read_text(encoding="utf-8").splitlines()[1:] == ["", "_('kl.')"]
