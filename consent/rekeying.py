"""Values on an older field key, written anew with the key in use: in batches, while others read and write.

Every encrypted column of every installed app is found in Django's registry. A batch is one transaction and
holds its rows only that long; a row that somebody else holds is passed by and comes in a later round.
Whatever ends this in the middle leaves batches done and others not: to run it again goes on.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Substr

from consent.encryption import EncryptedTextField, Undecipherable, beginning, key_id_of

BATCH = 200
# A row that is held by somebody in each of so many rounds is left to the next run.
ROUNDS = 5

Rows = models.QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """How many values of a column were written anew, and how many no key at hand opens."""

    done: int
    unreadable: int


def encrypted_columns() -> list[EncryptedTextField]:
    """Of every table, in the order of their names."""
    found = [
        field
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy  # noqa: SLF001 (Django's own name for it)
        for field in model._meta.local_concrete_fields  # noqa: SLF001
        if isinstance(field, EncryptedTextField)
    ]
    return sorted(found, key=lambda field: field.place)


def ids_in(field: EncryptedTextField) -> Counter[str]:
    """How many values of a column are on each older key, by its id ("?" where it is no sealed value); empty
    where all are on the key in use."""
    values = _older(field).values_list(field.attname, flat=True)
    return Counter(_id_of(bytes(value)) for value in values.iterator(chunk_size=BATCH))


def rewrite(field: EncryptedTextField) -> Result:
    """All that can be had of a column, batch after batch."""
    done, unreadable = 0, 0
    for _round in range(ROUNDS):
        written = [_rewrite_batch(field, keys) for keys in _batches(field)]
        done += sum(result.done for result in written)
        unreadable = sum(result.unreadable for result in written)
        if _older(field).count() <= unreadable:
            break
    return Result(done, unreadable)


def _batches(field: EncryptedTextField) -> Iterator[list[Any]]:
    """Keys of rows with an older value, in order; read apart from the writing, which may take them away."""
    after: dict[str, Any] = {}
    while keys := list(_older(field).filter(**after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield keys
        after = {"pk__gt": keys[-1]}


def _rewrite_batch(field: EncryptedTextField, keys: list[Any]) -> Result:
    """One transaction. Only rows that still hold an older value once they are ours."""
    done, unreadable = 0, 0
    with transaction.atomic():
        rows = _older(field).filter(pk__in=keys).order_by("pk").only("pk", field.attname)
        if connection.features.has_select_for_update_skip_locked:
            # Nobody who holds a row is waited for while we hold others: that could not end in a deadlock.
            # On SQLite the transaction is the only writer from its beginning.
            rows = rows.select_for_update(skip_locked=True, no_key=connection.vendor == "postgresql")
        for row in rows:
            try:
                fresh = field.close(str(getattr(row, field.attname)), row)
            except Undecipherable:
                unreadable += 1
                continue
            _all(field).filter(pk=row.pk).update(**{field.attname: fresh})
            done += 1
    return Result(done, unreadable)


def _older(field: EncryptedTextField) -> Rows:
    """Rows whose value does not begin as those of the key in use do."""
    wanted = beginning(settings.KEYS.field_current)
    head = Substr(field.attname, 1, len(wanted), output_field=models.BinaryField())
    found: Rows = _all(field).filter(**{f"{field.attname}__isnull": False}).annotate(head=head)
    return found.exclude(head=wanted)


def _all(field: EncryptedTextField) -> Rows:
    return field.model._base_manager.all()  # noqa: SLF001 (whatever a model's own manager hides)


def _id_of(value: bytes) -> str:
    try:
        return key_id_of(value)
    except Undecipherable:
        return "?"
