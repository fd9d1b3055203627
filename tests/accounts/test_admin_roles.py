"""Every address of the administration as each role: exactly what is theirs opens, all else is closed.

A page that somebody registers is closed to everybody until it is written down here.
"""

import uuid
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from connectors.models import DirectoryEntry, ExpectedDelivery, PendingChange, Source
from connectors.openfeed.models import DeliveredFile, Reception
from connectors.openfeed.tokens import make_token
from connectors.storelog.models import Outgoing, Receiver
from consent import consenting, models, recording
from consent.dossiers import open_dossier
from portal.accounts.groups import GROUPS, make_groups
from portal.accounts.models import Assignment, ImportFile, User
from portal.api.models import Client as ApiClient
from portal.api.models import ClientKey
from tests.architecture.test_urls import routes
from tests.consent.administrators import at_work, client_of
from tests.consent.doings import by
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, PSYKIATRI

pytestmark = [pytest.mark.django_db]

CLERK, REVIEWER, SYSTEM, READER = (
    "Samtyckesadministratör",
    "Logggranskare",
    "Systemadministratör",
    "Användare",
)
ROLES = (CLERK, REVIEWER, SYSTEM, READER)
ACTS = {"consent.consent", "consent.consentrefusal", "consent.carerelation", "consent.sipconsent",
        "consent.blocklift", "consent.block", "consent.liftrequest"}  # fmt: skip
TO_READ: dict[str, set[str]] = {
    CLERK: ACTS | {"consent.informationtext", "consent.unitgroup"},
    REVIEWER: ACTS
    | {"consent.emergencyopening", "consent.inability", "consent.childassessment", "consent.unitchoice"}
    | {"consent.following"}
    | {"consent.accessevent", "consent.reviewdraw", "consent.reviewitem", "consent.logepoch"},
    SYSTEM: {"consent.careprovider", "consent.careunit", "consent.unitgroup", "consent.informationtext"}
    | {"consent.logepoch", "accounts.user", "accounts.assignment", "accounts.importfile", "auth.group"}
    | {"connectors.source", "connectors.expecteddelivery", "connectors.pendingchange"}
    | {"connectors.directoryentry"}
    | {"openfeed.token", "openfeed.deliveredfile", "openfeed.reception"}
    | {"operations.jobrun", "api.client", "api.clientkey"}
    | {"storelog.outgoing", "storelog.receiver"},
    READER: set(),
}
TO_ADD: dict[str, set[str]] = {
    CLERK: {"consent.block"},
    REVIEWER: set(),
    SYSTEM: TO_READ[SYSTEM]
    - {"consent.logepoch", "auth.group", "connectors.pendingchange", "openfeed.reception"}
    - {"operations.jobrun", "storelog.outgoing", "storelog.receiver"},
    READER: set(),
}
TO_CHANGE: dict[str, set[str]] = {
    CLERK: ACTS - {"consent.liftrequest"},
    REVIEWER: set(),
    SYSTEM: TO_ADD[SYSTEM] | {"connectors.pendingchange"},
    READER: set(),
}
TO_DELETE: dict[str, set[str]] = {SYSTEM: {"connectors.expecteddelivery", "connectors.directoryentry"}}
# Addresses beside those of the models, and who may open them; the rest of the site is anybody's on the staff.
OWN = {
    "auth_user_password_change": {SYSTEM},
    "accounts_importfile_example": {SYSTEM},
    "accounts_importfile_report": {SYSTEM},
    "connectors_source_probe": {SYSTEM},
    "connectors_source_connect": {SYSTEM},
    "accounts_user_sessions": {SYSTEM},
}
ANYBODY = {"index", "login", "logout", "password_change", "password_change_done", "jsi18n", "autocomplete"}
# What they only read of their own, and the two where Django would look for the object first.
CLOSED = (302, 403, 404)


@pytest.fixture
def one_of_each(organisations: None) -> dict[str, Any]:
    """A row of every registered model, at Akuten where that matters, by label."""
    make_groups(apps)
    recording.confirm_relation(by())
    consenting.give_consent(by())
    consenting.give_sip_consent(by())
    recording.choose_units(by(), [PSYKIATRI.hsa_id])
    dossier = open_dossier(GUNHILD).dossier
    shared = {"dossier": dossier, "provider_id": FJALL.hsa_id, "unit_id": AKUTEN.hsa_id, "recorded_by": "X"}
    models.ConsentRefusal.objects.create(**{**shared, "unit_id": PSYKIATRI.hsa_id})
    Receiver.objects.create(pk=1)
    Outgoing.objects.create(event_id=uuid.uuid4(), seq=1, at=timezone.now())
    models.EmergencyOpening.objects.create(**shared, obstacle="other")
    models.Inability.objects.create(**shared)
    models.ChildAssessment.objects.create(**shared, ability="able")
    models.Following.objects.create(**shared)
    models.Block.objects.create(**shared, kind="outer")
    models.BlockLift.objects.create(**shared, block_ref="X")
    models.LiftRequest.objects.create(**shared, asked_provider_id="SE1")
    draw = models.ReviewDraw.objects.create(
        month="2026-01-01", unit_id=AKUTEN.hsa_id, provider_id=FJALL.hsa_id
    )
    models.ReviewItem.objects.create(
        draw=draw, view_id=uuid.uuid4(), viewed_at="2026-01-02T12:00Z", user_hsa_id="X"
    )
    models.UnitGroup.objects.create(name="Dygnet runt", provider_id=FJALL.hsa_id)
    models.InformationText.objects.create(language="xx", version=1, title="x", body="x")
    somebody = User.objects.create_user("somebody", hsa_id="SE1")
    Assignment.objects.create(user=somebody, unit_id=AKUTEN.hsa_id)
    ImportFile.objects.create(sort="units", name="x.csv", content="HSA-id\nSE2\n", uploaded_by=somebody)
    source = Source.objects.create(slug="cosmic", label="Cosmic", connector="cosmic", owner_id=FJALL.hsa_id)
    PendingChange.objects.create(
        source=source, fields=["base_url"], reason="x", asked_by=somebody, proposal="{}"
    )
    ExpectedDelivery.objects.create(provider_id=FJALL.hsa_id, kind="diagnosis")
    DirectoryEntry.objects.create(
        unit_id=AKUTEN.hsa_id, role="unit", phone="0980-319210", verified_on=date(2026, 1, 2)
    )
    Reception.objects.create(source=source)
    make_token(source, "Prov", somebody)[0].save()
    DeliveredFile.objects.create(source=source, name="x.csv", content="[]")
    system = ApiClient.objects.create(id="journal", name="Journal", owner_id=FJALL.hsa_id)
    ClientKey.objects.create(client=system, label="x")
    rows = {label(model): model._default_manager.first() for model in django_admin.site._registry}
    rows["accounts.user"] = somebody
    assert None not in rows.values(), rows
    return rows


def label(model: Any) -> str:
    return str(model._meta.label_lower)


def client_as(role: str) -> Client:
    rights = {CLERK: ("administration", "may_administer_consents"), REVIEWER: ("quality", "may_review_log")}
    client = client_of(f"som-{ROLES.index(role)}", group=role)
    if role in rights:
        purpose, right = rights[role]
        at_work(client, AKUTEN, purpose, **{right: True})
    return client


@pytest.mark.parametrize("role", ROLES)
def test_exactly_what_is_theirs_opens(one_of_each, role):
    client = client_as(role)
    wrong = []
    for name, row in one_of_each.items():
        base = f"admin:{name.replace('.', '_')}"
        allowed = {
            "changelist": (reverse(f"{base}_changelist"), name in TO_READ[role]),
            "add": (reverse(f"{base}_add"), name in TO_ADD[role]),
            "change": (reverse(f"{base}_change", args=[row.pk]), name in TO_READ[role]),
            "history": (reverse(f"{base}_history", args=[row.pk]), name in TO_READ[role]),
            "delete": (reverse(f"{base}_delete", args=[row.pk]), name in TO_DELETE.get(role, ())),
        }
        for page, (address, may) in allowed.items():
            status = client.get(address).status_code
            if (status == 200) is not may or (not may and status not in CLOSED):
                wrong.append((name, page, status))
        sent = client.post(reverse(f"{base}_change", args=[row.pk]), {})
        if (sent.status_code == 200) is not (name in TO_CHANGE[role]):
            wrong.append((name, "change by POST", sent.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_pages_beside_the_models_open_to_those_who_need_them(one_of_each, role):
    client = client_as(role)
    arguments = {
        "auth_user_password_change": [one_of_each["accounts.user"].pk],
        "accounts_importfile_example": ["units"],
        "accounts_importfile_report": [one_of_each["accounts.importfile"].pk],
        "connectors_source_probe": [one_of_each["connectors.source"].pk],
        "connectors_source_connect": [],
        "accounts_user_sessions": [one_of_each["accounts.user"].pk],
    }
    for name, allowed in OWN.items():
        status = client.get(reverse(f"admin:{name}", args=arguments[name])).status_code
        assert (status == 200) is (role in allowed), (name, status)
    shown = client.get(reverse("admin:index")).content.decode()
    for app in ("consent", "accounts", "connectors", "auth"):
        theirs = any(name.startswith(f"{app}.") for name in TO_READ[role])
        assert client.get(reverse("admin:app_list", args=[app])).status_code == (200 if theirs else 404)
        assert (f"/admin/{app}/" in shown) is theirs


def test_every_address_of_the_administration_is_one_of_these():
    models_of = {name.replace(".", "_") for name in map(label, django_admin.site._registry)}
    usual = {
        f"{model}_{page}"
        for model in models_of
        for page in ("changelist", "add", "change", "history", "delete")
    }
    resolver = next(p for p in get_resolver().url_patterns if getattr(p, "app_name", "") == "admin")
    names = {name for _path, name in routes(resolver) if name}  # type: ignore[arg-type]
    assert names - usual - set(OWN) - ANYBODY - {"view_on_site", "app_list"} == set()


@pytest.mark.parametrize("role", ROLES)
def test_who_is_not_on_the_staff_gets_nowhere(one_of_each, role):
    client = client_as(role)
    User.objects.filter(pk=client.session["_auth_user_id"]).update(is_staff=False)
    for name in TO_READ[role]:
        assert client.get(reverse(f"admin:{name.replace('.', '_')}_changelist")).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 302


# The groups themselves. ----------------------------------------------------------------------------


def test_groups_are_made_by_migration_with_exactly_their_permissions():
    make_groups(apps)
    for name, permissions in GROUPS.items():
        held = Group.objects.get(name=name).permissions.select_related("content_type")
        assert {f"{p.content_type.app_label}.{p.codename}" for p in held} == set(permissions)
        for permission in held:
            model = permission.content_type.model_class()
            assert model is not None, permission


def test_making_groups_again_changes_nothing():
    make_groups(apps)
    before = (Group.objects.count(), Permission.objects.count(), Group.permissions.through.objects.count())
    make_groups(apps)
    assert before == (
        Group.objects.count(),
        Permission.objects.count(),
        Group.permissions.through.objects.count(),
    )


def test_who_runs_the_system_sees_no_patients():
    system = set(GROUPS[SYSTEM])
    seen_by_others = {p for name in (CLERK, REVIEWER) for p in GROUPS[name]} - system
    assert "consent.view_dossier" not in system
    assert {"consent.view_accessevent", "consent.view_consent"} <= seen_by_others
    assert not {p for p in system if p.endswith(tuple(a.removeprefix("consent.") for a in ACTS))}
    assert not any(
        p.startswith(("auth.change", "auth.add", "auth.delete")) for g in GROUPS.values() for p in g
    )
