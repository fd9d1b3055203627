"""Who may ask, in which form, and how a refusal reads: an OperationOutcome with a stable code."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from consent.accesslog.model import AccessEvent
from portal.accounts.models import User
from portal.api.scopes import Scope
from portal.fhir.mapping import KINDS_OF_TYPE
from portal.fhir.negotiating import FORM_TYPE, MEDIA_TYPE
from tests.api.conftest import assignment, system
from tests.api.systems import System, system_for
from tests.fhir.clients import FhirClient, codes_of, match_parameters

__all__ = ["assignment", "system"]

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
TOLVAN = "191212121212"


@pytest.fixture
def client(system: System) -> FhirClient:
    found = FhirClient(system)
    assert found.match(TOLVAN).status == 200
    return found


def test_metadata_is_for_anybody_and_names_what_there_is() -> None:
    answer = Client().get("/fhir/metadata")
    statement = answer.json()
    assert answer["Content-Type"].startswith(MEDIA_TYPE)
    types = {each["type"] for each in statement["rest"][0]["resource"]}
    assert types == {"Patient", "AuditEvent", "Consent", *KINDS_OF_TYPE}
    assert {o["name"] for o in statement["rest"][0]["resource"][0]["operation"]} == {"summary", "match"}


def test_a_match_gives_an_id_that_is_no_number_and_says_not_whose_it_is(system: System) -> None:
    client, before = FhirClient(system), AccessEvent.objects.filter(event="search").count()
    known, unknown = client.match(TOLVAN), client.match("193908139060")
    for answer in (known, unknown):
        patient = answer.json["entry"][0]["resource"]
        assert set(patient) == {"resourceType", "id", "identifier"}
        assert len(patient["id"]) == 39
        assert TOLVAN not in patient["id"]
    assert AccessEvent.objects.filter(event="search").count() == before + 2


def test_an_id_stays_the_same_and_opens_for_nobody_else(client: FhirClient, system: System) -> None:
    mine = client.patient
    assert client.match(TOLVAN).json["entry"][0]["resource"]["id"] == mine
    assert system.assignment is not None
    other = FhirClient(system_for(system.assignment), patient=mine)
    answer = other.get(f"/Patient/{mine}")
    assert (answer.status, codes_of(answer)) == (404, {"not_found"})


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (MEDIA_TYPE, 403),
        ("*/*", 403),
        ("application/json;q=0.5, text/html", 403),
        ("application/fhir+json; fhirVersion=4.0", 403),
        ("application/fhir+json; fhirVersion=5.0", 406),
        ("application/fhir+xml", 406),
        ("text/html", 406),
        ("application/fhir+json;q=0", 406),
    ],
)
def test_one_form_is_made_and_others_are_refused(client: FhirClient, accept: str, status: int) -> None:
    """Nothing may be shown to a nurse without relation; the form is judged before that."""
    answer = client.get(f"/Condition?patient={client.patient}", Accept=accept)
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"].startswith(MEDIA_TYPE)
    assert codes_of(answer) == ({"not_acceptable"} if status == 406 else {"nothing_permitted"})


def test_format_in_the_address_goes_before_the_header(client: FhirClient) -> None:
    path = f"/Condition?patient={client.patient}&_format="
    assert client.get(path + "xml").status == 406
    assert client.get(path + "json", Accept="text/html").status == 403
    assert client.get(path + "application/fhir%2Bjson").status == 403
    assert client.search("Condition", _format="xml").status == 406
    assert client.search("Condition", _format="application/fhir+json").status == 403


@pytest.mark.parametrize(
    ("path", "body", "content_type", "status", "code"),
    [
        ("/Condition/_search", "{}", MEDIA_TYPE, 415, "wrong_media_type"),
        ("/Patient/$match", "a=b", FORM_TYPE, 415, "wrong_media_type"),
        ("/Patient/$match", "{", MEDIA_TYPE, 400, "not_json"),
        ("/Patient/$match", '{"resourceType": "Bundle"}', MEDIA_TYPE, 400, "not_a_resource"),
        ("/Patient/$match", '{"resourceType": "Parameters"}', MEDIA_TYPE, 400, "not_a_resource"),
        ("/Patient/$match", match_parameters("191212121213"), MEDIA_TYPE, 422, "bad_number"),
        ("/Condition/_search", "_id=x", FORM_TYPE, 400, "missing_parameter"),
        ("/Condition", "", FORM_TYPE, 405, "method_not_allowed"),
        ("/Basic/_search", "patient=x", FORM_TYPE, 404, "unknown_type"),
    ],
)
def test_what_is_sent_wrong_is_told_by_a_stable_code(
    client: FhirClient, path: str, body: Any, content_type: str, status: int, code: str
) -> None:
    answer = client.post(path, body, content_type)
    assert (answer.status, codes_of(answer)) == (status, {code}), answer.body
    assert "error_id" in answer.json["issue"][0]["diagnostics"]
    assert TOLVAN not in json.dumps(answer.json)


@pytest.mark.parametrize(
    "name",
    ["_count", "_include", "_revinclude", "_total", "_summary", "_elements", "code", "_has:X:y:z", "date"],
)
def test_what_could_count_or_reach_further_is_refused_by_name(client: FhirClient, name: str) -> None:
    answer = client.get(f"/Condition?patient={client.patient}&{name}=1")
    assert (answer.status, codes_of(answer)) == (400, {"unknown_parameter"})
    assert name in answer.json["issue"][0]["diagnostics"]


def test_a_parameter_twice_is_refused(client: FhirClient) -> None:
    answer = client.get(f"/Condition?patient={client.patient}&patient={client.patient}")
    assert (answer.status, codes_of(answer)) == (400, {"unknown_parameter"})


@pytest.mark.parametrize("page", ["x", "-1", "1.5", "²"])
def test_a_page_that_is_none_is_refused(client: FhirClient, page: str) -> None:
    answer = client.search("Condition", page=page)
    assert (answer.status, codes_of(answer)) == (400, {"unknown_parameter"})


@pytest.mark.parametrize(
    "days", ["ge2026-02-01&date=le2026-01-01", "ge2026-01-01&date=ge2026-02-01", "2026-01-01", "lex"]
)
def test_days_of_the_log_that_are_none_are_refused(client: FhirClient, days: str) -> None:
    answer = client.get(f"/AuditEvent?patient={client.patient}&date={days}")
    assert (answer.status, codes_of(answer)) == (400, {"unknown_parameter"})
    assert "date" in answer.json["issue"][0]["diagnostics"]


DEEP = '{"resourceType":' + '{"a":' * 200 + "1" + "}" * 201


@pytest.mark.parametrize(
    ("path", "body", "content_type", "status", "code"),
    [
        ("/Patient/$match", DEEP, MEDIA_TYPE, 400, "not_json"),
        ("/Patient/$match", '{"a": "' + "x" * 70_000 + '"}', MEDIA_TYPE, 413, "too_large"),
        ("/Patient/$match", '{"a": "' + "x" * 3_000_000 + '"}', MEDIA_TYPE, 413, "too_large"),
        ("/Condition/_search", "patient=" + "x" * 70_000, FORM_TYPE, 413, "too_large"),
    ],
    ids=["deep", "large", "far too large", "large form"],
)
def test_what_is_too_deep_or_too_large_is_told_and_nothing_is_written(
    client: FhirClient, path: str, body: str, content_type: str, status: int, code: str
) -> None:
    before = AccessEvent.objects.count()
    answer = client.post(path, body, content_type)
    assert (answer.status, codes_of(answer)) == (status, {code}), answer.body
    assert AccessEvent.objects.count() == before


def test_a_client_that_asks_too_often_is_told_when_to_come_back(system: System) -> None:
    assert system.assignment is not None
    client = FhirClient(system_for(system.assignment, per_minute=2))
    last = [client.match(TOLVAN) for _ in range(4)][-1]
    assert (last.status, codes_of(last)) == (429, {"throttled"})
    assert 1 <= int(last.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    "path",
    [
        "/Patient/x",
        "/Patient/x/$summary",
        "/Condition?patient=x",
        "/Condition/x",
        "/Consent?patient=x",
        "/Basic",
    ],
)
def test_without_proof_nobody_is_told_anything(path: str) -> None:
    answer = Client().get(f"/fhir{path}")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"]
    assert answer.json()["issue"][0]["code"] == "login"


def test_a_client_without_the_scope_is_refused(system: System) -> None:
    assert system.assignment is not None
    narrow = FhirClient(system_for(system.assignment, (Scope.READ,)))
    answer = narrow.match(TOLVAN)
    assert (answer.status, codes_of(answer)) == (403, {"scope_missing"})


def test_nothing_permitted_reads_the_same_for_every_type(client: FhirClient) -> None:
    answers = [client.search(name) for name in sorted(KINDS_OF_TYPE)] + [client.summary()]
    assert {answer.status for answer in answers} == {403}
    assert {len(answer.body) for answer in answers} == {len(answers[0].body)}
    assert AccessEvent.objects.filter(event="refused", action="api").count() == len(answers)


def test_elsewhere_is_an_outcome_too(client: FhirClient) -> None:
    answer = client.get("/Condition/1/_history/2")
    assert (answer.status, codes_of(answer)) == (404, {"not_found"})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["Patient/$match", "Consent/_search", "Flag/_search", "nowhere/at/all"])
def test_session_without_form_token_is_told_in_fhir(path: str) -> None:
    """It is refused before the interface itself is reached."""
    user = User.objects.create_user("nurse", password="x", hsa_id="SE2321000016-P001")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    answer = browser.post(f"/fhir/{path}", {}, "application/fhir+json")
    said = answer.json()
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("application/fhir+json")
    assert said["resourceType"] == "OperationOutcome"
    (issue,) = said["issue"]
    assert issue["code"] == "forbidden"
    assert issue["details"]["coding"][0]["code"] == "form_token_missing"
    told = browser.post("/api/v1/lamp", {}, "application/json")
    assert (told.status_code, told["Content-Type"]) == (403, "application/problem+json")
    assert told.json()["code"] == "form_token_missing"


@pytest.mark.django_db
def test_fault_before_the_interface_is_told_in_fhir(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object) -> None:
        raise OperationalError

    monkeypatch.setattr("portal.fhir.views.FhirView.dispatch", away)
    answer = Client(raise_request_exception=False).get("/fhir/metadata")
    assert (answer.status_code, answer.json()["resourceType"]) == (503, "OperationOutcome")
    assert answer["Retry-After"]
