"""The log as people read it: the rows of a view put together, and everything else a row by itself."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.models import Q

from consent.accesslog.events import Activity, Event
from consent.accesslog.keys import keys_of, period_of
from consent.accesslog.model import AccessEvent, LogKey
from consent.accesslog.table import partition_of, partitions
from consent.encryption import Undecipherable, lookup_key
from consent.terms import PersonId

# A row's key belongs to the month by our clock, its time is the database's.
CLOCKS_APART = timedelta(days=1)
# What opens a view: let in, or turned away at the door. A view that is stopped later has an intent before it.
OPENS_VIEW = Q(event=Event.INTENT.value) | Q(event=Event.REFUSED.value, detail__has_key="refusals")


class Result(StrEnum):
    """What came of it. ACT: no view, but something recorded or read beside the views."""

    SHOWN = "shown"
    NOTHING = "nothing"
    DENIED = "denied"
    STOPPED = "stopped"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Viewing:
    """One view with all its rows, oldest first; or one event that belongs to no view."""

    rows: tuple[AccessEvent, ...]

    @property
    def first(self) -> AccessEvent:
        return self.rows[0]

    @property
    def at(self) -> datetime:
        return self.first.at

    @property
    def origins(self) -> tuple[tuple[str, str, str, int], ...]:
        """Of what was shown: provider, unit, kind and how many records, summed over the view."""
        counts: dict[tuple[str, str, str], int] = defaultdict(int)
        for row in self.rows:
            for provider_id, unit_id, kind, count in row.origins:
                counts[provider_id, unit_id, kind] += count
        return tuple((*key, count) for key, count in sorted(counts.items()))

    @property
    def bases(self) -> tuple[tuple[str, str], ...]:
        """Provider and row of the decision table, for what was shown."""
        shown = [row for row in self.rows if row.event == Event.SHOWN]
        return tuple(sorted({(owner, row) for each in shown for owner, row, _ in each.bases}))

    @property
    def outcomes(self) -> dict[str, str]:
        """What each source came with; the last word about it counts."""
        return {slug: word for row in self.rows for slug, word in row.outcomes.items()}

    @property
    def is_emergency(self) -> bool:
        return any(row.activity == Activity.EMERGENCY for row in self.rows)

    @property
    def result(self) -> Result:
        if self.first.view_id is None:
            return Result.ACT
        events = {row.event for row in self.rows}
        if Event.SHOWN in events:
            return Result.SHOWN if self.origins else Result.NOTHING
        if self.first.event == Event.REFUSED:
            return Result.DENIED
        return Result.STOPPED if Event.REFUSED in events else Result.NOTHING


def gather(rows: Iterable[AccessEvent]) -> list[Viewing]:
    """Newest first. A view's time is that of its first row among these."""
    together: dict[UUID, list[AccessEvent]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.seq):
        together[row.view_id or row.event_id].append(row)
    views = [Viewing(tuple(each)) for each in together.values()]
    return sorted(views, key=lambda view: (view.at, view.first.seq), reverse=True)


def viewings(view_ids: Iterable[UUID]) -> dict[UUID, Viewing]:
    """Views by their ids, each whole. One query, however many."""
    rows = AccessEvent.objects.filter(view_id__in=list(view_ids))
    return {view.first.view_id: view for view in gather(rows) if view.first.view_id is not None}


def patient_of(row: AccessEvent) -> PersonId | None:
    """Whom a row is about; None where it is about nobody, or its key is lost."""
    try:
        return row.patient()
    except (Undecipherable, LogKey.DoesNotExist):
        return None


def numbers_of(row: AccessEvent) -> tuple[PersonId, ...]:
    """Every number of the patient that the row goes by, the main one first; none where unreadable."""
    patient = patient_of(row)
    return () if patient is None else (patient, *row.patient_aliases())


@dataclass(frozen=True, slots=True)
class MonthKeys:
    """What stands for some numbers in each month's rows. ``lost``: months whose keys cannot be opened.
    ``archived``: months whose rows are not in the database."""

    keys: frozenset[bytes]
    lost: tuple[str, ...]
    archived: tuple[str, ...]


def month_keys(people: Iterable[PersonId], since: datetime, until: datetime) -> MonthKeys:
    """Of the months that rows between two times can have their keys from."""
    numbers = tuple(people)
    found, lost = set(), []
    periods = _periods(since - CLOCKS_APART, until + CLOCKS_APART)
    for period in periods:
        try:
            secret = keys_of(period).hash
        except Undecipherable:
            lost.append(period)
        else:
            found |= {lookup_key(number, secret) for number in numbers}
    return MonthKeys(frozenset(found), tuple(lost), archived_months(since, until))


def archived_months(since: datetime, until: datetime) -> tuple[str, ...]:
    """Months in which somebody was logged as the patient and whose rows are not in the database: taken out by
    ``consent.archiving``, or gone. By what is there, so that nothing has to be noted for it to be told."""
    there = partitions(connection)
    if not there:
        return ()  # SQLite keeps everything in one table
    periods = _periods(since, until - timedelta(microseconds=1))
    return tuple(each for each in periods if partition_of(date.fromisoformat(f"{each}-01")) not in there)


def _periods(since: datetime, until: datetime) -> list[str]:
    first, last = (period_of(at.astimezone(UTC)) for at in (since, until))
    periods = LogKey.objects.filter(period__gte=first, period__lte=last).order_by("period")
    return list(periods.values_list("period", flat=True))
