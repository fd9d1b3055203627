"""What an administrator of consents records for the own provider: acts ended or annulled, and blocks.

As in ``consent.recording``: one transaction each, which locks the dossier, raises its version and writes the
log, so that an open page shows nothing more. For a database thread. Raises NotAdministered, LogUnavailable.
What the patient wants comes here on paper or by telephone; nothing of it opens anything to the administrator.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import Error, transaction
from django.db.models import Q

from consent import dossiers, ledger
from consent.accesslog.events import Event
from consent.accesslog.write import Entry, LogUnavailable, Trace, write
from consent.acts import administers_consents
from consent.models import (
    Block,
    BlockLift,
    CareRelation,
    CareUnit,
    Consent,
    ConsentRefusal,
    RecordedAct,
    SipConsent,
)
from consent.recording import plain
from consent.terms import Actor, PersonId
from consent.vocabulary import BlockKind, InformationType

MOVED = "relationen upphörde"


class Ending(StrEnum):
    """Ended (avslutat): it held until now. Annulled (makulerat): it was a mistake, and never held."""

    END = "end"
    ANNUL = "annul"


# A refusal ends by a new consent or by being annulled, nothing else (row 7).
ENDINGS: Mapping[type[RecordedAct], Mapping[Ending, Event]] = {
    Consent: {Ending.END: Event.CONSENT_ENDED, Ending.ANNUL: Event.CONSENT_ANNULLED},
    ConsentRefusal: {Ending.ANNUL: Event.REFUSAL_ANNULLED},
    CareRelation: {Ending.END: Event.RELATION_ENDED, Ending.ANNUL: Event.RELATION_ENDED},
    SipConsent: {Ending.END: Event.SIP_CONSENT_ENDED, Ending.ANNUL: Event.SIP_CONSENT_ANNULLED},
    BlockLift: {Ending.END: Event.LIFT_ENDED, Ending.ANNUL: Event.LIFT_ENDED},
    Block: {Ending.END: Event.BLOCK_ENDED, Ending.ANNUL: Event.BLOCK_ENDED},
}
# The national blocking contract lets a block leave out these two.
EXCLUDABLE = frozenset({InformationType.ALERT.value, InformationType.MEDICATION.value})


class NotAdministered(Exception):
    """Not this administrator's to change, or no longer there to be changed. Never says about whom."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who administers, under which assignment, and from where."""

    actor: Actor
    trace: Trace


@dataclass(frozen=True, slots=True)
class BlockTerms:
    """What a block covers: the own provider, or one unit of it; an inner one names its unit (blocking
    contract 4.0). Days are days of documentation, both included; none: everything."""

    kind: BlockKind
    unit_id: str = ""
    first_day: date | None = None
    last_day: date | None = None
    excluded_types: frozenset[str] = frozenset()

    def are_sound(self) -> bool:
        in_order = self.first_day is None or self.last_day is None or self.first_day <= self.last_day
        names_unit = bool(self.unit_id) or self.kind is BlockKind.OUTER
        return in_order and names_unit and self.excluded_types <= EXCLUDABLE


def may_administer(actor: Actor, provider_id: str) -> bool:
    """Whether the actor's assignment is for administering this provider's consents and blocks."""
    return administers_consents(actor) and bool(provider_id) and actor.provider.hsa_id == provider_id


def endings_of(act: RecordedAct, at: datetime) -> tuple[Ending, ...]:
    """How an act can be stopped now: nothing is stopped twice, and what has run out can only be annulled."""
    if act.ended_at or act.annulled_at:
        return ()
    is_over = act.ends_at is not None and act.ends_at <= at
    return tuple(e for e in ENDINGS.get(type(act), {}) if not (is_over and e is Ending.END))


def stop_act(by: Clerk, model: type[RecordedAct], act_id: UUID | str, how: Ending, reason: str) -> None:
    """End or annul one act. With a relation that ends, the consents that rested on it end too."""
    found = _find(model, act_id)
    event = ENDINGS.get(model, {}).get(how)
    if event is None or not plain(reason) or not may_administer(by.actor, found.provider_id):
        raise NotAdministered
    with _changed(by, found.dossier.as_person(), event, reason) as (opened, detail):
        act = _find(model, act_id)
        if how not in endings_of(act, opened.now):
            raise NotAdministered
        _stop(act, how, by, opened.now, plain(reason))
        acts = [str(act.pk)]
        if model is CareRelation and how is Ending.END:
            acts += _end_consents(act, by, opened)
        detail.update(acts=acts, how=how.value, provider=act.provider_id, unit=act.unit_id)


def record_block(by: Clerk, person: PersonId, terms: BlockTerms, reason: str) -> Block:
    """A block that the patient asked the own provider for (PDL 4:4, SVOD 2:3), in force from now on."""
    provider_id = by.actor.provider.hsa_id
    is_own = not terms.unit_id or CareUnit.objects.filter(pk=terms.unit_id, provider_id=provider_id).exists()
    if not (may_administer(by.actor, provider_id) and terms.are_sound() and is_own and plain(reason)):
        raise NotAdministered
    with _changed(by, person, Event.BLOCK_RECORDED, reason) as (opened, detail):
        block = Block.objects.create(
            dossier=opened.dossier,
            provider_id=provider_id,
            unit_id=terms.unit_id,
            recorded_at=opened.now,
            starts_at=opened.now,
            recorded_by=by.actor.hsa_id,
            reason=plain(reason),
            kind=terms.kind.value,
            first_day=terms.first_day,
            last_day=terms.last_day,
            excluded_types=sorted(terms.excluded_types),
        )
        detail.update(
            act=str(block.pk),
            provider=provider_id,
            unit=terms.unit_id,
            kind=terms.kind.value,
            first_day=terms.first_day and terms.first_day.isoformat(),
            last_day=terms.last_day and terms.last_day.isoformat(),
            excluded_types=block.excluded_types,
        )
    return block


@contextmanager
def _changed(
    by: Clerk, person: PersonId, event: Event, reason: str
) -> Iterator[tuple[dossiers.Found, dict[str, Any]]]:
    """The locked dossier and the details to log. A database that fails is a log that fails."""
    try:
        with transaction.atomic():
            opened = dossiers.lock_dossier(person)
            detail: dict[str, Any] = {"dossier": str(opened.dossier.pk), "in": "admin"}
            yield opened, detail
            dossiers.raise_version(opened.dossier)
            about = opened.dossier.as_person()
            write(Entry(event, by.actor, by.trace, patient=about, detail=detail, reason=plain(reason)))
    except Error as error:
        raise LogUnavailable from error


def _find(model: type[RecordedAct], act_id: UUID | str) -> RecordedAct:
    found: RecordedAct | None = (
        model.objects.select_related("dossier").filter(pk=act_id).first()  # type: ignore[attr-defined]
    )
    if found is None:
        raise NotAdministered
    return found


def _stop(act: RecordedAct, how: Ending, by: Clerk, now: datetime, reason: str) -> None:
    """Only its end is written: an act itself never changes."""
    if how is Ending.END:
        act.ended_at, act.ended_by, act.end_reason = now, by.actor.hsa_id, reason
        act.save(update_fields=["ended_at", "ended_by", "end_reason"])
    else:
        act.annulled_at, act.annulled_by, act.annul_reason = now, by.actor.hsa_id, reason
        act.save(update_fields=["annulled_at", "annulled_by", "annul_reason"])


def _end_consents(relation: RecordedAct, by: Clerk, opened: dossiers.Found) -> list[str]:
    """When a relation ends (moved), its consents end; one for several units stays while one of them still has
    the patient. Returns the ids of those that ended."""
    ids = ledger.ids_of(opened.dossier)
    not_over = Q(ends_at=None) | Q(ends_at__gt=opened.now)
    standing = {"dossier__in": ids, "ended_at": None, "annulled_at": None}
    kept = set(CareRelation.objects.filter(not_over, **standing).values_list("unit_id", flat=True))
    consents = Consent.objects.filter(not_over, **standing, provider_id=relation.provider_id)
    over = [c for c in consents if relation.unit_id in c.unit_ids and not kept & set(c.unit_ids)]
    for consent in over:
        _stop(consent, Ending.END, by, opened.now, MOVED)
    return [str(consent.pk) for consent in over]
