"""GetFunctionalStatus 2.0: ADL and disability, to home care."""

from connectors.base.kinds import HomeCare, HomeCareAspect
from connectors.base.records import Record, Status
from connectors.base.xmlreading import child, children
from connectors.rivta.drafting import Draft
from connectors.rivta.elements import Unreadable, coded, paragraphs, text, words
from consent.vocabulary import InformationType

_PADL = "pad-pad"


def map_functional_status(draft: Draft) -> tuple[Record, ...]:
    """One assessment: ``padl`` is what somebody manages, ``disability`` (ICF) what is impaired."""
    body = draft.body
    activities = list(children(body, "padl"))
    disability = child(body, "disability")
    lines = [
        ": ".join(part for part in (words(child(each, "typeOfAssessment")), text(each, "assessment")) if part)
        for each in activities
    ]
    impaired = words(child(disability, "disabilityAssessment"))
    detail = paragraphs(*lines, ": ".join(part for part in (impaired, text(disability, "comment")) if part))
    said = text(body, "comment")
    if not detail and not said:
        raise Unreadable("functionalStatusAssessmentBody")
    is_padl = text(body, "assessmentCategory").lower() == _PADL or not impaired
    common = draft.common(
        InformationType.DOCUMENTATION,
        status=Status.UNKNOWN,
        title="ADL-bedömning" if is_padl else "Funktionsnedsättning",
        codes=coded(
            *(child(each, "typeOfAssessment") for each in activities),
            child(disability, "disabilityAssessment"),
        ),
    )
    return (HomeCare(**common, text=said, aspect=HomeCareAspect.ADL, detail=detail),)
