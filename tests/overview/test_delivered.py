"""A source that delivers by itself says when it did; only what is too old is told of as a copy."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.base.contract import Freshness
from connectors.base.kinds import CareLimitation
from consent.terms import SWEDISH_TIME
from consent.vocabulary import Kind
from portal.aggregation.buttons import BUTTON_OF
from portal.aggregation.judging import Scene, read_button
from portal.aggregation.outcomes import Answered
from portal.aggregation.states import Flag, Reading, State
from portal.aggregation.wording import clock
from portal.overview.presenters.parts import got_words
from portal.overview.presenters.sources import present_source
from portal.overview.presenters.tiles import present_flag, when_of
from tests.aggregation.examples import COSMIC, MOMENT, record
from tests.factories.permits import actor_at, everything_open

LIMITS = Kind.CARE_LIMITATION
NOW = datetime.now(SWEDISH_TIME)
YESTERDAY = NOW - timedelta(days=1)


def delivered(
    freshness: Freshness, at: Any = NOW, *records: Any, absent: frozenset[Kind] = frozenset()
) -> Answered:
    return Answered(COSMIC, frozenset({LIMITS}), records, at, freshness=freshness, absent=absent)


def button(outcome: Answered) -> Reading:
    scene = Scene(actor_at(), everything_open(actor_at()), (COSMIC,), MOMENT)
    return read_button(scene, BUTTON_OF[LIMITS], {COSMIC.slug: outcome})


def test_what_came_in_its_time_is_no_copy() -> None:
    outcome = delivered(Freshness.DELIVERED, NOW, record(CareLimitation, text="Ej HLR."))
    assert Flag.COPY not in button(outcome).flags
    line = present_source(outcome, NOW)
    assert (line.state, line.text, line.time) == ("ok", f"Levererat {clock(NOW)}", f"Levererat {clock(NOW)}")
    assert got_words(outcome) == f"levererat {clock(NOW)}"


def test_day_is_told_where_it_is_not_today() -> None:
    """A clock time alone would make yesterday's delivery this morning's."""
    outcome = delivered(Freshness.DELIVERED, YESTERDAY)
    for words in (present_source(outcome, NOW).text, got_words(outcome), when_of(button(outcome), "")):
        assert clock(YESTERDAY) in words
        assert str(YESTERDAY.day) in words.removesuffix(clock(YESTERDAY))
    assert button(outcome).state is State.EMPTY


@pytest.mark.parametrize("records", [(), (record(CareLimitation, text="Ej HLR."),)])
def test_what_is_too_old_is_told_and_never_nothing(records: Any) -> None:
    outcome = delivered(Freshness.OVERDUE, YESTERDAY, *records, absent=frozenset({LIMITS}))
    reading = button(outcome)
    assert reading.state is not State.EMPTY
    assert Flag.COPY in reading.flags
    assert present_flag(Flag.COPY, reading).text.startswith("Kopia från")
    line = present_source(outcome, NOW)
    assert (line.state, line.text.partition(".")[0][:18]) == ("part", "Levererade senast ")
    assert "Nyare uppgifter kan finnas." in line.text


def test_part_that_is_missing_of_a_delivery_is_told() -> None:
    line = present_source(delivered(Freshness.DELIVERED, NOW, absent=frozenset({LIMITS})), NOW)
    assert (line.state, line.text) == ("part", f"Levererade {clock(NOW)}, men inte allt.")
