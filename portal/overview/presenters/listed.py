"""The open patient's place in the unit's list: on it or not, and who comes before and after."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consent.acts import Act
from consent.ruling import Ruling
from portal.patients.order import Beside


@dataclass(frozen=True, slots=True)
class PlaceView:
    """``act``: the URL's name of what one tap does, empty where nothing may be done; ``label``: its words.
    ``previous``, ``following``: handles, empty at an end of the list; ``place``: "3 av 12"."""

    act: str
    label: str
    icon: str
    is_followed: bool
    place: str = ""
    previous: str = ""
    following: str = ""


def present_place(ruling: Ruling, beside: Beside | None) -> PlaceView:
    is_followed = Act.UNFOLLOW in ruling.acts
    act = "unfollow" if is_followed else "follow" if Act.FOLLOW in ruling.acts else ""
    label = _("I Min lista: ta bort") if is_followed else _("Lägg i Min lista")
    icon = "check" if is_followed else "plus"
    if beside is None:
        return PlaceView(act, label, icon, is_followed)
    place = _("%(place)d av %(count)d") % {"place": beside.place, "count": beside.count}
    return PlaceView(act, label, icon, is_followed, place, beside.previous, beside.following)
