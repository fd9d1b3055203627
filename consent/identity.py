"""Personnummer, samordningsnummer and reservnummer: reading what a user typed. Pure.

Stored as twelve characters without separator. Check digit: Luhn over the last ten (SKV 704, SKV 707).
"""

import re
from datetime import date
from enum import StrEnum

from personnummer.personnummer import Personnummer, PersonnummerException

from consent.terms import PersonId
from consent.vocabulary import IdType

# Only for what is suggested: a typed number of an older person is read all the same.
LONGEST_LIFE_YEARS = 120
OLDEST_YEAR = 1800
_SEPARATORS = re.compile(r"[\s\-+‐-―−]")
_NATIONAL_RESERVE = re.compile(r"\d{8}[A-Z0-9]{4}")
_REGIONAL_RESERVE = re.compile(r"[A-Z0-9]{12}")


class Flaw(StrEnum):
    """What is wrong with what was typed. Closed: the presenters have a sentence for each."""

    EMPTY = "empty"
    TEN_DIGITS = "ten_digits"
    LENGTH = "length"
    LETTERS = "letters"
    DATE = "date"
    CHECK_DIGIT = "check_digit"
    FUTURE = "future"


class InvalidNumber(ValueError):
    """The text is no number of a person. Carries the flaw, for ten digits possible years; never the text."""

    def __init__(self, flaw: Flaw, centuries: tuple[int, ...] = ()) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw
        self.centuries = centuries


def read_number(text: str, today: date) -> PersonId:
    """The person's number in what a user typed: spaces, ``-`` and ``+`` are accepted anywhere.

    Ten digits are refused, because 121212-1212 is 1912 as well as 2012. Raises InvalidNumber.
    """
    if len(text) > 64:
        raise InvalidNumber(Flaw.LENGTH)
    number = _SEPARATORS.sub("", text)
    if not number:
        raise InvalidNumber(Flaw.EMPTY)
    # Before upper(): it turns some letters that only look foreign into plain ones.
    if not number.isascii() or not number.isalnum():
        raise InvalidNumber(Flaw.LETTERS)
    number = number.upper()
    if number.isdigit():
        return _read_digits(number, today)
    return _read_reserve(number)


def _read_digits(number: str, today: date) -> PersonId:
    if len(number) == 10:
        raise InvalidNumber(Flaw.TEN_DIGITS, _possible_years(number, today))
    if len(number) != 12:
        raise InvalidNumber(Flaw.LENGTH)
    if int(number[6:8]) >= 60:
        return _read_coordination(number, today)
    try:
        born = date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    except ValueError:
        raise InvalidNumber(Flaw.DATE) from None
    if born > today:
        raise InvalidNumber(Flaw.FUTURE)
    # The library guesses a century from ten digits; with the century given it only checks the rest.
    try:
        Personnummer(number)
    except PersonnummerException:
        raise InvalidNumber(Flaw.CHECK_DIGIT) from None
    return PersonId(number, IdType.PERSONNUMMER)


def _read_coordination(number: str, today: date) -> PersonId:
    """Day + 60. Where the birth date is not known for certain, month 00, day 60 and days that the month lacks
    are given out too, which the library does not know."""
    year, month, day = int(number[:4]), int(number[4:6]), int(number[6:8]) - 60
    if year < OLDEST_YEAR or month > 12 or day > 31:
        raise InvalidNumber(Flaw.DATE)
    if (year, month, day) > (today.year, today.month, today.day):
        raise InvalidNumber(Flaw.FUTURE)
    if not _has_check_digit(number[2:]):
        raise InvalidNumber(Flaw.CHECK_DIGIT)
    return PersonId(number, IdType.SAMORDNINGSNUMMER)


def _has_check_digit(ten: str) -> bool:
    """Luhn: every other digit doubled, digits of the products added."""
    return sum(sum(divmod(int(d) * (2 - place % 2), 10)) for place, d in enumerate(ten)) % 10 == 0


def _read_reserve(number: str) -> PersonId:
    """Reserve numbers carry letters. The national one begins with a date, regional ones need not.

    They have no check digit that all issuers share, so only their form is checked.
    """
    if len(number) != 12:
        raise InvalidNumber(Flaw.LENGTH)
    if not any(c.isdigit() for c in number):
        raise InvalidNumber(Flaw.LETTERS)
    if _NATIONAL_RESERVE.fullmatch(number) or _REGIONAL_RESERVE.fullmatch(number):
        return PersonId(number, IdType.RESERVNUMMER)
    raise InvalidNumber(Flaw.LETTERS)


def _possible_years(number: str, today: date) -> tuple[int, ...]:
    """The centuries in which these ten digits are a living person's valid number."""
    years = []
    for century in (18, 19, 20):
        try:
            _read_digits(f"{century}{number}", today)
        except InvalidNumber:
            continue
        year = int(f"{century}{number[:2]}")
        if today.year - year <= LONGEST_LIFE_YEARS:
            years.append(year)
    return tuple(years)


def display_number(person: PersonId) -> str:
    """YYYYMMDD-NNNC for a screen; reserve numbers as they are."""
    if person.type is IdType.RESERVNUMMER:
        return person.number
    return f"{person.number[:8]}-{person.number[8:]}"
