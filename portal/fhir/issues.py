"""What is missing from an answer, as OperationOutcome: a failure never reads as "nothing".

The words are the page's; the codes are closed sets that a client can rest on.
"""

from collections.abc import Iterable, Mapping, Sequence

from connectors.base.contract import Fault
from connectors.fhir.elements import Resource
from portal.aggregation.judging import is_incomplete
from portal.aggregation.outcomes import Answered, Failed, Outcome
from portal.aggregation.states import Reading, State
from portal.fhir import names
from portal.fhir.elements import coding, filled
from portal.fhir.mapping import checked
from portal.overview.presenters.gaps import CLOSED, failed_gaps, part_gaps
from portal.overview.presenters.tiles import line_of
from portal.overview.presenters.words import STATE_WORDS

_CODE_OF_FAULT: Mapping[Fault, str] = {
    Fault.TIMED_OUT: "timeout",
    Fault.THROTTLED: "throttled",
    Fault.BUSY: "throttled",
    Fault.OUR_BUG: "exception",
    Fault.AUTH: "security",
    Fault.FOREIGN_PATIENT: "security",
}
TOLD = (*CLOSED, State.CLOSED, State.EMPTY_AMONG_CONNECTED)
NOT_TOLD = "record_not_told"
CUT_SHORT = "first_only"


def issue(severity: str, code: str, stable: str, words: str) -> Resource:
    """``stable``: our own code, which does not change; ``words``: for people."""
    return filled(
        severity=severity, code=code, details={"coding": [coding(names.ISSUE, stable)], "text": words}
    )


def outcome_of(issues: Sequence[Resource], outcome_id: str = "") -> Resource:
    return checked(filled(resourceType="OperationOutcome", id=outcome_id, issue=list(issues)))


def missing(readings: Sequence[Reading], outcomes: Mapping[str, Outcome]) -> list[Resource]:
    """Sources that gave nothing, then those that gave less than all, then what the decisions close."""
    return [*_failed(outcomes.values()), *_parts(outcomes.values()), *_closed(readings)]


def _failed(outcomes: Iterable[Outcome]) -> Iterable[Resource]:
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    for outcome, gap in zip(failed, failed_gaps(failed), strict=True):
        code = _CODE_OF_FAULT.get(outcome.fault, "transient")
        yield issue("warning", code, f"source_{outcome.fault.value}", gap.text)


def _parts(outcomes: Iterable[Outcome]) -> Iterable[Resource]:
    for outcome in outcomes:
        if isinstance(outcome, Answered):
            code = "source_incomplete" if is_incomplete(outcome) else "source_copy"
            for gap in part_gaps([outcome]):
                yield issue("warning", "incomplete", code, gap.text)


def _closed(readings: Sequence[Reading]) -> Iterable[Resource]:
    """For each button what closes it, by its state or by a flag beside what did come, in the page's words."""
    for reading in readings:
        for state in TOLD:
            is_state = reading.state is state
            if is_state or CLOSED.get(state) in reading.flags:
                words = line_of(reading) if is_state else str(STATE_WORDS[state].line)
                said = issue("information", "suppressed", state.value, f"{reading.button.label}: {words}")
                said["details"]["coding"].append(coding(names.KIND, reading.button.key))
                yield said
