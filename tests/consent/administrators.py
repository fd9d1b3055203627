"""Signed-in people of the administration, with permissions one by one or by group, and an assignment."""

from html import unescape
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import reverse

from consent.terms import Unit
from portal.accounts.groups import make_groups
from portal.accounts.models import Assignment


def client_of(name: str, *permissions: str, superuser: bool = False, group: str = "") -> Client:
    """Somebody new, signed in. Her HSA-id is ``SE2321000016-NAME``."""
    users: Any = get_user_model().objects  # type: ignore[attr-defined]
    user = users.create_user(
        name, password="x", is_staff=True, is_superuser=superuser, hsa_id=f"SE2321000016-{name.upper()}"
    )
    for codename in permissions:
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label="consent", codename=codename)
        )
    if group:
        make_groups(apps)
        user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def at_work(client: Client, unit: Unit, purpose: str = "administration", **rights: bool) -> Client:
    """Give the signed-in person an assignment; the only one counts as chosen."""
    Assignment.objects.create(
        user_id=client.session["_auth_user_id"], unit_id=unit.hsa_id, purpose=purpose, **rights
    )
    return client


def clerk(unit: Unit, name: str = "clerk") -> Client:
    """A samtyckesadministratör of the unit's provider."""
    client = client_of(name, group="Samtyckesadministratör")
    return at_work(client, unit, may_administer_consents=True)


def text_of(response: Any) -> str:
    assert response.status_code == 200, response
    return unescape(response.content.decode())


def list_of(model: str) -> str:
    return reverse(f"admin:consent_{model}_changelist")


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def row_count(page: str) -> int:
    return page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr")


def model_named(name: str, app_label: str = "consent") -> Any:
    return ContentType.objects.get(app_label=app_label, model=name).model_class()


class LostLog:
    """While it lasts the log's table cannot be found."""

    def __enter__(self) -> None:
        connection.cursor().execute("ALTER TABLE consent_accessevent RENAME TO consent_gone")

    def __exit__(self, *_: object) -> None:
        connection.cursor().execute("ALTER TABLE consent_gone RENAME TO consent_accessevent")
