"""Sign-in through an identity provider that is not ours: who gets in, who does not, what is kept of it."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.urls import reverse

from connectors.base.places import Places
from consent.models import AccessEvent
from portal.accounts.models import Assignment, User
from portal.accounts.oidc import calling
from portal.accounts.oidc.assertion import assertion_for
from portal.accounts.oidc.refusals import WORDS, Why
from tests.signin.conftest import configure
from tests.signin.provider import LOA2, LOA3, LOA4, IdProvider
from tests.walking import Reader, Reply

pytestmark = [pytest.mark.django_db, pytest.mark.network]

ANNA = "SE2321000016-A001"
BEGIN = "/konto/logga-in/siths/"
# Tolvan: the one number that is everybody's to print.
TOLVAN = "191212121212"


def commission(unit: str, provider: str, purpose: str = "Vård och behandling", **more: Any) -> dict[str, Any]:
    return {
        "commissionHsaId": f"SE2321000016-M{unit[-4:]}",
        "commissionPurpose": purpose,
        "healthCareUnitHsaId": unit,
        "healthCareProviderHsaId": provider,
        **more,
    }


AKUTEN = commission("SE2321000016-R0AK", "SE2321000016-R001")
MEDICIN = commission("SE2321000016-R0ME", "SE2321000016-R001")
HEMTJANST = commission("SE2120000019-O0HT", "SE2120000019-O001")


def anna(*commissions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "employeeHsaId": ANNA,
        "given_name": "Anna",
        "family_name": "Ek",
        "title": "Läkare",
        "allCommissions": list(commissions),
        **more,
    }


def walk(idp: IdProvider, reader: Reader, begin: str = BEGIN) -> Reply:
    """Out through the sign-in page's link, through the provider, and back."""
    out = reader.get(begin)
    assert out.status == 302, out.body
    back = urlsplit(idp.visit(out.location))
    return reader.get(f"{back.path}?{back.query}")


def is_in(reader: Reader) -> bool:
    return "_auth_user_id" in reader.client.session


def refused(reply: Reply, why: Why) -> bool:
    return reply.status == 403 and str(WORDS[why].heading) in reply.body


def test_somebody_vouched_for_comes_in_under_her_assignment(idp, units):
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    assert walk(idp, reader).location == reverse("choose_assignment")
    assert reader.get(reverse("choose_assignment")).location == "/"
    page = reader.get("/")
    assert "Anna Ek, Läkare" in page.body
    assert "Akuten, Region Fjäll" in page.body.replace('<span class="owner">', "")
    row = AccessEvent.objects.get(event="signed_in")
    assert (row.user_hsa_id, row.detail) == (ANNA, {"method": "oidc", "loa": LOA3, "idp": "siths"})


def test_sign_in_page_leads_there_and_back_to_where_one_was_going(idp, units):
    idp.meet(**anna(AKUTEN))
    page = Reader().get(f"{reverse('account_login')}?next=/mina-visningar/")
    assert "Logga in med SITHS" in page.body
    assert 'href="/konto/logga-in/siths/?next=/mina-visningar/"' in page.body
    assert walk(idp, Reader(), f"{BEGIN}?next=/mina-visningar/").location == "/mina-visningar/"


@pytest.mark.parametrize(
    "wished",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil"],
)
def test_nobody_is_led_elsewhere_afterwards(idp, units, wished):
    idp.meet(**anna(AKUTEN))
    assert walk(idp, Reader(), f"{BEGIN}?next={wished}").location == reverse("choose_assignment")


def test_the_request_asks_for_level_3_with_pkce_state_and_nonce(idp):
    asked = parse_qs(urlsplit(Reader().get(BEGIN).location).query)
    assert asked["acr_values"] == [f"{LOA3} {LOA4}"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid"]
    assert len(asked["nonce"][0]) >= 32
    assert len(asked["state"][0]) >= 16


@pytest.mark.parametrize("steered", [
    "auth_params=acr_values%3Dhttp%3A%2F%2Fid.sambi.se%2Floa%2Floa1",
    "acr_values=http://id.sambi.se/loa/loa1",
    "scope=offline_access",
    "process=connect",
    "action=reauthenticate",
])  # fmt: skip
def test_the_address_that_starts_it_steers_nothing(idp, units, steered):
    idp.meet(**anna(AKUTEN), acr=LOA2)
    reader = Reader()
    plain = parse_qs(urlsplit(reader.get(BEGIN).location).query)
    asked = parse_qs(urlsplit(reader.get(f"{BEGIN}?{steered}").location).query)
    for name in ("acr_values", "scope", "response_type", "redirect_uri"):
        assert asked[name] == plain[name]
    reply = walk(idp, Reader(), f"{BEGIN}?{steered}")
    assert refused(reply, Why.WEAK)


@pytest.mark.parametrize("acr", [LOA2, ""])
def test_weaker_than_level_3_is_refused(idp, units, acr):
    idp.meet(**anna(AKUTEN), acr=acr)
    reader = Reader()
    assert refused(walk(idp, reader), Why.WEAK)
    assert not is_in(reader)
    assert not User.objects.filter(hsa_id=ANNA).exists()


def test_level_4_is_more_than_enough(idp, units):
    idp.meet(**anna(AKUTEN), acr=LOA4)
    reader = Reader()
    walk(idp, reader)
    assert is_in(reader)


@pytest.mark.parametrize(("fault", "why"), [
    ("signature", Why.UNTRUSTED),
    ("unsigned", Why.UNTRUSTED),
    ("secret", Why.UNTRUSTED),
    ("audience", Why.UNTRUSTED),
    ("many_audiences", Why.UNTRUSTED),
    ("issuer", Why.UNTRUSTED),
    ("expired", Why.UNTRUSTED),
    ("nonce", Why.UNTRUSTED),
    ("no_nonce", Why.UNTRUSTED),
    ("no_acr", Why.WEAK),
    ("denied", Why.CANCELLED),
])  # fmt: skip
def test_a_token_that_is_wrong_in_any_way_lets_nobody_in(idp, units, fault, why):
    idp.meet(**anna(AKUTEN), fault=fault)
    reader = Reader()
    reply = walk(idp, reader)
    assert refused(reply, why), reply.body
    assert not is_in(reader)
    assert not User.objects.filter(hsa_id=ANNA).exists()
    assert not AccessEvent.objects.filter(event="signed_in").exists()


def test_an_honest_token_of_another_sign_in_is_refused(idp, units):
    """A replayed token is right in all but the nonce: it was made for somebody else's sign-in."""
    idp.meet(**anna(AKUTEN))
    walk(idp, Reader())
    taken = idp.told()["issued"]
    idp.meet(**anna(AKUTEN), fault="replay")
    idp.change(replayed=taken)
    reader = Reader()
    assert refused(walk(idp, reader), Why.UNTRUSTED)
    assert not is_in(reader)


def test_an_answer_counts_once_and_in_the_session_that_asked(idp, units):
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    back = urlsplit(idp.visit(reader.get(BEGIN).location))
    answer = f"{back.path}?{back.query}"
    stranger = Reader()
    assert refused(stranger.get(answer), Why.STALE)
    assert not is_in(stranger)
    assert reader.get(answer).status == 302
    assert refused(reader.get(answer), Why.STALE)


def test_without_hsa_id_nobody_comes_in(idp, units):
    idp.meet(given_name="Anna", family_name="Ek", allCommissions=[AKUTEN])
    reader = Reader()
    assert refused(walk(idp, reader), Why.NO_HSA_ID)
    assert not is_in(reader)


def test_a_closed_account_stays_closed(idp, units):
    User.objects.create_user("anna", hsa_id=ANNA, is_active=False)
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    assert refused(walk(idp, reader), Why.CLOSED)
    assert not is_in(reader)
    assert not Assignment.objects.filter(is_active=True).exists()


def test_several_assignments_are_chosen_between(idp, units):
    idp.meet(**anna(AKUTEN, MEDICIN, HEMTJANST))
    reader = Reader()
    walk(idp, reader)
    page = reader.get(reverse("choose_assignment"))
    assert page.status == 200
    for words in ("Akuten", "Medicin", "Hemtjänsten", "Omsorgsgivare", "Vårdgivare"):
        assert words in page.body


def test_kind_purpose_and_rights_follow_the_assignment(idp, units, settings):
    configure(settings, idp.as_configured(rights={"Häva;spärr;VG": "lift_blocks"}))
    idp.meet(**anna({**AKUTEN, "commissionRight": ["Häva;spärr;VG", "Läsa;alla;SJF"]},
                    {**MEDICIN, "commissionPurpose": "Kvalitetssäkring"}))  # fmt: skip
    walk(idp, Reader())
    care = Assignment.objects.get(user__hsa_id=ANNA, unit=units["Akuten"])
    quality = Assignment.objects.get(user__hsa_id=ANNA, unit=units["Medicin"])
    assert (care.purpose, care.may_lift_blocks, care.may_review_log) == ("care", True, False)
    assert (quality.purpose, quality.may_lift_blocks) == ("quality", False)


@pytest.mark.parametrize(
    ("told", "demands", "opens"),
    [
        ({"commissionRight": ["Läsa;alla;SJF"]}, True, True),
        ({"commissionRight": "läsa;lak;VE"}, True, True),
        ({"commissionRight": ["Titta;alla;SJF"]}, False, False),
        ({}, False, True),
        ({}, True, False),
    ],
    ids=["reads", "one word", "another activity", "says nothing", "says nothing where it must"],
)
def test_an_assignment_for_care_opens_patients_only_by_a_right_to_read(
    idp, units, settings, told, demands, opens
):
    configure(settings, idp.as_configured(demands_rights=demands))
    idp.meet(**anna({**AKUTEN, **told}))
    walk(idp, Reader())
    held = Assignment.objects.filter(user__hsa_id=ANNA, is_active=True)
    assert held.exists() is opens


def test_a_right_to_read_that_was_taken_back_closes_at_the_next_sign_in(idp, units):
    idp.meet(**anna({**AKUTEN, "commissionRight": ["Läsa;alla;SJF"]}))
    walk(idp, Reader())
    idp.meet(**anna({**AKUTEN, "commissionRight": ["Skriva;alla;SJF"]}))
    walk(idp, Reader())
    assert not Assignment.objects.filter(user__hsa_id=ANNA, is_active=True).exists()


def test_a_key_of_our_own_takes_the_place_of_the_secret(idp, units, settings):
    """private_key_jwt: the provider, which is not ours, believes the right key and no other."""
    by_key = {"client_id": "portal-by-key", "client_secret": "", "token_method": "private_key_jwt"}
    configure(settings, idp.as_configured(**by_key, client_key=idp.client_key(), client_key_id="ours"))
    idp.meet(**anna(AKUTEN))
    assert walk(idp, Reader()).location == reverse("choose_assignment")

    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    configure(settings, idp.as_configured(**by_key, client_key=pem, client_key_id="ours"))
    reader = Reader()
    assert walk(idp, reader).status == 403
    assert not is_in(reader)


def test_an_assertion_is_short_lived_and_never_the_same():
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    made = [assertion_for("portal", pem, "ours", "https://idp.example/token") for _ in range(2)]
    told = [
        jwt.decode(one["client_assertion"], key.public_key(), ["ES256"], audience="https://idp.example/token")
        for one in made
    ]
    assert told[0]["jti"] != told[1]["jti"]
    assert told[0]["exp"] - told[0]["iat"] <= 60
    assert (told[0]["iss"], told[0]["sub"]) == ("portal", "portal")


def test_one_flat_assignment_is_read_where_there_is_no_list(idp, units):
    idp.meet(**{**anna(**AKUTEN), "allCommissions": None})
    walk(idp, Reader())
    assert Assignment.objects.get(user__hsa_id=ANNA).unit == units["Akuten"]


@pytest.mark.parametrize("strange", [
    {**AKUTEN, "healthCareUnitHsaId": "SE2321000016-XXXX"},
    {**AKUTEN, "healthCareProviderHsaId": "SE2120000019-O001"},
    {**AKUTEN, "healthCareProviderHsaId": ""},
    {**AKUTEN, "commissionPurpose": "Något annat"},
    {**AKUTEN, "commissionRight": []},
    {**AKUTEN, "commissionRight": ["Skriva;alla;SJF", "Läsarätt"]},
], ids=["unknown unit", "another provider", "no provider", "unknown purpose",
        "no right", "no right to read"])  # fmt: skip
def test_an_assignment_that_means_nothing_here_opens_nothing_and_is_told(idp, units, strange):
    idp.meet(**anna(strange, MEDICIN))
    reader = Reader()
    walk(idp, reader)
    held = Assignment.objects.filter(user__hsa_id=ANNA)
    assert [a.unit for a in held] == [units["Medicin"]]
    reader.get(reverse("choose_assignment"))
    assert "1 av dina uppdrag gäller en enhet eller ett ändamål som inte finns här" in reader.get("/").body


def test_each_sign_in_replaces_what_an_earlier_one_gave(idp, units):
    idp.meet(**anna(AKUTEN, MEDICIN))
    first = Reader()
    walk(idp, first)
    idp.meet(**anna(HEMTJANST))
    walk(idp, Reader())
    active = Assignment.objects.filter(user__hsa_id=ANNA, is_active=True)
    assert [a.unit for a in active] == [units["Hemtjänsten"]]
    idp.meet(**anna(AKUTEN))
    walk(idp, Reader())
    assert [a.unit for a in active.all()] == [units["Akuten"]]


def test_what_is_kept_here_stays(idp, units):
    user = User.objects.create_user("anna", hsa_id=ANNA)
    kept = Assignment.objects.create(user=user, unit=units["Akuten"], may_review_log=True)
    over = Assignment.objects.create(user=user, unit=units["Medicin"], is_active=False)
    for commissions in ((AKUTEN, MEDICIN), ()):
        idp.meet(**anna(*commissions))
        walk(idp, Reader())
        for assignment in (kept, over):
            assignment.refresh_from_db()
            assert assignment.from_idp == ""
        assert (kept.is_active, kept.may_review_log, over.is_active) == (True, True, False)


def test_what_a_provider_gave_counts_only_where_it_vouched(idp, units):
    """It may have taken it back since: a sign-in by password must not live on it."""
    idp.meet(**anna(AKUTEN))
    walk(idp, Reader())
    user = User.objects.get(hsa_id=ANNA)
    user.set_password("ett-riktigt-langt-losen")
    user.save()
    reader = Reader()
    reader.post(reverse("account_login"), {"login": ANNA, "password": "ett-riktigt-langt-losen"})
    assert is_in(reader)
    assert reader.get(reverse("choose_assignment")).status == 403


def test_only_what_is_needed_is_kept(idp, units, caplog):
    idp.meet(**anna(AKUTEN, personalIdentityNumber=TOLVAN, email="anna@example.org"))
    reader = Reader()
    with caplog.at_level("DEBUG"):
        walk(idp, reader)
    rows = list(User.objects.filter(hsa_id=ANNA).values())
    kept = json.dumps([rows, dict(reader.client.session), caplog.text], default=str, ensure_ascii=False)
    assert "Läkare" in kept
    for canary in (TOLVAN, "anna@example.org"):
        assert canary not in kept
    from allauth.socialaccount.models import SocialAccount, SocialToken

    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()


def test_claims_may_come_from_userinfo_and_never_the_level(idp, units, settings):
    configure(settings, idp.as_configured(fetch_userinfo=True))
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    walk(idp, reader)
    assert is_in(reader)
    assert idp.calls("/me") >= 1
    idp.meet(**anna(AKUTEN, acr=LOA3), fault="no_acr")
    assert refused(walk(idp, Reader()), Why.WEAK)


def test_what_a_provider_publishes_is_kept(idp, units):
    discovery, keys = "/.well-known/openid-configuration", "/jwks"
    idp.meet(**anna(AKUTEN))
    before = idp.calls(discovery), idp.calls(keys)
    for _n in range(3):
        walk(idp, Reader())
    assert (idp.calls(discovery), idp.calls(keys)) == (before[0] + 1, before[1] + 1)


def test_an_unknown_key_is_looked_for_once_more(idp, units, monkeypatch):
    idp.meet(**anna(AKUTEN))
    walk(idp, Reader())
    idp.meet(**anna(AKUTEN), fault="new_key")
    # Asked for a moment ago: not again for every token that names something made up.
    before = idp.calls("/jwks")
    assert refused(walk(idp, Reader()), Why.UNTRUSTED)
    assert idp.calls("/jwks") == before
    monkeypatch.setattr(calling, "ASKED_AGAIN_AFTER_S", 0.0)
    reader = Reader()
    walk(idp, reader)
    assert is_in(reader)
    assert idp.calls("/jwks") == before + 1


def test_a_provider_that_does_not_answer_is_said_so(idp, units, settings):
    configure(settings, idp.as_configured(issuer="http://127.0.0.1:1"))
    assert refused(Reader().get(BEGIN), Why.UNREACHABLE)


def test_a_provider_outside_the_listed_places_is_never_called(idp, units, settings):
    settings.SOURCE_PLACES = Places()
    before = idp.told()["asked"]
    assert refused(Reader().get(BEGIN), Why.UNREACHABLE)
    assert idp.told()["asked"] == before


def test_a_provider_that_says_it_is_another_is_not_believed(idp, units, settings):
    configure(settings, idp.as_configured(issuer=idp.address + "/"))
    assert refused(Reader().get(BEGIN), Why.UNTRUSTED)


def test_an_unknown_provider_is_no_page(idp, db):
    for path in ("/konto/logga-in/another/", "/konto/logga-in/another/svar/?code=1&state=2"):
        assert Reader().get(path).status == 404


def test_the_session_has_a_new_key_after_sign_in(idp, units):
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    out = reader.get(BEGIN)
    before = reader.client.cookies["sessionid"].value
    back = urlsplit(idp.visit(out.location))
    reader.get(f"{back.path}?{back.query}")
    assert reader.client.cookies["sessionid"].value != before


def test_no_log_no_sign_in(idp, units, monkeypatch):
    from consent.accesslog.write import LogUnavailable
    from portal.accounts import signing

    def fail(entry: object) -> None:
        raise LogUnavailable

    monkeypatch.setattr(signing, "write", fail)
    idp.meet(**anna(AKUTEN))
    reader = Reader()
    reply = walk(idp, reader)
    assert reply.status == 503
    assert not is_in(reader)
