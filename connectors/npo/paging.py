"""Answers in pieces: what a system has beyond its first answer is asked for where it says, within limits.

GetCareDocumentation 3.0 names each system that has more, and a reference that the next question repeats.
Assumed, as no producer could be tried: the next question goes to that system's own logical address.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from connectors.base.contract import SourceFault
from connectors.base.transport import MAX_PAGES
from connectors.base.xmlreading import children
from connectors.rivta.elements import Element, text
from connectors.rivta.envelope import Opened


@dataclass(frozen=True, slots=True)
class More:
    """Where the rest is: the system's logical address, and what it calls the place where it stopped."""

    address: str
    reference: str


@dataclass(frozen=True, slots=True)
class Pieces:
    """All pieces that came. ``is_whole``: nothing more was said to be left."""

    pieces: tuple[Opened, ...]
    is_whole: bool


Ask = Callable[[More | None], Awaitable[Opened]]


def more_of(response: Element) -> tuple[More, ...]:
    """What is said to be left. One without address or reference can be told of, and not fetched."""
    found = children(response, "hasMore")
    return tuple(More(text(each, "logicalAddress"), text(each, "reference")) for each in found)


async def ask_for_all(ask: Ask, *, goes_on: bool) -> Pieces:
    """The first answer, and the rest where the contract can be asked for it (``goes_on``).

    At most so many pieces as pages elsewhere, none twice. A piece that fails leaves the answer incomplete;
    the first raises its SourceFault.
    """
    pieces = [await ask(None)]
    seen: set[More] = set()
    left = more_of(pieces[0].response)
    is_whole = True
    while left:
        wanted = [m for m in dict.fromkeys(left) if m.address and m.reference and m not in seen]
        wanted = wanted[: MAX_PAGES - len(pieces)] if goes_on else []
        is_whole = is_whole and set(wanted) == set(left)
        seen.update(wanted)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_or_fault(ask, more)) for more in wanted]
        came = [outcome for task in tasks if isinstance(outcome := task.result(), Opened)]
        is_whole = is_whole and len(came) == len(wanted)
        pieces += came
        left = tuple(more for piece in came for more in more_of(piece.response))
    return Pieces(tuple(pieces), is_whole)


async def _or_fault(ask: Ask, more: More) -> Opened | SourceFault:
    try:
        return await ask(more)
    except SourceFault as fault:
        return fault
