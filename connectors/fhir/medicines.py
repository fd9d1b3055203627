"""MedicationRequest and MedicationStatement to medication."""

from connectors.base.dates import read_when
from connectors.base.kinds import Medication, MedicationChange
from connectors.base.records import Record, Status, When
from connectors.fhir.dates import read_choice, read_period
from connectors.fhir.drafting import Draft, read_status
from connectors.fhir.elements import Resource, Unreadable, codes, item, items, notes, number, text, words
from consent.vocabulary import InformationType

_STATUS = {
    "active": Status.ACTIVE,
    "intended": Status.PLANNED,
    "draft": Status.PLANNED,
    "on-hold": Status.UNKNOWN,
    "completed": Status.ENDED,
    "stopped": Status.ENDED,
    "not-taken": Status.ENDED,
    "cancelled": Status.CANCELLED,
}
_STATEMENTS = frozenset({"no-known-medications", "no-medication-info"})
_ENDED = frozenset({"stopped", "completed"})
# The standard's closed set of time units, one and many.
_PERIODS = {
    "s": ("sekund", "sekunder"),
    "min": ("minut", "minuter"),
    "h": ("timme", "timmar"),
    "d": ("dag", "dagar"),
    "wk": ("vecka", "veckor"),
    "mo": ("månad", "månader"),
    "a": ("år", "år"),
}


def map_medication_request(draft: Draft) -> tuple[Record, ...]:
    """A prescription. One that says "do not give" is no medicine to show; it counts as unreadable."""
    if draft.get("doNotPerform") is True:
        raise Unreadable("do not give")
    written = read_when(draft.get("authoredOn"))
    _, end = read_period(item(draft.get("dispenseRequest")).get("validityPeriod"))
    change = MedicationChange.CHANGED if draft.get("priorPrescription") else MedicationChange.STARTED
    return _map(draft, "dosageInstruction", draft.get("requester"), written, written, end, change)


def map_medication_statement(draft: Draft) -> tuple[Record, ...]:
    """What somebody says the patient takes."""
    start, end = read_period(draft.get("effectivePeriod"))
    start = start or read_choice(draft.resource, "effective")
    asserted = read_when(draft.get("dateAsserted"))
    return _map(
        draft, "dosage", draft.get("informationSource"), asserted, start, end, MedicationChange.STARTED
    )


def _map(
    draft: Draft,
    dosage: str,
    author: object,
    recorded: When | None,
    start: When | None,
    end: When | None,
    change: MedicationChange,
) -> tuple[Record, ...]:
    concept = _concept(draft)
    name = words(concept) or draft.label(draft.get("medicationReference"))
    if not name:
        raise Unreadable("no medicine")
    status = read_status(draft.get("status"), _STATUS)
    if any(coded.code in _STATEMENTS for coded in codes(concept)):
        status = Status.UNKNOWN
    common = draft.common(
        InformationType.MEDICATION,
        status=status,
        title=name,
        author=author,
        start=start,
        end=end,
        recorded=recorded,
        coded=codes(concept),
    )
    has_stopped = text(draft.get("status")) in _ENDED
    record = Medication(
        **common,
        text=notes(draft.resource),
        dose="\n".join(said for each in items(draft.get(dosage)) if (said := _dose(each))),
        prescriber=draft.label(author),
        change=MedicationChange.STOPPED if has_stopped else change,
        changed=end if has_stopped else start,
    )
    return (record,)


def _concept(draft: Draft) -> object:
    if draft.get("medicationCodeableConcept"):
        return draft.get("medicationCodeableConcept")
    return draft.directory.find(draft.get("medicationReference"), draft.resource).get("code")


def _dose(dosage: Resource) -> str:
    """The dose in the source's words, and after them what it has coded: a text may leave out how often."""
    said = text(dosage.get("text")) or text(dosage.get("patientInstruction"))
    return " · ".join(part for part in (said, ", ".join(_coded_dose(dosage))) if part)


def _coded_dose(dosage: Resource) -> list[str]:
    parts = []
    for each in items(dosage.get("doseAndRate")):
        quantity = item(each.get("doseQuantity"))
        if (amount := number(quantity.get("value"))) is not None:
            parts.append(f"{amount} {text(quantity.get('unit'))}".strip())
    timing = item(dosage.get("timing"))
    if said := words(timing.get("code")) or _how_often(item(timing.get("repeat"))):
        parts.append(said)
    if dosage.get("asNeededBoolean") is True or dosage.get("asNeededCodeableConcept"):
        parts.append("vid behov")
    return parts


def _how_often(repeat: Resource) -> str:
    """As "3 gånger per dag"; nothing where number, period or unit is missing or unknown."""
    frequency, period = number(repeat.get("frequency")), number(repeat.get("period"))
    one, many = _PERIODS.get(text(repeat.get("periodUnit")), ("", ""))
    if not frequency or not period or not one:
        return ""
    times = _range(frequency, number(repeat.get("frequencyMax")))
    length = _range(period, number(repeat.get("periodMax")))
    per = one if length == "1" else f"{length} {many}"
    return f"{times} {'gång' if times == '1' else 'gånger'} per {per}"


def _range(least: float, most: float | None) -> str:
    return f"{least:g}–{most:g}" if most else f"{least:g}"
