"""Min lista: the patients that a unit of health care follows, added and removed by its staff one by one.

Nothing finds patients for it: no search by insatser, diagnosis or anything else (PDL 2:8). It holds numbers,
encrypted, and no names; who they are is asked of the register when it is shown. ``judge`` is pure, the rest
is for a database thread. What is written raises NotAllowed, ListFull, LogUnavailable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Now

from consent.accesslog.events import Event
from consent.accesslog.write import Entry, Trace, write
from consent.acts import Act, keeps_list, may_be_followed
from consent.ledger import SOCIAL_GROUNDS
from consent.models import CareRelation, Following
from consent.person import Person
from consent.recording import Opened, Recorder, in_one_transaction, recorded
from consent.remote import Known
from consent.terms import Actor, PersonId
from consent.vocabulary import RelationGround

# The register is asked about everybody each time the list is shown.
MOST = 60
LEFT = "relationen upphörde eller patienten får inte längre listas"


class ListFull(Exception):
    """The unit already follows as many as a list may hold."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One on the list, with the recorded relations: of the unit, whoever has it, and of the reader."""

    following_id: UUID
    patient: PersonId
    is_units_own: bool
    is_readers_own: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """One who may be shown. Without a name: the register did not answer, or another has the relation."""

    person: Person
    may_be_named: bool


def follow(by: Recorder) -> None:
    """Put the patient on the list of the reader's unit."""
    with recorded(by, Act.FOLLOW, Event.LIST_ADDED, bears_on_access=False) as (opened, detail):
        if _standing(by.actor).count() >= MOST:
            raise ListFull
        detail.update(act=str(Following.objects.create(**opened.shared).id), unit=by.actor.unit.hsa_id)


def unfollow(by: Recorder) -> None:
    with recorded(by, Act.UNFOLLOW, Event.LIST_REMOVED, bears_on_access=False) as (opened, detail):
        detail.update(count=end_following(opened, by, "borttagen"), unit=by.actor.unit.hsa_id)


def end_following(opened: Opened, by: Recorder, reason: str) -> int:
    """In the transaction of an act: the patient leaves the list of the reader's unit."""
    rows = _standing(by.actor).filter(dossier__in=opened.ids)
    return rows.update(ended_at=opened.now, ended_by=by.actor.hsa_id, end_reason=reason)


def followed_by(actor: Actor) -> tuple[Followed, ...]:
    """The list of the reader's unit, as added: two queries. Empty for whom ``keeps_list`` denies."""
    if not keeps_list(actor):
        return ()
    rows = list(_standing(actor).select_related("dossier__main").order_by("recorded_at")[:MOST])
    mains = {row.pk: row.dossier.main or row.dossier for row in rows}
    holders: dict[UUID, set[str]] = {}
    for person, employee_id in _relations(actor, {main.pk for main in mains.values()}):
        holders.setdefault(person, set()).add(employee_id)
    found = []
    for row in rows:
        having = holders.get(mains[row.pk].pk, set())
        is_readers = bool(having & {"", actor.hsa_id})
        found.append(Followed(row.pk, mains[row.pk].as_person(), bool(having), is_readers))
    return tuple(found)


def judge(one: Followed, known: Known) -> Listed | None:
    """None: leaves the list, for the relation has ended, the identity is protected or the patient is dead.

    What could not be found out ends nothing: the number stays, since it was fit to be listed when it was
    added and each time that anybody could tell; but no name is shown.
    """
    person, journal = known.person, known.relation
    if person.is_known and not may_be_followed(person):
        return None
    if journal is RelationGround.NONE and not one.is_units_own:
        return None
    says_journal = journal not in (None, RelationGround.NONE)
    return Listed(person, may_be_named=person.is_known and (says_journal or one.is_readers_own))


def leave(actor: Actor, trace: Trace, gone: Iterable[Followed]) -> None:
    """Those who are listed no longer, each logged. In the caller's transaction or one of its own."""
    with in_one_transaction():
        for one in gone:
            rows = _standing(actor).filter(pk=one.following_id)
            if rows.update(ended_at=Now(), ended_by="", end_reason=LEFT):
                detail = {"unit": actor.unit.hsa_id, "by_itself": True}
                write(Entry(Event.LIST_REMOVED, actor, trace, one.patient, detail=detail))


def _standing(actor: Actor) -> QuerySet[Following]:
    return Following.objects.filter(unit_id=actor.unit.hsa_id, ended_at=None, annulled_at=None)


def _relations(actor: Actor, people: set[UUID]) -> Iterable[tuple[UUID, str]]:
    """Whose relation at the unit stands now; never one that rests on social services."""
    rows = CareRelation.objects.annotate(person=Coalesce("dossier__main_id", "dossier_id"))
    rows = rows.filter(Q(ends_at=None) | Q(ends_at__gt=Now()), ended_at=None, annulled_at=None)
    rows = rows.filter(person__in=people, unit_id=actor.unit.hsa_id, starts_at__lte=Now())
    rows = rows.exclude(ground__in=[ground.value for ground in SOCIAL_GROUNDS])
    return rows.values_list("person", "employee_id")
