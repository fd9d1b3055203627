"""EHR launch by SMART on FHIR, from a record system with an authorization server that is not ours."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.urls import reverse

from connectors.base.places import Places
from consent.models import AccessEvent
from portal.accounts.models import Assignment, User
from portal.accounts.oidc.refusals import WORDS as SIGN_IN_WORDS
from portal.accounts.oidc.refusals import Why as SignInWhy
from portal.launching.refusals import Why
from portal.settings.launching import Launchers, SmartSystem
from tests.launching.conftest import PASSWORD
from tests.launching.journal import ALVA, TOLVAN
from tests.launching.test_by_token import GO_ON, at, follow, opened, refused, sign_in
from tests.signin.provider import LOA2, LOA3, IdProvider
from tests.walking import Reader, Reply

pytestmark = [pytest.mark.django_db, pytest.mark.network]
SCOPES = ("openid", "launch", "patient/Patient.rs")
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
OPENED = {"system": "cosmic", "way": "smart", "outcome": "opened"}
AT_AKUTEN = {
    "commissionPurpose": "Vård och behandling",
    "healthCareUnitHsaId": "SE2321000016-R0AK",
    "healthCareProviderHsaId": "SE2321000016-R001",
}


def patient(*identifiers: tuple[str, str], **more: Any) -> dict[str, Any]:
    said = [{"system": system, "value": value} for system, value in identifiers]
    return {"resourceType": "Patient", "id": "p-1", "identifier": said, **more}


TOLVANS = patient((PERSONNUMMER, TOLVAN))


@pytest.fixture
def cosmic(running_idp: IdProvider, settings) -> IdProvider:
    """A record system whose user, Alva, has Tolvan's record open."""
    idp = running_idp.as_configured(id="cosmic", name="Cosmic", scopes=SCOPES)
    settings.LAUNCHERS = Launchers(smart=(SmartSystem(f"{running_idp.address}/fhir", idp),))
    settings.MFA_REQUIRED = False
    meet(running_idp)
    return running_idp


def meet(cosmic: IdProvider, *patients: dict[str, Any], chosen: Any = "p-1", **more: Any) -> None:
    said = {"employeeHsaId": ALVA, "given_name": "Alva", "family_name": "Ek", **AT_AKUTEN, **more}
    cosmic.meet(**said)
    cosmic.change(launch="opaque-1", patient=chosen, patients=list(patients) or [TOLVANS])


def start(cosmic: IdProvider, reader: Reader, launch: str = "opaque-1", iss: str = "") -> Reply:
    query = urlencode({"iss": iss or f"{cosmic.address}/fhir", "launch": launch})
    return reader.get(f"/launch/?{query}")


def answer_of(cosmic: IdProvider, reader: Reader, launch: str = "opaque-1") -> str:
    """Out, through the authorization server, and the address that leads back."""
    out = start(cosmic, reader, launch)
    assert out.status == 302, out.body
    back = urlsplit(cosmic.visit(out.location))
    return f"{back.path}?{back.query}"


def walk(cosmic: IdProvider, reader: Reader, launch: str = "opaque-1") -> Reply:
    return follow(reader, reader.get(answer_of(cosmic, reader, launch)))


def not_signed_in(reply: Reply, why: SignInWhy) -> bool:
    return reply.status == 403 and str(SIGN_IN_WORDS[why].heading) in reply.body


def is_in(reader: Reader) -> bool:
    return "_auth_user_id" in reader.client.session


def launches() -> list[tuple[str, dict[str, Any]]]:
    rows = AccessEvent.objects.filter(event="launched").order_by("seq")
    return [(row.user_hsa_id, row.detail) for row in rows]


def test_out_of_the_record_system_into_the_patient(cosmic, units):
    """Signed in there, and here by its word: one press, no number typed."""
    reader = Reader()
    assert opened(walk(cosmic, reader))
    assert launches() == [(ALVA, OPENED)]
    row = AccessEvent.objects.get(event="launched")
    person = row.patient()
    assert person is not None
    assert (person.number, row.unit_name) == (TOLVAN, "Akuten")
    signed = AccessEvent.objects.get(event="signed_in")
    assert signed.detail == {"method": "oidc", "loa": LOA3, "idp": "cosmic"}
    assert Assignment.objects.get(user__hsa_id=ALVA).from_idp == "cosmic"


def test_the_request_says_what_the_standard_wants(cosmic):
    asked = parse_qs(urlsplit(start(cosmic, Reader()).location).query)
    assert asked["aud"] == [f"{cosmic.address}/fhir"]
    assert asked["launch"] == ["opaque-1"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == [" ".join(SCOPES)]
    for secret in ("state", "nonce", "code_challenge"):
        assert len(asked[secret][0]) >= 43


def test_the_identifier_alone_is_asked_for_and_in_the_body(cosmic, units):
    walk(cosmic, Reader())
    told = cosmic.told()
    assert told["read"] == {"_id": "p-1", "_elements": "identifier"}
    assert told["asked"]["/fhir/Patient/_search"] >= 1


def test_who_is_signed_in_already_stays_in_her_own_session(cosmic, alva):
    reader = Reader()
    sign_in(reader)
    at(reader, "Akuten")
    reader.search(TOLVAN)
    open_page = reverse("overview", args=[reader.handle])
    assert opened(walk(cosmic, reader))
    assert reader.get(open_page).status == 200
    assert AccessEvent.objects.filter(event="signed_in").count() == 1
    assert not Assignment.objects.exclude(from_idp="").exists()


def test_somebody_else_signed_in_is_not_signed_out_and_sees_nothing(cosmic, alva):
    User.objects.create_user("bo", password=PASSWORD, hsa_id="SE2321000016-A009")
    reader = Reader()
    sign_in(reader, "bo")
    reply = walk(cosmic, reader)
    assert refused(reply, Why.ANOTHER)
    assert TOLVAN not in reply.body
    assert reader.client.session["_auth_user_id"] == str(User.objects.get(username="bo").pk)
    assert launches() == [("SE2321000016-A009", {**OPENED, "outcome": "another"})]
    reader.post(reverse("account_logout"))
    assert opened(walk(cosmic, reader))


def test_the_assignment_is_the_one_in_the_record_system(cosmic, alva):
    meet(cosmic, healthCareUnitHsaId="SE2321000016-R0ME")
    reader = Reader()
    sign_in(reader)
    at(reader, "Akuten")
    asked = walk(cosmic, reader)
    assert "Medicin" in asked.body
    medicine = Assignment.objects.get(unit__name="Medicin")
    assert opened(reader.post(GO_ON, {"assignment": medicine.pk}))


def test_an_assignment_that_is_unknown_here_is_refused(cosmic, units):
    meet(cosmic, healthCareUnitHsaId="SE2321000016-XXXX")
    assert refused(walk(cosmic, Reader()), Why.NO_ASSIGNMENT)


@pytest.mark.parametrize("iss", [
    "https://evil.example/fhir", "http://127.0.0.1:1/fhir", "http://169.254.169.254/", "file:///x", "x",
])  # fmt: skip
def test_a_system_that_is_not_configured_is_never_called(cosmic, iss):
    before = cosmic.told()["asked"]
    assert refused(start(cosmic, Reader(), iss=iss), Why.UNKNOWN_SYSTEM)
    assert refused(start(cosmic, Reader(), iss=f"{cosmic.address}/fhir/x"), Why.UNKNOWN_SYSTEM)
    assert refused(Reader().get("/launch/?launch=1"), Why.UNKNOWN_SYSTEM)
    assert cosmic.told()["asked"] == before


@pytest.mark.parametrize("launch", ["", "x" * 1025, "a\nb"])
def test_a_launch_that_is_no_word_goes_nowhere(cosmic, launch):
    assert refused(start(cosmic, Reader(), launch), Why.UNTRUSTED)


def test_a_system_outside_the_listed_places_is_never_called(cosmic, settings):
    settings.SOURCE_PLACES = Places()
    assert not_signed_in(start(cosmic, Reader()), SignInWhy.UNREACHABLE)


@pytest.mark.parametrize("smart", [
    {"issuer": "https://evil.example"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"authorization_endpoint": None},
    {"code_challenge_methods_supported": ["plain"]},
    {"code_challenge_methods_supported": None},
], ids=["issuer", "script", "none", "plain", "no pkce"])  # fmt: skip
def test_what_it_publishes_about_itself_has_to_fit(cosmic, smart):
    cosmic.change(smart=smart)
    assert not_signed_in(start(cosmic, Reader()), SignInWhy.UNTRUSTED)


def test_an_answer_counts_once_and_in_the_session_that_asked(cosmic, units):
    reader, stranger = Reader(), Reader()
    answer = answer_of(cosmic, reader)
    assert refused(stranger.get(answer), Why.STALE)
    assert not is_in(stranger)
    assert opened(follow(reader, reader.get(answer)))
    assert refused(reader.get(answer), Why.STALE)


def test_an_answer_of_another_time_is_too_old(cosmic, units, time_machine):
    import time

    reader = Reader()
    answer = answer_of(cosmic, reader)
    time_machine.move_to(time.time() + 601)
    assert refused(reader.get(answer), Why.STALE)


def test_an_answer_said_to_be_of_another_server_is_refused(cosmic, units):
    reader = Reader()
    path, _, query = answer_of(cosmic, reader).partition("?")
    said = {name: values[0] for name, values in parse_qs(query).items()}
    reply = reader.get(f"{path}?{urlencode({**said, 'iss': 'https://evil.example'})}")
    assert refused(reply, Why.UNTRUSTED)
    assert not is_in(reader)


@pytest.mark.parametrize(("fault", "why"), [
    ("signature", SignInWhy.UNTRUSTED), ("unsigned", SignInWhy.UNTRUSTED), ("secret", SignInWhy.UNTRUSTED),
    ("audience", SignInWhy.UNTRUSTED), ("issuer", SignInWhy.UNTRUSTED), ("expired", SignInWhy.UNTRUSTED),
    ("nonce", SignInWhy.UNTRUSTED), ("no_nonce", SignInWhy.UNTRUSTED), ("no_acr", SignInWhy.WEAK),
    ("denied", SignInWhy.CANCELLED),
])  # fmt: skip
def test_an_id_token_that_is_wrong_in_any_way_opens_nothing(cosmic, units, fault, why):
    meet(cosmic, fault=fault)
    reader = Reader()
    assert not_signed_in(walk(cosmic, reader), why)
    assert not is_in(reader)
    assert launches() == []


def test_weaker_than_level_3_is_refused(cosmic, units):
    meet(cosmic, acr=LOA2)
    reader = Reader()
    assert not_signed_in(walk(cosmic, reader), SignInWhy.WEAK)
    assert not is_in(reader)


def test_without_hsa_id_nobody_comes_in(cosmic, units):
    meet(cosmic, employeeHsaId="")
    assert not_signed_in(walk(cosmic, Reader()), SignInWhy.NO_HSA_ID)


@pytest.mark.parametrize(("patients", "chosen"), [
    ([TOLVANS], None),
    ([TOLVANS], 7),
    ([patient((PERSONNUMMER, TOLVAN), id="p-2")], "p-1"),
    ([TOLVANS, patient((PERSONNUMMER, "193908139060"))], "p-1"),
    ([patient(("urn:oid:1.2.3", TOLVAN))], "p-1"),
    ([patient((PERSONNUMMER, "191212121213"))], "p-1"),
    ([patient((PERSONNUMMER, "1212121212"))], "p-1"),
    ([patient((PERSONNUMMER, TOLVAN), (PERSONNUMMER, "193908139060"))], "p-1"),
    ([patient((PERSONNUMMER, TOLVAN), modifierExtension=[{"url": "x"}])], "p-1"),
    ([{"resourceType": "Patient", "id": "p-1"}], "p-1"),
], ids=[
    "no context", "no text", "another's record", "two records", "another sort of number", "check digit",
    "ten digits", "two numbers", "a modifier", "no number",
])  # fmt: skip
def test_a_patient_who_cannot_be_told_for_certain_is_none(cosmic, units, patients, chosen):
    meet(cosmic, *patients, chosen=chosen)
    cosmic.change(any=True)
    reader = Reader()
    assert refused(walk(cosmic, reader), Why.NO_PATIENT)
    assert not is_in(reader)
    assert launches() == []


def test_a_number_that_no_longer_holds_is_passed_over(cosmic, units):
    old = {"system": PERSONNUMMER, "value": "193908139060", "use": "old"}
    meet(cosmic, {**TOLVANS, "identifier": [old, *TOLVANS["identifier"]]})
    assert opened(walk(cosmic, Reader()))
    person = AccessEvent.objects.get(event="launched").patient()
    assert person is not None
    assert person.number == TOLVAN


def test_a_launch_that_the_server_does_not_know_names_nobody(cosmic, units):
    assert refused(walk(cosmic, Reader(), launch="made-up"), Why.NO_PATIENT)


def test_an_unknown_system_is_no_page(cosmic):
    assert Reader().get("/launch/another/svar/?code=1&state=2").status == 404


def test_no_number_in_any_address_session_or_log(cosmic, units, caplog):
    reader = Reader()
    seen: list[str] = []
    with caplog.at_level("DEBUG"):
        out = start(cosmic, reader)
        seen.append(out.location)
        back = urlsplit(cosmic.visit(out.location))
        reply = reader.get(f"{back.path}?{back.query}")
        for _step in range(6):
            seen += [reply.location, json.dumps(reply.headers)]
            if reply.status != 302 or reply.location.startswith("/p/"):
                break
            reply = reader.get(reply.location)
    assert opened(reply)
    kept = [json.dumps(dict(reader.client.session), default=str), caplog.text, *seen]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM consent_accessevent")
        kept += [str(row) for row in cursor.fetchall()]
    assert all(TOLVAN not in text and "19121212-1212" not in text for text in kept)


def test_who_came_by_a_launch_is_told_how_to_prove_again(cosmic, units, settings):
    """The record system cannot be asked for her card; the page is no dead end."""
    reader = Reader()
    walk(cosmic, reader)
    page = reader.get(reverse("confirm"))
    assert page.status == 200
    assert "/konto/logga-in/cosmic/igen/" not in page.body
