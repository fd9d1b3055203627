"""What is worth a look in records that are sound by themselves, or in all of them together.

Nothing is refused for it: what is unknown is kept, and what is doubtful is the sender's to judge. No remark
repeats content.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.base.contract import Words
from connectors.openfeed.checking import value_at
from connectors.openfeed.declaration import COMMON, every_field
from connectors.openfeed.entries import Entry
from consent.identity import InvalidNumber, read_number
from consent.specimen import is_test_number
from consent.terms import SWEDISH_TIME

HSA_ID = re.compile(r"SE[0-9]{10}-[A-Z0-9]{1,19}")
HSA_FIELDS = ("unit.provider", "unit.unit")
_SAMPLES = frozenset(one.example for one in COMMON if one.name in HSA_FIELDS)
_KNOWN = every_field()
_OUTER = frozenset(name.partition(".")[0] for name in _KNOWN if "." in name)
MOST_PLACES = 5


class Note(StrEnum):
    UNKNOWN_FIELD = "unknown_field"
    REPEATED_ID = "repeated_id"
    SAMPLE_HSA_ID = "sample_hsa_id"
    NOT_AN_HSA_ID = "not_an_hsa_id"
    NO_TEST_NUMBER = "no_test_number"


WORDS: Mapping[Note, tuple[Words, Words]] = {
    Note.UNKNOWN_FIELD: (
        gettext_lazy("Fältet finns inte i kontraktet. Det sparas men visas aldrig."),
        gettext_lazy("Byt namn på det om det skulle visas."),
    ),
    Note.REPEATED_ID: (
        gettext_lazy("Samma type och id står mer än en gång. Bara en av dem blir kvar."),
        gettext_lazy("Ge varje post ett eget id."),
    ),
    Note.SAMPLE_HSA_ID: (
        gettext_lazy("Det är exemplets HSA-id."),
        gettext_lazy("Byt till ert eget innan ni lämnar på riktigt."),
    ),
    Note.NOT_AN_HSA_ID: (
        gettext_lazy("Det ser inte ut som ett HSA-id."),
        gettext_lazy("Skriv SE, tio siffror, bindestreck och beteckning."),
    ),
    Note.NO_TEST_NUMBER: (
        gettext_lazy("Numret är inte reserverat för prov: det kan vara en verklig person."),
        gettext_lazy("Pröva med testnummer."),
    ),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """``places``: the first of the rows it holds for, in order. ``nearest``: the field that may be meant."""

    note: Note
    field: str
    places: tuple[int, ...]
    count: int
    nearest: str = ""

    @property
    def what(self) -> str:
        return str(WORDS[self.note][0])

    @property
    def do(self) -> str:
        if self.nearest:
            return _("Menade ni %(nearest)s?") % {"nearest": self.nearest}
        return str(WORDS[self.note][1])


def remarks_on(entries: Sequence[Entry], *, is_trial: bool = False) -> tuple[Remark, ...]:
    """One for each thing and field, whatever number of rows it holds for. ``is_trial``: nobody's real
    numbers belong here."""
    found: dict[tuple[Note, str], list[int]] = {}
    seen: set[tuple[object, object]] = set()
    for entry in entries:
        if isinstance(entry.record, dict):
            for note, name in _notes_on(entry.record, seen, is_trial=is_trial):
                found.setdefault((note, name), []).append(entry.place)
    return tuple(
        Remark(note, name, tuple(places[:MOST_PLACES]), len(places), nearest_field(name) if
               note is Note.UNKNOWN_FIELD else "")
        for (note, name), places in found.items()
    )  # fmt: skip


def _notes_on(
    record: Mapping[str, Any], seen: set[tuple[object, object]], *, is_trial: bool
) -> Iterator[tuple[Note, str]]:
    yield from ((Note.UNKNOWN_FIELD, name) for name in _unknown_in(record))
    key = (record.get("type"), record.get("id"))
    if isinstance(key[0], str) and isinstance(key[1], str) and key[1]:
        if key in seen:
            yield Note.REPEATED_ID, "id"
        seen.add(key)
    for name in HSA_FIELDS:
        said = value_at(record, name)
        if isinstance(said, str) and said.strip():
            if said.strip().upper() in _SAMPLES:
                yield Note.SAMPLE_HSA_ID, name
            elif not HSA_ID.fullmatch(said.strip().upper()):
                yield Note.NOT_AN_HSA_ID, name
    if is_trial and _is_somebody(record.get("patient")):
        yield Note.NO_TEST_NUMBER, "patient"


def _unknown_in(record: Mapping[str, Any]) -> Iterator[str]:
    for name, value in record.items():
        if name in _OUTER and isinstance(value, dict):
            yield from (f"{name}.{inner}" for inner in value if f"{name}.{inner}" not in _KNOWN)
        elif name not in _KNOWN and name not in _OUTER:
            yield name


def nearest_field(name: str) -> str:
    """The declared field that a name is most like; empty where none is."""
    found = get_close_matches(name.casefold(), _KNOWN, n=1, cutoff=0.6)
    if found:
        return found[0]
    inner = {known.partition(".")[2]: known for known in _KNOWN if "." in known}
    return next((inner[one] for one in get_close_matches(name.casefold(), inner, n=1, cutoff=0.7)), "")


def _is_somebody(said: object) -> bool:
    try:
        return isinstance(said, str) and not is_test_number(
            read_number(said, datetime.now(SWEDISH_TIME).date())
        )
    except InvalidNumber:
        return False
