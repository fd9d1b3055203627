"""What the log says of the sources, hour by hour: how often each answered, and since when it has not.

Counts and times of sources alone; nobody's name, and no patient. An hour that is over never changes, so
whoever asks may keep it. One range of time is read at a time, by the log's index on it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from consent.accesslog.events import Action, Event
from consent.accesslog.table import TABLE

# A view that is read for its whole; one kind alone, or one source tried again, says nothing of the rest.
WHOLE_VIEWS = (Action.OVERVIEW.value, Action.PRINT.value)
_TOLD = (Event.SHOWN.value, Event.INTERRUPTED.value)

_SAID = """
said AS (
    SELECT e.at, e.view_id, e.action, o.key AS slug, {word} AS word
    FROM {table} e, {each}(e.outcomes) o
    WHERE e.at >= %s AND e.at < %s AND e.event IN (%s, %s)
)"""
_SOURCES = """
WITH {said}, answers AS (SELECT slug, max(at) AS at FROM said WHERE word = %s GROUP BY slug)
SELECT said.slug,
    sum(CASE WHEN word = %s THEN 1 ELSE 0 END), sum(CASE WHEN word IN ({failures}) THEN 1 ELSE 0 END),
    max(answers.at),
    min(CASE WHEN word IN ({failures}) AND (answers.at IS NULL OR said.at > answers.at) THEN said.at END)
FROM said LEFT JOIN answers ON answers.slug = said.slug GROUP BY said.slug
"""
_UNKNOWN = """
WITH {said}, unknown AS (
    SELECT view_id, slug FROM said
    WHERE action IN (%s, %s) AND slug IN ({sources}) AND word IN ({failures})
)
SELECT slug, count(DISTINCT view_id) FROM unknown GROUP BY slug
UNION ALL SELECT '', count(DISTINCT view_id) FROM unknown
"""
_WORDS = """
WITH {said} SELECT slug, word, count(*) FROM said WHERE word IN ({failures}) GROUP BY slug, word
"""
_DIALECTS = {
    "postgresql": {"each": "json_each_text", "word": "o.value"},
    "sqlite": {"each": "json_each", "word": "o.value"},
}


@dataclass(frozen=True, slots=True)
class SourceTally:
    """One source in one stretch of time. ``failing_since``: its first failure after its last answer there."""

    answered: int
    failed: int
    answered_at: datetime | None
    failing_since: datetime | None


def tally_sources(
    since: datetime, until: datetime, answered: str, failures: Collection[str]
) -> dict[str, SourceTally]:
    """By source: what the outcomes of all views say. ``answered`` and ``failures``: the words for them."""
    words = sorted(failures)
    values = [*_bounds(since, until), answered, answered, *words, *words]
    rows = _rows(_SOURCES, values, failures=_places(words))
    return {
        slug: SourceTally(int(good), int(bad), _moment(answered_at), _moment(failing_since))
        for slug, good, bad, answered_at, failing_since in rows
        if good or bad
    }


def count_words(since: datetime, until: datetime, words: Collection[str]) -> dict[str, dict[str, int]]:
    """By source and word: how often the outcomes of all views say it."""
    asked = sorted(words)
    counts: dict[str, dict[str, int]] = {}
    for slug, word, count in _rows(_WORDS, [*_bounds(since, until), *asked], failures=_places(asked)):
        counts.setdefault(slug, {})[word] = int(count)
    return counts


def count_unknown(
    since: datetime, until: datetime, sources: Collection[str], failures: Collection[str]
) -> dict[str, int]:
    """Views in which one of these sources did not answer, by source; ``""``: of all of them together."""
    if not sources:
        return {"": 0}
    slugs, words = sorted(sources), sorted(failures)
    values = [*_bounds(since, until), *WHOLE_VIEWS, *slugs, *words]
    rows = _rows(_UNKNOWN, values, sources=_places(slugs), failures=_places(words))
    return {slug: int(count) for slug, count in rows}


def _rows(sql: str, values: list[Any], **places: str) -> list[tuple[Any, ...]]:
    said = _SAID.format(table=TABLE, **_DIALECTS[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(sql.format(said=said, **places), values)
        return list(cursor.fetchall())


def _bounds(since: datetime, until: datetime) -> list[Any]:
    times = [connection.ops.adapt_datetimefield_value(time) for time in (since, until)]
    return [*times, *_TOLD]


def _places(words: Collection[str]) -> str:
    return ", ".join(["%s"] * len(words))


def _moment(value: datetime | str | None) -> datetime | None:
    """SQLite keeps times as text."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value
