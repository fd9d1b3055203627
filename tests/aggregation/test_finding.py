"""Words found whatever their case, with or without their accents; marked where they stand, whole letters."""

import pytest

from connectors.base.kinds import Contact, Diagnosis, Medication
from connectors.base.records import Coded, Record
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.finding import find, fold, read_wanted, spans
from portal.aggregation.judging import Scene, read_all
from portal.aggregation.outcomes import Answered
from tests.aggregation.examples import COSMIC, MOMENT, NOON, ago, record
from tests.factories.permits import actor_at, everything_open

TYPED = "Hja\u0308rtsvikt"  # ä as a and a mark
HIDDEN = "hjärt\u00adsvi\u200bkt"


def found(text: str, *records: Record) -> list[str]:
    actor = actor_at()
    scene = Scene(actor, everything_open(actor), (COSMIC,), MOMENT)
    readings = read_all(scene, BUTTONS, {"cosmic": Answered(COSMIC, COSMIC.kinds, records, NOON)})
    wanted = read_wanted(text)
    assert wanted is not None
    return [each.record.id for one in find(readings, wanted) for each in one.found]


def marked(text: str, words: str) -> list[str]:
    wanted = read_wanted(words)
    assert wanted is not None
    return [text[start:end] for start, end in spans(text, wanted)]


@pytest.mark.parametrize("typed", ["hjärtsvikt", "HJÄRTSVIKT", "hjartsvikt", "svikt hjärt", TYPED])
@pytest.mark.parametrize("written", ["Hjärtsvikt, ospecificerad", TYPED, HIDDEN, "HJÄRTSVIKT"])
def test_case_accents_and_what_nobody_sees_hide_no_word(typed: str, written: str) -> None:
    assert found(typed, record(Diagnosis, id="1", title=written, start=ago(1))) == ["1"]


def test_what_is_spelled_as_asked_comes_before_what_merely_resembles() -> None:
    newer = record(Diagnosis, id="loose", title="Sar på foten", start=ago(1))
    older = record(Diagnosis, id="exact", title="Sår på foten", start=ago(900))
    assert found("sår", newer, older) == ["exact", "loose"]
    assert found("sar", newer, older) == ["loose", "exact"]


def test_every_word_must_be_there_in_whichever_field() -> None:
    one = record(Medication, id="1", title="Furosemid", dose="1 tablett", start=ago(1), prescriber="Petra")
    assert found("furosemid tablett petra", one) == ["1"]
    assert found("furosemid kapsel", one) == []


def test_fields_codes_author_and_unit_are_looked_in() -> None:
    codes = (Coded("icd", "I50.9", "Hjärtsvikt"),)
    one = record(Diagnosis, id="1", title="Svikt", codes=codes, start=ago(1))
    for words in ("i50.9", "lavander", "akuten", "hjärtsvikt"):
        assert found(words, one) == ["1"], words


def test_how_a_unit_is_reached_is_not_looked_in() -> None:
    about_unit = record(Contact, id="1", title="Jour", name="Växeln", is_about_unit=True)
    assert found("växeln", about_unit, record(Diagnosis, id="2", title="Annat", start=ago(1))) == []


@pytest.mark.parametrize("typed", ["", " ", "a", "\u0301\u0301", "\u200b \u200e", "\x00"])
def test_too_little_is_not_looked_for(typed: str) -> None:
    assert read_wanted(typed) is None


@pytest.mark.parametrize(
    ("text", "words", "parts"),
    [
        ("Hjärtsvikt", "hjart", ["Hjärt"]),
        (TYPED, "hja", ["Hja\u0308"]),
        ("Straße 5", "strasse", ["Straße"]),
        ("ﬁlm", "fi", ["ﬁ"]),
        ("aaa", "aa a", ["aaa"]),
        ("x<b>y", "<b>", ["<b>"]),
        ("İstanbul", "istanbul", ["İstanbul"]),
        ("ingenting", "annat", []),
    ],
)
def test_marks_stand_on_whole_letters(text: str, words: str, parts: list[str]) -> None:
    assert marked(text, words) == parts


def test_folding_again_changes_nothing() -> None:
    every = "".join(chr(code) for code in range(0x20, 0x3000))
    assert fold(fold(every)) == fold(every)
