"""Warning: an AllergyIntolerance where it is about a substance, otherwise a Flag."""

from connectors.base.kinds import Warning  # noqa: A004
from connectors.base.records import Status
from connectors.fhir.elements import Resource
from portal.fhir import names
from portal.fhir.elements import (
    UNKNOWN,
    Telling,
    author_of,
    begin,
    choice,
    coding,
    date_time,
    filled,
    notes,
    period,
    required,
    term,
)
from portal.fhir.mapping.limitations import FLAG_STATUS

_CLINICAL = {Status.ACTIVE: "active", Status.ENDED: "resolved", Status.CANCELLED: "inactive"}
# The standard's closed value sets by the words that sources of ours are read into.
_CRITICALITY = {"låg risk": "low", "hög risk": "high", "risk ej bedömd": "unable-to-assess"}
_SEVERITY = {"lindrig": "mild", "måttlig": "moderate", "svår": "severe"}
_CERTAINTY = {
    "bekräftad": "confirmed",
    "obekräftad": "unconfirmed",
    "trolig": "presumed",
    "avfärdad": "refuted",
}
_CATEGORY = {
    "livsmedel": "food",
    "läkemedel": "medication",
    "omgivning": "environment",
    "biologiskt": "biologic",
}
_NONE_KNOWN = "no-known-allergies"


def is_allergy(record: Warning) -> bool:
    """Whether it is about what somebody must not be given or come near."""
    return bool(record.substance) or record.is_none_known


def map_warning(record: Warning, telling: Telling) -> Resource:
    return map_allergy(record, telling) if is_allergy(record) else map_alert(record, telling)


def map_alert(record: Warning, telling: Telling) -> Resource:
    return {
        **begin(record, telling, "Flag"),
        "status": FLAG_STATUS.get(record.status, "active"),
        "code": required(record.text or record.title, record.codes),
        **filled(
            category=[{"text": record.category}] if record.category else [],
            period=period(record.start, record.end),
            author=author_of(record),
        ),
    }


def map_allergy(record: Warning, telling: Telling) -> Resource:
    none_known = (
        [coding(names.ABSENT_OR_UNKNOWN, _NONE_KNOWN)] if record.is_none_known and not record.codes else []
    )
    severity = {part.strip() for part in record.severity.split(",")}
    worst = [code for word, code in _SEVERITY.items() if word in severity]
    certainty = _CERTAINTY.get(record.certainty, "")
    categories = [_CATEGORY[w] for part in record.category.split(",") if (w := part.strip()) in _CATEGORY]
    # How bad is told, and not how it shows: the standard wants the second said to be unknown.
    reactions = [{"manifestation": [UNKNOWN], "severity": worst[-1]}] if worst else []
    # It must be said (ait-1). What nobody has ended is read as holding: one missed does more harm.
    clinical = "inactive" if certainty == "refuted" else _CLINICAL.get(record.status, "active")
    return {
        **begin(record, telling, "AllergyIntolerance", "patient"),
        "code": required(record.substance or record.title, record.codes, *none_known),
        **choice("onset", record.start),
        **filled(
            clinicalStatus=term(names.ALLERGY_CLINICAL, clinical),
            verificationStatus=term(names.ALLERGY_VERIFICATION, certainty) if certainty else {},
            category=categories,
            criticality=next((c for word, c in _CRITICALITY.items() if word in severity), ""),
            recordedDate=date_time(record.recorded),
            recorder=author_of(record),
            note=notes(record.text),
            reaction=reactions,
        ),
    }
