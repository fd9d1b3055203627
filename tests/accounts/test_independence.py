"""Two accounts are two people only if nobody has had a hand in both: each way round it, tried."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from connectors.approvals import fingerprint
from connectors.models import PendingChange, Source
from connectors.openfeed.tokens import make_token, may_approve
from consent.accesslog.model import AccessEvent
from consent.models import CareProvider
from portal.accounts.groups import SYSTEM_ADMINISTRATORS
from portal.accounts.models import Dependence, User, note_dependence
from tests.consent.administrators import client_of

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]

PASSWORD = "lang-nog-fras-42"


@pytest.fixture
def tove() -> Client:
    return client_of("tove", group=SYSTEM_ADMINISTRATORS)


@pytest.fixture
def ola() -> Client:
    return client_of("ola", group=SYSTEM_ADMINISTRATORS)


def named(name: str) -> User:
    return User.objects.get(username=name)


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(named(name))
    return client


def post(client: Client, name: str, *args: Any, **fields: Any) -> Any:
    given = {"change_reason": "prov", "assignments-TOTAL_FORMS": 0, "assignments-INITIAL_FORMS": 0, **fields}
    return client.post(reverse(f"admin:accounts_user_{name}", args=args), given)


def make(client: Client, name: str) -> User:
    given = {"username": name, "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert post(client, "add", **given).status_code == 302
    return named(name)


def edit(client: Client, user: User, **fields: Any) -> None:
    given = {"username": user.username, "first_name": user.first_name, "is_active": "on",
             "hsa_id": user.hsa_id or "", **fields}  # fmt: skip
    assert post(client, "change", user.pk, **given).status_code == 302


def grant(client: Client, user: User) -> None:
    edit(client, user, is_staff="on", groups=[Group.objects.get(name=SYSTEM_ADMINISTRATORS).pk])


def asked_by(client: Client) -> PendingChange:
    owner, _is_new = CareProvider.objects.get_or_create(
        hsa_id="SE1", defaults={"name": "Ägaren", "kind": "health_care"}
    )
    form = {"label": "Cosmic", "slug": "cosmic", "connector": "cosmic", "base_url": "https://c.invalid/fhir",
            "owner": owner.pk, "change_reason": "nytt"}  # fmt: skip
    assert client.post(reverse("admin:connectors_source_add"), form).status_code == 302
    return PendingChange.objects.get(state="waiting")


def approves(client: Client, change: PendingChange) -> bool:
    sent = {"decision": "approved", "seen": fingerprint(change), "change_reason": "sett"}
    client.post(reverse("admin:connectors_pendingchange_change", args=[change.pk]), sent)
    change.refresh_from_db()
    return change.state == "approved"


def test_two_whom_the_installation_made_approve_each_other(tove, ola):
    assert approves(ola, asked_by(tove))


def test_account_that_the_asker_made_does_not_approve(tove):
    grant(tove, make(tove, "dubbel"))
    assert not approves(signed_in("dubbel"), asked_by(tove))


def test_what_a_made_account_asks_for_is_not_approved_by_its_maker(tove):
    grant(tove, make(tove, "dubbel"))
    assert not approves(tove, asked_by(signed_in("dubbel")))


def test_two_accounts_of_one_maker_do_not_approve_each_other(tove):
    for name in ("ett", "tva"):
        grant(tove, make(tove, name))
    assert not approves(signed_in("tva"), asked_by(signed_in("ett")))


def test_account_made_through_a_made_account_does_not_approve(tove):
    grant(tove, make(tove, "mellan"))
    grant(signed_in("mellan"), make(signed_in("mellan"), "sist"))
    assert not approves(signed_in("sist"), asked_by(tove))


def test_what_two_different_administrators_made_may_approve_each_other(tove, ola):
    grant(tove, make(tove, "ett"))
    grant(ola, make(ola, "tva"))
    change = asked_by(signed_in("ett"))
    assert not approves(tove, change)
    assert approves(signed_in("tva"), change)


def test_colleague_given_the_group_by_the_asker_does_not_approve(tove):
    client_of("sovande")
    grant(tove, named("sovande"))
    assert not approves(signed_in("sovande"), asked_by(tove))


def test_colleague_given_a_permission_by_the_asker_does_not_approve(tove):
    """Only a superuser can; she is bound by it as anybody is."""
    root, _client = client_of("root", superuser=True), client_of("sovande")
    wanted = Permission.objects.filter(
        content_type__app_label="connectors", codename__endswith="pendingchange"
    )
    edit(root, named("sovande"), is_staff="on", user_permissions=[p.pk for p in wanted])
    assert not approves(signed_in("sovande"), asked_by(root))


def test_account_made_superuser_by_the_asker_does_not_approve():
    root, _client = client_of("root", superuser=True), client_of("sovande")
    edit(root, named("sovande"), is_staff="on", is_superuser="on")
    assert not approves(signed_in("sovande"), asked_by(root))


def test_account_whose_password_the_asker_set_does_not_approve(tove, ola):
    where = reverse("admin:auth_user_password_change", args=[named("ola").pk])
    given = {"usable_password": "true", "set-password": "1", "password1": PASSWORD, "password2": PASSWORD}
    assert tove.post(where, {**given, "change_reason": "glömt"}).status_code == 302
    as_ola = Client()
    assert as_ola.login(username="ola", password=PASSWORD)
    assert not approves(as_ola, asked_by(tove))


def test_account_given_another_identity_by_the_asker_does_not_approve(tove, ola):
    edit(tove, named("ola"), hsa_id="SE2321000016-NYTT", is_staff="on",
         groups=[g.pk for g in named("ola").groups.all()])  # fmt: skip
    assert not approves(ola, asked_by(tove))


def test_a_new_title_binds_nobody(tove, ola):
    groups = [group.pk for group in named("ola").groups.all()]
    edit(tove, named("ola"), title="Överadministratör", is_staff="on", groups=groups)
    assert approves(ola, asked_by(tove))


def test_accounts_read_from_a_file_depend_on_whoever_read_them(tove):
    csv = "HSA-id;Användarnamn;Förnamn;Efternamn\nSE2321000016-P009;fil;Alva;Ek\n"
    given = {"sort": "users", "upload": SimpleUploadedFile("u.csv", csv.encode())}
    reply = tove.post(reverse("admin:accounts_importfile_add"), given)
    assert reply.status_code == 302, reply.content.decode()
    tove.post(reply.url, {"change_reason": "ny personal"})
    assert not named("fil").is_independent_of(named("tove"))


def test_keys_follow_the_same_rule(tove, ola):
    change = asked_by(tove)
    token, _text = make_token(Source.objects.get(pk=change.source_id), "x", named("tove"))
    assert may_approve(token, named("ola"))
    note_dependence([named("ola")], named("tove"), Dependence.PASSWORD)
    assert not may_approve(token, named("ola"))


def test_operator_lets_an_account_stand_alone_and_the_log_says_so(tove):
    grant(tove, make(tove, "kollega"))
    change = asked_by(tove)
    call_command("stands_alone", "kollega", reason="hon har bytt lösenord", by="SE2321000016-DRIFT")
    assert approves(signed_in("kollega"), change)
    row = AccessEvent.objects.filter(reason="hon har bytt lösenord").get()
    assert (row.user_hsa_id, row.detail["stands_alone"]) == ("SE2321000016-DRIFT", 2)
    with pytest.raises(CommandError):
        call_command("stands_alone", "ingen", reason="x")
