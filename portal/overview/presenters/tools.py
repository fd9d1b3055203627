"""What can be done with an open patient, besides opening a button: the row of tools in the banner.

One list, in the order it is shown. A page of its own per tool: nothing here is tied to a script.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.vocabulary import Kind
from portal.overview.paper.choosing import FIELD


@dataclass(frozen=True, slots=True)
class Tool:
    """``name``: the URL's. ``is_about_patient``: whether the URL takes the patient's handle.
    ``is_given_list``: whether it is told which button's list it was opened from. ``is_first``: whether it
    stands in the overview's banner, before the buttons; the others come after them."""

    name: str
    label: str | Promise
    icon: str
    is_about_patient: bool = True
    is_given_list: bool = False
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class ToolLink:
    key: str
    label: str
    icon: str
    href: str
    is_first: bool = True


TOOLS: tuple[Tool, ...] = (
    Tool("timeline", _("Tidslinje"), "timeline"),
    Tool("record_search", _("Sök i journalen"), "search"),
    Tool("print", _("Skriv ut"), "print", is_given_list=True),
    Tool("meeting", _("Möte"), "screen", is_given_list=True, is_first=False),
    Tool("home", _("Stäng"), "close", is_about_patient=False),
)


@dataclass(frozen=True, slots=True)
class Toolbar:
    """Which tools stand on a page: all that makes them differ, but the patient's handle. ``kind``: of which
    button the page is the list, if of any."""

    kind: Kind | None = None


def present_tools(handle: str, kind: Kind | None = None) -> tuple[ToolLink, ...]:
    """The tools as links for this patient's pages; ``kind``: the list the reader stands in."""
    return tuple(
        ToolLink(tool.name, str(tool.label), tool.icon, address(tool, handle, kind), tool.is_first)
        for tool in TOOLS
    )


def address(tool: Tool, handle: str, kind: Kind | None) -> str:
    place = reverse(tool.name, args=[handle] if tool.is_about_patient else [])
    return f"{place}?{FIELD}={kind.value}" if kind is not None and tool.is_given_list else place
