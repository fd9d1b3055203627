"""What a button can say. Closed sets: the page has one key and one text for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connectors.base.records import Record, When
from consent.terms import Provider
from consent.vocabulary import Reason
from portal.aggregation.buttons.declaration import Button
from portal.aggregation.lamps import Judged, Lamp


class State(StrEnum):
    """Strongest first. The first two are lit.

    EMPTY: every permitted source answered completely and holds nothing. EMPTY_AMONG_CONNECTED: the same, but
    an owner who should deliver this kind is not connected. CLOSED: not a matter of consent, so that asking
    the patient would change nothing (the assignment, the relation, death).
    """

    ONGOING = "ongoing"
    NEW = "new"
    CURRENT = "current"
    PAST = "past"
    EMPTY = "empty"
    EMPTY_AMONG_CONNECTED = "empty_among_connected"
    UNKNOWN = "unknown"
    CHOOSE = "choose"
    CONSENT = "consent"
    BLOCKED = "blocked"
    CLOSED = "closed"
    WAITING = "waiting"


LIT = frozenset({State.ONGOING, State.NEW})
WITH_RECORDS = frozenset({State.ONGOING, State.NEW, State.CURRENT, State.PAST})
EMPTY_STATES = frozenset({State.EMPTY, State.EMPTY_AMONG_CONNECTED})
STATE_OF_LAMP: Mapping[Lamp, State] = {lamp: State(lamp.value) for lamp in Lamp}


class Flag(StrEnum):
    """One for each thing that did not come, under whatever did. MORE: something did not, and why is not for
    everybody who sees the screen."""

    WAITING = "waiting"
    PARTIAL = "partial"
    COPY = "copy"
    CHOOSE = "choose"
    CONSENT = "consent"
    BLOCKED = "blocked"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Reading:
    """One button as it stands now.

    records: strongest first, then newest. asked, answered: how many sources feed the button and how many
    of them have given a complete answer. reason: why, where the state is one of the closed ones.
    not_delivering: expected owners that no configured source answers for. is_copy: something of it came from
    a source's own cache; copy_from: the oldest such copy, where its age was told.
    """

    button: Button
    state: State
    judged: tuple[Judged, ...] = ()
    headline: str = ""
    when: When | None = None
    flags: frozenset[Flag] = frozenset()
    asked: int = 0
    answered: int = 0
    unparsed: int = 0
    reason: Reason | None = None
    is_copy: bool = False
    copy_from: datetime | None = None
    answered_at: datetime | None = None
    not_delivering: tuple[Provider, ...] = ()

    @property
    def is_lit(self) -> bool:
        return self.state in LIT

    @property
    def records(self) -> tuple[Record, ...]:
        return tuple(one.record for one in self.judged)
