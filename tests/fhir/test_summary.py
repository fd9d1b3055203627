"""The document: whole, in order, and honest about what it does not hold."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base.answers import Freshness
from connectors.base.contract import Fault, SourceFault
from connectors.base.kinds import (
    CareContact,
    CareLimitation,
    Contact,
    ContactRole,
    SocialService,
    is_personal,
)
from connectors.base.kinds import Warning as Caution
from connectors.base.records import Phone, Record, Status
from consent.facts import Protection
from consent.terms import Basis, Block, Reach, Refusal
from consent.vocabulary import BlockKind, CareKind, Distance, Kind, Reason, Row
from portal.aggregation.states import WITH_RECORDS, State
from portal.fhir.sections import REASON_OF_STATE, SECTIONS
from tests.aggregation.examples import HEMTJANSTEN, ago, answering, failing, plain, record
from tests.factories.permits import OMSORG, actor_at, everything_open
from tests.fhir.documents import absence, flaws_of, reason, resources, section, summary_of
from tests.fhir.records import any_record
from tests.overview.visits import PERSON, ruling_of, visit_of

MANDATORY = ("11450-4", "48765-2", "10160-0")
OTHERS = Reach(Distance.OTHER_PROVIDER, CareKind.SOCIAL_CARE)


def decided(refusal: Refusal | Basis, *reaches: Reach) -> Any:
    decisions = {**everything_open(actor_at()), **dict.fromkeys(reaches, refusal)}
    return visit_of(ruling_of(decisions))


def test_an_empty_patient_has_every_section_and_says_nothing_is_known() -> None:
    document = summary_of()
    assert flaws_of(document) == []
    assert [reason(document, code) for code in MANDATORY] == ["nilknown"] * 3
    assert resources(document, "OperationOutcome") == []


def test_sections_hold_every_kind_of_record() -> None:
    assert {each.kind for each in SECTIONS} == set(Kind)
    assert set(REASON_OF_STATE) == set(State) - WITH_RECORDS


@given(st.lists(any_record(), max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_sources_hold_the_document_is_whole(held: list[Record]) -> None:
    told = [replace(r, id=f"{n}", source="cosmic", origin=plain(r.kind).origin) for n, r in enumerate(held)]
    told = [r for r in told if r.kind not in (Kind.SOCIAL_SERVICE, Kind.HOME_CARE) and is_personal(r)]
    document = summary_of({"cosmic": answering(*told)})
    assert flaws_of(document) == []
    targets = [t["reference"] for p in resources(document, "Provenance") for t in p["target"]]
    entries = [
        e["reference"] for s in document["entry"][0]["resource"]["section"] for e in s.get("entry", [])
    ]
    assert sorted(targets) == sorted(entries)
    assert len(entries) == len(told)


@pytest.mark.parametrize("fault", Fault)
def test_a_source_that_failed_is_unavailable_and_never_nothing(fault: Fault) -> None:
    document = summary_of({"cosmic": failing(SourceFault(fault))})
    for each in SECTIONS:
        if each.kind not in (Kind.SOCIAL_SERVICE, Kind.HOME_CARE):
            assert reason(document, each.loinc or each.kind.value) == "unavailable"
    (outcome,) = resources(document, "OperationOutcome")
    codes = {c["code"] for said in outcome["issue"] for c in said["details"]["coding"]}
    assert f"source_{fault.value}" in codes
    assert {said["severity"] for said in outcome["issue"]} == {"warning"}


def test_what_came_beside_a_failure_is_told_in_part() -> None:
    held = answering(record(CareLimitation, source="cosmic", text="Ej HLR"))
    document = summary_of({"cosmic": held, "viva-hsl": failing(SourceFault(Fault.TIMED_OUT))})
    assert absence(document, "42348-3") == "temp-unknown"
    assert reason(document, "104605-1") == "unavailable"
    assert "Ej HLR" in json.dumps(resources(document, "Consent"), ensure_ascii=False)


def test_an_allergy_alone_says_that_no_other_warning_is_known() -> None:
    document = summary_of({"cosmic": answering(record(Caution, substance="Penicillin"))})
    assert reason(document, "48765-2") == ""
    assert reason(document, "104605-1") == "nilknown"


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Reason.NO_CONSENT, "withheld"),
        (Reason.PATIENT_REFUSED, "withheld"),
        (Reason.NAMES_ONLY, "withheld"),
        (Reason.NOT_IN_EMERGENCY, "withheld"),
        (Reason.BLOCKED, "withheld"),
        (Reason.SILENT_BLOCK, "nilknown"),
        (Reason.BLOCKS_UNKNOWN, "unavailable"),
        (Reason.DECEASED, "withheld"),
    ],
)
def test_closed_sections_read_as_their_button_does(why: Reason, said: str) -> None:
    visit = decided(Refusal(Row.NO_CONSENT, why), OTHERS)
    document = summary_of({"viva-sol": answering(record(SocialService, unit=HEMTJANSTEN))}, visit)
    assert reason(document, "social_service") == said


def test_a_silent_block_and_nothing_are_the_same_bytes() -> None:
    """Row 16: what is hidden without a word looks in every byte as if it were not there."""
    held = record(SocialService, unit=HEMTJANSTEN, source="viva-sol", title="Hemtjänst", start=ago(3))
    block = Block("b", BlockKind.OUTER, OMSORG.hsa_id)
    hiding = decided(Basis(Row.CONSENT, blocks=(block,), hides_silently=True), OTHERS)
    full = summary_of({"viva-sol": answering(held)}, hiding)
    assert full == summary_of({}, hiding)
    assert "Hemtjänst" not in json.dumps(full, ensure_ascii=False).replace("Hemtjänsten", "")


def test_the_number_stands_in_the_patient_and_in_no_address() -> None:
    document = summary_of()
    (patient,) = resources(document, "Patient")
    assert patient["identifier"][0]["system"] == "http://electronichealth.se/identifier/personnummer"
    rest = json.dumps([{**e, "resource": {}} for e in document["entry"]])
    assert PERSON.id.number not in rest
    assert PERSON.id.number not in json.dumps(document).replace(patient["identifier"][0]["value"], "", 1)


def test_a_protected_person_is_labelled_and_her_address_left_out() -> None:
    hidden = replace(PERSON, protection=Protection.CONFIDENTIALITY_MARK)
    document = summary_of({}, visit_of(ruling_of(person=hidden)))
    (patient,) = resources(document, "Patient")
    assert "sekretessmarkering" in {label["code"] for label in patient["meta"]["security"]}
    assert "address" not in patient
    assert "telecom" not in patient
    assert reason(document, "85847-2") == "withheld"


def test_a_copy_and_an_unread_record_are_told_of() -> None:
    held = record(CareContact, title="Besök")
    document = summary_of({"cosmic": answering(held, unparsed=2, freshness=Freshness.CACHED)})
    assert absence(document, "46240-8") == "temp-unknown"
    assert reason(document, "11450-4") == "unavailable"


def test_contacts_stand_with_their_numbers_and_hours() -> None:
    phone = Phone("0980-319210", hours="till 08")
    held = record(Contact, role=ContactRole.ON_CALL, name="Medicinjouren", phones=(phone,))
    (team,) = resources(summary_of({"cosmic": answering(held)}), "CareTeam")
    assert team["telecom"][0]["value"] == "0980-319210"
    assert team["telecom"][0]["extension"][0]["valueString"] == "till 08"


def test_provenance_names_owner_unit_source_and_when_it_was_asked() -> None:
    held = record(SocialService, unit=HEMTJANSTEN, source="viva-sol", status=Status.ACTIVE, title="Larm")
    (origin,) = resources(summary_of({"viva-sol": answering(held)}), "Provenance")
    who = {a["type"]["coding"][0]["code"]: a["who"] for a in origin["agent"]}
    assert who["custodian"]["identifier"]["value"] == OMSORG.hsa_id
    assert who["author"]["identifier"]["value"] == HEMTJANSTEN.hsa_id
    assert origin["entity"][0]["what"]["display"] == "Viva SoL"
    assert origin["recorded"] == "2026-03-12T11:32:00+00:00"


def test_a_long_record_is_cut_and_says_so() -> None:
    visits = [record(CareContact, id=f"v{n}", title=f"Besök {n}") for n in range(120)]
    document = summary_of({"cosmic": answering(*visits)})
    assert len(section(document, "46240-8")["entry"]) == 100
    assert absence(document, "46240-8") == "temp-unknown"
    assert "first_only" in json.dumps(resources(document, "OperationOutcome"))
