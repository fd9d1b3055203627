"""AllergyIntolerance to warning, statements that there is no known allergy among them."""

from connectors.base.dates import read_when
from connectors.base.kinds import Warning  # noqa: A004
from connectors.base.records import Record, Status
from connectors.fhir.dates import read_choice
from connectors.fhir.drafting import Draft, read_status
from connectors.fhir.elements import (
    Unreadable,
    all_words,
    codes,
    first_code,
    items,
    notes,
    paragraphs,
    text,
    words,
)
from consent.vocabulary import InformationType

_STATUS = {"active": Status.ACTIVE, "inactive": Status.ENDED, "resolved": Status.ENDED}
# Closed value sets of the standard, in Swedish.
_CRITICALITY = {"low": "låg risk", "high": "hög risk", "unable-to-assess": "risk ej bedömd"}
_SEVERITY = {"mild": "lindrig", "moderate": "måttlig", "severe": "svår"}
_WORST = ("severe", "moderate", "mild")
_CERTAINTY = {
    "confirmed": "bekräftad",
    "unconfirmed": "obekräftad",
    "presumed": "trolig",
    "refuted": "avfärdad",
}
_CATEGORY = {
    "food": "livsmedel",
    "medication": "läkemedel",
    "environment": "omgivning",
    "biologic": "biologiskt",
}
NONE_KNOWN = frozenset(
    {
        # SNOMED CT: no known allergy; … to drugs, latex, food, environment
        "716186003",
        "409137002",
        "716184000",
        "429625007",
        "428607008",
        # IPS, absent-unknown
        "no-known-allergies",
        "no-known-medication-allergies",
        "no-known-environmental-allergies",
        "no-known-food-allergies",
    }
)
# "No information" says neither yes nor no.
NO_INFORMATION = frozenset({"no-allergy-info"})


def map_allergy(draft: Draft) -> tuple[Record, ...]:
    code = draft.get("code")
    substance = words(code) or all_words([r.get("substance") for r in items(draft.get("reaction"))])
    if not substance:
        raise Unreadable("no substance")
    certainty = first_code(draft.get("verificationStatus"))
    given = {coded.code for coded in codes(code)}
    common = draft.common(
        InformationType.ALERT,
        status=_status(draft, certainty, given),
        title=substance,
        author=draft.get("recorder") or draft.get("asserter"),
        start=read_choice(draft.resource, "onset"),
        recorded=read_when(draft.get("recordedDate")),
        coded=codes(code),
    )
    record = Warning(
        **common,
        text=paragraphs(*_reactions(draft), notes(draft.resource)),
        substance=substance,
        severity=_severity(draft),
        certainty=_CERTAINTY.get(certainty, certainty),
        category=_categories(draft),
        is_none_known=bool(given & NONE_KNOWN),
    )
    return (record,)


def _status(draft: Draft, certainty: str, given: set[str]) -> Status:
    if certainty == "refuted":
        return Status.ENDED
    if given & NO_INFORMATION:
        return Status.UNKNOWN
    return read_status(first_code(draft.get("clinicalStatus")), _STATUS)


def _severity(draft: Draft) -> str:
    stated = {text(reaction.get("severity")) for reaction in items(draft.get("reaction"))}
    worst = next((_SEVERITY[code] for code in _WORST if code in stated), "")
    risk = text(draft.get("criticality"))
    return ", ".join(part for part in (_CRITICALITY.get(risk, risk), worst) if part)


def _reactions(draft: Draft) -> list[str]:
    reactions = items(draft.get("reaction"))
    return [text(r.get("description")) or all_words(r.get("manifestation")) for r in reactions]


def _categories(draft: Draft) -> str:
    stated = draft.get("category")
    names = [text(each) for each in stated] if isinstance(stated, list) else []
    return ", ".join(_CATEGORY.get(name, name) for name in names)
