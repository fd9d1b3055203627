"""A patient summary: one document (IPS 2.0.0) of what this reader may see of this patient now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from connectors.base.records import Record
from connectors.fhir.elements import Resource
from portal.aggregation.buttons import BUTTONS
from portal.aggregation.judging import read_all
from portal.aggregation.lamps import Judged
from portal.aggregation.outcomes import Outcome
from portal.aggregation.states import Reading
from portal.fhir import names
from portal.fhir.elements import narrative, organisation, term
from portal.fhir.issues import CUT_SHORT, NOT_TOLD, issue, missing, outcome_of
from portal.fhir.mapping import checked
from portal.fhir.people import tell_person
from portal.fhir.provenance import PORTAL, tell_origins
from portal.fhir.sections import MOST, SECTIONS, Section, write_section
from portal.fhir.telling import Teller, Told, reference_to
from portal.overview.visit import Visit

DEVICE = "portal"


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands in it, before it is written: for the log first, then for the reader."""

    visit: Visit
    outcomes: Mapping[str, Outcome]
    readings: Sequence[Reading]
    patient_id: str

    def records(self) -> Iterable[Record]:
        """Every record that will stand in the document, with what other sources tell of it."""
        shown = chain.from_iterable(taken for _section, _reading, taken, _left in self.parts())
        return (record for one in shown for record in (one.record, *one.also))

    def parts(self) -> Iterable[tuple[Section, Reading, Sequence[Judged], int]]:
        """Section, its button, which of its records stand there, and how many had no room."""
        by_kind = {reading.button.kind: reading for reading in self.readings}
        for section in SECTIONS:
            reading = by_kind[section.kind]
            taken = [one for one in reading.judged if section.takes(one.record)]
            yield section, reading, taken[:MOST], max(0, len(taken) - MOST)


def look_at(visit: Visit, outcomes: Mapping[str, Outcome], patient_id: str) -> Summary:
    return Summary(visit, outcomes, read_all(visit.scene, BUTTONS, outcomes), patient_id)


def write_document(summary: Summary, base_url: str) -> Resource:
    """``base_url``: of this interface, without a slash at its end. Composition first."""
    teller = Teller(summary.patient_id, summary.outcomes)
    sections, told, issues = [], [], missing(summary.readings, summary.outcomes)
    for section, reading, taken, left_out in summary.parts():
        part = teller.tell(reading, taken, section.map_as)
        sections.append(write_section(section, reading, part, left_out))
        told.append(part)
        issues += gaps_of(reading, part, left_out)
    ruling = summary.visit.ruling
    patient = tell_person(ruling, summary.patient_id)
    references = [each for part in told for each in part.references()]
    resources = [
        compose(summary, patient, sections, issues),
        patient,
        device(),
        *(resource for part in told for resource, _ in part.resources),
        *tell_origins(references, summary.outcomes, ruling.at, summary.patient_id),
        *([outcome_of(issues, str(ruling.view_id))] if issues else []),
    ]
    entries = [{"fullUrl": f"{base_url}/{reference_to(each)}", "resource": each} for each in resources]
    return {
        "resourceType": "Bundle",
        "id": str(ruling.view_id),
        "meta": {"profile": [names.IPS_BUNDLE]},
        "language": get_language() or "sv",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{ruling.view_id}"},
        "type": "document",
        "timestamp": ruling.at.isoformat(),
        "entry": entries,
    }


def gaps_of(reading: Reading, part: Told, left_out: int) -> list[Resource]:
    label = str(reading.button.label)
    found = []
    if part.untold:
        words = _("%(button)s: en eller flera poster kunde inte lämnas.") % {"button": label}
        found.append(issue("warning", "incomplete", NOT_TOLD, words))
    if left_out:
        words = _("%(button)s: de %(most)d första. Sök för resten.") % {"button": label, "most": MOST}
        found.append(issue("warning", "too-costly", CUT_SHORT, words))
    return found


def compose(
    summary: Summary, patient: Resource, sections: Sequence[Resource], issues: Sequence[Resource]
) -> Resource:
    ruling = summary.visit.ruling
    provider = ruling.actor.provider
    gaps = [("", said["details"]["text"]) for said in issues]
    return checked(
        {
            "resourceType": "Composition",
            "id": str(ruling.view_id),
            "meta": {"profile": [names.IPS_COMPOSITION]},
            "language": get_language() or "sv",
            "text": narrative([("", _("Patientsammanfattning")), *gaps]),
            "status": "final",
            "type": term(names.LOINC, names.PATIENT_SUMMARY),
            "subject": {"reference": reference_to(patient)},
            "date": ruling.at.isoformat(),
            "author": [{"reference": f"Device/{DEVICE}", "display": PORTAL}],
            "title": _("Patientsammanfattning"),
            "confidentiality": "R" if ruling.person.is_protected else "N",
            "custodian": organisation(provider.hsa_id, provider.name),
            "section": list(sections),
        }
    )


def device() -> Resource:
    """The portal, that put the document together and wrote none of it."""
    name = {"name": PORTAL, "type": "user-friendly-name"}
    return checked({"resourceType": "Device", "id": DEVICE, "deviceName": [name], "type": {"text": PORTAL}})
