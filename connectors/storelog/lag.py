"""How far behind the national log is: for gauges, readiness and the administration."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from connectors.storelog.models import Outgoing, Receiver
from consent.accesslog.model import LogCheckpoint

# Of the 24 hours that the contract gives until a post can be followed up.
LATE_S = 3600.0


@dataclass(frozen=True, slots=True)
class Lag:
    """``oldest_s``: age of the oldest row that is sealed and not settled; 0 where there is none."""

    waiting: int
    aside: int
    oldest_s: float

    @property
    def is_late(self) -> bool:
        return self.oldest_s > LATE_S


def measure() -> Lag | None:
    """None where no national log is configured: that is not the same as being in step with it."""
    if settings.NATIONAL_LOG is None:
        return None
    receiver = Receiver.objects.filter(pk=1).first()
    waiting = Outgoing.objects.filter(state=Outgoing.WAITING)
    untaken = LogCheckpoint.objects.filter(number__gt=receiver.taken if receiver else 0)
    begun = [
        waiting.aggregate(at=Min("at"))["at"],
        untaken.order_by("number").values_list("at", flat=True).first(),
    ]
    aside = Outgoing.objects.filter(state=Outgoing.ASIDE).count()
    return Lag(waiting.count(), aside, _age(begun))


def _age(begun: list[datetime | None]) -> float:
    now = timezone.now()
    return max((max(0.0, (now - at).total_seconds()) for at in begun if at is not None), default=0.0)
