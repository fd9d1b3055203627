"""The administrator's pages: Swedish, searched, filtered, read only, and logged where the log is read."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from consent import consenting, models, recording
from consent.accesslog.model import AccessEvent
from consent.dossiers import open_dossier
from consent.facts import Obstacle
from portal.accounts.models import Assignment
from tests.consent.administrators import at_work, client_of, list_of, model_named, row_count, text_of
from tests.consent.doings import ask, by, last_row
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, HEMSJUKVARD, MILO, NURSE, PSYKIATRI, reader
from tests.factories.permits import TOLVAN

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

ACTS = {
    "consent": "samtycke",
    "consentrefusal": "nekat samtycke",
    "carerelation": "vårdrelation",
    "emergencyopening": "nödöppning",
    "inability": "oförmåga att samtycka",
    "childassessment": "bedömning av barn",
    "unitchoice": "aktivt val",
    "block": "spärr",
    "blocklift": "hävd spärr",
    "sipconsent": "samtycke till sip",
    "liftrequest": "begäran om hävning",
}
KEPT = [*ACTS, "accessevent", "reviewdraw", "reviewitem", "logepoch"]
EVERY_LIST = [*KEPT, "careprovider", "careunit", "unitgroup", "informationtext"]
MASKED = "19390813-••••"


@pytest.fixture
def admin(organisations: None) -> Client:
    return client_of("admin", superuser=True)


@pytest.fixture
def recorded(organisations: None) -> None:
    """One act of each sort about Gunhild, and a consent about Milo at another unit."""
    recording.confirm_relation(by())
    consenting.give_consent(by(), unit_ids=[PSYKIATRI.hsa_id])
    recording.choose_units(by(), [PSYKIATRI.hsa_id])
    recording.declare_emergency(by(), Obstacle.UNCONSCIOUS)
    found = open_dossier(GUNHILD)
    dossier, now = found.dossier, found.now
    shared = {"dossier": dossier, "provider_id": FJALL.hsa_id, "unit_id": AKUTEN.hsa_id, "recorded_by": "X"}
    models.Inability.objects.create(**shared, ends_at=now + timedelta(days=180))
    models.ChildAssessment.objects.create(**shared, ability="able")
    block = models.Block.objects.create(
        **{**shared, "unit_id": PSYKIATRI.hsa_id}, kind="inner", excluded_types=["upp"]
    )
    models.BlockLift.objects.create(**shared, block_ref=str(block.pk), ends_at=now + timedelta(hours=1))
    models.ConsentRefusal.objects.create(**{**shared, "unit_id": PSYKIATRI.hsa_id})
    models.SipConsent.objects.create(**shared)
    models.LiftRequest.objects.create(**shared, asked_provider_id=HEMSJUKVARD.provider.hsa_id)
    draw = models.ReviewDraw.objects.create(
        month=date(2026, 1, 1), unit_id=AKUTEN.hsa_id, provider_id=FJALL.hsa_id
    )
    models.ReviewItem.objects.create(
        draw=draw, view_id=dossier.pk, viewed_at=now, user_hsa_id="SE2321000016-P777", note="En anteckning"
    )
    models.UnitGroup.objects.create(name="Dygnet runt", provider_id=FJALL.hsa_id)
    models.InformationText.objects.create(language="fi", version=1, title="Tiedot", body="Tietoa.")
    milo = by(reader(HEMSJUKVARD, hsa_id="SE2120000019-P777"), MILO)
    recording.confirm_relation(milo)
    consenting.give_consent(milo)


def search(client: Client, model: str, text: str) -> str:
    return text_of(client.post(list_of(model), {"q": text}))


@pytest.mark.parametrize("model", EVERY_LIST)
def test_lists_open_in_swedish(admin, recorded, model):
    page = text_of(admin.get(list_of(model)))
    assert '<html lang="sv"' in page
    assert row_count(page) > 0
    assert "Filtrera" in page
    assert "Search" not in re.sub(r"<[^>]*>", "", page)


@pytest.mark.parametrize("model", EVERY_LIST)
def test_pages_need_no_inline_script_or_style(admin, recorded, model):
    detail = reverse(f"admin:consent_{model}_change", args=[model_named(model).objects.first().pk])
    for address in (list_of(model), detail):
        response = admin.get(address)
        page = text_of(response)
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []
        assert re.findall(r"\s(?:style|on[a-z]+)=\"", page) == []
        assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("model", "name"), ACTS.items())
def test_acts_show_a_masked_number_and_where_they_hold(admin, recorded, model, name):
    page = text_of(admin.get(list_of(model)))
    assert MASKED in page
    assert GUNHILD.number not in page.replace("-", "")
    assert name in page.lower()
    assert "Akuten" in page or "Psykiatri" in page


@pytest.mark.parametrize("model", KEPT)
def test_nothing_kept_by_law_is_added_changed_or_deleted(admin, recorded, model):
    first = model_named(model).objects.first()
    change = reverse(f"admin:consent_{model}_change", args=[first.pk])
    page = text_of(admin.get(change))
    assert 'name="_save"' not in page
    assert "deletelink" not in page
    before = AccessEvent.objects.exclude(event="log_read").count()
    assert admin.post(change, {"unit_id": "X", "reason": "X"}).status_code == 403
    assert admin.get(reverse(f"admin:consent_{model}_add")).status_code == 403
    delete = reverse(f"admin:consent_{model}_delete", args=[first.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": first.pk, "index": 0, "post": "yes"}
    admin.post(list_of(model), data)
    assert type(first).objects.filter(pk=first.pk).exists()
    assert AccessEvent.objects.exclude(event="log_read").count() >= before


def test_whole_number_finds_the_patient_and_leaves_no_number_in_any_address(admin, recorded):
    page = search(admin, "consent", "19390813-9060")
    assert row_count(page) == 1
    assert MASKED in page
    assert GUNHILD.number not in page
    assert "390813" not in "".join(re.findall(r'(?:href|action|value)="([^"]*)"', page))
    row = last_row()
    assert (row.event, row.patient(), row.user_hsa_id) == ("search", GUNHILD, "SE2321000016-ADMIN")
    token = re.search(r"patient=([\w=-]+)", page)
    assert token is not None
    assert row_count(text_of(admin.get(list_of("consent"), {"patient": token[1]}))) == 1
    other = client_of("other", superuser=True)
    foreign = text_of(other.get(list_of("consent"), {"patient": token[1]}))
    assert row_count(foreign) == 0
    assert "Sökningen gäller inte längre" in foreign


@pytest.mark.parametrize("typed", ["193908139061", "19390813906", "390813-9060", "19390813", "3908139060"])
def test_part_of_a_number_or_a_wrong_one_finds_nothing(admin, recorded, typed):
    page = search(admin, "consent", typed)
    assert row_count(page) == 0
    assert "tolv siffror" in page


def test_patient_without_acts_is_not_found(admin, recorded):
    assert row_count(search(admin, "consent", TOLVAN.number)) == 0


@pytest.mark.parametrize(("typed", "count"), [
    (AKUTEN.hsa_id, 1), ("R0AK", 1), ("SE2120000019", 1), ("SE2120000019-P777", 1), ("SE9", 0)
])  # fmt: skip
def test_acts_are_found_by_hsa_id(admin, recorded, typed, count):
    assert row_count(search(admin, "consent", typed)) == count


def test_acts_are_filtered_by_state_and_unit(admin, recorded):
    where = list_of("consent")
    assert row_count(text_of(admin.get(where, {"state": "stands"}))) == 2
    consenting.end_consent(by(), "patienten återkallar")
    assert row_count(text_of(admin.get(where, {"state": "stands"}))) == 1
    ended = text_of(admin.get(where, {"state": "ended"}))
    assert row_count(ended) == 1
    assert "Avslutat" in ended
    assert row_count(text_of(admin.get(where, {"unit": HEMSJUKVARD.hsa_id}))) == 1
    for state in ("annulled", "over", "coming"):
        assert row_count(text_of(admin.get(where, {"state": state}))) == 0


def test_consent_that_a_refusal_undid_says_so(admin, recorded):
    consenting.refuse_consent(by())
    assert "Upphävt: patienten nekade sedan" in text_of(admin.get(list_of("consent")))
    consenting.annul_refusal(by(), "felregistrerat")
    assert "Upphävt" not in text_of(admin.get(list_of("consent")))


def test_without_the_permission_the_patient_is_hidden_and_not_searched_for(recorded):
    client = at_work(client_of("utan", "view_consent", "view_accessevent"), AKUTEN)
    for model in ("consent", "accessevent"):
        page = text_of(client.get(list_of(model)))
        assert "Dold" in page
        assert "19390813" not in page
        row = model_named(model).objects.filter(provider_id=FJALL.hsa_id).first()
        detail = text_of(client.get(reverse(f"admin:consent_{model}_change", args=[row.pk])))
        assert "Dold" in detail
        assert "19390813" not in detail
    page = search(client, "consent", GUNHILD.number)
    assert "inte behörighet" in page
    assert row_count(page) == 1
    assert not AccessEvent.objects.filter(event="search").exists()


def test_without_the_right_to_a_list_it_is_closed(recorded):
    client = client_of("ingen")
    for model in EVERY_LIST:
        assert client.get(list_of(model)).status_code == 403
        assert client.post(list_of(model), {"q": GUNHILD.number}).status_code == 403
    assert not AccessEvent.objects.filter(event__in=["search", "log_read"]).exists()


def test_note_of_a_review_is_on_no_page_here(admin, recorded):
    item = models.ReviewItem.objects.get()
    assert item.note == "En anteckning"
    for address in (list_of("reviewitem"), reverse("admin:consent_reviewitem_change", args=[item.pk])):
        assert "En anteckning" not in text_of(admin.get(address))
    assert "0 av 1" in text_of(admin.get(list_of("reviewdraw")))


# Whose. --------------------------------------------------------------------------------------------

OWNED = ("view_consent", "view_dossier", "view_accessevent", "view_liftrequest", "view_reviewitem")


def test_acts_and_log_are_told_to_the_provider_that_answers_for_them(recorded):
    """Gunhild's are of the region's units, Milo's of the municipality's; the lift was asked of the latter."""
    region = at_work(client_of("region", *OWNED), AKUTEN)
    municipality = at_work(client_of("kommun", *OWNED), HEMSJUKVARD)
    nowhere = client_of("ingenstans", *OWNED)
    for client, consents, requests, items in ((region, 1, 1, 1), (municipality, 1, 1, 0), (nowhere, 0, 0, 0)):
        assert row_count(text_of(client.get(list_of("consent")))) == consents
        assert row_count(text_of(client.get(list_of("liftrequest")))) == requests
        assert row_count(text_of(client.get(list_of("reviewitem")))) == items
    milos = models.Consent.objects.get(provider_id=HEMSJUKVARD.provider.hsa_id)
    where = reverse("admin:consent_consent_change", args=[milos.pk])
    assert (region.get(where).status_code, municipality.get(where).status_code) == (302, 200)
    given = {"event": "consent_given"}
    assert row_count(text_of(region.get(list_of("accessevent"), given))) == 1
    assert row_count(text_of(nowhere.get(list_of("accessevent"), given))) == 0
    event = AccessEvent.objects.get(event="consent_given", provider_id=HEMSJUKVARD.provider.hsa_id)
    assert region.get(reverse("admin:consent_accessevent_change", args=[event.pk])).status_code == 302
    assert search(region, "consent", MILO.number).count("<tr") == search(nowhere, "consent", "SE9").count(
        "<tr"
    )


def test_changes_by_those_who_run_the_system_are_told_to_every_reviewer(admin, recorded):
    unit = reverse("admin:consent_careunit_change", args=[AKUTEN.hsa_id])
    sent = {"name": "Akuten", "provider": FJALL.hsa_id, "phone": "08-46500401", "change_reason": "ny växel"}
    assert admin.post(unit, sent).status_code == 302
    municipality = at_work(client_of("kommun", *OWNED), HEMSJUKVARD)
    assert "ny växel" in text_of(municipality.get(list_of("accessevent"), {"event": "admin_changed"}))


def test_assignment_that_is_over_or_not_yet_shows_nothing(recorded):
    client = at_work(client_of("kommun", *OWNED), HEMSJUKVARD)
    held = Assignment.objects.get(user__username="kommun")
    for change in ({"is_active": False}, {"valid_until": date(2020, 1, 1)}, {"valid_from": date(2100, 1, 1)}):
        Assignment.objects.filter(pk=held.pk).update(
            **{"is_active": True, "valid_until": None, "valid_from": None, **change}
        )
        assert row_count(text_of(client.get(list_of("consent")))) == 0
    Assignment.objects.filter(pk=held.pk).update(valid_from=None)
    assert row_count(text_of(client.get(list_of("consent")))) == 1


def test_of_several_assignments_the_chosen_one_counts(recorded):
    client = at_work(at_work(client_of("flera", *OWNED), HEMSJUKVARD), AKUTEN)
    assert row_count(text_of(client.get(list_of("consent")))) == 0
    session = client.session
    session["assignment"] = Assignment.objects.get(user__username="flera", unit_id=AKUTEN.hsa_id).pk
    session.save()
    page = text_of(client.get(list_of("consent")))
    assert (row_count(page), MASKED in page) == (1, True)


# The log. ------------------------------------------------------------------------------------------


def test_reading_the_log_is_logged(admin, recorded):
    page = text_of(admin.get(list_of("accessevent")))
    assert "Samtycke registrerat" in page
    assert "Nödsituation registrerad" in page
    row = last_row()
    assert (row.event, row.user_hsa_id, row.purpose) == ("log_read", "SE2321000016-ADMIN", "administration")
    assert "Loggen läst" in text_of(admin.get(list_of("accessevent")))


def test_reading_one_row_is_logged_with_its_patient(admin, recorded):
    row = AccessEvent.objects.get(event="consent_given", user_hsa_id=NURSE.hsa_id)
    page = text_of(admin.get(reverse("admin:consent_accessevent_change", args=[row.pk])))
    assert MASKED in page
    assert "Samtycke registrerat" in page
    assert (last_row().event, last_row().patient()) == ("log_read", GUNHILD)
    assert last_row().detail["row"] == str(row.event_id)


def test_log_is_searched_by_whole_number(admin, recorded):
    page = search(admin, "accessevent", GUNHILD.number)
    about = [e for e in AccessEvent.objects.all() if e.patient() == GUNHILD]
    assert row_count(page) == len(about)
    assert last_row().event == "log_read"
    assert last_row().patient() == GUNHILD
    assert row_count(search(admin, "accessevent", GUNHILD.number[:8])) == 0


def test_log_is_searched_by_whole_hsa_id(admin, recorded):
    assert row_count(search(admin, "accessevent", "SE2120000019-P777")) == 2
    assert row_count(search(admin, "accessevent", "SE2120000019-P77")) == 0


def test_log_is_filtered(admin, recorded):
    ask()
    where = list_of("accessevent")
    assert row_count(text_of(admin.get(where, {"event": "consent_given"}))) == 2
    assert row_count(text_of(admin.get(where, {"activity": "Nödöppning"}))) == 1
    assert row_count(text_of(admin.get(where, {"unit": HEMSJUKVARD.hsa_id}))) == 2
    assert row_count(text_of(admin.get(where, {"provider": FJALL.hsa_id, "event": "consent_given"}))) == 1
    now = last_row().at
    year = {"at__year": now.year, "at__month": now.month}
    assert row_count(text_of(admin.get(where, {**year, "event": "consent_given"}))) == 2
    assert row_count(text_of(admin.get(where, {"at__year": now.year - 1, "event": "consent_given"}))) == 0


def test_row_whose_key_is_gone_is_still_listed(admin, recorded):
    models.LogKey.objects.all().delete()
    from consent.accesslog import keys

    keys._opened.clear()
    page = text_of(admin.get(list_of("accessevent"), {"event": "consent_given"}))
    assert "Går inte att läsa" in page


# Organisations. ------------------------------------------------------------------------------------


def test_change_of_a_unit_is_logged_and_its_hsa_id_stands(admin):
    where = reverse("admin:consent_careunit_change", args=[AKUTEN.hsa_id])
    sent = {"name": "Akuten och intaget", "provider": FJALL.hsa_id, "phone": "08-46500400", "hsa_id": "SE1",
            "change_reason": "nytt namn"}  # fmt: skip
    assert admin.post(where, sent).status_code == 302
    unit = models.CareUnit.objects.get(pk=AKUTEN.hsa_id)
    assert (unit.name, unit.phone) == ("Akuten och intaget", "08-46500400")
    row = last_row()
    assert (row.event, row.reason, row.detail["object"], row.detail["fields"]) == (
        "admin_changed",
        "nytt namn",
        AKUTEN.hsa_id,
        ["name", "phone"],
    )
    assert row.detail["values"] == {"name": ["Akuten", "Akuten och intaget"], "phone": ["", "08-46500400"]}
    assert not models.CareUnit.objects.filter(pk="SE1").exists()


def test_unit_is_added_and_never_deleted(admin):
    sent = {"hsa_id": "SE2321000016-R0XX", "name": "Ny enhet", "provider": FJALL.hsa_id, "phone": "",
            "change_reason": "öppnar"}  # fmt: skip
    assert admin.post(reverse("admin:consent_careunit_add"), sent).status_code == 302
    assert models.CareUnit.objects.filter(pk="SE2321000016-R0XX").exists()
    assert last_row().detail["added"] is True
    for model, key in (("careunit", AKUTEN.hsa_id), ("careprovider", FJALL.hsa_id)):
        assert (
            admin.post(reverse(f"admin:consent_{model}_delete", args=[key]), {"post": "yes"}).status_code
            == 403
        )


def test_units_are_found_and_filtered(admin):
    assert row_count(search_get(admin, "careunit", "Hemsjuk")) == 1
    page = text_of(admin.get(list_of("careunit"), {"provider__kind__exact": "social_care"}))
    assert row_count(page) == 2
    assert "Omsorgsgivare" in page


def search_get(client: Client, model: str, text: str) -> str:
    return text_of(client.get(list_of(model), {"q": text}))
