"""What came along with a match (_include): admitted like the match itself, missed where it is not."""

from collections.abc import Iterable, Mapping

from connectors.fhir.admission import admit, names_patient
from connectors.fhir.elements import Resource, Unreadable, items, text
from connectors.fhir.references import Directory, local_name
from consent.terms import PersonId

# Field of a match -> the resource type that must have come along for each of its references.
Company = Mapping[str, str]


def admit_company(
    others: Iterable[Resource], company: Company, patients: Mapping[str, PersonId], directory: Directory
) -> int:
    """Take out of the directory what may not be read: nullified, or unreadable. Gives the unreadable ones.

    What a match needs must name its patient, as the match does; of the rest (places, staff) only who does.

    Raises SourceFault(FOREIGN_PATIENT) where anything that came along is about somebody else.
    """
    unreadable = 0
    needed = frozenset(company.values())
    for resource in others:
        try:
            is_about_somebody = resource["resourceType"] in needed or names_patient(resource)
            if is_about_somebody and admit(resource, patients) is None:
                directory.drop(resource)
        except Unreadable:
            directory.drop(resource)
            unreadable += 1
    return unreadable


def count_missing(matches: Iterable[Resource], company: Company, directory: Directory) -> int:
    """References that ought to have come along and did not: what they say is unread, not absent."""
    missing = 0
    for match in matches if company else ():
        for name, resource_type in company.items():
            try:
                references = items(match.get(name))
                targets = [text(reference.get("reference")) for reference in references]
            except Unreadable:
                continue  # the match itself will not be read either
            for reference, target in zip(references, targets, strict=True):
                is_wanted = local_name(target).startswith(f"{resource_type}/")
                missing += is_wanted and not directory.find(reference, match)
    return missing
