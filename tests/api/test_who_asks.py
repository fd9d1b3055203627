"""Who asks: a client system's token, and its word for one of its users; or a session of one's own."""

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from asgiref.sync import async_to_sync
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.test import AsyncClient, Client
from django.utils import timezone
from jwt.algorithms import ECAlgorithm

from consent.accesslog.model import AccessEvent
from consent.models import CareProvider, CareUnit
from portal.accounts.models import Assignment
from portal.api.models import AccessToken, ClientKey, SpentAssertion
from portal.api.registering import ALGORITHMS, read_public_key, revoke
from portal.api.scopes import Scope
from portal.api.tasks import sweep_spent_proofs
from portal.dates import today
from tests.api.systems import BASE, ORIGIN, TOKEN, System, make_client, secret_of, system_for

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
TOLVAN = "191212121212"
DAY = timedelta(days=1)


def refusal(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json
    assert said["status"] == answer.status
    assert {"type", "title", "detail", "error_id"} <= said.keys()
    return answer.status, said["code"]


# The token. -----------------------------------------------------------------------------------------


def test_a_token_is_given_for_a_signed_assertion(system):
    answer = system.ask_token()
    said = answer.json
    assert (answer.status, said["token_type"], said["expires_in"]) == (200, "Bearer", 600)
    assert set(said["scope"].split()) == {scope.value for scope in Scope}
    assert answer.headers["Cache-Control"] == "no-store"


def test_of_a_token_nothing_but_a_hash_is_kept(system):
    kept = AccessToken.objects.get()
    assert system.token.encode() not in bytes(kept.digest)
    assert len(bytes(kept.digest)) == 32


def test_a_token_is_for_what_was_asked_for_and_granted(assignment):
    system = System(make_client("SE2321000016-R001", (Scope.LAMP, Scope.READ))).register()
    assert system.ask_token().json["scope"] == "lamp read"
    proof = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
    narrow = system.ask_token(**proof, client_assertion=system.proof(), scope="lamp log")
    assert narrow.json["scope"] == "lamp"
    nothing = system.ask_token(**proof, client_assertion=system.proof(), scope="log")
    assert (nothing.status, nothing.json["error"]) == (400, "invalid_scope")


def test_a_secret_gives_a_token_in_the_header_or_the_form(system):
    secret = secret_of(system.client)
    in_form = system.ask_token(client_id=system.client.pk, client_secret=secret)
    assert in_form.status == 200
    basic = base64.b64encode(f"{system.client.pk}:{secret}".encode()).decode()
    in_header = system.form({"grant_type": "client_credentials"}, Authorization=f"Basic {basic}")
    assert in_header.status == 200


def test_a_secret_in_the_address_is_not_looked_at(system):
    secret = secret_of(system.client)
    query = f"?client_id={system.client.pk}&client_secret={secret}"
    answer = Client().post(TOKEN + query, {"grant_type": "client_credentials"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert "address" in answer.json()["error_description"]
    assert secret not in str(answer.json())


FLAWED: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "https://elsewhere.example/token"},
    "the acting user's audience": {"aud": f"{ORIGIN}/api"},
    "too long": {"exp": int(time.time()) + 3000},
    "ended": {"iat": int(time.time()) - 400, "exp": int(time.time()) - 340},
    "another issuer": {"iss": "klient-annan"},
    "no word for itself": {"jti": None},
    "no client": {"sub": "klient-finns-inte", "iss": "klient-finns-inte"},
    "a list for a client": {"sub": ["x"]},
    "a text for a time": {"exp": "snart"},
}


@pytest.mark.parametrize("flaw", FLAWED)
def test_a_flawed_assertion_gives_nothing_and_says_nothing(system, flaw):
    before = AccessToken.objects.count()
    instead = FLAWED[flaw]
    try:
        proof = system.proof(**instead)
    except TypeError:
        pytest.skip("the library writes no such assertion")
    answer = system.ask_token(
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer", client_assertion=proof
    )
    assert (answer.status, answer.json) == (401, {"error": "invalid_client"})
    assert AccessToken.objects.count() == before


def test_an_assertion_gives_one_token(system):
    form = {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": system.proof(),
    }
    assert [system.ask_token(**form).status for _ in range(2)] == [200, 401]


def test_another_systems_key_proves_nothing(system, assignment):
    other = System(make_client("SE2321000016-R001")).register()
    forged = System(system.client, key=other.key)
    assert forged.ask_token().status == 401


def test_unknown_client_and_wrong_secret_are_one_answer(system):
    secret_of(system.client)
    wrong = system.ask_token(client_id=system.client.pk, client_secret="fel")
    unknown = system.ask_token(client_id="klient-finns-inte", client_secret="fel")
    assert (wrong.status, wrong.json) == (unknown.status, unknown.json) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"grant_type=password", b"a" * 20000, b"client_assertion=x.y.z"]
)
def test_what_is_no_request_for_a_token_is_refused(system, body):
    answer = async_to_sync(AsyncClient().post)(
        TOKEN, data=body, content_type="application/x-www-form-urlencoded"
    )
    said = answer.json()
    assert answer.status_code in (400, 401)
    assert said.get("error_description") or said["error"] == "invalid_client"


# Two people. ----------------------------------------------------------------------------------------


def test_a_client_that_nobody_has_approved_gets_no_token(assignment):
    system = System(make_client("SE2321000016-R001")).register()
    system.client.approved_at = None
    system.client.save()
    assert system.ask_token().status == 401


def test_a_key_that_nobody_has_approved_proves_nothing(assignment):
    system = System(make_client("SE2321000016-R001")).register()
    ClientKey.objects.update(approved_at=None)
    assert system.ask_token().status == 401


def test_a_revoked_client_is_closed_at_once_and_so_is_a_revoked_key(assignment):
    system = system_for(assignment)
    revoke(ClientKey.objects.get(client=system.client))
    assert refusal(system.search(TOLVAN)) == (401, "wrong_token")
    other = system_for(assignment)
    revoke(other.client)
    assert refusal(other.search(TOLVAN)) == (401, "wrong_token")


def test_a_token_ends(system):
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refusal(system.search(TOLVAN)) == (401, "wrong_token")


# The word for a user. -------------------------------------------------------------------------------


def test_the_user_is_the_one_the_system_vouches_for(system, assignment):
    assert system.search(TOLVAN).status == 200
    row = AccessEvent.objects.latest("seq")
    assert (row.event, row.user_hsa_id, row.unit_id) == ("search", "SE2321000016-P001", "SE2321000016-R0AK")
    assert (row.assignment_id, row.detail["client"]) == (str(assignment.pk), system.client.pk)
    assert TOLVAN not in str(row.__dict__)


WRONG_WORDS: dict[str, tuple[dict[str, Any], tuple[int, str]]] = {
    "without audience": ({"aud": None}, (401, "wrong_assertion")),
    "for the token endpoint": ({"aud": ORIGIN + TOKEN}, (401, "wrong_assertion")),
    "another portal": ({"aud": "https://annan.example/api"}, (401, "wrong_assertion")),
    "another issuer": ({"iss": "klient-annan"}, (401, "wrong_assertion")),
    "no user": ({"sub": ""}, (401, "wrong_assertion")),
    "no unit": ({"unit": ""}, (401, "wrong_assertion")),
    "a purpose nobody has": ({"purpose": "nyfikenhet"}, (401, "wrong_assertion")),
    "too weak": ({"acr": "http://id.sambi.se/loa/loa2"}, (403, "low_assurance")),
    "unknown user": ({"sub": "SE2321000016-P999"}, (403, "no_assignment")),
    "a unit she does not work at": ({"unit": "SE2321000016-R0ME"}, (403, "no_assignment")),
    "a purpose she does not have": ({"purpose": "quality"}, (403, "no_assignment")),
}


@pytest.mark.parametrize("flaw", WRONG_WORDS)
def test_a_wrong_word_opens_nothing(system, flaw):
    instead, expected = WRONG_WORDS[flaw]
    before = AccessEvent.objects.count()
    system.claims = instead
    assert refusal(system.search(TOLVAN)) == expected
    assert AccessEvent.objects.count() == before


@pytest.mark.parametrize(
    ("issued", "lasts", "signed_in"),
    [(0, 61, -60), (-120, 60, -60), (120, 60, -60), (0, 0, -60), (0, 60, -36_060), (0, 60, 120)],
    ids=["too long", "ended", "from the future", "no time", "signed in yesterday", "signed in tomorrow"],
)
def test_a_word_is_for_now_and_for_somebody_signed_in(system, issued, lasts, signed_in):
    now = int(time.time())
    system.claims = {"iat": now + issued, "exp": now + issued + lasts, "auth_time": now + signed_in}
    assert refusal(system.search(TOLVAN)) == (401, "wrong_assertion")


@pytest.mark.parametrize("value", ["snart", True, -1, 1e20, None, [1]])
def test_times_that_are_none_are_refused(system, value):
    system.claims = {"auth_time": value}
    assert refusal(system.search(TOLVAN)) == (401, "wrong_assertion")


def test_a_word_is_used_once(system):
    word = system.word()
    first = system.post("/patients/search", {"number": TOLVAN}, **{"Acting-User": word})
    again = system.post("/patients/search", {"number": TOLVAN}, **{"Acting-User": word})
    assert first.status == 200
    assert refusal(again) == (401, "assertion_spent")


def test_without_a_word_the_token_opens_nothing(system):
    system.assignment = None
    assert refusal(system.search(TOLVAN)) == (401, "no_acting_user")


def test_a_word_without_a_signature_is_none(system):
    said = jwt.decode(system.word(), options={"verify_signature": False})
    bare = jwt.encode(said, "", algorithm="none", headers={"kid": system.kid})
    shared = jwt.encode(said, "x" * 32, algorithm="HS256", headers={"kid": system.kid})
    for word in (bare, shared, "x", "a.b.c", "å" * 10, "x" * 9000):
        answer = system.post("/patients/search", {"number": TOLVAN}, **{"Acting-User": word})
        assert refusal(answer) == (401, "wrong_assertion")


def test_another_systems_word_is_not_this_ones(system, assignment):
    other = system_for(assignment)
    answer = system.post("/patients/search", {"number": TOLVAN}, **{"Acting-User": other.word()})
    assert refusal(answer) == (401, "wrong_assertion")


def test_a_closed_account_is_refused_as_an_unknown_one(system, assignment):
    assignment.user.is_active = False
    assignment.user.save()
    closed = system.search(TOLVAN)
    system.claims = {"sub": "SE2321000016-P999"}
    unknown = system.search(TOLVAN)
    assert refusal(closed) == refusal(unknown) == (403, "no_assignment")


@pytest.mark.parametrize("ended", [{"is_active": False}, {"valid_until": "gone"}, {"valid_from": "to come"}])
def test_an_assignment_that_does_not_hold_today_is_none(system, assignment, ended):
    days = {"gone": today() - DAY, "to come": today() + DAY}
    Assignment.objects.filter(pk=assignment.pk).update(
        **{name: days.get(value, value) for name, value in ended.items()}
    )
    assert refusal(system.search(TOLVAN)) == (403, "no_assignment")


def test_a_system_speaks_for_its_owners_staff_alone(assignment):
    other = CareProvider.objects.create(hsa_id="SE2120000019-V001", name="Kommunen", kind="health_care")
    unit = CareUnit.objects.create(hsa_id="SE2120000019-V0HS", name="Hemsjukvården", provider=other)
    elsewhere = Assignment.objects.create(user=assignment.user, unit=unit)
    system = system_for(assignment)
    system.assignment = elsewhere
    assert refusal(system.search(TOLVAN)) == (403, "no_assignment")


def test_an_assignment_of_an_identity_provider_counts_where_its_users_sign_in_there(assignment):
    Assignment.objects.filter(pk=assignment.pk).update(from_idp="siths")
    assert refusal(system_for(assignment).search(TOLVAN)) == (403, "no_assignment")
    assert system_for(assignment, idp="siths").search(TOLVAN).status == 200


def test_what_a_token_is_not_for_it_does_not_open(assignment):
    assert refusal(system_for(assignment, (Scope.LAMP,)).search(TOLVAN)) == (403, "scope_missing")


def test_two_keys_can_be_in_force_while_one_takes_over(system):
    fresh = generate_private_key(SECP256R1())
    jwk = {**ECAlgorithm.to_jwk(fresh.public_key(), as_dict=True), "kid": "nyckel-2", "use": "sig"}
    ClientKey.objects.create(client=system.client, label="ny", jwk=jwk, approved_at=timezone.now())
    assert system.search(TOLVAN).status == 200
    system.key, system.kid = fresh, "nyckel-2"
    assert system.sign_in().search(TOLVAN).status == 200


# Rates, sweeping. -----------------------------------------------------------------------------------


def test_a_system_that_calls_too_often_is_told_when_to_come_back(assignment):
    system = system_for(assignment, per_minute=2)
    answers = [system.search(TOLVAN) for _ in range(4)]
    last = answers[-1]
    assert refusal(last) == (429, "throttled")
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert system_for(assignment).search(TOLVAN).status == 200


def test_tokens_are_asked_for_within_reason(system, settings):
    settings.API_RATES = {"user": 5, "address": 2}
    answers = [system.ask_token() for _ in range(4)]
    assert answers[-1].status == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_what_could_open_nothing_more_is_swept(system):
    assert system.search(TOLVAN).status == 200
    AccessToken.objects.update(expires_at=timezone.now() - DAY)
    SpentAssertion.objects.update(expires_at=timezone.now() - DAY)
    assert sweep_spent_proofs() > 1
    assert not AccessToken.objects.exists()
    assert not SpentAssertion.objects.exists()


# A session. -----------------------------------------------------------------------------------------


def in_session(assignment, *, strict: bool = False) -> Client:
    client = Client(enforce_csrf_checks=strict)
    client.force_login(assignment.user)
    session = client.session
    session["assignment"] = assignment.pk
    session.save()
    return client


def ask(client: Client, **more):
    return client.post(
        f"{BASE}/patients/search", json.dumps({"number": TOLVAN}), content_type="application/json", **more
    )


def test_a_session_asks_as_its_pages_do(assignment):
    answer = ask(in_session(assignment))
    assert answer.status_code == 200, answer.content
    row = AccessEvent.objects.latest("seq")
    assert (row.event, row.user_hsa_id) == ("search", "SE2321000016-P001")
    assert "client" not in row.detail


def test_a_session_without_the_forms_token_is_refused(assignment):
    answer = ask(in_session(assignment, strict=True))
    assert (answer.status_code, answer.json()["code"]) == (403, "form_token_missing")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_bearer_header_does_not_lend_a_session_its_exemption(assignment):
    """Nothing of the session is looked at where a token is sent, so the form's token is not asked for."""
    answer = ask(in_session(assignment, strict=True), headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_token")


def test_nobody_is_nobody(db):
    answer = ask(Client())
    assert (answer.status_code, answer.json()["code"]) == (401, "no_credentials")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_without_an_assignment_opens_nothing(assignment):
    client = Client()
    client.force_login(assignment.user)
    answer = ask(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_assignment")


def test_a_session_is_counted_too(assignment, settings):
    settings.API_RATES = {"user": 1, "address": 5}
    client = in_session(assignment)
    assert [ask(client).status_code for _ in range(3)][-1] == 429


# Bodies. --------------------------------------------------------------------------------------------

BODIES = {
    "blank": (b" ", 400, "not_json"),
    "a list": (b"[]", 400, "not_json"),
    "broken": (b'{"number": ', 400, "not_json"),
    "twice": (b'{"number": "1", "number": "2"}', 400, "not_json"),
    "no number": (b'{"number": NaN}', 400, "not_json"),
    "deep": (b'{"a":' * 200 + b"1" + b"}" * 200, 400, "not_json"),
    "latin": ('{"number": "å"}'.encode("latin-1"), 400, "not_json"),
    "too large": (b'{"number": "' + b"1" * 70_000 + b'"}', 413, "too_large"),
    "far too large": (b'{"number": "' + b"1" * 2_000_000 + b'"}', 413, "too_large"),
    "missing": (b"{}", 422, "invalid"),
    "null": (b'{"number": null}', 422, "invalid"),
    "a digit": (b'{"number": 191212121212}', 422, "invalid"),
    "nested": (b'{"number": {"a": 1}}', 422, "invalid"),
    "more than asked for": (b'{"number": "191212121212", "Number": "1"}', 422, "invalid"),
    "nul": (b'{"number": "1912\\u0000"}', 422, "invalid"),
    "ten digits": (b'{"number": "1212121212"}', 422, "bad_number"),
    "wrong digit": (b'{"number": "191212121213"}', 422, "bad_number"),
}


@pytest.mark.parametrize("name", BODIES)
def test_bad_bodies_get_a_message_and_an_id(system, name):
    body, status, code = BODIES[name]
    answer = system.post("/patients/search", body)
    assert refusal(answer) == (status, code)
    assert "1912121212" not in answer.body.decode()
    if status == 422:
        assert answer.json["errors"][0]["field"]
        assert answer.json["errors"][0]["message"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_another_sort_of_body_is_refused(system, kind):
    answer = system.post("/patients/search", b'{"number": "191212121212"}', **{"Content-Type": kind})
    assert answer.status in (400, 415)


def test_a_packed_body_is_refused(system):
    answer = system.post("/patients/search", {"number": TOLVAN}, **{"Content-Encoding": "gzip"})
    assert refusal(answer) == (415, "wrong_media_type")


def test_words_come_in_the_language_asked_for(system):
    swedish = system.post("/patients/search", {})
    english = system.post("/patients/search", {}, **{"Accept-Language": "en"})
    assert swedish.json["title"] == "Något i anropet stämmer inte."
    assert english.json["title"] != swedish.json["title"]


def test_an_address_that_is_not_there_is_a_problem_too(system):
    assert refusal(system.get("/finns-inte")) == (404, "not_found")


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options", "head"])
def test_a_method_that_is_not_there(system, method):
    answer = async_to_sync(getattr(AsyncClient(), method))(
        f"{BASE}/patients/search", headers={"Authorization": "Bearer x"}
    )
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


PRIVATE: dict[str, Callable[[], Any]] = {
    "RS": lambda: rsa.generate_private_key(65537, 2048),
    "PS": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ES512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_key_of_every_kind_that_can_be_registered_proves(system, name):
    key = (PRIVATE.get(name) or PRIVATE[name[:2]])()
    public = jwt.get_algorithm_by_name(name).to_jwk(key.public_key(), as_dict=True)
    read = read_public_key(json.dumps({**public, "kid": "ny", "use": "sig"}))
    ClientKey.objects.create(client=system.client, label="ny", jwk=read, approved_at=timezone.now())
    said = jwt.decode(system.proof(), options={"verify_signature": False})
    answer = system.ask_token(
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion=jwt.encode(said, key, name, {"kid": "ny"}),
    )
    assert answer.status == 200, answer.json
