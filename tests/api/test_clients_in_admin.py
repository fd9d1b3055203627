"""Client systems in the administration: registered by one, approved by another, never widened, revoked."""

import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.urls import reverse
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from consent.accesslog.model import AccessEvent
from portal.accounts.groups import SYSTEM_ADMINISTRATORS, make_groups
from portal.accounts.models import User
from portal.api.models import Client, ClientKey
from portal.api.registering import BadKey, read_public_key
from tests.api.systems import System

pytestmark = [pytest.mark.django_db]
KEY = generate_private_key(SECP256R1())
JWK = {**ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True), "kid": "nyckel-1"}


def administrator(name: str) -> Browser:
    from django.apps import apps

    make_groups(apps)
    user = User.objects.create_user(name, is_staff=True, hsa_id=f"SE2321000016-{name}")
    user.groups.add(Group.objects.get(name=SYSTEM_ADMINISTRATORS))
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def anna(assignment) -> Browser:
    return administrator("anna")


@pytest.fixture
def bo(assignment) -> Browser:
    return administrator("bo")


def register(browser: Browser) -> Client:
    said = {
        "name": "Journalsystemet",
        "owner": "SE2321000016-R001",
        "purpose": "Lampa i journalen",
        "contact": "driften@journal.example",
        "scopes": ["lamp", "read"],
        "per_minute": "300",
        "idp": "",
        "change_reason": "avtal klart",
    }
    answer = browser.post(reverse("admin:api_client_add"), said)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    return Client.objects.get()


def add_key(browser: Browser, client: Client, key: str) -> bytes:
    said = {"client": client.pk, "label": "drift", "public_key": key, "change_reason": "avtal klart"}
    return browser.post(reverse("admin:api_clientkey_add"), said).content


def decide(browser: Browser, row: Client | ClientKey, what: str) -> int:
    where = reverse(f"admin:api_{row._meta.model_name}_change", args=[row.pk])
    return browser.post(where, {what: "on", "change_reason": "kontrollerat"}).status_code


def test_one_registers_another_approves_and_only_then_is_there_a_token(anna, bo, assignment):
    client = register(anna)
    add_key(anna, client, json.dumps(JWK))
    key = ClientKey.objects.get()
    system = System(client, assignment, key=KEY)
    assert system.ask_token().status == 401
    assert decide(anna, client, "approve") == 200, "one does not approve one's own"
    assert decide(bo, client, "approve") == 302
    assert system.ask_token().status == 401, "the key still waits"
    assert decide(bo, key, "approve") == 302
    assert system.ask_token().json["scope"] == "lamp read"
    assert decide(anna, client, "revoke") == 302
    assert system.ask_token().status == 401
    assert AccessEvent.objects.filter(event="admin_changed").count() == 5


def test_what_was_approved_is_not_widened(anna, bo):
    client = register(anna)
    decide(bo, client, "approve")
    where = reverse("admin:api_client_change", args=[client.pk])
    bo.post(where, {"scopes": ["lamp", "log"], "per_minute": "60000", "change_reason": "mer"})
    client.refresh_from_db()
    assert (client.scopes, client.per_minute) == (["lamp", "read"], 300)


def test_a_secret_is_shown_once_and_kept_as_a_hash(anna, bo):
    client = register(anna)
    shown = re.search(r"<code>([^<]+)</code>", add_key(anna, client, "").decode())
    assert shown is not None
    key = ClientKey.objects.get()
    page = bo.get(reverse("admin:api_clientkey_change", args=[key.pk])).content.decode()
    assert shown[1] not in page + str(AccessEvent.objects.values_list("detail", flat=True))
    for row in (client, key):
        decide(bo, row, "approve")
    assert System(client).ask_token(client_id=client.pk, client_secret=shown[1]).status == 200


def test_keys_that_are_none_or_private_are_refused():
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa

    weak = {**RSAAlgorithm.to_jwk(rsa(65537, 1024).public_key(), as_dict=True), "kid": "x"}
    private = {**ECAlgorithm.to_jwk(KEY, as_dict=True), "kid": "x"}
    nameless = {name: value for name, value in JWK.items() if name != "kid"}
    shared = {"kty": "oct", "k": "AAAA", "kid": "x"}
    flawed: list[object] = [weak, private, nameless, shared, {**JWK, "x": "!"}, []]
    for bad in flawed:
        with pytest.raises(BadKey):
            read_public_key(json.dumps(bad))
    with pytest.raises(BadKey):
        read_public_key("inte json")
    assert read_public_key(json.dumps(JWK))["kid"] == "nyckel-1"
