"""Sign-in by SAML 2.0, with answers that another library signs: who gets in, and everybody who does not."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consent.models import AccessEvent
from portal.accounts.models import Assignment, HandedOver, Spent, User
from portal.accounts.oidc.refusals import Why
from portal.embedded.children import ChildSet
from portal.settings.saml import PREFIX
from tests.signin.provider import LOA2, LOA3, LOA4
from tests.signin.saml_provider import ISSUER, OURS, SamlIdp, start_saml
from tests.signin.test_oidc import AKUTEN, ANNA, HEMTJANST, MEDICIN, TOLVAN, is_in, refused
from tests.walking import Reader, Reply

pytestmark = [pytest.mark.django_db, pytest.mark.network]
pytest.importorskip("onelogin.saml2", reason="python3-saml is not installed (extra saml)")
BEGIN = "/konto/saml/siths-saml/"
ANSWER = "/konto/saml/siths-saml/svar/"


@pytest.fixture(scope="session")
def running_saml(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamlIdp]:
    children = ChildSet()
    try:
        yield start_saml(children, tmp_path_factory.mktemp("saml"))
    finally:
        children.stop()


@pytest.fixture
def idp(running_saml: SamlIdp, settings) -> SamlIdp:
    settings.SAML_PROVIDERS = (running_saml.as_configured(),)
    return running_saml


def attributes(*, commissions: object = None, **changed: Any) -> dict[str, Any]:
    said = {
        "employeeHsaId": ANNA,
        "givenName": "Anna",
        "surname": "Ek",
        "title": "Läkare",
        **AKUTEN,
        **changed,
    }
    if commissions is not None:
        said["allCommissions"] = json.dumps(commissions)
    return {PREFIX + name: value for name, value in said.items() if value is not None}


def meet(idp: SamlIdp, fault: str = "", **more: Any) -> None:
    idp.meet(fault, **{"attributes": attributes(), **more})


def post_answer(idp: SamlIdp, reader: Reader, begin: str = BEGIN) -> Reply:
    """Out, and what the provider's page posts."""
    out = reader.get(begin)
    assert out.status == 302, out.body
    return reader.post(ANSWER, {"SAMLResponse": idp.visit(out.location)["SAMLResponse"]})


def walk(idp: SamlIdp, reader: Reader, begin: str = BEGIN) -> Reply:
    reply = post_answer(idp, reader, begin)
    return reader.get(reply.location) if reply.status == 303 else reply


def test_somebody_vouched_for_comes_in_under_her_assignment(idp, units):
    meet(idp)
    reader = Reader()
    assert walk(idp, reader).location == reverse("choose_assignment")
    assert reader.get(reverse("choose_assignment")).location == "/"
    page = reader.get("/")
    assert "Anna Ek, Läkare" in page.body
    assert "Akuten, Region Fjäll" in page.body.replace('<span class="owner">', "")
    row = AccessEvent.objects.get(event="signed_in")
    assert (row.user_hsa_id, row.detail) == (ANNA, {"method": "saml", "loa": LOA3, "idp": "siths-saml"})
    assert Assignment.objects.get(user__hsa_id=ANNA).from_idp == "siths-saml"


def test_sign_in_page_leads_there_and_back_to_where_one_was_going(idp, units):
    meet(idp)
    page = Reader().get(f"{reverse('account_login')}?next=/mina-visningar/")
    assert f'href="{BEGIN}?next=/mina-visningar/"' in page.body
    assert walk(idp, Reader(), f"{BEGIN}?next=/mina-visningar/").location == "/mina-visningar/"
    elsewhere = f"{BEGIN}?next=https://evil.example/"
    assert walk(idp, Reader(), elsewhere).location == reverse("choose_assignment")


def test_the_request_asks_for_level_3_and_an_answer_here(idp):
    asked = idp.visit(Reader().get(BEGIN).location)["asking"]
    assert asked["levels"] == [LOA3, LOA4]
    assert asked["acs"] == f"http://testserver{ANSWER}"
    assert (asked["audience"], asked["force"]) == (OURS, "")
    assert ISSUER != OURS


def test_several_assignments_are_chosen_between(idp, units):
    meet(idp, attributes=attributes(commissions=[AKUTEN, MEDICIN, HEMTJANST]))
    reader = Reader()
    walk(idp, reader)
    page = reader.get(reverse("choose_assignment"))
    for words in ("Akuten", "Medicin", "Hemtjänsten"):
        assert words in page.body


def test_rights_follow_the_assignment(idp, units, settings):
    settings.SAML_PROVIDERS = (idp.as_configured(rights={"Häva;spärr;VG": "lift_blocks"}),)
    meet(idp, attributes=attributes(commissionRight=["Läsa;alla;SJF", "Häva;spärr;VG"]))
    walk(idp, Reader())
    held = Assignment.objects.get(user__hsa_id=ANNA)
    assert (held.may_lift_blocks, held.may_review_log) == (True, False)


@pytest.mark.parametrize("acr", [LOA2, "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"])
def test_weaker_than_level_3_is_refused(idp, units, acr):
    meet(idp, acr=acr)
    reader = Reader()
    assert refused(post_answer(idp, reader), Why.WEAK)
    assert not is_in(reader)
    assert not User.objects.filter(hsa_id=ANNA).exists()


@pytest.mark.parametrize("fault", [
    "stranger", "unsigned", "message", "sha1", "issuer", "audience", "no_audience", "recipient", "expired",
    "in_response_to", "unsolicited", "denied", "dtd",
])  # fmt: skip
def test_an_answer_that_is_wrong_in_any_way_lets_nobody_in(idp, units, fault):
    meet(idp, fault)
    reader = Reader()
    assert refused(post_answer(idp, reader), Why.UNTRUSTED)
    assert not is_in(reader)
    assert not User.objects.filter(hsa_id=ANNA).exists()
    assert not HandedOver.objects.exists()
    assert not Spent.objects.exists()


@pytest.mark.parametrize("fault", ["tampered", "wrapped", "inside"])
def test_only_what_the_signature_covers_is_read(idp, units, fault):
    User.objects.create_user("chef", hsa_id="SE2321000016-A999")
    meet(idp, fault, **{"from": ANNA, "to": "SE2321000016-A999"})
    reader = Reader()
    walk(idp, reader)
    assert not is_in(reader) or reader.client.session["_auth_user_id"] == str(
        getattr(User.objects.filter(hsa_id=ANNA).first(), "pk", "")
    )
    assert not AccessEvent.objects.filter(user_hsa_id="SE2321000016-A999").exists()


def test_an_answer_counts_once(idp, units):
    meet(idp)
    reader = Reader()
    answer = idp.visit(reader.get(BEGIN).location)["SAMLResponse"]
    assert reader.post(ANSWER, {"SAMLResponse": answer}).status == 303
    assert refused(reader.post(ANSWER, {"SAMLResponse": answer}), Why.STALE)


def test_an_answer_counts_in_the_session_that_asked(idp, units):
    """An honest answer to somebody else's sign-in, brought by another browser."""
    meet(idp)
    reader, stranger = Reader(), Reader()
    address = post_answer(idp, reader).location
    assert refused(stranger.get(address), Why.STALE)
    assert not is_in(stranger)
    assert not is_in(reader)


def test_an_answer_to_an_earlier_sign_in_is_refused(idp, units, time_machine):
    meet(idp)
    reader = Reader()
    out = reader.get(BEGIN).location
    time_machine.move_to(time.time() + 601)
    reply = reader.post(ANSWER, {"SAMLResponse": idp.visit(out)["SAMLResponse"]})
    if reply.status == 303:
        reply = reader.get(reply.location)
    assert reply.status == 403
    assert not is_in(reader)


def test_an_old_answer_is_refused_even_if_never_used(idp, units, time_machine):
    meet(idp)
    reader = Reader()
    answer = idp.visit(reader.get(BEGIN).location)["SAMLResponse"]
    time_machine.move_to(time.time() + 180)
    assert refused(reader.post(ANSWER, {"SAMLResponse": answer}), Why.UNTRUSTED)


def test_where_it_leads_on_counts_once_and_for_a_minute(idp, units, time_machine):
    meet(idp)
    reader = Reader()
    address = post_answer(idp, reader).location
    assert reader.get(address).status == 302
    assert refused(reader.get(address), Why.STALE)
    late = Reader()
    address = post_answer(idp, late).location
    time_machine.move_to(time.time() + 61)
    assert refused(late.get(address), Why.STALE)


@pytest.mark.parametrize("text", ["", "x", "å", "x" * 300_000, base64.b64encode(b"<a/>").decode()])
def test_what_is_no_answer_is_refused(idp, db, text):
    assert refused(Reader().post(ANSWER, {"SAMLResponse": text}), Why.UNTRUSTED)


def test_without_hsa_id_nobody_comes_in(idp, units):
    meet(idp, attributes=attributes(employeeHsaId=None))
    reader = Reader()
    assert refused(walk(idp, reader), Why.NO_HSA_ID)
    assert not is_in(reader)


def test_a_closed_account_stays_closed(idp, units):
    User.objects.create_user("anna", hsa_id=ANNA, is_active=False)
    meet(idp)
    assert refused(walk(idp, Reader()), Why.CLOSED)


def test_only_what_is_needed_is_kept(idp, units, caplog):
    meet(idp, attributes=attributes(personalIdentityNumber=TOLVAN, mail="anna@example.org"))
    reader = Reader()
    with caplog.at_level("DEBUG"):
        reply = post_answer(idp, reader)
        kept = [row.content for row in HandedOver.objects.all()]
        reader.get(reply.location)
    rows = list(User.objects.filter(hsa_id=ANNA).values())
    text = json.dumps([rows, kept, dict(reader.client.session), caplog.text], default=str)
    assert is_in(reader)
    for canary in (TOLVAN, "anna@example.org"):
        assert canary not in text


def test_the_card_is_shown_again_for_what_weighs(idp, units, time_machine):
    meet(idp)
    reader = Reader()
    walk(idp, reader)
    time_machine.move_to(time.time() + 600)
    page = reader.get(reverse("confirm"))
    assert f"{BEGIN}igen/" in page.body
    out = reader.get(f"{BEGIN}igen/?next=/konto/sakerhet/")
    assert idp.visit(out.location)["asking"]["force"] == "true"


def test_somebody_elses_card_proves_nothing(idp, units):
    meet(idp)
    reader = Reader()
    walk(idp, reader)
    meet(idp, attributes=attributes(employeeHsaId="SE2321000016-A777"))
    assert refused(walk(idp, reader, f"{BEGIN}igen/"), Why.ANOTHER)
    meet(idp)
    assert walk(idp, reader, f"{BEGIN}igen/?next=/konto/sakerhet/").location == "/konto/sakerhet/"
    row = AccessEvent.objects.filter(event="signed_in").latest("seq")
    assert row.detail == {"method": "saml", "again": True}


def test_after_sign_out_it_is_said_that_the_provider_may_hold_on(idp, units):
    meet(idp)
    reader = Reader()
    walk(idp, reader)
    reply = reader.post(reverse("account_logout"))
    assert reply.location == "/konto/utloggad/siths-saml/"
    assert "Du kan fortfarande vara inloggad i SITHS" in reader.get(reply.location).body


def test_the_answer_reads_and_sets_no_session(idp, units):
    meet(idp)
    out = Reader().get(BEGIN)
    fresh = Client(enforce_csrf_checks=True)
    reply = fresh.post(ANSWER, {"SAMLResponse": idp.visit(out.location)["SAMLResponse"]})
    assert reply.status_code == 303
    assert not fresh.cookies


def test_an_unknown_provider_is_no_page(idp, db):
    for path in ("/konto/saml/another/", "/konto/saml/another/klar/x/"):
        assert Reader().get(path).status == 404
    assert Reader().post("/konto/saml/another/svar/", {}).status == 404


def test_the_session_has_a_new_key_after_sign_in(idp, units):
    meet(idp)
    reader = Reader()
    reply = post_answer(idp, reader)
    before = reader.client.cookies["sessionid"].value
    reader.get(reply.location)
    assert reader.client.cookies["sessionid"].value != before
