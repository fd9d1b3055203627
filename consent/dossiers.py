"""The row that a patient's acts hang on: opened at the first ask, locked for a change, linked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import BinaryField, F, Subquery
from django.db.models.functions import Now

from consent import terms
from consent.accesslog.lastlook import keys_of_looks, look_of, looks
from consent.encryption import lookup_key
from consent.models import Dossier, LogEpoch
from consent.questions import Question, Slot, columns_of, row_of


@dataclass(frozen=True, slots=True)
class Found:
    """The row that counts for the number that was asked about, and the database's time.

    ``typed_as``: another number of the person led here. ``distrusted_before``: a backup was restored then,
    and what was taken back since it was made has not been replayed. ``looked_at``: when the reader who was
    named last had the overview before her.
    """

    dossier: Dossier
    now: datetime
    distrusted_before: datetime | None = None
    typed_as: terms.PersonId | None = None
    looked_at: datetime | None = None


def open_dossier(
    person: terms.PersonId, reader: terms.Actor | None = None, others: Iterable[terms.PersonId] = ()
) -> Found:
    """The patient's row, made at the first ask. One query where it exists. Otherwise as ``find_dossier``."""
    found = find_dossier(person, reader, others)
    if found is None:
        make_dossiers([person])
        found = find_dossier(person, reader, others)
    if found is None:
        raise Dossier.DoesNotExist
    return found


def find_dossier(
    person: terms.PersonId, reader: terms.Actor | None = None, others: Iterable[terms.PersonId] = ()
) -> Found | None:
    """The patient's row, in one query; None before the first ask.

    ``reader``: whose latest look is wanted too, at the person under this or ``others`` of her numbers.
    """
    asked_at = datetime.now(UTC)
    keys = [] if reader is None else keys_of_looks((person, *others), asked_at)
    about = {} if reader is None else look_of(reader, keys, asked_at)
    rows = _by_number(len(keys)).ask(lookup=lookup_key(person), **about)
    if not rows:
        return None
    ((now, distrusted_before, looked_at, *columns),) = rows
    own, main = columns[: len(columns) // 2], columns[len(columns) // 2 :]
    # Where no other row is the one that counts, all of its columns are null.
    dossier = row_of(Dossier, own if main[0] is None else main)
    return Found(
        dossier, now, distrusted_before, typed_as=None if main[0] is None else person, looked_at=looked_at
    )


def lock_dossier(person: terms.PersonId) -> Found:
    """Open and lock the row for a change; on SQLite the transaction's own lock does it."""
    opened = open_dossier(person)
    if not connection.features.has_select_for_update:
        return opened
    row = Dossier.objects.annotate(now=Now()).select_for_update(of=("self",)).get(pk=opened.dossier.pk)
    return Found(row, row.now, opened.distrusted_before, opened.typed_as)


def raise_version(*dossiers: Dossier) -> None:
    """In the transaction of the act it belongs to: whatever rests on the old version shows nothing more.

    Several are locked in one order, so that two who do this never wait for each other.
    """
    rows = Dossier.objects.filter(pk__in=[d.pk for d in dossiers])
    if len(dossiers) > 1 and connection.features.has_select_for_update:
        list(rows.order_by("pk").select_for_update().values_list("pk"))
    rows.update(version=F("version") + 1)


def link_numbers(dossier: Dossier, others: Iterable[terms.PersonId], by: str) -> bool:
    """Let other numbers of the person lead to this row; whether any was new. In the caller's transaction.

    ``by``: the register, or who checked. Acts that were recorded under them before count from now on.
    """
    numbers = {lookup_key(other): other for other in others}
    numbers.pop(bytes(dossier.lookup), None)
    if not numbers:
        return False
    linked = Dossier.objects.filter(lookup__in=list(numbers), main=dossier).values_list("lookup", flat=True)
    new = [other for lookup, other in numbers.items() if lookup not in {bytes(done) for done in linked}]
    if not new:
        return False
    make_dossiers(new)
    rows = Dossier.objects.filter(lookup__in=[lookup_key(other) for other in new])
    ids = [row.pk for row in rows]
    Dossier.objects.filter(main__in=ids).update(main=dossier)
    rows.update(main=dossier, linked_by=by, linked_at=Now(), version=F("version") + 1)
    Dossier.objects.filter(pk=dossier.pk).update(is_linked=True)
    dossier.is_linked = True
    return True


def make_dossiers(people: Iterable[terms.PersonId]) -> None:
    """A row for each number that has none; two who meet here make one."""
    Dossier.objects.bulk_create(
        [
            Dossier(lookup=lookup_key(person), number=person.number, number_type=person.type.value)
            for person in people
        ],
        ignore_conflicts=True,
    )


@cache
def _by_number(keys: int) -> Question:
    """The row of a number and the one that counts for it. ``keys``: those of ``looks``."""

    def make() -> Any:
        unreplayed = LogEpoch.objects.filter(replayed_at=None).order_by("-started_at").values("started_at")
        return (
            Dossier.objects.filter(lookup=Slot("lookup", BinaryField()))
            .annotate(now=Now(), distrusted_before=Subquery(unreplayed[:1]), looked_at=looks(keys))
            .values_list(
                "now",
                "distrusted_before",
                "looked_at",
                *columns_of(Dossier),
                *columns_of(Dossier, "main__"),
            )
        )

    return Question(make)
