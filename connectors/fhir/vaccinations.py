"""Immunization, and Condition for covid-19, to vaccination. What counts as covid comes from codes alone."""

from connectors.base.codes import (
    COVID_DISEASE,
    COVID_SNOMED,
    is_confirmed_covid_icd,
    is_covid_atc,
    is_covid_icd,
)
from connectors.base.dates import read_when
from connectors.base.kinds import Vaccination
from connectors.base.records import Coded, Record, Status
from connectors.fhir.conditions import STATUS, is_confirmed
from connectors.fhir.dates import read_choice
from connectors.fhir.drafting import Draft
from connectors.fhir.elements import Unreadable, codes, first_code, items, notes, text, words
from consent.vocabulary import InformationType

SNOMED = "http://snomed.info/sct"
CVX = "http://hl7.org/fhir/sid/cvx"
_COVID_CVX = frozenset(
    {*range(207, 214), *range(217, 220), 221, *range(225, 231), *range(300, 303), *range(308, 314)}
)
_RECORDED_ONLY = "completed"


def is_covid_vaccine(coded: Coded) -> bool:
    if coded.system == SNOMED:
        return coded.code in COVID_SNOMED
    if coded.system == CVX:
        return coded.code.isdigit() and int(coded.code) in _COVID_CVX
    return "atc" in coded.system.lower() and is_covid_atc(coded.code)


def is_covid_infection(coded: Coded) -> bool:
    return is_covid_icd(_icd(coded)) or (coded.system == SNOMED and coded.code == COVID_DISEASE)


def _icd(coded: Coded) -> str:
    is_icd = "icd" in coded.system.lower() or "1.2.752.116.1.1.1" in coded.system
    return coded.code if is_icd else ""


def map_immunization(draft: Draft) -> tuple[Record, ...]:
    """A dose that was given. One that was not done is no dose, and no record."""
    if draft.get("status") == "not-done":
        return ()
    code = draft.get("vaccineCode")
    if not (product := words(code)):
        raise Unreadable("no vaccine")
    given = read_choice(draft.resource, "occurrence")
    protocols = items(draft.get("protocolApplied"))
    diseases = [disease for protocol in protocols for disease in items(protocol.get("targetDisease"))]
    common = draft.common(
        InformationType.VACCINATION,
        status=Status.ENDED if draft.get("status") == _RECORDED_ONLY else Status.UNKNOWN,
        title=product,
        start=given,
        recorded=read_when(draft.get("recorded")),
        coded=codes(code),
    )
    record = Vaccination(
        **common,
        text=notes(draft.resource),
        is_covid=any(is_covid_vaccine(coded) for coded in (*codes(code), *codes(diseases))),
        product=product,
        dose_number=_dose_number(protocols),
        batch=text(draft.get("lotNumber")),
        given=given,
    )
    return (record,)


def _dose_number(protocols: list[dict[str, object]]) -> int | None:
    for protocol in protocols:
        number = protocol.get("doseNumberPositiveInt")
        if isinstance(number, int) and not isinstance(number, bool):
            return number
        said = text(protocol.get("doseNumberString"))
        if said.isascii() and said.isdigit():
            return int(said)
    return None


def map_covid_condition(draft: Draft) -> tuple[Record, ...]:
    """A diagnosis of covid-19; other diagnoses give nothing here, and one that was refuted neither."""
    code = draft.get("code")
    coded = codes(code)
    if (
        not any(is_covid_infection(each) for each in coded)
        or first_code(draft.get("verificationStatus")) == "refuted"
    ):
        return ()
    start = read_choice(draft.resource, "onset")
    recorded = read_when(draft.get("recordedDate"))
    common = draft.common(
        InformationType.DIAGNOSIS,
        status=STATUS.get(first_code(draft.get("clinicalStatus")), Status.UNKNOWN),
        title=words(code),
        author=draft.get("recorder") or draft.get("asserter"),
        start=start or recorded,
        end=read_choice(draft.resource, "abatement"),
        recorded=recorded,
        coded=coded,
    )
    by_icd = any(is_confirmed_covid_icd(_icd(each)) for each in coded)
    has_icd = any(_icd(each) for each in coded)
    record = Vaccination(
        **common,
        text=notes(draft.resource),
        is_covid=True,
        is_infection=True,
        is_confirmed=by_icd if has_icd else is_confirmed(draft),
    )
    return (record,)
