"""A launch by a signed token: whom it opens for, what it opens, and everything that it does not."""

import base64
import json
import threading
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from consent.models import AccessEvent
from portal.accounts.models import Assignment, HandedOver, Spent, User
from portal.accounts.once import spend, sweep
from portal.launching import counting
from portal.launching.refusals import WORDS, Why
from portal.patients.handles import SESSION_KEY as HANDLES
from tests.launching.conftest import PASSWORD
from tests.launching.journal import ALVA, TOLVAN, Journal
from tests.walking import Reader, Reply

pytestmark = [pytest.mark.django_db]
LAUNCH = "/launch/jwt"
GO_ON = "/launch/vidare/"


def post(reader: Reader, token: str) -> Reply:
    return reader.post(LAUNCH, {"token": token})


def sign_in(reader: Reader, name: str = "alva", then: str = "") -> Reply:
    return reader.post(reverse("account_login"), {"login": name, "password": PASSWORD, "next": then})


def at(reader: Reader, unit: str, purpose: str = "care") -> None:
    chosen = Assignment.objects.get(user__username="alva", unit__name=unit, purpose=purpose)
    reader.post(reverse("choose_assignment"), {"assignment": chosen.pk})


def follow(reader: Reader, reply: Reply) -> Reply:
    """As a browser would, until a page comes."""
    for _step in range(8):
        if reply.status not in (302, 303) or reply.location.startswith("/p/"):
            return reply
        reply = reader.get(reply.location)
    raise AssertionError(reply.location)


def refused(reply: Reply, why: Why) -> bool:
    words = WORDS[why]
    return (
        reply.status in (403, 429)
        and str(words.heading) in reply.body
        and str(words.advice) in reply.body
        and "Fel-id" in reply.body
    )


def opened(reply: Reply) -> bool:
    return reply.status == 302 and reply.location.startswith("/p/")


def launches() -> list[tuple[str, dict[str, Any]]]:
    rows = AccessEvent.objects.filter(event="launched").order_by("seq")
    return [(row.user_hsa_id, row.detail) for row in rows]


OPENED = {"system": "journal", "way": "jwt", "outcome": "opened"}


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_who_is_signed_in_comes_to_the_patient(journal, alva, algorithm):
    reader = Reader()
    sign_in(reader)
    at(reader, "Akuten")
    reply = post(reader, journal.token(algorithm))
    assert reply.status == 303
    assert opened(follow(reader, reply))
    assert launches() == [(ALVA, OPENED)]
    row = AccessEvent.objects.get(event="launched")
    patient = row.patient()
    assert patient is not None
    assert (patient.number, row.unit_name, row.activity) == (TOLVAN, "Akuten", "Läsa")


def test_it_leads_to_the_very_page_that_a_typed_number_leads_to(journal, alva):
    typed, launched = Reader(), Reader()
    for reader in (typed, launched):
        sign_in(reader)
        at(reader, "Akuten")
    by_search = typed.search(TOLVAN).location
    by_launch = follow(launched, post(launched, journal.token())).location
    pages = [reader.get(where) for reader, where in ((typed, by_search), (launched, by_launch))]
    assert {page.status for page in pages} == {200}
    assert "Intyga" in pages[1].body or "relation" in pages[1].body.casefold()
    assert [len(where) for where in (by_search, by_launch)] == [len(by_search)] * 2


def test_who_is_not_signed_in_signs_in_and_goes_on(journal, alva):
    reader = Reader()
    reply = follow(reader, post(reader, journal.token()))
    assert "Logga in" in reply.body
    assert not HandedOver.objects.filter(sort="launch-ticket").exists()
    assert "_auth_user_id" not in reader.client.session
    reply = sign_in(reader, then=GO_ON)
    assert reply.location == GO_ON
    assert opened(follow(reader, reply))
    assert (
        reader.client.session["assignment"] == Assignment.objects.get(unit__name="Akuten", purpose="care").pk
    )


def test_a_token_signs_nobody_in(journal, alva):
    reader = Reader()
    follow(reader, post(reader, journal.token()))
    assert "_auth_user_id" not in reader.client.session
    assert reader.get("/").location.startswith("/konto/logga-in/")
    assert not AccessEvent.objects.filter(event="signed_in").exists()


def test_a_page_elsewhere_that_posts_somebody_elses_token_gains_nothing(journal, alva):
    """Login CSRF: the browser of whoever reads here brings a token that is somebody else's."""
    User.objects.create_user("bo", password=PASSWORD, hsa_id="SE2321000016-A009")
    reader = Reader()
    sign_in(reader, "bo")
    before = reader.client.cookies["sessionid"].value
    reply = follow(reader, post(reader, journal.token()))
    assert refused(reply, Why.ANOTHER)
    assert 'action="/konto/logga-ut/"' in reply.body
    assert TOLVAN not in reply.body
    assert "Alva" not in reply.body
    assert reader.client.session["_auth_user_id"] == str(User.objects.get(username="bo").pk)
    assert reader.client.cookies["sessionid"].value == before
    assert launches() == [("SE2321000016-A009", {**OPENED, "outcome": "another"})]
    assert AccessEvent.objects.get(event="launched").patient() is None
    assert refused(reader.get(GO_ON), Why.STALE)


def test_who_signs_in_as_another_than_the_launch_names_gets_nothing_of_it(journal, alva):
    User.objects.create_user("bo", password=PASSWORD, hsa_id="SE2321000016-A009")
    reader = Reader()
    follow(reader, post(reader, journal.token()))
    assert refused(follow(reader, sign_in(reader, "bo", GO_ON)), Why.ANOTHER)
    assert not HandedOver.objects.exists()


def test_a_user_without_hsa_id_is_never_the_one(journal, alva):
    User.objects.create_superuser("chef", password=PASSWORD)
    reader = Reader()
    sign_in(reader, "chef")
    assert refused(follow(reader, post(reader, journal.token())), Why.ANOTHER)


def test_a_password_alone_opens_no_launch(journal, alva, settings):
    settings.MFA_REQUIRED = True
    reader = Reader()
    sign_in(reader)
    follow(reader, post(reader, journal.token()))
    assert launches() == []
    assert reader.get(GO_ON).location == reverse("security")


# Assignments. --------------------------------------------------------------------------------------


def test_another_assignment_is_asked_about_before_patients_are_closed(journal, alva):
    reader = Reader()
    sign_in(reader)
    at(reader, "Medicin")
    reader.search(TOLVAN)
    open_page = reverse("overview", args=[reader.handle])
    asked = follow(reader, post(reader, journal.token()))
    assert asked.status == 200
    assert "Byte av uppdrag stänger öppna patienter" in asked.body
    assert reader.get(open_page).status == 200
    akuten = Assignment.objects.get(unit__name="Akuten", purpose="care")
    secret = reader.client.session[HANDLES]
    assert opened(reader.post(GO_ON, {"assignment": akuten.pk}))
    assert reader.client.session["assignment"] == akuten.pk
    assert reader.client.session[HANDLES] != secret
    assert reader.get(open_page).status == 404


def test_several_that_fit_are_chosen_between(journal, alva):
    reader = Reader()
    sign_in(reader)
    asked = follow(reader, post(reader, journal.token(healthCareUnitHsaId=None, commissionPurpose=None)))
    assert asked.status == 200
    assert "Akuten" in asked.body
    assert "Medicin" in asked.body
    assert "Kvalitetssäkring" not in asked.body
    quality = Assignment.objects.get(unit__name="Akuten", purpose="quality")
    assert reader.post(GO_ON, {"assignment": quality.pk}).status == 200
    assert launches() == []
    medicine = Assignment.objects.get(unit__name="Medicin")
    assert opened(reader.post(GO_ON, {"assignment": medicine.pk}))


@pytest.mark.parametrize("changed", [
    {"healthCareUnitHsaId": "SE2321000016-XXXX"},
    {"healthCareUnitHsaId": "SE2321000016-R0ME", "commissionPurpose": "Forskning"},
], ids=["unit", "purpose"])  # fmt: skip
def test_an_assignment_that_the_reader_lacks_is_refused(journal, alva, changed):
    reader = Reader()
    sign_in(reader)
    assert refused(follow(reader, post(reader, journal.token(**changed))), Why.NO_ASSIGNMENT)
    assert launches() == [(ALVA, {**OPENED, "outcome": "no_assignment"})]


def test_an_assignment_that_has_ended_is_none(journal, alva):
    Assignment.objects.filter(unit__name="Akuten").update(is_active=False)
    reader = Reader()
    sign_in(reader)
    assert refused(follow(reader, post(reader, journal.token())), Why.NO_ASSIGNMENT)


# The token. ----------------------------------------------------------------------------------------

NOW = time.time


@pytest.mark.parametrize(("changed", "why"), [
    ({"iss": "https://another.example"}, Why.UNKNOWN_SYSTEM),
    ({"iss": None}, Why.UNKNOWN_SYSTEM),
    ({"aud": "https://another.example/launch/jwt"}, Why.UNTRUSTED),
    ({"aud": ["https://portal.example/launch/jwt", "https://another.example"]}, Why.UNTRUSTED),
    ({"aud": None}, Why.UNTRUSTED),
    ({"jti": None}, Why.UNTRUSTED),
    ({"jti": ""}, Why.UNTRUSTED),
    ({"jti": "j" * 201}, Why.UNTRUSTED),
    ({"iat": None}, Why.UNTRUSTED),
    ({"exp": None}, Why.UNTRUSTED),
    ({"exp": 1e300}, Why.UNTRUSTED),
    ({"exp": "soon"}, Why.UNTRUSTED),
    ({"employeeHsaId": None}, Why.NO_HSA_ID),
    ({"employeeHsaId": 7}, Why.NO_HSA_ID),
    ({"patient": None}, Why.NO_PATIENT),
    ({"patient": "1212121212"}, Why.NO_PATIENT),
    ({"patient": "191212121213"}, Why.NO_PATIENT),
    ({"patient": ["191212121212"]}, Why.NO_PATIENT),
    ({"commissionPurpose": "Nyfikenhet"}, Why.NO_ASSIGNMENT),
], ids=[
    "issuer", "no issuer", "audience", "two audiences", "no audience", "no id", "empty id", "long id",
    "not issued", "endless", "astronomical", "no number of seconds", "nobody", "a number for a name",
    "no patient", "ten digits", "check digit", "a list of patients", "purpose",
])  # fmt: skip
def test_a_token_that_is_wrong_in_any_way_opens_nothing(journal, alva, changed, why):
    reader = Reader()
    sign_in(reader)
    assert refused(post(reader, journal.token(**changed)), why)
    assert not HandedOver.objects.exists()
    assert not Spent.objects.exists()


@pytest.mark.parametrize(("begins_s", "lasts_s", "why"), [
    (-120, 60, Why.STALE),
    (0, 61, Why.UNTRUSTED),
    (0, 0, Why.UNTRUSTED),
    (0, -5, Why.UNTRUSTED),
    (60, 60, Why.UNTRUSTED),
], ids=["expired", "too long", "no time", "backwards", "of the future"])  # fmt: skip
def test_a_token_lasts_a_minute(journal, alva, begins_s, lasts_s, why):
    began = int(time.time()) + begins_s
    assert refused(post(Reader(), journal.token(iat=began, exp=began + lasts_s)), why)


def test_a_token_is_read_by_the_clock(journal, alva, time_machine):
    began = 1_790_000_000
    token = journal.token(iat=began, exp=began + 60)
    time_machine.move_to(began + 75, tick=False)
    assert refused(post(Reader(), token), Why.STALE)
    time_machine.move_to(began + 50, tick=False)
    assert post(Reader(), token).status == 303


def unsigned(claims: dict[str, Any], header: dict[str, Any]) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)
    ]
    return ".".join([*parts, ""])


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", ""])
def test_an_unsigned_token_opens_nothing(journal, alva, algorithm):
    token = unsigned(journal.claims(), {"alg": algorithm, "typ": "JWT"})
    assert refused(post(Reader(), token), Why.UNTRUSTED)


@pytest.mark.parametrize("of", ["RS256", "ES256", "EdDSA"])
def test_a_public_key_is_no_shared_secret(journal, alva, of):
    """HS256 with the public key for secret: everybody has it."""
    import hashlib
    import hmac

    public = journal.private[of].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = unsigned(journal.claims(), {"alg": "HS256", "typ": "JWT"}).rstrip(".")
    made = base64.urlsafe_b64encode(hmac.new(public, head.encode(), hashlib.sha256).digest())
    assert refused(post(Reader(), f"{head}.{made.decode().rstrip('=')}"), Why.UNTRUSTED)


def test_another_systems_key_signs_nothing_for_this_one(journal, alva):
    stranger = Journal()
    for algorithm in ("RS256", "ES256", "EdDSA"):
        assert refused(post(Reader(), stranger.token(algorithm)), Why.UNTRUSTED)


def test_keys_that_a_token_brings_itself_are_not_used(journal, alva):
    stranger = Journal()
    jwk = json.loads(jwt.get_algorithm_by_name("ES256").to_jwk(stranger.private["ES256"].public_key()))
    for header in ({"jwk": jwk}, {"jku": "https://evil.example/jwks"}, {"x5u": "https://evil.example/x"}):
        token = jwt.encode(stranger.claims(), stranger.private["ES256"], algorithm="ES256", headers=header)
        assert refused(post(Reader(), token), Why.UNTRUSTED)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "å.ä.ö", "." * 20, "x" * 9000, '{"alg":"none"}'])
def test_what_is_no_token_is_refused(journal, alva, text):
    assert refused(post(Reader(), text), Why.UNTRUSTED)
    assert refused(Reader().post(LAUNCH, {}), Why.UNTRUSTED)


def test_a_key_kept_by_another_algorithm_name_is_not_found(journal, alva, settings):
    """RSA keys sign RS256 here, no other of RSA's ways."""
    token = jwt.encode(journal.claims(), journal.private["RS256"], algorithm="PS256")
    assert refused(post(Reader(), token), Why.UNTRUSTED)


# Once. ---------------------------------------------------------------------------------------------


def test_a_token_counts_once(journal, alva):
    reader = Reader()
    sign_in(reader)
    at(reader, "Akuten")
    token = journal.token()
    assert opened(follow(reader, post(reader, token)))
    assert refused(post(reader, token), Why.USED)
    assert refused(post(Reader(), token), Why.USED)
    # The same id in a new token: used too. Another system's ids are its own.
    claims = jwt.decode(token, options={"verify_signature": False})
    assert refused(post(reader, journal.token(jti=claims["jti"])), Why.USED)
    assert len(launches()) == 1


def test_ids_are_kept_as_digests_until_their_end(journal, alva, time_machine):
    token = journal.token(jti="the-id-itself")
    post(Reader(), token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM accounts_spent")
        assert b"the-id-itself" not in bytes(cursor.fetchone()[0])
    assert sweep() == 0
    time_machine.move_to(time.time() + 61)
    assert sweep() == 1  # the ticket
    assert Spent.objects.count() == 1
    time_machine.move_to(time.time() + 30)
    assert sweep() == 1
    assert not Spent.objects.exists()


def test_an_address_counts_once_and_for_a_minute(journal, alva, time_machine):
    reader = Reader()
    sign_in(reader)
    at(reader, "Akuten")
    address = post(reader, journal.token()).location
    assert reader.get(address).location == GO_ON
    assert refused(reader.get(address), Why.STALE)
    late = post(reader, journal.token()).location
    time_machine.move_to(time.time() + 61)
    assert refused(reader.get(late), Why.STALE)


def test_what_a_browser_keeps_is_opened_once_and_within_ten_minutes(journal, alva, time_machine):
    reader = Reader()
    sign_in(reader)
    at(reader, "Akuten")
    follow(reader, post(reader, journal.token()))
    assert refused(reader.get(GO_ON), Why.STALE)
    late = Reader()
    follow(late, post(late, journal.token()))
    time_machine.move_to(time.time() + 601)
    assert refused(follow(late, sign_in(late, then=GO_ON)), Why.STALE)


def test_who_looks_first_and_takes_second_gets_nothing(journal, alva, monkeypatch):
    from datetime import timedelta

    from portal.accounts import once

    secret = once.hand_over("launch-ticket", {"of": "one"}, timedelta(minutes=1))
    look = once.look_at

    def overtaken(sort: str, secret: str) -> Any:
        found = look(sort, secret)
        HandedOver.objects.all().delete()
        return found

    monkeypatch.setattr(once, "look_at", overtaken)
    assert once.take_over("launch-ticket", secret) is None


def test_an_address_that_is_passed_on_opens_for_the_named_reader_alone(journal, alva):
    User.objects.create_user("bo", password=PASSWORD, hsa_id="SE2321000016-A009")
    address = post(Reader(), journal.token()).location
    other = Reader()
    sign_in(other, "bo")
    assert refused(follow(other, other.get(address)), Why.ANOTHER)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_let_in(journal):
    """On PostgreSQL the second waits for the first and sees it; SQLite has one writer."""
    came: list[bool] = []
    gate = threading.Barrier(4)
    from datetime import UTC, datetime, timedelta

    def spend_it() -> None:
        gate.wait()
        try:
            came.append(
                spend("launch-token", "journal", "the-same", datetime.now(UTC) + timedelta(minutes=1))
            )
        finally:
            connections.close_all()

    threads = [threading.Thread(target=spend_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [False, False, False, True]
    Spent.objects.all().delete()


# Beside. -------------------------------------------------------------------------------------------


def test_the_arrival_reads_and_sets_no_session(journal, alva):
    reader = Reader()
    sign_in(reader)
    reply = post(reader, journal.token())
    assert "Set-Cookie" not in reply.headers
    assert "Cookie" not in reply.headers.get("Vary", "")
    fresh = Client()
    fresh.post(LAUNCH, {"token": journal.token()})
    assert not fresh.cookies


def test_a_form_of_another_site_is_let_in_here_and_nowhere_else(journal, alva):
    client = Client(enforce_csrf_checks=True)
    assert client.post(LAUNCH, {"token": journal.token()}).status_code == 303
    assert client.post(GO_ON, {"assignment": "1"}).status_code == 403


def test_no_number_in_any_address_log_or_message(journal, alva, caplog):
    reader = Reader()
    seen: list[str] = []
    with caplog.at_level("DEBUG"):
        reply = post(reader, journal.token())
        for _step in range(8):
            seen += [reply.location, json.dumps(reply.headers)]
            if reply.status not in (302, 303) or reply.location.startswith("/p/"):
                break
            reply = reader.get(reply.location)
        reply = sign_in(reader, then=GO_ON)
        seen += [reply.location, follow(reader, reply).location]
        post(reader, journal.token(patient="191212121213"))
    kept = [json.dumps(dict(reader.client.session), default=str), caplog.text, *seen]
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM accounts_handedover")
        kept += [bytes(row[0]).decode("latin-1") for row in cursor.fetchall()]
        cursor.execute("SELECT * FROM consent_accessevent")
        kept += [str(row) for row in cursor.fetchall()]
    for text in kept:
        assert TOLVAN not in text
        assert "19121212-1212" not in text
        assert "191212121213" not in text


def test_a_program_that_tries_is_slowed_down(journal, alva, monkeypatch):
    monkeypatch.setattr(counting, "MOST", 3)
    for _n in range(3):
        assert refused(post(Reader(), "x"), Why.UNTRUSTED)
    reply = post(Reader(), journal.token())
    assert refused(reply, Why.TOO_MANY)
    assert reply.headers["Retry-After"] == "60"


def test_without_a_cache_launching_goes_on(journal, alva, monkeypatch):
    from django.core.cache import cache

    def fail(*_args: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", fail)
    assert post(Reader(), journal.token()).status == 303


def test_no_log_no_patient(journal, alva, monkeypatch):
    from consent.accesslog.write import LogUnavailable
    from portal.launching import arriving

    reader = Reader()
    sign_in(reader)
    at(reader, "Akuten")

    def fail(entry: object) -> None:
        raise LogUnavailable

    monkeypatch.setattr(arriving, "write", fail)
    reply = follow(reader, post(reader, journal.token()))
    assert reply.status == 503


def test_launches_count_as_searches_do(journal, alva, monkeypatch):
    from portal.launching import arriving

    counted: list[str] = []
    monkeypatch.setattr(arriving, "count_search", lambda actor: counted.append(actor.hsa_id))
    reader = Reader()
    sign_in(reader)
    at(reader, "Akuten")
    follow(reader, post(reader, journal.token()))
    assert counted == [ALVA]


def test_refusals_are_logged_without_identity(journal, alva):
    from structlog.testing import capture_logs

    with capture_logs() as lines:
        post(Reader(), journal.token(aud="https://another.example"))
    line = next(one for one in lines if one["event"] == "launch_refused")
    assert (line["why"], line["system"], line["detail"]) == ("untrusted", "journal", "InvalidAudienceError")
    assert ALVA not in str(line)


def test_without_systems_there_is_nothing_to_launch_from(journal, alva, settings):
    from portal.settings.launching import Launchers

    settings.LAUNCHERS = Launchers()
    assert refused(post(Reader(), journal.token()), Why.UNKNOWN_SYSTEM)


def test_get_is_no_launch(journal):
    assert Reader().get(LAUNCH).status == 405
