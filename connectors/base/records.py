"""What every canonical record carries, whatever its kind and whatever system it came from.

A connector translates a source's words into these and nothing else. Text from a source is kept
verbatim; nothing is derived from it. The twelve kinds are in ``connectors.base.kinds``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from consent.terms import SWEDISH_TIME, Origin, PersonId
from consent.vocabulary import Kind


class Status(StrEnum):
    """What the source says of a record's standing. ``IN_ERROR`` (nullified) is never shown as valid."""

    ACTIVE = "active"
    PLANNED = "planned"
    ENDED = "ended"
    CANCELLED = "cancelled"
    IN_ERROR = "in_error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class When:
    """A point in time as the source wrote it, with what could be read of it.

    ``day`` is the Swedish calendar day, ``at`` the aware time where a clock time was given. Neither is
    set where nothing could be read; then ``verbatim`` is all there is. ``is_doubtful``: impossible,
    far off or without zone; shown, never trusted for order or lamps.
    """

    verbatim: str
    day: date | None = None
    at: datetime | None = None
    is_doubtful: bool = False

    @classmethod
    def on(cls, day: date) -> "When":
        return cls(day.isoformat(), day)

    @classmethod
    def of(cls, at: datetime) -> "When":
        return cls(at.isoformat(), at.astimezone(SWEDISH_TIME).date(), at)


@dataclass(frozen=True, slots=True)
class Coded:
    """A code as the source sent it: system URI or OID, code, and the source's own words for it."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    name: str = ""
    role: str = ""


class Law(StrEnum):
    """The law a service is given under. HSL is never merged with the other two."""

    HSL = "hsl"
    SOL = "sol"
    LSS = "lss"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number somebody answers. ``hours`` as the source wrote it; ``use``: day, night, on_call, direct."""

    number: str
    label: str = ""
    hours: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record carries, whatever its kind.

    ``source`` is the slug of the configured source; ``id`` is the source's own, as is ``version``.
    ``system`` is the HSA-id of the system it was written in and ``document_id`` what it is called there,
    where the source passes that on: the same record, whoever tells of it.
    """

    kind: ClassVar[Kind]

    id: str
    source: str
    patient: PersonId
    origin: Origin
    status: Status
    title: str
    text: str = ""
    author: Author = Author()
    start: When | None = None
    end: When | None = None
    recorded: When | None = None
    updated: When | None = None
    version: str = ""
    codes: tuple[Coded, ...] = ()
    unit_phone: str = ""
    system: str = ""
    document_id: str = ""
