"""Which records of a patient are of one resource type: as a searchset, or one of them by its id."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from connectors.base.records import Record
from connectors.fhir.elements import Resource
from portal.aggregation.buttons import BUTTON_OF, BUTTONS
from portal.aggregation.judging import read_button
from portal.aggregation.lamps import Judged
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Flag, Reading, State
from portal.fhir.ids import record_id
from portal.fhir.issues import NOT_TOLD, issue, missing, outcome_of
from portal.fhir.mapping import KINDS_OF_TYPE, type_of
from portal.fhir.provenance import tell_origins
from portal.fhir.telling import Teller, reference_to
from portal.overview.paging import page_of
from portal.overview.visit import Visit

PAGE = "page"


@dataclass(frozen=True, slots=True)
class Matches:
    """``told``: the resources that leave, each beside its record. ``later``: the next page, if any."""

    visit: Visit
    outcomes: Mapping[str, Outcome]
    readings: Sequence[Reading]
    told: Sequence[tuple[Resource, Judged]]
    untold: int
    patient_id: str
    number: int = 1
    later: int | None = None

    def records(self) -> Iterable[Record]:
        return (record for _, one in self.told for record in (one.record, *one.also))

    @property
    def is_certain(self) -> bool:
        """Whether what is not among them is nowhere that this reader may look."""
        failed = (r.state is State.UNKNOWN or r.flags & {Flag.PARTIAL, Flag.WAITING} for r in self.readings)
        return not self.untold and not any(failed)


def match(
    visit: Visit, outcomes: Mapping[str, Outcome], resource_type: str, *, page: str = "", wanted_id: str = ""
) -> Matches:
    """``wanted_id``: one resource alone."""
    patient_id = visit.opened.handle
    teller, kinds = Teller(patient_id, outcomes), KINDS_OF_TYPE[resource_type]
    readings = [read_button(visit.scene, b, outcomes) for b in BUTTONS if b.kind in kinds]
    found = [
        (reading, one)
        for reading in readings
        for one in reading.judged
        if type_of(one.record) == resource_type and wanted_id in ("", record_id(patient_id, one.record))
    ]
    asked = page_of(found, page)
    parts = [teller.tell(reading, [one]) for reading, one in asked.items]
    told = [each for part in parts for each in part.resources]
    untold = sum(part.untold for part in parts)
    return Matches(visit, outcomes, readings, told, untold, patient_id, asked.number, asked.later)


def write_searchset(matches: Matches, base_url: str, resource_type: str) -> Resource:
    """Without a total: how many there are is nobody's business before they are shown. What is missing comes
    along as an OperationOutcome, where they come from as Provenance."""
    ruling = matches.visit.ruling
    told = [(reference_to(resource), one) for resource, one in matches.told]
    origins = tell_origins(told, matches.outcomes, ruling.at, matches.patient_id)
    issues = missing(matches.readings, matches.outcomes)
    if matches.untold:
        labels = ", ".join(str(BUTTON_OF[r.button.kind].label) for r in matches.readings)
        issues.append(issue("warning", "incomplete", NOT_TOLD, labels))
    entries = [_entry(resource, "match", base_url) for resource, _ in matches.told]
    entries += [_entry(resource, "include", base_url) for resource in origins]
    if issues:
        entries.append(_entry(outcome_of(issues, str(ruling.view_id)), "outcome", base_url))
    links = [_link("self", matches, matches.number, base_url, resource_type)]
    if matches.later is not None:
        links.append(_link("next", matches, matches.later, base_url, resource_type))
    return {
        "resourceType": "Bundle",
        "id": str(ruling.view_id),
        "type": "searchset",
        "timestamp": ruling.at.isoformat(),
        "link": links,
        **({"entry": entries} if entries else {}),
    }


def _entry(resource: Resource, mode: str, base_url: str) -> dict[str, Any]:
    url = f"{base_url}/{reference_to(resource)}"
    return {"fullUrl": url, "resource": resource, "search": {"mode": mode}}


def _link(relation: str, matches: Matches, number: int, base_url: str, resource_type: str) -> dict[str, str]:
    asked = {"patient": f"Patient/{matches.patient_id}", **({PAGE: str(number)} if number > 1 else {})}
    return {"relation": relation, "url": f"{base_url}/{resource_type}?{urlencode(asked, safe='/')}"}
