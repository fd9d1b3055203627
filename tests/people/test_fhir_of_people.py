"""The FHIR interface about the invented people: summary, search, read, consents, the log."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from consent.accesslog.model import AccessEvent
from demo.people import BY_LETTER
from demo.people.facts import CANARY_ADDRESS, CANARY_PHONE, CANARY_RELATIVE
from portal.fhir.mapping import KINDS_OF_TYPE
from tests.fhir.clients import PERSONNUMMER, FhirClient, client_for, codes_of
from tests.fhir.documents import reason, resources
from tests.fhir.ihe import flaws_of_audit, flaws_of_consent
from tests.people.worlds import _django_db_helper, module_people, people, signed_in, unhurried

if TYPE_CHECKING:
    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.usefixtures("people")]


@pytest.fixture(autouse=True)
def _unhurried() -> Iterator[None]:
    with unhurried():
        yield


def client_with(persona: str, letter: str, *acts: tuple[str, dict[str, str]]) -> FhirClient:
    """``acts``: what is recorded on the page first, by the same persona."""
    reader = signed_in(persona, BY_LETTER[letter].number)
    for act, said in acts:
        assert reader.act(act, **said).status == 302
    client = client_for(persona)
    assert client.match(BY_LETTER[letter].number).status == 200
    return client


def matches(bundle: Any) -> list[Any]:
    return [e["resource"] for e in bundle["entry"] if e["search"]["mode"] == "match"]


CHOOSE = ("choose_units", {"unit": "*"})


def test_a_record_is_read_again_by_its_id_and_logged_alone() -> None:
    client = client_with("akuten", "A", CHOOSE)
    found = [
        e["resource"] for e in client.search("Condition").json["entry"] if e["search"]["mode"] == "match"
    ]
    one = client.get(f"/Condition/{found[0]['id']}")
    assert one.status == 200
    assert one.json["code"] == found[0]["code"]
    row = AccessEvent.objects.filter(event="shown").order_by("-seq")[0]
    assert sum(origin[3] for origin in row.origins) == 1
    missing = client.get(f"/Condition/{client.patient}.{'x' * 24}")
    assert (missing.status, codes_of(missing)) == (404, {"not_found"})


def test_not_found_is_never_said_while_a_source_is_silent(people: "Addresses") -> None:
    from tests.people.test_when_systems_fail import order

    client = client_with("akuten", "A", CHOOSE)
    order(people.cosmic, "unavailable")
    try:
        answer = client.get(f"/Condition/{client.patient}.{'x' * 24}")
        searched = client.search("Condition").json
    finally:
        order(people.cosmic, "ok")
    assert (answer.status, codes_of(answer)) == (503, {"source_silent"})
    assert searched["entry"][0]["search"]["mode"] == "outcome"


def test_no_bundle_has_a_total_and_every_match_says_where_it_comes_from() -> None:
    client = client_with("akuten", "A", CHOOSE)
    for name in KINDS_OF_TYPE:
        bundle = client.search(name).json
        assert "total" not in bundle
        entries = bundle.get("entry", [])
        matched = {f"{name}/{e['resource']['id']}" for e in entries if e["search"]["mode"] == "match"}
        origins = [e["resource"] for e in entries if e["resource"]["resourceType"] == "Provenance"]
        assert {t["reference"] for origin in origins for t in origin["target"]} == matched


def test_a_long_list_comes_a_hundred_at_a_time() -> None:
    client = client_with("akuten", "K", CHOOSE)
    first = client.search("Encounter").json
    links = {link["relation"]: link["url"] for link in first["link"]}
    second = client.get("/Encounter" + links["next"].partition("/fhir/Encounter")[2]).json
    ids = [
        {e["resource"]["id"] for e in page["entry"] if e["search"]["mode"] == "match"}
        for page in (first, second)
    ]
    assert [len(each) for each in ids] == [100, 100]
    assert not ids[0] & ids[1]


def test_a_protected_persons_canaries_are_nowhere() -> None:
    client = client_with("akuten", "E", CHOOSE)
    answers = [client.summary(), client.get(f"/Patient/{client.patient}")]
    answers += [client.search(name) for name in KINDS_OF_TYPE]
    for answer in answers:
        for canary in (CANARY_ADDRESS, CANARY_RELATIVE, CANARY_PHONE):
            assert canary.encode() not in answer.body
    assert "sekretessmarkering" in json.dumps(answers[1].json)


def test_the_summary_by_number_is_what_our_own_connector_asks_for() -> None:
    client = client_with("akuten", "A", CHOOSE)
    identifier = {"name": "identifier", "valueString": f"{PERSONNUMMER}|{BY_LETTER['A'].number}"}
    asked = {"resourceType": "Parameters", "parameter": [identifier]}
    document = client.post("/Patient/$summary", asked).json
    assert document["type"] == "document"
    assert len(resources(document, "AllergyIntolerance")) == 1


def test_an_unconnected_patient_is_withheld_and_never_nothing() -> None:
    document = client_with("akuten", "B").summary().json
    assert reason(document, "social_service") == "withheld"
    assert reason(document, "11450-4") == "withheld"


def test_recorded_consents_are_told_as_consent() -> None:
    given = ("give_consent", {"period": "open"})
    bundle = client_with("akuten", "M", given).search("Consent").json
    (consent,) = [e["resource"] for e in bundle["entry"]]
    assert consent["scope"]["coding"][0]["code"] == "patient-privacy"
    assert (consent["status"], consent["provision"]["type"]) == ("active", "permit")
    refused = client_with("akuten", "M", ("refuse_consent", {})).search("Consent").json
    assert {e["resource"]["provision"]["type"] for e in refused["entry"]} == {"permit", "deny"}
    assert [flaws_of_consent(e["resource"]) for e in refused["entry"]] == [[], []]


def test_a_consent_to_a_sip_is_none_to_read() -> None:
    """A stranger who reads privacy consents must not take it for one that lets everybody read."""
    bundle = client_with("akuten", "M", ("give_sip_consent", {})).search("Consent").json
    (consent,) = [e["resource"] for e in bundle["entry"]]
    assert consent["scope"]["coding"][0]["code"] == "treatment"
    assert "meta" not in consent
    assert consent["policy"] == [{"uri": "https://data.riksdagen.se/dokument/sfs-2017-612"}]


def test_the_log_is_told_to_reviewers_alone() -> None:
    client_with("hemsjukvard", "C").summary()
    reviewer = client_for("granskare")
    assert reviewer.match(BY_LETTER["C"].number).status == 200
    entries = reviewer.search("AuditEvent").json["entry"]
    events = [e["resource"] for e in entries]
    sorts = {e.get("meta", {}).get("profile", ["/none"])[0].rpartition(".")[2] for e in events}
    assert sorts >= {"PatientRead", "PatientQuery"}
    assert [flaws for e in events if (flaws := flaws_of_audit(e))] == []
    assert all(e["entity"][0]["what"]["reference"] == f"Patient/{reviewer.patient}" for e in events)
    assert "Anja" not in json.dumps(events)
    nurse = client_with("hemsjukvard", "C")
    answer = nurse.search("AuditEvent")
    assert (answer.status, codes_of(answer)) == (404, {"not_found"})
