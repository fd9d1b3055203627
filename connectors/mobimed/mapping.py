"""What MobiMed is asked, and what its words mean: missions, triage, values; contacts at a distance.

Interface assumed after what Cambio's guide shows of it: EncounterPreHospital, BundlePrehospitalNote,
ClinicalImpressionTriageRetts, ObservationNews2Lite. Scores and colours are the source's own.
"""

from connectors.base.dates import read_when
from connectors.base.kinds import Prehospital
from connectors.base.records import Record, Status
from connectors.fhir.answers import read_answers
from connectors.fhir.dates import read_choice, read_period
from connectors.fhir.drafting import Draft, read_status
from connectors.fhir.elements import (
    Unreadable,
    all_words,
    codes,
    item,
    items,
    notes,
    paragraphs,
    profiles,
    text,
    words,
)
from connectors.fhir.reader import Question
from connectors.fhir.visits import map_encounter
from connectors.fhir.vitals import VITAL_SIGNS, map_observation
from consent.vocabulary import InformationType, Kind

MISSION_PROFILE = "EncounterPreHospital"
# Field: care given where the patient was (v3-ActCode).
FIELD = "FLD"
VALUES_SINCE_DAYS = 365
_MISSION_STATUS = {
    "planned": Status.PLANNED,
    "arrived": Status.ACTIVE,
    "triaged": Status.ACTIVE,
    "in-progress": Status.ACTIVE,
    "onleave": Status.ACTIVE,
    "finished": Status.ENDED,
    "cancelled": Status.CANCELLED,
}
_NOTE_STATUS = {"in-progress": Status.ACTIVE, "completed": Status.ENDED, "amended": Status.ENDED}
_TRIAGE_STATUS = {"in-progress": Status.ACTIVE, "completed": Status.ENDED}


def is_mission(draft: Draft) -> bool:
    """By profile or by class; never by words."""
    is_field = text(item(draft.get("class")).get("code")) == FIELD
    return is_field or any(p.rpartition("/")[2] == MISSION_PROFILE for p in profiles(draft.resource))


def map_mission(draft: Draft) -> tuple[Record, ...]:
    """An ambulance mission: why, when, and to whom the patient was handed over."""
    if not is_mission(draft):
        return ()
    start, end = read_period(draft.get("period"))
    common = draft.common(
        InformationType.CARE_CONTACT,
        status=read_status(draft.get("status"), _MISSION_STATUS),
        title=all_words(draft.get("type")) or "Ambulansuppdrag",
        author=next((item(p.get("individual")) for p in items(draft.get("participant"))), None),
        start=start,
        end=end,
        coded=codes(draft.get("type")),
    )
    destination = item(item(draft.get("hospitalization")).get("destination"))
    return (
        Prehospital(
            **common,
            is_mission=True,
            assessment=all_words(draft.get("reasonCode")),
            handed_over_to=draft.label(destination),
        ),
    )


def map_distance_contact(draft: Draft) -> tuple[Record, ...]:
    """What is no mission is a contact of primary care, most often at a distance."""
    return () if is_mission(draft) else map_encounter(draft)


def map_triage(draft: Draft) -> tuple[Record, ...]:
    """The crew's triage, in the source's words and colour."""
    assessed = read_choice(draft.resource, "effective") or read_when(draft.get("date"))
    findings = [words(f.get("itemCodeableConcept")) for f in items(draft.get("finding"))]
    said = text(draft.get("summary")) or text(draft.get("description")) or ", ".join(f for f in findings if f)
    if not said:
        raise Unreadable("no assessment")
    common = draft.common(
        InformationType.OBSERVATION,
        status=read_status(draft.get("status"), _TRIAGE_STATUS),
        title=words(draft.get("code")) or "Triage",
        author=draft.get("assessor"),
        start=assessed,
        recorded=read_when(draft.get("date")) or assessed,
        coded=codes(draft.get("code")),
    )
    found = ", ".join(each for each in findings if each and each != said)
    written = paragraphs(text(draft.get("description")), found, notes(draft.resource))
    return (Prehospital(**common, text=written, value=said),)


def map_value(draft: Draft) -> tuple[Record, ...]:
    """Vital signs and the source's own scores (NEWS2), which it files under ``survey``."""
    if any(c.code == "survey" for c in codes(draft.get("category"))):
        as_vital = {**draft.resource, "category": [{"coding": [{"code": VITAL_SIGNS}]}]}
        return map_observation(Draft(as_vital, draft.patient, draft.profile, draft.directory))
    return map_observation(draft)


def map_note(draft: Draft) -> tuple[Record, ...]:
    """What the crew wrote (BundlePrehospitalNote), question by question, in their words."""
    said = read_answers(draft.resource)
    if not said:
        raise Unreadable("nothing answered")
    written = read_when(draft.get("authored"))
    common = draft.common(
        InformationType.DOCUMENTATION,
        status=read_status(draft.get("status"), _NOTE_STATUS),
        title="Ambulansanteckning",
        author=draft.get("author"),
        start=written,
        recorded=written,
    )
    return (Prehospital(**common, text=said),)


QUESTIONS: tuple[Question, ...] = (
    Question("Encounter", {Kind.PREHOSPITAL: map_mission, Kind.CARE_CONTACT: map_distance_contact}),
    Question("ClinicalImpression", {Kind.PREHOSPITAL: map_triage}),
    Question("QuestionnaireResponse", {Kind.PREHOSPITAL: map_note}),
    Question("Observation", {Kind.PREHOSPITAL: map_value}, since_days=VALUES_SINCE_DAYS),
)
