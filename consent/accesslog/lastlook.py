"""When a reader last had a patient's overview before her: a time, read out of the log, in a statement that is
sent anyway. What was shown is not kept anywhere, so what is new since then is for the answers' own times."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BinaryField, CharField, DateTimeField, Max, Subquery, Value

from consent.accesslog.events import Action, Event
from consent.accesslog.keys import recent_hash_keys
from consent.accesslog.model import AccessEvent
from consent.encryption import lookup_key
from consent.questions import Slot
from consent.terms import Actor, PersonId

# Within it, going to a list and back is one look; what was new when she came stays marked.
ONE_LOOK = timedelta(minutes=30)
LOOKS_BACK = timedelta(days=92)


def looks(keys: int) -> Any:
    """For a question: a subquery of the latest overview that showed a reader anything, under the same
    assignment, before the look that goes on now. Null where there is none within three months.

    ``keys``: under how many hashes it is searched for. Its slots are those that ``look_of`` fills.
    """
    if not keys:
        return Value(None, output_field=DateTimeField())
    found = (
        AccessEvent.objects.filter(
            patient_key__in=[Slot(f"key{n}", BinaryField()) for n in range(keys)],
            user_hsa_id=Slot("reader", CharField()),
            assignment_id=Slot("assignment", CharField()),
            event=Event.SHOWN.value,
            action=Action.OVERVIEW.value,
            at__gte=Slot("looks_back_to", DateTimeField()),
            at__lt=Slot("looked_before", DateTimeField()),
        )
        .order_by()
        .values("user_hsa_id")
        .annotate(latest=Max("at"))
        .values("latest")
    )
    return Subquery(found)


def keys_of_looks(numbers: Iterable[PersonId], now: datetime) -> list[bytes]:
    """The hashes that these numbers may have in the log by now; none until this process has written a row."""
    secrets = recent_hash_keys(now)
    return [lookup_key(number, secret) for number in numbers for secret in secrets]


def look_of(actor: Actor, keys: Sequence[bytes], now: datetime) -> dict[str, Any]:
    """What goes into the slots of ``looks``."""
    return {
        **{f"key{n}": key for n, key in enumerate(keys)},
        "reader": actor.hsa_id,
        "assignment": actor.assignment_id,
        "looks_back_to": now - LOOKS_BACK,
        "looked_before": now - ONE_LOOK,
    }
