"""The patient's extract in plain words. Staff are a unit and whom it belongs to; nobody has a name here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.accesslog.extract import ExtractRow
from consent.accesslog.viewing import Result
from consent.identity import display_number
from consent.person import Person
from consent.terms import PersonId
from portal.access.review.lines import (
    clock_of,
    day_of,
    ground_words,
    kind_words,
    refusal_words,
    what_words,
)
from portal.access.review.words import RESULT_WORDS


@dataclass(frozen=True, slots=True)
class ExtractLine:
    """``why``: on what ground data were shown, or why they were not."""

    day: str
    clock: str
    unit: str
    provider: str
    what: str
    outcome: str
    kinds: str
    owners: str
    why: tuple[str, ...]
    is_emergency: bool


def extract_lines(rows: Iterable[ExtractRow], providers: Mapping[str, str]) -> list[ExtractLine]:
    return [_line(row, providers) for row in rows]


def _line(row: ExtractRow, providers: Mapping[str, str]) -> ExtractLine:
    denied = row.result is Result.DENIED
    return ExtractLine(
        day=day_of(row.at),
        clock=clock_of(row.at),
        unit=row.unit_name or _("Administration"),
        provider=providers.get(row.provider_id, row.provider_id),
        what=what_words(row.event, row.action, row.asked_kinds, {}),
        outcome=str(RESULT_WORDS[row.result]),
        kinds=kind_words(row.kinds),
        owners="; ".join(sorted(providers.get(owner, owner) for owner in row.owners)),
        why=refusal_words(row.refusals) if denied else ground_words(row.grounds),
        is_emergency=row.is_emergency,
    )


@dataclass(frozen=True, slots=True)
class Whom:
    """The head of every printed page. ``name`` empty: not known, or protected."""

    name: str
    number: str
    other_numbers: tuple[str, ...]
    warnings: tuple[str, ...]


def whom(asked: PersonId, numbers: Iterable[PersonId], known: Person) -> Whom:
    is_named = known.is_known and not known.is_protected
    return Whom(
        name=f"{known.given_name} {known.family_name}".strip() if is_named else "",
        number=display_number(asked),
        other_numbers=tuple(display_number(number) for number in numbers if number != asked),
        warnings=tuple(_warnings(known)),
    )


def _warnings(known: Person) -> Iterable[str]:
    """For the one who hands it out; not part of the print."""
    if known.is_missing:
        yield _("Numret finns inte i folkbokföringen. Kontrollera att det är rätt.")
    elif not known.is_known:
        yield _(
            "Folkbokföringen svarade inte. Namnet saknas, och andra nummer för samma person är med bara om de"
            " redan är länkade här."
        )
    elif known.is_protected:
        yield _(
            "Personen har skyddade personuppgifter. Lämna utdraget enligt er rutin, aldrig per post till en"
            " adress ni själva letat upp."
        )
