"""The order of the list that was shown last in this session: which patient comes before, and which after."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from consent.terms import PersonId
from consent.vocabulary import IdType
from portal.patients.handles import make_handle
from portal.patients.sealing import recall, remember

KEY = "list_order"


@dataclass(frozen=True, slots=True)
class Beside:
    """A patient's place in the list, counted from one, and handles of those beside her; empty at an end."""

    place: int
    count: int
    previous: str
    following: str


def keep_order(request: HttpRequest, patients: Sequence[PersonId]) -> None:
    """As shown, so that the page of one leads to the next."""
    remember(request, KEY, [[person.type.value, person.number] for person in patients])


def beside(request: HttpRequest, patient: PersonId) -> Beside | None:
    """None for a patient who was not on the list. The handles are opened at the gate, like any."""
    order = [PersonId(number, IdType(kind)) for kind, number in recall(request, KEY) or ()]
    if patient not in order:
        return None
    place = order.index(patient)
    at = {n: person for n, person in enumerate(order) if abs(n - place) == 1}
    previous, following = (make_handle(request, at[n]) if n in at else "" for n in (place - 1, place + 1))
    return Beside(place + 1, len(order), previous, following)
