"""Every state and every flag as a button shows it, made by the overview's presenters of invented readings.

For the page that explains the buttons, and for whatever else wants one of each.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connectors.base.records import When
from consent.terms import Provider
from consent.vocabulary import CareKind, Reason
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.buttons.declaration import Button
from portal.aggregation.states import WITH_RECORDS, Flag, Reading, State
from portal.overview.presenters.tiles import Tile, present_tile

# Which button shows which state, so that they are seen among different labels and icons.
PLACES = dict(zip(State, BUTTONS, strict=True))
REASONS = {
    State.CHOOSE: Reason.NOT_CHOSEN,
    State.CONSENT: Reason.NO_CONSENT,
    State.BLOCKED: Reason.BLOCKED,
    State.CLOSED: Reason.NOT_IN_EMERGENCY,
}
NOT_CONNECTED = Provider("SE0", "Nordlidens kommun", CareKind.SOCIAL_CARE)
HANDLE = "exempel"


def sample_of(state: State, flags: frozenset[Flag] = frozenset(), button: Button | None = None) -> Tile:
    """One button in a state. What stands on it is invented and says so."""
    now = datetime.now(UTC)
    has_records = state in WITH_RECORDS
    reading = Reading(
        button=button or PLACES[state],
        state=state,
        headline=_("Exempel: det viktigaste i en rad") if has_records else "",
        when=When.on((now - timedelta(days=3)).date()) if has_records else None,
        flags=flags,
        asked=2,
        answered=1 if flags & {Flag.PARTIAL, Flag.WAITING} or state is State.UNKNOWN else 2,
        reason=REASONS.get(state),
        is_copy=Flag.COPY in flags,
        copy_from=now if Flag.COPY in flags else None,
        answered_at=now,
        not_delivering=(NOT_CONNECTED,) if state is State.EMPTY_AMONG_CONNECTED else (),
    )
    tile = present_tile(reading, HANDLE, 0, "14.32")
    return replace(tile, count=2, count_word=ngettext("post", "poster", 2)) if has_records else tile


def every_state() -> Iterator[tuple[State, Tile]]:
    return ((state, sample_of(state)) for state in State)


def every_flag() -> Iterator[tuple[Flag, Tile]]:
    """Under a button that holds something."""
    return ((flag, sample_of(State.CURRENT, frozenset({flag}))) for flag in Flag)
