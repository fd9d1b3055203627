"""What somebody who writes is employed as: befattning, under the national code list in both its spellings."""

from connectors.fhir.elements import Resource, items, text, words

# The second is as the published Swedish base profiles 1.1.0 spell it.
POSITION_SYSTEMS = frozenset({"urn:oid:1.2.752.129.2.2.1.4", "urn:oid:1.2.759.129.2.2.1.4"})


def position_of(staff: Resource) -> str:
    """The position's words of a Practitioner or PractitionerRole that came along; '' where none is told."""
    if not staff:
        return ""
    concepts = [*items(staff.get("code")), *(q.get("code") for q in items(staff.get("qualification")))]
    for concept in (each for each in concepts if each):
        for coding in items(items(concept)[0].get("coding")):
            if text(coding.get("system")) in POSITION_SYSTEMS:
                return text(coding.get("display")) or words(concept)
    return ""
