"""“Anslut en leverantör”: one page, one request, one approval of all of it, and the key shown once."""

import json
import re
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from connectors.approvals import fingerprint
from connectors.models import PendingChange, Source
from connectors.openfeed.models import Token
from connectors.openfeed.notices import sign
from connectors.openfeed.refusing import Code, RefusedWhole
from connectors.openfeed.samples import example_of
from connectors.openfeed.terms import NOTICE_KEY, SHORTEST_NOTICE_KEY
from connectors.openfeed.tokens import make_token, may_approve, prove
from connectors.sources import configured_sources
from consent.accesslog.model import AccessEvent
from consent.models import CareProvider, CareUnit
from portal.accounts.models import User
from tests.consent.administrators import LostLog, client_of, text_of

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

OWNER, UNIT = "SE5560000009-K001", "SE5560000009-K0E1"
WHOLE = {
    "new_provider_id": OWNER,
    "new_provider_name": "Hemtjänst Klippan AB",
    "new_provider_kind": "social_care",
    "new_unit_id": UNIT,
    "new_unit_name": "Klippan Norr",
    "new_unit_phone": "0980-319288",
    "label": "Hemtjänst Klippan",
    "kinds": ["social_service", "contact"],
    "way": "delivers",
    "retention_days": "30",
    "fresh_hours": "48",
    "phone": "0980-319287",
    "change_reason": "avtal klart",
}


@pytest.fixture
def tove() -> Client:
    return client_of("tove", group="Systemadministratör")


@pytest.fixture
def ola() -> Client:
    return client_of("ola", group="Systemadministratör")


def send(client: Client, **more: Any) -> Any:
    return client.post(reverse("admin:connectors_source_connect"), {**WHOLE, **more})


def ask(client: Client, **more: Any) -> str:
    """The key, as the page shows it."""
    found = re.search(r"<code>(pof_[^<]+)</code>", text_of(send(client, **more)))
    assert found is not None
    return found[1]


def request_page(change: PendingChange) -> str:
    return reverse("admin:connectors_pendingchange_change", args=[change.pk])


def answer(client: Client, decision: str = "approved") -> Any:
    change = PendingChange.objects.get(state="waiting")
    sent = {"decision": decision, "seen": fingerprint(change), "change_reason": "stämt av"}
    return client.post(request_page(change), sent)


def refusal_of(text: str) -> Code | None:
    try:
        prove(text)
    except RefusedWhole as refused:
        return refused.code
    return None


def push(key: str) -> Any:
    record = {**example_of("service"), "unit": {"provider": OWNER, "unit": UNIT, "name": "Norr"}}
    return Client().post(
        "/api/feed/v1/records",
        json.dumps({"records": [record], "complete": True}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )


def notice(source: Source, key: str) -> Any:
    sent, at = json.dumps({"patient": example_of("service")["patient"]}).encode(), str(int(time.time()))
    headers = {"X-Feed-Timestamp": at, "X-Feed-Signature": f"sha256={sign(key, at, sent)}"}
    where = f"/api/feed/v1/notices/{source.pk}"
    return Client().post(where, sent, content_type="application/json", headers=headers)


def test_one_request_and_one_approval_open_the_door(tove, ola):
    key = ask(tove)
    source = Source.objects.get(pk="hemtjanst-klippan")
    assert (source.owner_id, source.default_unit_id, source.enabled) == (OWNER, UNIT, False)
    assert CareUnit.objects.get(pk=UNIT).provider_id == OWNER
    assert push(key).json()["code"] == "token_waiting"
    assert configured_sources() == ()
    assert answer(ola).status_code == 302
    assert [profile.slug for profile in configured_sources()] == ["hemtjanst-klippan"]
    assert push(key).json()["counts"]["accepted"] == 1


def test_who_asked_approves_nothing_of_it(tove):
    key = ask(tove)
    assert answer(tove).status_code == 200
    token = Token.objects.get()
    given = {"approve": "on", "change_reason": "x"}
    said = text_of(tove.post(reverse("admin:openfeed_token_change", args=[token.pk]), given))
    assert "godkänns tillsammans med ansökan" in said
    assert refusal_of(key) is Code.TOKEN_WAITING
    assert not Source.objects.get().enabled


def test_key_goes_no_other_way_than_its_request(tove, ola):
    """Nor by a second person: what she has not seen with it is not approved with it."""
    ask(tove)
    assert not may_approve(Token.objects.get(), User.objects.get(username="ola"))


def test_who_saw_the_key_does_not_approve_what_another_touched_last(tove, ola):
    """Saving the source anew makes another the asker; the key is still its maker's."""
    ask(tove)
    source = Source.objects.get()
    form = {"label": "Klippan", "base_url": "", "owner": OWNER, "default_unit": UNIT, "enabled": "on",
            "kinds": source.kinds, "setting_receives": "on", "setting_retention_days": "30",
            "setting_fresh_hours": "48", "change_reason": "namnet"}  # fmt: skip
    assert ola.post(reverse("admin:connectors_source_change", args=[source.pk]), form).status_code == 302
    change = PendingChange.objects.get()
    assert (str(change.asked_by), change.switches_on) == ("ola", True)
    for client in (tove, ola):
        assert answer(client).status_code != 302
    third = client_of("tredje", group="Systemadministratör")
    assert answer(third).status_code == 302
    assert Source.objects.get().enabled


def test_approver_sees_everything_on_one_page(tove, ola):
    key = ask(tove)
    shown = text_of(ola.get(request_page(PendingChange.objects.get())))
    told = (
        "Hemtjänst Klippan AB (SE5560000009-K001), Omsorgsgivare", "Klippan Norr (SE5560000009-K0E1)",
        "uppgifter: Kontakter, SoL- och LSS-insatser",
        "Uppgifterna sparas, dagar: 30", "Räknas som aktuell, timmar: 48",
        "i drift: slås på när ansökan godkänns", f"leveransnyckel: {key[:12]}_…", "Godkänn och slå på.",
    )  # fmt: skip
    assert [words for words in told if words not in shown] == []
    assert key.split("_", 2)[2] not in shown


@pytest.mark.parametrize("decision", ["rejected", "withdrawn"])
def test_key_of_a_request_that_came_to_nothing_is_no_key(tove, ola, decision):
    key = ask(tove)
    answer(tove if decision == "withdrawn" else ola, decision)
    assert refusal_of(key) is Code.WRONG_TOKEN
    assert not may_approve(Token.objects.get(), User.objects.get(username="ola"))


@pytest.mark.parametrize("decision", ["rejected", "withdrawn"])
def test_request_that_came_to_nothing_leaves_no_provider_and_no_unit(tove, ola, decision):
    ask(tove)
    page = request_page(PendingChange.objects.get())
    answer(tove if decision == "withdrawn" else ola, decision)
    assert (CareProvider.objects.count(), CareUnit.objects.count()) == (0, 0)
    source = Source.objects.get()
    assert (source.owner, source.default_unit, source.enabled) == (None, None, False)
    row = AccessEvent.objects.filter(event="admin_changed").latest("seq").detail
    assert (row["decision"], row["removed"]) == (decision, [UNIT, OWNER])
    assert OWNER in text_of(ola.get(page)), "what was asked for can still be read"


def test_what_somebody_else_has_come_to_use_stays(tove, ola):
    ask(tove)
    other = CareUnit.objects.create(hsa_id="SE5560000009-K0E2", name="Söder", provider_id=OWNER)
    answer(ola, "rejected")
    assert list(CareUnit.objects.all()) == [other]
    assert CareProvider.objects.get().pk == OWNER


def test_what_was_known_before_stays(tove, ola, provider):
    none = dict.fromkeys(("new_provider_id", "new_provider_name"), "")
    ask(tove, provider=provider.pk, **none)
    answer(ola, "rejected")
    assert CareProvider.objects.get() == provider
    assert not CareUnit.objects.exists()


def test_what_was_approved_stays(tove, ola):
    ask(tove)
    answer(ola)
    assert (CareProvider.objects.count(), CareUnit.objects.count()) == (1, 1)


def test_revoked_key_does_not_come_alive_with_the_approval(tove, ola):
    key = ask(tove)
    token = Token.objects.get()
    tove.post(
        reverse("admin:openfeed_token_change", args=[token.pk]),
        {"revoke": "on", "change_reason": "borttappad"},
    )
    answer(ola)
    assert refusal_of(key) is Code.WRONG_TOKEN


def test_key_added_after_the_approver_looked_is_not_approved(tove, ola):
    ask(tove)
    change = PendingChange.objects.get()
    seen = fingerprint(change)
    token, _text = make_token(change.source, "till", User.objects.get(username="tove"), change)
    token.save()
    sent = {"decision": "approved", "seen": seen, "change_reason": "stämt av"}
    ola.post(request_page(change), sent)
    change.refresh_from_db()
    assert change.state == "waiting"


def test_known_provider_and_unit_are_chosen(tove, provider):
    unit = CareUnit.objects.create(hsa_id="SE2321000016-R0AK", name="Akuten", provider=provider)
    none = dict.fromkeys(("new_provider_id", "new_provider_name", "new_unit_id", "new_unit_name"), "")
    ask(tove, provider=provider.pk, unit=unit.pk, **none)
    assert Source.objects.get().owner_id == provider.pk
    assert CareProvider.objects.count() == 1


def test_source_that_is_asked_needs_address_and_key_and_gets_no_key_of_ours(tove):
    asked = {"way": "is_asked", "retention_days": "", "fresh_hours": ""}
    said = text_of(send(tove, **asked))
    assert "Ange adressen som portalen ska fråga." in said
    assert not CareProvider.objects.exists()
    shown = text_of(send(tove, **asked, base_url="https://klippan.invalid/api", token="hemligt-ord"))
    assert "pof_" not in shown
    assert "hemligt-ord" not in shown
    assert Source.objects.get().read_secrets() == {"token": "hemligt-ord"}
    assert not Token.objects.exists()


@pytest.mark.parametrize(("fields", "words"), [
    ({"new_provider_id": ""}, "Välj vem som äger informationen"),
    ({"new_provider_id": "å"}, "Det är inget HSA-id."),
    ({"new_provider_name": ""}, "Detta fält"),
    ({"kinds": []}, "Detta fält måste fyllas i."),
    ({"retention_days": ""}, "Ange hur många dagar uppgifterna får sparas"),
    ({"retention_days": "0"}, "större än eller lika med 1"),
    ({"change_reason": ""}, "Detta fält måste fyllas i."),
    ({"change_reason": "om 19121212-1212"}, "Skriv inget personnummer i skälet."),
])  # fmt: skip
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_saved(tove, fields, words):
    said = text_of(send(tove, **fields))
    assert words in said
    assert "Inget är sparat." in said
    assert (CareProvider.objects.count(), Source.objects.count(), Token.objects.count()) == (0, 0, 0)


def test_vendor_who_was_turned_down_asks_again_under_the_same_name(tove, ola):
    ask(tove)
    answer(ola, "rejected")
    key = ask(tove)
    assert key
    answer(ola)
    assert [profile.slug for profile in configured_sources()] == ["hemtjanst-klippan"]
    aside = Source.objects.get(pk="hemtjanst-klippan-tidigare-1")
    assert [(change.state, change.keys.count()) for change in aside.changes.all()] == [("rejected", 1)]
    assert aside.tokens.count() == 1


def test_name_that_is_taken_is_told(tove):
    ask(tove)
    others = {"new_provider_id": "SE5560000008-K001", "new_unit_id": "SE5560000008-K0E1"}
    assert "redan" in text_of(send(tove, **others))
    assert Source.objects.count() == 1


@pytest.fixture
def blind_once(monkeypatch):
    """As if another had been saved between the look and the deed: the first look sees no taken name."""
    looks, judge = [], Source.validate_unique

    def look(self, exclude=None):
        looks.append(exclude)
        return None if len(looks) == 1 else judge(self, exclude)

    monkeypatch.setattr(Source, "validate_unique", look)
    return looks


def test_two_who_ask_for_one_name_at_once_are_told_and_nothing_of_the_later_is_saved(
    tove, provider, blind_once
):
    Source.objects.create(slug="hemtjanst-klippan", label="Annan", connector="openfeed", owner=provider)
    page = send(tove)
    assert page.status_code == 200
    assert "finns redan" in text_of(page)
    assert not CareProvider.objects.filter(pk=OWNER).exists()
    assert not Token.objects.exists()
    assert Source.objects.get().label == "Annan"
    assert len(blind_once) == 2


def test_two_who_set_up_one_name_at_once_are_told(tove, provider, blind_once):
    Source.objects.create(slug="cosmic", label="Annan", connector="openfeed", owner=provider)
    where = f"{reverse('admin:connectors_source_add')}?connector=cosmic"
    form = {"label": "Cosmic", "slug": "cosmic", "base_url": "https://c.invalid/fhir", "owner": provider.pk,
            "setting_token_url": "https://c.invalid/token", "setting_client_id": "p",
            "setting_client_secret": "hemligt-ord", "change_reason": "nytt system"}  # fmt: skip
    page = tove.post(where, form)
    assert page.status_code == 200
    assert "finns redan" in text_of(page)
    assert Source.objects.get().label == "Annan"


def test_vendor_who_gives_notice_gets_the_key_for_it_in_the_same_way(tove, ola):
    asked = {"gives_notice": "on", "base_url": "https://klippan.example/api", "token": "deras-egen"}
    page = text_of(send(tove, **asked))
    (key,) = re.findall(r"\(NOTICE_KEY\):\s*<code>([^<]+)</code>", page)
    source = Source.objects.get()
    assert source.read_secrets() == {NOTICE_KEY: key, "token": "deras-egen"}
    assert len(key) >= SHORTEST_NOTICE_KEY
    assert f"/api/feed/v1/notices/{source.pk}" in page
    assert "Nyckel för aviseringar: angiven, visas inte" in text_of(
        ola.get(request_page(PendingChange.objects.get()))
    )
    assert key not in json.dumps([row.detail for row in AccessEvent.objects.all()])
    answer(ola)
    assert notice(source, key).status_code == 202
    assert notice(source, "x" * 40).status_code == 401


def test_notices_lead_to_an_address(tove):
    assert "Ange adressen som portalen ska fråga." in text_of(send(tove, gives_notice="on"))
    assert not Source.objects.exists()


def test_nobody_gets_a_key_for_notices_unasked(tove):
    assert "NOTICE_KEY" not in text_of(send(tove))
    assert Source.objects.get().read_secrets() == {}


def test_everything_added_is_logged_without_the_key_and_nothing_without_a_log(tove, ola):
    with LostLog():
        send(tove)
    assert (CareProvider.objects.count(), Source.objects.count(), Token.objects.count()) == (0, 0, 0)
    key = ask(tove)
    answer(ola)
    rows = [row.detail for row in AccessEvent.objects.filter(event="admin_changed").order_by("seq")]
    assert [row["model"] for row in rows] == ["careprovider", "careunit", "source", "token", "pendingchange"]
    assert (rows[4]["decision"], rows[4]["switched_on"], len(rows[4]["keys"])) == ("approved", True, 1)
    assert key.split("_", 2)[2] not in json.dumps(rows)


@pytest.mark.parametrize("group", ["Logggranskare", "Samtyckesadministratör", "Användare"])
def test_page_is_for_who_may_add_all_of_it(group):
    client = client_of("annan", group=group)
    assert client.get(reverse("admin:connectors_source_connect")).status_code in (302, 403)
    assert send(client).status_code in (302, 403)
    assert not Source.objects.exists()


def test_source_page_says_what_is_left_until_it_is_in_use(tove, ola):
    key = ask(tove)

    def left() -> list[str]:
        page = text_of(tove.get(reverse("admin:connectors_source_change", args=["hemtjanst-klippan"])))
        steps = re.findall(r"<li><b>(Klart|Kvar):</b> (.*?)</li>", page)
        return [re.sub("<[^>]+>", "", words) for state, words in steps if state == "Kvar"]

    assert left()[:3] == [
        "En annan administratör än tove godkänner.", "Slås på av sig själv när den godkänns.",
        "En nyckel väntar på godkännande.",
    ]  # fmt: skip
    answer(ola)
    assert left() == [
        "Leverantören lämnar något.",
        "Leverantören säger att den har lämnat allt (complete). Till dess visas aldrig tomt.",
    ]
    push(key)
    assert left() == []


def test_source_page_says_that_an_index_has_to_be_told_of_it(tove):
    ask(tove)
    settings = {"answers_existence": "true", "answers_for": "viva"}
    index = Source.objects.create(
        slug="index", label="Indextjänsten", connector="accessfacts", settings=settings
    )
    where = reverse("admin:connectors_source_change", args=["hemtjanst-klippan"])
    page = text_of(tove.get(where))
    assert "Indextjänsten sägs inte omfatta källan" in page
    assert reverse("admin:connectors_source_change", args=["index"]) in page
    index.settings["answers_for"] = "viva hemtjanst-klippan"
    index.save()
    assert "<b>Klart:</b> Indextjänsten omfattar källan." in text_of(tove.get(where))
    own = text_of(tove.get(reverse("admin:connectors_source_change", args=["index"])))
    assert "omfattar källan" not in own


def test_new_source_of_any_connector_is_set_up_on_one_page(tove, ola, provider):
    where = reverse("admin:connectors_source_add")
    assert "?connector=cosmic" in text_of(tove.get(where))
    page = text_of(tove.get(f"{where}?connector=cosmic"))
    assert "setting_token_url" in page
    form = {"label": "Cosmic", "slug": "cosmic", "base_url": "https://c.invalid/fhir", "owner": provider.pk,
            "enabled": "on", "setting_token_url": "https://c.invalid/token", "setting_client_id": "p",
            "setting_client_secret": "hemligt-ord", "change_reason": "nytt system"}  # fmt: skip
    assert tove.post(f"{where}?connector=cosmic", form).status_code == 302
    source = Source.objects.get()
    assert (source.connector, source.enabled) == ("cosmic", False)
    answer(ola)
    assert Source.objects.get().enabled
