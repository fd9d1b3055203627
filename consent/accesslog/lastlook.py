"""When a reader last had a patient's overview before her: a time, read out of the log, in a statement that is
sent anyway. What was shown is not kept anywhere, so what is new since then is for the answers' own times."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, Max, Subquery, Value

from consent.accesslog.events import Action, Event
from consent.accesslog.keys import recent_hash_keys
from consent.accesslog.model import AccessEvent
from consent.encryption import lookup_key
from consent.terms import Actor, PersonId

# Within it, going to a list and back is one look; what was new when she came stays marked.
ONE_LOOK = timedelta(minutes=30)
LOOKS_BACK = timedelta(days=92)


def last_look(actor: Actor, numbers: Iterable[PersonId]) -> Any:
    """A subquery: the latest overview that showed this reader anything, under the same assignment, before the
    look that goes on now. Null where there is none within three months."""
    now = datetime.now(UTC)
    secrets = recent_hash_keys(now)
    keys = [lookup_key(number, secret) for number in numbers for secret in secrets]
    if not keys:
        return Value(None, output_field=DateTimeField())
    looks = (
        AccessEvent.objects.filter(
            patient_key__in=keys,
            user_hsa_id=actor.hsa_id,
            assignment_id=actor.assignment_id,
            event=Event.SHOWN.value,
            action=Action.OVERVIEW.value,
            at__gte=now - LOOKS_BACK,
            at__lt=now - ONE_LOOK,
        )
        .order_by()
        .values("user_hsa_id")
        .annotate(latest=Max("at"))
        .values("latest")
    )
    return Subquery(looks)
