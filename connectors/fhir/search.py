"""Searches: built with fhirclient, sent as POST ``_search`` so that no number is in a URL, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl

from connectors.base.contract import Fault, SourceFault
from connectors.base.transport import MAX_PAGES, Transport
from connectors.fhir.bundle import read_page
from connectors.fhir.elements import Resource
from connectors.fhir.references import Directory

# One decoded page may be 5 MiB; a whole search no more entries than this.
MAX_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Search:
    """One question: a resource type and its parameters, as names and values."""

    resource_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def construct(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Path and form of the request, through fhirclient's search builder."""
        path, form = _shape_of(self.resource_type, tuple(self.parameters))
        values = tuple(self.parameters.values())
        return path, tuple((name, values[place]) for name, place in form)


@dataclass(slots=True)
class Found:
    """Everything one search gave; ``others`` came along. ``is_complete`` False: there was more than may be
    fetched."""

    matches: list[Resource] = field(default_factory=list)
    others: list[Resource] = field(default_factory=list)
    unparsed: int = 0
    warnings: list[str] = field(default_factory=list)
    is_complete: bool = True

    @property
    def is_whole(self) -> bool:
        """A server that warns of its own answer has not said that it is all there is."""
        return self.is_complete and not self.warnings


@lru_cache(maxsize=256)
def _shape_of(resource_type: str, names: tuple[str, ...]) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Path, and the form's names, each with the place of its value: the same whatever is asked for and about
    whom, so that nobody's number is kept."""
    places = {name: str(place) for place, name in enumerate(names)}
    constructed: str = model_of(resource_type).where(places).construct()
    path, _, query = constructed.partition("?")
    return f"{path}/_search", tuple((name, int(place)) for name, place in parse_qsl(query))


def model_of(resource_type: str) -> Any:
    """fhirclient's model class of a resource type."""
    return getattr(import_module(f"fhirclient.models.{resource_type.lower()}"), resource_type)


async def run_search(
    transport: Transport, search: Search, directory: Directory, *, max_pages: int = MAX_PAGES
) -> Found:
    """Ask, and follow the pages: at most ``max_pages``, none twice, all of one origin. Raises SourceFault.

    What fails after the first page fails the whole search: half a list must not look like a list.
    """
    path, form = search.construct()
    found = Found()
    seen: set[str] = set()
    reply = await transport.post_form(path, form)
    for page_number in range(1, max_pages + 1):
        page = read_page(reply, search.resource_type)
        for full_url, resource in (*page.matches, *page.others):
            directory.add(resource, full_url)
        found.matches += [resource for _, resource in page.matches]
        found.others += [resource for _, resource in page.others]
        found.unparsed += page.unparsed
        found.warnings += page.warnings
        if not page.next_link:
            return found
        if page_number == max_pages or page.next_link in seen or len(found.matches) >= MAX_ENTRIES:
            break
        seen.add(page.next_link)
        reply = await transport.get_page(page.next_link)
    found.is_complete = False
    return found


async def read_capability(transport: Transport) -> Resource:
    """The server's CapabilityStatement. Raises SourceFault: FORMAT where it is something else."""
    statement = await transport.get_json("metadata")
    if statement.get("resourceType") != "CapabilityStatement":
        raise SourceFault(Fault.FORMAT)
    if not str(statement.get("fhirVersion", "")).startswith("4."):
        raise SourceFault(Fault.CONFIG)
    return statement
