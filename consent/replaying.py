"""After a restore: what was taken back since the backup is taken back again, from the second place's journal.

Only what narrows: acts are ended or annulled, a no and a block are recorded. What was given since the backup
is gone and has to be asked for again. Openings of a reader's own, a day at most, are all ended.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from consent import epochs
from consent.accesslog import sealing
from consent.accesslog.events import Event
from consent.accesslog.model import LogCheckpoint
from consent.accesslog.sinks import FolderSink
from consent.accesslog.verifying import Checkpoint
from consent.accesslog.write import Entry, Trace, write
from consent.models import (
    Block,
    BlockLift,
    CareRelation,
    Consent,
    ConsentRefusal,
    Dossier,
    EmergencyOpening,
    LogEpoch,
    RecordedAct,
    SipConsent,
    UnitChoice,
)
from consent.vocabulary import BlockKind

BY = "journal"
# Swedish, as everything that is recorded.
WHY = "återläst efter återställning"
AT_ONCE = 1000

ENDED = ("ended_at", "ended_by", "end_reason")
ANNULLED = ("annulled_at", "annulled_by", "annul_reason")
# What an event stopped, and by which columns.
STOPS: dict[Event, tuple[type[RecordedAct], tuple[str, str, str]]] = {
    Event.CONSENT_ENDED: (Consent, ENDED),
    Event.CONSENT_ANNULLED: (Consent, ANNULLED),
    Event.SIP_CONSENT_ENDED: (SipConsent, ENDED),
    Event.SIP_CONSENT_ANNULLED: (SipConsent, ANNULLED),
    Event.RELATION_ENDED: (CareRelation, ENDED),
    Event.LIFT_ENDED: (BlockLift, ENDED),
}
RECORDS = frozenset({Event.CONSENT_REFUSED, Event.BLOCK_RECORDED})


class CannotReplay(Exception):
    """The second place does not hold all that was taken back, or not as it was sealed."""


@dataclass(slots=True)
class Replayed:
    """``lines``: read from the journal. ``changed``: acts ended, annulled or recorded. ``unknown``: blocks on
    patients whom the restored database does not know: without their number they cannot be recorded."""

    lines: int = 0
    changed: int = 0
    unknown: list[str] = field(default_factory=list)


def replay(sink: FolderSink, by: str, *, accept_unknown: bool = False) -> Replayed:
    """Apply the journal of every checkpoint that the database lacks; then every epoch counts as replayed.

    In one transaction. Raises CannotReplay. ``unknown`` that is not accepted leaves the epoch as it was.
    """
    with transaction.atomic():
        sealing.take_turn(wait=True)
        done = Replayed()
        for said in _lines_of(sink, _missing(sink)):
            done.lines += 1
            _apply(said, done)
        if done.unknown and not accept_unknown:
            transaction.set_rollback(True)
            return done
        for model in (EmergencyOpening, UnitChoice):
            standing = model.objects.filter(Q(ends_at=None) | Q(ends_at__gt=Now()), ended_at=None)
            done.changed += standing.update(ended_at=Now(), ended_by=BY, end_reason=WHY)
        waiting = LogEpoch.objects.filter(replayed_at=None)
        detail: dict[str, Any] = {"epochs": sorted(waiting.values_list("number", flat=True))}
        waiting.update(replayed_at=Now())
        epochs.invalidate_views()
        detail.update(lines=done.lines, changed=done.changed, unknown=done.unknown)
        write(Entry(Event.RECORD_REPLAYED, epochs.operator(by), Trace(), detail=detail))
        return done


def _missing(sink: FolderSink) -> dict[int, Checkpoint]:
    """The second place's checkpoints that the database lacks, by number; each signed, none left out."""
    found, last = dict[int, Checkpoint](), 0
    theirs = filter(None, map(Checkpoint.read, sink.checkpoints()))
    while some := {c.said["number"]: c for c in islice(theirs, AT_ONCE)}:
        ours = dict(LogCheckpoint.objects.filter(number__in=list(some)).values_list("number", "body"))
        for number, checkpoint in some.items():
            if last and number not in (last, last + 1):
                raise CannotReplay(f"checkpoint {last + 1} is not in the second place")
            last = number
            if ours.get(number) != checkpoint.body:
                if not checkpoint.is_signed(dict(settings.KEYS.seal_public)):
                    raise CannotReplay(f"checkpoint {number} is not signed with a trusted key")
                found[number] = checkpoint
    if not last:
        raise CannotReplay("there is no checkpoint in the second place")
    for row in LogCheckpoint.objects.exclude(body__contains='"lost":null').iterator():
        first, end, _ = json.loads(row.body)["lost"]
        if absent := set(range(first, end + 1)) - found.keys():
            raise CannotReplay(f"checkpoint {min(absent)} is not in the second place")
    return found


def _lines_of(sink: FolderSink, missing: dict[int, Checkpoint]) -> Iterator[dict[str, Any]]:
    """The journal of these checkpoints in order, as it was sealed with them. Raises CannotReplay."""
    journal: dict[int, dict[int, str]] = {}
    for line in map(str.rstrip, sink.revocations()):
        try:
            said = json.loads(line)
        except ValueError:  # cut off by a crash; written again in full, or the hash will not be right
            continue
        if said["checkpoint"] in missing:
            journal.setdefault(said["checkpoint"], {})[said["seq"]] = line
    for number, checkpoint in sorted(missing.items()):
        lines = [line for _, line in sorted(journal.get(number, {}).items())]
        if sealing.hash_of_lines(lines) != checkpoint.said["journal"]:
            raise CannotReplay(f"the revocations of checkpoint {number} are not those that were sealed")
        yield from map(json.loads, lines)


def _apply(said: dict[str, Any], done: Replayed) -> None:
    event = Event(said["event"])
    at = datetime.fromisoformat(said["at"]).replace(tzinfo=UTC)
    dossier = Dossier.objects.filter(pk=said["dossier"]).first() if said["dossier"] else None
    if event in STOPS:
        done.changed += _stop(said, dossier, at)
    elif event in RECORDS and dossier is not None:
        done.changed += _record(said, event, dossier, at)
    elif event is Event.BLOCK_RECORDED:
        done.unknown.append(str(said["seq"]))


def _stop(said: dict[str, Any], dossier: Dossier | None, at: datetime) -> int:
    """The acts that are named. A relation that its unit ended is not named by its acts, nor are the ends of
    consents to a SIP: then it is whatever there was at that unit."""
    model, columns = STOPS[Event(said["event"])]
    reach = said["reach"]
    # The administration annuls under the same event as it ends.
    columns = ANNULLED if reach.get("how") == "annul" else columns
    stopped: dict[str, Any] = dict(zip(columns, (at, BY, WHY), strict=True))
    count = 0
    for sort in (Consent, SipConsent, CareRelation, BlockLift):
        named = sort.objects.filter(pk__in=said["acts"] or (), ended_at=None, annulled_at=None)
        count += named.update(**stopped)
    are_all_named = said["acts"] is not None and (model is not CareRelation or reach.get("in") == "admin")
    if are_all_named:
        return count
    if dossier is None:
        if not said["dossier"]:
            raise CannotReplay(f"row {said['seq']} does not say what it took back")
        return count
    unit = reach.get("unit", said["unit"])
    there: QuerySet[Any] = model._default_manager.filter(  # noqa: SLF001 (Django's own name for it)
        _of_person(dossier), recorded_at__lte=at, ended_at=None, annulled_at=None
    )
    if model is Consent:
        there = there.filter(pk__in=[c.pk for c in there if unit in getattr(c, "unit_ids", ())])
    elif model is SipConsent:
        there = there.filter(provider_id=said["provider"])
    else:
        there = there.filter(unit_id=unit)
    return count + there.update(**stopped)


def _record(said: dict[str, Any], event: Event, dossier: Dossier, at: datetime) -> int:
    """The refusal or the block anew, under its own id, as far as the journal says how far it reaches."""
    reach = said["reach"]
    shared: dict[str, Any] = {
        "dossier": dossier,
        "provider_id": reach.get("provider", said["provider"]),
        "unit_id": reach.get("unit", said["unit"]),
        "recorded_at": at,
        "starts_at": at,
        "recorded_by": BY,
        "reason": WHY,
    }
    count = 0
    for act in said["acts"] or ():
        if event is Event.CONSENT_REFUSED:
            count += ConsentRefusal.objects.get_or_create(pk=act, defaults=shared)[1]
            continue
        extent = {
            "first_day": _day(reach.get("first_day")),
            "last_day": _day(reach.get("last_day")),
            "excluded_types": reach.get("excluded_types", []),
        }
        # Where the journal does not say which kind, both: the widest that it can have been.
        kinds = [reach["kind"]] if "kind" in reach else [kind.value for kind in BlockKind]
        for place, kind in enumerate(kinds):
            key = act if place == 0 else uuid5(UUID(act), kind)
            count += Block.objects.get_or_create(pk=key, defaults={**shared, **extent, "kind": kind})[1]
    return count


def _of_person(dossier: Dossier) -> Q:
    """Acts hang on any of a person's numbers."""
    main = dossier.main_id or dossier.pk
    return Q(dossier=main) | Q(dossier__main=main)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
