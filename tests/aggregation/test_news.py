"""What is new since a reader looked: by the records' own times, and never guessed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base.kinds import Contact, Diagnosis
from connectors.base.records import When
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.judging import Scene, read_all
from portal.aggregation.news import News, is_fresh, news_in
from portal.aggregation.outcomes import Answered
from tests.aggregation.examples import COSMIC, MOMENT, NOON, ago, record
from tests.factories.permits import actor_at, everything_open

LOOKED = datetime(2026, 3, 10, 13, 32, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("times", "fresh"),
    [
        ({"recorded": When.of(LOOKED + MINUTE)}, True),
        ({"recorded": When.of(LOOKED)}, False),
        ({"recorded": When.of(LOOKED - MINUTE)}, False),
        ({"recorded": ago(300), "updated": When.of(LOOKED + MINUTE)}, True),
        ({"recorded": When.on(LOOKED.date())}, True),
        ({"recorded": When.on(LOOKED.date() - timedelta(days=1))}, False),
        ({"start": ago(0)}, None),
        ({"recorded": replace(ago(0), is_doubtful=True)}, None),
        ({"recorded": When("i våras")}, None),
    ],
)
def test_fresh_is_what_was_recorded_or_changed_after(times: dict[str, Any], fresh: bool | None) -> None:
    assert is_fresh(record(Diagnosis, title="Diagnos", **times), LOOKED) is fresh


def test_what_has_no_time_is_counted_by_itself_and_units_numbers_not_at_all() -> None:
    records = (
        record(Diagnosis, id="1", title="Ny", recorded=When.of(LOOKED + MINUTE)),
        record(Diagnosis, id="2", title="Gammal", recorded=ago(90)),
        record(Diagnosis, id="3", title="Odaterad", start=ago(0)),
        record(Contact, id="4", title="Jour", is_about_unit=True, updated=ago(0)),
    )
    actor = actor_at()
    scene = Scene(actor, everything_open(actor), (COSMIC,), MOMENT)
    readings = read_all(scene, BUTTONS, {"cosmic": Answered(COSMIC, COSMIC.kinds, records, NOON)})
    assert news_in(readings, LOOKED) == News(fresh=1, untimed=1)
    assert news_in(readings, None) == News()
