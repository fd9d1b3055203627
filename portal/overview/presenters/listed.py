"""The open patient's place in the unit's list: on it or not, and who comes before and after."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.acts import Act
from consent.ruling import Ruling
from portal.patients.order import Beside


@dataclass(frozen=True, slots=True)
class Offer:
    """What one tap does about the list; ``act``: None where nothing may be done."""

    act: Act | None
    is_followed: bool

    @property
    def label(self) -> str:
        return _("I Min lista: ta bort") if self.is_followed else _("Lägg i Min lista")

    @property
    def icon(self) -> str:
        return "check" if self.is_followed else "plus"


@dataclass(frozen=True, slots=True)
class PlaceView:
    """``previous``, ``following``: handles, empty at an end of the list; ``place``: "3 av 12"."""

    offer: Offer
    place: str = ""
    previous: str = ""
    following: str = ""


def present_place(ruling: Ruling, beside: Beside | None) -> PlaceView:
    is_followed = Act.UNFOLLOW in ruling.acts
    act = Act.UNFOLLOW if is_followed else Act.FOLLOW if Act.FOLLOW in ruling.acts else None
    offer = Offer(act, is_followed)
    if beside is None:
        return PlaceView(offer)
    place = _("%(place)d av %(count)d") % {"place": beside.place, "count": beside.count}
    return PlaceView(offer, place, beside.previous, beside.following)
