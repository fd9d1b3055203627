"""The bar within reach of a thumb on a telephone: whom to ring, the tools of the banner behind it, and what
its header has no room for."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from consent.vocabulary import Kind
from portal.overview.presenters.tools import ToolLink

# Those that stand beside Ring, by name and in this order, where the list of tools has them.
AT_HAND = ("timeline", "record_search")


@dataclass(frozen=True, slots=True)
class Thumb:
    at_hand: tuple[ToolLink, ...]
    more: tuple[ToolLink, ...]


def present_thumb(tools: Iterable[ToolLink], handle: str) -> Thumb:
    """The same links as in the banner; Ring leads to the contacts, the one to ring first on top."""
    by_name = {tool.key: tool for tool in tools}
    ring = ToolLink("ring", _("Ring"), "phone", reverse("detail", args=[handle, Kind.CONTACT.value]))
    near = [reworded(by_name.pop(name)) for name in AT_HAND if name in by_name]
    return Thumb((ring, *near), tuple(reworded(tool) for tool in by_name.values()))


def reworded(tool: ToolLink) -> ToolLink:
    """A quarter of a telephone's width holds one word; and where the field for the next number is not at hand
    (a telephone's header on a patient's page), the way there says so."""
    words = {"record_search": _("Sök"), "home": _("Stäng och sök annan patient")}.get(tool.key, tool.label)
    return ToolLink(tool.key, words, tool.icon, tool.href)
