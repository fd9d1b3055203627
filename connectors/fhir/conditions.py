"""Condition to diagnosis."""

from connectors.base.dates import read_when
from connectors.base.kinds import Diagnosis
from connectors.base.records import Coded, Record, Status
from connectors.fhir.dates import read_choice
from connectors.fhir.drafting import Draft
from connectors.fhir.elements import Unreadable, codes, first_code, items, notes, words
from consent.vocabulary import InformationType

STATUS = {
    "active": Status.ACTIVE,
    "recurrence": Status.ACTIVE,
    "relapse": Status.ACTIVE,
    "inactive": Status.ENDED,
    "remission": Status.ENDED,
    "resolved": Status.ENDED,
}
# A statement that nothing is known is no diagnosis to light anything.
_STATEMENTS = frozenset({"no-known-problems", "no-problem-info"})
_MAIN = "huvuddiagnos"


def is_confirmed(draft: Draft) -> bool:
    return first_code(draft.get("verificationStatus")) == "confirmed"


def map_condition(draft: Draft) -> tuple[Record, ...]:
    code = draft.get("code")
    if not (title := words(code)):
        raise Unreadable("no diagnosis")
    coded = codes(code)
    recorded = read_when(draft.get("recordedDate"))
    common = draft.common(
        InformationType.DIAGNOSIS,
        status=_status(draft, coded),
        title=title,
        author=draft.get("recorder") or draft.get("asserter"),
        start=read_choice(draft.resource, "onset") or recorded,
        end=read_choice(draft.resource, "abatement"),
        recorded=recorded,
        coded=coded,
    )
    return (
        Diagnosis(
            **common,
            text=notes(draft.resource),
            code=_code(coded),
            is_main=any(words(each).casefold() == _MAIN for each in items(draft.get("category"))),
        ),
    )


def _status(draft: Draft, coded: tuple[Coded, ...]) -> Status:
    if first_code(draft.get("verificationStatus")) == "refuted":
        return Status.CANCELLED
    if any(each.code in _STATEMENTS for each in coded):
        return Status.UNKNOWN
    return STATUS.get(first_code(draft.get("clinicalStatus")), Status.UNKNOWN)


def _code(coded: tuple[Coded, ...]) -> str:
    """The ICD-10 code where there is one, else the first."""
    icd = [each.code for each in coded if "icd" in each.system.lower()]
    return next(iter(icd), coded[0].code if coded else "")
