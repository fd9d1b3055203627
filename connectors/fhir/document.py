"""A FHIR document (Bundle) read entry by entry: who it is about, and what each section holds.

Source: FHIR R4 documents; IPS 2.0.0, sections by LOINC code. What a section does not say is never "none".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.base.contract import Fault, SourceFault
from connectors.fhir.bundle import read_outcome
from connectors.fhir.elements import Resource, Unreadable, codes, extensions, first_code, item, items
from connectors.fhir.references import Directory

LOINC = "http://loinc.org"
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
# The only reason for emptiness that says something of the patient; not asked, withheld, unavailable do not.
KNOWN_TO_BE_EMPTY = frozenset({"nilknown"})
MAX_DEPTH = 4


@dataclass(slots=True)
class Section:
    """One section, its subsections' entries included. ``is_told`` False: the document does not say.
    ``is_part``: it says itself that there may be more than it holds."""

    resources: list[Resource] = field(default_factory=list)
    unparsed: int = 0
    is_told: bool = False
    is_part: bool = False

    def of_type(self, resource_type: str) -> list[Resource]:
        return [each for each in self.resources if each.get("resourceType") == resource_type]


@dataclass(frozen=True, slots=True)
class Document:
    """``subject``: the Patient and every name it goes by in the document. ``unparsed``: entries of no use."""

    subject: Resource
    subject_names: tuple[str, ...]
    sections: Mapping[str, Section]
    directory: Directory
    unparsed: int
    warnings: tuple[str, ...]


def read_document(bundle: Resource) -> Document:
    """Raises SourceFault: FORMAT for what is no document about one patient, REPORTED for an outcome."""
    if bundle.get("resourceType") == "OperationOutcome":
        read_outcome(bundle)
        raise SourceFault(Fault.REPORTED)
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "document":
        raise SourceFault(Fault.FORMAT)
    directory, unparsed, warnings = Directory(), 0, []
    composition: Resource = {}
    entries = bundle.get("entry")
    for place, entry in enumerate(entries if isinstance(entries, list) else []):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            unparsed += 1
            continue
        full_url = entry.get("fullUrl")
        directory.add(resource, full_url if isinstance(full_url, str) else "")
        if resource["resourceType"] == "OperationOutcome":
            warnings += read_outcome(resource)
        if place == 0:
            composition = resource
    if composition.get("resourceType") != "Composition":
        raise SourceFault(Fault.FORMAT)
    try:
        subject = directory.find(composition.get("subject"), composition)
        sections = _read_sections(composition, directory)
    except Unreadable:
        raise SourceFault(Fault.FORMAT) from None
    if subject.get("resourceType") != "Patient":
        raise SourceFault(Fault.FORMAT)
    names = tuple(name for name, resource in directory.by_name.items() if resource is subject)
    return Document(subject, names, sections, directory, unparsed, tuple(warnings))


def _read_sections(composition: Resource, directory: Directory) -> dict[str, Section]:
    found: dict[str, Section] = {}
    for section in items(composition.get("section")):
        for code in codes(section.get("code")):
            if code.system == LOINC:
                _fill(found.setdefault(code.code, Section()), section, directory, composition)
    return found


def _fill(
    into: Section, section: Resource, directory: Directory, composition: Resource, depth: int = 1
) -> None:
    """A listed entry that did not come along was meant to be shown: it counts as unread."""
    listed = items(section.get("entry"))
    for reference in listed:
        resource = directory.find(reference, composition)
        if resource:
            into.resources.append(resource)
        else:
            into.unparsed += 1
    reason = first_code(section.get("emptyReason"))
    is_absent = any(True for _ in extensions(section, DATA_ABSENT))
    into.is_told = into.is_told or bool(listed) or (reason in KNOWN_TO_BE_EMPTY and not is_absent)
    into.is_part = (
        into.is_part or is_absent or (depth > 1 and bool(reason) and reason not in KNOWN_TO_BE_EMPTY)
    )
    if depth < MAX_DEPTH:
        for inner in items(section.get("section")):
            _fill(into, item(inner), directory, composition, depth + 1)


def of_sections(document: Document, sections: Iterable[str]) -> list[Section]:
    """Those of the named sections that the document has."""
    return [document.sections[code] for code in sections if code in document.sections]
