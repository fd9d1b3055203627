"""Every record becomes one valid resource, whose it is and in the source's own words."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from connectors.base.kinds import (
    CareLimitation,
    Coordination,
    Measure,
    Prehospital,
    SocialService,
    Vaccination,
)
from connectors.base.records import Coded, Law, Record, Status, When
from consent.vocabulary import Kind
from portal.fhir.elements import NOT_STATED, Telling
from portal.fhir.mapping import KINDS_OF_TYPE, MAPPINGS, checked, tell
from portal.fhir.mapping.limitations import map_directive
from tests.aggregation.examples import plain, record
from tests.fhir.records import KINDS, any_record, records

TOLD = Telling("Patient/p", "r1", (("Text", "ordagrant & <så>"),))


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [said for each in value.values() for said in strings(each)]
    if isinstance(value, list):
        return [said for each in value for said in strings(each)]
    return [value] if isinstance(value, str) else []


@given(any_record())
@settings(max_examples=150, deadline=None)
def test_every_record_becomes_valid_r4_of_a_declared_type(each: Record) -> None:
    made = tell(each, TOLD)
    assert each.kind in KINDS_OF_TYPE[made["resourceType"]]
    assert made["id"] == "r1"
    assert (made.get("subject") or made["patient"])["reference"] == "Patient/p"
    levels = made["extension"][0]["extension"]
    assert levels[0]["valueReference"]["identifier"]["value"] == each.origin.provider.hsa_id
    assert (len(levels) == 2) is each.origin.names_unit
    assert all(said.strip() for said in strings(made))


@given(records(CareLimitation))
@settings(max_examples=40, deadline=None)
def test_a_limitation_stands_word_for_word(each: Record) -> None:
    for made in (tell(each, TOLD), checked(map_directive(each, TOLD))):  # type: ignore[arg-type]
        said = made["code"] if made["resourceType"] == "Flag" else made["provision"]["code"][0]
        assert each.codes or said["text"] == (each.text or each.title or NOT_STATED)
        assert said.get("text", "") in (each.text, each.title, NOT_STATED)
        assert len(said.get("coding", [])) == len([c for c in each.codes if c.code.strip()])


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_mapping(kind: Kind) -> None:
    assert kind in MAPPINGS
    assert kind in KINDS
    assert tell(plain(kind), TOLD)["text"]["div"].endswith(
        "<p><b>Text:</b> ordagrant &amp; &lt;så&gt;</p></div>"
    )


def test_no_code_is_made_from_the_text_of_a_limitation() -> None:
    made = checked(map_directive(record(CareLimitation, text="Ej HLR"), TOLD))
    assert "dnr" not in json.dumps(made)
    coded = record(CareLimitation, text="Ej HLR", measures=(Measure.NO_CPR,))
    assert "dnr" in json.dumps(checked(map_directive(coded, TOLD)))


def test_a_doubtful_date_is_never_sent_as_a_date() -> None:
    doubtful = When("2999-01-01", is_doubtful=True)
    for kind in Kind:
        made = tell(plain(kind, start=doubtful, end=doubtful, recorded=doubtful), TOLD)
        dates = {
            n: v for n, v in made.items() if n.endswith("DateTime") or n in ("recordedDate", "authoredOn")
        }
        assert not any("2999" in said for said in strings([dates, made.get("period", {})])), kind


def test_the_law_of_an_insats_is_a_code_and_its_decision_a_service_request() -> None:
    made = tell(record(SocialService, law=Law.LSS, service="Ledsagning", extent="10 h"), TOLD)
    assert made["category"][0]["coding"][0]["code"] == "lss"
    assert made["orderDetail"] == [{"text": "10 h"}]


def test_a_case_keeps_its_steps_goals_and_who_answers_for_it() -> None:
    made = tell(record(Coordination, title="SIP", is_sip=True, goals=("Hem",), responsible="Kommunen"), TOLD)
    assert made["contained"][-1]["description"]["text"] == "Hem"
    assert {"text": "Kommunen"} in made["note"]


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("98", {"value": 98, "unit": "%"}),
        ("37,2", {"value": 37.2, "unit": "%"}),
        ("120/80", None),
        ("007", None),
    ],
)
def test_only_a_plain_number_is_a_quantity(value: str, sent: dict[str, Any] | None) -> None:
    made = tell(record(Prehospital, title="Värde", value=value, value_unit="%"), TOLD)
    assert made.get("valueQuantity") == sent
    assert sent or made["valueString"] == f"{value} %"


def test_a_cancelled_dose_was_not_given() -> None:
    made = tell(record(Vaccination, product="Comirnaty", status=Status.CANCELLED), TOLD)
    assert made["status"] == "not-done"


def test_a_code_goes_out_as_it_came_in() -> None:
    made = tell(
        plain(Kind.DIAGNOSIS, codes=(Coded("urn:oid:1.2.752.116.1.1.1.1.3", "I50.9", "Hjärtsvikt"),)), TOLD
    )
    assert made["code"]["coding"] == [
        {"system": "urn:oid:1.2.752.116.1.1.1.1.3", "code": "I50.9", "display": "Hjärtsvikt"}
    ]
