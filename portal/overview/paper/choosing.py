"""Which buttons are to be printed or shown: keys in a form or an address, and the boxes that stand for them.

Keys name sorts of information, never anybody: an address may hold them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404

from consent.vocabulary import Kind
from portal.aggregation.buttons import GROUP_LABELS, Group, in_group

FIELD = "knapp"
# What the next unit asks for first, whichever way the patient is going.
HANDED_OVER = frozenset(
    {
        Kind.CARE_LIMITATION,
        Kind.WARNING,
        Kind.CONTACT,
        Kind.SOCIAL_SERVICE,
        Kind.HOME_CARE,
        Kind.COORDINATION,
    }
)
# A meeting about a SIP is what the mode was made for; all else is shown to a room only when somebody says so.
SHOWN_AT_MEETING = frozenset({Kind.COORDINATION})


@dataclass(frozen=True, slots=True)
class Box:
    key: str
    label: str
    icon: str
    is_ticked: bool


def read_kinds(keys: Iterable[str]) -> frozenset[Kind]:
    """Raises Http404 for what is no button: nothing is left out in silence."""
    try:
        return frozenset(Kind(key) for key in keys)
    except ValueError:
        raise Http404 from None


def present_boxes(ticked: frozenset[Kind]) -> list[tuple[str, list[Box]]]:
    """In the fixed order of the page, group by group."""
    return [
        (
            str(GROUP_LABELS[group]),
            [Box(b.key, str(b.label), b.icon, b.kind in ticked) for b in in_group(group)],
        )
        for group in Group
    ]
