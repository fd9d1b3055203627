"""Four eyes: what a source is reached by changes when somebody else has approved it, and not before."""

import json
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from connectors.approvals import NotDecidable, connection_of, decide, fingerprint, is_approved
from connectors.models import ExpectedDelivery, PendingChange, Source
from connectors.sources import configured_sources
from consent.accesslog.model import AccessEvent
from consent.models import CareProvider, CareUnit
from tests.consent.administrators import LostLog, client_of

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

OLD, NEW = "https://viva.invalid", "https://viva2.invalid"


@pytest.fixture
def tove(provider: CareProvider) -> Client:
    return client_of("tove", group="Systemadministratör")


@pytest.fixture
def ola(provider: CareProvider) -> Client:
    return client_of("ola", group="Systemadministratör")


@pytest.fixture
def viva(provider: CareProvider) -> Source:
    """Set up by the installation itself, as the demo does: nobody has to approve that it is there."""
    source = Source(slug="viva-hsl", label="Viva HSL", connector="viva", base_url=OLD, owner=provider)
    source.settings = {"area": "hsl"}
    source.write_secrets({"api_key": "mycket-hemlig"})
    source.save()
    return source


def text_of(response: Any) -> str:
    assert response.status_code == 200, response
    return unescape(response.content.decode())


def change(client: Client, source: Source, **fields: Any) -> Any:
    form = {"label": source.label, "base_url": source.base_url, "owner": source.owner_id, "enabled": "on",
            "deadline_s": "4", "setting_area": "hsl", "setting_api_key": "", "change_reason": "flyttat",
            **fields}  # fmt: skip
    return client.post(reverse("admin:connectors_source_change", args=[source.pk]), form)


def now(source: Source) -> Source:
    return Source.objects.get(pk=source.pk)


def waiting() -> PendingChange:
    return PendingChange.objects.get(state="waiting")


def page(client: Client, pending: PendingChange) -> str:
    return text_of(client.get(reverse("admin:connectors_pendingchange_change", args=[pending.pk])))


def answer(client: Client, pending: PendingChange, decision: str, **more: str) -> Any:
    sent = {"decision": decision, "seen": fingerprint(pending), "change_reason": "kontrollerat", **more}
    return client.post(reverse("admin:connectors_pendingchange_change", args=[pending.pk]), sent)


GUARDED: dict[str, tuple[dict[str, Any], str, Any]] = {
    "address": ({"base_url": NEW}, "base_url", NEW),
    "secret": ({"setting_api_key": "ny-nyckel"}, "secrets", {"api_key": "ny-nyckel"}),
    "setting": ({"setting_area": "sol"}, "settings", {"area": "sol"}),
}


@pytest.mark.parametrize("what", GUARDED)
def test_nothing_takes_effect_before_somebody_else_approves(tove, ola, viva, what):
    fields, name, value = GUARDED[what]
    before = connection_of(viva)
    assert change(tove, viva, label="Nytt namn", **fields).status_code == 302
    assert connection_of(now(viva)) == before
    assert now(viva).label == "Nytt namn"
    pending = waiting()
    assert pending.fields == [name]
    assert "Väntar på godkännande av en annan administratör" in text_of(
        tove.get(reverse("admin:connectors_source_change", args=[viva.pk]))
    )
    assert answer(ola, pending, "approved").status_code == 302
    after = connection_of(now(viva))
    if name == "settings":
        assert after["settings"]["area"] == "sol"
    else:
        assert after[name] == value
    unchanged = {key for key in before if key not in (name, "kinds")}
    assert {key: after[key] for key in unchanged} == {key: before[key] for key in unchanged}


def test_owner_changes_by_two(tove, ola, viva):
    other = CareProvider.objects.create(hsa_id="SE9", name="Annan vårdgivare", kind="health_care")
    unit = CareUnit.objects.create(hsa_id="SE9-1", name="Där", provider=other)
    assert change(tove, viva, owner=other.pk, default_unit=unit.pk).status_code == 302
    assert now(viva).owner_id == viva.owner_id
    pending = waiting()
    shown = page(ola, pending)
    assert "Region Fjäll (SE2321000016-R001), Vårdgivare → Annan vårdgivare (SE9), Vårdgivare" in shown
    answer(ola, pending, "approved")
    assert (now(viva).owner_id, now(viva).default_unit_id) == ("SE9", "SE9-1")


def test_what_one_may_change_alone_does_not_wait(tove, viva):
    change(tove, viva, label="Viva", phone="0980-319260", downtime="söndagar", enabled="")
    assert not PendingChange.objects.exists()
    found = now(viva)
    assert (found.label, found.phone, found.downtime, found.enabled) == (
        "Viva",
        "0980-319260",
        "söndagar",
        False,
    )
    change(tove, viva)
    assert now(viva).enabled


# Who. ----------------------------------------------------------------------------------------------


def test_nobody_approves_or_rejects_their_own(tove, viva):
    change(tove, viva, base_url=NEW)
    pending = waiting()
    shown = page(tove, pending)
    assert "Dra tillbaka." in shown
    assert "Godkänn." not in shown
    for decision in ("approved", "rejected"):
        assert answer(tove, pending, decision).status_code == 200
        with pytest.raises(NotDecidable), transaction.atomic():
            decide(pending.pk, pending.asked_by, decision, "x", fingerprint(pending))
    assert (now(viva).base_url, waiting().state) == (OLD, "waiting")


def test_second_account_of_the_same_person_is_the_same_person(tove, ola, viva):
    users: Any = get_user_model()
    users.objects.filter(username__in=["tove", "ola"]).update(person_lookup=b"x" * 32)
    change(tove, viva, base_url=NEW)
    assert answer(ola, waiting(), "approved").status_code == 403
    assert now(viva).base_url == OLD
    users.objects.filter(username="ola").update(person_lookup=b"y" * 32)
    assert answer(ola, waiting(), "approved").status_code == 302
    assert now(viva).base_url == NEW


def test_who_asked_may_take_it_back_and_nobody_else(tove, ola, viva):
    change(tove, viva, base_url=NEW)
    pending = waiting()
    assert "Dra tillbaka." not in page(ola, pending)
    assert answer(ola, pending, "withdrawn").status_code == 200
    assert answer(tove, pending, "withdrawn").status_code == 302
    pending.refresh_from_db()
    assert (pending.state, pending.decided_reason, now(viva).base_url) == ("withdrawn", "kontrollerat", OLD)


def test_superuser_is_no_exception(viva):
    root = client_of("root", superuser=True)
    change(root, viva, base_url=NEW)
    assert now(viva).base_url == OLD
    assert answer(root, waiting(), "approved").status_code == 200
    assert now(viva).base_url == OLD


@pytest.mark.parametrize("group", ["Logggranskare", "Samtyckesadministratör", "Användare"])
def test_others_see_nothing_of_it(tove, viva, group):
    change(tove, viva, base_url=NEW)
    client = client_of("annan", group=group)
    assert client.get(reverse("admin:connectors_pendingchange_changelist")).status_code == 403
    assert answer(client, waiting(), "approved").status_code == 403
    assert now(viva).base_url == OLD


# Once, and what was seen. --------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["approved", "rejected"])
def test_what_is_decided_stays_decided_and_kept(tove, ola, viva, first):
    change(tove, viva, base_url=NEW, setting_api_key="ny-nyckel")
    pending = waiting()
    assert answer(ola, pending, first).status_code == 302
    state = now(viva).base_url
    for again in ("approved", "rejected", "withdrawn"):
        assert answer(ola, pending, again).status_code == 403
        assert answer(tove, pending, again).status_code == 403
    pending.refresh_from_db()
    assert (pending.state, now(viva).base_url, state) == (first, state, NEW if first == "approved" else OLD)
    assert "secrets" not in json.loads(pending.proposal)
    assert "ny-nyckel" not in page(ola, pending)
    where = reverse("admin:connectors_pendingchange_delete", args=[pending.pk])
    assert ola.post(where, {"post": "yes", "change_reason": "x"}).status_code == 403


def test_one_change_waits_at_a_time_and_the_form_holds_still(tove, ola, viva):
    change(tove, viva, base_url=NEW)
    assert (
        change(ola, viva, base_url="https://viva3.invalid", setting_api_key="x", label="Viva 2").status_code
        == 302
    )
    assert PendingChange.objects.count() == 1
    assert (now(viva).base_url, now(viva).label) == (OLD, "Viva 2")
    answer(ola, waiting(), "approved")
    assert now(viva).base_url == NEW
    assert now(viva).read_secrets() == {"api_key": "mycket-hemlig"}


def test_change_that_no_longer_fits_is_not_approved(tove, ola, viva):
    other = CareProvider.objects.create(hsa_id="SE9", name="Annan vårdgivare", kind="health_care")
    unit = CareUnit.objects.create(hsa_id="SE9-1", name="Där", provider=other)
    change(tove, viva, owner=other.pk, default_unit=unit.pk)
    CareUnit.objects.filter(pk=unit.pk).update(provider=viva.owner)
    pending = waiting()
    response = answer(ola, pending, "approved")
    assert "Enheten hör inte till informationsägaren." in text_of(ola.get(response.url))
    assert (now(viva).owner_id, waiting().pk) == (viva.owner_id, pending.pk)


def test_decision_needs_a_reason(tove, ola, viva):
    change(tove, viva, base_url=NEW)
    assert answer(ola, waiting(), "approved", change_reason="").status_code == 200
    assert now(viva).base_url == OLD


# New sources. --------------------------------------------------------------------------------------


def add(client: Client, provider: CareProvider, **more: Any) -> Source:
    form = {"label": "Cosmic", "slug": "cosmic", "connector": "cosmic", "base_url": "https://c.invalid/fhir",
            "owner": provider.pk, "change_reason": "nytt system", **more}  # fmt: skip
    assert client.post(reverse("admin:connectors_source_add"), form).status_code == 302
    return Source.objects.get(slug="cosmic")


def set_up(client: Client, source: Source, **more: Any) -> Any:
    form = {"label": "Cosmic", "base_url": source.base_url, "owner": source.owner_id, "deadline_s": "4",
            "setting_token_url": "https://c.invalid/token", "setting_client_id": "p",
            "setting_client_secret": "hemligt-ord", "change_reason": "inställningar", **more}  # fmt: skip
    return client.post(reverse("admin:connectors_source_change", args=[source.pk]), form)


def test_new_source_is_asked_nothing_before_somebody_else_approves(tove, ola, provider):
    source = add(tove, provider)
    assert not is_approved(source)
    assert set_up(tove, source).status_code == 302
    assert set_up(tove, source, enabled="on").status_code == 302
    assert not now(source).enabled
    assert set_up(tove, source).status_code == 302
    assert configured_sources() == ()
    pending = waiting()
    assert (pending.is_new, str(pending.asked_by)) == (True, "tove")
    shown = page(ola, pending)
    for words in ("https://c.invalid/fhir", "https://c.invalid/token", "angiven, visas inte", "Region Fjäll"):
        assert words in shown
    assert "hemligt-ord" not in shown
    assert answer(tove, pending, "approved").status_code == 200
    assert not is_approved(source)
    assert answer(ola, pending, "approved").status_code == 302
    assert is_approved(source)
    assert not now(source).enabled
    assert set_up(tove, source, enabled="on", setting_client_secret="").status_code == 302
    assert [profile.slug for profile in configured_sources()] == ["cosmic"]


def test_what_changed_after_the_approver_looked_is_not_approved(tove, ola, provider):
    source = add(tove, provider)
    pending = waiting()
    seen = fingerprint(pending)
    set_up(tove, source, base_url="https://annan.invalid/fhir")
    response = answer(ola, waiting(), "approved", seen=seen)
    assert "har ändrats sedan du läste det" in text_of(ola.get(response.url))
    assert not is_approved(source)


def test_who_touched_a_new_source_last_does_not_approve_it(tove, ola, provider):
    source = add(tove, provider)
    set_up(ola, source, base_url="https://annan.invalid/fhir")
    assert answer(ola, waiting(), "approved").status_code == 200
    assert not is_approved(source)
    assert answer(tove, waiting(), "approved").status_code == 302
    assert is_approved(source)


def test_rejected_source_stays_off_until_it_is_asked_for_again(tove, ola, provider):
    source = add(tove, provider)
    answer(ola, waiting(), "rejected")
    assert set_up(tove, source, enabled="on").status_code == 302
    assert (is_approved(source), now(source).enabled) == (False, False)
    assert set_up(tove, source).status_code == 302
    answer(ola, waiting(), "approved")
    assert is_approved(source)
    assert sorted(c.state for c in source.changes.all()) == ["approved", "rejected"]


@pytest.mark.parametrize("decision", ["rejected", "withdrawn"])
def test_short_name_of_a_source_turned_down_is_free_and_its_history_is_kept(tove, ola, provider, decision):
    first = add(tove, provider)
    before = waiting()
    answer(tove if decision == "withdrawn" else ola, before, decision)
    logged = AccessEvent.objects.count()
    second = add(tove, provider, base_url="https://ny.invalid/fhir")
    assert (second.base_url, is_approved(second), second.enabled) == ("https://ny.invalid/fhir", False, False)
    assert [change.state for change in second.changes.all()] == ["waiting"]
    before.refresh_from_db()
    assert (before.state, before.source.slug) == (decision, "cosmic-tidigare-1")
    assert (before.source.base_url, is_approved(before.source)) == (first.base_url, False)
    row = AccessEvent.objects.order_by("pk")[logged]
    assert (row.detail["object"], row.detail["set_aside"]) == ("cosmic", "cosmic-tidigare-1")
    answer(ola, waiting(), "rejected")
    add(tove, provider)
    assert sorted(Source.objects.values_list("pk", flat=True)) == [
        "cosmic", "cosmic-tidigare-1", "cosmic-tidigare-2",
    ]  # fmt: skip
    answer(ola, waiting(), "approved")
    assert is_approved(now(second))
    assert not is_approved(Source.objects.get(pk="cosmic-tidigare-1"))


@pytest.mark.parametrize("stands", ["waiting", "approved"])
def test_short_name_of_a_source_that_waits_or_is_approved_is_taken(tove, ola, provider, stands):
    source = add(tove, provider)
    if stands == "approved":
        answer(ola, waiting(), stands)
    form = {"label": "Cosmic", "slug": "cosmic", "connector": "cosmic", "base_url": "https://x.invalid/fhir",
            "owner": provider.pk, "change_reason": "nytt system"}  # fmt: skip
    assert tove.post(reverse("admin:connectors_source_add"), form).status_code == 200
    assert [now(source).base_url] == [each.base_url for each in Source.objects.all()] == [source.base_url]


def test_short_name_of_a_source_the_installation_set_up_is_taken(tove, viva, provider):
    form = {"label": "Viva", "slug": viva.pk, "connector": "cosmic", "base_url": "https://x.invalid/fhir",
            "owner": provider.pk, "change_reason": "nytt system"}  # fmt: skip
    assert tove.post(reverse("admin:connectors_source_add"), form).status_code == 200
    assert now(viva).base_url == OLD


def test_address_nobody_else_has_seen_is_not_tested(tove, provider):
    source = add(tove, provider)
    sent = {"action": "test_connections", "_selected_action": [source.pk]}
    told = tove.post(reverse("admin:connectors_source_changelist"), sent, follow=True).content.decode()
    assert "Cosmic testas först när den är godkänd." in told


# The log, and what it does not say. ----------------------------------------------------------------


def test_asking_and_deciding_are_logged_without_secrets(tove, ola, viva):
    change(tove, viva, base_url=NEW, setting_api_key="ny-nyckel")
    answer(ola, waiting(), "approved")
    asked, decided = AccessEvent.objects.filter(event="admin_changed").order_by("seq")
    assert (asked.user_hsa_id, asked.reason, asked.detail["object"]) == (
        "SE2321000016-TOVE",
        "flyttat",
        "viva-hsl",
    )
    assert asked.detail["what"] == ["base_url", "secrets"]
    assert (decided.user_hsa_id, decided.reason) == ("SE2321000016-OLA", "kontrollerat")
    assert decided.detail["decision"] == "approved"
    assert decided.detail["values"]["adress"] == f"{OLD} → {NEW}"
    assert "ny-nyckel" not in json.dumps([asked.detail, decided.detail])
    assert "mycket-hemlig" not in json.dumps([asked.detail, decided.detail])


def test_without_a_log_nothing_waits_and_nothing_is_decided(tove, ola, viva):
    with LostLog():
        response = change(tove, viva, base_url=NEW, label="Nytt")
    assert "kunde inte skrivas i åtkomstloggen" in text_of(tove.get(response.url))
    assert (PendingChange.objects.count(), now(viva).label) == (0, "Viva HSL")
    change(tove, viva, base_url=NEW)
    with LostLog():
        answer(ola, waiting(), "approved")
    assert (now(viva).base_url, waiting().state) == (OLD, "waiting")


def test_proposal_is_kept_encrypted(tove, viva):
    change(tove, viva, base_url=NEW, setting_api_key="ny-nyckel")
    with connection.cursor() as cursor:
        cursor.execute("SELECT proposal, fields FROM connectors_pendingchange")
        proposal, fields = cursor.fetchone()
    assert b"ny-nyckel" not in bytes(proposal)
    assert b"viva2" not in bytes(proposal)
    assert "ny-nyckel" not in str(fields)


def test_credentials_in_an_address_are_not_shown(tove, ola, viva, monkeypatch):
    """The form refuses them; what waited before it did must not show them either."""
    monkeypatch.setattr("connectors.placing.flaw_of", lambda *_, **__: None)
    change(tove, viva, base_url="https://user:losen@viva2.invalid/x")
    shown = page(ola, waiting())
    assert "losen" not in shown
    assert "https://viva2.invalid/x" in shown


# Expected deliveries go, with a reason. ------------------------------------------------------------


def test_expected_delivery_is_taken_away_with_a_reason_and_logged(tove, provider):
    expected = ExpectedDelivery.objects.create(provider=provider, kind="home_care")
    where = reverse("admin:connectors_expecteddelivery_delete", args=[expected.pk])
    assert "Skäl" in text_of(tove.get(where))
    assert "måste fyllas i" in text_of(tove.post(where, {"post": "yes"}))
    with LostLog():
        assert tove.post(where, {"post": "yes", "change_reason": "avtalet slut"}).status_code == 302
    assert ExpectedDelivery.objects.exists()
    assert tove.post(where, {"post": "yes", "change_reason": "avtalet slut"}).status_code == 302
    assert not ExpectedDelivery.objects.exists()
    row = AccessEvent.objects.get(event="admin_changed")
    assert (row.reason, row.detail["removed"], row.detail["model"]) == (
        "avtalet slut",
        True,
        "expecteddelivery",
    )


def test_sources_are_not_deleted(tove, viva):
    where = reverse("admin:connectors_source_delete", args=[viva.pk])
    assert tove.post(where, {"post": "yes", "change_reason": "x"}).status_code == 403


def deliver(client: Client, source: Source, **more: Any) -> Any:
    form = {"label": "Myrten", "base_url": "", "owner": source.owner_id, "kinds": ["social_service"],
            "setting_receives": "on", "setting_retention_days": "30", "setting_fresh_hours": "48",
            "change_reason": "inställningar", **more}  # fmt: skip
    return client.post(reverse("admin:connectors_source_change", args=[source.pk]), form)


@pytest.fixture
def myrten(tove, ola, provider) -> Source:
    """A source of the open interface that was approved before anybody had said how it works."""
    form = {"label": "Myrten", "slug": "myrten", "connector": "openfeed", "base_url": "",
            "owner": provider.pk, "change_reason": "ny leverantör"}  # fmt: skip
    assert tove.post(reverse("admin:connectors_source_add"), form).status_code == 302
    answer(ola, waiting(), "approved")
    return Source.objects.get(slug="myrten")


def test_source_is_not_switched_on_before_what_it_rests_on_is_approved(tove, ola, myrten):
    """Switched on as it stands it would be a fault behind every button, for everybody."""
    assert "gäller när en annan administratör har godkänt dem" in text_of(deliver(tove, myrten, enabled="on"))
    assert deliver(tove, myrten).status_code == 302
    assert not now(myrten).enabled
    answer(ola, waiting(), "approved")
    assert deliver(tove, now(myrten), enabled="on").status_code == 302
    assert [profile.slug for profile in configured_sources()] == ["myrten"]


def test_source_of_the_open_interface_says_what_it_delivers(tove, myrten):
    assert "Välj vilka uppgifter källan lämnar" in text_of(deliver(tove, myrten, kinds=[]))


def test_approver_of_a_source_with_every_kind_reads_that_it_is_every_kind(tove, ola, provider):
    form = {"label": "Vård", "slug": "vard", "connector": "viva", "base_url": OLD, "owner": provider.pk,
            "change_reason": "nytt system"}  # fmt: skip
    assert tove.post(reverse("admin:connectors_source_add"), form).status_code == 302
    shown = page(ola, waiting())
    assert "uppgifter: allt kopplingen kan lämna" in shown
    assert "uppgifter: –" not in shown
