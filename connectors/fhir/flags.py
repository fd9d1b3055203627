"""Flag to care limitation or warning; Consent about resuscitation to care limitation.

Profiles: hl7.se medicalalertinformation (category D2 is the decision), IPS advance directives. A measure
comes from a code only; the text is kept verbatim and nothing is read out of it.
"""

from connectors.base.codes import MEASURES_BY_SNOMED
from connectors.base.dates import read_when
from connectors.base.kinds import CareLimitation, Measure, Warning  # noqa: A004
from connectors.base.records import Record, Status
from connectors.fhir.dates import read_period
from connectors.fhir.drafting import Draft, read_status
from connectors.fhir.elements import (
    all_words,
    codes,
    first_code,
    item,
    items,
    labels,
    notes,
    paragraphs,
    profiles,
    text,
    words,
)
from consent.vocabulary import InformationType

DECISION_PROFILE = "SEAlertInformation-9-DecisionSpecialCareRoutineFlag"
DECISION_CATEGORY = "D2"
_CATEGORY_SYSTEM = "SEAlertInformationCategory"
SNOMED = "http://snomed.info/sct"
_STATUS = {"active": Status.ACTIVE, "inactive": Status.ENDED}
_CONSENT_STATUS = {
    "active": Status.ACTIVE,
    "proposed": Status.PLANNED,
    "draft": Status.PLANNED,
    "inactive": Status.ENDED,
    "rejected": Status.CANCELLED,
}


def is_limitation(draft: Draft) -> bool:
    """By profile, by category D2 or by a code that is a limitation; never by words."""
    if any(profile.endswith(DECISION_PROFILE) for profile in profiles(draft.resource)):
        return True
    return _is_decision(draft) or bool(_measures(draft.get("code")))


def _is_decision(draft: Draft) -> bool:
    categories = codes(draft.get("category"))
    return any(c.code == DECISION_CATEGORY and _CATEGORY_SYSTEM in c.system for c in categories)


def _measures(concept: object) -> tuple[Measure, ...]:
    found = (MEASURES_BY_SNOMED.get(c.code) for c in codes(concept) if c.system == SNOMED)
    return tuple(dict.fromkeys(measure for measure in found if measure is not None))


def _flag_text(draft: Draft) -> str:
    """What the flag says. A bridge from the older contract leaves the code empty: see the extensions."""
    if said := words(draft.get("code")):
        return said
    return paragraphs(*(text(extension.get("valueString")) for extension in items(draft.get("extension"))))


def _flag_status(draft: Draft) -> Status:
    for extension in items(draft.get("extension")):
        if text(extension.get("url")).endswith("approval") and extension.get("valueBoolean") is False:
            return Status.ENDED
    return read_status(draft.get("status"), _STATUS)


def map_flag_to_limitation(draft: Draft) -> tuple[Record, ...]:
    if not is_limitation(draft):
        return ()
    start, end = read_period(draft.get("period"))
    said = _flag_text(draft)
    author = draft.get("author")
    common = draft.common(
        InformationType.ALERT,
        status=_flag_status(draft),
        title=said or labels(draft.get("category")) or "Vårdbegränsning",
        author=author,
        start=start,
        end=end,
        coded=codes(draft.get("code")),
    )
    record = CareLimitation(
        **common,
        text=said,
        measures=_measures(draft.get("code")),
        decided=start,
        decided_by=draft.label(author),
    )
    return (record,)


def map_flag_to_warning(draft: Draft) -> tuple[Record, ...]:
    if is_limitation(draft):
        return ()
    start, end = read_period(draft.get("period"))
    said = _flag_text(draft)
    category = labels(draft.get("category"))
    common = draft.common(
        InformationType.ALERT,
        status=_flag_status(draft),
        title=said or category or "Varning",
        author=draft.get("author"),
        start=start,
        end=end,
        coded=codes(draft.get("code")),
    )
    return (Warning(**common, text=said, category=category),)


def map_consent(draft: Draft) -> tuple[Record, ...]:
    """Only one about treatment, in the category "do not resuscitate" or D2, or coded as a limitation."""
    provision = item(draft.get("provision"))
    measures = _measures(provision.get("code"))
    is_dnr = any(c.code == "dnr" for c in codes(draft.get("category")))
    if first_code(draft.get("scope")) not in ("treatment", "adr") or not (
        is_dnr or measures or _is_decision(draft)
    ):
        return ()
    start, end = read_period(provision.get("period"))
    decided = read_when(draft.get("dateTime"))
    performer = next(iter(items(draft.get("performer"))), None)
    said = paragraphs(
        all_words(provision.get("code")) or all_words(draft.get("category")), notes(draft.resource)
    )
    common = draft.common(
        InformationType.ALERT,
        status=read_status(draft.get("status"), _CONSENT_STATUS),
        title=said.partition("\n")[0] or "Vårdbegränsning",
        author=performer,
        start=start or decided,
        end=end,
        recorded=decided,
        coded=codes(provision.get("code")),
    )
    by = draft.label(performer)
    return (CareLimitation(**common, text=said, measures=measures, decided=decided, decided_by=by),)
