"""Observation of the category vital signs to measured values."""

from connectors.base.dates import read_when
from connectors.base.kinds import Prehospital
from connectors.base.records import Record, Status
from connectors.fhir.dates import read_choice
from connectors.fhir.drafting import Draft
from connectors.fhir.elements import (
    Resource,
    Unreadable,
    codes,
    item,
    items,
    notes,
    number,
    paragraphs,
    text,
    words,
)
from consent.vocabulary import InformationType

_DONE = frozenset({"final", "amended", "corrected"})
_STATUS = {"preliminary": Status.ACTIVE, "registered": Status.PLANNED, "cancelled": Status.CANCELLED}
VITAL_SIGNS = "vital-signs"


def map_observation(draft: Draft) -> tuple[Record, ...]:
    """One value with its unit, or several (as in blood pressure) in one line. Without: the reason.

    What a score is made of (NEWS2) stands in the text, as the source has it; nothing is added up here.
    """
    if not any(coded.code == VITAL_SIGNS for coded in codes(draft.get("category"))):
        return ()
    code = draft.get("code")
    if not (title := words(code)):
        raise Unreadable("no code")
    value, unit = read_value(draft.resource)
    parts = _components(draft)
    if not value:
        value, unit, parts = parts, "", ""
    if not value:
        value = words(draft.get("dataAbsentReason"))
    if not value:
        raise Unreadable("no value")
    status = text(draft.get("status"))
    taken = read_choice(draft.resource, "effective")
    common = draft.common(
        InformationType.OBSERVATION,
        status=Status.ENDED if status in _DONE else _STATUS.get(status, Status.UNKNOWN),
        title=title,
        author=next(iter(items(draft.get("performer"))), None),
        start=taken,
        recorded=read_when(draft.get("issued")) or taken,
        coded=codes(code),
    )
    device = draft.label(draft.get("device"))
    said = paragraphs(parts, notes(draft.resource))
    return (Prehospital(**common, text=said, value=value, value_unit=unit, device=device),)


def read_value(element: Resource) -> tuple[str, str]:
    """Value and unit of a value[x], the number written as the source wrote it, a comparator before it."""
    if quantity := item(element.get("valueQuantity")):
        amount = number(quantity.get("value"))
        if amount is None:
            return "", ""
        said = f"{text(quantity.get('comparator'))} {amount}".strip()
        return said, text(quantity.get("unit")) or text(quantity.get("code"))
    if concept := element.get("valueCodeableConcept"):
        return words(concept), ""
    for name in ("valueInteger", "valueString", "valueDateTime", "valueTime"):
        if (value := element.get(name)) is not None:
            return str(value), ""
    if isinstance(flag := element.get("valueBoolean"), bool):
        return ("ja" if flag else "nej"), ""
    return "", ""


def _components(draft: Draft) -> str:
    parts = []
    for component in items(draft.get("component")):
        value, unit = read_value(component)
        if value:
            parts.append(f"{words(component.get('code'))} {value} {unit}".strip())
    return ", ".join(parts)
