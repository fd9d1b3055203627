"""A search reply read entry by entry: what matched, came along, could not be read, is warned of."""

from dataclasses import dataclass

from connectors.base.contract import Fault, SourceFault
from connectors.fhir.elements import Resource, Unreadable, items, text, words

MAX_WARNINGS = 5
MAX_WARNING_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a searchset. ``others`` came along (_include): (full URL, resource)."""

    matches: tuple[tuple[str, Resource], ...]
    others: tuple[tuple[str, Resource], ...]
    unparsed: int
    warnings: tuple[str, ...]
    next_link: str


def read_page(reply: Resource, wanted_type: str) -> Page:
    """Raises SourceFault: FORMAT for what is no searchset, REPORTED for an outcome of error or fatal."""
    if reply.get("resourceType") == "OperationOutcome":
        read_outcome(reply)
        raise SourceFault(Fault.REPORTED)
    if reply.get("resourceType") != "Bundle" or reply.get("type") != "searchset":
        raise SourceFault(Fault.FORMAT)
    entries = reply.get("entry", [])
    if not isinstance(entries, list):
        raise SourceFault(Fault.FORMAT)
    matches: list[tuple[str, Resource]] = []
    others: list[tuple[str, Resource]] = []
    warnings: list[str] = []
    unparsed = 0
    for entry in entries:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            unparsed += 1
            continue
        full_url = entry.get("fullUrl")
        named = (full_url if isinstance(full_url, str) else "", resource)
        if resource["resourceType"] == "OperationOutcome":
            warnings += read_outcome(resource)
        elif resource["resourceType"] == wanted_type and _mode_of(entry) != "include":
            matches.append(named)
        else:
            others.append(named)
    return Page(tuple(matches), tuple(others), unparsed, tuple(warnings[:MAX_WARNINGS]), _next_link(reply))


def _mode_of(entry: Resource) -> str:
    search = entry.get("search")
    return str(search.get("mode", "")) if isinstance(search, dict) else ""


def read_outcome(outcome: Resource) -> list[str]:
    """The texts of its warnings. Raises SourceFault(REPORTED) where any issue is an error or fatal."""
    warnings = []
    try:
        for issue in items(outcome.get("issue")):
            severity = issue.get("severity")
            if severity in ("error", "fatal"):
                raise SourceFault(Fault.REPORTED)
            if severity == "warning":
                said = words(issue.get("details")) or text(issue.get("diagnostics"))
                warnings.append(said[:MAX_WARNING_LENGTH])
    except Unreadable:
        raise SourceFault(Fault.FORMAT) from None
    return [said for said in warnings if said]


def _next_link(reply: Resource) -> str:
    try:
        links = items(reply.get("link"))
        return next((text(link.get("url")) for link in links if link.get("relation") == "next"), "")
    except Unreadable:
        raise SourceFault(Fault.FORMAT) from None
