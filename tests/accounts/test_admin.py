"""Users and assignments in the admin."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from consent.accesslog.model import AccessEvent
from consent.models import CareProvider, CareUnit
from portal.accounts.models import Assignment, User

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.fixture
def unit() -> CareUnit:
    provider = CareProvider.objects.create(
        hsa_id="SE2321000016-R001", name="Region Fjäll", kind="health_care"
    )
    return CareUnit.objects.create(hsa_id="SE2321000016-R0AK", name="Akuten", provider=provider)


@pytest.fixture
def nurse(unit: CareUnit) -> User:
    nurse = User.objects.create_user(
        "nurse",
        password="x",
        first_name="Alva",
        last_name="Ek",
        hsa_id="SE2321000016-P001",
        title="Sjuksköterska",
    )
    Assignment.objects.create(user=nurse, unit=unit)
    return nurse


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("admin", password="x", hsa_id="SE2321000016-A001"))
    return client


def page_of(response) -> str:
    assert response.status_code == 200, response
    return unescape(response.content.decode())


def rows(page: str) -> int:
    return page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr")


USERS, ASSIGNMENTS = "admin:accounts_user_changelist", "admin:accounts_assignment_changelist"


def test_lists_are_swedish_and_need_nothing_inline(admin, nurse):
    for name in (USERS, ASSIGNMENTS):
        page = page_of(admin.get(reverse(name)))
        assert '<html lang="sv"' in page
        assert "Patientöversikt" in page
        assert "SE2321000016-P001" in page
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []
        assert re.findall(r"\s(?:style|on[a-z]+)=\"", page) == []
    assert "Sjuksköterska" in page_of(admin.get(reverse(USERS)))


@pytest.mark.parametrize(("typed", "count"), [
    ("SE2321000016-P001", 1), ("Ek", 1), ("Sjuksköterska", 1), ("nobody", 0)
])  # fmt: skip
def test_users_are_found(admin, nurse, typed, count):
    assert rows(page_of(admin.get(reverse(USERS), {"q": typed}))) == count


def test_users_are_filtered_by_unit(admin, nurse, unit):
    CareUnit.objects.create(hsa_id="SE2321000016-R0ME", name="Medicin", provider=unit.provider)
    assert rows(page_of(admin.get(reverse(USERS), {"assignments__unit__hsa_id__exact": unit.pk}))) == 1
    assert rows(page_of(admin.get(reverse(USERS), {"is_staff__exact": "1"}))) == 1


@pytest.mark.parametrize(("typed", "count"), [("Akuten", 1), ("SE2321000016-P001", 1), ("Medicin", 0)])
def test_assignments_are_found(admin, nurse, typed, count):
    assert rows(page_of(admin.get(reverse(ASSIGNMENTS), {"q": typed}))) == count


def test_change_of_user_and_assignment_is_logged(admin, nurse, unit):
    where = reverse("admin:accounts_user_change", args=[nurse.pk])
    page = page_of(admin.get(where))
    assert "befattning" in page.lower()
    assert "uppdrag" in page.lower()
    held = nurse.assignments.get()
    sent = {
        "username": "nurse",
        "first_name": "Alva",
        "last_name": "Ek",
        "title": "Distriktssköterska",
        "hsa_id": "SE2321000016-P001",
        "email": "",
        "is_active": "on",
        "change_reason": "nytt arbete",
        "assignments-TOTAL_FORMS": "1",
        "assignments-INITIAL_FORMS": "1",
        "assignments-0-id": held.pk,
        "assignments-0-user": nurse.pk,
        "assignments-0-unit": unit.pk,
        "assignments-0-purpose": "care",
        "assignments-0-valid_until": "2026-01-31",
    }
    response = admin.post(where, sent)
    assert response.status_code == 302, page_of(response)
    held.refresh_from_db()
    assert (held.is_active, str(held.valid_until)) == (False, "2026-01-31")
    changed = AccessEvent.objects.filter(event="admin_changed").order_by("seq")
    assert [(row.user_hsa_id, row.reason, row.detail["model"]) for row in changed] == [
        ("SE2321000016-A001", "nytt arbete", "user"),
        ("SE2321000016-A001", "nytt arbete", "assignment"),
    ]
    assert changed[0].detail["fields"] == ["title"]
    assert changed[1].detail["user"] == nurse.hsa_id
    assert changed[1].detail["fields"] == ["is_active", "valid_until"]


def test_nobody_is_deleted(admin, nurse):
    assignment = nurse.assignments.get()
    for model, row in (("user", nurse), ("assignment", assignment)):
        answer = admin.post(reverse(f"admin:accounts_{model}_delete", args=[row.pk]), {"post": "yes"})
        assert answer.status_code == 403
    assert User.objects.filter(pk=nurse.pk).exists()


def test_user_is_added_with_hsa_id_and_title(admin):
    where = reverse("admin:accounts_user_add")
    assert "HSA-id" in page_of(admin.get(where))
    sent = {
        "username": "ny",
        "usable_password": "true",
        "password1": "ett-riktigt-langt-losen",
        "password2": "ett-riktigt-langt-losen",
        "first_name": "Ny",
        "last_name": "Anställd",
        "title": "Läkare",
        "hsa_id": "SE2321000016-P099",
        "change_reason": "anställd",
        "assignments-TOTAL_FORMS": "0",
        "assignments-INITIAL_FORMS": "0",
    }
    response = admin.post(where, sent)
    assert response.status_code == 302, page_of(response)
    assert User.objects.get(username="ny").hsa_id == "SE2321000016-P099"


def test_user_without_hsa_id_has_none_and_not_an_empty_one(admin, nurse):
    where = reverse("admin:accounts_user_change", args=[nurse.pk])
    counts = {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}
    sent = {"username": "nurse", "last_name": "Ek", "hsa_id": "", "is_active": "on", **counts,
            "change_reason": "slutat"}  # fmt: skip
    assert admin.post(where, sent).status_code == 302
    assert User.objects.get(pk=nurse.pk).hsa_id is None
