"""Deliveries in the administration: keys shown once, approved by another; counts without content; files."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from connectors.openfeed.models import DeliveredFile, HeldRecord, Token
from connectors.openfeed.refusing import Code, RefusedWhole
from connectors.openfeed.tokens import make_token, prove
from consent.accesslog.model import AccessEvent
from portal.accounts.models import User
from tests.feed.vendor import Vendor, service

pytestmark = pytest.mark.django_db


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(name, password="x" * 16))
    return client


@pytest.fixture
def tove(db: None) -> Client:
    return client_of("tove")


def refusal_of(text: str) -> Code | None:
    """Why a key opens nothing; None where it does."""
    try:
        prove(text)
    except RefusedWhole as refused:
        return refused.code
    return None


def change(client: Client, token: Token, **more: str) -> str:
    reply = client.post(
        reverse("admin:openfeed_token_change", args=[token.pk]), {"change_reason": "prov", **more}
    )
    return "" if reply.status_code == 302 else str(reply.content.decode())


def made_by(client: Client, vendor: Vendor) -> tuple[Token, str]:
    given = {"source": vendor.source.pk, "label": "Kontoret", "change_reason": "ny leverantör"}
    html = client.post(reverse("admin:openfeed_token_add"), given).content.decode()
    found = re.search(r"<code>(pof_[^<]+)</code>", html)
    assert found is not None
    return Token.objects.get(label="Kontoret"), found[1]


def test_key_is_shown_once_and_opens_nothing_before_another_approves(tove: Client, vendor: Vendor) -> None:
    token, text = made_by(tove, vendor)
    secret = text.split("_", 2)[2]
    for page in ("changelist", "change"):
        where = reverse(f"admin:openfeed_token_{page}", args=[token.pk] if page == "change" else [])
        assert secret not in tove.get(where).content.decode()
    assert refusal_of(text) is Code.TOKEN_WAITING
    assert "annan administratör" in change(tove, token, approve="on")
    assert refusal_of(text) is Code.TOKEN_WAITING
    assert refusal_of(text[:-1] + ("a" if text[-1] != "a" else "b")) is Code.WRONG_TOKEN
    assert change(client_of("second"), token, approve="on") == ""
    assert prove(text) == token


def test_another_account_of_the_same_person_cannot_approve(tove: Client, vendor: Vendor) -> None:
    token, _text = made_by(tove, vendor)
    second = client_of("second")
    User.objects.filter(username__in=("tove", "second")).update(person_lookup=b"p" * 32)
    assert "annan administratör" in change(second, token, approve="on")


def test_revoking_holds_at_once_and_is_logged_with_its_reason(tove: Client, vendor: Vendor) -> None:
    token = Token.objects.get()
    assert prove(vendor.token) == token
    assert change(tove, token, revoke="on") == ""
    assert refusal_of(vendor.token) is Code.WRONG_TOKEN
    said = AccessEvent.objects.filter(event="admin_changed").order_by("-seq").first()
    assert said is not None
    assert said.detail["model"] == "token"
    assert vendor.token not in json.dumps(said.detail)


def test_revoked_key_is_not_approved_again(tove: Client, vendor: Vendor) -> None:
    token, text = make_token(vendor.source, "x")
    token.save()
    change(tove, token, revoke="on")
    assert "annan administratör" in change(client_of("second"), token, approve="on")
    assert refusal_of(text) is Code.WRONG_TOKEN


def test_reception_tells_numbers_and_nothing_of_anybody(tove: Client, vendor: Vendor) -> None:
    vendor.push(service(1), service(2, title=""), complete=True)
    html = tove.get(reverse("admin:openfeed_reception_changelist")).content.decode()
    row = re.search(
        r'<td class="field-held_count">(\d+)</td><td class="field-missing_count">(\d+)</td>', html
    )
    assert row is not None
    assert row.groups() == ("1", "1")
    assert "Hemtjänst" not in html
    assert tove.get(reverse("admin:openfeed_reception_add")).status_code == 403


def upload(client: Client, vendor: Vendor, data: bytes, mode: str = "upsert") -> str:
    given = {"source": vendor.source.pk, "mode": mode, "upload": SimpleUploadedFile("x.json", data)}
    reply = client.post(reverse("admin:openfeed_deliveredfile_add"), given, follow=True)
    return str(reply.content.decode())


def test_file_is_looked_at_confirmed_with_a_reason_and_logged(tove: Client, vendor: Vendor) -> None:
    vendor.push(service(9))
    html = upload(tove, vendor, json.dumps([service(1), service(2, title="")]).encode(), "snapshot")
    assert "1 post som finns hos portalen står inte i filen" in html
    assert "<code>title</code>" in html
    file = DeliveredFile.objects.get()
    where = reverse("admin:openfeed_deliveredfile_change", args=[file.pk])
    assert "måste fyllas i" in tove.post(where, {}).content.decode()
    assert HeldRecord.objects.count() == 1
    assert tove.post(where, {"change_reason": "månadens fil"}).status_code == 302
    assert {record.id for record in vendor.shown().records} == {"service/insats-1"}
    file.refresh_from_db()
    assert (file.content, file.counts["removed"]) == (None, 1)
    said = AccessEvent.objects.filter(event="admin_changed").order_by("-seq").first()
    assert said is not None
    assert said.detail["removed"] == 1
    assert tove.post(where, {"change_reason": "en gång till"}).status_code == 403


def test_file_that_cannot_be_read_is_told_beside_the_field(tove: Client, vendor: Vendor) -> None:
    assert "rubrikraden" in upload(tove, vendor, b"a;b\n1;2").lower()
    assert not DeliveredFile.objects.exists()
