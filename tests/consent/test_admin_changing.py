"""Every change in the administration has a reason and a row in the log, or did not happen."""

from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from connectors.openfeed.models import DeliveredFile
from connectors.storelog.models import Outgoing, Receiver
from consent import models
from consent.accesslog.model import AccessEvent
from consent.admin.changing import REASON, LoggedAdmin
from consent.admin.searching import KeptAdmin
from portal.accounts.models import ImportFile
from portal.operations.models import JobRun
from tests.consent.administrators import LostLog, client_of, page_of, text_of
from tests.consent.doings import by, last_row
from tests.consent.examples import AKUTEN, FJALL, HEMSJUKVARD, MEDICIN, PSYKIATRI

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

REQUIRED = "måste fyllas i"


@pytest.fixture
def admin(organisations: None) -> Client:
    return client_of("tove", group="Systemadministratör")


def add(client: Client, model: str, **fields: Any) -> Any:
    return client.post(reverse(f"admin:consent_{model}_add"), {"change_reason": "prov", **fields})


def change(client: Client, row: Any, **fields: Any) -> Any:
    return client.post(page_of(row), {"change_reason": "prov", **fields})


def unit_fields(**more: Any) -> dict[str, Any]:
    return {"name": "Akuten", "provider": FJALL.hsa_id, "phone": "08-46500400", **more}


def akuten() -> models.CareUnit:
    return models.CareUnit.objects.get(pk=AKUTEN.hsa_id)


def test_every_page_of_the_administration_is_for_keeping_or_for_logged_changes():
    """A model that is registered without either would be a way past the log.

    Files wait until they are confirmed, with a reason and a row of their own; jobs are to be read, and so is
    what waits for the national log, whose one act writes a row.
    """
    otherwise = {Group, ImportFile, DeliveredFile, JobRun, Receiver, Outgoing}
    for model, shown in django_admin.site._registry.items():
        assert isinstance(shown, LoggedAdmin | KeptAdmin) or model in otherwise, model
    groups = django_admin.site._registry[Group]
    assert not any(may(None) for may in (groups.has_add_permission, groups.has_change_permission))  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", ["", "   ", None])
def test_nothing_is_changed_or_added_without_a_reason(admin, reason):
    fields = unit_fields() if reason is None else unit_fields(change_reason=reason)
    page = text_of(admin.post(page_of(akuten()), fields))
    assert REQUIRED in page.lower()
    assert akuten().phone == ""
    page = text_of(admin.post(reverse("admin:consent_careunit_add"), {**fields, "hsa_id": "SE1"}))
    assert REQUIRED in page.lower()
    assert not models.CareUnit.objects.filter(pk="SE1").exists()
    assert not AccessEvent.objects.filter(event="admin_changed").exists()


@pytest.mark.parametrize("reason", ["gäller 19390813-9060", "se 193908139060", "för 1939 0813 9060."])
def test_reason_names_no_patient(admin, reason):
    page = text_of(change(admin, akuten(), **unit_fields(change_reason=reason)))
    assert "Skriv inget personnummer i skälet." in page
    assert akuten().phone == ""


@pytest.mark.parametrize("reason", ["ring 0980-319210", "beslut 2026-11-15", "ärende 20261115-0001"])
def test_other_digits_in_a_reason_are_fine(admin, reason):
    assert change(admin, akuten(), **unit_fields(change_reason=reason)).status_code == 302
    assert last_row().reason == reason


def test_longer_reason_than_the_log_holds_is_refused(admin):
    assert change(admin, akuten(), **unit_fields(change_reason="å" * 301)).status_code == 200
    assert change(admin, akuten(), **unit_fields(change_reason="å" * 300)).status_code == 302
    assert last_row().reason == "å" * 300


def test_without_a_log_nothing_is_changed_and_the_page_says_so(admin):
    with LostLog():
        response = change(admin, akuten(), **unit_fields())
        added = add(admin, "careunit", **unit_fields(hsa_id="SE1"))
    assert (response.status_code, added.status_code) == (302, 302)
    assert akuten().phone == ""
    assert not models.CareUnit.objects.filter(pk="SE1").exists()
    assert "Inget är sparat: ändringen kunde inte skrivas i åtkomstloggen." in text_of(
        admin.get(response.url)
    )


def test_row_tells_what_changed_and_between_which_values(admin):
    assert change(admin, akuten(), **unit_fields(consent_raised_at="visit")).status_code == 302
    row = last_row()
    assert (row.event, row.user_hsa_id, row.reason) == ("admin_changed", "SE2321000016-TOVE", "prov")
    assert row.detail == {
        "model": "careunit",
        "object": AKUTEN.hsa_id,
        "fields": ["consent_raised_at", "phone"],
        "values": {"phone": ["", "08-46500400"], "consent_raised_at": ["", "visit"]},
        "added": False,
        "in": "admin",
    }


def test_reason_is_no_part_of_what_changed(admin):
    change(admin, akuten(), name="Akuten", provider=FJALL.hsa_id)
    assert last_row().detail["fields"] == []
    history = text_of(admin.get(reverse("admin:consent_careunit_history", args=[AKUTEN.hsa_id])))
    assert "Skäl" not in history


def test_nothing_is_deleted_one_by_one_or_by_the_dozen(admin):
    for row in (akuten(), akuten().provider):
        name = row._meta.model_name
        assert (
            admin.post(reverse(f"admin:consent_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code
            == 403
        )
        data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        admin.post(reverse(f"admin:consent_{name}_changelist"), data)
        assert type(row).objects.filter(pk=row.pk).exists()
        assert "delete_selected" not in text_of(admin.get(reverse(f"admin:consent_{name}_changelist")))


# What refers to it stays true. ---------------------------------------------------------------------


def test_unit_in_use_keeps_its_provider_and_a_provider_in_use_its_law(admin):
    from consent import recording

    recording.confirm_relation(by())
    change(admin, akuten(), **unit_fields(provider=HEMSJUKVARD.provider.hsa_id))
    assert akuten().provider_id == FJALL.hsa_id
    change(admin, akuten().provider, name="Region Fjäll", kind="social_care", **inline())
    provider = akuten().provider
    assert provider.kind == "health_care"


def test_unit_that_nothing_refers_to_can_be_put_right(admin):
    models.CareUnit.objects.create(hsa_id="SE1", name="Fel", provider_id=FJALL.hsa_id)
    unit = models.CareUnit.objects.get(pk="SE1")
    assert change(admin, unit, **unit_fields(provider=HEMSJUKVARD.provider.hsa_id)).status_code == 302
    unit.refresh_from_db()
    assert unit.provider_id == HEMSJUKVARD.provider.hsa_id


def inline() -> dict[str, str]:
    return {"units-TOTAL_FORMS": "0", "units-INITIAL_FORMS": "0"}


# Groups of units. ----------------------------------------------------------------------------------


def test_group_of_units_is_made_of_one_providers_units(admin):
    mixed = {"name": "Dygnet runt", "provider": FJALL.hsa_id, "units": [AKUTEN.hsa_id, HEMSJUKVARD.hsa_id]}
    assert "Alla enheter i gruppen ska tillhöra samma vårdgivare." in text_of(
        add(admin, "unitgroup", **mixed)
    )
    assert not models.UnitGroup.objects.exists()
    units = [AKUTEN.hsa_id, MEDICIN.hsa_id]
    assert add(admin, "unitgroup", **{**mixed, "units": units}, is_active="on").status_code == 302
    group = models.UnitGroup.objects.get()
    assert sorted(group.units.values_list("pk", flat=True)) == units
    assert last_row().detail["values"]["units"] == [None, units]
    more = [*units, PSYKIATRI.hsa_id]
    assert change(admin, group, name="Dygnet runt", provider=FJALL.hsa_id, units=more).status_code == 302
    before, after = last_row().detail["values"]["units"]
    assert (set(before), set(after)) == (set(units), set(more))
    group.refresh_from_db()
    assert not group.is_active


# Information texts. --------------------------------------------------------------------------------


@pytest.fixture
def text(admin: Client) -> models.InformationText:
    said = {"language": "xx", "title": "Om samtycke", "body": "Du får säga nej.", "is_current": "on"}
    assert add(admin, "informationtext", **said).status_code == 302
    return models.InformationText.objects.get(language="xx")


def versions() -> list[tuple[int, str, bool]]:
    rows = models.InformationText.objects.filter(language="xx").order_by("version")
    return list(rows.values_list("version", "body", "is_current"))


def test_other_words_are_the_next_version_and_the_old_ones_stay(admin, text):
    said = {"title": "Om samtycke", "body": "Du får säga nej, när som helst.", "is_current": "on"}
    assert change(admin, text, **said).status_code == 302
    assert versions() == [(1, "Du får säga nej.", False), (2, "Du får säga nej, när som helst.", True)]
    row = last_row()
    assert (row.detail["version"], row.detail["language"], row.detail["fields"]) == (2, "xx", ["body"])
    assert row.detail["object"] != str(text.pk)


def test_text_that_only_stops_being_used_stays_the_same_version(admin, text):
    assert change(admin, text, title="Om samtycke", body="Du får säga nej.").status_code == 302
    assert versions() == [(1, "Du får säga nej.", False)]


def test_older_text_taken_up_again_takes_the_place_of_the_newer(admin, text):
    change(admin, text, title="Om samtycke", body="Nytt.", is_current="on")
    assert (
        change(admin, text, title="Om samtycke", body="Du får säga nej.", is_current="on").status_code == 302
    )
    assert versions() == [(1, "Du får säga nej.", True), (2, "Nytt.", False)]


def test_change_of_an_older_text_is_the_newest_version(admin, text):
    change(admin, text, title="Om samtycke", body="Nytt.", is_current="on")
    change(admin, text, title="Om samtycke", body="Ännu nyare.", is_current="on")
    assert [version for version, _body, _current in versions()] == [1, 2, 3]


def test_language_of_a_text_does_not_change(admin, text):
    change(admin, text, language="yy", title="Om samtycke", body="Du får säga nej.", is_current="on")
    assert not models.InformationText.objects.filter(language="yy").exists()


def test_texts_are_not_deleted(admin, text):
    where = reverse("admin:consent_informationtext_delete", args=[text.pk])
    assert admin.post(where, {"post": "yes", REASON: "prov"}).status_code == 403
