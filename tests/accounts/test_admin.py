"""Users and assignments in the admin."""

import re
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from consent.accesslog.model import AccessEvent
from consent.encryption import digest_of, lookup_key
from consent.models import CareProvider, CareUnit
from consent.terms import PersonId
from portal.accounts.groups import make_groups
from portal.accounts.models import Assignment, User
from tests.consent.administrators import LostLog, client_of

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


# Nobody widens their own rights. -------------------------------------------------------------------


@pytest.fixture
def system(unit: CareUnit) -> Client:
    return client_of("tove", group="Systemadministratör")


def own(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def user_fields(user: User, **more: Any) -> dict[str, Any]:
    held = {"username": user.username, "first_name": user.first_name, "last_name": user.last_name,
            "title": user.title, "hsa_id": user.hsa_id or "", "is_active": "on"}  # fmt: skip
    counts = {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}
    return {**held, **counts, "change_reason": "prov", **more}


def change_user(client: Client, user: User, **more: Any) -> Any:
    return client.post(reverse("admin:accounts_user_change", args=[user.pk]), user_fields(user, **more))


def test_nobody_changes_their_own_account_or_assignments(system, unit):
    me = own(system)
    held = Assignment.objects.create(user=me, unit=unit)
    reviewers = Group.objects.get(name="Logggranskare")
    assert change_user(system, me, groups=[reviewers.pk]).status_code == 403
    assert system.get(reverse("admin:accounts_user_change", args=[me.pk])).status_code == 200
    assert system.get(reverse("admin:auth_user_password_change", args=[me.pk])).status_code == 403
    where = reverse("admin:accounts_assignment_change", args=[held.pk])
    sent = {"user": me.pk, "unit": unit.pk, "purpose": "care", "may_review_log": "on", "change_reason": "x"}
    assert system.post(where, sent).status_code == 403
    added = system.post(reverse("admin:accounts_assignment_add"), {**sent, "purpose": "quality"})
    assert added.status_code == 200
    assert not Assignment.objects.filter(may_review_log=True).exists()
    assert Assignment.objects.count() == 1
    assert [g.name for g in me.groups.all()] == ["Systemadministratör"]


def test_others_get_groups_and_rights_from_the_system_administrator(system, nurse):
    reviewers = Group.objects.get(name="Logggranskare")
    assert change_user(system, nurse, groups=[reviewers.pk], is_staff="on").status_code == 302
    assert nurse.groups.get() == reviewers
    row = AccessEvent.objects.get(event="admin_changed")
    assert row.detail["values"]["groups"] == [[], ["Logggranskare"]]
    assert row.detail["values"]["is_staff"] == [False, True]


def test_only_superusers_make_superusers_and_are_changed_by_them(system, nurse):
    page = page_of(system.get(reverse("admin:accounts_user_change", args=[nurse.pk])))
    assert 'name="is_superuser"' not in page
    assert 'name="user_permissions"' not in page
    permission = Permission.objects.get(codename="view_dossier")
    assert change_user(system, nurse, is_superuser="on", user_permissions=[permission.pk]).status_code == 302
    nurse.refresh_from_db()
    assert (nurse.is_superuser, nurse.user_permissions.count()) == (False, 0)
    root = User.objects.create_superuser("root", password="x")
    assert change_user(system, root).status_code == 403
    assert system.get(reverse("admin:auth_user_password_change", args=[root.pk])).status_code == 403


# What is kept of a user for the review of the log. -------------------------------------------------

STREET = "Storgatan 1, 123 45 Fjällvik"


def test_number_and_address_go_in_and_never_come_out(admin, nurse):
    assert change_user(admin, nurse, person_number="19390813-9060", home_address=STREET).status_code == 302
    nurse.refresh_from_db()
    assert bytes(nurse.person_lookup or b"") == lookup_key(PersonId("193908139060"))
    assert bytes(nurse.address_lookup or b"") == digest_of(STREET)
    where = reverse("admin:accounts_user_change", args=[nurse.pk])
    history = reverse("admin:accounts_user_history", args=[nurse.pk])
    for page in (page_of(admin.get(where)), page_of(admin.get(history)), page_of(admin.get(reverse(USERS)))):
        assert "0813" not in page
        assert "Storgatan 1, 123 45 Fjällvik" not in page
    assert page_of(admin.get(where)).count("Sparat. Lämna tomt för att behålla.") == 2
    row = AccessEvent.objects.get(event="admin_changed")
    assert row.detail["fields"] == ["home_address", "person_number"]
    assert row.detail["values"] == {}
    assert "0813" not in str(row.detail)


def test_empty_fields_keep_what_is_there_until_it_is_to_be_forgotten(admin, nurse):
    change_user(admin, nurse, person_number="193908139060", home_address=STREET)
    change_user(admin, nurse, title="Läkare")
    nurse.refresh_from_db()
    assert nurse.person_lookup is not None
    assert nurse.address_lookup is not None
    assert change_user(admin, nurse, forget_lookups="on").status_code == 302
    nurse.refresh_from_db()
    assert (nurse.person_lookup, nurse.address_lookup) == (None, None)
    assert "Inte angivet." in page_of(admin.get(reverse("admin:accounts_user_change", args=[nurse.pk])))


@pytest.mark.parametrize("typed", ["193908139061", "390813-9060", "SE2321999999"])
def test_wrong_number_is_refused_and_not_shown_again(admin, nurse, typed):
    page = page_of(change_user(admin, nurse, person_number=typed, home_address=STREET))
    assert "tolv siffror" in page
    assert typed not in page
    assert STREET not in page
    nurse.refresh_from_db()
    assert nurse.person_lookup is None


def test_new_user_is_added_with_number_and_without_password(admin):
    sent = {"username": "ny", "usable_password": "false", "last_name": "Ny", "hsa_id": "SE2321000016-P099",
            "person_number": "193908139060", "change_reason": "anställd",
            "assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}  # fmt: skip
    assert admin.post(reverse("admin:accounts_user_add"), sent).status_code == 302
    new = User.objects.get(username="ny")
    assert bytes(new.person_lookup or b"") == lookup_key(PersonId("193908139060"))
    assert not new.has_usable_password()


# Passwords. ----------------------------------------------------------------------------------------

LONG = "ett-riktigt-langt-losen"


def set_password(client: Client, user: User, **more: str) -> Any:
    sent = {"password1": LONG, "password2": LONG, "usable_password": "true", "set-password": "x", **more}
    return client.post(reverse("admin:auth_user_password_change", args=[user.pk]), sent)


def test_password_is_set_with_a_reason_and_logged_without_it(system, nurse):
    assert "Skäl" in page_of(system.get(reverse("admin:auth_user_password_change", args=[nurse.pk])))
    assert "måste fyllas i" in page_of(set_password(system, nurse))
    nurse.refresh_from_db()
    assert nurse.check_password("x")
    assert set_password(system, nurse, change_reason="glömt").status_code == 302
    nurse.refresh_from_db()
    assert nurse.check_password(LONG)
    row = AccessEvent.objects.get(event="admin_changed")
    assert (row.reason, row.detail["fields"], row.detail["object"]) == ("glömt", ["password"], str(nurse.pk))
    assert LONG not in str(row.detail)


def test_without_a_log_no_password_is_set(system, nurse):
    with LostLog():
        assert set_password(system, nurse, change_reason="glömt").status_code == 302
    nurse.refresh_from_db()
    assert nurse.check_password("x")


def test_groups_are_only_read(admin):
    make_groups(apps)
    group = Group.objects.get(name="Logggranskare")
    page = page_of(admin.get(reverse("admin:auth_group_change", args=[group.pk])))
    assert "för sin egen vårdgivare" in page
    assert 'name="_save"' not in page
    assert admin.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "x"}).status_code == 403


def test_what_came_with_the_sign_in_library_has_no_pages_here():
    labels = {model._meta.label for model in django_admin.site._registry}
    assert not {name for name in labels if name.startswith(("account.", "socialaccount.", "mfa."))}
