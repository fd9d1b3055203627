"""Whom to ring when the patient cannot answer just now and somebody else may know: the on-call numbers.

The list is the same for every patient at a unit, so it tells nothing of who holds what.
"""

import re
from dataclasses import dataclass

from consent.models import CareProvider, CareUnit
from consent.terms import Actor, Provider

NOT_DIALLED = re.compile(r"[^0-9+]")


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who answers, the number as it is read, and as a telephone dials it."""

    who: str
    shown: str
    dial: str


def on_call_numbers(actor: Actor, connected: tuple[Provider, ...]) -> tuple[OnCall, ...]:
    """The own unit first, then every connected provider that has a number, by name. For a database thread."""
    own = CareUnit.objects.filter(pk=actor.unit.hsa_id).exclude(on_call_phone="")
    others = CareProvider.objects.filter(pk__in=[p.hsa_id for p in connected]).exclude(on_call_phone="")
    rows = [*own.values_list("name", "on_call_phone"), *others.values_list("name", "on_call_phone")]
    return tuple(OnCall(name, phone, NOT_DIALLED.sub("", phone)) for name, phone in rows)
