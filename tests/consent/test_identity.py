"""Reading what a user typed. Wrong numbers are made from official test numbers by changing a digit."""

from datetime import date

import pytest

from consent.identity import Flaw, InvalidNumber, display_number, read_number
from consent.terms import PersonId
from consent.vocabulary import IdType

TODAY = date(2026, 11, 15)


@pytest.mark.parametrize("typed", [
    "193908139060",
    "19390813-9060",
    " 1939 08 13 9060 ",
    "19390813+9060",
    "19390813\u20139060",
    "19390813\u22129060",
    "\u00a019390813-9060\t",
])  # fmt: skip
def test_separators_are_not_part_of_the_number(typed):
    assert read_number(typed, TODAY) == PersonId("193908139060", IdType.PERSONNUMMER)


def test_samordningsnummer_has_sixty_more_days():
    assert read_number("19960275-2389", TODAY) == PersonId("199602752389", IdType.SAMORDNINGSNUMMER)


@pytest.mark.parametrize("typed", ["192300692387", "191900642396", "194209912387"])
def test_samordningsnummer_may_have_a_date_that_is_no_day(typed):
    assert read_number(typed, TODAY) == PersonId(typed, IdType.SAMORDNINGSNUMMER)
    with pytest.raises(InvalidNumber) as caught:
        read_number(typed[:-1] + str((int(typed[-1]) + 1) % 10), TODAY)
    assert caught.value.flaw is Flaw.CHECK_DIGIT


@pytest.mark.parametrize("typed", ["20170303A123", "19390813ab12", "R12345678901", "a-bcde1234567"])
def test_reserve_numbers_have_letters_and_digits(typed):
    person = read_number(typed, TODAY)
    assert person.type is IdType.RESERVNUMMER
    assert person.number == typed.replace("-", "").upper()


@pytest.mark.parametrize(("typed", "flaw"), [
    ("", Flaw.EMPTY),
    (" - ", Flaw.EMPTY),
    ("19390813906", Flaw.LENGTH),
    ("1939081390600", Flaw.LENGTH),
    ("9" * 65, Flaw.LENGTH),
    ("193908139061", Flaw.CHECK_DIGIT),
    ("193908139160", Flaw.CHECK_DIGIT),
    ("199602752380", Flaw.CHECK_DIGIT),
    ("193913139060", Flaw.DATE),
    ("193902309060", Flaw.DATE),
    ("193900139060", Flaw.DATE),
    ("193908009060", Flaw.DATE),
    ("199602922389", Flaw.DATE),
    ("199613752389", Flaw.DATE),
    ("169602752389", Flaw.DATE),
    ("202702752389", Flaw.FUTURE),
    ("203908139060", Flaw.FUTURE),
    ("20390813-9060", Flaw.FUTURE),
    ("1939O8139060x", Flaw.LENGTH),
    ("ABCDEFGHIJKL", Flaw.LETTERS),
    ("19390813906\u0660", Flaw.LETTERS),
    ("19390813\u00e5123", Flaw.LETTERS),
    ("1939081390\u01310", Flaw.LETTERS),
    ("1939081390\u017f0", Flaw.LETTERS),
    ("19390813 90'60", Flaw.LETTERS),
    ("193908139060;", Flaw.LETTERS),
])  # fmt: skip
def test_flaws(typed, flaw):
    with pytest.raises(InvalidNumber) as caught:
        read_number(typed, TODAY)
    assert caught.value.flaw is flaw


@pytest.mark.parametrize(("typed", "years"), [
    ("390813-9060", (1939,)),
    ("1212121212", (1912, 2012)),
    ("171003-2390", (1917, 2017)),
    ("960275-2389", (1996,)),
    ("390813-9061", ()),
])  # fmt: skip
def test_ten_digits_are_refused_with_the_years_they_may_mean(typed, years):
    with pytest.raises(InvalidNumber) as caught:
        read_number(typed, TODAY)
    assert (caught.value.flaw, caught.value.centuries) == (Flaw.TEN_DIGITS, years)


def test_flaw_never_carries_what_was_typed():
    with pytest.raises(InvalidNumber) as caught:
        read_number("193908139061", TODAY)
    assert "1939" not in f"{caught.value!r}{caught.value}"
    assert caught.value.__cause__ is None


def test_number_of_somebody_born_today_is_read():
    with pytest.raises(InvalidNumber) as caught:
        read_number("201710032390", date(2017, 10, 2))
    assert caught.value.flaw is Flaw.FUTURE
    assert read_number("201710032390", date(2017, 10, 3)).number == "201710032390"


def test_numbers_are_shown_with_a_hyphen_and_reserve_numbers_as_they_are():
    assert display_number(PersonId("193908139060")) == "19390813-9060"
    assert display_number(PersonId("199602752389", IdType.SAMORDNINGSNUMMER)) == "19960275-2389"
    assert display_number(PersonId("20170303A123", IdType.RESERVNUMMER)) == "20170303A123"


def test_person_id_never_prints_its_number():
    person = PersonId("193908139060")
    assert "1939" not in f"{person} {person!r} {[person]} {{person!s}}"
