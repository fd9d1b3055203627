"""The last check before bytes leave: one statement that locks, compares and logs.

Its row is the proof that something was shown. No row, no bytes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Now

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, Guard, Trace, write, write_if
from consent.database import on_database_thread
from consent.models import Dossier
from consent.terms import Basis, Origin, Permit
from consent.vocabulary import Kind, Row


class NotReleased(Exception):
    """Consent, block, relation or emergency changed since the view was opened, or the permit ran out."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is about to leave. ``origins``: one pair per record; ``outcomes``: what each source came with.

    ``parts``: by source that answers for several systems, how each of those did, as the reader is told it: a
    pair of the system's HSA-id (empty where it may not be named) and a word.
    """

    origins: Sequence[tuple[Origin, Kind]] = ()
    outcomes: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    parts: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


async def release(permit: Permit, shown: Shown, action: Action, trace: Trace) -> None:
    """Insert the ``shown`` row if the permit still holds. Raises NotReleased, LogUnavailable."""
    await on_database_thread(release_now, permit, shown, action, trace)


def release_now(permit: Permit, shown: Shown, action: Action, trace: Trace) -> None:
    """As ``release``, for code already on a database thread. One record that is not covered stops all."""
    if permit.is_specimen:
        raise NotReleased
    guard = Guard(permit.dossier_id, permit.dossier_version, permit.expires_at)
    is_covered = all(permit.covers(origin, kind) for origin, kind in shown.origins)
    if is_covered and write_if(_entry(Event.SHOWN, permit, shown, action, trace), guard):
        return
    write(_entry(Event.REFUSED, permit, Shown(outcomes=shown.outcomes), action, trace))
    raise NotReleased


async def leave(permit: Permit, outcomes: Mapping[str, str], action: Action, trace: Trace) -> None:
    """The reader went away before every source had come: log what was still awaited."""
    await on_database_thread(write, _entry(Event.LEFT, permit, Shown(outcomes=outcomes), action, trace))


def still_holds(dossier_id: UUID, version: int, until: datetime | None) -> bool:
    """Whether an open page may stay readable: nothing that bears on access has changed or run out since.

    For a database thread: one query, by the database's clock. No log row: nothing new is shown.
    """
    row = Dossier.objects.filter(pk=dossier_id, version=version).annotate(now=Now()).first()
    return row is not None and (until is None or row.now < until)


def _entry(event: Event, permit: Permit, shown: Shown, action: Action, trace: Trace) -> Entry:
    origins = Counter((o.provider.hsa_id, o.unit_id, kind.value) for o, kind in shown.origins)
    used = ((o.provider.hsa_id, permit.decision_for(o)) for o, _ in shown.origins)
    bases = sorted({(owner, d.row.value, d.reference) for owner, d in used if isinstance(d, Basis)})
    detail: dict[str, object] = {"version": permit.dossier_version}
    if shown.counts:
        detail["counts"] = dict(shown.counts)
    if shown.parts:
        detail["parts"] = {source: [list(part) for part in parts] for source, parts in shown.parts.items()}
    return Entry(
        event=event,
        actor=permit.actor,
        trace=trace,
        patient=permit.patient,
        view_id=permit.view_id,
        action=action,
        kinds=frozenset(kind for _, kind in shown.origins),
        origins=[(*key, count) for key, count in sorted(origins.items())],
        outcomes=shown.outcomes,
        bases=bases,
        detail=detail,
        is_emergency=any(row == Row.EMERGENCY.value for _, row, _ in bases),
        aliases=permit.aliases,
    )
