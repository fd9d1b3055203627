"""What can be done with an open patient, besides opening a button: the row of tools in the banner.

One list, in the order it is shown. A page of its own per tool: nothing here is tied to a script.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Tool:
    """``name``: the URL's. ``is_about_patient``: whether the URL takes the patient's handle."""

    name: str
    label: str | Promise
    icon: str
    is_about_patient: bool = True


@dataclass(frozen=True, slots=True)
class ToolLink:
    key: str
    label: str
    icon: str
    href: str


TOOLS: tuple[Tool, ...] = (
    Tool("timeline", _("Tidslinje"), "timeline"),
    Tool("record_search", _("Sök i journalen"), "search"),
    Tool("home", _("Stäng"), "close", is_about_patient=False),
)


def present_tools(handle: str) -> tuple[ToolLink, ...]:
    """The tools as links for this patient's pages."""
    return tuple(
        ToolLink(
            tool.name,
            str(tool.label),
            tool.icon,
            reverse(tool.name, args=[handle] if tool.is_about_patient else []),
        )
        for tool in TOOLS
    )
